"""From a laboratory's own trigger words, or its trigger line, to stimuli, by a table that it gives.

The marks that are added are worded as the ones that a stimulator of ours writes, so that whatever
reads stimuli from marks reads these as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.errors import InputError
from hemifacial.formats.clinic_table import check_anatomy, read_clinic_table
from hemifacial.formats.recording_facts import Mark, Recording

__all__ = ["TriggerNames", "read_trigger_names", "unknown_triggers", "with_line", "with_stimuli"]

_COLUMNS = ("trigger", "branch", "side")
_PLACE = "{mA}"
_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_POLARITIES = ("", "n/a", "+", "-")
_BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class _Row:
    pattern: re.Pattern[str]
    branch: str
    side: Side
    intensity_ma: str
    polarity: str


@dataclass(frozen=True, kw_only=True)
class TriggerNames:
    """What trigger words mean; made by `read_trigger_names`."""

    rows: tuple[_Row, ...]

    def of(self, text: str) -> str:
        """The mark of a stimulus that a trigger word stands for, or nothing."""
        words = " ".join(text.split())
        for row in self.rows:
            if (found := row.pattern.fullmatch(words)) is None:
                continue
            intensity = found[1].replace(",", ".") if found.groups() else row.intensity_ma
            said = {"branch": row.branch, "side": row.side.value, "intensity_ma": intensity}
            said["polarity"] = row.polarity
            return "stimulus " + " ".join(f"{key}={word}" for key, word in said.items() if word)
        return ""


def read_trigger_names(path: Path) -> TriggerNames:
    """A laboratory's table: ``trigger``, ``branch``, ``side``, ``intensity_ma``, ``polarity``.

    Parted by tabs or commas; the last two columns may be missing or empty. A trigger is a text as
    the recording has it; blanks and capitals do not count. ``{mA}`` in it stands for a number,
    which is then the strength: ``Zyg R {mA} mA`` is also ``zyg r 12,5 mA``.

    Raises
    ------
    InputError
        Where a column is missing, a word is not of the anatomy, a number is none, or a trigger
        stands twice; the message says which line.
    """
    rows = read_clinic_table(
        path,
        _COLUMNS,
        what="a table of triggers",
        next_step="Write these words as its first line; intensity_ma and polarity may follow.",
    )
    found = tuple(_row(where, row) for where, row in rows)
    patterns = [row.pattern.pattern.lower() for row in found]
    for number, pattern in enumerate(patterns):
        if pattern in patterns[:number]:
            raise InputError(
                f"{path}, line {number + 2}: this trigger stands in a line before (capitals and "
                "blanks do not count)",
                next_step="Leave one row a trigger.",
            )
    return TriggerNames(rows=found)


def with_stimuli(recording: Recording, triggers: TriggerNames) -> Recording:
    """The recording with a mark of a stimulus beside every trigger that the table names."""
    added = [
        replace(mark, text=text) for mark in recording.marks if (text := triggers.of(mark.text))
    ]
    marks = sorted([*recording.marks, *added], key=lambda mark: mark.onset_s)
    return replace(recording, marks=tuple(marks))


def unknown_triggers(recording: Recording, triggers: TriggerNames) -> tuple[str, ...]:
    """The texts of marks that neither the table names nor our own words, each once."""
    texts = dict.fromkeys(mark.text for mark in recording.marks)
    return tuple(
        text for text in texts if not triggers.of(text) and text.split()[:1] != ["stimulus"]
    )


def with_line(recording: Recording, name: str, *, bits: int = 0xFFFF) -> Recording:
    """The recording with a mark wherever a trigger line changes to another number but zero.

    Parameters
    ----------
    name
        Of the channel: a trigger line, or the status channel of a BDF. The text of a mark is this
        name and the number, such as ``Status 4``.
    bits
        Which bits of the number are triggers; of a status channel the lower sixteen are.

    Raises
    ------
    InputError
        Where there is no channel of that name, or several.
    """
    found = [k for k, channel in enumerate(recording.channels) if channel.name == name]
    if len(found) != 1:
        known = ", ".join(channel.name for channel in recording.channels)
        raise InputError(
            f"{recording.path}: {len(found) or 'no'} channels are called {name[:40]!r}",
            next_step=f"Name one of its channels: {known[:500]}.",
        )
    (channel,) = found
    marks = [
        Mark(onset_s=round(onset_s, 9), text=f"{name} {value}")
        for stretch in range(len(recording.stretches))
        for onset_s, value in _changes(recording, channel, stretch, bits)
    ]
    both = sorted([*recording.marks, *marks], key=lambda mark: mark.onset_s)
    return replace(recording, marks=tuple(both))


def _changes(
    recording: Recording, channel: int, stretch: int, bits: int
) -> Iterator[tuple[float, int]]:
    """When a line takes a new value, and which; what it begins with is no change."""
    count, rate_hz = recording.count(channel, stretch), recording.channels[channel].rate_hz
    # As the converter counted, where the reader knows that: a line has steps, not a unit.
    read = getattr(recording.samples, "digital", recording.samples)
    before: int | None = None
    for first in range(0, count, _BLOCK):
        stop = min(first + _BLOCK, count)
        raw = np.asarray(read(channel, stretch, first, stop), np.float64)
        values = np.rint(np.where(np.isfinite(raw), raw, 0)).astype(np.int64) & bits
        ahead = values[:1] if before is None else np.array([before])
        changed = np.flatnonzero(np.diff(values, prepend=ahead))
        for k in changed[values[changed] != 0]:
            onset_s = recording.stretches[stretch].start_s + (first + k) / rate_hz
            yield float(onset_s), int(values[k])
        before = int(values[-1])


def _row(where: str, row: dict[str, str]) -> _Row:
    trigger, branch, side = (" ".join((row[column] or "").split()) for column in _COLUMNS)
    intensity, polarity = (
        " ".join((row.get(column) or "").split()) for column in ("intensity_ma", "polarity")
    )
    if not trigger or trigger.count(_PLACE) > 1:
        raise InputError(
            f"{where}: the trigger is empty, or has {_PLACE} more than once",
            next_step="Write the text as the recording has it.",
        )
    check_anatomy(where, branch)
    if side not in {known.value for known in SIDES}:
        raise InputError(
            f"{where}: {side[:40]!r} is no side",
            next_step="Write right or left, the patient's own.",
        )
    if polarity not in _POLARITIES:
        raise InputError(f"{where}: polarity {polarity[:20]!r}", next_step="Write +, - or nothing.")
    if intensity not in ("", "n/a") and not re.fullmatch(_NUMBER, intensity):
        raise InputError(
            f"{where}: intensity_ma {intensity[:20]!r} is no number", next_step="Write it in mA."
        )
    pattern = _NUMBER.join(re.escape(part) for part in trigger.split(_PLACE))
    return _Row(
        pattern=re.compile(pattern, re.IGNORECASE),
        branch=branch,
        side=Side(side),
        intensity_ma="" if intensity == "n/a" else intensity.replace(",", "."),
        polarity="" if polarity == "n/a" else polarity,
    )
