"""The cross-correlogram of spasm EMG: how synchronous the bursts of two muscles are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.outcome import Outcome
from hemifacial.findings import Finding, Status
from hemifacial.report.drawing import BLACK, COLOURS, GREY, TimeAxis
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.svg import rectangle, tag, text

__all__ = ["correlogram"]

Floats = NDArray[np.float64]

_ABOVE, _BELOW = 8.0, 34.0
_LAG_MS, _BIN_MS = 50.0, 1.0


def correlogram(outcome: Outcome) -> Figure | None:
    """Of the pair that is most synchronous: by how much later the bursts of the second begin."""
    pairs = [one for one in outcome.findings if _is_pair(one)]
    if not pairs:
        return None
    best = max(pairs, key=lambda one: one.value or 0.0)
    lags_ms = _lags_ms(*_onsets(outcome, best))
    edges = np.arange(-_LAG_MS - _BIN_MS / 2, _LAG_MS + _BIN_MS, _BIN_MS)
    counts, _ = np.histogram(lags_ms, edges)
    axis = TimeAxis(duration_s=2 * _LAG_MS, gutter=60.0, plot=500.0)
    height, most = 160.0, max(int(counts.max()), 1)
    bars = [
        rectangle(
            axis.x(float(left) + _LAG_MS + _BIN_MS / 2),
            _ABOVE + height * (1 - count / most),
            axis.plot / (2 * _LAG_MS / _BIN_MS) - 0.5,
            height * count / most,
            fill=BLACK,
            tip=f"{left + _BIN_MS / 2:g} ms: {count}",
        )
        for left, count in zip(edges[:-1].tolist(), counts.tolist(), strict=True)
        if count
    ]
    bottom = _ABOVE + height
    ticks = [
        text(f"{lag:g}", axis.x(lag + _LAG_MS), bottom + 15, text_anchor="middle", fill=GREY)
        for lag in np.arange(-_LAG_MS, _LAG_MS + 1, 25).tolist()
    ]
    names = best.note.partition(":")[0]
    said = (
        f"{names}: by how much later the bursts of the second begin, in bins of 1 ms; "
        f"{best.note.partition(': ')[2]}; tallest bin {most}."
    )
    right = axis.gutter + axis.plot
    parts = [
        tag("line", x1=axis.gutter, x2=right, y1=bottom, y2=bottom, stroke=GREY),
        *bars,
        *ticks,
        text(f"{most}", axis.gutter - 6, _ABOVE + 10, text_anchor="end", fill=GREY),
        text("lag (ms)", right, bottom + 29, text_anchor="end", fill=GREY),
    ]
    return figure(
        "spasm_emg_correlogram",
        parts,
        width=axis.width,
        height=bottom + _BELOW,
        heading="The most synchronous pair",
        said=said,
        title="Cross-correlogram of the onsets of bursts of two muscles",
    )


def _is_pair(one: Finding) -> bool:
    called = one.quantity == "emg_coincidence_index" and one.status is Status.MEASURED
    return called and len(one.sites) == 2 and one.side in COLOURS


def _onsets(outcome: Outcome, pair: Finding) -> tuple[Floats, Floats]:
    """Onsets of the bursts of both muscles, parents left out."""
    parents = {one.parent_id for one in outcome.events if one.parent_id}
    first, second = (
        np.array(
            [
                one.onset_s
                for one in outcome.events
                if one.trial_type in ("emg_burst", "emg_tonic")
                and one.event_id not in parents
                and (one.side, one.sites) == (pair.side, (site,))
            ]
        )
        for site in pair.sites
    )
    return first, second


def _lags_ms(first_s: Floats, second_s: Floats) -> Floats:
    """Every difference between an onset of the one and of the other that can be drawn."""
    ordered = np.sort(second_s)
    reach_s = (_LAG_MS + _BIN_MS) / 1000
    parts = [
        ordered[np.searchsorted(ordered, at - reach_s) : np.searchsorted(ordered, at + reach_s)]
        - at
        for at in first_s
    ]
    return 1000 * np.concatenate([np.empty(0), *parts])
