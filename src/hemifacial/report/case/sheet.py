"""`render_sheet`: one page in plain words that a patient takes home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hemifacial.care.scales.plain_words import PlainFacts, plain_words
from hemifacial.case.reading import Entry
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.page import page_of
from hemifacial.report.html import Report

__all__ = ["render_sheet", "sheet_facts"]


def sheet_facts(
    entries: Sequence[Entry],
    *,
    today: date,
    seen: Sequence[str] = (),
    options: Sequence[str] = (),
    next_visit: date | None = None,
    call: str = "",
) -> PlainFacts:
    """Days of injection and operation from the record; what was seen as the clinician confirms it.

    Parameters
    ----------
    seen
        Short sentences. Nothing that was only measured is told to a patient.
    options
        Words of ``patient_numbers.tsv``; all of them by default.
    """
    facts = CaseFacts.of(entries, today)
    known = PlainFacts()
    operated = facts.operated.on if facts.operated else None
    injected = facts.sessions[-1].happened_on if facts.sessions else None
    if injected and operated and operated > injected:
        injected = None  # it has worn off, or no longer matters
    return PlainFacts(
        side=facts.patient.side,
        seen=tuple(seen),
        options=tuple(options) or known.options,
        injected_on=injected,
        operated_on=operated,
        next_visit=next_visit,
        call=call,
    )


def render_sheet(plain: PlainFacts, *, today: date, clinic: str = "", note: str = "") -> Report:
    """The sheet. It holds neither name nor code: a sheet is lost easily.

    Parameters
    ----------
    note
        Of the record, where it has something that every page must say (a made-up patient).
    """
    html = page_of(
        "sheet.html.j2",
        title="Hemifacial spasm: for you to take home",
        paragraphs=plain_words(plain),
        today=f"{today.day} {today:%B %Y}",
        clinic=clinic,
        note=note,
    )
    return Report(html=html, figures={})
