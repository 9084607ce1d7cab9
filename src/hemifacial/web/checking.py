"""What the rules say of a fact while it is typed and when it is entered; one way for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
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
    found = warnings_for(record, patient, kind.word, body, instead_of=instead_of)
    more = _MORE.get(kind.body)
    known = {(one.rule, one.subject, one.text) for one in found}
    extra = more(record, patient, body) if more else ()
    return (*found, *(one for one in extra if (one.rule, one.subject, one.text) not in known))


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
COMPLICATION = "hemifacial.care.decompression.complications:Complication"
INDICATION = "hemifacial.care.decompression.indication:Indication"


def _operation(record: Record, patient: str, body: Any) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.operation_checks import check_operation
    from hemifacial.care.drugs.operation import operation_warnings

    today = datetime.now().astimezone().date()
    taken = operation_warnings(_changes(record, patient), body.on)
    return (*check_operation(body, today), *taken)


def _indication(_: Record, __: str, body: Any) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.indication import check_indication

    return check_indication(body)


def _complication(record: Record, patient: str, body: Any) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.complications import check_complication

    days = [
        entry.happened_on
        for entry in record.entries(patient)
        if entry.standing and KINDS[entry.kind].body == OPERATION
    ]
    return check_complication(body, max(days)) if days else ()


_MORE: Mapping[str, Callable[[Record, str, Any], tuple[CareWarning, ...]]] = {
    OPERATION: _operation,
    INDICATION: _indication,
    COMPLICATION: _complication,
}
"""Rules that `hemifacial case add` does not ask yet, by the type of the body."""
