"""The timeline: when events came, by side and region of the face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hemifacial.anatomy import Side, region_of, structures
from hemifacial.findings import Event, Result
from hemifacial.report.drawing import (
    GREY,
    SIDES,
    as_svg,
    canvas,
    draw_gaps,
    drawing_style,
    event_colour,
    mark_words,
    text_colour,
    time_axis,
)
from hemifacial.report.svg import plain_svg
from hemifacial.report.tables import EventRow
from hemifacial.report.words import short_sites

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_timeline"]

_LABELLED_AT_MOST = 30


def draw_timeline(measured: Result, rows: Sequence[EventRow]) -> str:
    """One line a side and region, one mark an event, gaps hatched; as SVG.

    An event that a person rejected or changed leaves a hollow mark where it was measured.
    """
    lanes = _lanes(measured, rows)
    with drawing_style():
        figure, (axes,) = canvas([0.36 * len(lanes) + 0.15])
        marks: dict[str, tuple[str, str]] = {}
        for place, (side, _, label) in enumerate(lanes):
            axes.text(
                -0.01,
                place,
                label,
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="center",
                color=text_colour(side),
                fontsize=9,
            )
            axes.axhline(place, color="#d9d9d9", linewidth=0.6, zorder=0)
        draw_gaps(axes, [row.shown for row in rows], words=True)
        for index, row in enumerate(rows):
            _draw_row(axes, index, row, lanes, marks)
        axes.set_ylim(len(lanes) - 0.4, -0.75)
        axes.set_yticks([])
        time_axis(axes, measured)
        _number_spasms(axes, rows, lanes)
        axes.spines["left"].set_visible(False)
        source = as_svg(figure)
    return plain_svg(
        source,
        name="timeline",
        title="When events came, by side and region",
        words="The same events stand in the table of events below.",
        marks=marks,
    )


def _lanes(measured: Result, rows: Sequence[EventRow]) -> list[tuple[Side, str, str]]:
    """Side, region and label of each line: the patient's right, both sides, the patient's left."""
    of_signals = {
        str(variable.attrs.get("site", ""))
        for table in measured.signals.values()
        for variable in table.data_vars.values()
    }
    of_events = {site for row in rows for site in row.shown.sites if row.shown.side in SIDES}
    words = [
        word for word in structures() if word in {_region(site) for site in of_signals | of_events}
    ]
    if any(not row.shown.sites and row.shown.side in SIDES for row in rows) or not words:
        words.append("")
    top, bottom = (
        [
            (
                side,
                word,
                f"patient's {side.value.upper()}" + (f" · {_lane_word(word)}" if word else ""),
            )
            for word in words
        ]
        for side in SIDES
    )
    return [*top, (Side.BOTH, "", "both sides together"), *bottom]


def _region(site: str) -> str:
    return (region_of(site) or site) if site in structures() else ""


def _lane_word(word: str) -> str:
    return short_sites([word])


def _lanes_of(event: Event, lanes: Sequence[tuple[Side, str, str]]) -> list[int]:
    if event.side not in SIDES:
        return [place for place, (side, _, _) in enumerate(lanes) if side is Side.BOTH]
    regions = {_region(site) for site in event.sites} or {""}
    return [
        place
        for place, (side, word, _) in enumerate(lanes)
        if side is event.side and word in regions
    ]


def _draw_row(
    axes: Axes,
    index: int,
    row: EventRow,
    lanes: Sequence[tuple[Side, str, str]],
    marks: dict[str, tuple[str, str]],
) -> None:
    ghost = row.measured if row.state in ("rejected", "corrected") else None
    if ghost is None and row.standing is None:
        ghost = row.shown
    for event, hollow in ((ghost, True), (row.standing, False)):
        if event is None or event.family == "gap":
            continue
        for place in _lanes_of(event, lanes):
            gid = f"mark-{index}-{place}{'-was' if hollow else ''}"
            _draw_mark(axes, event, place, gid=gid, hollow=hollow)
            marks[gid] = (row.shown.event_id, mark_words(row))


def _draw_mark(axes: Axes, event: Event, place: int, *, gid: str, hollow: bool) -> None:
    from matplotlib.patches import Rectangle

    colour = GREY if hollow else event_colour(event)
    is_run = event.family == "burst"
    height = 0.84 if is_run else 0.56
    axes.add_artist(
        Rectangle(
            (event.onset_s, place - height / 2),
            event.duration_s,
            height,
            gid=gid,
            facecolor="none" if hollow or is_run else colour,
            edgecolor=colour,
            linewidth=0.7,
            linestyle=(0, (2, 1.5)) if hollow or is_run else "solid",
            zorder=2 if hollow else 3,
        )
    )


def _number_spasms(
    axes: Axes, rows: Sequence[EventRow], lanes: Sequence[tuple[Side, str, str]]
) -> None:
    spasms = [row for row in rows if row.shown.family == "spasm"]
    if len(spasms) > _LABELLED_AT_MOST:
        return
    left_s, right_s = axes.get_xlim()
    room_s = 0.05 * (right_s - left_s)
    free_from_s: dict[int, float] = {}
    for row in spasms:
        event, places = row.shown, _lanes_of(row.shown, lanes)
        if not places or event.onset_s < free_from_s.get(min(places), 0.0):
            continue  # two names in one place cannot be read; the table has them all
        free_from_s[min(places)] = event.onset_s + room_s
        sign = {"rejected": "× ", "added": "+ "}.get(row.state, "")
        axes.text(
            event.onset_s + event.duration_s / 2,
            min(places) - 0.42,
            sign + event.event_id,
            ha="center",
            va="bottom",
            fontsize=6.5,
            color=GREY,
        )
