"""The raster of spasm EMG: when each muscle was active."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

import numpy as np

from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.signals import ENVELOPE
from hemifacial.findings import Event
from hemifacial.report.drawing import BLACK, COLOURS, GREY, TimeAxis
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.spasm_emg.rows import ABOVE, BELOW, GUTTER, rows_of
from hemifacial.report.svg import rectangle, text

__all__ = ["raster"]

_ROW = 22.0
_KINDS = {
    "emg_burst": 0.62,
    "emg_tonic": 0.9,
    "a_train": 0.9,
    "neurotonic": 0.9,
    "artefact": 0.3,
}
"""Kinds that are drawn, and how much of its row a mark fills."""


def raster(outcome: Outcome) -> Figure:
    """Every burst and longer activity of each channel as a mark at its time."""
    rows = rows_of(outcome, ENVELOPE)
    times_s = np.asarray(outcome.signals[ENVELOPE]["time"].values)
    axis = TimeAxis(duration_s=max(float(times_s[-1]), 0.1), gutter=GUTTER, plot=700.0)
    bottom = ABOVE + _ROW * len(rows)
    parts = [axis.drawn(ABOVE, bottom)]
    for number, (side, site, words) in enumerate(rows.values()):
        top = ABOVE + _ROW * number
        parts.append(text(words, axis.gutter - 6, top + 14, text_anchor="end"))
        mine = [
            one for one in outcome.events if (one.side, one.sites or ("n/a",)) == (side, (site,))
        ]
        parts += _marks(mine, axis, top)
    counted = sum(one.trial_type == "emg_burst" for one in outcome.events)
    said = (
        f"Each mark is a burst, a taller one tonic activity or an A-train, a low grey one an "
        f"artefact. {counted} bursts in {len(rows)} channels, {times_s[-1]:.1f} s."
    )
    return figure(
        "spasm_emg_raster",
        parts,
        width=axis.width,
        height=bottom + BELOW,
        heading="Bursts of each muscle",
        said=said,
        title="Bursts of each muscle over time",
    )


def _marks(events: Sequence[Event], axis: TimeAxis, top: float) -> list[ET.Element]:
    marks = []
    # The longest first, so that the bursts of a tonic spasm lie on it.
    for one in sorted(events, key=lambda event: -event.duration_s):
        share = _KINDS.get(one.trial_type)
        if share is None:
            continue
        artefact, parent = one.trial_type == "artefact", one.trial_type != "emg_burst"
        height = share * (_ROW - 4)
        marks.append(
            rectangle(
                y=top + (_ROW - height) / 2,
                height=height,
                fill=GREY if artefact else COLOURS.get(one.side, BLACK),
                fill_opacity=0.35 if parent else 1,
                tip=f"{one.event_id}: {one.trial_type}, {one.onset_s:.3f} s, "
                f"{1000 * one.duration_s:.0f} ms",
                **axis.span(one.onset_s, one.offset_s),  # type: ignore[arg-type]
            )
        )
    return marks
