"""`timeline_figure`: one patient's course, every lane on the same days."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from hemifacial.case.reading import Entry
from hemifacial.case.timeline import Timeline
from hemifacial.report.case.days import DayAxis, axis_over
from hemifacial.report.case.happenings import happenings, is_operation
from hemifacial.report.case.injected import effects, given
from hemifacial.report.case.lanes import draw_drugs, draw_effects, draw_given, draw_happenings
from hemifacial.report.case.naming import brand
from hemifacial.report.case.strips import point_words, strips_of
from hemifacial.report.case.values import Drawn, draw_strip
from hemifacial.report.drawing import BLACK
from hemifacial.report.svg import drawing, tag, text

__all__ = ["NARROW_PX", "WIDE_PX", "timeline_figure", "timeline_parts", "timeline_words"]

WIDE_PX, NARROW_PX = 760.0, 340.0
"""Widths for a screen or paper, and for a telephone."""

_LEFT_PX, _RIGHT_PX, _TOP_PX = 36.0, 12.0, 20.0

Draw = Callable[..., Drawn]


def timeline_figure(
    course: Timeline,
    *,
    today: date,
    entries: Sequence[Entry] = (),
    name: str = "timeline",
    width: float = WIDE_PX,
) -> str:
    """The course as SVG: series, injections by product, drugs, and what happened.

    Parameters
    ----------
    course
        Of one patient, from `Record.timeline`.
    today
        The day that is marked, on which what still lasts ends.
    entries
        Of the same patient: they give injections their units, unwanted events their end, and the
        effect that the patient told. Without them these are marks with words.
    name
        Before the ids of the drawing, since a page may hold several.
    width
        Of the drawing; `NARROW_PX` for a telephone. Letters keep their size.
    """
    found = _figures(course, today, entries, name, width, most_height=math.inf)
    return found[0]


def timeline_parts(
    course: Timeline,
    *,
    today: date,
    entries: Sequence[Entry] = (),
    name: str = "timeline-part",
    width: float = WIDE_PX,
    most_height: float = 1000.0,
) -> tuple[str, ...]:
    """The same in as many drawings as sheets of paper need, each with the whole axis of days."""
    return _figures(course, today, entries, name, width, most_height=most_height)


def _figures(
    course: Timeline,
    today: date,
    entries: Sequence[Entry],
    name: str,
    width: float,
    *,
    most_height: float,
) -> tuple[str, ...]:
    axis = axis_over(
        min(course.first, today),
        max(course.last, today),
        left=_LEFT_PX,
        plot=width - _LEFT_PX - _RIGHT_PX,
    )
    sheets: list[tuple[list[ET.Element], float]] = []
    lanes: list[ET.Element] = []
    y = _TOP_PX
    for lane, draw in _lanes(course, entries, today):
        parts, tall = draw(axis=axis, top=y)
        if lanes and y + tall > most_height:
            sheets.append((lanes, y))
            lanes, y = [], _TOP_PX
            parts, tall = draw(axis=axis, top=y)
        lanes.append(tag("g", *parts, class_="lane", data_lane=lane))
        y += tall + 4
    if not lanes:
        lanes.append(text("Nothing has been entered that can be drawn.", _LEFT_PX, y + 16))
        y += 30
    words = " ".join(timeline_words(course, today=today, entries=entries))
    title = f"Course of patient {course.patient.code}"
    return tuple(
        drawing(
            f"{name}-{number}" if number else name,
            axis.lines(_TOP_PX, bottom),
            *_uprights(course, axis, today, bottom),
            *some,
            width=width,
            height=bottom + 26,
            title=f"{title}, continued" if number else title,
            words="As told before." if number else words,
        )
        for number, (some, bottom) in enumerate([*sheets, (lanes, y)])
    )


def _uprights(course: Timeline, axis: DayAxis, today: date, bottom: float) -> list[ET.Element]:
    """Today, and the days of operations, through all lanes."""
    lines = [_today(axis.x(today), bottom, axis.right + _RIGHT_PX)]
    for mark in course.marks:
        if is_operation(mark):
            x = axis.x(mark.day)
            lines.append(tag("line", x1=x, x2=x, y1=_TOP_PX, y2=bottom, stroke="#8c8c8c",
                             stroke_width=3, stroke_opacity=0.5,
                             class_="operation-day"))  # fmt: skip
    return lines


def _lanes(course: Timeline, entries: Sequence[Entry], today: date) -> Iterator[tuple[str, Draw]]:
    for strip in strips_of(course.series):
        yield strip.quantity, partial(draw_strip, strip)
    for product, sessions in given(course, entries).items():
        yield f"injections-{product}", partial(draw_given, product, sessions)
    if told := effects(entries):
        yield "effects", partial(draw_effects, told)
    if course.spans:
        yield "drugs", partial(draw_drugs, course.spans, today=today)
    for lane, some in happenings(course, entries).items():
        yield lane, partial(draw_happenings, lane, some)


def _today(x: float, bottom: float, width: float) -> ET.Element:
    anchor = "middle" if x < width - 24 else "end"
    return tag(
        "g",
        tag("line", x1=x, x2=x, y1=_TOP_PX - 4, y2=bottom, stroke=BLACK, stroke_dasharray="4 3"),
        text("today", min(x, width - 2), 12, text_anchor=anchor, font_weight=600, fill=BLACK),
        class_="today",
    )


def timeline_words(
    course: Timeline, *, today: date, entries: Sequence[Entry] = ()
) -> tuple[str, ...]:
    """The figure in sentences, for whoever cannot see it: first and last of each series."""
    said = [f"From {course.first} to {course.last}; today is {today}. All sides the patient's own."]
    for strip in strips_of(course.series):
        for member in strip.members:
            first, last = member.points[0], member.points[-1]
            whose = f" ({member.label})" if member.label else ""
            told = f"{first.day} {point_words(first, strip.unit, strip.states)}"
            if len(member.points) > 1:
                told += f", {last.day} {point_words(last, strip.unit, strip.states)}"
            count = f", {len(member.points)} values" if len(member.points) > 2 else ""
            said.append(f"{strip.heading}{whose}: {told}{count}.")
    for product, sessions in given(course, entries).items():
        name = brand(product)
        doses = ", ".join(f"{one.day} {one.units:g}" for one in sessions[-5:])
        earlier = f"{len(sessions)} sessions, the last five " if len(sessions) > 5 else ""
        said.append(f"{name}, in units of {name}: {earlier}{doses}.")
    said += [f"Effect of the {one.words}." for one in effects(entries)[-3:]]
    for span in course.spans[-8:]:
        until = f"until {span.end}" if span.end else "still taken"
        said.append(f"{span.label} {span.detail} from {span.start}, {until}.")
    for lane, some in happenings(course, entries).items():
        said.append(f"{lane}: {'; '.join(one.words for one in some[-6:])}.")
    return tuple(said)
