"""A followed face in its own coordinates, in millimetres: what moves, and what should not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.alignment import laid_over, median_face
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.following.follow import Followed
from hemifacial.face.following.lids import LIDS
from hemifacial.face.following.skin import CANTHAL_DISTANCE_PX
from hemifacial.face.regions import PATCHES
from hemifacial.landmarks import mesh
from hemifacial.signals.levels import quiet_sd

__all__ = ["FaceFixed"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_LIPS = mesh.LIPS_MIDDLE[1:3]
_OPEN_SHARE = 0.85  # of the usual aperture: eyes that are open in both ways of reading
_LEAST_READ_BOTH_WAYS = 10  # frames
_SAME_READING = (0.8, 1.25)
# Of one closed eye the whole face shows two fifths of the difference that the halves show
# (docs/validation.md); of a difference that is not there it shows nothing.
_MOST_BEYOND_WHOLE, _FREE_MM = 4.0, 0.2


class FaceFixed:
    """A followed face laid over its own median: y upwards, the rigid part at rest.

    Attributes
    ----------
    seen
        (n,), whether there is a face.
    rigid_mm
        (n, 22, 3), the points that expressions leave in place.
    misfit_mm, turn_deg
        (n,), how far the rigid points are off, and how far the head is turned or nods.
    facing
        (n,), where the face looks, to the right and upwards in the picture, in radians.
    aperture_mm
        Of each side (n,), mean distance of the lid margins over the middle third of the lids; from
        its own half of the face where `by_itself` says so.
    by_itself
        (n,), whether the lids of each side were read from its own half of the face.
    place_mm
        Of site and side (n,), where a place of the mesh is: ``mouth_corner`` and ``brow``. The real
        part is to the viewer's right, the imaginary part up.
    resting_height_mm
        Of site and side, how high that place usually is above the line through the outer canthi.
    skin_mm
        Of site and side (n, 3), how far three patches of the skin there have moved since the first
        picture, in the same directions.
    skin_residual_mm
        (n,), how far the skin on bone disagrees with one movement of the head.
    mouth_width_mm, mouth_opening_mm
        (n,), between the corners, and between the inner edges of the lips at the midline.
    tremble_mm
        Standard deviation of a rigid point within half a second: the noise of the landmarks where
        no muscle moves them.
    outer_canthal_distance_px, mm_per_px
        Medians over the recording.
    """

    def __init__(self, followed: Followed, criteria: FaceCriteria) -> None:
        track = followed.track
        self._column = {int(index): column for column, index in enumerate(track.kept)}
        rigid = [self._column[int(i)] for i in mesh.RIGID]
        self.seen: NDArray[np.bool_] = np.isfinite(track.points_px[:, 0, 0])
        reference = median_face(track.points_px[self.seen][:, rigid].astype(np.float64))
        n = self.seen.size
        self._points = np.full((n, len(track.kept)), complex("nan+nanj"), dtype=np.complex64)
        self._lids = np.full((n, 2 * len(LIDS[Side.RIGHT])), np.nan, dtype=np.complex64)
        self.rigid_mm = np.full((n, len(rigid), 3), np.nan, dtype=np.float32)
        scale, misfit, nod_deg = (np.full(n, np.nan) for _ in range(3))
        self.facing: Complexes = np.full(n, complex("nan+nanj"))
        for where, laid in laid_over(track.points_px, rigid, reference):
            self._points[where] = _flat(laid.points)
            self._lids[where] = _flat(laid.lay(followed.lids_px[where].astype(np.float64)))
            self.rigid_mm[where] = laid.points[:, rigid]
            scale[where], misfit[where] = laid.scale, laid.misfit
            nod_deg[where] = laid.nod_deg
            self.facing[where] = laid.turn[:, 0, 2] + 1j * laid.turn[:, 1, 2]
        self._mm_per_unit = self._scale(criteria)
        self.mm_per_px = self._mm_per_unit * float(np.nanmedian(scale))
        self.misfit_mm: Floats = misfit * self._mm_per_unit
        self.rigid_mm *= np.float32(self._mm_per_unit)
        self.tremble_mm = float(
            np.median(
                [
                    quiet_sd(track.times_s, self.rigid_mm[:, point, axis].astype(np.float64))
                    for point in range(len(rigid))
                    for axis in (0, 1)
                ]
            )
        )
        self._measure_turn(track.points_px, nod_deg)
        self._measure_places(followed)

    def _scale(self, criteria: FaceCriteria) -> float:
        iris = [np.abs(self._at(a) - self._at(b)) for a, b in mesh.IRIS_WIDTH.values()]
        return criteria["iris_diameter_mm"] / float(np.nanmedian(np.stack(iris)))

    def _measure_turn(self, points_px: NDArray[np.float32], nod_deg: Floats) -> None:
        right, left = (self._column[mesh.OUTER_CANTHUS[side]] for side in SIDES)
        across = (points_px[:, left] - points_px[:, right]).astype(np.float64)
        distance_px = np.hypot(across[:, 0], across[:, 1])
        self.outer_canthal_distance_px = float(np.nanmedian(distance_px))
        turned_deg = np.abs(np.degrees(np.arctan2(across[:, 2], distance_px)))
        self.turn_deg: Floats = np.maximum(turned_deg, np.abs(nod_deg))
        self._canthal_mm = float(np.nanmedian(np.linalg.norm(across, axis=1))) * self.mm_per_px

    def _measure_places(self, followed: Followed) -> None:
        whole = {side: self._whole_aperture_mm(side) for side in SIDES}
        halves = {side: self._half_aperture_mm(side) for side in SIDES}
        self.by_itself: NDArray[np.bool_] = np.isfinite(halves[Side.RIGHT])
        apart = {side: _as_whole(halves[side], whole[side]) for side in SIDES}
        apart = _borne_out(apart, whole)
        self.aperture_mm = {
            side: np.where(self.by_itself, apart[side], whole[side]) for side in SIDES
        }
        corner = {side: self._mm(mesh.MOUTH_CORNER[side]) for side in SIDES}
        self.place_mm = {("mouth_corner", side): corner[side] for side in SIDES} | {
            ("brow", side): np.mean([self._mm(i) for i in mesh.BROW_UPPER_EDGE[side]], axis=0)
            for side in SIDES
        }
        self.resting_height_mm = {place: self._height_mm(mm) for place, mm in self.place_mm.items()}
        self.mouth_width_mm: Floats = np.abs(corner[Side.LEFT] - corner[Side.RIGHT])
        upper, lower = (self._mm(index) for index in _LIPS)
        self.mouth_opening_mm: Floats = np.abs(upper - lower)
        mm = self._canthal_mm / CANTHAL_DISTANCE_PX
        skin_mm = mm * _flat(followed.skin_px.astype(np.float64))
        ends = np.cumsum([len(patch) for patch in PATCHES.values()])[:-1]
        self.skin_mm = dict(zip(PATCHES, np.split(skin_mm, ends, axis=1), strict=True))
        self.skin_residual_mm: Floats = mm * followed.skin_residual_px.astype(np.float64)

    def _height_mm(self, place_mm: Complexes) -> float:
        right, left = (self._mm(index) for index in mesh.OUTER_CANTHUS.values())
        across = left - right
        with np.errstate(invalid="ignore"):  # where there is no face there is no line
            above = (place_mm - (left + right) / 2) * np.conj(1j * across / np.abs(across))
        return float(np.nanmedian(above.real))

    def _whole_aperture_mm(self, side: Side) -> Floats:
        pairs = zip(mesh.UPPER_LID[side], mesh.LOWER_LID[side], strict=True)
        gaps = [np.abs(self._at(upper) - self._at(lower)) for upper, lower in pairs]
        return np.asarray(np.mean(gaps, axis=0, dtype=np.float64) * self._mm_per_unit)

    def _half_aperture_mm(self, side: Side) -> Floats:
        first = list(LIDS).index(side) * len(LIDS[side])
        upper = self._lids[:, first : first + 3]
        lower = self._lids[:, first + 3 : first + 6]
        gaps = np.abs(upper - lower).mean(axis=1, dtype=np.float64)
        return np.asarray(gaps * self._mm_per_unit)

    def _mm(self, index: int) -> Complexes:
        return self._at(index).astype(np.complex128) * self._mm_per_unit

    def _at(self, index: int) -> NDArray[np.complex64]:
        return self._points[:, self._column[index]]


def _flat(points: Floats) -> Complexes:
    """The first two coordinates as one number: real to the viewer's right, imaginary up."""
    return np.asarray(points[..., 0] - 1j * points[..., 1])


def _as_whole(half: Floats, whole: Floats) -> Floats:
    """Apertures read from one half, in the size in which the whole face reads an open eye.

    The two ways of reading differ by a few percent, which must not look like a movement where one
    takes over from the other.
    """
    usual = np.nanmedian(whole) if np.isfinite(whole).any() else np.nan
    both = np.isfinite(half) & (whole >= _OPEN_SHARE * usual) & (half >= _OPEN_SHARE * usual)
    if np.count_nonzero(both) < _LEAST_READ_BOTH_WAYS:
        return half
    ratio = float(np.median(whole[both] / half[both]))
    return np.asarray(half * np.clip(ratio, *_SAME_READING))


def _borne_out(apart: Mapping[Side, Floats], whole: Mapping[Side, Floats]) -> dict[Side, Floats]:
    """Apertures from each half, differing by no more than the whole face bears out.

    Each half is read by a face that does not exist. Of two eyes that are closed it may take one for
    half open; the whole face, which underrates a difference, does not invent one.
    """
    right, left = (apart[side] for side in SIDES)
    usual = [np.nanmedian(w) if np.isfinite(w).any() else np.nan for w in whole.values()]
    # By share of each eye, or eyes that are not alike would differ when both are closed.
    share = whole[Side.RIGHT] / usual[0] - whole[Side.LEFT] / usual[1]
    seen = share * (usual[0] + usual[1]) / 2
    low = _MOST_BEYOND_WHOLE * np.minimum(seen, 0) - _FREE_MM
    high = _MOST_BEYOND_WHOLE * np.maximum(seen, 0) + _FREE_MM
    beyond = right - left - (usual[0] - usual[1]) * (right + left) / (usual[0] + usual[1])
    beyond = beyond - np.clip(beyond, low, high)
    return {Side.RIGHT: right - beyond / 2, Side.LEFT: left + beyond / 2}
