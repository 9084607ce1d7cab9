"""The suggested SMC grade of Lee 2012 (doi:10.1159/000330396), 0 to IV, from what a video shows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hemifacial.anatomy import Side, structure
from hemifacial.face.findings.quality import found
from hemifacial.face.suggestions.observed import LOWER_FACE, Observed, counted, sites_of
from hemifacial.face.suggestions.scales import Step, closing, suggestion, why_not
from hemifacial.findings import Event, Finding
from hemifacial.scoring.intervals import share
from hemifacial.signals.rates import poisson_interval

__all__ = ["smc_grade"]

_ROMAN = ("0", "I", "II", "III", "IV")
_VISION = ("frequent_tonic_per_min", "vision_closed_share")
_REMARK = "Whether seeing suffers and whether it disfigures is the patient's to say."


def smc_grade(seen: Observed, findings: Sequence[Finding]) -> Finding:
    """The suggested grade of the affected side, or not judged with the reason.

    Parameters
    ----------
    findings
        Those of the recording so far; how high the corners of the mouth rest is taken from them.

    Notes
    -----
    Interference with vision and disfigurement are for the patient to tell; the video's proxies
    are the time that tonic spasms keep the eye shut and how much narrower the eye rests. The
    scale is made for one side: with spasms on both nothing is suggested.
    """
    quantity = "suggested_smc_grade"
    reason = why_not(seen)
    if reason:
        return found(quantity, None, note=reason)
    side = seen.affected_side()
    if side is None:
        return suggestion("smc_grade", _none(seen), names=_ROMAN, spasms=(), n=0)
    spasms = seen.spasms(side)
    steps = (
        _some(seen, side),
        _spread(seen, side),
        _vision(seen, side),
        _uneven(seen, side, findings),
    )
    beyond = any(step.reached for step in steps[1:])
    if not beyond and seen.of_side("mouth_corner_excursion", side) is None:
        note = "The lower face was not measured: grades I and II cannot be told apart."
        return found(quantity, None, side=side, n=len(spasms), note=note)
    return suggestion(
        "smc_grade",
        steps,
        names=_ROMAN,
        spasms=spasms,
        remark=_REMARK,
        side=side,
        sites=sites_of(spasms),
        n=len(spasms),
    )


def _none(seen: Observed) -> tuple[Step, ...]:
    """Grade 0; where a spasm that was missed would show is not known, so the upper end is II."""
    high_per_min = poisson_interval(0)[1] * 60 / seen.judged_s
    none = f"None in {seen.judged_s:.0f} s."
    missed = (
        f"Up to {high_per_min:.1f} a minute are not excluded, nor are smaller ones than could be "
        "called."
    )
    return (
        Step(grade=0, reached=True, at_low=True, at_high=True, why=none),
        Step(grade=2, reached=False, at_low=False, at_high=True, why=missed),
    )


def _some(seen: Observed, side: Side) -> Step:
    why = f"{counted(len(seen.spasms(side)))} of the {side} side in {seen.judged_s:.0f} s."
    return Step(grade=1, reached=True, at_low=True, at_high=True, why=why)


def _spread(seen: Observed, side: Side) -> Step:
    """Grade II: spasms beyond the eye. Those of one burst are one piece of evidence."""
    spasms = seen.spasms(side)
    beyond = tuple(event for event in spasms if _reaches(seen, event, side))
    runs, all_runs = _runs(beyond), _runs(spasms)
    least = seen.criteria["spread_least_count"]
    reached = len(beyond) >= least
    unseen = [s for s in LOWER_FACE if seen.of_side(f"{s}_excursion", side) is None]
    could_be = share(runs, all_runs).high or 0.0
    places = [s for s in LOWER_FACE if any(s in event.sites for event in beyond)] or ["brow"]
    where = f" ({', '.join(structure(s).label for s in places)})" if beyond else ""
    not_seen = f"; not measured: {', '.join(structure(s).label for s in unseen)}" if unseen else ""
    return Step(
        grade=2,
        reached=reached,
        at_low=reached and poisson_interval(runs)[0] >= least,
        at_high=reached or bool(unseen) or could_be > seen.criteria["spread_rare_share"],
        why=f"{len(beyond)} of {len(spasms)} reach beyond the eye{where}{not_seen}.",
        events=beyond,
    )


def _runs(spasms: tuple[Event, ...]) -> int:
    return len({event.parent_id or event.event_id for event in spasms})


def _reaches(seen: Observed, event: Event, side: Side) -> bool:
    """Whether a spasm goes beyond the muscle around the eye, which pulls the brow down itself."""
    if any(site in LOWER_FACE for site in event.sites):
        return True
    change = seen.change_mm("brow_height", event, side) if "brow" in event.sites else None
    return change is not None and change > 0


def _vision(seen: Observed, side: Side) -> Step:
    """Grade III, by its proxy: how often and for how long tonic spasms shut the eye."""
    tonic = tuple(e for e in seen.spasms(side) if e.trial_type == "spasm_tonic")
    amount = closing(seen, side, tonic)
    if amount is None:
        why = "Closure of the eye was not measured: III is not excluded."
        return Step(grade=3, reached=False, at_low=False, at_high=True, why=why)
    often, long = (seen.criteria[name] for name in _VISION)
    reached, at_low, at_high = (
        rate >= often and part >= long
        for rate, part in zip(amount.per_min, amount.share, strict=True)
    )
    why = (
        f"Tonic spasms shut the eye {len(amount.events)} times ({amount.per_min[0]:.1f} a minute, "
        f"{100 * amount.share[0]:.1f} % of judged time)."
    )
    return Step(
        grade=3, reached=reached, at_low=at_low, at_high=at_high, why=why, events=amount.events
    )


def _uneven(seen: Observed, side: Side, findings: Sequence[Finding]) -> Step:
    """Grade IV, by its proxies: a face that rests uneven, or contraction most of the time."""
    own = seen.label("palpebral_aperture", side, "resting")
    other = seen.label("palpebral_aperture", side.opposite, "resting")
    ratio = own / other if own is not None and other else math.inf
    mouth_mm = _mouth_mm(findings)
    tonic = tuple(e for e in seen.spasms(side) if e.trial_type == "spasm_tonic")
    n, held = len(tonic), seen.time_s(seen.within(tonic)) / seen.judged_s
    few, many = (end / n for end in poisson_interval(n)) if n else (0.0, 0.0)
    reached, at_low, at_high = (
        ratio + error * seen.criteria["aperture_share_error"]
        <= seen.criteria["uneven_aperture_share"]
        or mouth_mm - error * seen.criteria["mouth_height_error_mm"]
        >= seen.criteria["uneven_mouth_mm"]
        or factor * held >= seen.criteria["lasting_contraction_share"]
        for error, factor in ((0, 1.0), (1, few), (-1, many))
    )
    eye = "was not measured" if ratio == math.inf else f"is {100 * ratio:.0f} % of the other's"
    mouth = f"; the corners of the mouth rest {mouth_mm:.1f} mm apart in height" if mouth_mm else ""
    why = (
        f"Its resting aperture {eye}{mouth}; "
        f"it is in tonic spasm for {100 * held:.1f} % of judged time."
    )
    return Step(grade=4, reached=reached, at_low=at_low, at_high=at_high, why=why, events=tonic)


def _mouth_mm(findings: Sequence[Finding]) -> float:
    """How far apart in height the corners of the mouth rest; 0 where it was not measured."""
    known = (
        abs(finding.value)
        for finding in findings
        if finding.quantity == "mouth_corner_height_difference" and finding.value is not None
    )
    return next(known, 0.0)
