"""The timeline: when events came, by side and region of the face, with phases and gaps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side, region_of, structures
from hemifacial.findings import Event, Result
from hemifacial.report.drawing import (
    GREY,
    SIDES,
    TimeAxis,
    event_colour,
    gap_marks,
    hatching,
    mark_words,
    side_words,
    text_colour,
)
from hemifacial.report.event_rows import EventRow
from hemifacial.report.svg import drawing, rectangle, tag, text
from hemifacial.report.words import phase_label, short_sites

__all__ = ["draw_timeline"]

_LANE, _HEADING, _PHASES, _AXIS, _ABOVE = 16.0, 17.0, 22.0, 34.0, 6.0
_BLINKS, _OTHER = "blinks", "expressions"
_NAME_ROOM = 40.0


@dataclass(frozen=True, kw_only=True)
class _Lane:
    """One line of the timeline; `word` is a region, or which two-sided events it holds."""

    side: Side
    word: str
    label: str
    top: float

    @property
    def middle(self) -> float:
        return self.top + _LANE / 2


def draw_timeline(measured: Result, rows: Sequence[EventRow], axis: TimeAxis) -> str:
    """One line a side and region, one mark an event, phases as a band, gaps hatched; as SVG.

    An event that a person rejected or changed leaves a hollow mark where it was measured.
    """
    phases = [row.shown for row in rows if row.shown.family == "phase"]
    top = _ABOVE + (_PHASES if phases else 0.0)
    lanes, headings, bottom = _lanes(measured, rows, top)
    marks: list[ET.Element] = []
    for lane in lanes:
        marks.append(
            tag(
                "line",
                x1=axis.gutter,
                x2=axis.gutter + axis.plot,
                y1=lane.middle,
                y2=lane.middle,
                stroke="#d9d9d9",
                class_="lane",
            )
        )
        colour = text_colour(lane.side)
        label_x = axis.gutter - 8
        marks.append(
            text(
                lane.label, label_x, lane.middle + 4, text_anchor="end", fill=colour, class_="label"
            )
        )
    for side, y in headings:
        marks.append(text(side_words(side), 2, y + 12, font_weight=600, fill=text_colour(side)))
    gaps = gap_marks(axis, tuple(row.shown for row in rows), "timeline", top, bottom)
    events = [group for row in rows if (group := _row_marks(row, lanes, axis)) is not None]
    return drawing(
        "timeline",
        hatching("timeline"),
        axis.drawn(top, bottom),
        *marks,
        tag("g", *gaps, *_phase_band(phases, axis, bottom), *events, class_="times"),
        tag("g", *_names(rows, lanes, axis), class_="names", font_size=8.5, fill=GREY),
        width=axis.width,
        height=bottom + _AXIS,
        title="When events came, by side and region",
        words="The same events stand in the table of events below.",
    )


def _lanes(
    measured: Result, rows: Sequence[EventRow], top: float
) -> tuple[list[_Lane], list[tuple[Side, float]], float]:
    """The lines, the headings of the sides with their height, and where the last line ends."""
    words = _regions_shown(measured, rows)
    lanes: list[_Lane] = []
    headings = []
    for side in (Side.RIGHT, Side.BOTH, Side.LEFT):
        headings.append((side, top))
        top += _HEADING
        of_side = [(word, short_sites([word]) if word else "") for word in words]
        if side is Side.BOTH:
            of_side = [(_BLINKS, "blinks"), (_OTHER, "expressions")]
        for word, label in of_side:
            lanes.append(_Lane(side=side, word=word, label=label, top=top))
            top += _LANE
    return lanes, headings, top + 2


def _regions_shown(measured: Result, rows: Sequence[EventRow]) -> list[str]:
    """Regions that a signal or a one-sided event is of; "" for events without any."""
    of_signals = {
        str(variable.attrs.get("site", ""))
        for table in measured.signals.values()
        for variable in table.data_vars.values()
        if variable.attrs.get("side") in SIDES
    }
    one_sided = [row.shown for row in rows if row.shown.side in SIDES]
    met = {_region(site) for site in of_signals | {s for one in one_sided for s in one.sites}}
    words = [word for word in structures() if word in met]
    if any(not one.sites for one in one_sided) or not words:
        words.append("")
    return words


def _region(site: str) -> str:
    return (region_of(site) or site) if site in structures() else ""


def _lanes_of(event: Event, lanes: Sequence[_Lane]) -> list[_Lane]:
    if event.side in SIDES:
        words = {_region(site) for site in event.sites} or {""}
    else:
        words = {_BLINKS if event.family in ("blink", "closure") else _OTHER}
    side = event.side if event.side in SIDES else Side.BOTH
    return [lane for lane in lanes if lane.side is side and lane.word in words]


def _row_marks(row: EventRow, lanes: Sequence[_Lane], axis: TimeAxis) -> ET.Element | None:
    """All marks of one event, which say the same when they are pointed at."""
    ghost = row.measured if row.state in ("rejected", "corrected") else None
    if ghost is None and row.standing is None:
        ghost = row.shown
    found = [
        _mark(event, lane, axis, hollow=hollow)
        for event, hollow in ((ghost, True), (row.standing, False))
        if event is not None and event.family not in ("gap", "phase")
        for lane in _lanes_of(event, lanes)
    ]
    if not found:
        return None
    said = tag("title")
    said.text = mark_words(row)
    return tag("g", said, *found, data_event=row.shown.event_id)


def _mark(event: Event, lane: _Lane, axis: TimeAxis, *, hollow: bool) -> ET.Element:
    is_run = event.family == "burst"
    height = 14.0 if is_run else 9.0
    colour = GREY if hollow else event_colour(event)
    outlined = hollow or is_run
    return rectangle(
        y=lane.middle - height / 2,
        height=height,
        # Transparent rather than none: the inside of an outline can be clicked as well.
        fill="#ffffff" if outlined else colour,
        fill_opacity=0 if outlined else None,
        stroke=colour if outlined else None,
        stroke_dasharray="2 1.5" if outlined else None,
        class_="was" if hollow else None,
        **axis.span(event.onset_s, event.offset_s),  # type: ignore[arg-type]
    )


def _phase_band(phases: Sequence[Event], axis: TimeAxis, bottom: float) -> list[ET.Element]:
    """Phases above the lines, each with its name and a faint border down through them."""
    parts = []
    for place, event in enumerate(phases):
        span = axis.span(event.onset_s, event.offset_s)
        name = phase_label(event.phase) or "phase"
        parts.append(
            rectangle(
                y=_ABOVE,
                height=15,
                fill=("#e2e2e2", "#f0f0f0")[place % 2],
                tip=f"{name}, {event.onset_s:.3f} s to {event.offset_s:.3f} s",
                class_="phase",
                **span,  # type: ignore[arg-type]
            )
        )
        middle = axis.x(event.onset_s + event.duration_s / 2)
        label = text(name, middle, _ABOVE + 11.5, text_anchor="middle", font_size=10)
        label.set("data-from", str(span["data_from"]))
        label.set("data-to", str(span["data_to"]))
        if axis.plot * event.duration_s / axis.duration_s < 5.4 * len(name):
            label.set("visibility", "hidden")  # no room: the page shows it once zoomed
        parts.append(label)
        edge = {"x": span["x"], "width": 0.6, "data_from": span["data_from"]}
        edge["data_to"] = span["data_from"]
        parts.append(
            rectangle(y=_ABOVE, height=bottom - _ABOVE, fill="#8c8c8c", **edge)  # type: ignore[arg-type]
        )
    return parts


def _names(rows: Sequence[EventRow], lanes: Sequence[_Lane], axis: TimeAxis) -> list[ET.Element]:
    """Names of spasms above their side; those without room are hidden until they have it."""
    names: list[ET.Element] = []
    free_from = dict.fromkeys(SIDES, 0.0)
    for row in rows:
        event = row.shown
        if event.family != "spasm" or event.side not in SIDES:
            continue
        x = axis.x(event.onset_s + event.duration_s / 2)
        top = min(lane.top for lane in lanes if lane.side is event.side)
        sign = {"rejected": "× ", "added": "+ "}.get(row.state, "")
        name = text(sign + event.event_id, x, top - 4, text_anchor="middle", class_=event.side)
        name.set("data-from", str(round(event.onset_s, 3)))
        name.set("data-to", str(round(event.offset_s, 3)))
        if x < free_from[event.side]:
            name.set("visibility", "hidden")  # two names in one place cannot be read
        else:
            free_from[event.side] = x + _NAME_ROOM
        names.append(name)
    return names
