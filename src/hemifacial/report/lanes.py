"""Which signals are drawn, strip by strip: the patient's right upward, the left downward."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Kind, Side, structures
from hemifacial.findings import Result, quantities
from hemifacial.report.drawing import SIDES
from hemifacial.report.words import number, short_sites

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "ABOVE",
    "HEADING_HEIGHT",
    "LANE_HEIGHT",
    "ROOM",
    "Lane",
    "Trace",
    "lanes_of",
    "not_measured",
    "sizes_words",
    "trace_words",
]

Floats = NDArray[np.float64]

LANE_HEIGHT, HEADING_HEIGHT, ABOVE = 58.0, 15.0, 4.0
ROOM = 1.08
"""The end of a scale over the largest value."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One signal that is drawn; sizes in `unit`, None where the table does not state them."""

    name: str
    side: Side
    site: str
    quantity: str
    unit: str
    values: Floats
    threshold: float | None
    smallest_detectable: float | None
    noise_floor: float | None


@dataclass(frozen=True, kw_only=True)
class Lane:
    """What one strip shows: a signal upward, and the other side's downward where there is one."""

    label: str
    up: Trace | None
    down: Trace | None
    top: float

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The right before the left."""
        return tuple(one for one in (self.up, self.down) if one is not None)

    @property
    def largest(self) -> float:
        """The end of the scale, the same for both sides, so that they can be compared by eye."""
        every = [0.0]
        for trace in self.traces:
            seen = trace.values[np.isfinite(trace.values)]
            every += [float(seen.max())] if seen.size else []
            every += [1.3 * (trace.threshold or 0.0)]
            # A level far above all that was seen would flatten what there is to see.
            every += [min(trace.smallest_detectable or 0.0, 2.5 * (trace.threshold or 0.0))]
        return max(every) * ROOM or 1.0


def lanes_of(table: xr.Dataset) -> tuple[Lane, ...]:
    """The strips of a table of signals, from the brow down.

    A signal without a site (a state, a quality) is not drawn. Where several signals show one
    site of one side, as an aperture and the closure that is computed from it, those that
    events are called from are drawn.
    """
    every = [_trace(str(name), signal) for name, signal in table.data_vars.items()]
    every = [one for one in every if one.site in structures()]
    called = {(one.side, one.site) for one in every if one.threshold is not None}
    shown = [
        one for one in every if one.threshold is not None or (one.side, one.site) not in called
    ]
    order = {word: place for place, word in enumerate(structures())}
    groups: dict[tuple[str, str], dict[Side, Trace]] = {}
    for one in shown:
        groups.setdefault((one.site, one.quantity), {})[one.side] = one
    lanes, top = [], ABOVE
    for (site, quantity), of_side in sorted(groups.items(), key=lambda item: order[item[0][0]]):
        alone = next((one for side, one in of_side.items() if side not in SIDES), None)
        lanes.append(
            Lane(
                label=_lane_label(site, quantity),
                up=of_side.get(Side.RIGHT) or alone,
                down=of_side.get(Side.LEFT),
                top=top,
            )
        )
        top += HEADING_HEIGHT + LANE_HEIGHT
    return tuple(lanes)


def _trace(name: str, signal: xr.DataArray) -> Trace:
    side = str(signal.attrs.get("side", "n/a"))
    return Trace(
        name=name,
        side=Side(side) if side in list(Side) else Side.NOT_APPLICABLE,
        site=str(signal.attrs.get("site", "n/a")),
        quantity=str(signal.attrs.get("quantity", name)),
        unit=str(signal.attrs.get("unit", "")),
        values=np.asarray(signal.values, dtype=np.float64),
        threshold=_size(signal, "threshold"),
        smallest_detectable=_size(signal, "smallest_detectable"),
        noise_floor=_size(signal, "noise_floor"),
    )


def _size(signal: xr.DataArray, name: str) -> float | None:
    try:
        size = float(signal.attrs.get(name, math.nan))
    except (TypeError, ValueError):
        return None
    return size if math.isfinite(size) else None


def _lane_label(site: str, quantity: str) -> str:
    """The region and what is drawn of it; a word that names its region already stands alone."""
    known = quantities().get(quantity)
    label = known.label if known else quantity.replace("_", " ").capitalize()
    place = short_sites([site])
    if site == "eyelids" or place.split()[0] in label.lower():
        return label
    return f"{place.capitalize()}: {label[0].lower()}{label[1:]}"


def not_measured(measured: Result) -> tuple[str, ...]:
    """Regions of the face that no signal of this result is of, in the order of the vocabulary."""
    seen = {trace.site for trace in _every_trace(measured)}
    words = [one.word for one in structures().values() if one.kind is Kind.REGION]
    return tuple(word for word in words if word not in seen) if seen else ()


def _every_trace(measured: Result) -> list[Trace]:
    return [
        trace
        for table in measured.signals.values()
        for lane in lanes_of(table)
        for trace in lane.traces
    ]


def trace_words(table: xr.Dataset) -> tuple[str, ...]:
    """Each signal of a figure in one sentence, for who cannot see it."""
    return tuple(_words_of(lane.label, trace) for lane in lanes_of(table) for trace in lane.traces)


def _words_of(label: str, trace: Trace) -> str:
    side = f", patient's {trace.side.value.upper()}" if trace.side in SIDES else ""
    seen = trace.values[np.isfinite(trace.values)]
    if not seen.size:
        return f"{label}{side}: never judged."
    low, middle, high = (number(float(v)) for v in np.percentile(seen, [0, 50, 100]))
    share = 100 * seen.size / trace.values.size
    return (
        f"{label}{side}: median {middle} {trace.unit}, from {low} to {high} {trace.unit}; "
        f"judged in {share:.0f} % of {trace.values.size} samples."
    )


def sizes_words(lane: Lane) -> str:
    """The levels of a strip: ``called from 1.2 mm, smallest detectable 1.0 mm, noise 0.1 mm``."""
    parts = []
    for word, name in (
        ("called from", "threshold"),
        ("smallest detectable", "smallest_detectable"),
        ("noise", "noise_floor"),
    ):
        sizes = [getattr(trace, name) for trace in lane.traces]
        told = list(dict.fromkeys(number(size) for size in sizes if size is not None))
        if told:
            parts.append(f"{word} {' / '.join(told)} {lane.traces[0].unit}")
    return ", ".join(parts)
