"""The stack of averages of one ear: the baseline above, the newest at the bottom, waves marked."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.baep.ears import EarSeries, ears_of
from hemifacial.electro.baep.noise import conditioned
from hemifacial.electro.baep.reading import Reading
from hemifacial.electro.baep.stored import AVERAGES, from_signals
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.errors import InputError
from hemifacial.findings import Result
from hemifacial.report.drawing import BLACK, COLOURS, GREY, side_words
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.scales import amplitude_bar, line_through
from hemifacial.report.svg import path, tag, text

__all__ = ["baep_stack", "figures"]

Floats = NDArray[np.float64]

_GUTTER, _PLOT, _RIGHT = 96.0, 560.0, 250.0
_ROW, _TOP = 34.0, 74.0
_MOST_ROWS = 24
_POLARITIES = {1: "condensation", -1: "rarefaction", 0: "alternating or not stated"}
_CALLED = "#a94a00"
_SHORT = {
    "lost": "V lost",
    "critical_both": "critical, both",
    "critical": "critical",
    "warning": "warning",
    "watch": "watch",
}
"""The levels of a change, the highest first."""


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """From ms and µV to places."""

    end_ms: float
    px_per_uv: float

    def x(self, latency_ms: float) -> float:
        return round(_GUTTER + _PLOT * latency_ms / self.end_ms, 2)


def figures(result: Result) -> tuple[Figure, ...]:
    """The stack of each ear, from the averages that the result holds."""
    table = result.signals.get(AVERAGES)
    if table is None:
        return ()
    criteria = ElectroCriteria.read().as_used(result.provenance.parameters["criteria"])
    return tuple(baep_stack(ear, criteria) for ear in ears_of(from_signals(table), criteria))


def baep_stack(ear: EarSeries, criteria: ElectroCriteria) -> Figure:
    """The figure of one ear's averages.

    Filled marks are waves whose latency was read, with a bar for the interval; open marks are
    where the wave was at baseline in an average whose latency was not read. Of a long series every
    so many averages are drawn, and each in which a change is called for the first time.
    """
    rows = _drawn(ear.readings)
    end_ms = min(criteria["baep_response_end_ms"], float(ear.mean.latency_ms[-1]))
    largest = float(np.ptp(_inside(ear.mean.latency_ms, ear.mean.values_uv, end_ms)[1]))
    scale = _Scale(end_ms=end_ms, px_per_uv=1.3 * _ROW / max(largest, 1e-6))
    bottom = _TOP + _ROW * (len(rows) + 1)
    parts = [*_heading(ear, criteria), *_axis(scale, bottom)]
    parts += _trace_row(scale, 0, ear.mean.latency_ms, ear.mean.values_uv, "baseline", BLACK)
    for wave in ear.waves.values():
        parts += _mark(scale, 0, wave.name, wave.latency_ms, None, read=True, named=True)
    for number, reading in enumerate(rows, start=1):
        parts += _reading_row(scale, number, reading, ear, criteria)
    parts += amplitude_bar(largest, scale.px_per_uv, bottom + 8)
    words = (
        f"{len(ear.baseline)} averages of the {side_words(ear.side)} ear as baseline and "
        f"{len(ear.readings)} after it, {len(rows)} of them drawn, the newest at the bottom."
    )
    return figure(
        f"baep_{ear.side.value}",
        parts,
        width=_GUTTER + _PLOT + _RIGHT,
        height=bottom + 56,
        heading=f"Brainstem auditory evoked potentials, {side_words(ear.side)}",
        said=f"{words} {_settings(ear, criteria)}",
        words=words,
    )


def _settings(ear: EarSeries, criteria: ElectroCriteria) -> str:
    """How it was recorded and how it is drawn."""
    one = ear.baseline[0]
    band = f"{one.band_hz[0]:g} to {one.band_hz[1]:g} Hz" if one.band_hz else "not stated"
    rate = f"{one.stimulus_rate_hz:.1f} a second" if one.stimulus_rate_hz else "rate not stated"
    return (
        f"Vertex positive up. Clicks: {rate}, {_POLARITIES[one.polarity]}"
        f"{', ' + one.level if one.level else ''}. Amplifier: {band}; drawn and read from "
        f"{criteria['baep_low_hz']:g} to {criteria['baep_high_hz']:g} Hz without shift of phase."
    )


def _heading(ear: EarSeries, criteria: ElectroCriteria) -> list[ET.Element]:
    first, _, second = _settings(ear, criteria).partition(" Amplifier: ")
    colour = COLOURS.get(ear.side, BLACK) if ear.side is not Side.NOT_APPLICABLE else BLACK
    return [
        text(f"{side_words(ear.side)} ear", 8, 16, fill=colour, font_weight="bold"),
        text(first, 8, 32, fill=GREY),
        text(f"Amplifier: {second}", 8, 47, fill=GREY),
    ]


def _axis(scale: _Scale, bottom: float) -> list[ET.Element]:
    parts = []
    for latency_ms in range(math.floor(scale.end_ms) + 1):
        x = scale.x(latency_ms)
        parts.append(tag("line", x1=x, x2=x, y1=_TOP - 6, y2=bottom + 3, stroke="#e3e3e3"))
        parts.append(text(f"{latency_ms}", x, bottom + 15, text_anchor="middle", fill=GREY))
    parts.append(
        text("after the click (ms)", _GUTTER + _PLOT, bottom + 30, text_anchor="end", fill=GREY)
    )
    return parts


def _middle(row: int) -> float:
    return _TOP + _ROW * (row + 0.6)


def _inside(latency_ms: Floats, values_uv: Floats, end_ms: float) -> tuple[Floats, Floats]:
    inside = (latency_ms >= 0) & (latency_ms <= end_ms)
    return latency_ms[inside], values_uv[inside]


def _trace_row(
    scale: _Scale, row: int, latency_ms: Floats, values_uv: Floats, label: str, colour: str
) -> list[ET.Element]:
    at, values = _inside(latency_ms, values_uv, scale.end_ms)
    middle = _middle(row)
    xs = (scale.x(float(one)) for one in at)
    ys = (middle - float(one) * scale.px_per_uv for one in values)
    return [
        path(line_through(xs, ys), fill="none", stroke=colour, stroke_width=1),
        text(label, _GUTTER - 8, middle + 4, text_anchor="end", fill=colour),
    ]


def _mark(
    scale: _Scale,
    row: int,
    name: str,
    latency_ms: float,
    ends_ms: tuple[float, float] | None,
    *,
    read: bool,
    named: bool = False,
) -> list[ET.Element]:
    x, y = scale.x(latency_ms), _middle(row) + 0.34 * _ROW
    parts = [
        path(
            f"M{x} {y - 7}L{x - 3.5} {y}L{x + 3.5} {y}Z",
            fill=BLACK if read else "#ffffff",
            stroke=BLACK,
            class_="cursor",
            data_wave=name,
        )
    ]
    if ends_ms:
        low, high = (scale.x(end) for end in ends_ms)
        parts.append(tag("line", x1=low, x2=high, y1=y, y2=y, stroke=BLACK))
    if named:
        parts.append(text(name, x, _TOP - 10, text_anchor="middle", fill=BLACK))
    return parts


def _reading_row(
    scale: _Scale, row: int, reading: Reading, ear: EarSeries, criteria: ElectroCriteria
) -> list[ET.Element]:
    colour = _CALLED if reading.calls else BLACK if reading.is_read else GREY
    label = _clock(reading.average.end_s)
    words = "; ".join(_said(reading))
    said = text(words, _GUTTER + _PLOT + 8, _middle(row) + 4, fill=colour, font_size=10)
    try:
        one = conditioned(reading.average, criteria)
    except InputError:
        return [text(label, _GUTTER - 8, _middle(row) + 4, text_anchor="end", fill=GREY), said]
    parts = _trace_row(scale, row, one.latency_ms, one.values_uv, label, colour)
    for wave in reading.waves:
        at = wave.latency_ms
        place = at.value if at else ear.waves[wave.name].latency_ms
        ends = (at.low, at.high) if at else None
        parts += _mark(scale, row, wave.name, place, ends, read=at is not None)
    return [*parts, said]


def _said(reading: Reading) -> list[str]:
    """What stands beside a trace: delay and amplitude of V, or that it was not read; calls."""
    five = reading.wave("V")
    if five is None or not reading.is_read:
        return ["not read"]
    said = []
    if five.delay_ms:
        said.append(f"V {five.delay_ms.value:+.2f} ms")
    if five.share:
        said.append(f"{100 * five.share.value:.0f} % left")
    # Of the levels only the highest.
    level = [_SHORT[kind] for kind in _SHORT if kind in reading.calls][:1]
    return said + level + (["I-III longer"] if "i_iii_delay" in reading.calls else [])


def _clock(time_s: float) -> str:
    """Minutes and seconds from the first click."""
    return f"{int(time_s) // 60} min {int(time_s) % 60:02d} s"


def _drawn(readings: Sequence[Reading]) -> list[Reading]:
    """At most so many of them, the last and every first call among them."""
    step = max(1, math.ceil(len(readings) / _MOST_ROWS))
    chosen = {len(readings) - 1 - number for number in range(0, len(readings), step)}
    called: set[str] = set()
    for number, reading in enumerate(readings):
        if set(reading.calls) - called:
            chosen.add(number)
            called |= set(reading.calls)
    return [readings[number] for number in sorted(chosen)]
