"""The signals of each side over time, with their events and their threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.findings import Result, quantities
from hemifacial.report.drawing import (
    BLACK,
    COLOURS,
    GREY,
    as_svg,
    canvas,
    draw_gaps,
    drawing_style,
    event_colour,
    mark_words,
    side_words,
    text_colour,
    time_axis,
)
from hemifacial.report.envelope import envelope
from hemifacial.report.svg import plain_svg
from hemifacial.report.tables import EventRow
from hemifacial.report.words import number

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["draw_traces", "trace_words"]

_BUCKETS = 1400
_LINKED_AT_MOST = 300
"""Above this only the timeline is linked with the table, so that the page stays small."""


def draw_traces(measured: Result, rows: Sequence[EventRow]) -> Mapping[str, str]:
    """One figure a table of signals: a panel a side, events shaded, the threshold drawn; as SVG."""
    drawn = {}
    for name, table in measured.signals.items():
        panels = _panels(table)
        if panels and table.sizes["time"]:
            drawn[name] = _draw_table(name, table, panels, measured, rows)
    return drawn


def trace_words(table: xr.Dataset) -> tuple[str, ...]:
    """Each signal of a figure in one sentence, for who cannot see it."""
    sentences = []
    for name, side in _panels(table):
        values = _values(table[name])
        label = f"{_quantity_label(table[name])}, {side_words(side)}"
        seen = values[~np.isnan(values)]
        unit = str(table[name].attrs.get("unit", ""))
        if not seen.size:
            sentences.append(f"{label}: never judged.")
            continue
        low, middle, high = (number(float(v)) for v in np.percentile(seen, [0, 50, 100]))
        share = 100 * seen.size / values.size
        sentences.append(
            f"{label}: median {middle} {unit}, from {low} to {high} {unit}; "
            f"judged in {share:.0f} % of {values.size} samples."
        )
    return tuple(sentences)


def _draw_table(
    name: str,
    table: xr.Dataset,
    panels: Sequence[tuple[str, Side]],
    measured: Result,
    rows: Sequence[EventRow],
) -> str:
    marks: dict[str, tuple[str, str]] = {}
    with drawing_style():
        figure, every = canvas([1.0] * len(panels))
        limits = _common_limits(table, panels)
        for place, (axes, (variable, side)) in enumerate(zip(every, panels, strict=True)):
            signal = table[variable]
            draw_gaps(axes, [row.shown for row in rows], words=False)
            _shade(axes, side, place, rows, marks)
            _draw_signal(axes, table, signal, side)
            axes.set_ylim(limits[_quantity(signal)])
            _panel_labels(axes, signal, side)
            time_axis(axes, measured, last=place == len(panels) - 1)
        source = as_svg(figure)
    return plain_svg(
        source,
        name=f"traces-{name}",
        title="Signals of each side over time",
        words=" ".join(trace_words(table)),
        marks=marks,
    )


def _draw_signal(axes: Axes, table: xr.Dataset, signal: xr.DataArray, side: Side) -> None:
    time_s = np.asarray(table["time"].values, dtype=np.float64)
    values = _values(signal)
    axes.plot(
        *envelope(time_s, values, buckets=_BUCKETS), color=COLOURS.get(side, BLACK), linewidth=0.9
    )
    threshold = _threshold(signal)
    if threshold is not None:
        axes.axhline(threshold, color=BLACK, linewidth=0.8, dashes=(4, 3), zorder=1.5)
        text = f"dashed: called from {number(threshold)} {signal.attrs.get('unit', '')}"
        axes.set_title(text, loc="right", fontsize=7.5, color=GREY, pad=3)


def _threshold(signal: xr.DataArray) -> float | None:
    """The smallest excursion that is called, counted from zero; None where nothing is called."""
    threshold = float(signal.attrs.get("threshold", math.nan))
    return threshold if math.isfinite(threshold) else None


def _shade(
    axes: Axes,
    side: Side,
    place: int,
    rows: Sequence[EventRow],
    marks: dict[str, tuple[str, str]],
) -> None:
    from matplotlib.patches import Rectangle

    for index, row in enumerate(rows):
        event = row.standing
        if event is None or event.family in ("gap", "burst") or event.side not in (side, Side.BOTH):
            continue
        gid = f"shade-{index}-{place}"
        axes.add_artist(
            Rectangle(
                (event.onset_s, 0),
                event.duration_s,
                1,
                transform=axes.get_xaxis_transform(),
                gid=gid,
                zorder=0.5,
                facecolor=event_colour(event),
                alpha=0.22,
                edgecolor="none",
            )
        )
        if len(rows) <= _LINKED_AT_MOST:
            marks[gid] = (event.event_id, mark_words(row))


def _panels(table: xr.Dataset) -> list[tuple[str, Side]]:
    """Variables and their sides, quantity by quantity, the patient's right before the left.

    A signal without a site (a state, a quality) has no panel. Where several signals show
    one site of one side, as an aperture and the closure that is computed from it, those
    that events are called from are drawn.
    """
    order = {Side.RIGHT: 0, Side.LEFT: 1}
    called = {_place_of(signal) for signal in table.values() if _threshold(signal) is not None}
    found = [
        (_quantity(signal), order.get(Side(_place_of(signal)[0]), 2), str(name), _place_of(signal))
        for name, signal in table.items()
        if signal.attrs.get("site", "n/a") != "n/a"
        and (_threshold(signal) is not None or _place_of(signal) not in called)
    ]
    met = list(dict.fromkeys(quantity for quantity, *_ in found))
    found.sort(key=lambda one: (met.index(one[0]), one[1], one[2]))
    return [(name, Side(place[0])) for _, _, name, place in found]


def _place_of(signal: xr.DataArray) -> tuple[str, str]:
    return str(signal.attrs.get("side", "n/a")), str(signal.attrs.get("site", "n/a"))


def _quantity(signal: xr.DataArray) -> str:
    return str(signal.attrs.get("quantity", signal.name))


def _common_limits(
    table: xr.Dataset, panels: Sequence[tuple[str, Side]]
) -> dict[str, tuple[float, float]]:
    """One scale for both sides of a quantity, so that right and left can be compared by eye."""
    ranges: dict[str, tuple[float, float]] = {}
    for name, _ in panels:
        values = _values(table[name])
        if np.isnan(values).all():
            continue
        threshold = _threshold(table[name])
        every = [float(np.nanmin(values)), float(np.nanmax(values))]
        every += [] if threshold is None else [threshold]
        quantity = _quantity(table[name])
        low, high = ranges.get(quantity, (every[0], every[0]))
        ranges[quantity] = (min(low, *every), max(high, *every))
    named = {_quantity(table[name]) for name, _ in panels}
    limits = {}
    for quantity in named:
        low, high = ranges.get(quantity, (0.0, 1.0))
        room = 0.08 * ((high - low) or 1.0)
        limits[quantity] = (low - room, high + room)
    return limits


def _panel_labels(axes: Axes, signal: xr.DataArray, side: Side) -> None:
    axes.set_ylabel(str(signal.attrs.get("unit", "")), fontsize=8)
    axes.set_title(
        f"{_quantity_label(signal)}, {side_words(side)}",
        loc="left",
        fontsize=8.5,
        fontweight="bold",
        color=text_colour(side),
        pad=3,
    )


def _quantity_label(signal: xr.DataArray) -> str:
    word = _quantity(signal)
    known = quantities().get(word)
    return known.label if known else word.replace("_", " ").capitalize()


def _values(signal: xr.DataArray) -> NDArray[np.float64]:
    return np.asarray(signal.values, dtype=np.float64)
