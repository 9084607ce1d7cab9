"""What the figures of an experiment share: axes with their ticks, and the name of an axis."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.nerve.scale import Scale
from hemifacial.report.nerve.wording import number
from hemifacial.report.svg import tag, text

__all__ = ["FAINT", "WIDTH", "lower_axis", "side_axis", "upright"]

WIDTH = 760.0
FAINT = "#e3e3e3"


def lower_axis(scale: Scale, top: float, foot: float, name: str) -> list[ET.Element]:
    """The horizontal axis at `foot`, with faint lines up to `top`; its name stands under it."""
    parts: list[ET.Element] = []
    for value in scale.ticks():
        x = scale.at(value)
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=foot + 4, stroke=FAINT))
        parts.append(text(number(value, 6), x, foot + 16, text_anchor="middle", fill=GREY))
    parts.append(tag("line", x1=scale.start, x2=scale.stop, y1=foot, y2=foot, stroke=GREY))
    parts.append(text(name, scale.stop, foot + 32, text_anchor="end", fill=BLACK))
    return parts


def side_axis(scale: Scale, left: float, right: float, name: str) -> list[ET.Element]:
    """The upright axis at `left`, with faint lines to `right`; its name stands above it."""
    parts: list[ET.Element] = []
    for value in scale.ticks():
        y = scale.at(value)
        parts.append(tag("line", x1=left, x2=right, y1=y, y2=y, stroke=FAINT))
        parts.append(text(number(value, 6), left - 6, y + 4, text_anchor="end", fill=GREY))
    parts.append(text(name, 4, min(scale.start, scale.stop) - 12, fill=BLACK))
    return parts


def upright(x: float, top: float, foot: float, **attributes: object) -> ET.Element:
    """A line over the whole height."""
    return tag("line", x1=x, x2=x, y1=top, y2=foot, **attributes)
