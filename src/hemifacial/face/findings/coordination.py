"""How movements go together: lids and mouth, lids and brow, spasms and voluntary movement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import VOLUNTARY, Part
from hemifacial.face.findings.quality import found
from hemifacial.face.findings.spasms import median_finding, share_finding
from hemifacial.findings import Event, Finding

__all__ = [
    "brow_rises",
    "coordination_findings",
    "lag_s",
    "locked",
    "locked_by_chance",
    "voluntary",
]

Floats = NDArray[np.float64]
Say = Callable[..., Finding]

_LID_MOUTH_S = 0.5  # how much of a spasm around its onset tells the lag; a tonic one is flat after
_LEAST_SAMPLES = 8


def coordination_findings(part: Part, side: Side, criteria: FaceCriteria) -> Iterator[Finding]:
    """Lag of the mouth behind the lids, other Babinski sign, locking to voluntary movement."""
    say = partial(found, side=side, phase=part.phase)
    spasms = part.spasms(side)
    both = [event for event in spasms if {"eyelids", "mouth_corner"} <= set(event.sites)]
    lags = [_lid_mouth_lag_s(part, side, event, criteria) for event in both]
    yield median_finding(
        say,
        "lid_mouth_lag",
        [1000 * lag for lag in lags if lag is not None],
        sites=("eyelids", "mouth_corner"),
    )
    yield _other_babinski(say, part, side, spasms, criteria)
    yield from _locking(say, part, spasms, criteria)


def lag_s(
    times_s: Floats, first: Floats, second: Floats, *, largest_s: float, least_correlation: float
) -> float | None:
    """By how much `second` moves later than `first`, between samples; None if they disagree.

    Parameters
    ----------
    times_s, first, second
        Shape (n,); times need not be evenly spaced. NaN anywhere gives None.
    largest_s
        The lag is sought from minus to plus this; one at the border is not believed.
    least_correlation
        Of the speeds at the best lag, from 0 to 1.

    Notes
    -----
    The speeds are cross-correlated, so that a movement that is held (a step) tells its lag as
    well as a twitch; each lag is normalised by what overlaps at it. A parabola through the best
    lag and its neighbours places it between samples: to about a tenth of a frame where the
    movement is a hundred times the noise, but hardly to less than 1 ms at any frame rate. The
    trap is noise common to both places, such as a jump of the landmarks: it has no lag and
    pulls the answer to 0.
    """
    if times_s.size < _LEAST_SAMPLES or not (np.isfinite(first) & np.isfinite(second)).all():
        return None
    step_s = float(np.median(np.diff(times_s)))
    even_s = np.arange(times_s[0], times_s[-1] + step_s / 2, step_s)
    one, other = (np.gradient(np.interp(even_s, times_s, values)) for values in (first, second))
    most = min(int(np.ceil(largest_s / step_s)) + 1, one.size - _LEAST_SAMPLES // 2)
    if most < 1:
        return None
    shifts = np.arange(-most, most + 1)
    agreement = np.array([_correlation(one, other, int(shift)) for shift in shifts])
    best = int(np.argmax(agreement))
    if agreement[best] < least_correlation or best in (0, shifts.size - 1):
        return None
    left, top, right = agreement[best - 1 : best + 2]
    bend = left - 2 * top + right
    between = 0.5 * (left - right) / bend if bend < 0 else 0.0
    found_s = float((shifts[best] + between) * step_s)
    return found_s if abs(found_s) <= largest_s else None


def _correlation(one: Floats, other: Floats, shift: int) -> float:
    """Of `one` with `other` moved earlier by `shift` samples, over what overlaps."""
    n = one.size - abs(shift)
    a = one[:n] if shift >= 0 else one[-shift:]
    b = other[shift:] if shift >= 0 else other[:n]
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


def _lid_mouth_lag_s(part: Part, side: Side, event: Event, criteria: FaceCriteria) -> float | None:
    lids, mouth = part.values(f"eye_closure_{side}"), part.values(f"mouth_corner_excursion_{side}")
    if lids is None or mouth is None:
        return None
    margin_s = criteria["largest_lag_s"]
    until_s = event.onset_s + min(event.duration_s, _LID_MOUTH_S) + margin_s
    near = (part.times_s >= event.onset_s - margin_s) & (part.times_s <= until_s)
    return lag_s(
        part.times_s[near],
        lids[near],
        mouth[near],
        largest_s=margin_s,
        least_correlation=criteria["least_lag_correlation"],
    )


def brow_rises(
    part: Part, side: Side, event: Event, threshold_mm: float, criteria: FaceCriteria
) -> bool | None:
    """Whether the brow of a side rises in an event; None where its height was not measured.

    It goes up by its own threshold, and by that much beyond the other brow: both brows that rise
    together are a voluntary movement.
    """
    own, other = (part.values(f"brow_height_{one}") for one in (side, side.opposite))
    if own is None or other is None:
        return None
    before_s = criteria["just_before_s"]
    rise_mm = part.change_in(event, own, before_s=before_s)
    beyond_mm = part.change_in(event, own - other, before_s=before_s)
    if rise_mm is None or beyond_mm is None:
        return None
    return min(rise_mm, beyond_mm) >= threshold_mm


def locked(part: Part, spasms: Sequence[Event], criteria: FaceCriteria) -> tuple[Event, ...]:
    """The spasms that begin near the onset of a voluntary movement or blink."""
    onsets_s = np.array([event.onset_s for event in voluntary(part)])
    near_s = criteria["voluntary_window_s"]
    return tuple(
        event
        for event in spasms
        if onsets_s.size and np.min(np.abs(onsets_s - event.onset_s)) <= near_s
    )


def locked_by_chance(part: Part, criteria: FaceCriteria) -> float:
    """The share of judged time that lies near such an onset: what chance alone would lock."""
    near_s = criteria["voluntary_window_s"]
    windows = [
        replace(event, onset_s=event.onset_s - near_s, duration_s=2 * near_s)
        for event in voluntary(part)
    ]
    return float(part.within_s(windows).sum()) / part.judged_s


def voluntary(part: Part) -> tuple[Event, ...]:
    """The blinks and voluntary movements of the recording."""
    return tuple(event for event in part.all_events if event.family in VOLUNTARY)


def _other_babinski(
    say: Say, part: Part, side: Side, spasms: Sequence[Event], criteria: FaceCriteria
) -> Finding:
    """Share of closures of an eye in spasm with the brow of that side rising."""
    threshold_mm = part.label(f"brow_excursion_{side}", "threshold")
    quantity, sites = "other_babinski_share", ("brow", "eyelids")
    measured = all(part.values(f"brow_height_{one}") is not None for one in SIDES)
    if threshold_mm is None or not measured:
        return say(quantity, None, sites=sites, note="The height of the brows was not measured")
    closing = [event for event in spasms if "eyelids" in event.sites]
    rises = [brow_rises(part, side, event, threshold_mm, criteria) for event in closing]
    known = [rise for rise in rises if rise is not None]
    return share_finding(say, quantity, sum(known), len(known), sites=sites)


def _locking(
    say: Say, part: Part, spasms: Sequence[Event], criteria: FaceCriteria
) -> Iterator[Finding]:
    """Spasms near the onset of a voluntary movement, and how many would be by chance.

    The trap: what both sides do a little out of step is no spasm (docs/face.md), so that a
    spasm in the very moment of a blink may not have been called at all.
    """
    moves = voluntary(part)
    if not moves:
        note = "No voluntary movement or blink in this recording"
        yield say("voluntary_locking_share", None, n=len(spasms), note=note)
        return
    k, by_chance = len(locked(part, spasms, criteria)), 100 * locked_by_chance(part, criteria)
    share = share_finding(say, "voluntary_locking_share", k, len(spasms))
    if share.low is not None:
        told = "more than chance" if share.low > by_chance else "no more than chance"
        share = replace(share, note=f"{told}, which would give {by_chance:.0f} %")
    yield share
    yield say("voluntary_locking_by_chance", by_chance, n=len(moves))
