"""The signals of each region over time as a drawing, and as what the page draws them from."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.findings import Result
from hemifacial.report.drawing import (
    BLACK,
    COLOURS,
    GREY,
    SIDES,
    TimeAxis,
    event_colour,
    gap_marks,
    hatching,
    text_colour,
)
from hemifacial.report.event_rows import EventRow
from hemifacial.report.lanes import (
    ABOVE,
    HEADING_HEIGHT,
    LANE_HEIGHT,
    ROOM,
    Lane,
    Trace,
    lanes_of,
    sizes_words,
    trace_words,
)
from hemifacial.report.samples import packed, stretches
from hemifacial.report.svg import drawing, path, rectangle, tag, text
from hemifacial.report.words import number, short_sites

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["draw_traces", "trace_data"]

Floats = NDArray[np.float64]

_AXIS = 34.0
_STRETCHES = 600


def draw_traces(measured: Result, rows: Sequence[EventRow], axis: TimeAxis) -> Mapping[str, str]:
    """One figure a table of signals: a strip a region, events shaded, the levels drawn; as SVG."""
    return {
        name: _draw_table(name, table, lanes, rows, axis)
        for name, table in measured.signals.items()
        if table.sizes["time"] and (lanes := lanes_of(table))
    }


def _draw_table(
    name: str, table: xr.Dataset, lanes: Sequence[Lane], rows: Sequence[EventRow], axis: TimeAxis
) -> str:
    times_s = np.asarray(table["time"].values, dtype=np.float64)
    figure = f"traces-{name}"
    bottom = lanes[-1].top + HEADING_HEIGHT + LANE_HEIGHT
    gaps = gap_marks(axis, tuple(row.shown for row in rows), figure, ABOVE, bottom)
    return drawing(
        figure,
        hatching(figure),
        axis.drawn(ABOVE, bottom),
        *gaps,
        *(part for lane in lanes for part in _draw_lane(lane, times_s, rows, axis)),
        width=axis.width,
        height=bottom + _AXIS,
        title="Signals of each region over time, the right upward and the left downward",
        words=" ".join(trace_words(table)),
    )


def _draw_lane(
    lane: Lane, times_s: Floats, rows: Sequence[EventRow], axis: TimeAxis
) -> list[ET.Element]:
    top = lane.top + HEADING_HEIGHT
    middle = top + LANE_HEIGHT / 2 if lane.down is not None else top + LANE_HEIGHT - 4
    scale = (middle - top) / lane.largest
    right = axis.gutter + axis.plot
    unit = lane.traces[0].unit
    end = text(f"{number(lane.largest / ROOM)} {unit}", axis.gutter - 6, top + 9)
    end.attrib |= {"text-anchor": "end", "fill": GREY, "font-size": "9"}
    parts = [
        text(lane.label, 2, lane.top + 11, font_weight=600),
        end,
        tag("line", x1=axis.gutter, x2=right, y1=middle, y2=middle, stroke="#8c8c8c"),
    ]
    levels = text(sizes_words(lane), right, lane.top + 11, text_anchor="end", font_size=9)
    levels.set("fill", GREY)
    parts.append(levels)
    for trace in lane.traces:
        up = trace is lane.up
        sign = -1.0 if up else 1.0
        half = (top, middle - top) if up else (middle, middle - top)
        parts += _shades(trace, rows, axis, *half)
        parts += _levels(trace, middle, sign * scale, lane.largest, axis)
        colour = COLOURS.get(trace.side, BLACK)
        data = _outline(trace.values, times_s, axis, middle, sign * scale)
        parts.append(path(data, fill="none", stroke=colour, stroke_width=0.8, class_="trace"))
        if trace.side in SIDES:
            word = trace.side.value.upper()
            place = middle - 8 if up else middle + 14
            parts.append(text(word, axis.gutter - 6, place, text_anchor="end", font_size=9))
            parts[-1].set("fill", text_colour(trace.side))
    return parts


def _shades(
    trace: Trace, rows: Sequence[EventRow], axis: TimeAxis, top: float, height: float
) -> list[ET.Element]:
    """The events of a side behind its signal, one path a colour."""
    of_colour: dict[str, list[str]] = {}
    for row in rows:
        event = row.standing
        if event is None or event.family in ("gap", "burst", "phase"):
            continue
        if event.side in (trace.side, Side.BOTH):
            span = axis.span(event.onset_s, event.offset_s)
            box = f"M{span['x']} {top:g}h{span['width']}v{height:g}h-{span['width']}z"
            of_colour.setdefault(event_colour(event), []).append(box)
    return [
        path("".join(boxes), fill=colour, fill_opacity=0.2) for colour, boxes in of_colour.items()
    ]


def _levels(
    trace: Trace, middle: float, scale: float, largest: float, axis: TimeAxis
) -> list[ET.Element]:
    """Noise floor as a band, threshold dashed, smallest detectable movement dotted."""
    parts = []
    right = axis.gutter + axis.plot
    if trace.noise_floor is not None:
        height = abs(trace.noise_floor * scale)
        parts.append(
            rectangle(
                axis.gutter,
                middle - (height if scale < 0 else 0),
                axis.plot,
                height,
                fill="#8c8c8c",
                fill_opacity=0.25,
            )
        )
    for level, dashes in ((trace.threshold, "4 3"), (trace.smallest_detectable, "1 2")):
        if level is not None and level <= largest:  # beyond the strip it stands in words
            y = middle + scale * level
            line = tag("line", x1=axis.gutter, x2=right, y1=y, y2=y, stroke=BLACK)
            line.attrib |= {"stroke-dasharray": dashes, "stroke-width": "0.7"}
            parts.append(line)
    return parts


def _outline(values: Floats, times_s: Floats, axis: TimeAxis, middle: float, scale: float) -> str:
    """The smallest and largest value of each stretch, as one line that breaks where none was."""
    both = stretches(values, _STRETCHES)
    commands, pen = [], "M"
    starts_s = times_s[both.starts]
    for time_s, low, high in zip(starts_s, both.low, both.high, strict=True):
        if math.isnan(low):
            pen = "M"
            continue
        x = axis.x(float(time_s))
        commands.append(f"{pen}{x:.1f} {middle + scale * low:.1f}V{middle + scale * high:.1f}")
        pen = "L"
    return "".join(commands)


def trace_data(measured: Result, rows: Sequence[EventRow]) -> list[dict[str, Any]]:
    """What the page's script draws the same strips from, at any zoom; a table after the other."""
    found = []
    events = [row.shown for row in rows] + [row.measured for row in rows if row.measured]
    for table in measured.signals.values():
        lanes = lanes_of(table)
        if not (table.sizes["time"] and lanes):
            continue
        traces = [trace for lane in lanes for trace in lane.traces]
        times_s = np.asarray(table["time"].values, dtype=np.float64)
        place = {id(trace): index for index, trace in enumerate(traces)}
        found.append(
            {
                **packed(times_s, [trace.values for trace in traces], events),
                "lanes": [
                    {
                        "label": lane.label,
                        "site": short_sites([lane.traces[0].site]),
                        "levels": sizes_words(lane),
                        "unit": lane.traces[0].unit,
                        "largest": round(lane.largest, 4),
                        "up": _side_data(lane.up, place),
                        "down": _side_data(lane.down, place),
                    }
                    for lane in lanes
                ],
            }
        )
    return found


def _side_data(trace: Trace | None, place: Mapping[int, int]) -> dict[str, Any] | None:
    if trace is None:
        return None
    return {
        "signal": place[id(trace)],
        "side": trace.side.value,
        "threshold": trace.threshold,
        "smallest": trace.smallest_detectable,
        "noise": trace.noise_floor,
    }
