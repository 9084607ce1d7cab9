"""Skin that muscles move: displacement fields in mm, their sum, and the way back.

A field says for every point of the resting face where it goes. A picture is warped the
other way, "which resting point is seen here", found by fixed-point iteration. How a field
looks is the affair of `hemifacial.twin.mesh_warp` and `hemifacial.twin.free_warp`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.grid import Grid, bilinear

__all__ = [
    "FOLD_LIMIT",
    "JAW",
    "MuscleSide",
    "SkinFields",
    "Weights",
    "inverse",
    "landmark_mm",
    "least_jacobian",
    "weights_for",
]

Field = NDArray[np.float32]
Array = NDArray[np.float64]
MuscleSide = tuple[str, Side]
Weights = Mapping[MuscleSide, complex]
"""Millimetres of each field; a complex one turns its pull by the number's own angle.

Anticlockwise in a picture whose y axis points down is a negative angle.
"""

FOLD_LIMIT = 0.2
"""Skin may be squeezed to this share of its area; at 0 it would fold over itself."""

JAW = ("jaw_opening", Side.BOTH)
"""The opening of the mouth. No muscle of the face: gravity and the depressors of the jaw."""


@dataclass(frozen=True, kw_only=True)
class SkinFields:
    """Displacement in pixels for 1 mm of each muscle on each side, over a face.

    Parameters
    ----------
    centre_px
        By muscle and side, the place whose displacement is the muscle's amplitude.
    unit
        By muscle and side, shape (rows, columns, 2), float32, x and y of the picture.
    """

    grid: Grid
    mm_per_px: float
    centre_px: Mapping[MuscleSide, Array]
    unit: Mapping[MuscleSide, Field]

    def total(self, weights_mm: Weights) -> Field:
        """The sum of all movements at these weights, in pixels."""
        summed = np.zeros((*self.grid.shape, 2), dtype=np.float32)
        for key, weight in weights_mm.items():
            along, across = np.float32(weight.real), np.float32(weight.imag)
            if along:
                summed += along * self.unit[key]
            if across:
                summed[..., 0] -= across * self.unit[key][..., 1]
                summed[..., 1] += across * self.unit[key][..., 0]
        return summed

    def at_mm(self, field: Field, xy_px: Array) -> Array:
        """What a field moves a place of the skin by, in mm, x and y of the picture."""
        return bilinear(self.grid, field, xy_px) * self.mm_per_px


def weights_for(
    fields: SkinFields,
    shares: Mapping[MuscleSide, float],
    largest_mm: float,
    given_mm: Mapping[MuscleSide, float],
) -> dict[MuscleSide, complex]:
    """Weights in the proportion of `shares` with which no centre moves more than `largest_mm`.

    Muscles that pull the same skin add up, as in life; the whole is then scaled so that the
    centre that moves farthest moves by exactly `largest_mm`. `given_mm` are movements
    whose weight is fixed: the skin around closing lids.
    """
    together, given = fields.total(shares), fields.total(given_mm)
    scales = [
        _scale_to(fields.at_mm(together, centre), fields.at_mm(given, centre), largest_mm)
        for centre in (fields.centre_px[key] for key in shares)
    ]
    scale = min(scales, default=0.0)
    return {**given_mm, **{key: scale * share for key, share in shares.items()}}


def landmark_mm(fields: SkinFields, weights_mm: Weights, key: MuscleSide) -> float:
    """How far a muscle's own place moves when all these move, in mm."""
    return float(np.linalg.norm(fields.at_mm(fields.total(weights_mm), fields.centre_px[key])))


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


def _scale_to(unit: Array, given: Array, length: float) -> float:
    """The positive s with ``|s * unit + given| == length``; 0 if `given` is longer already."""
    a, b, c = unit @ unit, unit @ given, given @ given - length**2
    return float((-b + np.sqrt(b * b - a * c)) / a) if c < 0 and a > 0 else 0.0
