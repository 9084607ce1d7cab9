"""The axis of days that all lanes of a timeline share."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hemifacial.report.drawing import GREY
from hemifacial.report.svg import tag, text

__all__ = ["DayAxis", "axis_over"]

_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_LETTER_PX = 6.0
_LEAST_DAYS = 60
_MARGIN_SHARE = 0.03


@dataclass(frozen=True, kw_only=True)
class DayAxis:
    """Days to places of a drawing: `first` stands at `left`, `last` at `left` + `plot`."""

    first: date
    last: date
    left: float
    plot: float

    @property
    def right(self) -> float:
        """Where the last day is drawn."""
        return self.left + self.plot

    def x(self, day: date) -> float:
        """Where a day is drawn; one outside the axis stands at its end."""
        share = (day - self.first).days / (self.last - self.first).days
        return round(self.left + self.plot * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> tuple[tuple[date, str], ...]:
        """First days of months or years with their names, as many as have room."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        for step in _STEPS_MONTHS:
            letters = 4 if step >= 12 else 8
            if (letters * _LETTER_PX + 10) * months / step <= self.plot:
                break
        return tuple(_ticks(self.first, self.last, step))

    def lines(self, top: float, bottom: float) -> ET.Element:
        """Faint lines from `top` to `bottom`, named at the bottom."""
        parts = [tag("line", x1=self.left, x2=self.right, y1=bottom, y2=bottom, stroke=GREY)]
        for day, name in self.ticks():
            x = self.x(day)
            parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom + 4, stroke="#e3e3e3"))
            parts.append(text(name, x, bottom + 16, text_anchor="middle", fill=GREY))
        return tag("g", *parts, class_="axis")


def axis_over(first: date, last: date, *, left: float, plot: float) -> DayAxis:
    """An axis over these days with a margin on either side; one day becomes two months."""
    length = (last - first).days
    margin = timedelta(days=max(round(length * _MARGIN_SHARE), 4))
    if length < _LEAST_DAYS:
        margin = timedelta(days=max((_LEAST_DAYS - length) // 2, 4))
    return DayAxis(first=first - margin, last=last + margin, left=left, plot=plot)


def _ticks(first: date, last: date, step: int) -> Iterator[tuple[date, str]]:
    month = first.year * 12 + first.month - 1
    month += -month % step
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        if day >= first:
            yield day, f"{day:%Y}" if step >= 12 else f"{day:%b %Y}"
        month += step
