"""From events and signals to findings; the same function for measured and for corrected events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr

from hemifacial.anatomy import Side, structure
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.quality import METHOD, METHOD_VERSION, found, judged_s, quality_of, time_in
from hemifacial.face.states import State
from hemifacial.findings import Event, Finding, Status
from hemifacial.signals.rates import poisson_interval

__all__ = ["METHOD", "METHOD_VERSION", "summarise"]

_SIDES = (Side.RIGHT, Side.LEFT)
_STEMS = ("eye_closure", "mouth_corner_excursion")
_POISSON = "exact Poisson, 95 %"
_CLUSTERED = f"{_POISSON}; too narrow when spasms come in bursts"
_NOTHING = "Nothing could be judged"


def summarise(
    signals: xr.Dataset, events: Sequence[Event], criteria: FaceCriteria
) -> tuple[Finding, ...]:
    """Every finding of one recording.

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them.
    events
        As detected, or as corrected by a person.
    """
    findings = list(quality_of(signals, criteria))
    for side in _SIDES:
        findings += _spasms(signals, events, side) if judged_s(signals) else _unjudged(side)
        findings += _levels(signals, side)
    findings += _blinks(signals, events)
    return tuple(findings)


def _unjudged(side: Side) -> Iterable[Finding]:
    for quantity in ("spasm_count", "spasm_rate", "time_in_spasm", "largest_spasm"):
        yield found(quantity, None, side=side, note=_NOTHING)


def _spasms(signals: xr.Dataset, events: Sequence[Event], side: Side) -> Iterable[Finding]:
    """Spasms of a side; a person may have called one of both sides, which then counts on each."""
    spasms = [e for e in events if e.family == "spasm" and e.side in (side, Side.BOTH)]
    n = len(spasms)
    called_from_mm = _called_from_mm(signals, side)
    note = "Called from " + ", ".join(
        f"{mm:.1f} mm at the {structure(site).label}" for site, mm in called_from_mm.items()
    )
    low, high = poisson_interval(n)
    per_minute = 60 / judged_s(signals)
    yield found("spasm_count", n, side=side, n=n, note=note)
    yield found(
        "spasm_rate",
        n * per_minute,
        low=round(low * per_minute, 6),
        high=round(high * per_minute, 6),
        interval=_CLUSTERED if n else _POISSON,
        side=side,
        n=n,
        note=note,
    )
    for kind in ("clonic", "prolonged", "tonic"):
        count = sum(event.trial_type == f"spasm_{kind}" for event in spasms)
        yield found(f"spasm_{kind}_count", count, side=side, n=n)
    share = 100 * _judged_within_s(signals, spasms) / judged_s(signals)
    yield found("time_in_spasm", share, side=side, n=n)
    yield _largest(spasms, side, max(called_from_mm.values()))


def _largest(spasms: Sequence[Event], side: Side, called_from_mm: float) -> Finding:
    sizes = [event.amplitude for event in spasms if event.amplitude is not None]
    if sizes:
        return found("largest_spasm", max(sizes), side=side, n=len(sizes))
    if spasms:
        note = "The spasms lie where nothing could be measured"
        return found("largest_spasm", None, side=side, n=len(spasms), note=note)
    return found(
        "largest_spasm",
        None,
        status=Status.BELOW_DETECTION_LIMIT,
        detection_limit=round(called_from_mm, 6),
        side=side,
        n=0,
    )


def _called_from_mm(signals: xr.Dataset, side: Side) -> dict[str, float]:
    labels = [signals[f"{stem}_{side}"].attrs for stem in _STEMS]
    return {str(label["site"]): float(label["threshold"]) for label in labels}


def _levels(signals: xr.Dataset, side: Side) -> Iterable[Finding]:
    resting_mm = signals[f"palpebral_aperture_{side}"].attrs["resting"]
    yield found("palpebral_aperture", resting_mm, side=side, sites=("eyelids",))
    for stem in _STEMS:
        label = signals[f"{stem}_{side}"].attrs
        sites = (str(label["site"]),)
        yield found("noise_floor", label["noise_floor"], side=side, sites=sites)
        yield found("detection_threshold", label["threshold"], side=side, sites=sites)


def _blinks(signals: xr.Dataset, events: Sequence[Event]) -> Iterable[Finding]:
    sites = ("eyelids",)
    if not judged_s(signals):
        for quantity in ("blink_count", "blink_rate"):
            yield found(quantity, None, side=Side.BOTH, sites=sites, note=_NOTHING)
        return
    n = sum(event.family == "blink" for event in events)
    low, high = poisson_interval(n)
    per_minute = 60 / judged_s(signals)
    yield found("blink_count", n, side=Side.BOTH, sites=sites, n=n)
    yield found(
        "blink_rate",
        n * per_minute,
        low=round(low * per_minute, 6),
        high=round(high * per_minute, 6),
        interval=_POISSON,
        side=Side.BOTH,
        sites=sites,
        n=n,
    )


def _judged_within_s(signals: xr.Dataset, events: Sequence[Event]) -> float:
    """Judged time within at least one of the events, to the part of a frame."""
    times_s = signals["time"].values
    ends_s = np.append(times_s[1:], signals.attrs["duration_s"])
    covered_s = np.zeros(times_s.size)
    end_s = -np.inf
    for event in sorted(events, key=lambda e: e.onset_s):
        start_s, end_s = max(event.onset_s, end_s), max(event.offset_s, end_s)
        covered_s += np.clip(np.minimum(ends_s, end_s) - np.maximum(times_s, start_s), 0, None)
    judged = signals["state"].values == State.JUDGED
    return min(float(covered_s[judged].sum()), time_in(signals, State.JUDGED))
