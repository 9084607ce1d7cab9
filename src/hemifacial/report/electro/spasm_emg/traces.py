"""A stretch of the traces of spasm EMG, every channel with the same gain."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.signals import STRETCH
from hemifacial.report.drawing import BLACK, COLOURS, GREY, TimeAxis
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.scales import round_up
from hemifacial.report.electro.spasm_emg.rows import ABOVE, BELOW, GUTTER, rows_of
from hemifacial.report.svg import path, tag, text

__all__ = ["traces"]

Floats = NDArray[np.float64]

_TRACE = 64.0
_DIVISIONS = 4


def traces(outcome: Outcome) -> Figure | None:
    """Two seconds of every channel: one gain for all, printed with the sweep and the band."""
    table = outcome.signals[STRETCH]
    times_s = np.asarray(table["time"].values, dtype=np.float64)
    rows = rows_of(outcome, STRETCH)
    units = {str(one.attrs["unit"]) for one in table.data_vars.values()}
    if times_s.size < 2 or len(units) != 1:
        return None
    start_s, lasting_s = float(times_s[0]), float(times_s[-1] - times_s[0])
    axis = TimeAxis(duration_s=lasting_s, gutter=GUTTER, plot=700.0)
    largest = max(float(np.nanmax(np.abs(one), initial=0.0)) for one in table.data_vars.values())
    gain = round_up(2 * largest / _DIVISIONS)
    scale = _TRACE / (_DIVISIONS * gain)
    bottom = ABOVE + _TRACE * len(rows)
    parts = [_grid(axis, lasting_s, bottom)]
    for number, (name, (side, _, words)) in enumerate(rows.items()):
        middle = ABOVE + _TRACE * (number + 0.5)
        parts.append(text(words, axis.gutter - 6, middle + 4, text_anchor="end"))
        values = np.asarray(table[name].values, dtype=np.float64)
        colour = next((c for one, c in COLOURS.items() if one == side), BLACK)
        data = _line(values, axis, lasting_s, middle, scale)
        parts.append(path(data, fill="none", stroke=colour, stroke_width=0.6))
    first = next(iter(table.data_vars.values()))
    unit = units.pop()
    shown = (
        f"gain {gain:g} {unit}/div, sweep {1000 * lasting_s / 10:.0f} ms/div, "
        f"{first.attrs['low_hz']:g} to {first.attrs['high_hz']:g} Hz, "
        f"from {start_s:.2f} s; up is as recorded"
    )
    parts.append(text(shown, axis.gutter, bottom + 16, fill=GREY))
    said = f"Two seconds in which most bursts begin: {shown}. Hum of the mains is taken off."
    return figure(
        "spasm_emg_traces",
        parts,
        width=axis.width,
        height=bottom + BELOW,
        heading="Traces",
        said=said,
        title="EMG of each muscle over two seconds",
    )


def _grid(axis: TimeAxis, lasting_s: float, bottom: float) -> ET.Element:
    """Ten divisions across, `_DIVISIONS` for each channel."""
    right = axis.gutter + axis.plot
    lines = [
        tag("line", x1=x, x2=x, y1=ABOVE, y2=bottom, stroke="#e3e3e3")
        for x in (axis.x(lasting_s * place / 10) for place in range(11))
    ]
    count = round((bottom - ABOVE) / _TRACE * _DIVISIONS)
    lines += [
        tag("line", x1=axis.gutter, x2=right, y1=y, y2=y, stroke="#efefef")
        for y in (ABOVE + place * _TRACE / _DIVISIONS for place in range(count + 1))
    ]
    return tag("g", *lines)


def _line(values: Floats, axis: TimeAxis, lasting_s: float, middle: float, scale: float) -> str:
    """A trace as the commands of a path: lowest and highest value of each place across."""
    places = min(values.size, 1400)
    edges = np.linspace(0, values.size, places + 1).astype(int)
    points, open_line = [], False
    for place in range(places):
        part = values[edges[place] : edges[place + 1]]
        part = part[np.isfinite(part)]
        if not part.size:
            open_line = False
            continue
        x = axis.x(lasting_s * (place + 0.5) / places)
        # The order in which the two are reached keeps the line from jumping back and forth.
        for value in part[np.sort([part.argmin(), part.argmax()])]:
            points.append(f"{'L' if open_line else 'M'}{x:.1f} {middle - scale * value:.1f}")
            open_line = True
    return "".join(points)
