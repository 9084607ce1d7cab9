"""The phases of an examination, from a small table that whoever filmed wrote."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from hemifacial.errors import InputError
from hemifacial.findings import Event
from hemifacial.formats.files import read_text
from hemifacial.vocabulary import read_vocabulary

__all__ = ["UNASSIGNED", "phase_labels", "read_phases"]

UNASSIGNED = "unassigned"
"""What lies in no phase, in a recording that has phases."""

_COLUMNS = ("onset", "duration", "phase")
_BEYOND_S = 1.0
"""A phase may end this much after the recording: whoever wrote it looked at a clock."""
_LARGEST_S = 1e9


@cache
def phase_labels() -> Mapping[str, str]:
    """Every phase by its word with its name for a reader, in the order of the vocabulary."""
    return MappingProxyType({row["word"]: row["label"] for row in read_vocabulary("phases.tsv")})


def read_phases(path: Path, *, recording_duration_s: float | None = None) -> tuple[Event, ...]:
    """The phases of a table, as events of type ``phase`` in order of onset.

    Parameters
    ----------
    path
        Tab-separated, with the columns ``onset`` and ``duration`` (s from the first frame) and
        ``phase``. Other columns are passed over, so an events table will do; where it has
        ``trial_type``, only its rows of type ``phase`` count. A phase may be written with
        spaces, hyphens or capitals.
    recording_duration_s
        Every phase must begin within it and end at most a second later.

    Raises
    ------
    InputError
        Naming every row that cannot be used: an unknown phase, a time that is not a number,
        a phase outside the recording or overlapping another.
    """
    reader = csv.DictReader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = reader.fieldnames or ()
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        raise InputError(
            f"{path}: not a table of phases, the column {', '.join(missing)} is missing",
            next_step="Give a tab-separated table with the columns " + " ".join(_COLUMNS) + ".",
        )
    phases: list[tuple[int, Event]] = []
    mistakes: list[str] = []
    for number, row in enumerate(reader, start=2):
        if "trial_type" in columns and row["trial_type"] != "phase":
            continue
        try:
            phases.append((number, _phase(row, f"p{len(phases) + 1:04d}", recording_duration_s)))
        except ValueError as error:
            mistakes.append(f"line {number}: {error}")
    phases.sort(key=lambda one: one[1].onset_s)
    mistakes += _overlaps(phases)
    if not phases and not mistakes:
        mistakes.append("it names no phase")
    if mistakes:
        more = f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
        raise InputError(
            f"{path}: {'; '.join(mistakes[:5])}{more}",
            next_step="Correct these rows and run it again. The phases are: "
            + " ".join(word for word in phase_labels() if word != UNASSIGNED)
            + ".",
        )
    return tuple(phase for _, phase in phases)


def _phase(row: Mapping[str, str | None], event_id: str, length_s: float | None) -> Event:
    word = (row["phase"] or "").strip().lower().replace(" ", "_").replace("-", "_")
    if word not in phase_labels() or word == UNASSIGNED:
        raise ValueError(f"{row['phase']!r} is not a phase")
    onset_s, duration_s = _seconds("onset", row), _seconds("duration", row)
    if onset_s < 0:
        raise ValueError(f"{word} begins at {onset_s:g} s, before the recording")
    if duration_s <= 0:
        raise ValueError(f"{word} lasts {duration_s:g} s; it must last more than 0")
    if length_s is not None and not (
        onset_s < length_s and onset_s + duration_s <= length_s + _BEYOND_S
    ):
        raise ValueError(
            f"{word} lies from {onset_s:g} to {onset_s + duration_s:g} s, "
            f"the recording lasts {length_s:.1f} s"
        )
    return Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=event_id,
        trial_type="phase",
        phase=word,
    )


def _seconds(name: str, row: Mapping[str, str | None]) -> float:
    text = row[name]
    try:
        seconds = float(text or "")
    except ValueError:
        raise ValueError(f"{name} is {text!r}, not a number of seconds") from None
    if not abs(seconds) < _LARGEST_S:
        raise ValueError(f"{name} is {text}, not a time within a recording")
    return seconds


def _overlaps(phases: Sequence[tuple[int, Event]]) -> list[str]:
    """Mistakes; a hundredth of a second of overlap is a rounded time."""
    return [
        f"line {number}: {later.phase} begins at {later.onset_s:g} s, "
        f"before {earlier.phase} ends at {earlier.offset_s:g} s"
        for (_, earlier), (number, later) in pairwise(phases)
        if later.onset_s < earlier.offset_s - 0.01
    ]
