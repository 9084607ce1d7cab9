"""What a recording allows: length, frame rate, size of the face, time judged, scale, rest."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from hemifacial.anatomy import SIDES, structure
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.states import State
from hemifacial.findings import Finding, Status, quantities

__all__ = ["METHOD", "METHOD_VERSION", "found", "quality_of"]

METHOD = "face"
METHOD_VERSION = "0.2"

_NEARLY = 0.98  # 59.94 frames a second are 60


def found(quantity: str, value: float | None, **details: Any) -> Finding:
    """A finding of this method; without a finite value it is not judged, unless said otherwise."""
    known = value is not None and bool(np.isfinite(value))
    details.setdefault("status", Status.MEASURED if known else Status.NOT_JUDGED)
    return Finding(
        quantity=quantity,
        value=round(float(value), 6) if known and value is not None else None,
        unit=quantities()[quantity].unit,
        method=METHOD,
        method_version=METHOD_VERSION,
        **details,
    )


def quality_of(signals: xr.Dataset, criteria: FaceCriteria) -> Iterable[Finding]:
    """The findings about the recording; what limits it has quality ``limited`` and a note."""
    about = signals.attrs
    duration_s, known_s = float(about["duration_s"]), _time_in(signals, State.JUDGED)
    yield _limited(
        "recording_duration",
        duration_s,
        "Short video: {value:.0f} s, {good:.0f} s are good. What is rest is guessed from little.",
        criteria,
        "good_duration_s",
    )
    told = [str(about[key]) for key in ("unjudged_reason", "problems") if about.get(key)]
    told += [*_rest_uncertain(signals, criteria), *_seen_in_part(signals, criteria)]
    poorly = bool(told) or known_s < criteria["well_judged_share"] * duration_s
    quality = "limited" if poorly else "good"
    yield found("judged_time", known_s, note=" ".join(told), quality=quality)
    yield found("judged_share", 100 * known_s / duration_s if duration_s else None)
    yield found("no_face_time", _time_in(signals, State.NO_FACE))
    yield _limited(
        "frame_rate",
        float(about["frame_rate_hz"]),
        "Slow video: {value:.0f} frames a second, {good:.0f} are good. "
        "A short twitch falls between frames and reads too small.",
        criteria,
        "good_frame_rate_hz",
    )
    yield _limited(
        "outer_canthal_distance",
        float(about["outer_canthal_distance_px"]),
        "Small face: {value:.0f} px between the outer corners of the eyes, {good:.0f} are good. "
        "Small movements are lost.",
        criteria,
        "good_face_px",
    )
    yield _scale(float(about["image_scale_mm_per_px"]), criteria)
    yield from _picture(about, criteria)


def _time_in(signals: xr.Dataset, state: State) -> float:
    """Seconds in a state; a frame lasts until the next one."""
    times_s = signals["time"].values
    lasts_s = np.diff(np.append(times_s, signals.attrs["duration_s"]))
    return float(lasts_s[signals["state"].values == state].sum())


def _picture(about: Mapping[Hashable, Any], criteria: FaceCriteria) -> Iterable[Finding]:
    """How sharp, light and straight the face is; only what the recording was looked at for."""
    if (edge_px := _known(about, "edge_width_px")) is not None:
        edge_mm = edge_px * float(about["image_scale_mm_per_px"])
        wide = edge_mm > criteria["widest_edge_mm"]
        note = f"Blurred: an edge is {edge_mm:.1f} mm wide. Small movements are lost."
        yield _judged_by("edge_width", edge_px, note, wide, criteria, "widest_edge_mm")
    if (level := _known(about, "brightness")) is not None:
        dark = level < criteria["darkest_face"]
        name = "darkest_face" if dark else "brightest_face"
        off = dark or level > criteria["brightest_face"]
        note = f"The face is {'dark' if dark else 'overexposed'}: brightness {level:.0f} of 255."
        yield _judged_by("face_brightness", level, note, off, criteria, name)
    if (clipped := _known(about, "clipped_share")) is not None:
        much = clipped > criteria["most_clipped_share"]
        note = f"{100 * clipped:.0f} % of the face is black or white without detail."
        yield _judged_by("clipped_share", 100 * clipped, note, much, criteria, "most_clipped_share")
    if (turn_deg := _known(about, "median_turn_deg")) is not None:
        far = turn_deg > criteria["good_turn_deg"]
        note = f"The head is turned by {turn_deg:.0f} degrees: the far side reads too small."
        yield _judged_by("head_turn", turn_deg, note, far, criteria, "good_turn_deg")
    if (other_s := _known(about, "other_face_seen")) is not None:
        note = f"Another face was seen for {other_s:.1f} s. One was followed; see the stills."
        seen = other_s > 0
        yield found(
            "other_face_time",
            other_s,
            quality="limited" if seen else "good",
            note=note if seen else "",
        )


def _known(about: Mapping[Hashable, Any], key: str) -> float | None:
    """A number that the signals carry; None from a version that did not measure it."""
    value = about.get(key)
    return float(value) if isinstance(value, int | float) and np.isfinite(value) else None


def _judged_by(
    quantity: str, value: float, note: str, limited: bool, criteria: FaceCriteria, name: str
) -> Finding:
    return found(
        quantity,
        value,
        quality="limited" if limited else "good",
        note=note if limited else "",
        limit=criteria.limits[name],
    )


def _limited(quantity: str, value: float, note: str, criteria: FaceCriteria, name: str) -> Finding:
    """A finding that is good from a criterion on, and says so where it is not."""
    good = criteria[name]
    short = not value >= _NEARLY * good
    return found(
        quantity,
        value,
        quality="limited" if short else "good",
        note=note.format(value=value, good=good) if short else "",
        limit=criteria.limits[name],
    )


def _rest_uncertain(signals: xr.Dataset, criteria: FaceCriteria) -> Iterator[str]:
    """One sentence on the places that were away from rest for much of the time.

    Rest is where a place is most of the time. A face that is contracted for longer than it
    rests has rest and contraction exchanged, and nothing in the signal tells.
    """
    away = {}
    for place, moved in _judged_places(signals):
        share = float(np.mean(np.abs(moved.values) >= float(moved.attrs["threshold"])))
        if share > criteria["long_away_share"]:
            away[place] = share
    if away:
        yield (
            f"Away from rest for much of the time: {_shares(away)}. There it is uncertain what "
            "rest is, and spasm and rest may be exchanged."
        )


def _seen_in_part(signals: xr.Dataset, criteria: FaceCriteria) -> Iterator[str]:
    """One sentence on the places whose skin was lost for a part of the judged time."""
    seen = {
        place: float(np.mean(np.isfinite(moved.values))) for place, moved in _judged_places(signals)
    }
    partly = {
        place: share for place, share in seen.items() if share < criteria["well_judged_share"]
    }
    if partly:
        yield (
            f"Seen only for part of the judged time: {_shares(partly)}. A spasm there at another "
            "time is missed."
        )


def _judged_places(signals: xr.Dataset) -> Iterator[tuple[str, xr.DataArray]]:
    """Each region of each side by name, with its signal where the recording was judged."""
    judged = signals["state"].values == State.JUDGED
    for site in REGIONS:
        for side in SIDES:
            if judged.any() and signal_of(site, side) in signals:
                yield f"{side} {structure(site).label}", signals[signal_of(site, side)][judged]


def _shares(of_place: Mapping[str, float]) -> str:
    return ", ".join(f"{place} {100 * share:.0f} %" for place, share in of_place.items())


def _scale(mm_per_px: float, criteria: FaceCriteria) -> Finding:
    spread = 1.96 * criteria["iris_diameter_sd_mm"] / criteria["iris_diameter_mm"]
    known = bool(np.isfinite(mm_per_px))
    return found(
        "image_scale",
        mm_per_px,
        low=round(mm_per_px * (1 - spread), 6) if known else None,
        high=round(mm_per_px * (1 + spread), 6) if known else None,
        interval="spread of iris diameters between people, 95 %" if known else "",
        note="Every millimetre of this recording scales with this one",
        limit=criteria.limits["iris_diameter_mm"],
    )
