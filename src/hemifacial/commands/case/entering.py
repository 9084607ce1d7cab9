"""Entering facts from the command line: bodies from JSON, tables, result folders."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace as changed
from datetime import date
from pathlib import Path
from typing import Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case import Record
from hemifacial.case.clinic_day import today
from hemifacial.case.drugs_known import bodies
from hemifacial.case.kinds import Kind, decoded, kind_of
from hemifacial.case.reading import Entry
from hemifacial.commands.case.checking import warnings_for
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.files import read_text

__all__ = ["add", "body_from", "completed", "day_from", "month_from", "replace"]


_MONTH_LETTERS = 20


def body_from(kind: Kind, source: str) -> Any:
    """The body of a kind from a JSON file, or from standard input (``-``)."""
    text = sys.stdin.read() if source == "-" else read_text(Path(source))
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{source}: not JSON ({error})", next_step="Give one object, as `case show` prints it."
        ) from error
    if kind.word == "diary" and isinstance(plain, dict) and "format" in plain:
        return _sent_diary(text, source, str(plain.get("patient")))
    return decoded(kind.word, kind.version, plain)


def _sent_diary(text: str, source: str, patient: str) -> Any:
    """The file that a patient's page wrote, with its check; whose it is, entering it asks."""
    from hemifacial.care.scales.diary_file import read_diary

    return read_diary(text.encode("utf-8"), name=source, patient=patient, today=today())


def add(
    record: Record,
    patient: str,
    kind: Kind,
    body: Any,
    *,
    by: str,
    on: date | None = None,
    why: str = "",
) -> Entry:
    """Complete a fact, check it by the rules of its wing, enter it with what they said."""
    if not kind.by_hand:
        raise UsageError(f"{kind.word} is not entered by hand")
    body = completed(record, patient, body)
    warnings = warnings_for(record, patient, kind.word, body)
    return record.add(patient, kind.word, body, by=by, happened_on=on, why=why, warnings=warnings)


def completed(record: Record, patient: str, body: Any) -> Any:
    """The fact with what the record knows of it.

    An operation gets the drugs of its day, and at its steps what a lateral spread series of that
    day measured; what a person stated is not overwritten.
    """
    from hemifacial.care.decompression.operation import Operation, with_lateral_spread
    from hemifacial.care.drugs.log import taken_on

    if not isinstance(body, Operation):
        return body
    standing = [entry for entry in record.entries(patient) if entry.standing]
    if not body.drugs_of_the_day:
        taken = taken_on(bodies(standing, "drug_change"), body.on)
        body = changed(body, drugs_of_the_day=taken)
    for entry in standing:
        if (
            entry.kind == "result"
            and entry.happened_on == body.on
            and entry.body.provenance.method == "electro"
        ):
            evidence = f"SHA-256 {entry.body.provenance.input_sha256}"
            found = entry.body.standing_findings
            body = with_lateral_spread(body, found, evidence=evidence)
    return body


def replace(
    record: Record, number: int, source: str, *, by: str, why: str, on: date | None
) -> Entry:
    """Correct an entry with a body of its kind."""
    old = record.entry(number)
    body = body_from(kind_of(old.kind), source)
    warnings: Sequence[CareWarning] = ()
    if old.patient:
        warnings = warnings_for(record, old.patient, old.kind, body, instead_of=number)
    return record.replace(number, body, by=by, why=why, happened_on=on, warnings=warnings)


def day_from(text: str) -> date | None:
    """A day that was given as an option; None where none was."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no day", next_step="Write it as year-month-day: 2026-11-22."
        ) from error


def month_from(text: str) -> tuple[int | None, int | None]:
    """Year and month of ``2019-05`` or ``2019``."""
    parts = text[:_MONTH_LETTERS].split("-") if text else []
    if not parts:
        return None, None
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(f"{text!r} is no month", next_step="Write it as 2019-05, or 2019.")
    return int(parts[0]), int(parts[1]) if len(parts) > 1 else None
