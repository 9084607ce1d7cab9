"""From the mesh to millimetres: palpebral aperture and mouth-corner excursion, side by side.

Landmarks are brought into a coordinate system fixed to the rigid part of the face by one
similarity transform a frame, in three dimensions, so that a turn of the head is not taken for a
movement of the mouth. The iris gives the scale, once a recording, so that its own jitter does
not enter the signals. Nothing is smoothed over time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.geometry import FaceFixed
from hemifacial.face.judge import judge
from hemifacial.face.states import State
from hemifacial.landmarks.track import FaceTrack
from hemifacial.signals.levels import quiet_sd, resting_level

__all__ = ["signals_of", "trace"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
_Variable = tuple[str, NDArray[np.generic], dict[str, object]]

_SIDES = (Side.RIGHT, Side.LEFT)
_NOT_SEEN = complex("nan+nanj")


def trace(
    track: FaceTrack, criteria: FaceCriteria, *, damaged: NDArray[np.bool_] | None = None
) -> xr.Dataset:
    """The signals of one recording over ``time`` (s), right and left by the patient.

    Parameters
    ----------
    damaged
        Shape (n,), frames that the decoder could not restore; they are not judged.

    Returns
    -------
    xarray.Dataset
        ``palpebral_aperture_*``, ``eye_closure_*`` (below the resting aperture, positive when
        closing) and ``mouth_corner_excursion_*`` (distance of the mouth corner from its resting place),
        in mm, NaN where not judged; ``state`` as in `hemifacial.face.states`. The attributes of
        the closure and the excursion carry ``noise_floor`` and ``threshold`` in mm; those of
        the dataset say what the recording allows.

    Notes
    -----
    The excursion is a length, so its noise does not have zero mean; its noise floor is that of
    one axis, the root mean square of both.
    """
    duration_s, rate_hz = _duration_and_rate(track.times_s)
    face = FaceFixed(track, criteria)
    judgement = judge(track, face, rate_hz, criteria)
    state = judgement.state
    if damaged is not None:
        state = np.where(damaged & (state == State.JUDGED), State.UNJUDGED, state).astype(np.int8)
    judged = state == State.JUDGED
    signals = signals_of(
        track.times_s,
        {side: np.where(judged, face.aperture_mm(side), np.nan) for side in _SIDES},
        {side: np.where(judged, face.mouth_corner_mm(side), _NOT_SEEN) for side in _SIDES},
        tremble_mm=face.tremble_mm,
        mm_per_px=face.mm_per_px,
        criteria=criteria,
    )
    labels = {"unit": "1", "side": "n/a", "site": "n/a", "quantity": "state"}
    return signals.assign(state=("time", state, labels)).assign_attrs(
        duration_s=duration_s,
        frame_rate_hz=rate_hz,
        outer_canthal_distance_px=face.outer_canthal_distance_px,
        image_scale_mm_per_px=face.mm_per_px,
        unjudged_reason=judgement.reason,
    )


def signals_of(
    times_s: Floats,
    aperture_mm: Mapping[Side, Floats],
    mouth_corner_mm: Mapping[Side, Complexes],
    *,
    tremble_mm: float,
    mm_per_px: float,
    criteria: FaceCriteria,
) -> xr.Dataset:
    """The signals of `trace` without its ``state``, from what both sides measure.

    Parameters
    ----------
    times_s
        Shape (n,).
    aperture_mm, mouth_corner_mm
        Shape (n,) a side, NaN where not judged; a place has its imaginary part upwards.
    tremble_mm
        Noise of landmarks that no muscle moves, as `FaceFixed` has it.
    mm_per_px
        Scale of the picture.
    """
    variables: dict[str, _Variable] = {}
    for side in _SIDES:
        variables |= _eye(side, times_s, aperture_mm[side], tremble_mm, criteria)
        variables |= _mouth(side, times_s, mouth_corner_mm[side], tremble_mm, criteria)
    _set_thresholds(variables, mm_per_px, criteria)
    return xr.Dataset(variables, coords={"time": ("time", times_s, {"unit": "s"})})


def _eye(
    side: Side, times_s: Floats, aperture_mm: Floats, tremble_mm: float, criteria: FaceCriteria
) -> dict[str, _Variable]:
    """The aperture, and how far it is below where it rests."""
    resting = resting_level(
        times_s,
        aperture_mm,
        window_s=criteria["resting_window_s"],
        quantile=criteria["resting_eye_quantile"],
        moved=criteria["smallest_eyelids_mm"] / 2,
    )
    middle = float(np.nanmedian(resting)) if np.isfinite(resting).any() else float("nan")
    closure = resting - aperture_mm
    noise_mm = np.fmin(
        _quiet_sd(times_s, closure, criteria), criteria["largest_eye_noise"] * tremble_mm
    )
    return {
        f"palpebral_aperture_{side}": _labelled(
            aperture_mm, "palpebral_aperture", side, "eyelids", resting=middle
        ),
        f"eye_closure_{side}": _labelled(
            closure, "eye_closure", side, "eyelids", noise_floor=float(noise_mm)
        ),
    }


def _mouth(
    side: Side, times_s: Floats, place_mm: Complexes, tremble_mm: float, criteria: FaceCriteria
) -> dict[str, _Variable]:
    """How far the mouth corner is from where it rests."""
    window_s, moved = criteria["resting_window_s"], criteria["smallest_mouth_corner_mm"] / 2
    across, up = (
        resting_level(times_s, axis, window_s=window_s, quantile=0.5, moved=moved)
        for axis in (place_mm.real, place_mm.imag)
    )
    shift = place_mm - (across + 1j * up)
    sd_mm = [_quiet_sd(times_s, axis, criteria) for axis in (shift.real, shift.imag)]
    noise_mm = np.fmin(
        np.hypot(sd_mm[0], sd_mm[1]) / np.sqrt(2), criteria["largest_mouth_noise"] * tremble_mm
    )
    excursion = _labelled(
        np.abs(shift), "mouth_corner_excursion", side, "mouth_corner", noise_floor=float(noise_mm)
    )
    return {f"mouth_corner_excursion_{side}": excursion}


def _quiet_sd(times_s: Floats, values: Floats, criteria: FaceCriteria) -> float:
    return quiet_sd(
        times_s, values, window_s=criteria["noise_window_s"], share=criteria["noise_window_share"]
    )


def _set_thresholds(
    variables: dict[str, _Variable], mm_per_px: float, criteria: FaceCriteria
) -> None:
    """One threshold a region: the absolute one, or what noise or pixels allow if higher."""
    for stem, name in (
        ("eye_closure", "smallest_eyelids_mm"),
        ("mouth_corner_excursion", "smallest_mouth_corner_mm"),
    ):
        labels = [variables[f"{stem}_{side}"][2] for side in _SIDES]
        noisier_mm = max(float(str(label["noise_floor"])) for label in labels)
        allowed_mm = np.fmax(
            criteria["noise_multiple"] * noisier_mm, criteria["smallest_movement_px"] * mm_per_px
        )
        for label in labels:
            label["threshold"] = float(np.fmax(criteria[name], allowed_mm))


def _labelled(values: Floats, quantity: str, side: Side, site: str, **more: object) -> _Variable:
    labels: dict[str, object] = {
        "unit": "mm",
        "side": side.value,
        "site": site,
        "quantity": quantity,
        **more,
    }
    return "time", values, labels


def _duration_and_rate(times_s: Floats) -> tuple[float, float]:
    """Length of the recording up to the end of its last frame (s), and frames per second."""
    if times_s.size < 2:
        return 0.0, float("nan")
    interval_s = float(np.median(np.diff(times_s)))
    return float(times_s[-1] + interval_s), 1 / interval_s
