"""Signs that are read from what both eyes do, and from voluntary movements."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.findings.coordination import locked, locked_by_chance, voluntary
from hemifacial.face.suggestions.observed import Observed, counted
from hemifacial.face.suggestions.sign import Rule, Sign, brow_threshold_mm, by_count, cannot_tell
from hemifacial.findings import Event
from hemifacial.scoring.intervals import share

__all__ = ["RULES"]


def _two_sided_closures(seen: Observed) -> Sign:
    """Often, for much of the time, and evenly; closures that were asked for are left out."""
    right, left = (seen.closed(side) for side in SIDES)
    free_s = seen.time_s(~seen.asked_closures)
    if right is None or left is None:
        return cannot_tell("closure of both eyes was not measured.")
    if free_s < seen.criteria["grade_least_judged_s"]:
        return cannot_tell(f"{free_s:.0f} s outside closures that were asked for are too few.")
    closures = [e for e in seen.not_asked("blink", "closure") if e.side is Side.BOTH]
    per_min = len(closures) * 60 / free_s
    part = seen.time_s(right & left & ~seen.asked_closures) / free_s
    evenness = [e for e in (_evenness(seen, event) for event in closures) if e is not None]
    even = float(np.median(evenness)) if evenness else 1.0
    often = per_min > seen.criteria["two_sided_closures_per_min"]
    much = part >= seen.criteria["two_sided_closed_share"]
    present: bool | None = None
    if even < seen.criteria["even_closure_share"] or not (often or much):
        present = False
    elif often and much:
        present = True
    said = (
        f"{per_min:.1f} two-sided closures a minute, both eyes closed for {100 * part:.1f} % of "
        f"the time, the lesser eye closing {100 * even:.0f} % as far"
    )
    mixed = ", frequent or long but not both, as in people who talk or look down"
    longest = sorted(closures, key=lambda event: -event.duration_s)
    return Sign(
        present=present,
        said=f"{said}{mixed if present is None else ''}.",
        side=Side.BOTH,
        sites=("eyelids",),
        events=tuple(longest[:3]) if present else (),
        n=len(closures),
    )


def _evenness(seen: Observed, event: Event) -> float | None:
    """How far the lesser eye closes over how far the greater does, at their largest."""
    inside = seen.within([event])
    peaks = []
    for side in SIDES:
        closure = seen.of_side("eye_closure", side)
        values = closure[inside] if closure is not None else np.array([])
        values = values[np.isfinite(values)]
        if not values.size or values.max() <= 0:
            return None
        peaks.append(float(values.max()))
    return min(peaks) / max(peaks)


def _brow_falls(seen: Observed) -> Sign:
    closures = [e for e in seen.not_asked("closure") if e.side is Side.BOTH]
    if not closures:
        return cannot_tell("no two-sided closure longer than a blink that was not asked for.")
    could_show, showing = [], []
    for event in closures:
        changes = [(side, seen.change_mm("brow_height", event, side)) for side in SIDES]
        known = [(side, change_mm) for side, change_mm in changes if change_mm is not None]
        if len(known) < len(SIDES):
            continue
        could_show.append(event)
        if all(-change_mm >= brow_threshold_mm(seen, side) for side, change_mm in known):
            showing.append(event)
    if not could_show:
        return cannot_tell("the brow was not measured.")
    return by_count(
        seen,
        showing,
        could_show,
        "both brows fall as both eyes close",
        from_share=seen.criteria["mostly_share"],
        side=Side.BOTH,
        sites=("brow", "eyelids"),
    )


def _eye_closes_on_pucker(seen: Observed) -> Sign:
    """Median aperture over all puckers, so that a blink or a single spasm does not count."""
    puckers = seen.phases("pucker")
    if not puckers:
        return cannot_tell("no pucker in this recording.")
    falls: dict[Side, float] = {}
    inside = seen.within(puckers)
    for side in SIDES:
        aperture = seen.of_side("palpebral_aperture", side)
        resting_mm = seen.label("palpebral_aperture", side, "resting")
        during = aperture[inside & np.isfinite(aperture)] if aperture is not None else np.array([])
        if resting_mm and during.size:
            falls[side] = 1 - float(np.median(during)) / resting_mm
    if not falls:
        return cannot_tell("the eyes could not be measured during the pucker.")
    side = max(falls, key=lambda one: falls[one])
    present: bool | None = falls[side] >= seen.criteria["pucker_closure_share"]
    if not present and len(falls) < len(SIDES):
        present = None
    told = ", ".join(f"{one} {-100 * falls[one]:+.0f} %" for one in SIDES if one in falls)
    return Sign(
        present=present,
        said=f"palpebral aperture during {len(puckers)} pucker(s) against rest: {told}.",
        side=side if present else Side.BOTH,
        sites=("eyelids",),
        events=puckers,
        n=len(puckers),
    )


def _locked(seen: Observed) -> Sign:
    """More spasms near the onset of a voluntary movement than chance would put there."""
    from scipy.special import bdtrc

    side = seen.affected_side()
    spasms = seen.spasms(side)
    moves = voluntary(seen.whole)
    n = len(spasms)
    if n < seen.criteria["sign_least_opportunities"]:
        return cannot_tell(f"{counted(n)}, too few to tell.")
    if len(moves) < seen.criteria["sign_least_opportunities"]:
        return cannot_tell(f"{len(moves)} voluntary movements are too few to tell.")
    within_s = seen.criteria["voluntary_window_s"]
    together = locked(seen.whole, spasms, seen.criteria)
    chance = locked_by_chance(seen.whole, seen.criteria)
    by_chance = float(bdtrc(len(together) - 1, n, min(1.0, chance))) if together else 1.0
    least = seen.criteria["locked_share"]
    present: bool | None = None
    if len(together) >= least * n and by_chance <= seen.criteria["locked_chance_share"]:
        present = True
    elif (share(len(together), n).high or 0.0) < least:
        present = False
    few = "" if present is not None else ", too few or too mixed to tell"
    said = (
        f"{len(together)} of {n} spasms begin within {within_s:g} s of a voluntary movement or "
        f"blink, {100 * chance:.0f} % would by chance{few}."
    )
    events = together if present else ()
    return Sign(present=present, said=said, side=side or Side.BOTH, events=events, n=n)


RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        "sign_two_sided_closures": _two_sided_closures,
        "sign_brow_falls": _brow_falls,
        "sign_eye_closes_on_pucker": _eye_closes_on_pucker,
        "sign_locked_to_movement": _locked,
    }
)
"""Rule by quantity."""
