"""Where a face is in a picture, in the millimetres and directions of its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh

__all__ = ["IRIS_MM", "FaceGeometry", "aperture_mm", "geometry_of"]

Points = NDArray[np.float64]

IRIS_MM = 11.7
"""Horizontal diameter of the visible iris, nearly the same in all adults."""

# Glabella and bridge, base of the nose, lips, chin; not the tip, which a turned head moves aside.
_MIDLINE = (10, 151, 168, 6, 2, 0, 17, 200, 152)


@dataclass(frozen=True, kw_only=True)
class FaceGeometry:
    """A face in a picture.

    Parameters
    ----------
    points_px
        Mesh, shape (478, 2), x to the right and y down.
    mm_per_px
        From the iris, `IRIS_MM` across.
    leftward
        Unit vector in the picture towards the patient's left, from canthus to canthus.
    upward
        Unit vector in the picture towards the patient's forehead, at right angles to it.
    """

    points_px: Points
    mm_per_px: float
    leftward: Points
    upward: Points

    def lateral(self, side: Side) -> Points:
        """Unit vector away from the midline on a side (`Side.RIGHT` or `Side.LEFT`)."""
        return self.leftward if side is Side.LEFT else -self.leftward

    def beside_midline_mm(self, xy_px: Points, side: Side) -> Points:
        """How far points of shape (..., 2) lie from the midline, positive on `side`."""
        line = self._in_axes(self.points_px[list(_MIDLINE)])
        line = line[np.argsort(line[:, 1])]
        place = self._in_axes(xy_px)
        off = place[..., 0] - np.interp(place[..., 1], line[:, 1], line[:, 0])
        return np.asarray(off * self.mm_per_px * (1 if side is Side.LEFT else -1))

    def outline_px(self) -> Points:
        """The oval of the face as a closed polygon, shape (36, 2)."""
        return self.points_px[list(mesh.FACE_OVAL)]

    def fissure_px(self, side: Side) -> Points:
        """The opening between the lids as a polygon, shape (16, 2)."""
        return self.points_px[list(mesh.EYE[side])]

    def _in_axes(self, xy_px: Points) -> Points:
        return np.stack([xy_px @ self.leftward, xy_px @ -self.upward], axis=-1)


def geometry_of(points_px: NDArray[np.floating], *, mm_per_px: float | None = None) -> FaceGeometry:
    """The geometry of one face from its mesh, shape (478, 2) or (478, 3) with z ignored.

    Parameters
    ----------
    mm_per_px
        Scale to use in place of the iris of this very frame, for a clip whose irises
        disappear behind closing lids.
    """
    points = np.array(points_px, dtype=float)[:, :2]
    canthi = points[mesh.OUTER_CANTHUS[Side.LEFT]] - points[mesh.OUTER_CANTHUS[Side.RIGHT]]
    leftward = canthi / np.linalg.norm(canthi)
    # Image y points down: turning by a quarter gives "up" for a mirrored face just as well.
    upward = np.array([leftward[1], -leftward[0]])
    if upward @ (points[10] - points[152]) < 0:
        upward = -upward
    iris_px = np.mean([_distance(points, pair) for pair in mesh.IRIS_WIDTH.values()])
    return FaceGeometry(
        points_px=points,
        mm_per_px=mm_per_px or float(IRIS_MM / iris_px),
        leftward=leftward,
        upward=upward,
    )


def aperture_mm(face: FaceGeometry, side: Side) -> float:
    """Height of the palpebral fissure at the middle of the lid, in mm."""
    upper = face.points_px[mesh.UPPER_LID_MARGIN[side][4]]
    lower = face.points_px[mesh.LOWER_LID_MARGIN[side][4]]
    return float((upper - lower) @ face.upward * face.mm_per_px)


def _distance(points: Points, pair: Sequence[int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))
