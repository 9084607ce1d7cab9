"""A frame for curves over days or months: both axes with their ticks, bands and lines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.report.case.marks import haloed
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.electro.scales import line_through
from hemifacial.report.svg import path, tag, text

__all__ = ["Plot"]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A rectangle of the drawing; x from 0 to `most_x`, y from 0 to 1, shown as percent."""

    most_x: float
    width: float
    height: float
    left: float = 44.0
    top: float = 12.0
    below: float = 40.0

    def x(self, value: float) -> float:
        """Where a value of the horizontal axis stands; beyond the end at the end."""
        plot = self.width - self.left - 14
        return round(self.left + plot * min(max(value / self.most_x, 0.0), 1.0), 2)

    def y(self, share: float) -> float:
        """Where a share stands."""
        plot = self.height - self.top - self.below
        return round(self.top + plot * (1 - min(max(share, 0.0), 1.0)), 2)

    def axes(self, ticks: Sequence[float], name: str) -> list[ET.Element]:
        """Both axes, with faint lines."""
        parts: list[ET.Element] = []
        foot = self.y(0)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = self.y(share)
            parts.append(tag("line", x1=self.left, x2=self.x(self.most_x), y1=y, y2=y,
                             stroke="#e3e3e3"))  # fmt: skip
            parts.append(text(f"{100 * share:.0f} %", self.left - 5, y + 4, text_anchor="end",
                              fill=GREY))  # fmt: skip
        for value in ticks:
            x = self.x(value)
            parts.append(tag("line", x1=x, x2=x, y1=foot, y2=foot + 4, stroke=GREY))
            parts.append(text(f"{value:g}", x, foot + 16, text_anchor="middle", fill=GREY))
        parts.append(tag("line", x1=self.left, x2=self.x(self.most_x), y1=foot, y2=foot,
                         stroke=GREY))  # fmt: skip
        parts.append(text(name, self.x(self.most_x), foot + 31, text_anchor="end", fill=GREY))
        return parts

    def line(self, points: Sequence[tuple[float, float]], **attributes: object) -> ET.Element:
        """A curve through these places."""
        data = line_through([self.x(x) for x, _ in points], [self.y(y) for _, y in points])
        return path(data, fill="none", **attributes)

    def band(
        self, low: Sequence[tuple[float, float]], high: Sequence[tuple[float, float]],
        **attributes: object,
    ) -> ET.Element:  # fmt: skip
        """What lies between two curves."""
        around = [*low, *reversed(high)]
        data = line_through([self.x(x) for x, _ in around], [self.y(y) for _, y in around])
        return path(f"{data}Z", stroke="none", **attributes)

    def upright(self, value: float, words: str, line: float, **attributes: object) -> ET.Element:
        """A line over the whole height with its words on one of the lines at the top."""
        x = self.x(value)
        right = x + 6 + len(words) * 5.9 > self.width
        return tag(
            "g",
            tag("line", x1=x, x2=x, y1=self.top, y2=self.y(0), stroke=BLACK, **attributes),
            haloed(words, x - 4 if right else x + 4, self.top + 11 + 14 * line,
                   text_anchor="end" if right else "start"),
        )  # fmt: skip
