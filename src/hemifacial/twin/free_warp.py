"""The warp ``free``: skin moved without any knowledge of the face mesh (`free_pulls.tsv`).

Made so that a program that tracks by the mesh is not tested on its own geometry. It differs
from `hemifacial.twin.mesh_warp` in where a pull lies (measured from the eyes and the mouth of
the face detector, or from points marked by hand), in its shape (a polynomial of compact
support, Wendland's C2 function, doi:10.1007/BF02123482; shorter ahead of the pull than
behind it) and in the midline, over which the lips and the chin carry a part of a pull.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.anchors import Anchors
from hemifacial.twin.grid import Grid, bilinear, grid_over, smooth
from hemifacial.twin.skin import JAW, Field, MuscleSide, SkinFields
from hemifacial.vocabulary import read_table

__all__ = ["FreePull", "free_fields", "free_pulls"]

Array = NDArray[np.float64]

_SIDES = (Side.RIGHT, Side.LEFT)
_AROUND_MM = (84.0, 56.0)  # The grid: aside and above the middle of the eyes.
_BELOW_MOUTH_MM = 74.0
_EYEBALL = (17.0, 8.0)  # Half axes in mm of what glides under the skin and does not move.
_EYE_FREE = (1.0, 1.9)  # In those half axes: where skin begins to move, and moves freely.
_JAW_MM = (11.0, 30.0, 24.0)  # The lower lip's height, to where the jaw is rigid, fading below.
_JAW_ASIDE_MM = 58.0


@dataclass(frozen=True, kw_only=True)
class FreePull:
    """What one muscle does to the skin.

    Parameters
    ----------
    origin, place_lateral, place_up
        Its middle: from the own ``eye`` or the ``mouth``, outwards in half the distance of the
        eyes, up in the height of the eyes above the mouth.
    lateral, up
        Direction of the pull; unit length.
    ahead_mm, behind_mm, across_mm
        How far the moving skin reaches: in the direction of the pull, against it, across it.
    gain
        Pull in mm for 1 mm of the muscle's amplitude.
    other_side
        Share of the pull that the same place of the other side is dragged along by.
    """

    muscle: str
    origin: str
    place_lateral: float
    place_up: float
    lateral: float
    up: float
    ahead_mm: float
    behind_mm: float
    across_mm: float
    gain: float
    other_side: float


@cache
def free_pulls() -> Mapping[str, FreePull]:
    """Every muscle of the free warp by its word."""
    rows = read_table("hemifacial.twin", "free_pulls.tsv")
    return {row["muscle"]: _pull(row) for row in rows}


def free_fields(anchors: Anchors, wanted: Iterable[MuscleSide]) -> SkinFields:
    """The fields of these muscles around the anchors of a face.

    Raises
    ------
    UsageError
        If the free warp does not know a muscle.
    """
    grid = _grid_of(anchors)
    nodes = grid.nodes_px()
    allowed = _beside_eyeballs(anchors, nodes)
    unit: dict[MuscleSide, Field] = {}
    centres: dict[MuscleSide, Array] = {}
    for muscle, side in wanted:
        if (muscle, side) == JAW:
            unit[JAW], centres[JAW] = _jaw(anchors, grid)
            continue
        pull = free_pulls().get(muscle)
        if pull is None:
            raise UsageError(
                f"the free warp moves no {muscle}",
                next_step="Plant one of " + ", ".join(free_pulls()) + ".",
            )
        centres |= {(muscle, own): _place(anchors, pull, own) for own in _SIDES}
        spread = _spread(anchors, pull, side, nodes) * allowed
        spread /= bilinear(grid, spread, centres[muscle, side])
        if pull.other_side:
            spread = _with_other_side(anchors, grid, pull, side, spread, allowed)
        towards = pull.lateral * anchors.lateral(side) + pull.up * anchors.upward
        field = spread[..., None] * towards * (pull.gain / anchors.mm_per_px)
        unit[muscle, side] = field.astype(np.float32)
    return SkinFields(grid=grid, mm_per_px=anchors.mm_per_px, centre_px=centres, unit=unit)


def _with_other_side(
    anchors: Anchors, grid: Grid, pull: FreePull, side: Side, spread: Array, allowed: Array
) -> Array:
    """The pull with what it drags along beyond the midline, exact at both places.

    Own and other part overlap, so their sizes are solved for: 1 here, `other_side` there.
    """
    here, there = _place(anchors, pull, side), _place(anchors, pull, side.opposite)
    dragged = _spread(anchors, pull, side.opposite, grid.nodes_px()) * allowed
    dragged /= bilinear(grid, dragged, there)
    overlap = [
        [float(bilinear(grid, part, place)) for part in (spread, dragged)]
        for place in (here, there)
    ]
    own, other = np.linalg.solve(np.array(overlap), np.array([1.0, pull.other_side]))
    return np.asarray(own * spread + other * dragged)


def _place(anchors: Anchors, pull: FreePull, side: Side) -> Array:
    return anchors.place_px(pull.origin, side, pull.place_lateral, pull.place_up)


def _spread(anchors: Anchors, pull: FreePull, side: Side, nodes_px: Array) -> Array:
    """From 1 at the place of the pull to exactly 0 at the end of its reach."""
    towards = pull.lateral * anchors.lateral(side) + pull.up * anchors.upward
    sideways = np.array([-towards[1], towards[0]])
    offset_mm = (nodes_px - _place(anchors, pull, side)) * anchors.mm_per_px
    along, across = offset_mm @ towards, offset_mm @ sideways / pull.across_mm
    along = along / np.where(along > 0, pull.ahead_mm, pull.behind_mm)
    return _wendland(np.hypot(along, across))


def _wendland(radius: Array) -> Array:
    left = np.clip(1 - radius, 0, 1)
    return np.asarray(left**4 * (4 * radius + 1))


def _beside_eyeballs(anchors: Anchors, nodes_px: Array) -> Array:
    free = np.ones(nodes_px.shape[:2])
    for side in _SIDES:
        offset_mm = (nodes_px - np.array(anchors.eye_px[side])) * anchors.mm_per_px
        aside, over = offset_mm @ anchors.leftward, offset_mm @ anchors.upward
        radius = np.hypot(aside / _EYEBALL[0], over / _EYEBALL[1])
        free *= smooth((radius - _EYE_FREE[0]) / np.ptp(_EYE_FREE))
    return free


def _jaw(anchors: Anchors, grid: Grid) -> tuple[Field, Array]:
    """The mouth opens: lower lip and chin go down, its amplitude is that of the lip's edge."""
    lip_mm, rigid_mm, fade_mm = _JAW_MM
    lip = anchors.mouth - anchors.upward * lip_mm / anchors.mm_per_px
    offset_mm = (grid.nodes_px() - anchors.mouth) * anchors.mm_per_px
    below, aside = offset_mm @ -anchors.upward, offset_mm @ anchors.leftward
    size = np.clip(below / lip_mm, 0, 1) ** 2 * (3 - 2 * np.clip(below / lip_mm, 0, 1))
    size *= 1 - smooth((below - rigid_mm) / (fade_mm + 12))
    size *= _wendland(np.abs(aside) / _JAW_ASIDE_MM)
    size /= max(float(bilinear(grid, size, lip)), 0.1)
    field = size[..., None] * -anchors.upward / anchors.mm_per_px
    return field.astype(np.float32), lip


def _grid_of(anchors: Anchors) -> Grid:
    aside, above = np.array(_AROUND_MM) / anchors.mm_per_px
    below = _BELOW_MOUTH_MM / anchors.mm_per_px
    top = anchors.between_eyes_px + anchors.upward * above
    bottom = anchors.mouth - anchors.upward * below
    corners = np.array(
        [row + sign * aside * anchors.leftward for row in (top, bottom) for sign in (-1, 1)]
    )
    return grid_over(corners.min(axis=0), corners.max(axis=0), anchors.mm_per_px)


def _pull(row: Mapping[str, str]) -> FreePull:
    lateral, up = float(row["lateral"]), float(row["up"])
    length = (lateral**2 + up**2) ** 0.5
    return FreePull(
        muscle=row["muscle"],
        origin=row["origin"],
        place_lateral=float(row["place_lateral"]),
        place_up=float(row["place_up"]),
        lateral=lateral / length,
        up=up / length,
        ahead_mm=float(row["ahead_mm"]),
        behind_mm=float(row["behind_mm"]),
        across_mm=float(row["across_mm"]),
        gain=float(row["gain"]),
        other_side=float(row["other_side"]),
    )
