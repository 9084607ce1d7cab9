"""What the figures of the report share: colours, the time axis, the words of a mark.

Colours are those of Okabe and Ito that keep 3:1 on white paper; side is always also a
label and a place (the patient's right above, left below), never colour alone.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.findings import Event
from hemifacial.report.event_rows import EventRow
from hemifacial.report.svg import rectangle, tag, text
from hemifacial.report.words import kind_label, short_sites

__all__ = [
    "BLACK",
    "COLOURS",
    "GREY",
    "SIDES",
    "TimeAxis",
    "event_colour",
    "gap_marks",
    "hatching",
    "mark_words",
    "side_words",
    "text_colour",
]

BLACK, GREY = "#000000", "#595959"
COLOURS = {Side.RIGHT: "#d55e00", Side.LEFT: "#0072b2"}
SIDES = (Side.RIGHT, Side.LEFT)
_GREEN, _PURPLE = "#009e73", "#cc79a7"
_LEAST_MARK = 1.5  # narrower could not be seen, however short the event


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """Seconds to places of a drawing: `gutter` to the left of 0 s, `plot` wide.

    Everything that stands at a time carries it (``data-from``, ``data-to``), so that the page
    can draw another stretch of time from the same marks.
    """

    duration_s: float
    gutter: float = 118.0
    plot: float = 770.0

    @property
    def width(self) -> float:
        """Of the whole drawing; a little room behind the last second."""
        return self.gutter + self.plot + 12.0

    def x(self, time_s: float) -> float:
        """Where a moment is drawn."""
        return round(self.gutter + self.plot * time_s / self.duration_s, 2)

    def span(self, start_s: float, stop_s: float) -> dict[str, object]:
        """Place, width and times of an interval, as attributes."""
        left = self.x(start_s)
        return {
            "x": left,
            "width": round(max(self.x(stop_s) - left, _LEAST_MARK), 2),
            "data_from": round(start_s, 3),
            "data_to": round(stop_s, 3),
        }

    def ticks(self) -> tuple[float, ...]:
        """Round moments, at most twelve."""
        rough = self.duration_s / 12
        unit = 10 ** math.floor(math.log10(rough))
        step = next(unit * part for part in (1, 2, 5, 10) if unit * part >= rough)
        last = int(self.duration_s / step + 1e-9)
        return tuple(round(place * step, 9) for place in range(last + 1))

    def drawn(self, top: float, bottom: float) -> ET.Element:
        """The axis at `bottom` with faint lines up to `top`."""
        parts = []
        for moment_s in self.ticks():
            x = self.x(moment_s)
            parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom + 3, stroke="#e3e3e3"))
            parts.append(text(f"{moment_s:g}", x, bottom + 15, text_anchor="middle", fill=GREY))
        right = self.gutter + self.plot
        line = tag("line", x1=self.gutter, x2=right, y1=bottom, y2=bottom, stroke=GREY)
        name = text("time (s)", right, bottom + 29, text_anchor="end", fill=GREY)
        return tag("g", *parts, line, name, class_="axis", data_top=top, data_bottom=bottom)


def hatching(name: str) -> ET.Element:
    """The pattern of time that was not judged; fill with ``url(#NAME-hatch)``."""
    return tag(
        "defs",
        tag(
            "pattern",
            tag("rect", width=6, height=6, fill="#f2f2f2"),
            tag("line", x1=0, x2=0, y1=0, y2=6, stroke="#8c8c8c", stroke_width=1.2),
            id=f"{name}-hatch",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


def gap_marks(
    axis: TimeAxis, events: tuple[Event, ...], name: str, top: float, bottom: float
) -> list[ET.Element]:
    """Hatched time over the whole height, with which kind of gap it is."""
    return [
        rectangle(
            y=top,
            height=bottom - top,
            fill=f"url(#{name}-hatch)",
            class_="gap",
            tip=f"{kind_label(event.trial_type)}, {event.onset_s:.3f} s to {event.offset_s:.3f} s",
            **axis.span(event.onset_s, event.offset_s),  # type: ignore[arg-type]
        )
        for event in events
        if event.family == "gap"
    ]


def mark_words(row: EventRow) -> str:
    """What an event's mark says when it is pointed at."""
    event = row.shown
    where = short_sites(event.sites)
    parts = [
        f"{event.event_id}: {kind_label(event.trial_type).lower()}",
        side_words(event.side) + (f", {where}" if where else ""),
        f"{event.onset_s:.3f} s, {event.duration_s:.3f} s long",
        "" if row.state == "measured" else row.state,
    ]
    return "; ".join(part for part in parts if part)


def side_words(side: Side) -> str:
    """A side as a figure says it, always as the patient's."""
    if side in SIDES:
        return f"patient's {side.value.upper()}"
    return "both sides" if side is Side.BOTH else "no side"


def text_colour(side: Side) -> str:
    """The colour of a side for letters."""
    # Vermillion itself is 3.9:1 on white: enough for a mark, not for small letters.
    return {Side.RIGHT: "#a94a00", Side.LEFT: "#005a8e"}.get(side, BLACK)


def event_colour(event: Event) -> str:
    """The colour of an event's mark: its side's, or that of two-sided events."""
    if event.side in COLOURS:
        return COLOURS[event.side]
    return _GREEN if event.family == "blink" else _PURPLE
