"""Which frames can be judged: a face is there, it is the same face, nothing hides or turns it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.following.follow import Followed
from hemifacial.face.geometry import FaceFixed
from hemifacial.face.states import State
from hemifacial.landmarks.track import FaceTrack
from hemifacial.signals.excursions import runs
from hemifacial.signals.levels import rolling_quantile

__all__ = ["Judgement", "judge"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """The state of each frame, shape (n,), and in words what could not be judged and why.

    `other_face_s` is for how long another face was followed.
    """

    state: NDArray[np.int8]
    reason: str
    other_face_s: float


def judge(followed: Followed, face: FaceFixed, rate_hz: float, criteria: FaceCriteria) -> Judgement:
    """What can be judged of a recording."""
    track = followed.track
    state = np.where(face.seen, State.JUDGED, State.NO_FACE).astype(np.int8)
    nothing = _whole_recording(followed, face, rate_hz, criteria)
    turned = face.turn_deg > criteria["largest_turn_deg"]
    hidden = face.misfit_mm > criteria["largest_misfit_mm"]
    covered = face.seen & _eye_covered(track.times_s, followed.eye_contrast, criteria)
    margin_s = criteria["gap_margin_s"]
    hole = _beside_hole(track.times_s, margin_s)
    beside_gap = _within(track.times_s, ~face.seen | hole, margin_s)
    slow = _locally_slow(track.times_s, criteria["lowest_frame_rate_hz"])
    other = _other_face(track, face, criteria)
    unfit = turned | hidden | covered | beside_gap | slow | other | bool(nothing)
    state[face.seen & unfit] = State.UNJUDGED
    reasons = []
    if other.any():
        reasons.append("Another face was seen for a while; only the one seen longest was judged.")
    if covered.any():
        share = np.count_nonzero(covered) / np.count_nonzero(face.seen)
        reasons.append(
            f"An eye was covered for {100 * share:.0f} % of the time; that time was not judged, "
            "since one side shows nothing without the other."
        )
    return Judgement(
        state=state,
        reason=nothing or " ".join(reasons),
        other_face_s=float(np.count_nonzero(other) / rate_hz) if rate_hz > 0 else 0.0,
    )


def _whole_recording(
    followed: Followed, face: FaceFixed, rate_hz: float, criteria: FaceCriteria
) -> str:
    """Why nothing at all can be judged, or an empty text."""
    lowest_hz, smallest_px = criteria["lowest_frame_rate_hz"], criteria["smallest_face_px"]
    if not rate_hz >= lowest_hz:
        return f"{rate_hz:.1f} frames per second; at least {lowest_hz:.0f} are needed."
    if not face.outer_canthal_distance_px >= smallest_px:
        return (
            f"{face.outer_canthal_distance_px:.0f} px between the outer corners of the eyes; "
            f"at least {smallest_px:.0f} are needed."
        )
    known = followed.light[np.isfinite(followed.light[:, 0]), 0]
    if known.size and (level := float(np.median(known))) < criteria["darkest_judged_face"]:
        return (
            f"The face is too dark: brightness {level:.0f} of 255; "
            f"at least {criteria['darkest_judged_face']:.0f} is needed."
        )
    if not np.isfinite(face.tremble_mm):
        return "The face is seen too briefly: how much its landmarks tremble is not known."
    return ""


def _eye_covered(times_s: Floats, contrast: NDArray[np.float32], criteria: FaceCriteria) -> Mask:
    """Frames in which one eye shows next to nothing where the other shows an eye, open or shut."""
    lesser, greater = contrast.min(axis=1), contrast.max(axis=1)
    known = np.isfinite(lesser) & (greater >= criteria["least_eye_contrast"])
    if not known.any():
        return np.zeros(times_s.size, dtype=bool)
    share = np.interp(times_s, times_s[known], lesser[known] / greater[known])
    return np.asarray(share < criteria["covered_eye_share"])


def _other_face(track: FaceTrack, face: FaceFixed, criteria: FaceCriteria) -> Mask:
    """Frames of a face whose rigid shape is not that of the face seen longest.

    Between two stretches in which a face was followed nothing shows that it is the same
    person; the shape of what expressions leave in place does.
    """
    other = np.zeros(track.times_s.size, dtype=bool)
    starts = np.flatnonzero(track.acquired)
    if starts.size < 2:
        return other
    stretches = list(pairwise([*starts.tolist(), track.times_s.size]))
    shapes = [np.nanmedian(face.rigid_mm[start:stop], axis=0) for start, stop in stretches]
    longest = int(np.argmax([face.seen[start:stop].sum() for start, stop in stretches]))
    for (start, stop), shape in zip(stretches, shapes, strict=True):
        off_mm = float(np.sqrt(np.mean(np.sum((shape - shapes[longest]) ** 2, axis=1))))
        if off_mm > criteria["another_face_mm"]:
            other[start:stop] = True
    return other


def _locally_slow(times_s: Floats, lowest_hz: float) -> Mask:
    """Frames around which the frame rate falls below the lowest, as phones do in dim light."""
    if times_s.size < 2:
        return np.zeros(times_s.size, dtype=bool)
    intervals_s = np.diff(times_s, prepend=times_s[0] - (times_s[1] - times_s[0]))
    usual_s = rolling_quantile(times_s, intervals_s, window_s=1.0, quantile=0.5)
    return np.asarray(usual_s > 1.001 / lowest_hz)


def _beside_hole(times_s: Floats, longest_s: float) -> Mask:
    """Frames beside a stretch of time that has no frame at all."""
    hole = np.diff(times_s) > longest_s
    return np.asarray(np.append(hole, False) | np.append(False, hole))


def _within(times_s: Floats, mask: Mask, margin_s: float) -> Mask:
    """Frames that lie within a margin of a frame of the mask."""
    near = np.zeros(times_s.size, dtype=bool)
    for start, stop in runs(mask):
        first = np.searchsorted(times_s, times_s[start] - margin_s)
        last = np.searchsorted(times_s, times_s[stop - 1] + margin_s, side="right")
        near[first:last] = True
    return near
