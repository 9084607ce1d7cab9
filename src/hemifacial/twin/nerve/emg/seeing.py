"""What an electrode sees of the waves along muscle fibres, compiled by numba.

The slope of the potential of a point current, as that current moves along the fibres, is the
closed form of a half space plus what the layers change, which is looked up between the points of a
table (`hemifacial.twin.nerve.emg.volume_conductor`).

numba keeps what it compiled by the date of this file: what other files say comes as an argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.emg.volume_conductor import (
    DEPTH_STEP_MM,
    GRID_MM,
    LEAST_DEPTH_MM,
    Tissue,
    changes_of,
)

__all__ = ["Fibres", "Point", "add_seen", "slopes"]

Values = NDArray[np.float64]
Table = NDArray[np.float32]

_ON_SKIN = -1.0
_LEAST_DISTANCE_MM = 0.03  # About the radius of a muscle fibre: no electrode is nearer to its axis.
_LEAST_SUM_MM = 1.0  # Of both depths, for what is thrown back: the grid has nothing finer.

_Function = TypeVar("_Function", bound=Callable[..., object])


def _compiled(function: _Function) -> _Function:
    """Compiled when first called, and kept on disk."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))


class Point(NamedTuple):
    """A point of an electrode by the axis of the muscle; `depth_mm` is -1 on the skin.

    Below it is from the upper face of the muscle. `share` is its weight in what is recorded.
    """

    along_mm: float
    across_mm: float
    depth_mm: float
    share: float


class Fibres(NamedTuple):
    """Muscle fibres of one unit: places, lengths to both sides of the end plate, ms of arrival."""

    end_plate_mm: Values
    across_mm: Values
    depth_mm: Values
    to_end_mm: Values
    to_start_mm: Values
    arrival_ms: Values


class _Medium(NamedTuple):
    """Tissue and table in numbers."""

    ratio: float
    across_s_per_m: float
    cover_mm: float
    grid_mm: float
    depth_step_mm: float
    least_depth_mm: float


@_compiled
def _between(
    table: Table, medium: _Medium, depth: float, across_mm: float, along_mm: float
) -> float:
    """A table between its points; 0 beyond it."""
    y, x = abs(across_mm) / medium.grid_mm, abs(along_mm) / medium.grid_mm
    z = max(0.0, (depth - medium.least_depth_mm) / medium.depth_step_mm)
    k, j, i = int(z), int(y), int(x)
    if k + 1 >= table.shape[0] or j + 1 >= table.shape[1] or i + 1 >= table.shape[2]:
        return 0.0
    z, y, x = z - k, y - j, x - i
    found = 0.0
    for dk in range(2):
        for dj in range(2):
            weight = (z if dk else 1 - z) * (y if dj else 1 - y)
            low, high = table[k + dk, j + dj, i], table[k + dk, j + dj, i + 1]
            found += weight * ((1 - x) * low + x * high)
    return found if along_mm > 0 else -found


@_compiled
def _slope(
    along_mm: float,
    across_mm: float,
    source_mm: float,
    level_mm: float,
    medium: _Medium,
    table: Table,
) -> float:
    """By how much the potential grows as a unit current moves along the fibres, 1/(S/m mm^2)."""
    if level_mm < 0:
        depth = max(source_mm, medium.least_depth_mm)
        square = along_mm**2 + medium.ratio * (across_mm**2 + (depth + medium.cover_mm) ** 2)
        plain = along_mm / (square * math.sqrt(square) * 2 * math.pi * medium.across_s_per_m)
    else:
        away = max(math.hypot(across_mm, source_mm - level_mm), _LEAST_DISTANCE_MM)
        depth = max(source_mm + level_mm, _LEAST_SUM_MM)
        direct = along_mm**2 + medium.ratio * away**2
        mirror = along_mm**2 + medium.ratio * (across_mm**2 + depth**2)
        plain = 1 / (direct * math.sqrt(direct)) + 1 / (mirror * math.sqrt(mirror))
        plain *= along_mm / (4 * math.pi * medium.across_s_per_m)
    if medium.cover_mm > 0:
        plain += _between(table, medium, depth, across_mm, along_mm)
    return plain


@_compiled
def _slopes(
    along: Values,
    across: Values,
    source: Values,
    level_mm: float,
    medium: _Medium,
    table: Table,
    out: Values,
) -> None:
    for i in range(out.size):
        out[i] = _slope(along[i], across[i], source[i], level_mm, medium, table)


@_compiled
def _share_of_step(run_mm: float, length_mm: float, step_mm: float) -> float:
    """How much of a step of the way lies on the fibre: 1 within, 0 beyond, and between them."""
    begun = min(max(run_mm / step_mm + 0.5, 0.0), 1.0)
    return begun * min(max((length_mm - run_mm) / step_mm + 0.5, 0.0), 1.0)


@_compiled
def _add_seen(
    total: Values,
    point: Point,
    fibres: Fibres,
    velocity: float,
    first_ms: float,
    step_ms: float,
    medium: _Medium,
    table: Table,
) -> None:
    step_mm = velocity * step_ms
    for fibre in range(fibres.end_plate_mm.size):
        beside = point.across_mm - fibres.across_mm[fibre]
        for way in range(2):
            sign = 1.0 if way == 0 else -1.0
            length = fibres.to_end_mm[fibre] if way == 0 else fibres.to_start_mm[fibre]
            for step in range(total.size):
                run = velocity * (first_ms + step * step_ms - fibres.arrival_ms[fibre])
                weight = _share_of_step(run, length, step_mm)
                if weight > 0:
                    total[step] += (
                        point.share
                        * sign
                        * weight
                        * _slope(
                            point.along_mm - fibres.end_plate_mm[fibre] - sign * run,
                            beside,
                            fibres.depth_mm[fibre],
                            point.depth_mm,
                            medium,
                            table,
                        )
                    )


def add_seen(
    total: Values,
    points: tuple[Point, ...],
    fibres: Fibres,
    velocity_mm_per_ms: float,
    path_ms: Values,
    tissue: Tissue,
) -> None:
    """Add to `total` what the points of an electrode see of the waves at each time of their way."""
    step_ms = float(path_ms[1] - path_ms[0])
    for one in points:
        _add_seen(
            total,
            one,
            fibres,
            velocity_mm_per_ms,
            float(path_ms[0]),
            step_ms,
            _medium(tissue),
            _table(tissue, one.depth_mm, float(fibres.depth_mm.max())),
        )


def slopes(
    tissue: Tissue,
    along_mm: Values,
    across_mm: Values,
    depth_mm: Values,
    *,
    level_mm: float | None = None,
) -> Values:
    """By how much the potential of a unit current grows as that current moves along the fibres.

    Parameters
    ----------
    along_mm, across_mm
        From the source to the electrode.
    depth_mm
        Of the source, from the upper face of the muscle.
    level_mm
        Of an electrode within the muscle; None on the skin.

    Returns
    -------
    numpy.ndarray
        In the common shape of the three, 1/(S/m mm²).
    """
    level = _ON_SKIN if level_mm is None else level_mm
    along, across, depth = (
        np.array(one, np.float64) for one in np.broadcast_arrays(along_mm, across_mm, depth_mm)
    )
    out = np.empty(depth.shape)
    _slopes(
        along.ravel(),
        across.ravel(),
        depth.ravel(),
        level,
        _medium(tissue),
        _table(tissue, level, float(depth.max())),
        out.ravel(),
    )
    return out


def _medium(tissue: Tissue) -> _Medium:
    return _Medium(
        tissue.anisotropy,
        tissue.across_s_per_m,
        tissue.cover_mm,
        GRID_MM,
        DEPTH_STEP_MM,
        LEAST_DEPTH_MM,
    )


def _table(tissue: Tissue, level_mm: float, deepest_mm: float) -> Table:
    if not tissue.cover_mm:
        return np.zeros((1, 1, 1), np.float32)
    if level_mm < 0:
        return changes_of(tissue, "skin", deepest_mm + DEPTH_STEP_MM)
    return changes_of(tissue, "muscle", deepest_mm + level_mm + DEPTH_STEP_MM)
