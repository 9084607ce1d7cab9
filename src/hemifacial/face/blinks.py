"""Blinks and longer closures of the eyes, from aperture over time alone.

A blink is told by its shape, beside what the lids did just before and just after: they come down
quickly, go back up, and are not held half way. Lids that rest lower because the eyes look down,
and a resting level that drifts, therefore change nothing. Every threshold is a share of the
resting aperture, a multiple of the noise floor, or seconds (``criteria.tsv``, rows ``blink_*``);
none is a number of frames or a multiple of the recording's own spread. ``docs/blinks.md`` says how
they were set and what they find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.dips import Dip, Lids, crossing_s, dip_between, edge_s, short_dips, smoothed
from hemifacial.signals.excursions import runs, steepest_rise
from hemifacial.signals.gaps import bridged
from hemifacial.signals.levels import quiet_sd, resting_level

__all__ = ["Blink", "blinks"]

Floats = NDArray[np.float64]

# How the series is read; what decides whether something is a blink stands in criteria.tsv.
_AT_REST_SHARE = 0.2  # an aperture further than this from the first guess is not at rest
_CLOSING_LOOK_S = 0.2  # how far from half way the closing is looked at


@dataclass(frozen=True, kw_only=True)
class Blink:
    """A blink or a longer closure; times in s, shares of the resting aperture.

    Onset and offset are the crossings of 10 % of the way between the peak and where the lids were
    before and after. `lowest_share` is the smallest aperture of the eye that closes less,
    `lowest_shares` that of each eye. `depth_share` is how far the lids came down from where they
    were before, or are after, whichever is less. `peak_index` is the sample of the peak. `cut`:
    its beginning or its end was not seen.
    """

    kind: Literal["blink_complete", "blink_partial", "closure_voluntary"]
    onset_s: float
    peak_time_s: float
    offset_s: float
    lowest_share: float
    lowest_shares: tuple[float, ...]
    depth_share: float
    peak_index: int
    cut: bool

    @property
    def duration_s(self) -> float:
        """From onset to offset, in s."""
        return self.offset_s - self.onset_s


def blinks(
    times_s: Floats,
    apertures: Sequence[Floats],
    criteria: FaceCriteria,
    *,
    resting: Sequence[Floats] | None = None,
) -> tuple[Blink, ...]:
    """Every blink and every longer closure, in order of onset; they do not overlap.

    Parameters
    ----------
    times_s
        Shape (n,), rising; may be uneven.
    apertures
        One or two series of shape (n,), of any unit (mm, px, eye aspect ratio), 0 where the lids
        meet. Of two eyes only what both do counts: a single eye that closes is no blink. NaN is
        "not judged"; up to `bridged_gap_s` of it is bridged by a straight line.
    criteria
        The rows ``blink_*``, `complete_blink_share`, `longest_blink_s`, `valley_share`,
        `one_sided_share`, `resting_window_s`, `resting_eye_quantile` and `bridged_gap_s`.
    resting
        The resting aperture of each series, shape (n,), where it is known; otherwise it is
        followed over `resting_window_s`.

    Notes
    -----
    A blink that is cut by the end of a stretch before it is half way up is not called: nothing
    tells it from lids that look down. A longer closure is, and says so.

    Below 15 frames a second a blink has one or two samples, and what is found is not to be relied
    on. An aspect ratio does not fall to 0 in a closed eye: what is called complete depends on who
    computed it.
    """
    if resting is None:
        resting = [_resting(times_s, aperture, criteria) for aperture in apertures]
    gap_s = criteria["bridged_gap_s"]
    shares = [bridged(times_s, a / r, gap_s) for a, r in zip(apertures, resting, strict=True)]
    closed = 1 - np.max(shares, axis=0)
    noise = quiet_sd(times_s, closed)
    found: list[Blink] = []
    for start, stop in runs(np.isfinite(closed)):
        lids = Lids(
            times_s=times_s[start:stop],
            closed=smoothed(times_s[start:stop], closed[start:stop]),
            shares=[share[start:stop] for share in shares],
            noise=noise if np.isfinite(noise) else 0.0,
            criteria=criteria,
        )
        found += _in_stretch(lids, start)
    return tuple(found)


def _resting(times_s: Floats, aperture: Floats, criteria: FaceCriteria) -> Floats:
    known = aperture[np.isfinite(aperture)]
    level = resting_level(
        times_s,
        aperture,
        window_s=criteria["resting_window_s"],
        quantile=criteria["resting_eye_quantile"],
        moved=_AT_REST_SHARE * float(np.median(known)) if known.size else 0.0,
    )
    return np.where(level > 0, level, np.nan)


def _in_stretch(lids: Lids, start: int) -> list[Blink]:
    """Closures first; then the blinks that are no part of one and do not overlap another."""
    found = [_blink(lids, dip, start, held=True) for dip in _long_closures(lids)]
    for dip in short_dips(lids, threshold=_least_depth(lids) / 2):
        if _is_blink(lids, dip):
            blink = _blink(lids, dip, start, held=False)
            if not any(_overlap(blink, other) for other in found):
                found.append(blink)
    return sorted(found, key=lambda one: one.onset_s)


def _overlap(one: Blink, other: Blink) -> bool:
    return one.onset_s < other.offset_s and other.onset_s < one.offset_s


def _long_closures(lids: Lids) -> list[Dip]:
    """Where the lids stay down, and closed for most of it, longer than in a blink."""
    criteria = lids.criteria
    found = []
    for start, stop in runs(lids.closed >= criteria["valley_share"]):
        if np.median(lids.closed[start:stop]) < 1 - criteria["complete_blink_share"]:
            continue
        peak = start + int(np.argmax(lids.closed[start:stop]))
        dip = dip_between(lids, peak, (start, stop - 1), (0, lids.closed.size - 1))
        length_s = edge_s(lids, dip, dip.after, 1) - edge_s(lids, dip, dip.before, -1)
        if length_s > criteria["longest_blink_s"]:
            found.append(dip)
    return found


def _least_depth(lids: Lids) -> float:
    least, multiple = lids.criteria["blink_least_share"], lids.criteria["blink_noise_multiple"]
    return max(least, multiple * lids.noise)


def _is_blink(lids: Lids, dip: Dip) -> bool:
    """Seen whole, quickly down, up again, not held half way, and both eyes alike."""
    criteria = lids.criteria
    if dip.first == 0 or dip.last == lids.closed.size - 1:
        return False
    if dip.depth < max(_least_depth(lids), criteria["blink_reopening_share"] * dip.larger_depth):
        return False
    half_way_s = lids.times_s[dip.first]
    closing = slice(
        lids.index(half_way_s - _CLOSING_LOOK_S), lids.index(half_way_s + _CLOSING_LOOK_S) + 1
    )
    span_s = criteria["blink_closing_s"]
    rise = steepest_rise(lids.times_s[closing], lids.closed[closing], span_s=span_s)
    if not rise >= criteria["blink_closing_share"]:
        return False
    half = dip.peak - dip.depth / 2
    held_s = crossing_s(lids, dip, half, 1) - crossing_s(lids, dip, half, -1)
    closed = dip.peak >= 1 - criteria["complete_blink_share"]
    if held_s > criteria["blink_longest_partial_s"] and not closed:
        return False
    at_peak = [1 - float(share[dip.index]) for share in lids.shares]
    return min(at_peak) >= criteria["one_sided_share"] * max(at_peak)


def _blink(lids: Lids, dip: Dip, start: int, *, held: bool) -> Blink:
    onset_s, offset_s = edge_s(lids, dip, dip.before, -1), edge_s(lids, dip, dip.after, 1)
    inside = slice(min(lids.index(onset_s), dip.index), max(lids.index(offset_s), dip.index + 1))
    lowest = tuple(float(np.min(share[inside])) for share in lids.shares)
    complete = max(lowest) <= lids.criteria["complete_blink_share"]
    return Blink(
        kind="closure_voluntary" if held else "blink_complete" if complete else "blink_partial",
        onset_s=onset_s,
        peak_time_s=float(np.clip(dip.peak_time_s, onset_s, offset_s)),
        offset_s=offset_s,
        lowest_share=max(lowest),
        lowest_shares=lowest,
        depth_share=dip.depth,
        peak_index=start + dip.index,
        cut=bool(onset_s <= lids.times_s[0] or offset_s >= lids.times_s[-1]),
    )
