"""Dips of the lids: where they come down and go up, how far, and between which moments.

What a dip has on either side is looked up outward from half way, so that lids that rest lower than
usual, or stay down for long, do not change how deep it is. Which dip is a blink is said in
`hemifacial.face.blinks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.signals.excursions import excursions, peak_between

__all__ = ["Dip", "Lids", "crossing_s", "dip_between", "edge_s", "short_dips", "smoothed"]

Floats = NDArray[np.float64]

_LONGER_S = 0.1  # what lasts this much longer than a blink may is what blinks stand upon
_BEFORE_S, _AFTER_S = 0.3, 0.4  # outward from half way: where the lids were, where they go
_LEVEL_QUANTILE = 0.4  # of the closure there; below one half, since a neighbour may lie in it
_EDGE_SHARE = 0.1  # the contract: onset and offset are the crossings of 10 % of the peak
_CLEAR_OF_NOISE = 3.0  # noise floors; below that a flank is followed down by a straight line
_STEEP_FROM, _STEEP_TO = 0.4, 0.6  # the part of a flank that noise leaves readable
_SMOOTHED_S = 0.008  # standard deviation; a quarter of a frame at 30 Hz, two frames at 240 Hz
_LEAST_SMOOTHED = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Lids:
    """A stretch without a gap: what both eyes do, as a share of rest, and each by itself."""

    times_s: Floats
    closed: Floats
    shares: Sequence[Floats]
    noise: float
    criteria: FaceCriteria

    def index(self, time_s: float) -> int:
        """The first sample at or after a time."""
        return int(np.searchsorted(self.times_s, time_s))


@dataclass(frozen=True, kw_only=True)
class Dip:
    """Lids that come down and go up: the levels on either side and at the peak, shares of rest.

    `first` and `last` are the samples that are half way down; `low` and `high` are where to stop.
    """

    index: int
    peak_time_s: float
    peak: float
    before: float
    after: float
    first: int
    last: int
    low: int
    high: int

    @property
    def depth(self) -> float:
        """From the peak to the nearer of the two levels."""
        return self.peak - max(self.before, self.after)

    @property
    def larger_depth(self) -> float:
        """From the peak to the further of the two levels."""
        return self.peak - min(self.before, self.after)


def short_dips(lids: Lids, *, threshold: float) -> list[Dip]:
    """Whatever comes down and goes up again within the time of a blink, in order.

    Parameters
    ----------
    threshold
        Share of rest by which a dip stands out, at the least.
    """
    standing_out = lids.closed - _stood_upon(lids)
    found = excursions(
        lids.times_s,
        standing_out,
        threshold=threshold,
        valley_share=lids.criteria["valley_share"],
    )
    peaks = [0, *(one.peak_index for one in found), lids.closed.size - 1]
    return [
        dip_between(lids, peak, _half_way(standing_out, peak), (previous, following))
        for previous, peak, following in zip(peaks, peaks[1:-1], peaks[2:], strict=False)
    ]


def _half_way(values: Floats, peak: int) -> tuple[int, int]:
    """The first and last sample around a peak that are at least half as high."""
    below = np.flatnonzero(values < values[peak] / 2)
    beside = int(np.searchsorted(below, peak))
    first = int(below[beside - 1]) + 1 if beside else 0
    last = int(below[beside]) - 1 if beside < below.size else values.size - 1
    return first, last


def dip_between(lids: Lids, peak: int, half_way: tuple[int, int], within: tuple[int, int]) -> Dip:
    """A peak with its levels; one that was not seen is taken from the other side, or for rest."""
    times_s, closed = lids.times_s, lids.closed
    first, last = max(half_way[0], within[0]), min(half_way[1], within[1])
    low = max(within[0], lids.index(times_s[first] - _BEFORE_S))
    high = min(within[1], lids.index(times_s[last] + _AFTER_S))
    before = float(np.quantile(closed[low : first + 1], _LEVEL_QUANTILE))
    after = float(np.quantile(closed[last : high + 1], _LEVEL_QUANTILE))
    unseen_before, unseen_after = first == 0, last == closed.size - 1
    if unseen_before:
        before = 0.0 if unseen_after else after
    if unseen_after:
        after = before
    peak_time_s, height = peak_between(times_s, closed, peak)
    return Dip(
        index=peak,
        peak_time_s=peak_time_s,
        peak=height,
        before=before,
        after=after,
        first=first,
        last=last,
        low=low + int(np.argmin(closed[low : first + 1])),
        high=last + int(np.argmin(closed[last : high + 1])),
    )


def edge_s(lids: Lids, dip: Dip, level: float, step: int) -> float:
    """When the lids pass 10 % of the way from `level` to the peak.

    Where that lies within the noise, the first crossing outward would be the noise's: the
    straight line through two crossings further up is followed down instead.
    """
    way = max(dip.peak - level, 1e-9)
    clear = min(max(_EDGE_SHARE, _CLEAR_OF_NOISE * lids.noise / way), _STEEP_FROM)
    at_s = crossing_s(lids, dip, level + clear * way, step)
    if clear > _EDGE_SHARE:
        higher_s = crossing_s(lids, dip, level + _STEEP_TO * way, step)
        at_s += (at_s - higher_s) * (clear - _EDGE_SHARE) / (_STEEP_TO - clear)
    return float(np.clip(at_s, lids.times_s[dip.low], lids.times_s[dip.high]))


def crossing_s(lids: Lids, dip: Dip, level: float, step: int) -> float:
    """When the closure falls to a level on the way out from the peak, between samples."""
    times_s, closed = lids.times_s, lids.closed
    index, end = dip.index, dip.low if step < 0 else dip.high
    while index != end and closed[index + step] > level:
        index += step
    if index == end:
        return float(times_s[end])
    share = min(1.0, (closed[index] - level) / (closed[index] - closed[index + step]))
    return float(times_s[index] + share * (times_s[index + step] - times_s[index]))


def _stood_upon(lids: Lids) -> Floats:
    """The closure without whatever is shorter than a blink may last.

    The highest of the lowest values in a window of time: a grey opening, for uneven time stamps.
    """
    window = pd.Timedelta(seconds=lids.criteria["longest_blink_s"] + _LONGER_S)
    index = pd.to_timedelta(np.round(lids.times_s * 1e6).astype(np.int64), unit="us")
    lowest = pd.Series(lids.closed, index=index).rolling(window, center=True, min_periods=1).min()
    highest = lowest.rolling(window, center=True, min_periods=1).max()
    return np.asarray(np.minimum(highest.to_numpy(), lids.closed), dtype=np.float64)


def smoothed(times_s: Floats, values: Floats) -> Floats:
    """A Gaussian mean over a hundredth of a second; at 30 frames a second next to nothing."""
    if values.size < _LEAST_SMOOTHED:
        return values
    weights, total = np.ones_like(values), values.copy()
    frame_s = float(np.median(np.diff(times_s)))
    for lag in range(1, min(int(3 * _SMOOTHED_S / frame_s) + 1, values.size)):
        weight = np.exp(-((times_s[lag:] - times_s[:-lag]) ** 2) / (2 * _SMOOTHED_S**2))
        total[lag:] += weight * values[:-lag]
        total[:-lag] += weight * values[lag:]
        weights[lag:] += weight
        weights[:-lag] += weight
    return np.asarray(total / weights, dtype=np.float64)
