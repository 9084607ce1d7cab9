"""A new entry of any kind: its form, the check while it is typed, entering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from hemifacial.care.warnings import Severity
from hemifacial.case.kinds import Kind, kind_of, type_of
from hemifacial.commands.case.entering import completed
from hemifacial.errors import InputError, UsageError
from hemifacial.web.asked import Answer, Asked, Data, Go, Page
from hemifacial.web.checking import plain_warnings, said_of
from hemifacial.web.forms.fields import fields_of
from hemifacial.web.forms.typed import Mistakes, body_of

__all__ = [
    "NOT_TYPED",
    "OWN_PAGE",
    "check",
    "check_stops",
    "day_sent",
    "enter",
    "form_page",
    "new_entry",
]

OWN_PAGE = {
    "toxin_session": "injections",
    "scale": "scales",
    "drug_change": "drugs",
    "answers": "differential",
}
"""Kinds with a page of their own."""
NOT_TYPED = ("result", "recording")
"""Kinds that come from a measurement: a recording is dropped, its result is entered with it."""


def form_page(
    asked: Asked,
    kind: Kind,
    *,
    title: str,
    to: str,
    code: str = "",
    note: str = "",
    check_at: str = "",
    filled: Mapping[str, Any] | None = None,
    instead_of: int | None = None,
    with_day: bool = True,
    day: date | None = None,
) -> Page:
    """A form of a kind of entry; `to` is where it is sent, `check_at` where it is checked."""
    return Page(
        template="form.html.j2",
        title=title,
        code=code,
        shown={
            "kind": kind,
            "fields": fields_of(type_of(kind)),
            "filled": dict(filled or {}),
            "to": to,
            "note": note,
            "check_at": check_at,
            "instead_of": instead_of,
            "with_day": with_day and not kind.day,
            "day": (day or asked.today).isoformat(),
            "today": asked.today.isoformat(),
        },
    )


def new_entry(asked: Asked) -> Answer:
    """The form of a new entry of a kind."""
    kind = _kind(asked)
    if kind.word in OWN_PAGE:
        return Go(to=f"/patients/{asked.code}/{OWN_PAGE[kind.word]}")
    asked.record.entries(asked.code)  # a code that nobody has ends here
    return form_page(
        asked,
        kind,
        title=kind.label,
        code=asked.code,
        to=f"/patients/{asked.code}/enter/{kind.word}",
        check_at=f"/patients/{asked.code}/check/{kind.word}",
        filled=_first_values(kind, asked),
    )


def _first_values(kind: Kind, asked: Asked) -> dict[str, Any]:
    """What most often stands there: today."""
    return {kind.day: asked.today.isoformat()} if kind.day else {}


def check(asked: Asked) -> Answer:
    """What the rules say of what is typed so far; mistakes are no refusal yet."""
    kind, number = _kind(asked), _instead_of(asked)
    try:
        body = body_of(kind, asked.cells())
    except Mistakes as mistakes:
        return Data(values={"warnings": [], "mistakes": [asdict(one) for one in mistakes.each]})
    found = said_of(asked.record, asked.code, kind, body, instead_of=number)
    return Data(values={"warnings": plain_warnings(found), "mistakes": []})


def enter(asked: Asked) -> Answer:
    """Enter a fact with what the rules say of it; a stop is passed only with a reason."""
    kind = _kind(asked)
    body = completed(asked.record, asked.code, body_of(kind, asked.cells()))
    found = said_of(asked.record, asked.code, kind, body)
    why = asked.text("why")
    check_stops(found, why)
    asked.record.add(
        asked.code,
        kind.word,
        body,
        by=asked.by,
        happened_on=None if kind.day else day_sent(asked),
        why=why,
        warnings=found,
    )
    return Go(to=f"/patients/{asked.code}")


def check_stops(warnings: Any, why: str) -> None:
    """Refuse what a rule says stop to, unless there is a reason."""
    stops = [one.text for one in warnings if one.severity is Severity.STOP]
    if stops and not why:
        raise UsageError(
            f"A rule says stop: {stops[0]}",
            next_step="State why it is entered all the same, or do not enter it.",
        )


def day_sent(asked: Asked) -> date | None:
    """The day that was chosen beside the fields of a form."""
    text = asked.text("on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("The day is no date.", next_step="Choose it again.") from error


def _kind(asked: Asked) -> Kind:
    kind = kind_of(asked.path["kind"])
    if not kind.by_hand or kind.of_clinic or kind.word in (*NOT_TYPED, "patient"):
        raise UsageError(f"{kind.label} is not entered by a form")
    return kind


def _instead_of(asked: Asked) -> int | None:
    found = asked.sent.get("instead_of")
    return found if isinstance(found, int) else None
