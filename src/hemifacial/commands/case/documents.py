"""What the commands print: plain documents for ``--json``, lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hemifacial.case import Record
from hemifacial.case.codec import as_plain
from hemifacial.case.kinds import KINDS
from hemifacial.case.points import Mark, Point
from hemifacial.case.reading import Entry
from hemifacial.case.spread import STATES
from hemifacial.case.timeline import Series, Timeline
from hemifacial.case.verifying import Verification
from hemifacial.findings import Status

__all__ = [
    "entry_document",
    "entry_lines",
    "record_document",
    "record_lines",
    "timeline_lines",
    "verification_document",
    "verification_lines",
]

NOT_ENCRYPTED = "Not encrypted: whoever has the file can read it."
_ENCRYPTED = "Encrypted: without its key nobody can read it."
_WIDTH = 76
_LONG = ("findings", "events", "corrections", "reviewed_findings", "reviewed_events")


def record_document(record: Record) -> dict[str, Any]:
    """The record in numbers, and its patients."""
    patients = record.patients()
    (clinic,) = (entry for entry in record.clinic_entries("clinic") if entry.standing)
    head = record.head
    return {
        "record": str(record.path),
        "clinic": clinic.body.name,
        "record_id": clinic.body.record_id,
        "encrypted": record.encrypted,
        "head": as_plain(head),
        "profiles": as_plain(record.profiles()),
        "backups": [as_plain(entry.body) for entry in record.clinic_entries("backup")],
        "patients": as_plain(patients),
    }


def record_lines(document: dict[str, Any]) -> Iterator[str]:
    """The same for a person."""
    count = len(document["patients"])
    name = f"{document['clinic']}: " if document["clinic"] else ""
    yield f"{name}{count} patient{'' if count == 1 else 's'}"
    yield _ENCRYPTED if document["encrypted"] else NOT_ENCRYPTED
    yield head_line(document["head"]["number"], document["head"]["link"])
    profiles = ", ".join(
        f"{one['word']} ({one['name']}{'' if one['active'] else ', no longer active'})"
        for one in document["profiles"]
    )
    yield f"Profiles: {profiles}"
    if document["patients"]:
        yield f"{'patient':32}  {'entries':>7}  last day"
    for one in document["patients"]:
        yield f"{one['code']:32}  {one['entries']:7d}  {one['last_on']}"


def head_line(number: int, link: str) -> str:
    """The anchor as reports print it."""
    return f"Head: entry {number}, {link}"


def entry_document(entry: Entry) -> dict[str, Any]:
    """An entry with all that it says."""
    plain: dict[str, Any] = as_plain(
        {
            name: getattr(entry, name)
            for name in (
                "number patient kind version happened_on warnings replaces replaced_by "
                "entered_at clock_behind_s entered_by why body"
            ).split()
        }
    )
    return plain


def entry_lines(entries: tuple[Entry, ...]) -> Iterator[str]:
    """Entries as a table; replaced ones say by what."""
    yield f"{'entry':>6}  {'day':10}  {'kind':18}  {'by':10}  what"
    for entry in entries:
        label = KINDS[entry.kind].label
        what = "" if entry.replaced_by is None else f"[replaced by {entry.replaced_by}] "
        what += "" if entry.replaces is None else f"[for {entry.replaces}: {entry.why}] "
        what += _summary(entry.body)
        day = entry.happened_on.isoformat()
        yield f"{entry.number:6d}  {day}  {label:18}  {entry.entered_by:10}  {_cut(what)}"


def timeline_lines(course: Timeline) -> Iterator[str]:
    """A timeline in words: each series by its days, then what happened."""
    yield f"{course.patient.code}: {course.first} to {course.last}"
    for series in course.series:
        yield _series_heading(series)
        for point in series.points:
            yield f"  {point.day}  {_value(point, series.quantity)}"
    if course.spans:
        yield "Drugs"
    for span in course.spans:
        until = f"until {span.end}" if span.end else "still taken"
        yield f"  {span.start}  {span.label}, {span.detail}, {until}"
    if course.marks:
        yield "What happened"
    for mark in course.marks:
        yield f"  {mark.day}  {_mark(mark)}"


def verification_document(found: Verification) -> dict[str, Any]:
    """The answer of ``case verify``."""
    plain: dict[str, Any] = as_plain(found)
    return {"in_order": not found.faults, **plain}


def verification_lines(found: Verification, anchor: str) -> Iterator[str]:
    """The same for a person."""
    for fault in found.faults:
        yield fault.what if fault.number is None else f"entry {fault.number} {fault.what}"
    for number in found.clock_behind:
        yield f"note: entry {number} was written by a clock that stood behind an earlier entry"
    if not found.faults:
        erased = f", {found.erased} of them erased" if found.erased else ""
        yield f"{found.entries} entries{erased}: in order"
        if anchor and found.anchored is not None:
            later = found.head.number - found.anchored
            grown = f", {later} entries were added since" if later else ""
            yield f"The head that was printed is entry {found.anchored}{grown}."
        elif not anchor:
            yield "Whether the end was cut off, only a head that was printed can tell (--head)."
    yield head_line(found.head.number, found.head.link)


def _summary(body: Any) -> str:
    plain = as_plain(body)
    parts = []
    for name, value in plain.items():
        if name in _LONG:
            parts += [f"{len(value)} {name.replace('_', ' ')}"] if value else []
        elif value not in (None, "", [], {}, "n/a"):
            parts.append(f"{name.replace('_', ' ')} {_short(value)}")
    return ", ".join(parts)


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_short(one)}" for name, one in value.items())
    if isinstance(value, list):
        return f"{len(value)} entries" if value and isinstance(value[0], dict) else str(value)
    return str(value)


def _cut(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= _WIDTH else plain[: _WIDTH - 1] + "…"


def _series_heading(series: Series) -> str:
    unit = "" if series.unit == "1" else f", {series.unit}"
    where = " ".join([*series.sites, "" if series.side == "n/a" else series.side]).strip()
    return f"{series.label}{unit}{f' ({where})' if where else ''}"


def _value(point: Point, quantity: str) -> str:
    said = _value_alone(point)
    if quantity == "lateral_spread_state" and point.value is not None:
        said = STATES.get(point.value, said)
    return f"{said} at the end; {point.course}" if point.course else said


def _value_alone(point: Point) -> str:
    if point.status is Status.NOT_JUDGED:
        return f"not judged: {point.note}" if point.note else "not judged"
    if point.value is None:
        return f"below {point.detection_limit:.3g}"
    interval = (
        f"  ({point.low:.3g} to {point.high:.3g})"
        if point.low is not None and point.high is not None
        else ""
    )
    return f"{point.value:.4g}{interval}"


def _mark(mark: Mark) -> str:
    side = "" if mark.side == "n/a" else f", {mark.side}"
    return f"{mark.label}{f': {mark.detail}' if mark.detail else ''}{side}"
