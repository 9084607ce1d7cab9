"""The averages of one muscle, run below run, each over the wave of the locked baseline."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.series.runs import stage_labels
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.scales import amplitude_bar, line_through
from hemifacial.report.svg import path, tag, text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["STATE_WORDS", "stack"]

Floats = NDArray[np.float64]

_GUTTER, _PLOT, _RIGHT = 150.0, 520.0, 210.0
_ROW, _TOP = 30.0, 40.0
_MOST_ROWS = 24
_UNTIL_MS = 28.0
STATE_WORDS = {"cannot_tell": "cannot tell", "gone": "gone", "present": "present"}
"""The answer on a run, as a reader meets it."""


def stack(averages: xr.Dataset, name: str, title: str, colour: str) -> Figure:
    """The figure of one muscle.

    Of a long series every so many runs are drawn, and each whose answer differs from the one
    before.
    """
    latency_ms = 1000 * np.asarray(averages["time"].values, np.float64)
    baseline = averages[f"{name}_baseline"]
    runs = [one for key, one in averages.data_vars.items() if str(key).startswith(f"{name}_run_")]
    drawn = _drawn([str(one.attrs["state"]) for one in runs])
    inside = latency_ms <= _UNTIL_MS
    wave = np.asarray(baseline.values, np.float64)[inside]
    size_uv = max(float(np.ptp(wave)), 1e-6)
    gain = 1.2 * _ROW / size_uv
    start_ms = float(latency_ms[0])
    scale = _PLOT / (_UNTIL_MS - start_ms)
    xs = _GUTTER + scale * (latency_ms[inside] - start_ms)
    bottom = _TOP + _ROW * (len(drawn) + 1)
    parts = _axis(start_ms, scale, bottom)
    parts += _trace(xs, wave, gain, _middle(0), colour)
    parts.append(text("baseline, locked", _GUTTER - 8, _middle(0) + 4, text_anchor="end"))
    for row, index in enumerate(drawn, start=1):
        values = np.asarray(runs[index].values, np.float64)[inside]
        parts += _trace(xs, wave, gain, _middle(row), "#d0d0d0")
        grey = str(runs[index].attrs["state"]) == "cannot_tell"
        parts += _trace(xs, values, gain, _middle(row), GREY if grey else BLACK)
        parts += _words(runs[index].attrs, _middle(row))
    parts += amplitude_bar(size_uv, gain, bottom)
    said = (
        f"{len(drawn)} of {len(runs)} averages, the newest at the bottom; the wave of the baseline "
        "lies behind each. The first input of the amplifier positive is up. "
        f"{averages.attrs.get('conditioning', '')}."
    )
    return figure(
        f"lateral_spread_runs_{name}",
        parts,
        width=_GUTTER + _PLOT + _RIGHT,
        height=bottom + 44,
        heading=f"Averages of every run: {title}",
        said=said,
    )


def _drawn(states: list[str]) -> list[int]:
    """At most so many, the last one and every change among them as far as they fit."""
    count = len(states)
    if count <= _MOST_ROWS:
        return list(range(count))
    changed = [i for i in range(count) if i == 0 or states[i] != states[i - 1]]
    chosen = {count - 1, *changed[: _MOST_ROWS // 2]}
    step = math.ceil(count / (_MOST_ROWS - len(chosen)))
    return sorted(chosen | set(range(0, count, step)))


def _middle(row: int) -> float:
    return _TOP + _ROW * (row + 0.5)


def _axis(start_ms: float, scale: float, bottom: float) -> list[ET.Element]:
    parts = []
    for latency_ms in range(5 * math.ceil(start_ms / 5), int(_UNTIL_MS) + 1, 5):
        x = round(_GUTTER + scale * (latency_ms - start_ms), 2)
        parts.append(tag("line", x1=x, x2=x, y1=_TOP - 4, y2=bottom, stroke="#e3e3e3"))
        parts.append(text(f"{latency_ms}", x, bottom + 14, text_anchor="middle", fill=GREY))
    parts.append(
        text("after the stimulus (ms)", _GUTTER + _PLOT, bottom + 30, text_anchor="end", fill=GREY)
    )
    return parts


def _trace(
    xs: Floats, values_uv: Floats, gain: float, middle: float, colour: str
) -> list[ET.Element]:
    # What runs far out of its row (a direct response through the tissue) is cut off there.
    ys = middle - np.clip(values_uv * gain, -1.5 * _ROW, 1.5 * _ROW)
    return [path(line_through(xs, ys), fill="none", stroke=colour, stroke_width=1)]


def _words(labels: dict[Any, Any], middle: float) -> list[ET.Element]:
    """Time and stage before a trace, the answer behind it."""
    minutes, seconds = divmod(round(float(labels["start_s"])), 60)
    stage = stage_labels().get(str(labels["stage"]), "")
    before = f"{minutes} min {seconds:02d} s{', ' + stage.lower() if stage else ''}"
    answer = STATE_WORDS[str(labels["state"])] + (" again" if int(labels["reappeared"]) else "")
    behind = f"{answer}, {int(labels['sweeps'])} sweep{'s' if int(labels['sweeps']) > 1 else ''}"
    return [
        text(before, _GUTTER - 8, middle + 4, text_anchor="end", font_size=10),
        text(behind, _GUTTER + _PLOT + 8, middle + 4, font_size=10),
    ]
