"""Lines over one axis: what an experiment measured by what it varied."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from hemifacial.report.case.marks import INKS, SHAPES, haloed, marker, tipped
from hemifacial.report.drawing import BLACK
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.scales import line_through
from hemifacial.report.nerve.frame import WIDTH, lower_axis, side_axis
from hemifacial.report.nerve.scale import Scale, around
from hemifacial.report.nerve.wording import number, readable, wide
from hemifacial.report.svg import path, rectangle, tag, text
from hemifacial.twin.nerve.outcome import Line, Plot

__all__ = ["draw_plot"]

_LEFT, _RIGHT, _TOP, _HEIGHT = 62.0, 16.0, 34.0, 270.0
_DASHES = (None, "7 3", "2 3")
_MOST_MARKED = 80
_MOST_POINTS = 1400
_LINE_OF_LEGEND = 17.0

_Point = tuple[float, float]


def draw_plot(plot: Plot) -> Figure:
    """A plot as a figure; its values stand in ``NAME.tsv``."""
    foot = _TOP + _HEIGHT
    xs = [x for line in plot.lines for x in line.x]
    ys = [y for line in plot.lines for y in line.y]
    ys += [edge for low, high, _ in plot.bands for edge in (low, high)]
    across = around(xs, _LEFT, WIDTH - _RIGHT, log=plot.log_x, edge=0.02)
    up = around(ys, foot, _TOP, edge=0.05)
    legend, height = _legend(plot.lines, foot + 52)
    parts = [
        *_bands(plot, up),
        *lower_axis(across, _TOP, foot, readable(plot.x_label)),
        *side_axis(up, _LEFT, WIDTH - _RIGHT, readable(plot.y_label)),
        *(
            part
            for n, line in enumerate(plot.lines)
            for part in _drawn(n, line, across, up, _swell(n, len(plot.lines)))
        ),
        *_band_names(plot, up),
        *legend,
    ]
    left_out = sum(x <= 0 for x in xs) if plot.log_x else 0
    said = readable(plot.caption)
    if left_out:
        said = f"{said} Values at 0 or below have no place on this axis.".strip()
    return figure(
        plot.name,
        parts,
        width=WIDTH,
        height=height,
        heading=readable(plot.title),
        said=said,
        words=_spoken(plot),
    )


def _bands(plot: Plot, up: Scale) -> list[ET.Element]:
    return [
        rectangle(
            _LEFT,
            up.at(high),
            WIDTH - _RIGHT - _LEFT,
            max(up.at(low) - up.at(high), 2.0),
            fill="#dbe7ef",
            tip=f"{readable(name)}: {number(low)} to {number(high)}",
        )
        for low, high, name in plot.bands
    ]


def _band_names(plot: Plot, up: Scale) -> list[ET.Element]:
    """Above the lines, so that none crosses a name."""
    return [
        haloed(readable(name), WIDTH - _RIGHT - 4, up.at(high) + 13, text_anchor="end")
        for _, high, name in plot.bands
    ]


def _style(n: int) -> tuple[str, str, str | None]:
    return INKS[n % len(INKS)], SHAPES[n % len(SHAPES)], _DASHES[n // len(INKS) % len(_DASHES)]


def _swell(n: int, count: int) -> float:
    """How much larger an earlier line is drawn, so that one under another is still seen."""
    return 0.8 * min(count - 1 - n, 2)


def _drawn(n: int, line: Line, across: Scale, up: Scale, swell: float) -> list[ET.Element]:
    ink, shape, dash = _style(n)
    parts: list[ET.Element] = []
    pairs = list(zip(line.x, line.y, strict=True))
    for stretch in _stretches(pairs, across, up):
        if len(stretch) > 1:
            places = _thinned([(across.at(x), up.at(y)) for x, y in stretch])
            data = line_through([x for x, _ in places], [y for _, y in places])
            parts.append(
                path(data, fill="none", stroke=ink, stroke_width=1.6 + swell, stroke_dasharray=dash)
            )
        if len(stretch) == 1 or (line.points and len(pairs) <= _MOST_MARKED):
            parts += [
                _marked(line, (x, y), (across.at(x), up.at(y)), 3.6 + swell, (shape, ink))
                for x, y in stretch
            ]
    return parts


def _marked(
    line: Line, value: _Point, place: _Point, radius: float, look: tuple[str, str]
) -> ET.Element:
    shape, ink = look
    spot = marker(shape, *place, radius, fill=ink, stroke="#ffffff", stroke_width=0.8)
    return tipped(spot, f"{readable(line.label)}: {number(value[1])} at {number(value[0])}")


def _stretches(pairs: Sequence[_Point], across: Scale, up: Scale) -> Iterator[list[_Point]]:
    """The parts of a line between its gaps."""
    stretch: list[_Point] = []
    for x, y in pairs:
        if across.holds(x) and up.holds(y):
            stretch.append((x, y))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _thinned(places: list[_Point]) -> list[_Point]:
    """Of a long line, the highest and the lowest place of each small step, in their order."""
    if len(places) <= _MOST_POINTS:
        return places
    size = math.ceil(2 * len(places) / _MOST_POINTS)
    kept: list[_Point] = []
    for start in range(0, len(places), size):
        step = list(enumerate(places[start : start + size]))
        ends = {min(step, key=lambda one: one[1][1]), max(step, key=lambda one: one[1][1])}
        kept += [place for _, place in sorted(ends)]
    return kept


def _legend(lines: Sequence[Line], top: float) -> tuple[list[ET.Element], float]:
    """A mark and a name for each line, in rows; and where they end."""
    parts: list[ET.Element] = []
    x, y = _LEFT, top
    for n, line in enumerate(lines):
        label = readable(line.label)
        room = 44 + wide(label)
        if x > _LEFT and x + room > WIDTH - 4:
            x, y = _LEFT, y + _LINE_OF_LEGEND
        ink, shape, dash = _style(n)
        parts.append(tag("line", x1=x, x2=x + 24, y1=y - 4, y2=y - 4, stroke=ink,
                         stroke_width=1.6, stroke_dasharray=dash))  # fmt: skip
        parts.append(marker(shape, x + 12, y - 4, 3.6, fill=ink))
        parts.append(text(label, x + 30, y, fill=BLACK))
        x += room
    return parts, y + 8


def _spoken(plot: Plot) -> str:
    said = [f"{readable(plot.y_label)} by {readable(plot.x_label)}."]
    for line in plot.lines:
        known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if math.isfinite(y)]
        if not known:
            said.append(f"{readable(line.label)}: no value.")
            continue
        (x0, y0), (x1, y1) = known[0], known[-1]
        said.append(
            f"{readable(line.label)}: {number(y0)} at {number(x0)}, "
            f"{number(y1)} at {number(x1)}, {len(known)} of {len(line.x)} values."
        )
    return " ".join(said)
