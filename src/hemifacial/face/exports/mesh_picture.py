"""A face drawn from its points alone: shaded triangles and lines on plain ground.

No function here is given a picture of a person, so that no pixel of one can come through.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.exports.marks import Picture
from hemifacial.face.exports.neutral import neutral_face_mm
from hemifacial.landmarks import mesh

__all__ = ["draw_mesh", "triangles"]

_GROUND = (40, 42, 46)
_SKIN = np.array([205.0, 200.0, 192.0])
_LINES = (120, 118, 114)
_WHITE_OF_EYE, _IRIS, _MOUTH = (240, 240, 240), (70, 60, 50), (60, 30, 30)
_LIGHT = np.array([0.25, -0.45, -0.86])
"""From above, the viewer's right and the front: z is smaller towards the camera."""
_SHIFT = 4  # places are given to 1/16 pixel, so that small movements are not lost
_LOWER_INNER_LIP = mesh.LIPS_INNER[6:15]
_PARTED_MM = 6.0


@cache
def triangles() -> NDArray[np.intp]:
    """The triangles between the points of the skin, (m, 3), with holes for eyes and mouth.

    They are those of Delaunay in the frontal view of the neutral face, its lips parted.
    """
    import cv2
    from scipy.spatial import Delaunay

    flat = _lips_parted(neutral_face_mm()[:468, :2])
    found = np.asarray(Delaunay(flat).simplices, dtype=np.intp)
    middles = flat[found].mean(axis=1)
    holes = [flat[list(mesh.EYE[side])] for side in SIDES] + [flat[list(mesh.LIPS_INNER)]]

    def within(outline: NDArray[np.float64]) -> NDArray[np.bool_]:
        ring = outline.astype(np.float32)
        return np.array([cv2.pointPolygonTest(ring, (x, y), False) > 0 for x, y in middles])

    kept = within(flat[list(mesh.FACE_OVAL)])
    for hole in holes:
        kept &= ~within(hole)
    return found[kept]


def _lips_parted(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    parted = flat.copy()
    line = flat[[mesh.LIPS_INNER[0], mesh.LIPS_INNER[10]], 1].mean()
    half = flat[mesh.MOUTH_CORNER[Side.LEFT], 0]
    below = flat[:, 1] > line + 0.5
    below[list(_LOWER_INNER_LIP)] = True
    inside = np.clip(1 - (flat[:, 0] / half) ** 2, 0, None)
    parted[below, 1] += _PARTED_MM * inside[below]
    return parted


def draw_mesh(points_px: NDArray[np.floating] | None, width_px: int, height_px: int) -> Picture:
    """The face as a picture, (height_px, width_px, 3); the ground alone without one.

    Parameters
    ----------
    points_px
        (478, 3) in pixels of that picture, z in the same unit.
    """
    import cv2

    picture = np.full((height_px, width_px, 3), _GROUND, np.uint8)
    if points_px is None:
        return picture
    points = np.asarray(points_px, dtype=np.float64)
    places = np.round(points[:, :2] * (1 << _SHIFT)).astype(np.int32)
    _draw_eyes_and_mouth(picture, points, places)
    corners = points[triangles()]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    colours = np.clip(_SKIN * (0.35 + 0.65 * np.abs(normals @ _LIGHT)[:, np.newaxis]), 0, 255)
    order = np.argsort(-corners[:, :, 2].mean(axis=1))  # far ones first, near ones over them
    outlines = places[triangles()]
    for index in order:
        colour = tuple(colours[index].round().tolist())
        cv2.fillConvexPoly(picture, outlines[index], colour, cv2.LINE_8, _SHIFT)
    cv2.polylines(picture, list(outlines[order]), True, _LINES, 1, cv2.LINE_AA, _SHIFT)
    return picture


def _draw_eyes_and_mouth(
    picture: Picture, points: NDArray[np.float64], places: NDArray[np.int32]
) -> None:
    """What shows through the holes of the mesh; drawn first, so that the lids lie over it."""
    import cv2

    cv2.fillPoly(picture, [places[list(mesh.LIPS_INNER)]], _MOUTH, cv2.LINE_8, _SHIFT)
    for side in SIDES:
        cv2.fillPoly(picture, [places[list(mesh.EYE[side])]], _WHITE_OF_EYE, cv2.LINE_8, _SHIFT)
        one, other = mesh.IRIS_WIDTH[side]
        radius = np.hypot(*(points[one] - points[other])[:2]) / 2
        middle = places[mesh.IRIS_CENTRE[side]].tolist()
        size = round(radius * (1 << _SHIFT))
        cv2.circle(picture, middle, size, _IRIS, cv2.FILLED, cv2.LINE_8, _SHIFT)
