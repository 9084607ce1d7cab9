"""Pages of one patient as files: the course, a letter, a sheet for the patient, a diary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from hemifacial.case import Record
from hemifacial.errors import UsageError
from hemifacial.formats.files import new_file
from hemifacial.report.case.page import RecordFacts
from hemifacial.report.html import Report

__all__ = ["case_page", "diary_page", "letter_page", "record_facts", "sheet_page", "write_page"]


def record_facts(record: Record) -> RecordFacts:
    """What pages say of the record itself."""
    (clinic,) = (entry for entry in record.clinic_entries("clinic") if entry.standing)
    return RecordFacts(clinic=clinic.body.name, head=record.head, encrypted=record.encrypted)


def case_page(record: Record, patient: str, *, today: date | None = None) -> Report:
    """The page of a patient, with its figures."""
    from hemifacial.report.case.page import render_case

    return render_case(
        record.timeline(patient),
        record.entries(patient),
        record_facts(record),
        today=today or _today(),
    )


def letter_page(record: Record, patient: str, *, question: str, to: str = "") -> Report:
    """A referral letter with the evidence it rests on."""
    from hemifacial.report.case.letter import render_letter

    if not question.strip():
        raise UsageError("a letter asks something", next_step="Give it with --question.")
    entries = record.entries(patient)
    return render_letter(entries, record_facts(record), question=question, to=to, today=_today())


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
        return render_sheet(plain, today=_today(), clinic=clinic, note=_note(record, patient))
    except ValueError as error:
        raise UsageError(str(error)) from error


def diary_page(record: Record, patient: str, *, call: str = "") -> Report:
    """The page on which the patient keeps a diary at home."""
    from hemifacial.report.case.diary import render_diary

    return render_diary(patient, call=call, note=_note(record, patient))


def write_page(page: Report, out: Path) -> None:
    """Write a page, whole or not at all."""
    with new_file(out) as path:
        path.write_text(page.html, encoding="utf-8")


def _note(record: Record, patient: str) -> str:
    """That the patient is made up, if so; no other note belongs on a page that goes home."""
    from hemifacial.report.case.facts import CaseFacts

    facts = CaseFacts.of(record.entries(patient), _today())
    return facts.patient.note if facts.is_made_up else ""


def _today() -> date:
    return datetime.now().astimezone().date()
