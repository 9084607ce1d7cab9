"""Amplitudes and traces as places of a drawing, the same in every figure of a recording."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from hemifacial.report.drawing import BLACK
from hemifacial.report.svg import tag, text

__all__ = ["amplitude_bar", "line_through", "round_up"]


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 ... that is no smaller; 1 where `value` is none."""
    if not value > 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 5, 10) if unit * step >= value * 0.999)


def amplitude_bar(largest_uv: float, px_per_uv: float, top: float) -> list[ET.Element]:
    """A bar of the largest round amplitude that is no larger than `largest_uv`, named."""
    unit = 10.0 ** math.floor(math.log10(largest_uv)) if largest_uv > 0 else 0.1
    size_uv = unit * max(part for part in (1, 2, 5) if unit * part <= largest_uv * (1 + 1e-9))
    height = size_uv * px_per_uv
    return [
        tag("line", x1=20, x2=20, y1=top, y2=top + height, stroke=BLACK),
        text(f"{size_uv:g} \N{MICRO SIGN}V", 26, top + 4 + height / 2),
    ]


def line_through(xs: Iterable[float], ys: Iterable[float]) -> str:
    """The commands of a path through these places."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))
