"""How lanes of a timeline are drawn that hold no values: units, effects, drugs, what happened.

Every function draws below `top` and returns its parts with the height that they take.
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date

from hemifacial.case.timeline import Span
from hemifacial.report.case.days import DayAxis
from hemifacial.report.case.happenings import Happening
from hemifacial.report.case.injected import Effect, Given
from hemifacial.report.case.marks import haloed, marker, tipped
from hemifacial.report.case.naming import brand
from hemifacial.report.case.placing import Room, shortened, width_of
from hemifacial.report.case.values import FRAME, Drawn, heading
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.electro.scales import round_up
from hemifacial.report.svg import rectangle, tag, text

__all__ = ["draw_drugs", "draw_effects", "draw_given", "draw_happenings"]

_BAR_PX = 46.0
_ROW_PX = 20.0
_MOST_ROWS = 3


def draw_given(product: str, given: Sequence[Given], axis: DayAxis, top: float) -> Drawn:
    """A bar a session, as high as its units of this one product."""
    name = brand(product)
    parts, used = heading(f"{name} injected, units of {name}", axis, top)
    most = round_up(max(one.units for one in given))
    bottom = top + used + _BAR_PX + 12
    parts.append(tag("line", x1=axis.left, x2=axis.right, y1=bottom, y2=bottom, stroke=FRAME))
    parts.append(text("0", axis.left - 5, bottom + 4, text_anchor="end", fill=GREY))
    parts.append(text(f"{most:g}", axis.left - 5, bottom - _BAR_PX + 4, text_anchor="end",
                      fill=GREY))  # fmt: skip
    free = axis.left - 99.0
    for one in given:
        x, tall = axis.x(one.day), round(_BAR_PX * one.units / most, 2)
        parts.append(rectangle(x - 3.5, bottom - tall, 7, tall, fill="#4d4d4d", tip=one.words,
                               class_="given", data_product=product))  # fmt: skip
        label = f"{one.units:g}"
        half = width_of(label) / 2 + 2
        if x - half > free:
            parts.append(text(label, x, bottom - tall - 3, text_anchor="middle", fill=BLACK))
            free = x + half
    return parts, used + _BAR_PX + 12 + 14


def draw_effects(told: Sequence[Effect], axis: DayAxis, top: float) -> Drawn:
    """Thick while it worked, thin while it faded, dashed where nobody said how it went on."""
    parts, used = heading("Effect of the injections, as the patient says", axis, top)
    y = top + used + 8
    for one, later in itertools.zip_longest(told, told[1:]):
        full = one.fades or one.still_on or one.begins
        x, x_full = axis.x(one.begins), axis.x(full)
        bars = [rectangle(x, y - 4, max(x_full - x, 2), 8, fill="#00785a")]
        if one.over is not None:
            bars.append(rectangle(x_full, y - 1.5, max(axis.x(one.over) - x_full, 0), 3,
                                  fill="#00785a"))  # fmt: skip
        elif one.fades is None:
            end = min(x_full + 26, axis.x(later.begins) - 3 if later else axis.right)
            bars.append(tag("line", x1=x_full, x2=max(end, x_full), y1=y, y2=y, stroke="#00785a",
                            stroke_dasharray="3 3", stroke_width=2))  # fmt: skip
        parts.append(tipped(tag("g", *bars, class_="effect"), one.words))
        if one.improvement_percent is not None and x_full - x > 30:
            parts.append(text(f"{one.improvement_percent:g} %", (x + x_full) / 2, y + 16,
                              text_anchor="middle", fill=BLACK))  # fmt: skip
    return parts, used + 8 + 26


def draw_drugs(spans: Sequence[Span], axis: DayAxis, top: float, today: date) -> Drawn:
    """A row a drug, a bar a dose; one that is still taken ends today, open."""
    parts, used = heading("Drugs, mg a day", axis, top)
    y = top + used
    for drug in dict.fromkeys(one.label for one in spans):
        of_drug = [one for one in spans if one.label == drug]
        parts.append(text(drug, axis.left, y + 10, fill=BLACK))
        for one in of_drug:
            x, end = axis.x(one.start), axis.x(one.end or max(today, one.start))
            wide = max(end - x, 2.0)
            until = f"until {one.end}" if one.end else "still taken"
            parts.append(rectangle(x, y + 14, wide, 15, fill="#e6eef5", stroke="#005a8e",
                                   tip=f"{drug}, {one.detail}, from {one.start}, {until}",
                                   class_="drug"))  # fmt: skip
            if one.end is None:
                parts.append(tag("path", d=f"M{end:.1f} {y + 14:.1f}l6 7.5l-6 7.5Z",
                                 fill="#005a8e"))  # fmt: skip
            dose = one.detail.removesuffix(" mg a day")
            if width_of(dose) + 4 < wide:
                parts.append(text(dose, x + 3, y + 25.5, fill=BLACK))
        y += 34
    return parts, y - top + 4


def draw_happenings(lane: str, some: Sequence[Happening], axis: DayAxis, top: float) -> Drawn:
    """A mark a day, with its words beside or below it where there is room.

    Marks without room for words are counted in the heading; all say theirs when pointed at.
    """
    marks: list[ET.Element] = []
    labels: list[tuple[str, float, int, str]] = []
    room = Room(left=4.0, right=axis.right + 8)
    for one in some:
        room.occupy(axis.x(one.day), 0.0, 6)
    for one in some:
        label = shortened(one.label, axis.plot)
        placed = _placed(label, axis.x(one.day), room)
        labels += [] if placed is None else [(label, *placed)]
    silent = len(some) - len(labels)
    more = f" ({silent} of {len(some)} marks without words)" if silent else ""
    parts, used = heading(f"{lane}{more}", axis, top)
    y = top + used + 7
    for one in some:
        marks.append(_mark(one, axis, y))
    parts += [
        haloed(label, x, y + 4 + 15 * row, text_anchor=anchor) for label, x, row, anchor in labels
    ]
    rows = max((row for _, _, row, _ in labels), default=0)
    lasting = 4 if any(one.until for one in some) else 0
    return parts + marks, used + _ROW_PX + max(15 * rows, lasting)


def _placed(label: str, x: float, room: Room) -> tuple[float, int, str] | None:
    """Where a label begins and on which line: beside its mark, or else below."""
    wide = width_of(label)
    if room.take(x + 9, 4, wide):
        return x + 9, 0, "start"
    if room.take(x - 9 - wide, 4, wide):
        return x - 9, 0, "end"
    for row in range(1, _MOST_ROWS):
        at = max(min(x - 4, room.right - wide), room.left)
        if room.take(at, 4 + 15 * row, wide):
            return at, row, "start"
    return None


def _mark(one: Happening, axis: DayAxis, y: float) -> ET.Element:
    x = axis.x(one.day)
    shape = {"operation": "star", "unwanted": "triangle"}.get(one.kind, "diamond")
    ink = "#a94a00" if one.kind == "unwanted" else "#1a1a1a"
    parts = [marker(shape, x, y, 5, fill=ink)]
    if one.until is not None:
        parts.append(tag("line", x1=x, x2=axis.x(one.until), y1=y + 7.5, y2=y + 7.5, stroke=ink,
                         stroke_width=2))  # fmt: skip
    return tipped(tag("g", *parts, class_=f"mark {one.kind}"), one.words)
