"""What is said of the eyes: closed time, aperture, blinks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import Part
from hemifacial.face.findings.quality import found
from hemifacial.face.findings.spasms import CLUSTERED, NOTHING
from hemifacial.findings import Finding
from hemifacial.signals.excursions import runs
from hemifacial.signals.rates import clustered_count, clustered_total

__all__ = ["blink_findings", "closed", "eye_findings"]

_SITES = ("eyelids",)


def eye_findings(part: Part, side: Side, criteria: FaceCriteria) -> Iterator[Finding]:
    """Closed time and aperture of one eye."""
    names = ("eye_closed_time", "eye_closed_time_in_spasm", "eye_closed_time_in_blinks")
    shut = closed(part, side, criteria)
    if shut is None or not part.judged_s:
        for name in names:
            yield found(name, None, side=side, sites=_SITES, phase=part.phase, note=NOTHING)
        return
    spasms = [e for e in part.all_events if e.family == "spasm" and e.side in (side, Side.BOTH)]
    lids = [e for e in part.all_events if e.family in ("blink", "closure")]
    in_spasm_s, in_lids_s = part.within_s(spasms), part.within_s(lids)
    yield _closed_time("eye_closed_time", part, side, part.weights_s * shut, criteria)
    yield _closed_time("eye_closed_time_in_spasm", part, side, in_spasm_s * shut, criteria)
    yield _closed_time("eye_closed_time_in_blinks", part, side, in_lids_s * shut, criteria)
    aperture = part.values(f"palpebral_aperture_{side}")
    if aperture is not None:
        inside = aperture[(part.weights_s > 0) & np.isfinite(aperture)]
        middle = float(np.median(inside)) if inside.size else None
        yield found("palpebral_aperture_median", middle, side=side, sites=_SITES, phase=part.phase)


def closed(part: Part, side: Side, criteria: FaceCriteria) -> NDArray[np.bool_] | None:
    """Shape (n,): whether the lids are as close as in a complete blink; false where not judged."""
    aperture = part.values(f"palpebral_aperture_{side}")
    closure = part.values(f"eye_closure_{side}")
    if aperture is None or closure is None:
        return None
    shut: NDArray[np.bool_] = aperture <= criteria["complete_blink_share"] * (aperture + closure)
    return shut


def _closed_time(
    quantity: str, part: Part, side: Side, seconds: NDArray[np.float64], criteria: FaceCriteria
) -> Finding:
    """A share of judged time, bounded by the stretches of closure as events."""
    stretches = runs(seconds > 0)
    onsets = part.judged_clock_s(part.times_s[start] for start, _ in stretches)
    amounts = [float(seconds[start:stop].sum()) for start, stop in stretches]
    total = clustered_total(onsets, amounts, gap_s=criteria["cluster_gap_s"])
    percent = 100 / part.judged_s
    bounds: dict[str, object] = {}
    if total is not None:
        bounds = {
            "low": round(total.low * percent, 6),
            "high": round(min(total.high * percent, 100.0), 6),
            "interval": CLUSTERED,
        }
    return found(
        quantity,
        min(float(seconds.sum()) * percent, 100.0),
        side=side,
        sites=_SITES,
        phase=part.phase,
        n=len(stretches),
        **bounds,
    )


def blink_findings(part: Part, criteria: FaceCriteria) -> Iterator[Finding]:
    """How many blinks, and how often."""
    if not part.judged_s:
        for quantity in ("blink_count", "blink_rate"):
            yield found(
                quantity, None, side=Side.BOTH, sites=_SITES, phase=part.phase, note=NOTHING
            )
        return
    blinks = [event for event in part.events if event.family == "blink"]
    counted = clustered_count(
        part.judged_clock_s(event.onset_s for event in blinks),
        duration_s=part.judged_s,
        gap_s=criteria["cluster_gap_s"],
    )
    per_minute = 60 / part.judged_s
    n = len(blinks)
    yield found("blink_count", n, side=Side.BOTH, sites=_SITES, phase=part.phase, n=n)
    yield found(
        "blink_rate",
        n * per_minute,
        low=round(counted.low * per_minute, 6),
        high=round(counted.high * per_minute, 6),
        interval=CLUSTERED if n else "exact Poisson, 95 %",
        side=Side.BOTH,
        sites=_SITES,
        phase=part.phase,
        n=n,
    )
