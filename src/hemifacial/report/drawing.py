"""What both figures of the report share: colours, the sheet, the time axis, the gaps.

Colours are those of Okabe and Ito that keep 3:1 on white paper; side is always also a
label and a place (the patient's right above, left below), never colour alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Result
from hemifacial.report.tables import EventRow
from hemifacial.report.words import duration_of, kind_label, sites_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BLACK",
    "COLOURS",
    "GREY",
    "SIDES",
    "as_svg",
    "canvas",
    "draw_gaps",
    "drawing_style",
    "event_colour",
    "mark_words",
    "side_words",
    "text_colour",
    "time_axis",
]

BLACK, GREY = "#000000", "#595959"
COLOURS = {Side.RIGHT: "#D55E00", Side.LEFT: "#0072B2"}
SIDES = (Side.RIGHT, Side.LEFT)
_GREEN, _PURPLE = "#009E73", "#CC79A7"
_WIDTH_IN = 9.0


def drawing_style() -> AbstractContextManager[None]:
    """The settings of matplotlib under which a figure is the same each time it is drawn."""
    from matplotlib import rc_context

    return rc_context(
        {
            "svg.hashsalt": "hemifacial",
            "svg.fonttype": "none",
            "font.family": "DejaVu Sans",
            "hatch.linewidth": 0.4,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.6,
            "xtick.labelsize": 8,
            "ytick.labelsize": 7.5,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "path.simplify": True,
        }
    )


def canvas(heights_in: Sequence[float]) -> tuple[Figure, list[Axes]]:
    """A sheet of the report's width with one axes a height, top to bottom, room between them."""
    from matplotlib.figure import Figure

    gap_in, below_in, above_in, left_in = 0.3, 0.45, 0.28, 2.0
    if len(heights_in) > 1:
        left_in = 0.55
    total_in = sum(heights_in) + gap_in * (len(heights_in) - 1) + below_in + above_in
    figure = Figure(figsize=(_WIDTH_IN, total_in))
    every: list[Axes] = []
    top_in = total_in - above_in
    for height_in in heights_in:
        top_in -= height_in
        box = (
            left_in / _WIDTH_IN,
            top_in / total_in,
            (_WIDTH_IN - left_in - 0.12) / _WIDTH_IN,
            height_in / total_in,
        )
        every.append(figure.add_axes(box))
        top_in -= gap_in
    return figure, every


def as_svg(figure: Figure) -> str:
    """The figure as SVG text, without a date."""
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": "hemifacial"}
    )
    return buffer.getvalue()


def time_axis(axes: Axes, measured: Result, *, last: bool = True) -> None:
    """Set the time axis to the whole recording; only the last panel gets its numbers."""
    axes.set_xlim(0, duration_of(measured) or 1.0)
    if last:
        axes.set_xlabel("time (s)", fontsize=8.5)
    else:
        axes.tick_params(labelbottom=False)


def draw_gaps(axes: Axes, events: Iterable[Event], *, words: bool) -> None:
    """Hatch what was not judged, over all the height; `words` writes which kind of gap."""
    for event in events:
        if event.family != "gap":
            continue
        axes.axvspan(
            event.onset_s,
            event.offset_s,
            facecolor="#f2f2f2",
            edgecolor="#8c8c8c",
            hatch="////",
            linewidth=0.0,
            zorder=1,
        )
        if words:
            axes.text(
                event.onset_s + event.duration_s / 2,
                0.02,
                kind_label(event.trial_type).lower(),
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=7.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
                clip_on=True,
            )


def mark_words(row: EventRow) -> str:
    """What an event's mark says when it is pointed at."""
    event = row.shown
    where = sites_label(event.sites)
    parts = [
        f"{event.event_id}: {kind_label(event.trial_type).lower()}",
        side_words(event.side) + (f", {where}" if where else ""),
        f"{event.onset_s:.2f} s, {event.duration_s:.2f} s long",
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
    return {Side.RIGHT: "#A94A00", Side.LEFT: "#005A8E"}.get(side, BLACK)


def event_colour(event: Event) -> str:
    """The colour of an event's mark: its side's, or that of two-sided events."""
    if event.side in COLOURS:
        return COLOURS[event.side]
    return _GREEN if event.family == "blink" else _PURPLE
