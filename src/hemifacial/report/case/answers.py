"""Answers of a timeline that are no amounts, such as present or gone: a word beside each mark."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hemifacial.report.case.days import DayAxis
from hemifacial.report.case.marks import haloed, marker, tipped
from hemifacial.report.case.members import Member
from hemifacial.report.case.placing import Room, width_of
from hemifacial.report.case.strips import Strip, point_words
from hemifacial.report.svg import tag

__all__ = ["draw_answers"]


def draw_answers(member: Member, strip: Strip, axis: DayAxis, y: float) -> list[ET.Element]:
    """A mark a day on one line: filled where present, open where gone, a cross where open."""
    parts = [tag("line", x1=axis.left, x2=axis.right, y1=y, y2=y, stroke="#e3e3e3")]
    room = Room(left=axis.left, right=axis.right)
    for point in member.points:
        room.occupy(axis.x(point.day), y, 5)
    labels = []
    names = dict(strip.states)
    for point in member.points:
        x, name = axis.x(point.day), names.get(point.value or 0.0, "")
        filled = {"present": member.ink, "gone": "#ffffff"}.get(name)
        mark = (
            marker("cross", x, y, 4.5, stroke=member.ink, stroke_width=1.6)
            if filled is None
            else marker(member.shape, x, y, 4, fill=filled, stroke=member.ink, stroke_width=1.4)
        )
        whose = f" {member.label}" if member.label else ""
        words = f"{point.day}: {strip.heading}{whose}, "
        words += point_words(point, strip.unit, strip.states)
        parts.append(tipped(tag("g", mark, class_="state"), words))
        wide = width_of(name)
        for at in (x + 8, x - 8 - wide):
            if room.take(at, y + 4, wide):
                labels.append(haloed(name, at, y + 4))
                break
    return parts + labels
