"""The lateral spread through an operation: amplitude over time, and the averages one by one."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import structures
from hemifacial.electro.series.measure import AVERAGES, COURSE, STATES
from hemifacial.electro.series.runs import stage_labels
from hemifacial.findings import Result
from hemifacial.report.drawing import BLACK, COLOURS, GREY, TimeAxis
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.series_stack import STATE_WORDS, stack
from hemifacial.report.svg import path, tag, text

__all__ = ["figures"]

Floats = NDArray[np.float64]
_Scale = Callable[[float], float]

_TOP, _PANEL, _DIRECT, _GAP, _BELOW = 64.0, 120.0, 36.0, 34.0, 40.0
_CANNOT_TELL, _GONE, _PRESENT = range(3)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Row:
    """One branch and muscle: its values at every time, missing where there was no run."""

    name: str
    title: str
    colour: str
    baseline_uv: float
    values: dict[str, Floats]

    def judged(self) -> list[int]:
        """The places of its own runs."""
        return [int(place) for place in np.flatnonzero(np.isfinite(self.values["state"]))]


def figures(result: Result) -> tuple[Figure, ...]:
    """The course of every muscle and, for each, its averages; none where there is no series.

    Parameters
    ----------
    result
        With the signals of `hemifacial.electro.series.measure`.
    """
    if COURSE not in result.signals or AVERAGES not in result.signals:
        return ()
    rows = _rows(result)
    return (
        _course(result, rows),
        *(stack(result.signals[AVERAGES], row.name, row.title, row.colour) for row in rows),
    )


def _rows(result: Result) -> list[_Row]:
    table, averages = result.signals[COURSE], result.signals[AVERAGES]
    rows = []
    for variable in table.data_vars:
        name = str(variable).removesuffix("_state")
        if name == str(variable):
            continue
        labels = table[variable].attrs
        branch, muscle = (structures()[labels[key]].label for key in ("branch", "site"))
        colour = next((c for side, c in COLOURS.items() if side.value == labels["side"]), BLACK)
        rows.append(
            _Row(
                name=name,
                title=f"{muscle}, {labels['side']}, after {branch.lower()}",
                colour=colour,
                baseline_uv=float(averages[f"{name}_baseline"].attrs["amplitude_uv"]),
                values={
                    word: np.asarray(table[f"{name}_{word}"].values, np.float64)
                    for word in (
                        "amplitude",
                        "amplitude_low",
                        "amplitude_high",
                        "limit",
                        "direct",
                        "state",
                    )
                },
            )
        )
    return rows


def _course(result: Result, rows: Sequence[_Row]) -> Figure:
    times_s = np.asarray(result.signals[COURSE]["time"].values, np.float64)
    axis = TimeAxis(duration_s=max(float(times_s[-1]) * 1.02, 1.0), gutter=96.0, plot=790.0)
    each = _PANEL + _DIRECT + _GAP
    bottom = _TOP + each * len(rows)
    parts: list[ET.Element] = [axis.drawn(_TOP - 8, bottom), *_stages(result, axis, bottom)]
    for number, row in enumerate(rows):
        parts += _panel(row, times_s, axis, _TOP + each * number)
    said = (
        f"{_counted(rows)} Dots are amplitudes with 95 % intervals. An open triangle stands at "
        "what may be left where the response is gone, a grey square where it cannot be told. The "
        "dashed line is the locked baseline. Grey dots below: the direct response, in percent of "
        f"the baseline. {result.signals[COURSE].attrs.get('conditioning', '')}."
    )
    return figure(
        "lateral_spread_series",
        parts,
        width=axis.width,
        height=bottom + _BELOW,
        heading="Lateral spread through the operation",
        said=said,
        title="Amplitude of the lateral spread over time",
    )


def _counted(rows: Sequence[_Row]) -> str:
    states = np.concatenate([row.values["state"] for row in rows])
    counts = [
        f"{int(np.count_nonzero(states == code))} {STATE_WORDS[word]}"
        for code, word in reversed(list(enumerate(STATES)))
    ]
    return f"Runs of {len(rows)} muscle{'s' if len(rows) > 1 else ''}: {', '.join(counts)}."


def _stages(result: Result, axis: TimeAxis, bottom: float) -> list[ET.Element]:
    """A line where the first run of a stage begins, with its name."""
    runs = sorted(
        (float(one.attrs["start_s"]), str(one.attrs["stage"]))
        for one in result.signals[AVERAGES].data_vars.values()
        if "stage" in one.attrs
    )
    parts, before = [], ""
    for time_s, stage in runs:
        if not stage or stage == before:
            continue
        before, x = stage, axis.x(time_s)
        parts.append(tag("line", x1=x, x2=x, y1=_TOP - 8, y2=bottom, stroke="#b0b0b0"))
        label = stage_labels().get(stage, stage)
        parts.append(text(label, x + 2, _TOP - 14, transform=f"rotate(-20 {x + 2} {_TOP - 14})"))
    return parts


def _panel(row: _Row, times_s: Floats, axis: TimeAxis, top: float) -> list[ET.Element]:
    most = max(row.baseline_uv, float(np.nanmax(row.values["amplitude_high"]))) * 1.08
    floor = top + _PANEL

    def y(value_uv: float) -> float:
        return round(floor - (_PANEL - 16) * min(max(value_uv, 0.0), most) / most, 2)

    left, right = axis.gutter, axis.gutter + axis.plot
    parts = [
        text(row.title, left + 4, top + 10, fill=row.colour, font_weight="bold"),
        tag("line", x1=left, x2=right, y1=floor, y2=floor, stroke=BLACK),
        tag(
            "line",
            x1=left,
            x2=right,
            y1=y(row.baseline_uv),
            y2=y(row.baseline_uv),
            stroke=row.colour,
            stroke_dasharray="5 4",
            class_="baseline",
        ),
        text(f"{row.baseline_uv:.0f} µV", left - 6, y(row.baseline_uv) + 4, text_anchor="end"),
        text("0", left - 6, floor + 4, text_anchor="end"),
    ]
    most_direct = max(125.0, float(np.nanmax(row.values["direct"], initial=0.0)))
    for place in row.judged():
        x = axis.x(float(times_s[place]))
        parts += _mark(row, place, x, y)
        direct = float(row.values["direct"][place])
        if math.isfinite(direct):
            at = floor + _DIRECT - 0.8 * _DIRECT * min(direct, most_direct) / most_direct
            parts.append(tag("circle", cx=x, cy=round(at, 2), r=1.8, fill=GREY))
    parts.append(
        text("direct", left - 6, floor + 0.7 * _DIRECT, text_anchor="end", fill=GREY, font_size=10)
    )
    return parts


def _mark(row: _Row, place: int, x: float, y: _Scale) -> list[ET.Element]:
    """One run: a dot with its interval, a triangle at the limit, or a square."""
    state = int(row.values["state"][place])
    values = {word: float(all_[place]) for word, all_ in row.values.items()}
    limit = values["limit"]
    if state == _PRESENT:
        low, high = y(values["amplitude_low"]), y(values["amplitude_high"])
        tip = f"present, {values['amplitude']:.1f} µV"
        mark = tag("circle", cx=x, cy=y(values["amplitude"]), r=3.4, fill=row.colour)
        return [
            tag("line", x1=x, x2=x, y1=low, y2=high, stroke=row.colour),
            _tipped(mark, tip, "present"),
        ]
    at = y(limit if math.isfinite(limit) else 0.0)
    may = f", at most {limit:.1f} µV" if math.isfinite(limit) else ""
    if state == _GONE:
        mark = path(f"M{x} {at + 6}L{x - 4} {at - 2}L{x + 4} {at - 2}Z", fill="#ffffff")
        mark.set("stroke", row.colour)
        return [_tipped(mark, f"gone{may}", "gone")]
    mark = tag("rect", x=x - 3, y=at - 6, width=6, height=6, fill="#ffffff", stroke=GREY)
    return [_tipped(mark, f"cannot tell{may}", "cannot_tell")]


def _tipped(mark: ET.Element, words: str, state: str) -> ET.Element:
    title = tag("title")
    title.text = words
    mark.append(title)
    mark.set("class", state)
    return mark
