"""The warp ``mesh``: muscles as Gaussians around the points of the face mesh (`muscles.tsv`).

Exactly zero beyond the midline, outside the face and on the eyeballs.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.landmarks import mesh
from hemifacial.twin.geometry import FaceGeometry
from hemifacial.twin.grid import Grid, bilinear, grid_over, inside_mm, smooth
from hemifacial.twin.muscles import SkinPull, pulls_of
from hemifacial.twin.skin import JAW, Field, MuscleSide, SkinFields

__all__ = ["mesh_fields"]

Array = NDArray[np.float64]

_MARGIN_MM = 6.0
_NECK_MM = 26.0  # Kept below the chin, where the skin follows an opening jaw.
_CUTOFF = (2.2, 3.0)  # In standard deviations: where a Gaussian starts to end, and has ended.
_MIDLINE_MM = 7.0  # A pull reaches its full size this far beside the midline; beyond it, nothing.
_EDGE_MM = (-4.0, 8.0)  # Inside the oval of the face: from no movement to the whole of it.
_EYE_MM = (1.0, 6.0)  # Around the fissure: the skin glides, the eyeball does not go with it.
_LIP_MM = 9.0  # Height of the lower lip, over which the opening of the mouth grows to its size.
_LOWER_LIP, _CHIN = 17, 152  # Middle of the lower edge of the lower lip; lowest point of the chin.
_JAW_HALF_MM = 26.0  # One standard deviation of the opening jaw to each side.


def mesh_fields(face: FaceGeometry, wanted: Iterable[MuscleSide]) -> SkinFields:
    """The fields of these muscles on a face; exactly zero on the other side of the midline.

    Raises
    ------
    UsageError
        If the landmark of a muscle lies at the edge of the face.
    """
    grid = _grid_of(face)
    nodes = grid.nodes_px()
    allowed = _movable(face, grid)
    unit: dict[MuscleSide, Field] = {}
    centres: dict[MuscleSide, Array] = {}
    for muscle, side in wanted:
        if (muscle, side) == JAW:
            unit[JAW], centres[JAW] = _jaw(face, grid), face.points_px[_LOWER_LIP]
            continue
        centres[muscle, side] = face.points_px[pulls_of(muscle)[0].point(side)]
        beside = smooth(face.beside_midline_mm(nodes, side) / _MIDLINE_MM)
        field = np.zeros((*grid.shape, 2))
        for pull in pulls_of(muscle):
            # A pull is given by its size at its own landmark: undo what the masks take there.
            spread = _spread(face, pull, side, nodes) * beside * allowed
            at_landmark = bilinear(grid, spread, face.points_px[pull.point(side)])
            if at_landmark < 0.05:
                raise UsageError(
                    f"{muscle} on the {side.value} cannot be moved: its landmark lies at the edge "
                    "of the face in this picture",
                    next_step="Use a picture that shows the face from the front.",
                )
            gain_px = pull.gain / face.mm_per_px / at_landmark
            field += spread[..., None] * _direction(face, pull, side) * gain_px
        unit[muscle, side] = field.astype(np.float32)
    return SkinFields(grid=grid, mm_per_px=face.mm_per_px, centre_px=centres, unit=unit)


def _grid_of(face: FaceGeometry) -> Grid:
    outline = face.outline_px()
    neck = outline - face.upward * (_NECK_MM - _MARGIN_MM) / face.mm_per_px
    reached = np.concatenate([outline, neck])
    margin_px = _MARGIN_MM / face.mm_per_px
    return grid_over(
        reached.min(axis=0) - margin_px, reached.max(axis=0) + margin_px, face.mm_per_px
    )


def _movable(face: FaceGeometry, grid: Grid) -> Array:
    """1 where skin moves freely, 0 outside the face and on the eyeballs."""
    depth_mm = inside_mm(grid, face.outline_px(), face.mm_per_px)
    free = smooth((depth_mm - _EDGE_MM[0]) / np.ptp(_EDGE_MM))
    for side in (Side.RIGHT, Side.LEFT):
        outside_mm = -inside_mm(grid, face.fissure_px(side), face.mm_per_px)
        free *= smooth((outside_mm - _EYE_MM[0]) / np.ptp(_EYE_MM))
    return free


def _jaw(face: FaceGeometry, grid: Grid) -> Field:
    """The lower lip and the chin go down together; the line of the mouth is stretched.

    No dark gap opens between the lips: where a real mouth shows its inside, here the red of
    the lower lip becomes taller.
    """
    nodes_px = grid.nodes_px()
    line = face.points_px[list(mesh.LIPS_INNER)].mean(axis=0)
    below_mm = (nodes_px - line) @ -face.upward * face.mm_per_px
    aside_mm = (nodes_px - line) @ face.leftward * face.mm_per_px
    chin_mm = float((face.points_px[_CHIN] - line) @ -face.upward * face.mm_per_px)
    lip_mm = float((face.points_px[_LOWER_LIP] - line) @ -face.upward * face.mm_per_px)
    grown = smooth(below_mm / max(lip_mm, _LIP_MM))
    kept = 1 - smooth((below_mm - chin_mm - 2) / (_NECK_MM - 4))
    size = grown * kept * np.exp(-((aside_mm / _JAW_HALF_MM) ** 2) / 2)
    size *= 1 - smooth((np.abs(aside_mm) / _JAW_HALF_MM - _CUTOFF[0]) / np.ptp(_CUTOFF))
    size /= max(float(bilinear(grid, size, face.points_px[_LOWER_LIP])), 0.1)
    return np.asarray(size[..., None] * -face.upward / face.mm_per_px, dtype=np.float32)


def _spread(face: FaceGeometry, pull: SkinPull, side: Side, nodes_px: Array) -> Array:
    """An oriented Gaussian around the landmark, brought smoothly to exactly zero."""
    along = _direction(face, pull, side)
    across = np.array([-along[1], along[0]])
    offset_mm = (nodes_px - face.points_px[pull.point(side)]) * face.mm_per_px
    radius = np.hypot(offset_mm @ along / pull.along_mm, offset_mm @ across / pull.across_mm)
    ended = smooth((radius - _CUTOFF[0]) / np.ptp(_CUTOFF))
    return np.asarray(np.exp(-(radius**2) / 2) * (1 - ended))


def _direction(face: FaceGeometry, pull: SkinPull, side: Side) -> Array:
    return pull.lateral * face.lateral(side) + pull.up * face.upward
