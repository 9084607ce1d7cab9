"""Decompression: the indication, the operation, what came of it, and when relief is expected."""

from __future__ import annotations

from datetime import date
from typing import Any

from hemifacial.care.decompression.complications import complication_kinds, rates_of
from hemifacial.care.decompression.relief import ReliefExpectation, expected_relief
from hemifacial.case.kinds import Kind
from hemifacial.errors import InputError
from hemifacial.report.case.facts import CaseFacts
from hemifacial.web.asked import Answer, Asked, Page
from hemifacial.web.checking import INDICATION, OPERATION, kind_of_body
from hemifacial.web.figures import expectation_of

__all__ = ["operations"]


def operations(asked: Asked) -> Answer:
    """The page of decompression."""
    kinds = [kind for body in _BODIES if (kind := kind_of_body(body)) is not None]
    entries = [one for one in asked.record.entries(asked.code) if one.standing]
    words = [kind.word for kind in kinds]
    operated = _operated_on(asked, entries, kind_of_body(OPERATION))
    persists = asked.query.get("spasm", "yes") != "no"
    expected = None if operated is None else _expected(operated, asked.today, persists)
    return Page(
        template="operations.html.j2",
        title="Decompression",
        code=asked.code,
        shown={
            "kinds": kinds,
            "entries": [one for one in entries if one.kind in (*words, "outcome")],
            "operated": operated,
            "today": asked.today.isoformat(),
            "persists": persists,
            "expected": expected,
            "drawn": None
            if operated is None or expected is None
            else expectation_of(expected, operated, CaseFacts.of(entries, asked.today)),
            "rates": [(word, rates_of(word)) for word in complication_kinds()],
        },
    )


_BODIES = (
    INDICATION,
    OPERATION,
    "hemifacial.care.decompression.follow_up:Outcome",
    "hemifacial.care.decompression.complications:Complication",
    "hemifacial.care.decompression.hearing:Audiogram",
)


def _expected(operated: date, today: date, persists: bool) -> ReliefExpectation:
    if operated > today:
        raise InputError("The day of the operation has not come yet.", next_step="Correct it.")
    return expected_relief(float((today - operated).days), spasm_persists=persists)


def _operated_on(asked: Asked, entries: list[Any], kind: Kind | None) -> date | None:
    """The day of the operation: as asked for, or that of the last one in the record."""
    text = asked.query.get("operated", "")
    if text:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InputError("The day of the operation is no date.") from error
    days = [one.happened_on for one in entries if kind is not None and one.kind == kind.word]
    days += [
        one.happened_on
        for one in entries
        if one.kind == "visit" and one.body.purpose.value == "operation"
    ]
    return max(days, default=None)
