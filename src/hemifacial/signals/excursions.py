"""Excursions of a signal from rest: peaks with their 10 % crossings between samples."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Excursion", "excursions", "runs"]

Floats = NDArray[np.float64]

_EDGE_SHARE = 0.1  # the contract: onset and offset are the crossings of 10 % of the peak


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """One excursion; times in s, `peak` in the unit of the signal.

    `first` and `last` are the indices of the first and last sample inside it. `cut` says that
    it was already under way when the signal began, or still under way when it ended.
    """

    onset_s: float
    peak_time_s: float
    offset_s: float
    peak: float
    first: int
    last: int
    cut: bool

    @property
    def duration_s(self) -> float:
        """From onset to offset, in s."""
        return self.offset_s - self.onset_s


def excursions(
    times_s: Floats, values: Floats, *, threshold: float, valley_share: float
) -> tuple[Excursion, ...]:
    """Every excursion that reaches `threshold`, in order of time.

    Two peaks are two excursions if the signal falls between them to less than
    `valley_share` of the lower one. Onset and offset are the crossings of 10 % of the peak
    nearest to it, interpolated between samples; where a neighbour is met first, the border is
    the lowest sample of the valley. NaN ends an excursion.

    Parameters
    ----------
    times_s, values
        Shape (n,), rest at 0, excursion positive.
    threshold
        In the unit of `values`.
    valley_share
        Between 0 and 1.
    """
    found: list[Excursion] = []
    for start, stop in runs(np.isfinite(values)):
        found += _in_run(times_s[start:stop], values[start:stop], start, threshold, valley_share)
    return tuple(found)


def _in_run(
    times_s: Floats, values: Floats, start: int, threshold: float, valley_share: float
) -> list[Excursion]:
    peaks = _separate_peaks(values, threshold, valley_share)
    if not peaks:
        return []
    borders = [int(left + np.argmin(values[left : right + 1])) for left, right in pairwise(peaks)]
    found = []
    for peak, low, high in zip(peaks, [0, *borders], [*borders, values.size - 1], strict=True):
        level = _EDGE_SHARE * values[peak]
        first = _outward(values, peak, low, level)
        last = _outward(values, peak, high, level)
        found.append(
            Excursion(
                onset_s=_crossing(times_s, values, first, first - 1, low, level),
                peak_time_s=float(times_s[peak]),
                offset_s=_crossing(times_s, values, last, last + 1, high, level),
                peak=float(values[peak]),
                first=start + first,
                last=start + last,
                cut=(first == 0 or last == values.size - 1),
            )
        )
    return found


def _separate_peaks(values: Floats, threshold: float, valley_share: float) -> list[int]:
    """Indices of the peaks at or over the threshold that have a valley on each side."""
    peaks: list[int] = []
    above = values >= threshold
    for start, stop in runs(above):
        for index in _peaks_of_run(values, start, stop, valley_share):
            if peaks:
                valley = values[peaks[-1] : index + 1].min()
                if valley > valley_share * min(values[peaks[-1]], values[index]):
                    if values[index] > values[peaks[-1]]:
                        peaks[-1] = index
                    continue
            peaks.append(index)
    return peaks


def _peaks_of_run(values: Floats, start: int, stop: int, valley_share: float) -> list[int]:
    """Peaks within one stretch over the threshold, by the turning points of a zigzag."""
    peaks: list[int] = []
    top = bottom = start
    falling = False
    for i in range(start, stop):
        if not falling:
            if values[i] > values[top]:
                top = i
            elif values[i] < valley_share * values[top]:
                peaks.append(top)
                falling, bottom = True, i
        elif values[i] < values[bottom]:
            bottom = i
        elif values[bottom] < valley_share * values[i]:
            falling, top = False, i
    if not falling:
        peaks.append(top)
    return peaks


def _outward(values: Floats, peak: int, end: int, level: float) -> int:
    """The last index still above the level on the way from the peak to `end`."""
    step = 1 if end >= peak else -1
    index = peak
    while index != end and values[index + step] > level:
        index += step
    return index


def _crossing(
    times_s: Floats, values: Floats, inside: int, outside: int, end: int, level: float
) -> float:
    """When the signal crosses the level between two neighbouring samples."""
    if inside == end:
        return float(times_s[inside])
    share = (values[inside] - level) / (values[inside] - values[outside])
    return float(times_s[inside] + share * (times_s[outside] - times_s[inside]))


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (excluded) of every stretch that is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
