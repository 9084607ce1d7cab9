"""Strips of a timeline drawn: values with their intervals, limits of what was not seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.case.points import Point
from hemifacial.findings import Status
from hemifacial.report.case.answers import draw_answers
from hemifacial.report.case.days import DayAxis
from hemifacial.report.case.marks import haloed, marker, tipped
from hemifacial.report.case.members import Member
from hemifacial.report.case.placing import Room, width_of, wrapped
from hemifacial.report.case.strips import Strip, point_words, unit_words
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.electro.scales import line_through
from hemifacial.report.svg import rectangle, tag, text
from hemifacial.report.words import number

__all__ = ["FRAME", "Drawn", "draw_strip", "heading"]

Drawn = tuple[list[ET.Element], float]

FRAME = "#b5b5b5"
_HEADING_PX, _LINE_PX = 18.0, 14.0
_TALL_PX, _FLAT_PX, _STATE_PX = 62.0, 30.0, 22.0
_MOST_TOGETHER = 2
_MOST_VALUES = 8


def heading(words: str, axis: DayAxis, top: float) -> Drawn:
    """The name of a lane in as many lines as it needs."""
    lines = wrapped(words, axis.right - 12)
    parts = [
        text(line, 4, top + 12 + _LINE_PX * place, font_weight=600, fill=BLACK)
        for place, line in enumerate(lines)
    ]
    return parts, _HEADING_PX + _LINE_PX * (len(lines) - 1)


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """A strip's rectangle on the paper: values to places from its foot up."""

    strip: Strip
    axis: DayAxis
    top: float
    height: float

    @property
    def foot(self) -> float:
        """Where the lowest value stands."""
        return self.top + self.height - self._margin

    @property
    def _margin(self) -> float:
        return 6.0

    def y(self, value: float) -> float:
        """Where a value is drawn; one beyond the range stands at its end."""
        strip = self.strip
        share = min(max((value - strip.low) / (strip.high - strip.low), 0.0), 1.0)
        return round(self.foot - (self.height - 2 * self._margin) * share, 2)


def draw_strip(strip: Strip, axis: DayAxis, top: float) -> Drawn:
    """Values over the days; more than two series stand below each other, on one scale."""
    unit = unit_words(strip.unit)
    said = f"{strip.heading}{f', {unit}' if unit else ''}{f' ({strip.note})' if strip.note else ''}"
    alone = len(strip.members) == 1
    if alone and strip.members[0].label:
        said += f": {strip.members[0].label}"
    parts, y = heading(said, axis, top)
    y += top
    apart = len(strip.members) > (1 if strip.states else _MOST_TOGETHER)
    for members in [[one] for one in strip.members] if apart else [list(strip.members)]:
        if not alone:
            legend, room = _legend(members, axis, y)
            parts += legend
            y += room
        if strip.states:
            parts += [part for one in members for part in draw_answers(one, strip, axis, y + 10)]
            y += _STATE_PX
            continue
        tall = _FLAT_PX if apart else _TALL_PX
        parts += _drawn(members, _Frame(strip=strip, axis=axis, top=y, height=tall))
        y += tall + (4 if apart else 0)
    return parts, y - top + 12


def _legend(members: Sequence[Member], axis: DayAxis, top: float) -> Drawn:
    """Each series by its shape, in words."""
    parts: list[ET.Element] = []
    x, y = 10.0, top + 8
    for one in members:
        lines = wrapped(one.label or "no side", axis.right - 24)
        wide = 28 + max(map(width_of, lines))
        if x > 10 and x + wide > axis.right:
            x, y = 10.0, y + _LINE_PX
        parts.append(marker(one.shape, x, y - 3, 4, fill=one.ink))
        for line in lines:
            parts.append(text(line, x + 9, y + 1, fill=BLACK))
            y += _LINE_PX
        y -= _LINE_PX
        x += wide
    return parts, y - top + 8


def _drawn(members: Sequence[Member], frame: _Frame) -> list[ET.Element]:
    axis, strip = frame.axis, frame.strip
    parts = [rectangle(axis.left, frame.top, axis.plot, frame.height, fill="none", stroke=FRAME)]
    room = Room(left=axis.left, right=axis.right)
    for value in (strip.low, strip.high):
        place = frame.y(value) + 4
        parts.append(text(f"{value:g}", axis.left - 5, place, text_anchor="end", fill=GREY))
    for member in members:
        for point in member.points:
            room.occupy(axis.x(point.day), _place(point, frame), 5)
    for member in members:
        parts += _member(member, frame, room)
    return parts


def _place(point: Point, frame: _Frame) -> float:
    if _is_unjudged(point):
        return frame.foot
    return frame.y(point.detection_limit or 0.0 if point.value is None else point.value)


def _is_unjudged(point: Point) -> bool:
    return point.value is None and (
        point.status is Status.NOT_JUDGED or point.detection_limit is None
    )


def _member(member: Member, frame: _Frame, room: Room) -> list[ET.Element]:
    strip, axis = frame.strip, frame.axis
    line = [(axis.x(one.day), frame.y(one.value)) for one in member.points if one.value is not None]
    parts: list[ET.Element] = []
    if len(line) > 1:
        data = line_through([x for x, _ in line], [y for _, y in line])
        parts.append(tag("path", d=data, fill="none", stroke=member.ink, stroke_width=1.2))
    whose = f" {member.label}" if member.label else ""
    labels = []
    told = _told(member.points)
    for point in member.points:
        x, y = axis.x(point.day), _place(point, frame)
        words = f"{point.day}: {strip.heading}{whose}, "
        words += point_words(point, strip.unit, strip.states)
        parts.append(tipped(_point(x, y, point, member, frame), words))
        label = _label(point, strip) if point in told else ""
        wide = width_of(label)
        for at, foot in _beside(x, y, wide, point, frame):
            inside = frame.top + 8 < foot < frame.top + frame.height
            if label and inside and room.take(at, foot, wide):
                labels.append(haloed(label, at, foot))
                break
    return parts + labels


def _beside(
    x: float, y: float, wide: float, point: Point, frame: _Frame
) -> list[tuple[float, float]]:
    """Where the value of a point may stand, the best first.

    Above its interval: beside the mark the line goes on, and a bit of it before a number would be
    read as a minus.
    """
    tip = y if point.high is None else frame.y(point.high)
    foot = y if point.low is None else frame.y(point.low)
    above, below = (x - wide / 2, tip - 8), (x - wide / 2, foot + 16)
    return [above, below, (x + 8, y - 6), (x + 8, y + 13), (x - 8 - wide, y - 6), (x + 9, y + 4)]


def _told(points: Sequence[Point]) -> Sequence[Point]:
    """Which points have their value beside them: of many the ends, the highest, the lowest."""
    if len(points) <= _MOST_VALUES:
        return points
    known = [point for point in points if point.value is not None]
    ordered = sorted(known, key=lambda point: point.value or 0.0)
    return [points[0], points[-1], *ordered[:1], *ordered[-1:]]


def _label(point: Point, strip: Strip) -> str:
    """The value as it stands beside its mark."""
    spread = strip.quantity == "lateral_spread_left"
    if _is_unjudged(point):
        return "cannot tell" if spread else ""
    if point.value is None:
        return f"{'gone, ' if spread else ''}< {number(point.detection_limit or 0.0)}"
    return f"{point.value:g}" if point.value.is_integer() else number(point.value)


def _point(x: float, y: float, point: Point, member: Member, frame: _Frame) -> ET.Element:
    ink = member.ink
    if _is_unjudged(point):
        cross = marker("cross", x, y, 4.5, stroke=ink, stroke_width=1.6)
        return tag("g", cross, class_="not-judged")
    if point.value is None:
        stem = tag("line", x1=x, x2=x, y1=y, y2=frame.foot, stroke=ink, stroke_dasharray="2 2")
        head = marker("down", x, y, 4.5, fill="#ffffff", stroke=ink, stroke_width=1.6)
        return tag("g", stem, head, class_="below-limit")
    parts: list[ET.Element] = []
    if point.low is not None and point.high is not None:
        low, high = frame.y(point.low), frame.y(point.high)
        parts.append(tag("line", x1=x, x2=x, y1=low, y2=high, stroke=ink, class_="interval"))
        if point.high > frame.strip.high:  # it goes on above
            parts.append(tag("path", d=f"M{x - 3:.1f} {high + 1:.1f}l3 -4l3 4", fill="none",
                             stroke=ink))  # fmt: skip
    parts.append(marker(member.shape, x, y, 4, fill=ink, stroke="#ffffff", stroke_width=0.8))
    return tag("g", *parts, class_="measured")
