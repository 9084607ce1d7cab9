"""How movements go together: lids and mouth, lids and brow, spasms and voluntary movement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import Part
from hemifacial.face.findings.quality import found
from hemifacial.face.findings.spasms import median_finding, share_finding
from hemifacial.findings import Event, Finding

__all__ = ["coordination_findings", "lag_s"]

Floats = NDArray[np.float64]
Say = Callable[..., Finding]

_VOLUNTARY = ("expression", "speech", "closure", "blink")
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


def _other_babinski(
    say: Say, part: Part, side: Side, spasms: Sequence[Event], criteria: FaceCriteria
) -> Finding:
    """Share of closures of an eye in spasm with the brow of that side rising.

    The brow counts as rising when it goes up by its own threshold, and by that much beyond
    the other brow: both brows that rise together are a voluntary movement.
    """
    own, other = (part.values(f"brow_height_{one}") for one in (side, side.opposite))
    threshold_mm = part.label(f"brow_excursion_{side}", "threshold")
    quantity, sites = "other_babinski_share", ("brow", "eyelids")
    if own is None or other is None or threshold_mm is None:
        return say(quantity, None, sites=sites, note="The height of the brows was not measured")
    before_s = criteria["just_before_s"]
    rises = []
    for event in spasms:
        if "eyelids" in event.sites:
            rise_mm = _rise_mm(part, event, own, before_s)
            beyond_mm = _rise_mm(part, event, own - other, before_s)
            if rise_mm is not None and beyond_mm is not None:
                rises.append(min(rise_mm, beyond_mm) >= threshold_mm)
    return share_finding(say, quantity, sum(rises), len(rises), sites=sites)


def _rise_mm(part: Part, event: Event, height_mm: Floats, before_s: float) -> float | None:
    """How far a place goes up in an event from where it was just before; negative if down."""
    times_s = part.times_s
    before = height_mm[(times_s >= event.onset_s - before_s) & (times_s < event.onset_s)]
    during = height_mm[part.inside(event)]
    before, during = before[np.isfinite(before)], during[np.isfinite(during)]
    if before.size < 2 or not during.size:
        return None
    level = float(np.median(before))
    up, down = float(np.max(during)) - level, float(np.min(during)) - level
    return up if up >= -down else down


def _locking(
    say: Say, part: Part, spasms: Sequence[Event], criteria: FaceCriteria
) -> Iterator[Finding]:
    """Spasms near the onset of a voluntary movement, and how many would be by chance.

    The trap: what both sides do a little out of step is no spasm (docs/face.md), so that a
    spasm in the very moment of a blink may not have been called at all.
    """
    near_s = criteria["voluntary_window_s"]
    onsets = np.array([e.onset_s for e in part.all_events if e.family in _VOLUNTARY])
    if not onsets.size:
        note = "No voluntary movement or blink in this recording"
        yield say("voluntary_locking_share", None, n=len(spasms), note=note)
        return
    locked = sum(bool(np.min(np.abs(onsets - event.onset_s)) <= near_s) for event in spasms)
    windows = [
        Event(onset_s=onset - near_s, duration_s=2 * near_s, event_id="window", trial_type="phase")
        for onset in onsets
    ]
    by_chance = 100 * float(part.within_s(windows).sum()) / part.judged_s
    share = share_finding(say, "voluntary_locking_share", locked, len(spasms))
    if share.low is not None:
        told = "more than chance" if share.low > by_chance else "no more than chance"
        share = replace(share, note=f"{told}, which would give {by_chance:.0f} %")
    yield share
    yield say("voluntary_locking_by_chance", by_chance, n=int(onsets.size))
