"""Signs that are read from what goes on between events: fine flicker, movement without pause."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.findings.coordination import voluntary
from hemifacial.face.suggestions.observed import LOWER_FACE, Observed
from hemifacial.face.suggestions.sign import Rule, Sign, cannot_tell

__all__ = ["RULES"]

Floats = NDArray[np.float64]

_ROUNDING = 1e-6
_STEMS = (
    "eye_closure",
    "brow_excursion",
    "cheek_excursion",
    *(f"{site}_excursion" for site in LOWER_FACE),
)


def _lid_flicker(seen: Observed) -> Sign:
    """Restless lid margin between events; a ripple of the skin alone is not seen by it."""
    visible_mm = _visible_mm(seen)
    if visible_mm > seen.criteria["largest_flicker_mm"]:
        return cannot_tell(
            f"what moves by less than {visible_mm:.1f} mm between events is not seen here."
        )
    still = ~seen.within(
        (e for e in seen.events if e.trial_type != "phase" and e.family != "burst"),
        margin_s=seen.criteria["quiet_margin_s"],
    )
    alone = {side: _alone(seen, side, still) for side in SIDES}
    if any(windows is None for windows in alone.values()):
        return cannot_tell("lids and mouth were not measured.")
    n = min(windows.size for windows in alone.values() if windows is not None)
    if n < seen.criteria["sign_least_opportunities"]:
        return cannot_tell("there was too little quiet time between events.")
    shares = {s: float(windows.mean()) for s, windows in alone.items() if windows is not None}
    side = max(SIDES, key=lambda one: shares[one])
    present: bool | None = None
    if shares[side] >= seen.criteria["flicker_share"]:
        present = True
    elif shares[side] < seen.criteria["flicker_seldom_share"]:
        present = False
    said = (
        f"one lid alone is restless in {_both(shares)} of {n} windows between events; a ripple of "
        "the skin that leaves the lid margin in place is not seen."
    )
    return Sign(
        present=present, said=said, side=side if present else Side.BOTH, sites=("eyelids",), n=n
    )


def _visible_mm(seen: Observed) -> float:
    """What noise and pixels leave to be seen of a lid; a face small in its picture trembles."""
    floors_mm = [seen.label("eye_closure", side, "noise_floor") or 0.0 for side in SIDES]
    scale = float(seen.signals.attrs.get("image_scale_mm_per_px", 0.0))
    return max(
        seen.criteria["restless_noise_multiple"] * max(floors_mm),
        seen.criteria["smallest_movement_px"] * scale,
    )


def _alone(seen: Observed, side: Side, still: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Windows in which the lid of a side is restless, and the other lid and the mouth are not."""
    own = _restless(seen, "eye_closure", side, still)
    other = _restless(seen, "eye_closure", side.opposite, still)
    mouth = _restless(seen, "mouth_corner_excursion", side, still)
    if own is None or other is None or mouth is None:
        return None
    known = np.isfinite(own) & np.isfinite(other) & np.isfinite(mouth)
    own, other, mouth = own[known], other[known], mouth[known]
    least = seen.criteria["restless_noise_multiple"]
    calm = (other < seen.criteria["one_sided_share"] * own) & (other < least) & (mouth < least)
    return (own >= least) & calm


def _both(shares: dict[Side, float]) -> str:
    return ", ".join(f"{side} {100 * shares[side]:.0f} %" for side in SIDES)


def _without_pause(seen: Observed) -> Sign:
    """A window is quiet if every region of the side is; voluntary movements are left out."""
    still = ~seen.within(voluntary(seen.whole), margin_s=seen.criteria["quiet_margin_s"])
    quiet: dict[Side, float] = {}
    counts: dict[Side, int] = {}
    for side in SIDES:
        rows = [r for stem in _STEMS if (r := _restless(seen, stem, side, still)) is not None]
        if len(rows) < 2:
            return cannot_tell("fewer than two regions of a side were measured.")
        table = np.array(rows)
        known = np.isfinite(table).all(axis=0)
        counts[side] = int(known.sum())
        calm = np.all(table[:, known] < seen.criteria["restless_noise_multiple"], axis=0)
        quiet[side] = float(calm.mean()) if calm.size else 1.0
    if min(counts.values()) < seen.criteria["sign_least_opportunities"]:
        return cannot_tell("there was too little time without voluntary movement.")
    side = min(SIDES, key=lambda one: quiet[one])
    least = seen.criteria["pause_share"]
    present: bool | None = quiet[side] < least
    said = f"quiet in {_both(quiet)} of the windows without voluntary movement"
    if present and quiet[side.opposite] < least:
        present, said = None, f"{said}; both sides move, so it may be the head or the camera"
    n = min(counts.values())
    return Sign(present=present, said=f"{said}.", side=side if present else Side.BOTH, n=n)


def _restless(seen: Observed, stem: str, side: Side, frames: NDArray[np.bool_]) -> Floats | None:
    """Standard deviation in each window, in noise floors; NaN where half of it is missing.

    Windows are those of the noise floor itself, so that slow drift counts as little in one as
    in the other.
    """
    values, floor = seen.of_side(stem, side), seen.label(stem, side, "noise_floor")
    if values is None or not floor:
        return None
    into_s = seen.times_s - seen.times_s[0]
    window = np.floor(into_s / seen.criteria["noise_window_s"] + _ROUNDING).astype(np.intp)
    usable = frames & np.isfinite(values)
    there = np.bincount(window)
    n = np.bincount(window[usable], minlength=there.size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(window[usable], values[usable], minlength=there.size) / n
        away = values[usable] - mean[window[usable]]
        variance = np.bincount(window[usable], away**2, minlength=there.size) / n
    # A single frame has no spread, and half a window may be all event.
    variance[(n < 2) | (2 * n < there)] = np.nan
    return np.sqrt(variance) / floor


RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {"sign_lid_flicker_alone": _lid_flicker, "sign_without_pause": _without_pause}
)
"""Rule by quantity."""
