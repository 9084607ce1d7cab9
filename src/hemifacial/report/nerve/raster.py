"""Spikes over time, a row a fibre, grouped by branch."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.report.case.marks import haloed
from hemifacial.report.drawing import GREY
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.nerve.frame import FAINT, WIDTH, lower_axis, upright
from hemifacial.report.nerve.scale import Scale
from hemifacial.report.nerve.wording import group_label, readable, wide
from hemifacial.report.svg import path, tag, text
from hemifacial.twin.nerve.outcome import Raster, RasterRow

__all__ = ["draw_raster"]

_TOP = 26.0
_RIGHT = 16.0
_LEAST_GROUP = 30.0
_GAP = 7.0
_INKS = ("#0b0b0b", "#a94a00", "#005a8e")
_SHOCK = "#8a2a6f"


@dataclass(frozen=True, kw_only=True)
class _Band:
    """The rows of one group, with where they are drawn."""

    label: str
    rows: tuple[RasterRow, ...]
    top: float
    pitch: float

    @property
    def foot(self) -> float:
        return self.top + max(self.pitch * len(self.rows), _LEAST_GROUP)


def draw_raster(raster: Raster) -> Figure:
    """A raster as a figure; its spikes stand in ``NAME.tsv``."""
    bands = _bands(raster)
    left = 14 + min(max((1.12 * wide(one.label) for one in bands), default=60.0), 200.0)
    foot = bands[-1].foot if bands else _TOP + _LEAST_GROUP
    across = Scale(low=raster.from_ms, high=raster.to_ms, start=left, stop=WIDTH - _RIGHT)
    parts = lower_axis(across, _TOP, foot, "time, ms")
    for n, band in enumerate(bands):
        parts += _drawn(band, across, _INKS[n % len(_INKS)])
    parts += _shocks(raster, across, foot)
    return figure(
        raster.name,
        parts,
        width=WIDTH,
        height=foot + 42,
        heading=readable(raster.title),
        said=readable(raster.caption),
        words=_spoken(raster, bands),
    )


def _bands(raster: Raster) -> list[_Band]:
    groups: dict[str, list[RasterRow]] = {}
    for row in raster.rows:
        groups.setdefault(row.group, []).append(row)
    pitch = min(max(380.0 / max(len(raster.rows), 1), 0.6), 11.0)
    bands: list[_Band] = []
    top = _TOP
    for group, rows in groups.items():
        band = _Band(label=group_label(group), rows=tuple(rows), top=top, pitch=pitch)
        bands.append(band)
        top = band.foot + _GAP
    return bands


def _drawn(band: _Band, across: Scale, ink: str) -> list[ET.Element]:
    middle = (band.top + band.foot) / 2
    count = len(band.rows)
    parts = [text(band.label, 4, middle + 4 - 5 * (count > 1), fill=ink, font_weight=600)]
    if count > 1:
        parts.append(text(f"{count} rows", 4, middle + 13, fill=GREY))
    if band.top > _TOP:
        y = band.top - _GAP / 2
        parts.append(tag("line", x1=4, x2=across.stop, y1=y, y2=y, stroke=FAINT))
    height = round(max(band.pitch * 0.8, 0.9), 2)
    first = middle - band.pitch * count / 2 + (band.pitch - height) / 2
    # A spike that would cover another leaves it out: seven thousand fibres stay a small page.
    places = {
        (round(first + n * band.pitch, 1), round(across.at(time_ms), 1))
        for n, row in enumerate(band.rows)
        for time_ms in row.times_ms
        if across.holds(time_ms)
    }
    data = "".join(f"M{x:g} {y:g}v{height:g}" for y, x in sorted(places))
    if data:
        parts.append(path(data, stroke=ink, stroke_width=1.1, fill="none"))
    return parts


def _shocks(raster: Raster, across: Scale, foot: float) -> list[ET.Element]:
    shown = [one for one in raster.marks_ms if across.holds(one)]
    parts: list[ET.Element] = []
    for one in shown:
        x = across.at(one)
        parts.append(upright(x, _TOP - 4, foot, stroke=_SHOCK, stroke_dasharray="4 3"))
        parts.append(path(f"M{x - 4:g} {_TOP - 12:g}h8l-4 8z", fill=_SHOCK))
    if shown:
        x = across.at(shown[0])
        at_end = x + 60 > WIDTH
        words = raster.mark if len(shown) == 1 else f"{raster.mark}s"
        parts.append(haloed(words, x - 8 if at_end else x + 8, _TOP - 5,
                            text_anchor="end" if at_end else "start"))  # fmt: skip
    return parts


def _spoken(raster: Raster, bands: Sequence[_Band]) -> str:
    said = [f"Spikes from {raster.from_ms:g} to {raster.to_ms:g} ms."]
    for band in bands:
        spikes = sum(len(row.times_ms) for row in band.rows)
        silent = sum(not row.times_ms for row in band.rows)
        said.append(
            f"{band.label}: {spikes} spikes of {len(band.rows)} rows, {silent} of them silent."
        )
    if raster.marks_ms:
        shocks = ", ".join(f"{one:g}" for one in raster.marks_ms if math.isfinite(one))
        said.append(f"Shocks at {shocks} ms.")
    return " ".join(said)
