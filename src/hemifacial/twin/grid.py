"""A grid over the face of about a millimetre, and what is read from one.

Fields of movement are smooth: on a grid of a millimetre they cost a hundredth of what they
would on the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grid", "bilinear", "grid_over", "inside_mm", "smooth"]

Array = NDArray[np.float64]

_STEP_MM = 1.0


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


def grid_over(low_px: Array, high_px: Array, mm_per_px: float) -> Grid:
    """A grid with one node a millimetre between two corners, (x, y) in pixels."""
    step_px = _STEP_MM / mm_per_px
    columns, rows = np.ceil((high_px - low_px) / step_px).astype(int) + 1
    return Grid(origin_px=low_px, step_px=float(step_px), shape=(int(rows), int(columns)))


def bilinear(grid: Grid, values: NDArray[np.floating], xy_px: Array) -> Array:
    """A field at one point, as `cv2.remap` would read it but not rounded; 0 off the grid."""
    column, row = (xy_px - grid.origin_px) / grid.step_px
    left, top = int(np.floor(column)), int(np.floor(row))
    if not (0 <= left < grid.shape[1] - 1 and 0 <= top < grid.shape[0] - 1):
        return np.zeros(values.shape[2:])
    x, y = column - left, row - top
    upper = (1 - x) * values[top, left] + x * values[top, left + 1]
    lower = (1 - x) * values[top + 1, left] + x * values[top + 1, left + 1]
    return np.asarray((1 - y) * upper + y * lower, dtype=float)


def inside_mm(grid: Grid, polygon_px: Array, mm_per_px: float) -> Array:
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
    return np.asarray(depth * grid.step_px * mm_per_px, dtype=float)


def smooth(share: Array) -> Array:
    """The cubic step from 0 to 1 with flat ends."""
    inside = np.clip(share, 0.0, 1.0)
    return np.asarray(inside * inside * (3 - 2 * inside))
