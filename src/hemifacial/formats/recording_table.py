"""A table of numbers as a recording, by a mapping that says what its columns are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch
from hemifacial.formats.recording_table_cells import Cells, read_cells
from hemifacial.formats.recording_table_mapping import TableMapping, mapping_beside, read_mapping

__all__ = ["TableMapping", "mapping_beside", "open_table", "read_mapping"]

_APART_S = 1.0
"""Between parts of a table that says no time between them."""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Rows `first` to `stop` of the table; `zero_s` is the time in it that the file calls 0."""

    first: int
    stop: int
    start_s: float
    zero_s: float


def open_table(path: Path, mapping: TableMapping, names: ChannelNames) -> Recording:
    """The recording in a text table, which is read as a whole.

    With a time column a stretch ends where a step is not within half of the usual one; with
    `part_by` it ends where that column changes, and each part gets a mark at its time 0.

    Raises
    ------
    InputError
        Where the mapping does not fit the table, a cell is no finite number, a time does not go
        up, or a unit is not known.
    """
    cells = read_cells(path, mapping)
    rate_hz, parts = _timed(path, mapping, cells)
    return Recording(
        path=path,
        channels=tuple(
            _channel(path, name, unit, rate_hz, names) for _, name, unit in mapping.columns
        ),
        marks=_marks(mapping, cells, parts),
        stretches=tuple(
            Stretch(start_s=part.start_s, stop_s=part.start_s + (part.stop - part.first) / rate_hz)
            for part in parts
        ),
        samples=_Reader(cells.values, parts),
        problems=_problems(mapping, parts),
    )


def _channel(path: Path, name: str, unit: str, rate_hz: float, names: ChannelNames) -> Channel:
    site, side = names.of(name)
    return Channel(
        name=name,
        unit=unit,
        rate_hz=rate_hz,
        microvolts_per_unit=microvolts_per_unit(unit, where=f"{path}, channel {name!r}"),
        site=site,
        side=side,
    )


def _timed(path: Path, mapping: TableMapping, cells: Cells) -> tuple[float, tuple[_Part, ...]]:
    """The rate, and the parts of the table with their times from its first sample."""
    edges = [0, *cells.part_starts, len(cells.values)]
    if cells.times_s is None:
        rate_hz = mapping.rate_hz or 0.0  # the mapping was held to have one or the other
    else:
        step_s = _step(path, cells.times_s, edges)
        edges = _with_gaps(path, cells.times_s, edges, step_s, parted=mapping.part_by is not None)
        rate_hz = mapping.rate_hz or _rate(cells.times_s, edges)
        if abs(rate_hz * step_s - 1) > 0.1:
            raise InputError(
                f"{path}: the mapping states {rate_hz:g} Hz, and the rows are {step_s:g} s apart",
                next_step="Correct rate_hz or the unit of the time column in the mapping.",
            )
    parts: list[_Part] = []
    for first, stop in pairwise(edges):
        own_s = 0.0 if cells.times_s is None else float(cells.times_s[first])
        if mapping.part_by is None:
            start_s = 0.0 if cells.times_s is None else own_s - float(cells.times_s[0])
        else:
            start_s = _after(parts[-1], rate_hz) if parts else 0.0
        parts.append(_Part(first=first, stop=stop, start_s=start_s, zero_s=start_s - own_s))
    return rate_hz, tuple(parts)


def _after(part: _Part, rate_hz: float) -> float:
    """A start for the next part, in whole samples from the start of all."""
    end_s = part.start_s + (part.stop - part.first) / rate_hz
    return round((end_s + _APART_S) * rate_hz) / rate_hz


def _step(path: Path, times_s: NDArray[np.float64], edges: Sequence[int]) -> float:
    within = np.ones(max(len(times_s) - 1, 0), bool)
    within[[edge - 1 for edge in edges[1:-1]]] = False
    steps = np.diff(times_s)[within]
    if not len(steps) or not (middle := float(np.median(steps))) > 0:
        raise InputError(
            f"{path}: its times do not go up, so it has no rate",
            next_step="Check the time column of the mapping, or state rate_hz instead.",
        )
    return middle


def _with_gaps(
    path: Path, times_s: NDArray[np.float64], edges: list[int], step_s: float, *, parted: bool
) -> list[int]:
    steps = np.diff(times_s)
    odd = set((np.flatnonzero(np.abs(steps - step_s) > 0.5 * step_s) + 1).tolist())
    inside = sorted(odd - set(edges))
    back = [row for row in inside if steps[row - 1] <= 0]
    if back or (parted and inside):
        row = (back or inside)[0]
        raise InputError(
            f"{path}: after {times_s[row - 1]:g} s comes {times_s[row]:g} s (data row {row + 1}), "
            f"where rows are {step_s:g} s apart",
            next_step="Name in part_by the column that tells the parts of the table apart."
            if back and not parted
            else "Check the time column: a part of a table has no gaps.",
        )
    return sorted({*edges, *inside})


def _rate(times_s: NDArray[np.float64], edges: Sequence[int]) -> float:
    """The roundest rate that puts every sample within a quarter of a sample of its stated time.

    Times are printed with few digits, so that their own rate is 3999.98 Hz where 4000 is meant.
    """
    count, first = max((stop - first, first) for first, stop in pairwise(edges))
    if count < 2:
        return float(1.0 / np.median(np.diff(times_s)))
    exact = float((count - 1) / (times_s[first + count - 1] - times_s[first]))
    for digits in range(1, 16):
        rounded = float(f"{exact:.{digits}g}")
        if (count - 1) * abs(1 - rounded / exact) <= 0.25:
            return rounded
    return exact


def _marks(mapping: TableMapping, cells: Cells, parts: tuple[_Part, ...]) -> tuple[Mark, ...]:
    if mapping.part_by is None:
        return ()
    return tuple(
        Mark(onset_s=round(part.zero_s, 9), text=text)
        for part, text in zip(parts, cells.part_texts, strict=True)
    )


def _problems(mapping: TableMapping, parts: tuple[_Part, ...]) -> tuple[str, ...]:
    if mapping.part_by is None or len(parts) < 2:
        return ()
    return (
        f"The table does not say when its {len(parts)} parts were recorded; they are laid "
        f"{_APART_S:g} s apart in the order of the file.",
    )


class _Reader:
    """Reads samples of a column that is in memory."""

    def __init__(self, values: NDArray[np.float64], parts: tuple[_Part, ...]) -> None:
        self._values = values
        self._parts = parts

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` of a stretch, in the unit of the channel."""
        begin = self._parts[stretch].first
        return self._values[begin + first : begin + stop, channel].copy()
