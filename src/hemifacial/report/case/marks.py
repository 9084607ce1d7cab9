"""What a mark on a timeline looks like: a shape and a colour, and always words."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

from hemifacial.report.drawing import BLACK
from hemifacial.report.svg import tag, text

__all__ = ["INKS", "SHAPES", "haloed", "marker", "tipped"]

SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "star")
"""In the order in which series and products take them."""

INKS = ("#d55e00", "#0072b2", "#00785a", "#a8467e", "#7a5c00", "#4d4d4d")
"""The colour beside each shape; all of them 3:1 on white or more."""

_CORNERS = {"square": (4, 45.0), "diamond": (4, 0.0), "triangle": (3, -90.0), "hexagon": (6, 0.0)}


def marker(shape: str, x: float, y: float, radius: float, **attributes: object) -> ET.Element:
    """A shape about a place; all shapes of one radius look equally large.

    ``down`` is a triangle that points down, ``cross`` two lines.
    """
    if shape == "circle":
        return tag("circle", cx=x, cy=y, r=radius, **attributes)
    if shape == "cross":
        reach = radius * 0.8
        data = (
            f"M{x - reach:.1f} {y - reach:.1f}L{x + reach:.1f} {y + reach:.1f}"
            f"M{x - reach:.1f} {y + reach:.1f}L{x + reach:.1f} {y - reach:.1f}"
        )
        return tag("path", d=data, **attributes)
    return tag("path", d=_outline(shape, x, y, radius), **attributes)


def _outline(shape: str, x: float, y: float, radius: float) -> str:
    if shape == "star":
        places = [(36.0 * n - 90, radius * (1.3 if n % 2 == 0 else 0.6)) for n in range(10)]
    elif shape == "down":
        places = [(120.0 * n + 90, radius * 1.25) for n in range(3)]
    else:
        corners, turn = _CORNERS[shape]
        places = [(360.0 / corners * n + turn, radius * 1.22) for n in range(corners)]
    points = [
        f"{x + far * math.cos(math.radians(angle)):.1f} "
        f"{y + far * math.sin(math.radians(angle)):.1f}"
        for angle, far in places
    ]
    return f"M{'L'.join(points)}Z"


def tipped(part: ET.Element, words: str) -> ET.Element:
    """The part with what it says when it is pointed at."""
    title = tag("title")
    title.text = words
    part.append(title)
    return part


def haloed(words: str, x: float, y: float, **attributes: object) -> ET.Element:
    """Letters with white around them, so that a line behind does not cross them."""
    return text(words, x, y, fill=BLACK, stroke="#ffffff", stroke_width=3, paint_order="stroke",
                stroke_linejoin="round", **attributes)  # fmt: skip
