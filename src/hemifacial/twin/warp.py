"""Skin that muscles move: displacement fields in mm, their sum, and the way back.

A field says for every point of the resting face where it goes. A picture is warped the
other way, "which resting point is seen here", found by fixed-point iteration. Fields live
on a grid of about a millimetre and only over the face: they are smooth, and the whole
picture would cost a hundred times more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.geometry import FaceGeometry
from hemifacial.twin.muscles import SkinPull, pulls_of

__all__ = [
    "FOLD_LIMIT",
    "Grid",
    "MuscleSide",
    "SkinFields",
    "inverse",
    "landmark_mm",
    "least_jacobian",
    "skin_fields",
    "weights_for",
]

Field = NDArray[np.float32]
Array = NDArray[np.float64]
MuscleSide = tuple[str, Side]

FOLD_LIMIT = 0.2
"""Skin may be squeezed to this share of its area; at 0 it would fold over itself."""

_STEP_MM = 1.0
_MARGIN_MM = 6.0
_CUTOFF = (2.2, 3.0)  # In standard deviations: where a Gaussian starts to end, and has ended.
_MIDLINE_MM = 7.0  # A pull reaches its full size this far beside the midline; beyond it, nothing.
_EDGE_MM = (-4.0, 8.0)  # Inside the oval of the face: from no movement to the whole of it.
_EYE_MM = (1.0, 6.0)  # Around the fissure: the skin glides, the eyeball does not go with it.


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Nodes in picture pixels: ``origin_px + step_px * (column, row)``; shape (rows, columns)."""

    origin_px: Array
    step_px: float
    shape: tuple[int, int]

    def nodes_px(self) -> Array:
        """Coordinates of the nodes, shape (rows, columns, 2)."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]]
        return np.stack([columns, rows], axis=-1) * self.step_px + self.origin_px


@dataclass(frozen=True, kw_only=True)
class SkinFields:
    """Displacement in pixels for 1 mm of each muscle on each side, over a face.

    Parameters
    ----------
    unit
        By muscle and side, shape (rows, columns, 2), float32, x and y of the picture.
    """

    face: FaceGeometry
    grid: Grid
    unit: Mapping[MuscleSide, Field]

    def total(self, weights_mm: Mapping[MuscleSide, float]) -> Field:
        """The sum of all movements at these weights, in pixels."""
        summed = np.zeros((*self.grid.shape, 2), dtype=np.float32)
        for key, weight in weights_mm.items():
            if weight:
                summed += np.float32(weight) * self.unit[key]
        return summed


def skin_fields(face: FaceGeometry, wanted: Iterable[MuscleSide]) -> SkinFields:
    """The fields of these muscles on a face; exactly zero on the other side of the midline."""
    grid = _grid_over(face)
    nodes = grid.nodes_px()
    allowed = _movable(face, grid)
    unit = {}
    for muscle, side in wanted:
        beside = _smooth(face.beside_midline_mm(nodes, side) / _MIDLINE_MM)
        field = np.zeros((*grid.shape, 2))
        for pull in pulls_of(muscle):
            # A pull is given by its size at its own landmark: undo what the masks take there.
            spread = _spread(face, pull, side, nodes) * beside * allowed
            at_landmark = _bilinear(grid, spread, face.points_px[pull.point(side)])
            if at_landmark < 0.05:
                raise UsageError(
                    f"{muscle} on the {side.value} cannot be moved: its landmark lies at the edge "
                    "of the face in this picture",
                    next_step="Use a picture that shows the face from the front.",
                )
            gain_px = pull.gain / face.mm_per_px / at_landmark
            field += spread[..., None] * _direction(face, pull, side) * gain_px
        unit[muscle, side] = field.astype(np.float32)
    return SkinFields(face=face, grid=grid, unit=unit)


def weights_for(
    fields: SkinFields,
    shares: Mapping[MuscleSide, float],
    largest_mm: float,
    given_mm: Mapping[MuscleSide, float],
) -> dict[MuscleSide, float]:
    """Weights in the proportion of `shares` with which no landmark moves more than `largest_mm`.

    Muscles that pull the same skin add up, as in life; the whole is then scaled so that the
    landmark that moves farthest moves by exactly `largest_mm`. `given_mm` are movements
    whose weight is fixed: the skin around closing lids.
    """
    together = fields.total(shares)
    given = fields.total(given_mm)
    scales = [
        _scale_to(_at_landmark(fields, together, key), _at_landmark(fields, given, key), largest_mm)
        for key in shares
    ]
    scale = min(scales, default=0.0)
    return dict(given_mm) | {key: scale * share for key, share in shares.items()}


def landmark_mm(
    fields: SkinFields, weights_mm: Mapping[MuscleSide, float], key: MuscleSide
) -> float:
    """How far a muscle's own landmark moves when all these move, in mm."""
    return float(np.linalg.norm(_at_landmark(fields, fields.total(weights_mm), key)))


def inverse(fields: SkinFields, forward: Field) -> Field:
    """For every node as seen, how far the skin seen there has come: ``rest = seen - result``.

    Fixed-point iteration; it converges because `least_jacobian` was held above `FOLD_LIMIT`.
    It ends at a 32nd of the grid's step (0.03 mm), the fineness with which `cv2.remap` reads.
    """
    columns, rows = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in fields.grid.shape[::-1]))
    step = np.float32(fields.grid.step_px)
    back = forward
    for _ in range(40):
        source_x, source_y = columns - back[..., 0] / step, rows - back[..., 1] / step
        nearer = cv2.remap(forward, source_x, source_y, cv2.INTER_LINEAR)
        done = float(np.abs(nearer - back).max()) < fields.grid.step_px / 32
        back = np.asarray(nearer, dtype=np.float32)
        if done:
            break
    return back


def least_jacobian(fields: SkinFields, forward: Field) -> float:
    """The smallest area that a unit of skin is squeezed to; zero or less means a fold."""
    step = fields.grid.step_px
    dx_dy, dx_dx = np.gradient(forward[..., 0], step)
    dy_dy, dy_dx = np.gradient(forward[..., 1], step)
    return float(((1 + dx_dx) * (1 + dy_dy) - dx_dy * dy_dx).min())


def _grid_over(face: FaceGeometry) -> Grid:
    outline = face.outline_px()
    margin_px = _MARGIN_MM / face.mm_per_px
    step_px = _STEP_MM / face.mm_per_px
    low, high = outline.min(axis=0) - margin_px, outline.max(axis=0) + margin_px
    columns, rows = np.ceil((high - low) / step_px).astype(int) + 1
    return Grid(origin_px=low, step_px=float(step_px), shape=(int(rows), int(columns)))


def _movable(face: FaceGeometry, grid: Grid) -> Array:
    """1 where skin moves freely, 0 outside the face and on the eyeballs."""
    free = _smooth((_inside_mm(face, grid, face.outline_px()) - _EDGE_MM[0]) / np.ptp(_EDGE_MM))
    for side in (Side.RIGHT, Side.LEFT):
        outside_mm = -_inside_mm(face, grid, face.fissure_px(side))
        free *= _smooth((outside_mm - _EYE_MM[0]) / np.ptp(_EYE_MM))
    return free


def _inside_mm(face: FaceGeometry, grid: Grid, polygon_px: Array) -> Array:
    """Depth of every node inside a polygon, negative outside; continuous as the points move.

    Written out because `cv2.distanceTransform` jumps by a node when a landmark trembles and
    `cv2.pointPolygonTest` takes one point at a time.
    """
    corners = ((polygon_px - grid.origin_px) / grid.step_px).astype(np.float32)
    rows, columns = np.mgrid[: grid.shape[0], : grid.shape[1]].astype(np.float32)
    nearest = np.full(grid.shape, np.inf, dtype=np.float32)
    inside = np.zeros(grid.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        dx, dy = x1 - x0, y1 - y0
        length = max(float(dx * dx + dy * dy), 1e-9)
        along = np.clip(((columns - x0) * dx + (rows - y0) * dy) / length, 0, 1)
        distance = (columns - x0 - along * dx) ** 2 + (rows - y0 - along * dy) ** 2
        np.minimum(nearest, distance, out=nearest)
        if dy:  # Even-odd rule: does a ray to the right cross this side?
            crosses = (rows < y0) != (rows < y1)
            inside ^= crosses & (columns < x0 + (rows - y0) * dx / dy)
    depth = np.sqrt(nearest) * np.where(inside, 1, -1)
    return np.asarray(depth * grid.step_px * face.mm_per_px, dtype=float)


def _spread(face: FaceGeometry, pull: SkinPull, side: Side, nodes_px: Array) -> Array:
    """An oriented Gaussian around the landmark, brought smoothly to exactly zero."""
    along = _direction(face, pull, side)
    across = np.array([-along[1], along[0]])
    offset_mm = (nodes_px - face.points_px[pull.point(side)]) * face.mm_per_px
    radius = np.hypot(offset_mm @ along / pull.along_mm, offset_mm @ across / pull.across_mm)
    ended = _smooth((radius - _CUTOFF[0]) / np.ptp(_CUTOFF))
    return np.asarray(np.exp(-(radius**2) / 2) * (1 - ended))


def _direction(face: FaceGeometry, pull: SkinPull, side: Side) -> Array:
    return pull.lateral * face.lateral(side) + pull.up * face.upward


def _at_landmark(fields: SkinFields, field: Field, key: MuscleSide) -> Array:
    """Millimetres that a field moves a muscle's main landmark, x and y of the picture."""
    muscle, side = key
    landmark = fields.face.points_px[pulls_of(muscle)[0].point(side)]
    return _bilinear(fields.grid, field, landmark) * fields.face.mm_per_px


def _scale_to(unit: Array, given: Array, length: float) -> float:
    """The positive s with ``|s * unit + given| == length``; 0 if `given` is longer already."""
    a, b, c = unit @ unit, unit @ given, given @ given - length**2
    return float((-b + np.sqrt(b * b - a * c)) / a) if c < 0 and a > 0 else 0.0


def _bilinear(grid: Grid, values: NDArray[np.floating], xy_px: Array) -> Array:
    """A field at one point, as `cv2.remap` would read it but not rounded to 1/32."""
    column, row = (xy_px - grid.origin_px) / grid.step_px
    left, top = int(np.floor(column)), int(np.floor(row))
    if not (0 <= left < grid.shape[1] - 1 and 0 <= top < grid.shape[0] - 1):
        return np.zeros(values.shape[2:])
    x, y = column - left, row - top
    upper = (1 - x) * values[top, left] + x * values[top, left + 1]
    lower = (1 - x) * values[top + 1, left] + x * values[top + 1, left + 1]
    return np.asarray((1 - y) * upper + y * lower, dtype=float)


def _smooth(share: Array) -> Array:
    """The cubic step from 0 to 1 with flat ends."""
    inside = np.clip(share, 0.0, 1.0)
    return np.asarray(inside * inside * (3 - 2 * inside))
