"""What is said of the spasms of one side: how many, how often, how long, how large, how far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from hemifacial.anatomy import Side, structure
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import Part
from hemifacial.face.findings.quality import found
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.findings import Event, Finding, Status
from hemifacial.scoring.intervals import share
from hemifacial.signals.medians import median
from hemifacial.signals.rates import ClusteredTotal, clustered_count, clustered_total

__all__ = [
    "CLUSTERED",
    "NOTHING",
    "median_finding",
    "overdispersion",
    "share_finding",
    "spasm_findings",
]

CLUSTERED = "by clusters of events, 95 %"
_WILSON = "Wilson, 95 %; takes events for independent"
NOTHING = "Nothing could be judged"
_SIGN_TEST = "between two of the values (sign test), 95 %"

Say = Callable[..., Finding]


def spasm_findings(
    part: Part, side: Side, criteria: FaceCriteria, *, usual_overdispersion: float = 1.0
) -> Iterator[Finding]:
    """The findings on the spasms of one side of one part of the recording.

    Parameters
    ----------
    usual_overdispersion
        Of the whole recording, see `hemifacial.signals.rates.clustered_count`.
    """
    say = partial(found, side=side, phase=part.phase)
    if not part.judged_s:
        for quantity in ("spasm_count", "spasm_rate", "time_in_spasm", "largest_spasm"):
            yield say(quantity, None, note=NOTHING)
        return
    spasms = part.spasms(side)
    note = _called_from(part, side)
    yield say("spasm_count", len(spasms), n=len(spasms), note=note)
    yield _rate(
        say, "spasm_rate", part, spasms, criteria["cluster_gap_s"], usual_overdispersion, note
    )
    yield from _kinds(say, spasms)
    yield from _bursts(say, part, side, criteria)
    yield _time_in_spasm(say, part, side, criteria)
    yield from _sizes(say, part, spasms, side)
    yield from _durations(say, spasms)
    yield from _spread(say, part, side, spasms)


def overdispersion(part: Part, side: Side, criteria: FaceCriteria) -> float:
    """How much more the count of a side's spasms varies than if each came on its own."""
    if not part.judged_s:
        return 1.0
    return _count(part, part.spasms(side), criteria["cluster_gap_s"], 1.0).overdispersion


def share_finding(say: Say, quantity: str, k: int, n: int, **more: object) -> Finding:
    """The share `k` of `n` in percent with its Wilson interval; not judged where n is 0."""
    part = share(k, n)
    if part.value is None or part.low is None or part.high is None:
        return say(quantity, None, n=0, **{"note": "No event to take a share of", **more})
    return say(
        quantity,
        100 * part.value,
        low=round(100 * part.low, 6),
        high=round(100 * part.high, 6),
        interval=_WILSON,
        n=n,
        **more,
    )


def median_finding(say: Say, quantity: str, values: Sequence[float], **more: object) -> Finding:
    """The median of some values with its interval; not judged where there are none."""
    middle = median(values)
    if middle is None:
        return say(quantity, None, n=0, **{"note": "No event to measure it on", **more})
    bounds: dict[str, object] = {}
    if middle.low is not None and middle.high is not None:
        bounds = {
            "low": round(middle.low, 6),
            "high": round(middle.high, 6),
            "interval": _SIGN_TEST,
        }
    return say(quantity, middle.value, n=middle.n, **bounds, **more)


def _count(
    part: Part, events: Sequence[Event], gap_s: float, usual_overdispersion: float
) -> ClusteredTotal:
    return clustered_count(
        part.judged_clock_s(event.onset_s for event in events),
        duration_s=part.judged_s,
        gap_s=gap_s,
        usual_overdispersion=usual_overdispersion,
    )


def _rate(
    say: Say,
    quantity: str,
    part: Part,
    events: Sequence[Event],
    gap_s: float,
    usual_overdispersion: float,
    note: str,
) -> Finding:
    counted = _count(part, events, gap_s, usual_overdispersion)
    per_minute = 60 / part.judged_s
    return say(
        quantity,
        counted.total * per_minute,
        low=round(counted.low * per_minute, 6),
        high=round(counted.high * per_minute, 6),
        interval=CLUSTERED if events else "exact Poisson, 95 %",
        n=len(events),
        note=note,
    )


def _kinds(say: Say, spasms: Sequence[Event]) -> Iterator[Finding]:
    n = len(spasms)
    counts = {
        kind: sum(event.trial_type == f"spasm_{kind}" for event in spasms)
        for kind in ("clonic", "prolonged", "tonic")
    }
    for kind, count in counts.items():
        yield say(f"spasm_{kind}_count", count, n=n)
    for kind in ("clonic", "tonic"):
        yield share_finding(say, f"{kind}_share", counts[kind], n)


def _bursts(say: Say, part: Part, side: Side, criteria: FaceCriteria) -> Iterator[Finding]:
    bursts = [e for e in part.events if e.family == "burst" and e.side == side]
    yield say("burst_count", len(bursts), n=len(bursts))
    yield _rate(say, "burst_rate", part, bursts, criteria["cluster_gap_s"], 1.0, "")
    rates = []
    for burst in bursts:
        onsets = [e.onset_s for e in part.all_events if e.parent_id == burst.event_id]
        if len(onsets) > 1 and max(onsets) > min(onsets):
            rates.append((len(onsets) - 1) / (max(onsets) - min(onsets)))
    yield median_finding(say, "intraburst_rate", rates)


def _time_in_spasm(say: Say, part: Part, side: Side, criteria: FaceCriteria) -> Finding:
    """All time in spasm within the part, also of a spasm that began before it."""
    spasms = [e for e in part.all_events if e.family == "spasm" and e.side in (side, Side.BOTH)]
    seconds = [float(part.within_s([event]).sum()) for event in spasms]
    covered_s = float(part.within_s(spasms).sum())
    percent = 100 / part.judged_s
    total = clustered_total(
        part.judged_clock_s(event.onset_s for event in spasms),
        seconds,
        gap_s=criteria["cluster_gap_s"],
    )
    n = sum(one > 0 for one in seconds)
    if total is None:
        return say("time_in_spasm", covered_s * percent, n=n)
    return say(
        "time_in_spasm",
        min(covered_s * percent, 100.0),
        low=round(min(total.low, covered_s) * percent, 6),
        high=round(min(total.high * percent, 100.0), 6),
        interval=CLUSTERED,
        n=n,
    )


def _sizes(say: Say, part: Part, spasms: Sequence[Event], side: Side) -> Iterator[Finding]:
    sizes = [event.amplitude for event in spasms if event.amplitude is not None]
    if spasms and not sizes:
        note = "The spasms lie where nothing could be measured"
        yield say("largest_spasm", None, n=len(spasms), note=note)
    elif sizes:
        yield say("largest_spasm", max(sizes), n=len(sizes))
    else:
        highest_mm = max(_levels_mm(part, side, "smallest_detectable").values(), default=0.0)
        yield say(
            "largest_spasm",
            None,
            status=Status.BELOW_DETECTION_LIMIT,
            detection_limit=round(highest_mm, 6),
            n=0,
        )
    yield median_finding(say, "spasm_size_median", sizes)


def _durations(say: Say, spasms: Sequence[Event]) -> Iterator[Finding]:
    lasts_s = [event.duration_s for event in spasms]
    yield median_finding(say, "spasm_duration_median", lasts_s)
    for name, place in (("lower", 0.25), ("upper", 0.75)):
        quartile = float(np.quantile(lasts_s, place)) if lasts_s else None
        note = "" if lasts_s else "No event to measure it on"
        yield say(f"spasm_duration_{name}_quartile", quartile, n=len(lasts_s), note=note)


def _spread(say: Say, part: Part, side: Side, spasms: Sequence[Event]) -> Iterator[Finding]:
    """Which regions the spasms of a side involve; a region that was not measured is left out."""
    measured = [site for site in REGIONS if signal_of(site, side) in part.signals]
    for site in measured:
        k = sum(site in event.sites for event in spasms)
        yield share_finding(say, "site_involvement", k, len(spasms), sites=(site,))
    known = [len(event.sites) for event in spasms if event.sites]
    mean = float(np.mean(known)) if known else None
    note = "" if known else "No event to measure it on"
    yield say("sites_per_spasm", mean, n=len(known), note=note)


def _levels_mm(part: Part, side: Side, key: str) -> dict[str, float]:
    """What each region's signal states; what is not stated, as of an older version, its threshold.

    A negative answer is worth the least sensitive region, and what could be found there.
    """
    stated = {}
    for site in REGIONS:
        name = signal_of(site, side)
        mm = part.label(name, key)
        mm = part.label(name, "threshold") if mm is None else mm
        if mm is not None:
            stated[site] = mm
    return stated


def _called_from(part: Part, side: Side) -> str:
    """From which size on an event is called, the smallest first."""
    of_size: dict[str, list[str]] = {}
    stated = _levels_mm(part, side, "threshold")
    for site, mm in sorted(stated.items(), key=lambda item: item[1]):
        of_size.setdefault(f"{mm:.1f} mm", []).append(structure(site).label)
    if len(of_size) == 1:
        return f"Called from {next(iter(of_size))} in every region that was seen"
    each = [f"{size} ({', '.join(places)})" for size, places in of_size.items()]
    return f"Called from {', '.join(each)}" if each else ""
