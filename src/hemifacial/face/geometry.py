"""Landmarks in the face's own coordinates, in millimetres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.alignment import laid_over_median
from hemifacial.face.criteria import FaceCriteria
from hemifacial.landmarks import mesh
from hemifacial.landmarks.track import FaceTrack
from hemifacial.signals.levels import quiet_sd

__all__ = ["FaceFixed"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_SIDES = (Side.RIGHT, Side.LEFT)
_USED = sorted(
    {int(i) for i in mesh.RIGID}
    | {
        i
        for group in (mesh.UPPER_LID, mesh.LOWER_LID, mesh.IRIS_WIDTH)
        for s in _SIDES
        for i in group[s]
    }
    | {point[s] for point in (mesh.MOUTH_CORNER, mesh.OUTER_CANTHUS) for s in _SIDES}
)


class FaceFixed:
    """A tracked face laid over its own median: y upwards, the rigid part at rest.

    Attributes
    ----------
    seen
        (n,), whether there is a face.
    rigid_mm
        (n, 22, 3), the points that expressions leave in place.
    misfit_mm, turn_deg
        (n,), how far the rigid points are off, and how far the head is turned or nods.
    tremble_mm
        Standard deviation of a rigid point within half a second: the noise of the landmarks where
        no muscle moves them.
    outer_canthal_distance_px, mm_per_px
        Medians over the recording.
    """

    def __init__(self, track: FaceTrack, criteria: FaceCriteria) -> None:
        kept = {int(index): column for column, index in enumerate(track.kept)}
        pixels = np.asarray(track.points_px[:, [kept[i] for i in _USED]], dtype=np.float64)
        self._column = {index: column for column, index in enumerate(_USED)}
        rigid = [self._column[int(i)] for i in mesh.RIGID]
        laid = laid_over_median(pixels, rigid)
        self.seen: NDArray[np.bool_] = np.isfinite(pixels[:, 0, 0])
        self._points: Complexes = laid.points[:, :, 0] - 1j * laid.points[:, :, 1]
        iris = [np.abs(self._at(a) - self._at(b)) for a, b in mesh.IRIS_WIDTH.values()]
        self._mm_per_unit = criteria["iris_diameter_mm"] / float(np.nanmedian(np.stack(iris)))
        self.mm_per_px = self._mm_per_unit * float(np.nanmedian(laid.scale))
        self.misfit_mm: Floats = laid.misfit * self._mm_per_unit
        self.rigid_mm: Floats = laid.points[:, rigid] * self._mm_per_unit
        self.tremble_mm = float(
            np.median(
                [
                    quiet_sd(track.times_s, self.rigid_mm[:, point, axis])
                    for point in range(len(rigid))
                    for axis in (0, 1)
                ]
            )
        )
        right, left = (self._column[mesh.OUTER_CANTHUS[side]] for side in _SIDES)
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
