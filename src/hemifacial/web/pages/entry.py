"""An entry that stands: what it says, correcting it, withdrawing it."""

from __future__ import annotations

from typing import Any

from hemifacial.case.codec import as_plain
from hemifacial.case.kinds import kind_of
from hemifacial.errors import UsageError
from hemifacial.web.asked import Answer, Asked, Go, Page
from hemifacial.web.checking import said_of
from hemifacial.web.figures import map_of
from hemifacial.web.forms.typed import body_of, filled_in
from hemifacial.web.pages.entries import NOT_TYPED, check_stops, day_sent, form_page
from hemifacial.web.telling import lines_of

__all__ = ["entry_page", "replace", "replace_form", "withdraw"]


def entry_page(asked: Asked) -> Answer:
    """One entry with all that it says."""
    entry = asked.record.entry(asked.number)
    return Page(
        template="entry.html.j2",
        title=f"Entry {entry.number}",
        code=entry.patient,
        shown={
            "entry": entry,
            "kind": kind_of(entry.kind),
            "lines": lines_of(_without_sites(as_plain(entry.body))),
            "map": map_of(entry.body) if entry.kind == "toxin_session" else None,
            "can_change": _can_change(entry),
            "can_withdraw": _can_change(entry) and entry.kind != "patient",
            "can_be_typed": entry.kind not in NOT_TYPED and entry.kind != "toxin_session",
        },
    )


def _without_sites(plain: dict[str, Any]) -> dict[str, Any]:
    """A fact without its injections, which stand on the map and beside it."""
    return {name: value for name, value in plain.items() if name != "injections"}


def _can_change(entry: Any) -> bool:
    return bool(entry.patient) and entry.standing and kind_of(entry.kind).by_hand


def replace_form(asked: Asked) -> Answer:
    """The form that corrects an entry, filled in as it stands."""
    entry = asked.record.entry(asked.number)
    kind = kind_of(entry.kind)
    if kind.word in NOT_TYPED or not _can_change(entry):
        raise UsageError(f"entry {entry.number} is not corrected by typing")
    return form_page(
        asked,
        kind,
        title=f"Correct entry {entry.number}: {kind.label.lower()}",
        code=entry.patient,
        to=f"/entries/{entry.number}/replace",
        check_at=f"/patients/{entry.patient}/check/{kind.word}",
        filled=filled_in(entry.body),
        instead_of=entry.number,
        with_day=kind.word != "patient",
        day=entry.happened_on,
    )


def replace(asked: Asked) -> Answer:
    """Correct an entry; the old one stays, as replaced."""
    old = asked.record.entry(asked.number)
    kind = kind_of(old.kind)
    body = body_of(kind, asked.cells())
    found = said_of(asked.record, old.patient, kind, body, instead_of=old.number)
    why = asked.text("why")
    check_stops(found, why)
    new = asked.record.replace(
        old.number,
        body,
        by=asked.by,
        why=why,
        happened_on=None if kind.day or kind.word == "patient" else day_sent(asked),
        warnings=found,
    )
    return Go(to=f"/patients/{new.patient}")


def withdraw(asked: Asked) -> Answer:
    """Take back an entry that should never have been; it stays to be seen."""
    gone = asked.record.withdraw(asked.number, by=asked.by, why=asked.text("why"))
    return Go(to=f"/patients/{gone.patient}")
