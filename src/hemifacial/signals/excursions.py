"""Excursions of a signal from rest: peaks and their 10 % crossings, both between samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Excursion",
    "LocalRest",
    "change_over",
    "excursions",
    "from_local_rest",
    "peak_between",
    "runs",
    "steepest_rise",
]

Floats = NDArray[np.float64]

_CLEAR_OF_NOISE, _STEEP_SHARE = 3.0, 0.35
_EDGE_SHARE = 0.1  # the contract: onset and offset are the crossings of 10 % of the peak
# A parabola falls beyond its flat side at least as far as beyond its steep one; a plateau does not.
_PLATEAU_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """One excursion; times in s, `peak` in the unit of the signal.

    Onset, peak and offset lie between samples. `peak_index` is the largest sample, which is what
    to look up in other signals; `first` and `last` are the first and last sample inside. `cut`
    says that it was already under way when the signal began, or still under way when it ended.
    """

    onset_s: float
    peak_time_s: float
    offset_s: float
    peak: float
    peak_index: int
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
    the lowest sample of the valley. NaN ends an excursion. The peak is that of `peak_between`;
    which samples reach the threshold is judged on the samples themselves.

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
        peak_time_s, top = peak_between(times_s, values, peak)
        level = _EDGE_SHARE * top
        first = _outward(values, peak, low, level)
        last = _outward(values, peak, high, level)
        found.append(
            Excursion(
                onset_s=_crossing(times_s, values, first, first - 1, low, level),
                peak_time_s=peak_time_s,
                offset_s=_crossing(times_s, values, last, last + 1, high, level),
                peak=top,
                peak_index=start + peak,
                first=start + first,
                last=start + last,
                cut=(first == 0 or last == values.size - 1),
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class LocalRest:
    """Where a signal is just beside an excursion: a quantile of it over a window of time.

    The quantile is low, so that another excursion in that window does not count.
    """

    window_s: float
    quantile: float

    def beside(self, times_s: Floats, values: Floats, excursion: Excursion, step: int) -> float:
        """The level before (step -1) or after (1) it is half way up; from 0 to half way up."""
        half = _half_way(values, excursion, step)
        low_s, high_s = sorted((times_s[half], times_s[half] + step * self.window_s))
        first, last = np.searchsorted(times_s, low_s), np.searchsorted(times_s, high_s, "right")
        known = values[first:last][np.isfinite(values[first:last])]
        level = float(np.quantile(known, self.quantile)) if known.size else 0.0
        return min(max(level, 0.0), excursion.peak / 2)


def from_local_rest(
    times_s: Floats, values: Floats, excursion: Excursion, rest: LocalRest, *, noise: float = 0.0
) -> Excursion:
    """The excursion with its onset and offset measured from where the signal was just beside it.

    A signal rarely rests at exactly 0, and 10 % of a small peak is little: from a level that is off
    by that much the crossing lies anywhere. And 10 % of a small peak lies within the noise: where
    it does, the flank is followed down to three times the noise and drawn on from there.

    Parameters
    ----------
    times_s, values
        Shape (n,), as `excursions` was given them.
    noise
        Standard deviation of the signal at rest.
    """
    first, onset_s = _edge(times_s, values, excursion, -1, rest, noise)
    last, offset_s = _edge(times_s, values, excursion, 1, rest, noise)
    return replace(excursion, onset_s=onset_s, offset_s=offset_s, first=first, last=last)


def _half_way(values: Floats, excursion: Excursion, step: int) -> int:
    end = excursion.first if step < 0 else excursion.last
    return _outward(values, excursion.peak_index, end, excursion.peak / 2)


def _edge(
    times_s: Floats,
    values: Floats,
    excursion: Excursion,
    step: int,
    rest: LocalRest,
    noise: float,
) -> tuple[int, float]:
    end, kept_s = (
        (excursion.first, excursion.onset_s) if step < 0 else (excursion.last, excursion.offset_s)
    )
    base = rest.beside(times_s, values, excursion, step)
    height = excursion.peak - base
    level = base + _EDGE_SHARE * height
    clear = base + min(max(_EDGE_SHARE * height, _CLEAR_OF_NOISE * noise), _STEEP_SHARE * height)
    inside = _outward(values, excursion.peak_index, end, clear)
    if inside == end:
        return end, kept_s
    at_s = _crossing(times_s, values, inside, inside + step, end, clear)
    half = _outward(values, excursion.peak_index, end, base + height / 2)
    half_s = _crossing(times_s, values, half, half + step, end, base + height / 2)
    drawn_on_s = (clear - level) * (at_s - half_s) / (base + height / 2 - clear)
    further_s = at_s + drawn_on_s
    # Never beyond where the signal itself is back, or a neighbour begins.
    return inside, max(further_s, kept_s) if step < 0 else min(further_s, kept_s)


def peak_between(times_s: Floats, values: Floats, index: int) -> tuple[float, float]:
    """When and how high a peak is, between samples: by a parabola through the three at its top.

    Where the signal is not round there, the sample itself is the answer: at the ends, beside NaN,
    at the edge of a plateau (a parabola through the edge would stand above it by up to an eighth
    of the step), and in the middle of samples that are equally high.

    Parameters
    ----------
    times_s, values
        Shape (n,); the time stamps may be uneven.
    index
        Of a sample that is lower than neither of its neighbours.

    Returns
    -------
    Time in s and height in the unit of `values`.

    Notes
    -----
    A parabola cannot know what happened between frames. Of a raised cosine that lasts six frames
    up to 1.3 % of the height is lost (7 % with samples alone), of one that lasts three up to 16 %
    (25 %); ``tests/test_signals.py``. On a noisy plateau the largest sample is the noise's.
    """
    last = index
    while last + 1 < values.size and values[last + 1] == values[index]:
        last += 1
    at = (float((times_s[index] + times_s[last]) / 2), float(values[index]))
    if index == 0 or last == values.size - 1 or last - index > 1:
        return at
    before, after = values[index - 1], values[index + 1]
    if not (np.isfinite(before) and np.isfinite(after)) or _is_plateau_edge(values, index):
        return at
    # Newton's form of the parabola around the middle sample, true for uneven time stamps.
    left_s, right_s = times_s[index] - times_s[index - 1], times_s[index + 1] - times_s[index]
    rise, fall = (values[index] - before) / left_s, (after - values[index]) / right_s
    bend = (fall - rise) / (left_s + right_s)
    slope = rise + bend * left_s
    if bend >= 0:
        return at
    step_s = -slope / (2 * bend)
    return float(times_s[index] + step_s), float(values[index] + slope * step_s / 2)


def _is_plateau_edge(values: Floats, index: int) -> bool:
    """Whether the flat side of a peak goes on being flat one sample further out."""
    drops = {step: values[index] - values[index + step] for step in (-1, 1)}
    flat = min(drops, key=lambda step: drops[step])
    beyond = index + 2 * flat
    if not 0 <= beyond < values.size or not np.isfinite(values[beyond]):
        return False
    return bool(values[index] - values[beyond] < _PLATEAU_SHARE * drops[-flat])


def change_over(times_s: Floats, values: Floats, *, span_s: float) -> Floats:
    """How much a signal has changed within the last `span_s`, at each sample.

    A slope over a stretch of time, not over a frame: it means the same at every frame rate, and
    the signal `span_s` ago is read between samples.

    Parameters
    ----------
    times_s, values
        Shape (n,).

    Returns
    -------
    Shape (n,), in the unit of `values`; NaN where either end is, or where the signal is not yet
    that long.
    """
    if values.size == 0:
        return np.empty(0)
    earlier_s = times_s - span_s
    known = earlier_s >= times_s[0] - 1e-9
    earlier = np.interp(earlier_s, times_s, values)
    return np.where(known, values - earlier, np.nan)


def steepest_rise(times_s: Floats, values: Floats, *, span_s: float) -> float:
    """The largest rise within any `span_s`: how abruptly something happens.

    The span may begin at a sample or end at one, so that a rise between two frames is not
    halved by where the frames fell. NaN where nothing is long enough.
    """
    ending = change_over(times_s, values, span_s=span_s)
    beginning = -change_over(-times_s[::-1], values[::-1], span_s=span_s)
    both = np.concatenate((ending, beginning))
    return float(np.nanmax(both)) if np.isfinite(both).any() else float("nan")


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
