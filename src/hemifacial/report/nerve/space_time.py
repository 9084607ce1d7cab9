"""Voltage along a fibre over time, as a picture."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.nerve.frame import WIDTH, lower_axis
from hemifacial.report.nerve.scale import Scale
from hemifacial.report.nerve.voltage import LEVELS_MV, colour_of, layers
from hemifacial.report.nerve.wording import number, readable
from hemifacial.report.svg import path, rectangle, tag, text
from hemifacial.twin.nerve.outcome import SpaceTime

__all__ = ["draw_space_time"]

Values = NDArray[np.float64]

_LEFT, _TOP, _HEIGHT, _RIGHT = 62.0, 34.0, 330.0, 100.0
_MOST_COLUMNS, _MOST_ROWS = 260, 90
_LEAST_SHARE = 0.34
"""Of the height for the lesion: to scale it would be a line."""


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Millimetres to places of the drawing; a lesion may be drawn larger than the rest."""

    low: float
    high: float
    lesion: tuple[float, float] | None

    def at(self, place_mm: float) -> float:
        if self.lesion is None:
            share = (place_mm - self.low) / (self.high - self.low)
        else:
            from_mm, to_mm = self.lesion
            kept = self.share
            outside = (self.high - self.low) - (to_mm - from_mm)
            before = min(place_mm, from_mm) - self.low + max(place_mm - to_mm, 0.0)
            within = min(max(place_mm - from_mm, 0.0), to_mm - from_mm)
            share = kept * within / (to_mm - from_mm)
            share += (1 - kept) * before / outside if outside > 0 else 0.0
        return round(_TOP + _HEIGHT * share, 2)

    @property
    def share(self) -> float:
        """Of the height, that of the lesion."""
        if self.lesion is None:
            return 0.0
        true = (self.lesion[1] - self.lesion[0]) / (self.high - self.low)
        return max(true, _LEAST_SHARE) if true < 1 else 1.0

    @property
    def enlarged(self) -> float:
        """How many times larger than the rest the lesion is drawn."""
        if self.lesion is None:
            return 1.0
        true = (self.lesion[1] - self.lesion[0]) / (self.high - self.low)
        if true >= 1:
            return 1.0
        return (self.share / true) / ((1 - self.share) / (1 - true))


def draw_space_time(one: SpaceTime) -> Figure:
    """A picture of voltage; its values stand in ``NAME.parquet``."""
    order = np.argsort(one.place_mm, kind="stable")
    place_mm, voltage_mv = one.place_mm[order], one.voltage_mv[:, order]
    edges_mm = _edges(place_mm)
    places = _Places(
        low=float(edges_mm[0]), high=float(edges_mm[-1]), lesion=_lesion(one, edges_mm)
    )
    edges_ms = _edges(one.time_ms)
    across = Scale(
        low=float(edges_ms[0]), high=float(edges_ms[-1]), start=_LEFT, stop=WIDTH - _RIGHT
    )
    by_time, starts = _highest(voltage_mv, _MOST_COLUMNS)
    x = np.array([across.at(float(t)) for t in np.append(edges_ms[starts], edges_ms[-1])])
    by_place, rows = _highest(by_time.T, _MOST_ROWS)
    y = np.array([places.at(float(mm)) for mm in np.append(edges_mm[rows], edges_mm[-1])])
    picture = tag(
        "g",
        *(path(data, fill=ink) for ink, data in layers(by_place, x, y)),
        shape_rendering="crispEdges",
    )
    parts = [
        *lower_axis(across, _TOP + _HEIGHT, _TOP + _HEIGHT, "time, ms"),
        picture,
        *_place_axis(places),
        *_lesion_marks(places, across),
        *_colour_scale(),
    ]
    pooled = by_time.shape[0] < voltage_mv.shape[0] or by_place.shape[0] < voltage_mv.shape[1]
    return figure(
        one.name,
        parts,
        width=WIDTH,
        height=_TOP + _HEIGHT + 42,
        heading=readable(one.title),
        said=_said(one, places, pooled),
        words=_spoken(one),
    )


def _edges(middles: Values) -> Values:
    """Half way between neighbours; a cell by itself reaches half a unit to either side."""
    if middles.size < 2:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    half = (middles[1:] + middles[:-1]) / 2
    return np.concatenate(([middles[0]], half, [middles[-1]]))


def _lesion(one: SpaceTime, edges_mm: Values) -> tuple[float, float] | None:
    if one.lesion_mm is None:
        return None
    low = max(one.lesion_mm[0], float(edges_mm[0]))
    high = min(one.lesion_mm[1], float(edges_mm[-1]))
    return (low, high) if high > low else None


def _highest(values: Values, most: int) -> tuple[Values, NDArray[np.intp]]:
    """Rows joined until there are no more than `most`, each as its highest: no spike is lost."""
    size = math.ceil(values.shape[0] / most)
    starts = np.arange(0, values.shape[0], size)
    return np.maximum.reduceat(values, starts, axis=0), starts


def _place_axis(places: _Places) -> list[ET.Element]:
    left, right = _LEFT, WIDTH - _RIGHT
    parts = [
        tag("rect", x=left, y=_TOP, width=right - left, height=_HEIGHT, fill="none", stroke=GREY)
    ]
    wanted = Scale(low=places.low, high=places.high, start=0, stop=1).ticks()
    if places.lesion is not None:
        inside = Scale(low=places.lesion[0], high=places.lesion[1], start=0, stop=1).ticks()
        wanted = tuple(sorted({*wanted, *inside}))
    last = -math.inf
    for value in wanted:
        y = places.at(value)
        if y - last < 13:
            continue
        last = y
        parts.append(tag("line", x1=left - 4, x2=left, y1=y, y2=y, stroke=GREY))
        parts.append(text(number(value, 6), left - 7, y + 4, text_anchor="end", fill=GREY))
    parts.append(text("place along the fibre, mm", 4, _TOP - 10, fill=BLACK))
    return parts


def _lesion_marks(places: _Places, across: Scale) -> list[ET.Element]:
    if places.lesion is None:
        return []
    top, foot = (places.at(one) for one in places.lesion)
    x = across.stop
    parts = [
        tag("line", x1=_LEFT, x2=x, y1=y, y2=y, stroke=BLACK, stroke_dasharray="5 3")
        for y in (top, foot)
    ]
    parts.append(tag("line", x1=_LEFT + 2, x2=_LEFT + 2, y1=top, y2=foot, stroke=BLACK,
                     stroke_width=3))  # fmt: skip
    parts.append(
        text("lesion", _LEFT - 46, (top + foot) / 2, fill=BLACK, font_weight=600,
             text_anchor="middle", transform=f"rotate(-90 {_LEFT - 46:g} {(top + foot) / 2:g})")
    )  # fmt: skip
    return parts


def _colour_scale() -> list[ET.Element]:
    x, width = WIDTH - _RIGHT + 24, 14.0
    height = 200.0 / len(LEVELS_MV)
    top = _TOP + 24
    parts = [text("mV", x, top - 8, fill=BLACK)]
    step = LEVELS_MV[1] - LEVELS_MV[0]
    for n, level in enumerate(reversed(LEVELS_MV)):
        y = top + n * height
        parts.append(rectangle(x, y, width, height, fill=colour_of(level + step / 2),
                               shape_rendering="crispEdges"))  # fmt: skip
        if (named := level + step / 2) % 40 == 0:
            middle = y + height / 2
            parts.append(
                tag("line", x1=x + width, x2=x + width + 4, y1=middle, y2=middle, stroke=GREY)
            )
            parts.append(text(number(named), x + width + 7, middle + 4, fill=GREY))
    parts.append(tag("rect", x=x, y=top, width=width, height=200.0, fill="none", stroke=GREY))
    return parts


def _said(one: SpaceTime, places: _Places, pooled: bool) -> str:
    said = [readable(one.caption)] if one.caption else []
    if places.enlarged > 1.05:
        said.append(f"The lesion is drawn {number(places.enlarged)} times larger than the rest.")
    if pooled:
        said.append("Each cell shows the highest voltage within it.")
    return " ".join(said)


def _spoken(one: SpaceTime) -> str:
    lowest, highest = float(one.voltage_mv.min()), float(one.voltage_mv.max())
    said = (
        f"Voltage of {one.place_mm.size} places over {number(float(one.time_ms[0]))} to "
        f"{number(float(one.time_ms[-1]))} ms: from {lowest:.0f} to {highest:.0f} mV."
    )
    if one.lesion_mm is not None:
        said += f" Lesion from {one.lesion_mm[0]:g} to {one.lesion_mm[1]:g} mm."
    return said
