"""Dropping a recording, and the line of those that wait, are measured, or are done."""

from __future__ import annotations

from typing import Any

from hemifacial.case import Record
from hemifacial.errors import HemifacialError, InputError, UsageError
from hemifacial.web.asked import Answer, Asked, Data, Page
from hemifacial.web.grouping import sorted_out
from hemifacial.web.jobs import Shown

__all__ = ["cancel", "drop", "line", "line_values", "measure_again", "sort_files"]

_MOST_NAMES = 5000


def drop(asked: Asked) -> Answer:
    """The page on which a recording of a patient is dropped."""
    asked.record.entries(asked.code)
    return Page(
        template="drop.html.j2",
        title="Measure a recording",
        code=asked.code,
        shown={
            "today": asked.today.isoformat(),
            "largest_mb": round(asked.office.largest_upload_bytes / 1e6),
            "jobs": [one for one in _values(asked) if one["code"] == asked.code],
        },
    )


def sort_files(asked: Asked) -> Answer:
    """Which of the files that were dropped are one recording, and which are none."""
    names = asked.sent.get("names", [])
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise InputError("the names of the files are missing")
    if len(names) > _MOST_NAMES:
        raise InputError(
            f"{len(names)} files were dropped, more than {_MOST_NAMES}.",
            next_step="Drop the recordings of this patient alone.",
        )
    groups, left = sorted_out(names)
    return Data(
        values={
            "groups": [[one.main, *one.parts] for one in groups],
            "left": [{"number": one.number, "why": one.why} for one in left],
        }
    )


def line(asked: Asked) -> Answer:
    """Every recording that was dropped."""
    return Page(template="line.html.j2", title="Recordings in line", shown={"jobs": _values(asked)})


def line_values(asked: Asked) -> Answer:
    """The same for a script that looks every second."""
    return Data(values={"jobs": _values(asked)})


def cancel(asked: Asked) -> Answer:
    """Take a recording out of the line, or stop it."""
    asked.office.jobs.cancel(_job(asked))
    return Data(values={"jobs": _values(asked)})


def measure_again(asked: Asked) -> Answer:
    """Put a recording into the line once more."""
    asked.office.jobs.again(_job(asked))
    return Data(values={"jobs": _values(asked)})


def _job(asked: Asked) -> int:
    text = asked.path["job"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError("a recording in line is named by its number")
    return int(text)


def _values(asked: Asked) -> list[dict[str, Any]]:
    return [_value(asked.record, one) for one in asked.office.jobs.all()]


def _value(record: Record, shown: Shown) -> dict[str, Any]:
    job = shown.job
    return {
        "number": job.number,
        "name": shown.name,
        "code": _code(record, job.patient_entry),
        "state": job.state.value,
        "share": None if shown.share is None else round(100 * shown.share),
        "result": job.result_entry,
        "problem": job.problem,
        "next_step": job.next_step,
        "open": job.state.is_open,
        "again": not job.state.is_open and job.state.value != "done",
    }


def _code(record: Record, entry: int) -> str:
    try:
        return record.entry(entry).patient
    except HemifacialError:
        return ""  # the patient was erased
