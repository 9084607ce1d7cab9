"""All drawings of a report, and the samples that the page draws them from at another zoom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hemifacial.findings import Result
from hemifacial.report.closeup import closeups
from hemifacial.report.drawing import COLOURS, TimeAxis, event_colour
from hemifacial.report.event_rows import EventRow
from hemifacial.report.face_map import (
    draw_involvement,
    draw_sensitivity,
    involvement,
    involvement_words,
    sensitivity,
    sensitivity_words,
)
from hemifacial.report.lanes import not_measured, trace_words
from hemifacial.report.timeline import draw_timeline
from hemifacial.report.traces import draw_traces, trace_data
from hemifacial.report.words import duration_of

__all__ = ["Figures", "draw_figures"]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The drawings by their place in the page, and what its script draws from.

    `drawings` are SVG texts by name; `traces` and `faces` are SVG texts with the sentences that
    say the same; `data` goes into the page as JSON; `files` are the SVG texts by file name.
    """

    drawings: Mapping[str, str]
    traces: tuple[tuple[str, tuple[str, ...]], ...]
    faces: tuple[tuple[str, str, tuple[str, ...]], ...]
    not_measured: tuple[str, ...]
    data: Mapping[str, Any]
    files: Mapping[str, str]


def draw_figures(measured: Result, standing: Result, rows: Sequence[EventRow]) -> Figures:
    """Every drawing of the report of `measured`, whose events stand as `standing` has them."""
    axis = TimeAxis(duration_s=duration_of(measured) or 1.0)
    timeline = draw_timeline(measured, rows, axis)
    traces = draw_traces(measured, rows, axis)
    faces = _faces(measured, standing)
    return Figures(
        drawings={"timeline": timeline},
        traces=tuple((svg, trace_words(measured.signals[name])) for name, svg in traces.items()),
        faces=faces,
        not_measured=not_measured(measured),
        data={
            "course": {
                "end_s": round(axis.duration_s, 3),
                "gutter": axis.gutter,
                "tables": trace_data(measured, rows),
                "colours": {
                    **{side.value: colour for side, colour in COLOURS.items()},
                    **{row.shown.trial_type: event_colour(row.shown) for row in rows},
                },
            },
            "closeups": closeups(measured, rows),
        },
        files={
            "timeline.svg": timeline,
            **{f"traces_{name}.svg": svg for name, svg in traces.items()},
            **{
                f"face_{name}.svg": svg
                for name, (svg, _, _) in zip(("involvement", "sensitivity"), faces, strict=False)
            },
        },
    )


def _faces(measured: Result, standing: Result) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The two small faces; none where the recording has no signal of a region."""
    seen = sensitivity(measured)
    if not seen.sizes_mm:
        return ()
    found = involvement(measured, standing.events)
    can = "Events called from, mm" if seen.is_threshold else "Smallest that could be seen, mm"
    return (
        (draw_involvement(found), "Spasms in each region", involvement_words(found)),
        (draw_sensitivity(seen), can, sensitivity_words(seen)),
    )
