"""From a followed face to millimetres: each region of each side, and where it rests.

Landmarks are brought into a coordinate system fixed to the rigid part of the face, in three
dimensions, so that a turn of the head is not taken for a movement of the mouth; skin is measured in
the picture itself (`hemifacial.face.following.skin`). The iris gives the scale, once a recording,
so that its own jitter does not enter the signals. Nothing is smoothed over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.allowances import of_the_head
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.following.follow import Followed
from hemifacial.face.geometry import FaceFixed
from hemifacial.face.judge import judge
from hemifacial.face.regions import (
    ADJOINING,
    EYELIDS,
    PATCHES,
    REGIONS,
    SHEETS,
    beside_of,
    signal_of,
)
from hemifacial.face.states import State
from hemifacial.face.thresholds import Variable, set_detectable, set_thresholds
from hemifacial.face.turns import without_turns
from hemifacial.signals.excursions import runs
from hemifacial.signals.levels import quiet_sd, resting_level

__all__ = ["Measured", "signals_of", "trace"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_HEIGHTS = ("brow", "mouth_corner")
_NOT_SEEN = complex("nan+nanj")
_LOOSE_S = 0.1  # on either side of where skin was lost, its last hold is not trusted
_BORDER = 5  # frames over which two readings of one place are compared


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """What a recording gives before it is known where the face rests; all of shape (n,).

    `aperture_mm` is by side; `moved_mm` by site and side, from any origin, its imaginary part
    upwards; NaN where it was not judged.
    """

    times_s: Floats
    aperture_mm: Mapping[Side, Floats]
    moved_mm: Mapping[tuple[str, Side], Complexes]


def trace(followed: Followed, criteria: FaceCriteria) -> xr.Dataset:
    """The signals of one recording over ``time`` (s), right and left by the patient.

    Returns
    -------
    xarray.Dataset
        The signals that docs/contract.md names, in mm, NaN where not judged; ``state`` as in
        `hemifacial.face.states`. Closure and excursions carry ``noise_floor``, ``threshold`` and
        ``smallest_detectable`` in mm; the attributes of the dataset say what the recording allows.

    Notes
    -----
    An excursion is a length, so its noise does not have zero mean; its noise floor is that of
    one axis, the root mean square of both.
    """
    track = followed.track
    duration_s, rate_hz = _duration_and_rate(track.times_s)
    face = FaceFixed(followed, criteria)
    judgement = judge(followed, face, rate_hz, criteria)
    state = judgement.state
    state = np.where(followed.damaged & (state == State.JUDGED), State.UNJUDGED, state)
    judged = state == State.JUDGED
    edge_mm = _median(followed.light[:, 2]) * face.mm_per_px
    blurred = bool(edge_mm > criteria["widest_edge_mm"])
    measured = Measured(
        times_s=track.times_s,
        aperture_mm={side: np.where(judged, face.aperture_mm[side], np.nan) for side in SIDES},
        moved_mm={
            place: _judged(_moved(track.times_s, face, place, criteria, blurred=blurred), judged)
            for place in PATCHES
        },
    )
    allowance = np.where(judged, of_the_head(track.times_s, face, criteria), np.nan)
    signals = signals_of(
        measured,
        tremble_mm=face.tremble_mm,
        mm_per_px=face.mm_per_px,
        criteria=criteria,
        blurred=blurred,
        allowance_mm=allowance,
    )
    for (site, side), height_mm in face.resting_height_mm.items():
        signals[f"{site}_height_{side}"].attrs["resting"] = height_mm
    none = {"side": "n/a", "site": "n/a"}
    lips = {"side": "n/a", "site": "mouth_corner", "unit": "mm"}
    width, opening = (
        np.where(judged, values, np.nan) for values in (face.mouth_width_mm, face.mouth_opening_mm)
    )
    halves = face.by_itself.astype(np.int8)
    return signals.assign(
        mouth_width=("time", width, {**lips, "quantity": "mouth_width"}),
        mouth_opening=("time", opening, {**lips, "quantity": "mouth_opening"}),
        allowance=("time", allowance, {**none, "unit": "mm", "quantity": "allowance"}),
        eye_by_itself=("time", halves, {**none, "unit": "1", "quantity": "eye_by_itself"}),
        state=("time", state.astype(np.int8), {**none, "unit": "1", "quantity": "state"}),
    ).assign_attrs(
        duration_s=duration_s,
        frame_rate_hz=rate_hz,
        outer_canthal_distance_px=face.outer_canthal_distance_px,
        image_scale_mm_per_px=face.mm_per_px,
        median_turn_deg=_median(face.turn_deg),
        brightness=_median(followed.light[:, 0]),
        clipped_share=_median(followed.light[:, 1]),
        edge_width_px=_median(followed.light[:, 2]),
        unjudged_reason=judgement.reason,
        other_face_seen=judgement.other_face_s,
    )


def signals_of(
    measured: Measured,
    *,
    tremble_mm: float,
    mm_per_px: float,
    criteria: FaceCriteria,
    blurred: bool = False,
    allowance_mm: Floats | None = None,
) -> xr.Dataset:
    """Aperture, closure, excursions and heights of `trace`, from what was measured.

    Parameters
    ----------
    tremble_mm
        Noise of landmarks that no muscle moves, as `FaceFixed` has it.
    mm_per_px
        Scale of the picture.
    blurred
        Whether it has less detail than its pixels promise: then only more is called.
    allowance_mm
        (n,), what a movement has to be larger by because of the head, NaN where not judged; it
        raises the smallest detectable movement, not the threshold. Nothing if not given.
    """
    variables: dict[str, Variable] = {}
    for side in SIDES:
        variables |= _eye(side, measured, tremble_mm, criteria)
    for site, side in measured.moved_mm:
        variables |= _skin(site, side, measured, tremble_mm, criteria)
    if allowance_mm is None:
        allowance_mm = np.zeros(measured.times_s.size)
    for site in REGIONS:
        set_thresholds(site, variables, mm_per_px, criteria, blurred=blurred)
        set_detectable(site, variables, measured.times_s, allowance_mm, criteria)
    return xr.Dataset(variables, coords={"time": ("time", measured.times_s, {"unit": "s"})})


def _moved(
    times_s: Floats,
    face: FaceFixed,
    place: tuple[str, Side],
    criteria: FaceCriteria,
    *,
    blurred: bool,
) -> Complexes:
    """How far the patches of a place have moved, (n, 3): skin, or the mesh where that is lost."""
    skin = without_turns(times_s, face.skin_mm[place], face.facing, criteria)
    skin[~(face.skin_residual_mm <= criteria["largest_skin_residual_mm"])] = _NOT_SEEN
    if blurred or not face.outer_canthal_distance_px >= criteria["smallest_face_for_skin_px"]:
        skin[:] = _NOT_SEEN
    seen_by_mesh = face.place_mm.get(place)
    if seen_by_mesh is None:
        return skin
    return np.stack([_completed(times_s, patch, seen_by_mesh) for patch in skin.T], axis=1)


def _completed(times_s: Floats, values: Complexes, other: Complexes) -> Complexes:
    """The values with the other ones where they are lost, without a jump where these take over.

    Around each gap the other series is shifted by what the two differ by on either side.
    """
    known = np.isfinite(values) & np.isfinite(other)
    if not known.any():
        return other
    for start, stop in runs(~np.isfinite(values)):
        first = np.searchsorted(times_s, times_s[start] - _LOOSE_S)
        last = np.searchsorted(times_s, times_s[stop - 1] + _LOOSE_S, side="right")
        known[first:last] = False
    if not known.any():
        return other
    apart = values[known] - other[known]
    smooth = uniform_filter1d(apart.real, _BORDER) + 1j * uniform_filter1d(apart.imag, _BORDER)
    shift = np.interp(times_s, times_s[known], smooth.real) + 1j * np.interp(
        times_s, times_s[known], smooth.imag
    )
    return np.where(known, values, other + shift)


def _eye(
    side: Side, measured: Measured, tremble_mm: float, criteria: FaceCriteria
) -> dict[str, Variable]:
    """The aperture, and how far it is below where it rests."""
    times_s, aperture_mm = measured.times_s, measured.aperture_mm[side]
    resting = resting_level(
        times_s,
        aperture_mm,
        window_s=criteria["resting_window_s"],
        quantile=criteria["resting_eye_quantile"],
        moved=criteria[f"smallest_{EYELIDS}_mm"] / 2,
    )
    closure = resting - aperture_mm
    noise_mm = np.fmin(
        _quiet_sd(times_s, closure, criteria), criteria["largest_eye_noise"] * tremble_mm
    )
    return {
        f"palpebral_aperture_{side}": _labelled(
            aperture_mm, "palpebral_aperture", side, EYELIDS, resting=_median(resting)
        ),
        signal_of(EYELIDS, side): _labelled(
            closure, "eye_closure", side, EYELIDS, noise_floor=float(noise_mm)
        ),
    }


def _skin(
    site: str, side: Side, measured: Measured, tremble_mm: float, criteria: FaceCriteria
) -> dict[str, Variable]:
    """How far a region is from where it rests, and for some how far above."""
    times_s = measured.times_s
    patches = measured.moved_mm[site, side].reshape(times_s.size, -1).T
    shifts = [
        _from_rest(times_s, patch, criteria[f"smallest_{site}_mm"] / 2, criteria)
        for patch in patches
    ]
    sd_mm = [
        np.hypot(_quiet_sd(times_s, s.real, criteria), _quiet_sd(times_s, s.imag, criteria))
        for s in shifts
    ]
    # Of a side that twitches without pause the quietest windows are twitches too.
    noise_mm = np.minimum(np.max(sd_mm) / np.sqrt(2), criteria["largest_skin_noise"] * tremble_mm)
    # Where one of the patches is lost nobody knows which moved most.
    ranked = np.sort(np.abs(shifts), axis=0)
    excursion = ranked[-1]
    made = {
        signal_of(site, side): _labelled(
            excursion, "excursion", side, site, noise_floor=float(noise_mm)
        )
    }
    if site in SHEETS:
        beside = _beside(site, side, np.abs(shifts), measured, criteria)
        made[beside_of(site, side)] = _labelled(beside, "beside", side, site)
    if site in _HEIGHTS:
        made[f"{site}_height_{side}"] = _labelled(shifts[0].imag, "height", side, site)
    return made


def _beside(
    site: str, side: Side, moved: Floats, measured: Measured, criteria: FaceCriteria
) -> Floats:
    """How far the skin beside the patch that moved most has moved, shape (n,).

    That is the patch of its region that moved second most, or one of the next region that adjoins
    it. `moved` is (patches, n).
    """
    second: Floats = np.sort(moved, axis=0)[-2:][0]  # of one patch alone it is that
    for index, patch in enumerate(moved):
        next_site, next_index = ADJOINING.get((site, index), ("", 0))
        places = measured.moved_mm.get((next_site, side))
        if places is None or places.ndim < 2:
            continue
        least_mm = criteria[f"smallest_{next_site}_mm"] / 2
        other = np.abs(_from_rest(measured.times_s, places[:, next_index], least_mm, criteria))
        most = patch >= moved.max(axis=0)
        second = np.where(most, np.fmax(second, other), second)
    return second


def _from_rest(
    times_s: Floats, place: Complexes, moved_mm: float, criteria: FaceCriteria
) -> Complexes:
    """How far a patch is from where it rests."""
    across, up = (
        resting_level(
            times_s,
            axis,
            window_s=criteria["resting_window_s"],
            quantile=0.5,
            moved=moved_mm,
        )
        for axis in (place.real, place.imag)
    )
    return place - (across + 1j * up)


def _quiet_sd(times_s: Floats, values: Floats, criteria: FaceCriteria) -> float:
    return quiet_sd(
        times_s, values, window_s=criteria["noise_window_s"], share=criteria["noise_window_share"]
    )


def _labelled(values: Floats, quantity: str, side: Side, site: str, **more: object) -> Variable:
    labels: dict[str, object] = {
        "unit": "mm",
        "side": side.value,
        "site": site,
        "quantity": quantity,
        **more,
    }
    return "time", values, labels


def _judged(values: Complexes, judged: NDArray[np.bool_]) -> Complexes:
    return np.where(judged[:, np.newaxis], values, _NOT_SEEN)


def _median(values: NDArray[np.floating]) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")


def _duration_and_rate(times_s: Floats) -> tuple[float, float]:
    """Length of the recording up to the end of its last frame (s), and frames per second."""
    if times_s.size < 2:
        return 0.0, float("nan")
    interval_s = float(np.median(np.diff(times_s)))
    return float(times_s[-1] + interval_s), 1 / interval_s
