"""A result folder into the record: findings, events, corrections and what followed from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from hemifacial.case import Draft, Record
from hemifacial.case.bodies import MeasuredResult, Medium, Recording
from hemifacial.case.reading import Entry
from hemifacial.commands.standing import standing_result
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Provenance
from hemifacial.formats.files import recover
from hemifacial.formats.result_folder import check_is_result, read_corrections, read_result

__all__ = ["add_result"]

_MEDIA = {"face": Medium.VIDEO, "electro": Medium.ELECTRICAL}


def add_result(
    record: Record,
    patient: str,
    folder: Path,
    *,
    by: str,
    on: date | None = None,
    why: str = "",
    without_name: bool = False,
) -> Entry:
    """Enter what a measuring command wrote, and its recording if that is new to the patient.

    Parameters
    ----------
    on
        The day of the recording; by default as the recording states it.
    why
        Where a result of the same recording and method stands already, it is replaced, for this
        reason.
    without_name
        Leave out the file's name, which may be the patient's.
    """
    body = result_of(folder, without_name=without_name)
    day = on or _day_of(folder, body.provenance)
    standing = [entry for entry in record.entries(patient) if entry.standing]
    sha256, method = body.provenance.input_sha256, body.provenance.method
    for entry in standing:
        if entry.kind == "result" and entry.body.provenance.method == method:
            if entry.body == body:
                raise UsageError(f"{folder}: stands in the record already, as entry {entry.number}")
            if entry.body.provenance.input_sha256 == sha256:
                return record.replace(entry.number, body, by=by, why=why, happened_on=day)
    drafts = [Draft(kind="result", patient=patient, body=body, happened_on=day, why=why)]
    if not any(entry.kind == "recording" and entry.body.sha256 == sha256 for entry in standing):
        recording = Recording(
            sha256=sha256,
            medium=_MEDIA[method],
            file_name=body.provenance.input_name,
            recorded_at=body.provenance.recorded_at if _moment(body.provenance.recorded_at) else "",
        )
        drafts.insert(0, Draft(kind="recording", patient=patient, body=recording, happened_on=day))
    return record.entry(record.add_many(drafts, by=by)[-1])


def result_of(folder: Path, *, without_name: bool) -> MeasuredResult:
    """The content of a result folder as an entry keeps it."""
    recover(folder)
    check_is_result(folder)
    measured = read_result(folder)
    if measured.provenance.method not in _MEDIA:
        raise InputError(
            f"{folder}: an experiment on the simulated nerve, not a recording of a patient",
            next_step="Enter what `hemifacial face` or `hemifacial electro` measured.",
        )
    corrections = read_corrections(folder, measured.provenance)
    provenance = measured.provenance
    if without_name:
        provenance = replace(provenance, input_name=Path(provenance.input_name).suffix)
    body = MeasuredResult(provenance=provenance, findings=measured.findings, events=measured.events)
    if not corrections:
        return body
    standing, _ = standing_result(folder, measured, corrections)
    return replace(
        body,
        corrections=corrections,
        reviewed_findings=standing.findings,
        reviewed_events=standing.events,
    )


def _day_of(folder: Path, provenance: Provenance) -> date:
    if not provenance.recorded_at:
        raise UsageError(
            f"{folder}: the recording does not state its day",
            next_step="Give it with --on, as year-month-day.",
        )
    moment = _moment(provenance.recorded_at)
    if moment is None:
        raise UsageError(
            f"{folder}: the recording states no day that can be read",
            next_step="Give it with --on, as year-month-day.",
        )
    # Cameras write UTC: the day of the patient is that of the clinic's own zone.
    return (moment.astimezone() if moment.utcoffset() == timedelta(0) else moment).date()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
