"""Averages that Intelligent Hearing SmartEP exports as text, each with both its half-buffers.

Twenty lines of settings, six columns an average; then a line of headings and a line a data point:
the point, and three pairs of raw count and µV (average, first half, second half).
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError

__all__ = ["AveragedRecording", "SmartEPAverage", "read_smartep"]

_SETTINGS = 20
_WIDTH = 6
_EARS = {"R": Side.RIGHT, "L": Side.LEFT, "B": Side.BOTH}
_LARGEST_BYTES = 1 << 27


@dataclass(frozen=True, kw_only=True, eq=False)
class SmartEPAverage:
    """One average, as the instrument exported it.

    Parameters
    ----------
    name
        Of the average's own file in the instrument.
    ear
        The side of the stimulated ear, the patient's own.
    intensity
        As the file states it. It names no reference: what 0 dB is stands in the laboratory's book.
    sweeps, rejected
        How many sweeps went in, and how many were thrown out as artefact.
    stimulus_rate_hz
        Clicks a second.
    band_hz
        The high-pass and the low-pass of the amplifier.
    click_sample
        Index of the sample of the click, from 0: the file's ``Zero Position``, which is taken to
        count from 1 as its data points do. If it counts from 0, every latency is one sample less.
    first_sample
        Index of the first sample that was recorded. Before it the file has zeros, which are no
        quiet baseline: leave them out of every measure of noise.
    values_uv, halves_uv
        Shapes (samples,) and (2, samples), in µV.
    """

    name: str
    ear: Side
    channel: int
    intensity: float
    sweeps: int
    rejected: int
    stimulus_rate_hz: float
    rate_hz: float
    band_hz: tuple[float, float]
    notch: bool
    click_sample: int
    first_sample: int
    values_uv: NDArray[np.float64]
    halves_uv: NDArray[np.float64]

    @property
    def latency_ms(self) -> NDArray[np.float64]:
        """The time of each sample after the click, in ms; shape (samples,)."""
        return (np.arange(len(self.values_uv)) - self.click_sample) / self.rate_hz * 1000.0


@dataclass(frozen=True, kw_only=True)
class AveragedRecording:
    """The averages of one export, in the order of the file."""

    path: Path
    averages: tuple[SmartEPAverage, ...]


def read_smartep(path: Path) -> AveragedRecording:
    """The averages of a SmartEP text export.

    Raises
    ------
    InputError
        Where the file is no such export, ends early, or a cell is not what its line says; the
        message names the line and the setting.
    """
    rows = _rows(path)
    settings = {row[0].strip().rstrip(":."): row[1:] for row in rows[:_SETTINGS] if row}
    headings = rows[_SETTINGS][1:] if len(rows) > _SETTINGS else []
    count = sum(1 for cell in headings if cell.strip() == "Average(uV):")
    if "Zero Position" not in settings or not count:
        raise _broken(path, "it has no line of 'Zero Position' and no column 'Average(uV):'")
    values = _values(path, rows[_SETTINGS + 1 :], count)
    return AveragedRecording(
        path=path,
        averages=tuple(_average(path, settings, values, k) for k in range(count)),
    )


def _rows(path: Path) -> list[list[str]]:
    try:
        size = path.stat().st_size
        if size > _LARGEST_BYTES:
            raise _broken(path, f"{size} bytes are more than such an export has")
        text = path.read_text(encoding="latin-1")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error})",
            next_step="Check the path and rights.",
        ) from error
    try:
        return list(csv.reader(text.splitlines()))
    except csv.Error as error:
        raise _broken(path, str(error)) from error


def _values(path: Path, rows: list[list[str]], count: int) -> NDArray[np.float64]:
    """Shape (samples, averages, 3): average, first half and second half in µV."""
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows = rows[:-1]
    values = np.empty((len(rows), count, 3))
    for i, row in enumerate(rows):
        where = f"line {i + _SETTINGS + 2}"
        if len(row) <= count * _WIDTH:
            raise _broken(path, f"{where} has {len(row)} cells for {count} averages")
        if _number(path, where, row[0]) != i + 1:
            raise _broken(path, f"{where} is data point {row[0].strip()[:20]!r}, not {i + 1}")
        cells = (row[2 + 2 * k] for k in range(3 * count))
        values[i] = np.reshape([_number(path, where, cell) for cell in cells], (count, 3))
    if len(rows) < 2:
        raise _broken(path, "it has no data points")
    return values


def _average(
    path: Path, settings: dict[str, list[str]], values: NDArray[np.float64], k: int
) -> SmartEPAverage:
    def cell(name: str) -> str:
        row = settings.get(name, [])
        if len(row) <= k * _WIDTH or not row[k * _WIDTH].strip():
            raise _broken(path, f"its average {k + 1} has no {name!r}")
        return row[k * _WIDTH].strip()

    def number(name: str, low: float, high: float) -> float:
        found = _number(path, f"{name!r} of average {k + 1}", cell(name))
        if not low <= found <= high:
            raise _broken(
                path, f"{name!r} of average {k + 1} is {found:g}, not {low:g} to {high:g}"
            )
        return found

    recorded = np.flatnonzero(np.any(values[:, k] != 0, axis=1))
    return SmartEPAverage(
        name=cell("File Name"),
        ear=_ear(path, cell("Ear")),
        channel=int(number("Channel", 0, 1e3)),
        intensity=number("Intensity", -200, 200),
        sweeps=int(number("Sweeps", 1, 1e7)),
        rejected=int(number("Artifacts", 0, 1e7)),
        stimulus_rate_hz=number("Stim. Rate", 0, 1e4),
        rate_hz=1e6 / number("Smp. Period", 0.1, 1e5),
        band_hz=(number("High Pass", 0, 1e6), number("Low Pass", 0, 1e6)),
        notch=cell("Notch Filter").upper() == "TRUE",
        click_sample=int(number("Zero Position", 1, len(values))) - 1,
        first_sample=int(recorded[0]) if len(recorded) else len(values),
        values_uv=values[:, k, 0].copy(),
        halves_uv=values[:, k, 1:].T.copy(),
    )


def _ear(path: Path, letter: str) -> Side:
    if letter.upper() not in _EARS:
        raise _broken(path, f"'Ear' is {letter[:20]!r}, not R, L or B")
    return _EARS[letter.upper()]


def _number(path: Path, where: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in cell:
        raise _broken(path, f"{where} has {cell.strip()[:20]!r} where a number should be")
    return value


def _broken(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: not a whole SmartEP text export: {what}",
        next_step="Export the averages again as text, each with both its buffers.",
    )
