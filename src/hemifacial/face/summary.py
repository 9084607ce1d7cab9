"""From events and signals to findings; the same function for measured and for corrected events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import xarray as xr

from hemifacial.anatomy import Side, structure
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.states import State
from hemifacial.findings import Event, Finding, Status, quantities
from hemifacial.signals.rates import poisson_interval

__all__ = ["METHOD", "METHOD_VERSION", "summarise"]

METHOD = "face"
METHOD_VERSION = "0.1"

_SIDES = (Side.RIGHT, Side.LEFT)
_UNIT_OF = {"frame_rate": "hz", "outer_canthal_distance": "px"}
_NEARLY = 0.98  # 59.94 frames a second are 60
_WELL_JUDGED = 0.9
_POISSON = "exact Poisson, 95 %; too narrow when spasms come in bursts"


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
    judged_s = _judged_s(signals)
    findings = list(_recording(signals, judged_s, criteria))
    for side in _SIDES:
        findings += _spasms(signals, events, side, judged_s)
        findings += _levels(signals, side)
    findings += _blinks(events, judged_s)
    return tuple(findings)


def _finding(quantity: str, value: float | None, **details: object) -> Finding:
    """A finding of this method; what was not judged says so by itself."""
    status = details.pop("status", Status.MEASURED if value is not None else Status.NOT_JUDGED)
    return Finding(
        quantity=quantity,
        value=None if value is None else round(value, 6),
        unit=quantities()[quantity].unit,
        method=METHOD,
        method_version=METHOD_VERSION,
        status=status,  # type: ignore[arg-type]
        **details,  # type: ignore[arg-type]
    )


def _recording(signals: xr.Dataset, judged_s: float, criteria: FaceCriteria) -> Iterable[Finding]:
    about = signals.attrs
    duration_s = float(about["duration_s"])
    no_face_s = _time_in(signals, State.NO_FACE)
    yield _finding("recording_duration", duration_s)
    told = " ".join(str(about.get(key, "")) for key in ("unjudged_reason", "problems")).strip()
    quality = "limited" if told or judged_s < _WELL_JUDGED * duration_s else "good"
    yield _finding("judged_time", judged_s, note=told, quality=quality)
    yield _finding("judged_share", 100 * judged_s / duration_s if duration_s else None)
    yield _finding("no_face_time", no_face_s)
    for quantity, name, told in (
        (
            "frame_rate",
            "good_frame_rate_hz",
            "Slow video: {:.0f} frames a second, {:.0f} are good. "
            "A short twitch falls between frames and reads too small.",
        ),
        (
            "outer_canthal_distance",
            "good_face_px",
            "Small face: {:.0f} px between the outer corners "
            "of the eyes, {:.0f} are good. Small movements are lost.",
        ),
    ):
        value, good = _finite(about[f"{quantity}_{_UNIT_OF[quantity]}"]), criteria[name]
        short = value is None or value < _NEARLY * good
        yield _finding(
            quantity,
            value,
            quality="limited" if short else "good",
            note=told.format(value or 0, good) if short else "",
            limit=criteria.limits[name],
        )
    scale = _finite(about["image_scale_mm_per_px"])
    spread = 1.96 * criteria["iris_diameter_sd_mm"] / criteria["iris_diameter_mm"]
    yield _finding(
        "image_scale",
        scale,
        low=None if scale is None else round(scale * (1 - spread), 6),
        high=None if scale is None else round(scale * (1 + spread), 6),
        interval="spread of iris diameters between people, 95 %" if scale is not None else "",
        note="Every millimetre of this recording scales with this one",
        limit=criteria.limits["iris_diameter_mm"],
    )


def _spasms(
    signals: xr.Dataset, events: Sequence[Event], side: Side, judged_s: float
) -> Iterable[Finding]:
    on_side = partial(_finding, side=side)
    if judged_s <= 0:
        for quantity in ("spasm_count", "spasm_rate", "time_in_spasm", "largest_spasm"):
            yield on_side(quantity, None, note="Nothing could be judged")
        return
    spasms = [event for event in events if event.family == "spasm" and event.side == side]
    called_from_mm = {
        str(signals[f"{stem}_{side}"].attrs["site"]): float(
            signals[f"{stem}_{side}"].attrs["threshold"]
        )
        for stem in ("eye_closure", "mouth_excursion")
    }
    note = "Called from " + ", ".join(
        f"{mm:.1f} mm at the {structure(site).label}" for site, mm in called_from_mm.items()
    )
    low, high = poisson_interval(len(spasms))
    per_minute = 60 / judged_s
    yield on_side("spasm_count", len(spasms), n=len(spasms), note=note)
    yield on_side(
        "spasm_rate",
        len(spasms) * per_minute,
        low=round(low * per_minute, 6),
        high=round(high * per_minute, 6),
        interval=_POISSON,
        n=len(spasms),
        note=note,
    )
    for kind in ("clonic", "prolonged", "tonic"):
        count = sum(event.trial_type == f"spasm_{kind}" for event in spasms)
        yield on_side(f"spasm_{kind}_count", count, n=len(spasms))
    yield on_side("time_in_spasm", min(100.0, 100 * _union_s(spasms) / judged_s), n=len(spasms))
    sizes = [event.amplitude for event in spasms if event.amplitude is not None]
    if sizes:
        yield on_side("largest_spasm", max(sizes), n=len(sizes))
    else:
        yield on_side(
            "largest_spasm",
            None,
            status=Status.BELOW_DETECTION_LIMIT,
            detection_limit=round(max(called_from_mm.values()), 6),
            n=0,
        )


def _levels(signals: xr.Dataset, side: Side) -> Iterable[Finding]:
    aperture = signals[f"palpebral_aperture_{side}"]
    at_rest = aperture.attrs.get("resting")
    yield _finding("palpebral_aperture", _finite(at_rest), side=side, sites=("eyelids",))
    for quantity, stem, site in (
        ("eye_closure_noise_floor", "eye_closure", "eyelids"),
        ("mouth_excursion_noise_floor", "mouth_excursion", "mouth_corner"),
    ):
        attrs = signals[f"{stem}_{side}"].attrs
        yield _finding(quantity, _finite(attrs["noise_floor"]), side=side, sites=(site,))
        yield _finding("detection_threshold", _finite(attrs["threshold"]), side=side, sites=(site,))


def _blinks(events: Sequence[Event], judged_s: float) -> Iterable[Finding]:
    if judged_s <= 0:
        for quantity in ("blink_count", "blink_rate"):
            yield _finding(quantity, None, side=Side.BOTH, note="Nothing could be judged")
        return
    count = sum(event.family == "blink" for event in events)
    low, high = poisson_interval(count)
    per_minute = 60 / judged_s
    yield _finding("blink_count", count, side=Side.BOTH, sites=("eyelids",), n=count)
    yield _finding(
        "blink_rate",
        count * per_minute,
        low=round(low * per_minute, 6),
        high=round(high * per_minute, 6),
        interval="exact Poisson, 95 %",
        side=Side.BOTH,
        sites=("eyelids",),
        n=count,
    )


def _judged_s(signals: xr.Dataset) -> float:
    return _time_in(signals, State.JUDGED)


def _time_in(signals: xr.Dataset, state: State) -> float:
    """Seconds in a state; a frame lasts until the next one."""
    times_s = signals["time"].values
    lasts_s = np.diff(np.append(times_s, signals.attrs["duration_s"]))
    return float(lasts_s[signals["state"].values == state].sum())


def _union_s(events: Sequence[Event]) -> float:
    """Seconds covered by at least one of the events."""
    covered_s, end_s = 0.0, -np.inf
    for event in sorted(events, key=lambda e: e.onset_s):
        covered_s += max(0.0, event.offset_s - max(event.onset_s, end_s))
        end_s = max(end_s, event.offset_s)
    return covered_s


def _finite(value: object) -> float | None:
    number = float(value) if isinstance(value, int | float) else float("nan")
    return number if np.isfinite(number) else None
