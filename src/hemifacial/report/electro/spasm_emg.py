"""Figures of spasm EMG: a raster of bursts, a stretch of traces, a cross-correlogram."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import structures
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.signals import ENVELOPE, STRETCH
from hemifacial.findings import Event, Finding, Result, Status
from hemifacial.report.drawing import BLACK, COLOURS, GREY, TimeAxis
from hemifacial.report.electro.figure import Figure
from hemifacial.report.svg import drawing, path, rectangle, tag, text

__all__ = ["figures", "spasm_emg_figures"]

Floats = NDArray[np.float64]

_ROW, _TRACE, _TOP, _BELOW = 22.0, 64.0, 8.0, 34.0
_KINDS = {
    "emg_burst": 0.62,
    "emg_tonic": 0.9,
    "a_train": 0.9,
    "neurotonic": 0.9,
    "artefact": 0.3,
}
"""Kinds that are drawn, and how much of its row a mark fills."""
_DIVISIONS = 4
_LAG_MS, _BIN_MS = 50.0, 1.0


def figures(result: Result) -> tuple[Figure, ...]:
    """The figures of the spasm EMG in a result."""
    return spasm_emg_figures(
        Outcome(findings=result.findings, events=result.events, signals=result.signals)
    )


def spasm_emg_figures(outcome: Outcome) -> tuple[Figure, ...]:
    """The figures of a study; those that have something to show.

    Parameters
    ----------
    outcome
        Of `hemifacial.electro.spasm_emg.measure.measure`.
    """
    if ENVELOPE not in outcome.signals:
        return ()
    made = [_raster(outcome), _traces(outcome), _correlogram(outcome)]
    return tuple(one for one in made if one is not None)


Row = tuple[str, str, str]
"""Side, site and what stands before the row."""


def _rows(outcome: Outcome, table: str) -> dict[str, Row]:
    """For each channel of a table its row."""
    rows = {}
    for name, signal in outcome.signals[table].data_vars.items():
        side, site = str(signal.attrs["side"]), str(signal.attrs["site"])
        known = structures().get(site)
        words = f"{side} {known.label}" if known else str(signal.attrs["channel"])
        rows[str(name)] = (side, site, words)
    return rows


def _raster(outcome: Outcome) -> Figure:
    rows = _rows(outcome, ENVELOPE)
    times_s = np.asarray(outcome.signals[ENVELOPE]["time"].values)
    axis = TimeAxis(duration_s=max(float(times_s[-1]), 0.1), gutter=190.0, plot=700.0)
    bottom = _TOP + _ROW * len(rows)
    parts = [axis.drawn(_TOP, bottom)]
    for number, (side, site, words) in enumerate(rows.values()):
        top = _TOP + _ROW * number
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
    return Figure(
        name="spasm_emg_raster",
        heading="Bursts of each muscle",
        svg=drawing(
            "spasm-emg-raster",
            *parts,
            width=axis.width,
            height=bottom + _BELOW,
            title="Bursts of each muscle over time",
            words=said,
        ),
        said=said,
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


def _traces(outcome: Outcome) -> Figure | None:
    """Two seconds of every channel: one gain for all, printed with the sweep and the band."""
    table = outcome.signals[STRETCH]
    times_s = np.asarray(table["time"].values, dtype=np.float64)
    rows = _rows(outcome, STRETCH)
    units = {str(one.attrs["unit"]) for one in table.data_vars.values()}
    if times_s.size < 2 or len(units) != 1:
        return None
    start_s, lasting_s = float(times_s[0]), float(times_s[-1] - times_s[0])
    axis = TimeAxis(duration_s=lasting_s, gutter=190.0, plot=700.0)
    largest = max(float(np.nanmax(np.abs(one), initial=0.0)) for one in table.data_vars.values())
    gain = _round_up(2 * largest / _DIVISIONS)
    scale = _TRACE / (_DIVISIONS * gain)
    bottom = _TOP + _TRACE * len(rows)
    parts = [_grid(axis, lasting_s, bottom)]
    for number, (name, (side, _, words)) in enumerate(rows.items()):
        middle = _TOP + _TRACE * (number + 0.5)
        parts.append(text(words, axis.gutter - 6, middle + 4, text_anchor="end"))
        values = np.asarray(table[name].values, dtype=np.float64)
        colour = next((c for one, c in COLOURS.items() if one == side), BLACK)
        data = _line(values, axis, lasting_s, middle, scale)
        parts.append(path(data, fill="none", stroke=colour, stroke_width=0.6))
    first = next(iter(table.data_vars.values()))
    unit = units.pop()
    shown = (
        f"gain {gain:g} {unit}/div, sweep {1000 * lasting_s / 10:.0f} ms/div, "
        f"{first.attrs['low_hz']:g} to {first.attrs['high_hz']:g} Hz, "
        f"from {start_s:.2f} s; up is as recorded"
    )
    parts.append(text(shown, axis.gutter, bottom + 16, fill=GREY))
    said = f"Two seconds in which most bursts begin: {shown}. Hum of the mains is taken off."
    return Figure(
        name="spasm_emg_traces",
        heading="Traces",
        svg=drawing(
            "spasm-emg-traces",
            *parts,
            width=axis.width,
            height=bottom + _BELOW,
            title="EMG of each muscle over two seconds",
            words=said,
        ),
        said=said,
    )


def _grid(axis: TimeAxis, lasting_s: float, bottom: float) -> ET.Element:
    """Ten divisions across, `_DIVISIONS` for each channel."""
    right = axis.gutter + axis.plot
    lines = [
        tag("line", x1=x, x2=x, y1=_TOP, y2=bottom, stroke="#e3e3e3")
        for x in (axis.x(lasting_s * place / 10) for place in range(11))
    ]
    count = round((bottom - _TOP) / _TRACE * _DIVISIONS)
    lines += [
        tag("line", x1=axis.gutter, x2=right, y1=y, y2=y, stroke="#efefef")
        for y in (_TOP + place * _TRACE / _DIVISIONS for place in range(count + 1))
    ]
    return tag("g", *lines)


def _line(values: Floats, axis: TimeAxis, lasting_s: float, middle: float, scale: float) -> str:
    """A trace as the commands of a path: lowest and highest value of each place across."""
    places = min(values.size, 1400)
    edges = np.linspace(0, values.size, places + 1).astype(int)
    points, open_line = [], False
    for place in range(places):
        part = values[edges[place] : edges[place + 1]]
        part = part[np.isfinite(part)]
        if not part.size:
            open_line = False
            continue
        x = axis.x(lasting_s * (place + 0.5) / places)
        # The order in which the two are reached keeps the line from jumping back and forth.
        for value in part[np.sort([part.argmin(), part.argmax()])]:
            points.append(f"{'L' if open_line else 'M'}{x:.1f} {middle - scale * value:.1f}")
            open_line = True
    return "".join(points)


def _correlogram(outcome: Outcome) -> Figure | None:
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
            _TOP + height * (1 - count / most),
            axis.plot / (2 * _LAG_MS / _BIN_MS) - 0.5,
            height * count / most,
            fill=BLACK,
            tip=f"{left + _BIN_MS / 2:g} ms: {count}",
        )
        for left, count in zip(edges[:-1].tolist(), counts.tolist(), strict=True)
        if count
    ]
    bottom = _TOP + height
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
        text(f"{most}", axis.gutter - 6, _TOP + 10, text_anchor="end", fill=GREY),
        text("lag (ms)", right, bottom + 29, text_anchor="end", fill=GREY),
    ]
    return Figure(
        name="spasm_emg_correlogram",
        heading="The most synchronous pair",
        svg=drawing(
            "spasm-emg-correlogram",
            *parts,
            width=axis.width,
            height=bottom + _BELOW,
            title="Cross-correlogram of the onsets of bursts of two muscles",
            words=said,
        ),
        said=said,
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


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 ... that is no smaller."""
    if not value > 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 5, 10) if unit * step >= value * 0.999)
