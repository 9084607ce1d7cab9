"""A real blink in a clip, as pictures to transplant: open, on the way, closed, laid on each other.

The idea, and that it shows what composed lids cannot, come from the measurements in which one
real closed eye read as half open beside an open one (docs/twin_face.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.video import open_video
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker
from hemifacial.twin.geometry import FaceGeometry, geometry_of
from hemifacial.twin.grid import smooth

__all__ = ["RealBlink", "blink_in"]

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]

_SIDES = (Side.RIGHT, Side.LEFT)
_CLOSED = 0.3  # Of its own open height: below this an eye is closed for the network.
_OPEN = 0.2  # Height over width of an eye that is open.
_BEFORE_S, _AFTER_S = 0.5, 0.6
_MOST_SHIFT = 0.12  # Of the distance of the outer canthi, between open and closed.
_BESIDE_MM = (6.0, 4.0)  # Transplanted around the fissure: to the temple and nose, downwards.
_ABOVE_MM = 11.0
_FEATHER_MM = 5.0
_RING_MM = 12.0  # Skin around the transplant by which it is aligned and its colour is matched.
_LEAST_GAIN, _MOST_GAIN = 0.75, 1.33


@dataclass(frozen=True, kw_only=True, eq=False)
class RealBlink:
    """Pictures of one blink, all in the place of the first.

    Parameters
    ----------
    pictures
        The first is a frame of the clip with open eyes; each other one is that frame with both
        eyes from another frame of the blink; the last has them closed.
    times_s
        When in the clip each eye was filmed.
    """

    pictures: tuple[Picture, ...]
    times_s: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Track:
    times_s: Array
    openness: Array  # (frames, 2): height over width of the right and the left eye.
    middle_px: Array  # (frames, 2)
    canthi_px: Array  # (frames,)


def blink_in(clip: Path, networks: FaceNetworks) -> RealBlink:
    """The clearest complete blink of a clip.

    Raises
    ------
    InputError
        If no frame shows both eyes closed soon after a frame with both open, the head at
        about the same place.
    """
    found = _clearest(_tracked(clip, networks))
    if found is None:
        raise InputError(
            f"{clip}: no blink to transplant: in no frame both eyes are closed to less than "
            f"{_CLOSED:.0%} within {_BEFORE_S:g} s of one with both open",
            next_step="Use a clip with a complete blink, or compose the lids.",
        )
    frames = _frames(clip, found)
    tracker = FaceTracker(networks)
    points: list[NDArray[np.float32]] = []
    for _, rgb in frames:
        seen = tracker.follow(rgb)
        if seen is None:
            raise InputError(
                f"{clip}: the face is lost during its blink", next_step="Compose the lids."
            )
        points.append(seen.points_px)
    base = frames[0][1]
    face = geometry_of(points[0])
    later = zip(frames[1:], points[1:], strict=True)
    pictures = [base, *(_with_eyes_of(base, face, points[0], rgb, at) for (_, rgb), at in later)]
    return RealBlink(pictures=tuple(pictures), times_s=tuple(time_s for time_s, _ in frames))


def _tracked(clip: Path, networks: FaceNetworks) -> _Track:
    tracker = FaceTracker(networks)
    rows: list[list[float]] = []
    with open_video(clip) as video:
        for frame in video.frames():
            seen = tracker.follow(frame.rgb)
            if seen is None:
                rows.append([frame.time_s, *[np.nan] * 5])
                continue
            points = seen.points_px[:, :2]
            canthi = points[[mesh.OUTER_CANTHUS[side] for side in _SIDES]]
            apart = float(np.linalg.norm(canthi[1] - canthi[0]))
            opened = [_openness(points, side) for side in _SIDES]
            rows.append([frame.time_s, *opened, *points[mesh.RIGID].mean(axis=0), apart])
    table = np.array(rows)
    return _Track(
        times_s=table[:, 0], openness=table[:, 1:3], middle_px=table[:, 3:5], canthi_px=table[:, 5]
    )


def _openness(points: NDArray[np.floating], side: Side) -> float:
    upper, lower = points[list(mesh.UPPER_LID[side])], points[list(mesh.LOWER_LID[side])]
    eye = points[list(mesh.UPPER_LID_MARGIN[side])]
    height = np.linalg.norm(upper - lower, axis=1).mean()
    return float(height / np.linalg.norm(eye[0] - eye[-1]))


def _clearest(track: _Track) -> list[int] | None:
    """Indices of the frames of the best blink: open, in between, closed; None if there is none.

    The best is the most closed one, with the least movement of the head.
    """
    best: tuple[float, list[int]] | None = None
    seen = np.isfinite(track.openness).all(axis=1)
    for closed in np.flatnonzero(seen):
        near = (track.times_s > track.times_s[closed] - _BEFORE_S) & seen
        before = np.flatnonzero(near & (track.times_s < track.times_s[closed]))
        if not before.size:
            continue
        wide = track.openness[before].min(axis=1)
        # The latest frame that is as good as fully open: the head has moved least since.
        open_ = int(before[np.flatnonzero(wide >= 0.95 * wide.max())[-1]])
        left = track.openness[closed] / track.openness[open_]
        shift = float(np.linalg.norm(track.middle_px[closed] - track.middle_px[open_]))
        shift /= track.canthi_px[open_]
        if wide.max() < _OPEN or left.max() > _CLOSED or shift > _MOST_SHIFT:
            continue
        cost = float(left.max()) + 2 * shift
        if best is None or cost < best[0]:
            best = cost, [open_, *_between(track, open_, int(closed)), int(closed)]
    return best[1] if best else None


def _between(track: _Track, open_: int, closed: int) -> list[int]:
    """Frames in which the eyes are partly closed, from open to closed.

    Of the way up where there are any: it is slower, and its frames are sharper.
    """
    left = (track.openness / track.openness[open_]).mean(axis=1)
    after = (track.times_s > track.times_s[closed]) & (
        track.times_s < track.times_s[closed] + _AFTER_S
    )
    for way in (np.flatnonzero(after), np.arange(open_ + 1, closed)):
        partly = [int(at) for at in way if _CLOSED < left[at] < 0.8]
        if partly:
            return sorted(partly, key=lambda at: -float(left[at]))[:3]
    return []


def _frames(clip: Path, wanted: list[int]) -> list[tuple[float, Picture]]:
    found: dict[int, tuple[float, Picture]] = {}
    with open_video(clip) as video:
        for index, frame in enumerate(video.frames()):
            if index in wanted:
                found[index] = frame.time_s, frame.rgb.copy()
            if len(found) == len(wanted):
                break
    return [found[index] for index in wanted]


def _with_eyes_of(
    base: Picture,
    face: FaceGeometry,
    base_points: NDArray[np.float32],
    other: Picture,
    other_points: NDArray[np.float32],
) -> Picture:
    """The base with both eyes of another picture, aligned, matched in colour and feathered."""
    first, _ = cv2.estimateAffinePartial2D(
        base_points[mesh.RIGID, :2], other_points[mesh.RIGID, :2], method=cv2.LMEDS
    )
    laid = base
    for side in _SIDES:
        inside_mm = _eye_depth_mm(face, side, base.shape)
        ring = (inside_mm < 0) & (inside_mm > -_RING_MM)
        to_other = _aligned(base, other, np.asarray(first, dtype=float), ring)
        size = (base.shape[1], base.shape[0])
        how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(other, to_other, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        matched = _matched(np.asarray(moved, dtype=np.uint8), base, ring)
        cover = smooth(inside_mm / _FEATHER_MM + 1)[..., None]
        mixed = laid + cover * (matched - laid)
        laid = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return laid


def _eye_depth_mm(face: FaceGeometry, side: Side, shape: tuple[int, ...]) -> Array:
    """How deep each pixel lies within the eye that is transplanted; negative around it."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    fissure = face.fissure_px(side)
    corners = fissure[[0, 8]]
    middle = corners.mean(axis=0)
    offset_mm = (np.stack([columns, rows], axis=-1) - middle) * face.mm_per_px
    aside, above = np.abs(offset_mm @ face.leftward), offset_mm @ face.upward
    width = float(np.linalg.norm(corners[1] - corners[0])) * face.mm_per_px / 2 + _BESIDE_MM[0]
    opened = float(np.abs((fissure - middle) @ face.upward).max()) * face.mm_per_px
    height = np.where(above > 0, opened + _ABOVE_MM, opened + _BESIDE_MM[1])
    radius = np.hypot(aside / width, above / height)
    return np.asarray((1 - radius) * np.minimum(width, height))


def _aligned(base: Picture, other: Picture, first: Array, ring: NDArray[np.bool_]) -> Array:
    """The affine map from the base to the other picture that fits the skin around one eye."""
    rows, columns = np.flatnonzero(ring.any(axis=1)), np.flatnonzero(ring.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    grey, other_grey = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (base, other))
    # The part as a picture of its own; the map is carried over to its corner and back.
    start = first.astype(np.float32).copy()
    start[:, 2] += start[:, :2] @ np.array([left, top], dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    template = np.ascontiguousarray(grey[top:bottom, left:right])
    # What blinks must not take part: only the skin around the eye is compared.
    size = (other.shape[1], other.shape[0])
    mask = cv2.warpAffine(ring.astype(np.uint8), first, size, flags=cv2.INTER_NEAREST)
    try:
        _, found = cv2.findTransformECC(
            template, other_grey, start, cv2.MOTION_AFFINE, stop, mask, 5
        )
    except cv2.error:  # it did not converge: flat skin, strong blur
        return first
    found = np.array(found, dtype=float)
    found[:, 2] -= found[:, :2] @ np.array([left, top], dtype=float)
    centre = np.array([(left + right) / 2, (top + bottom) / 2, 1.0])
    astray = np.linalg.norm((found - first) @ centre) > 0.25 * (right - left)
    return first if astray else np.asarray(found, dtype=float)


def _matched(moved: Picture, base: Picture, ring: NDArray[np.bool_]) -> Array:
    """The other picture with mean and contrast of each channel as the skin around the eye has."""
    seen, wanted = moved[ring].astype(float), base[ring].astype(float)
    spread = np.maximum(seen.std(axis=0), 1.0)
    gain = np.clip(wanted.std(axis=0) / spread, _LEAST_GAIN, _MOST_GAIN)
    return np.asarray((moved - seen.mean(axis=0)) * gain + wanted.mean(axis=0))
