"""`wearing_off_figure`: how the effect of injections fades, and when the next one is due."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from hemifacial.care.toxin.wearing_off.cycles import Cycle, Mark
from hemifacial.report.case.marks import INKS, haloed, marker, tipped
from hemifacial.report.case.naming import brand
from hemifacial.report.case.plot import Plot
from hemifacial.report.drawing import BLACK
from hemifacial.report.svg import drawing, tag, text

if TYPE_CHECKING:
    from hemifacial.care.toxin.wearing_off.answers import CoursePoint, NextInjection

__all__ = ["CURVE_DAYS", "did_nothing", "wearing_off_figure", "wearing_off_words"]

CURVE_DAYS = tuple(float(day) for day in (0, 2, 4, 6, 8, 10, 14, *range(20, 241, 5)))
"""The days at which `course` is to be asked for the curve."""

_INK = "#00785a"
_TALL_PX = 250.0


def wearing_off_figure(
    course: Sequence[CoursePoint],
    cycles: Sequence[Cycle],
    due: NextInjection,
    *,
    today: date,
    name: str = "wearing-off",
    width: float = 620.0,
) -> str:
    """The curve of one product with its 95 % band, what was told of each cycle, and the next date.

    Parameters
    ----------
    course
        From `care.toxin.wearing_off.answers.course` at `CURVE_DAYS`, of the last session.
    cycles
        All of the patient's; those of another product are not drawn.
    due
        From `next_injection`.
    """
    mine = [one for one in cycles if one.dose.product == due.product]
    latest = (due.latest_on - due.started_on).days
    most = min(max(latest * 1.15, 120.0, *(_last(one) for one in mine)), CURVE_DAYS[-1])
    plot = Plot(most_x=most, width=width, height=_TALL_PX + 18 * len(mine),
                below=40.0 + 18 * len(mine))  # fmt: skip
    parts = plot.axes(range(0, int(most) + 1, 30), "days after the injection")
    if did_nothing(due, mine):
        parts.append(text("no effect that could fade", plot.left + 4, plot.y(0) - 6, fill=BLACK))
    else:
        parts += _curve([point for point in course if point.day <= most], plot)
        parts += _due(due, plot)
    since = (today - due.started_on).days
    if 0 <= since <= most:
        parts.append(plot.upright(since, f"today, day {since}", 0, stroke_dasharray="4 3"))
    for row, cycle in enumerate(mine):
        parts += _cycle(cycle, plot, plot.y(0) + 46 + 18 * row)
    return drawing(
        name,
        *parts,
        width=width,
        height=_TALL_PX + 18 * len(mine) + 4,
        title=f"How the effect of {brand(due.product)} fades",
        words=" ".join(wearing_off_words(due, mine)),
    )


def wearing_off_words(due: NextInjection, cycles: Sequence[Cycle]) -> tuple[str, ...]:
    """The figure in sentences."""
    told = [f"{_told(one)}." for one in cycles]
    if did_nothing(due, cycles):
        return (
            f"Session of {due.started_on} with {brand(due.product)}: no improvement was told, so "
            "there is no effect that could fade, and no day is given for the next session.",
            *told,
        )
    low, high = due.days.low, due.days.high
    interval = "" if low is None or high is None else f" ({low:.0f} to {high:.0f})"
    said = [
        f"Session of {due.started_on} with {brand(due.product)}: its effect is expected to fall "
        f"below {100 * due.share:.0f} % of the full one after {due.days.value:.0f} days{interval}, "
        f"about {due.due_on}; 95 of 100 times between {due.earliest_on} and {due.latest_on}.",
        f"This rests on {due.own_cycles} "
        f"{'session' if due.own_cycles == 1 else 'sessions'} of this patient of which something is "
        "known, and on published series. It is a day to plan with; the label's interval is checked "
        "apart from it.",
    ]
    return (*said, *told)


def did_nothing(due: NextInjection, cycles: Sequence[Cycle]) -> bool:
    """Whether no effect was told of the very session that the next one would follow."""
    return any(one.failed and one.started_on == due.started_on for one in cycles)


def _last(cycle: Cycle) -> float:
    ends = [mark.high_days for mark in cycle.marks if math.isfinite(mark.high_days)]
    return max([*ends, *(mark.low_days for mark in cycle.marks)], default=0.0) * 1.1


def _curve(curve: Sequence[CoursePoint], plot: Plot) -> list[ET.Element]:
    shares = [(point.day, point.effect_share) for point in curve]
    low = [(day, one.low if one.low is not None else one.value) for day, one in shares]
    high = [(day, one.high if one.high is not None else one.value) for day, one in shares]
    middle = [(day, one.value) for day, one in shares]
    return [
        plot.band(low, high, fill=_INK, fill_opacity=0.16, class_="interval"),
        plot.line(middle, stroke=_INK, stroke_width=2.2, class_="course"),
        text("share of the full effect", plot.left + 4, plot.y(0) - 6, fill=BLACK),
    ]


def _due(due: NextInjection, plot: Plot) -> list[ET.Element]:
    days = [(day - due.started_on).days for day in (due.earliest_on, due.due_on, due.latest_on)]
    y = plot.y(due.share)
    bar = [
        tag("line", x1=plot.x(days[0]), x2=plot.x(days[2]), y1=y, y2=y, stroke=BLACK,
            stroke_width=2),
        *(tag("line", x1=plot.x(day), x2=plot.x(day), y1=y - 5, y2=y + 5, stroke=BLACK,
              stroke_width=2) for day in (days[0], days[2])),
        marker("diamond", plot.x(days[1]), y, 6, fill=BLACK),
    ]  # fmt: skip
    words = f"due {due.due_on}, {due.earliest_on} to {due.latest_on}"
    return [
        tipped(tag("g", *bar, class_="due"), words),
        plot.upright(days[1], f"due {due.due_on}", 1, stroke_width=0.8),
    ]


def _cycle(cycle: Cycle, plot: Plot, y: float) -> list[ET.Element]:
    """A row below the axis: between which days the effect fell below a share."""
    parts: list[ET.Element] = []
    label = f"{cycle.started_on}"
    for mark in cycle.marks:
        left, right = plot.x(mark.low_days), plot.x(min(mark.high_days, plot.most_x))
        open_ = mark.high_days >= plot.most_x
        bar = tag("line", x1=left, x2=right, y1=y, y2=y, stroke=INKS[1], stroke_width=6,
                  stroke_dasharray="5 3" if open_ else None)  # fmt: skip
        parts.append(
            tipped(
                tag("g", bar, class_="told"), f"session of {cycle.started_on}: {_mark_words(mark)}"
            )
        )
        early = mark.share > 0.5
        parts.append(haloed(f"{100 * mark.share:.0f} %", left - 4 if early else right + 4, y + 4,
                            text_anchor="end" if early else "start"))  # fmt: skip
    if not cycle.marks:
        label += ": no improvement" if cycle.failed else ": nothing told of its end"
    parts.append(text(label, plot.left + 4, y + 4, fill=BLACK))
    return [tag("g", *parts, class_="cycle")]


def _mark_words(mark: Mark) -> str:
    when = f"after day {mark.low_days:.0f}"
    if math.isfinite(mark.high_days):
        when = f"between day {mark.low_days:.0f} and {mark.high_days:.0f}"
    return f"fell below {100 * mark.share:.0f} % {when}"


def _told(cycle: Cycle) -> str:
    if not cycle.marks:
        why = "no improvement" if cycle.failed else "nothing told of its end"
        return f"Session of {cycle.started_on}: {why}"
    told = "; ".join(map(_mark_words, cycle.marks))
    return f"Session of {cycle.started_on}: {told}"
