"""What the rules say of a fact while it is typed and when it is entered; one way for both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hemifacial.care.drugs.log import taken_on
from hemifacial.care.warnings import CareWarning
from hemifacial.case import Record
from hemifacial.case.codec import as_plain
from hemifacial.case.kinds import KINDS, Kind
from hemifacial.commands.case.checking import warnings_for

__all__ = ["INDICATION", "OPERATION", "completed", "kind_of_body", "plain_warnings", "said_of"]


def said_of(
    record: Record, patient: str, kind: Kind, body: Any, *, instead_of: int | None = None
) -> tuple[CareWarning, ...]:
    """Every warning that entering this fact raises."""
    return tuple(warnings_for(record, patient, kind.word, body, instead_of=instead_of))


def plain_warnings(warnings: tuple[CareWarning, ...]) -> list[dict[str, Any]]:
    """Warnings as a page's script gets them."""
    plain: list[dict[str, Any]] = as_plain(warnings)
    return plain


def completed(record: Record, patient: str, body: Any) -> Any:
    """The fact with what the record knows of it: an operation gets the drugs of its day."""
    from hemifacial.care.decompression.operation import Operation

    if not isinstance(body, Operation) or body.drugs_of_the_day:
        return body
    return replace(body, drugs_of_the_day=taken_on(_changes(record, patient), body.on))


def _changes(record: Record, patient: str) -> list[Any]:
    return [
        entry.body
        for entry in record.entries(patient)
        if entry.standing and entry.kind == "drug_change"
    ]


def kind_of_body(body: str) -> Kind | None:
    """The kind whose bodies are of this type (``module:Class``), or None where there is none."""
    return next((kind for kind in KINDS.values() if kind.body == body), None)


OPERATION = "hemifacial.care.decompression.operation:Operation"
INDICATION = "hemifacial.care.decompression.indication:Indication"
