"""Pages of one patient: the course, a letter, a sheet for the patient, a diary.

Each bears a mark of its record, its patient and what it is, by which `writing_pages` knows what it
may replace. It is a hash over the record's random name: without the record it tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from hemifacial.case import Record
from hemifacial.case.clinic_day import today as _today
from hemifacial.commands.case.writing_pages import default_path, with_mark, write_page
from hemifacial.errors import UsageError
from hemifacial.report.case.page import RecordFacts
from hemifacial.report.html import Report

__all__ = [
    "case_page",
    "default_path",
    "diary_page",
    "letter_page",
    "record_facts",
    "sheet_page",
    "write_page",
]


def record_facts(record: Record) -> RecordFacts:
    """What pages say of the record itself."""
    (clinic,) = (entry for entry in record.clinic_entries("clinic") if entry.standing)
    return RecordFacts(clinic=clinic.body.name, head=record.head, encrypted=record.encrypted)


def case_page(record: Record, patient: str, *, today: date | None = None) -> Report:
    """The page of a patient, with its figures."""
    from hemifacial.report.case.page import render_case

    page = render_case(
        record.timeline(patient),
        record.entries(patient),
        record_facts(record),
        today=today or _today(),
    )
    return _marked(page, "page", record, patient)


def letter_page(record: Record, patient: str, *, question: str, to: str = "") -> Report:
    """A referral letter with the evidence it rests on."""
    from hemifacial.report.case.letter import render_letter

    if not question.strip():
        raise UsageError("a letter asks something", next_step="Give it with --question.")
    entries = record.entries(patient)
    page = render_letter(entries, record_facts(record), question=question, to=to, today=_today())
    return _marked(page, "letter", record, patient)


def sheet_page(
    record: Record,
    patient: str,
    *,
    seen: Sequence[str] = (),
    options: Sequence[str] = (),
    next_visit: date | None = None,
    call: str = "",
) -> Report:
    """One page in plain words; raises `UsageError` for an option that is none."""
    from hemifacial.report.case.sheet import render_sheet, sheet_facts

    entries = record.entries(patient)
    plain = sheet_facts(
        entries, today=_today(), seen=seen, options=options, next_visit=next_visit, call=call
    )
    clinic = record_facts(record).clinic
    try:
        page = render_sheet(plain, today=_today(), clinic=clinic, note=_note(record, patient))
    except ValueError as error:
        raise UsageError(str(error)) from error
    return _marked(page, "sheet", record, patient)


def diary_page(record: Record, patient: str, *, call: str = "") -> Report:
    """The page on which the patient keeps a diary at home."""
    from hemifacial.report.case.diary import render_diary

    page = render_diary(patient, call=call, note=_note(record, patient))
    return _marked(page, "diary", record, patient)


def _marked(page: Report, what: str, record: Record, patient: str) -> Report:
    (clinic,) = (entry for entry in record.clinic_entries("clinic") if entry.standing)
    first = record.entries(patient)[0].number
    said = f"{clinic.body.record_id} {first} {what}"
    return replace(page, html=with_mark(page.html, sha256(said.encode()).hexdigest()[:32]))


def _note(record: Record, patient: str) -> str:
    """That the patient is made up, if so; no other note belongs on a page that goes home."""
    from hemifacial.report.case.facts import CaseFacts

    facts = CaseFacts.of(record.entries(patient), _today())
    return facts.patient.note if facts.is_made_up else ""
