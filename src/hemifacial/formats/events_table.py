"""``events.tsv`` and its BIDS sidecar: one row an event, ``n/a`` where empty."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.findings import Event, trial_types
from hemifacial.formats.files import read_text, write_text

__all__ = [
    "COLUMNS",
    "EventsTable",
    "event_from_record",
    "event_to_record",
    "read_events",
    "stated_duration_s",
    "write_events",
]

COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "onset": {
        "Description": "Crossing of 10 % of the peak before it, from the first frame or sample",
        "Units": "s",
    },
    "duration": {"Description": "From onset to the crossing of 10 % after the peak", "Units": "s"},
    "event_id": {"Description": "Name of the event within this recording"},
    "trial_type": {
        "Description": "Kind of event, from a closed list",
        "Levels": {kind.word: kind.description for kind in trial_types().values()},
    },
    "side": {
        "Description": "Side, always the patient's own",
        "Levels": {
            "right": "The patient's right",
            "left": "The patient's left",
            "both": "Both sides together",
        },
    },
    "sites": {"Description": "Regions or muscles, words of the anatomy table joined by |"},
    "phase": {"Description": "Part of the examination"},
    "peak_time": {"Description": "Time of the largest excursion", "Units": "s"},
    "amplitude": {"Description": "Largest excursion of any site, in amplitude_unit"},
    "amplitude_unit": {"Description": "Unit of amplitude"},
    "confidence": {
        "Description": "From 0 to 1: margin over the detection threshold and clearness of "
        "the side; an ordering, not a probability"
    },
    "parent_id": {"Description": "event_id of the burst that this event belongs to"},
}


_LARGEST = 1e9
"""Thirty years in s; what is not below it is a slip, and no number to count on with."""


@dataclass(frozen=True, kw_only=True)
class EventsTable:
    """The events of a file, and how long its recording is if the sidecar says so."""

    events: tuple[Event, ...]
    recording_duration_s: float | None


def write_events(
    path: Path, events: Iterable[Event], *, recording_duration_s: float | None = None
) -> None:
    """Write ``NAME.tsv`` and ``NAME.json``; times to the microsecond, sorted by onset."""
    rows = [event_to_record(event) for event in sorted(events, key=_order)]
    lines = ["\t".join(COLUMNS)]
    lines += ["\t".join(_cell(row[column]) for column in COLUMNS) for row in rows]
    sidecar: dict[str, Any] = {name: dict(text) for name, text in COLUMNS.items()}
    if recording_duration_s is not None:
        sidecar["RecordingDuration"] = round(recording_duration_s, 6)
    write_text(path.with_suffix(".json"), _json(sidecar))
    write_text(path, "\n".join(lines) + "\n")


def read_events(path: Path) -> EventsTable:
    """The events of a table; `InputError` naming every row that cannot be used."""
    lines = read_text(path).splitlines()
    reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [
        name
        for name in ("onset", "duration", "trial_type")
        if name not in (reader.fieldnames or ())
    ]
    if missing:
        raise InputError(
            f"{path}: not an events table, the column {', '.join(missing)} is missing",
            next_step="Give a tab-separated table with the columns " + " ".join(COLUMNS) + ".",
        )
    events: list[Event] = []
    mistakes: list[str] = []
    for number, row in enumerate(reader, start=2):
        try:
            events.append(_event_of_row(row, default_id=f"row{number}"))
        except (ValueError, TypeError, OverflowError) as error:
            mistakes.append(f"line {number}: {error}")
    mistakes += _repeated_ids(events)
    if mistakes:
        shown = "; ".join(mistakes[:5]) + (
            f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
        )
        raise InputError(f"{path}: {shown}", next_step="Correct these rows and run it again.")
    return EventsTable(events=tuple(events), recording_duration_s=stated_duration_s(path))


def event_to_record(event: Event) -> dict[str, Any]:
    """An event as a JSON object whose keys are the columns; empty values are None."""
    return {
        "onset": round(event.onset_s, 6),
        "duration": round(event.duration_s, 6),
        "event_id": event.event_id,
        "trial_type": event.trial_type,
        "side": event.side.value,
        "sites": list(event.sites),
        "phase": event.phase or None,
        "peak_time": _rounded(event.peak_time_s),
        "amplitude": _rounded(event.amplitude),
        "amplitude_unit": event.amplitude_unit or None,
        "confidence": _rounded(event.confidence),
        "parent_id": event.parent_id or None,
    }


def event_from_record(record: Mapping[str, Any]) -> Event:
    """The event of such an object; else `ValueError`, `TypeError` or `OverflowError`."""
    return Event(
        onset_s=_within(record["onset"]),
        duration_s=_within(record["duration"]),
        event_id=str(record["event_id"]),
        trial_type=str(record["trial_type"]),
        side=Side(record.get("side") or "n/a"),
        sites=tuple(record.get("sites") or ()),
        phase=record.get("phase") or "",
        peak_time_s=_number(record.get("peak_time")),
        amplitude=_number(record.get("amplitude")),
        amplitude_unit=record.get("amplitude_unit") or "",
        confidence=_number(record.get("confidence")),
        parent_id=record.get("parent_id") or "",
    )


def _event_of_row(row: Mapping[str | None, Any], *, default_id: str) -> Event:
    if None in row or None in row.values():
        raise ValueError("the row does not have as many cells as the header")
    record = {str(name): None if cell in ("n/a", "") else cell for name, cell in row.items()}
    record["event_id"] = record.get("event_id") or default_id
    record["sites"] = str(record.get("sites") or "").split("|") if record.get("sites") else ()
    return event_from_record(record)


def _repeated_ids(events: Iterable[Event]) -> list[str]:
    counts = Counter(event.event_id for event in events)
    return [f"event_id {name} stands more than once" for name, n in counts.items() if n > 1]


def stated_duration_s(path: Path) -> float | None:
    """How long the recording of an events table is, if a sidecar beside the table says it."""
    sidecar = path.with_suffix(".json")
    if not sidecar.exists():
        return None
    try:
        stated = json.loads(read_text(sidecar)).get("RecordingDuration")
        return None if stated is None else _length(stated)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{sidecar}: not a sidecar of an events table ({error})",
            next_step="Correct it, or take it away: the events can be read without it.",
        ) from error


def _order(event: Event) -> tuple[float, str]:
    return (event.onset_s, event.event_id)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 6)


def _number(cell: Any) -> float | None:
    return None if cell is None else _within(cell)


def _within(cell: Any) -> float:
    """A number of a size that a recording can have."""
    number = float(cell)
    if not abs(number) < _LARGEST:
        raise ValueError(f"{str(cell)[:40]} is not a number below {_LARGEST:g}")
    return number


def _length(stated: Any) -> float:
    length_s = _within(stated)
    if length_s < 0:
        raise ValueError(f"a recording cannot last {length_s:g} s")
    return length_s


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _cell(value: Any) -> str:
    if value is None or value == []:
        return "n/a"
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)
