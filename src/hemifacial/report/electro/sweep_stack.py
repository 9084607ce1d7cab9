"""A stack of single sweeps above their average, one panel a muscle, as an EMG reader expects."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.report.drawing import BLACK, COLOURS, GREY, text_colour
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.scales import line_through, round_up
from hemifacial.report.svg import path, tag, text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Cursor", "Panel", "own_sweeps", "stacked"]

Floats = NDArray[np.float64]

_WIDTH, _ROW, _AVERAGE, _HEAD, _FOOT = 430.0, 20.0, 70.0, 34.0, 44.0
_LEFT, _BETWEEN = 12.0, 28.0
_DIVISIONS = 10
_QUANTILE = 0.998


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """A mark at a latency; an open one belongs to a single sweep (`sweep`, from 0)."""

    latency_ms: float
    name: str = ""
    sweep: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """One muscle: `sweeps_uv` (sweeps, samples) and what is drawn below them, (samples,)."""

    heading: str
    side: Side
    latency_ms: Floats
    sweeps_uv: Floats
    average_uv: Floats
    cursors: tuple[Cursor, ...] = ()
    note: str = ""


def stacked(
    name: str, panels: Sequence[Panel], *, from_ms: float, to_ms: float, heading: str, said: str
) -> Figure:
    """The panels in two columns, as a figure.

    Each panel has a gain of its own, which is printed in it with the sweep: a division is a tenth
    of the width and one row of the stack.
    """
    heights = [_HEAD + _ROW * len(one.sweeps_uv) + _AVERAGE + _FOOT for one in panels]
    parts: list[ET.Element] = []
    top = 0.0
    for first in range(0, len(panels), 2):
        for column, one in enumerate(panels[first : first + 2]):
            left = _LEFT + column * (_WIDTH + _BETWEEN)
            parts += _panel(one, left, top, from_ms, to_ms)
        top += max(heights[first : first + 2])
    return figure(
        name,
        parts,
        width=2 * _LEFT + 2 * _WIDTH + _BETWEEN,
        height=max(top, 1.0),
        heading=heading,
        said=said,
    )


def own_sweeps(
    average: xr.DataArray, sweeps: xr.Dataset, labels: Sequence[str], most: int
) -> list[xr.DataArray]:
    """The first single sweeps behind an average: those that have its values of these labels."""
    wanted = {key: average.attrs[key] for key in labels}
    return [
        one
        for one in sweeps.data_vars.values()
        if all(one.attrs[key] == value for key, value in wanted.items())
    ][:most]


def _panel(one: Panel, left: float, top: float, from_ms: float, to_ms: float) -> list[ET.Element]:
    inside = (one.latency_ms >= from_ms) & (one.latency_ms <= to_ms)
    at = left + _WIDTH * (one.latency_ms[inside] - from_ms) / (to_ms - from_ms)
    # The stimulus may stand far above everything: what a few samples reach does not set the gain.
    after = one.sweeps_uv[:, inside & (one.latency_ms > 2)]
    largest = float(np.quantile(np.abs(after), _QUANTILE)) if after.size else 1.0
    gain = round_up(largest / 1.5)
    bottom = top + _HEAD + _ROW * len(one.sweeps_uv) + _AVERAGE
    parts = [
        text(one.heading, left, top + 14, fill=text_colour(one.side), font_weight="bold"),
        text(one.note, left, top + 28, fill=GREY, font_size=10),
        *_grid(left, top + _HEAD, bottom),
    ]
    for row, sweep in enumerate(one.sweeps_uv):
        middle = top + _HEAD + _ROW * (row + 0.5)
        parts.append(_trace(at, sweep[inside], middle, gain, _ROW, GREY, 0.6))
        for cursor in one.cursors:
            if cursor.sweep == row:
                parts.append(_mark(cursor, left, from_ms, to_ms, middle - 9, middle + 9))
    middle = bottom - _AVERAGE / 2
    colour = COLOURS.get(one.side, BLACK)
    parts.append(_trace(at, one.average_uv[inside], middle, gain, _ROW, colour, 1.4))
    for cursor in one.cursors:
        if cursor.sweep is None:
            parts.append(_mark(cursor, left, from_ms, to_ms, bottom - _AVERAGE, bottom))
    scale = f"{gain:g} µV/div, {(to_ms - from_ms) / _DIVISIONS:g} ms/div, from {from_ms:g} ms"
    parts.append(text(scale, left, bottom + 14, fill=GREY))
    return parts


def _grid(left: float, top: float, bottom: float) -> list[ET.Element]:
    across = (left + _WIDTH * place / _DIVISIONS for place in range(_DIVISIONS + 1))
    return [tag("line", x1=x, x2=x, y1=top, y2=bottom, stroke="#e3e3e3") for x in across]


def _trace(
    at: Floats, values_uv: Floats, middle: float, gain: float, row: float, colour: str, width: float
) -> ET.Element:
    """Negative up; what exceeds two divisions is cut off."""
    y = middle + row * np.clip(values_uv / gain, -2, 2)
    data = line_through(at.tolist(), y.tolist())
    return path(data, fill="none", stroke=colour, stroke_width=width)


def _mark(
    cursor: Cursor, left: float, from_ms: float, to_ms: float, top: float, bottom: float
) -> ET.Element:
    x = round(left + _WIDTH * (cursor.latency_ms - from_ms) / (to_ms - from_ms), 2)
    line = tag("line", x1=x, x2=x, y1=top, y2=bottom, stroke=BLACK, stroke_dasharray="3 2")
    words = f"{cursor.name} {cursor.latency_ms:.1f} ms" if cursor.name else ""
    label = text(words, x + 3, top + 10, fill=BLACK, font_size=10) if words else None
    return tag("g", line, label, class_="cursor")
