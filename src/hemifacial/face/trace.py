"""From the mesh to millimetres: palpebral aperture and mouth-corner excursion, side by side.

Landmarks are brought into a coordinate system fixed to the rigid part of the face by one
similarity transform a frame, in three dimensions, so that a turn of the head is not taken for a
movement of the mouth. The iris gives the scale, once a recording, so that its own jitter does
not enter the signals. Nothing is smoothed over time.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.alignment import laid_over_median
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.states import State
from hemifacial.landmarks import mesh
from hemifacial.landmarks.track import FaceTrack
from hemifacial.signals.levels import quiet_sd, resting_level

__all__ = ["trace"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


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
        closing) and ``mouth_excursion_*`` (distance of the mouth corner from its resting place),
        in mm, NaN where not judged; ``state`` as in `hemifacial.face.states`. The attributes of
        the closure and the excursion carry ``noise_floor`` and ``threshold`` in mm; those of
        the dataset say what the recording allows.

    Notes
    -----
    The excursion is a length, so its noise does not have zero mean; its noise floor is that of
    one axis, the root mean square of both.
    """
    duration_s, rate_hz = _duration_and_rate(track.times_s)
    face = _FaceFixed(track, criteria)
    state, reason = _states(track, face, rate_hz, criteria)
    if damaged is not None:
        state[damaged & (state == State.JUDGED)] = State.UNJUDGED
    judged = state == State.JUDGED
    variables: dict[str, tuple[str, Floats, dict[str, object]]] = {}
    for side in (Side.RIGHT, Side.LEFT):
        aperture = np.where(judged, face.aperture_mm(side), np.nan)
        closure, resting_mm = _eye_closure(track.times_s, aperture, criteria)
        offset = np.where(judged, face.mouth_corner_mm(side), complex("nan+nanj"))
        shift = _from_rest(track.times_s, offset, criteria)
        variables[f"palpebral_aperture_{side}"] = _labelled(
            aperture, "palpebral_aperture", side, "eyelids", resting=resting_mm
        )
        variables[f"eye_closure_{side}"] = _labelled(
            closure, "eye_closure", side, "eyelids", noise_floor=quiet_sd(track.times_s, closure)
        )
        variables[f"mouth_excursion_{side}"] = _labelled(
            np.abs(shift),
            "mouth_excursion",
            side,
            "mouth_corner",
            noise_floor=_axis_noise(track.times_s, shift),
        )
    _set_thresholds(variables, criteria)
    variables["state"] = (
        "time",
        state.astype(np.int8),
        {"unit": "1", "side": "n/a", "site": "n/a", "quantity": "state"},
    )
    return xr.Dataset(
        variables,
        coords={"time": ("time", track.times_s, {"unit": "s"})},
        attrs={
            "duration_s": duration_s,
            "frame_rate_hz": rate_hz,
            "outer_canthal_distance_px": face.outer_canthal_distance_px,
            "image_scale_mm_per_px": face.mm_per_px,
            "unjudged_reason": reason,
        },
    )


class _FaceFixed:
    """Landmarks in the face's own coordinates: millimetres, y upwards, the rigid part at rest."""

    def __init__(self, track: FaceTrack, criteria: FaceCriteria) -> None:
        self._column = {int(index): column for column, index in enumerate(track.kept)}
        pixels = np.asarray(track.points_px, dtype=np.float64)
        laid = laid_over_median(pixels, [self._column[int(i)] for i in mesh.RIGID])
        self._points: Complexes = laid.points[:, :, 0] - 1j * laid.points[:, :, 1]
        iris = [np.abs(self._at(a) - self._at(b)) for a, b in mesh.IRIS_WIDTH.values()]
        self._mm_per_unit = criteria["iris_diameter_mm"] / float(np.nanmedian(np.stack(iris)))
        self.mm_per_px = self._mm_per_unit * float(np.nanmedian(laid.scale))
        self.misfit_mm = laid.misfit * self._mm_per_unit
        right, left = (self._column[mesh.OUTER_CANTHUS[side]] for side in (Side.RIGHT, Side.LEFT))
        across = pixels[:, left] - pixels[:, right]
        distance_px = np.hypot(across[:, 0], across[:, 1])
        self.outer_canthal_distance_px = float(np.nanmedian(distance_px))
        turned_deg = np.abs(np.degrees(np.arctan2(across[:, 2], distance_px)))
        self.turn_deg: Floats = np.maximum(turned_deg, np.abs(laid.nod_deg))

    def aperture_mm(self, side: Side) -> Floats:
        """Mean distance of the lid margins over the middle third of the lids, in mm."""
        pairs = zip(mesh.UPPER_LID[side], mesh.LOWER_LID[side], strict=True)
        gaps = [np.abs(self._at(upper) - self._at(lower)) for upper, lower in pairs]
        return np.asarray(np.mean(gaps, axis=0) * self._mm_per_unit)

    def mouth_corner_mm(self, side: Side) -> Complexes:
        """Place of the mouth corner in mm: real part to the viewer's right, imaginary part up."""
        return self._at(mesh.MOUTH_CORNER[side]) * self._mm_per_unit

    def _at(self, index: int) -> Complexes:
        return self._points[:, self._column[index]]


def _eye_closure(
    times_s: Floats, aperture_mm: Floats, criteria: FaceCriteria
) -> tuple[Floats, float]:
    resting = resting_level(
        times_s,
        aperture_mm,
        window_s=criteria["resting_window_s"],
        quantile=criteria["resting_eye_quantile"],
        moved=criteria["smallest_eye_closure_mm"] / 2,
    )
    middle = float(np.nanmedian(resting)) if np.isfinite(resting).any() else float("nan")
    return resting - aperture_mm, middle


def _from_rest(times_s: Floats, place_mm: Complexes, criteria: FaceCriteria) -> Complexes:
    window_s, moved = criteria["resting_window_s"], criteria["smallest_mouth_excursion_mm"] / 2
    across, up = (
        resting_level(times_s, axis, window_s=window_s, quantile=0.5, moved=moved)
        for axis in (place_mm.real, place_mm.imag)
    )
    return place_mm - (across + 1j * up)


def _axis_noise(times_s: Floats, shift_mm: Complexes) -> float:
    across, up = quiet_sd(times_s, shift_mm.real), quiet_sd(times_s, shift_mm.imag)
    return float(np.hypot(across, up) / np.sqrt(2))


def _set_thresholds(
    variables: dict[str, tuple[str, Floats, dict[str, object]]], criteria: FaceCriteria
) -> None:
    """One threshold a region: the absolute one, or a multiple of the noisier side if higher."""
    for stem, name in (
        ("eye_closure", "smallest_eye_closure_mm"),
        ("mouth_excursion", "smallest_mouth_excursion_mm"),
    ):
        labels = [variables[f"{stem}_{side}"][2] for side in (Side.RIGHT, Side.LEFT)]
        noisier = max(float(str(label["noise_floor"])) for label in labels)
        for label in labels:
            label["threshold"] = float(
                np.fmax(criteria[name], criteria["noise_multiple"] * noisier)
            )


def _labelled(
    values: Floats, quantity: str, side: Side, site: str, **more: object
) -> tuple[str, Floats, dict[str, object]]:
    return (
        "time",
        values,
        {"unit": "mm", "side": side.value, "site": site, "quantity": quantity, **more},
    )


def _duration_and_rate(times_s: Floats) -> tuple[float, float]:
    """Length of the recording up to the end of its last frame (s), and frames per second."""
    if times_s.size < 2:
        return 0.0, float("nan")
    interval_s = float(np.median(np.diff(times_s)))
    return float(times_s[-1] + interval_s), 1 / interval_s


def _states(
    track: FaceTrack, face: _FaceFixed, rate_hz: float, criteria: FaceCriteria
) -> tuple[NDArray[np.int8], str]:
    """The state of each frame, and in words why nothing at all could be judged."""
    seen = np.isfinite(track.points_px[:, 0, 0])
    state = np.where(seen, State.JUDGED, State.NO_FACE).astype(np.int8)
    reason = ""
    if not rate_hz >= criteria["lowest_frame_rate_hz"]:
        reason = (
            f"{rate_hz:.1f} frames per second; "
            f"at least {criteria['lowest_frame_rate_hz']:.0f} are needed"
        )
    elif face.outer_canthal_distance_px < criteria["smallest_face_px"]:
        reason = (
            f"{face.outer_canthal_distance_px:.0f} px between the outer corners of the eyes; "
            f"at least {criteria['smallest_face_px']:.0f} are needed"
        )
    turned = face.turn_deg > criteria["largest_turn_deg"]
    covered = face.misfit_mm > criteria["largest_misfit_mm"]
    margin_s = criteria["gap_margin_s"]
    beside_gap = _within(track.times_s, ~seen | _beside_hole(track.times_s, margin_s), margin_s)
    state[seen & (turned | covered | beside_gap | bool(reason))] = State.UNJUDGED
    return state, reason


def _beside_hole(times_s: Floats, longest_s: float) -> NDArray[np.bool_]:
    """Frames beside a stretch of time that has no frame at all."""
    hole = np.diff(times_s) > longest_s
    return np.asarray(np.append(hole, False) | np.append(False, hole))


def _within(times_s: Floats, mask: NDArray[np.bool_], margin_s: float) -> NDArray[np.bool_]:
    """Frames that lie within a margin of a frame of the mask."""
    marked = times_s[mask]
    if marked.size == 0:
        return np.zeros(times_s.size, dtype=bool)
    after = np.searchsorted(marked, times_s)
    before_s = times_s - marked[np.maximum(after - 1, 0)]
    until_s = marked[np.minimum(after, marked.size - 1)] - times_s
    return (np.abs(before_s) <= margin_s) | (np.abs(until_s) <= margin_s)
