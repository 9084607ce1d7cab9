"""What the rules say of a fact while it is typed and when it is entered; one way for both."""

from __future__ import annotations

from typing import Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case import Record
from hemifacial.case.codec import as_plain
from hemifacial.case.kinds import KINDS, Kind
from hemifacial.commands.case.checking import warnings_for

__all__ = ["INDICATION", "OPERATION", "kind_of_body", "plain_warnings", "said_of"]


def said_of(
    record: Record, patient: str, kind: Kind, body: Any, *, instead_of: int | None = None
) -> tuple[CareWarning, ...]:
    """Every warning that entering this fact raises."""
    return tuple(warnings_for(record, patient, kind.word, body, instead_of=instead_of))


def plain_warnings(warnings: tuple[CareWarning, ...]) -> list[dict[str, Any]]:
    """Warnings as a page's script gets them."""
    plain: list[dict[str, Any]] = as_plain(warnings)
    return plain


def kind_of_body(body: str) -> Kind | None:
    """The kind whose bodies are of this type (``module:Class``), or None where there is none."""
    return next((kind for kind in KINDS.values() if kind.body == body), None)


OPERATION = "hemifacial.care.decompression.operation:Operation"
INDICATION = "hemifacial.care.decompression.indication:Indication"
