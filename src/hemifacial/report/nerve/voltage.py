"""Voltages as colours: white at rest, orange to brown above it, blue below."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS_MV", "colour_of", "layers"]

Values = NDArray[np.float64]

_ANCHORS: tuple[tuple[float, tuple[int, int, int]], ...] = (
    (-120.0, (0, 60, 110)),
    (-100.0, (92, 160, 205)),
    (-80.0, (255, 255, 255)),
    (-60.0, (253, 224, 199)),
    (-30.0, (243, 164, 101)),
    (0.0, (213, 94, 0)),
    (50.0, (92, 32, 0)),
)
LEVELS_MV = tuple(float(one) for one in range(-115, 46, 10))
"""From each of these on a colour of its own; the first also stands for all that is below it."""


def colour_of(voltage_mv: float) -> str:
    """The colour of a voltage; beyond the ends that of the end."""
    known = [one for one, _ in _ANCHORS]
    parts = [
        round(float(np.interp(voltage_mv, known, [rgb[n] for _, rgb in _ANCHORS])))
        for n in range(3)
    ]
    return "#" + "".join(f"{one:02x}" for one in parts)


def layers(voltage_mv: Values, x: Values, y: Values) -> Iterator[tuple[str, str]]:
    """The picture of a field as (colour, path), to be painted one over the other.

    Each layer covers what is at its level or above it, as runs along the rows; a picture of
    numbers so stays a drawing, small and sharp on paper.

    Parameters
    ----------
    voltage_mv
        (rows, columns).
    x, y
        Edges of the columns (columns + 1) and of the rows (rows + 1), as places of the drawing.
    """
    middle_mv = (LEVELS_MV[1] - LEVELS_MV[0]) / 2
    for level_mv in LEVELS_MV:
        mask = voltage_mv >= level_mv
        if level_mv == LEVELS_MV[0]:
            mask = np.ones_like(mask)
        if not mask.any():
            return
        edge = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        rows, starts = np.nonzero(edge == 1)
        _, stops = np.nonzero(edge == -1)
        yield (
            colour_of(level_mv + middle_mv),
            "".join(
                f"M{x[start]:g} {y[row]:g}H{x[stop]:g}V{y[row + 1]:g}H{x[start]:g}Z"
                for row, start, stop in zip(rows, starts, stops, strict=True)
            ),
        )
