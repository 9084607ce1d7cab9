"""Recruitment: how the responses of a lateral spread study grow with the current."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hemifacial.anatomy import Kind, structures
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.findings import Result
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.lateral_spread.wording import label_of
from hemifacial.report.electro.scales import line_through
from hemifacial.report.svg import path, tag, text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["recruitment_figure"]

_Curves = dict[tuple[str, ...], list[tuple[float, float]]]
"""By branch, muscle, side and whether it is direct: strength in mA and amplitude in µV."""

_LEFT, _WIDTH, _BOTTOM, _HEIGHT = 60.0, 520.0, 210.0, 170.0
_GREY = "#767676"
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#595959", "#a94a00")


def recruitment_figure(averages: xr.Dataset, result: Result) -> Figure | None:
    """Amplitude against current, of each muscle and branch, as a share of its largest.

    None where no response was seen with more than two strengths.
    """
    curves = _curves(averages, result)
    if not curves:
        return None
    return figure(
        "recruitment",
        _parts(curves),
        width=860.0,
        height=max(250.0, 60.0 + 16 * len(curves)),
        heading="Recruitment",
        said="Full: direct responses; dashed: lateral spreads. Below threshold noise is drawn.",
        words="Amplitude of each response against the current of the stimulus.",
    )


def _curves(averages: xr.Dataset, result: Result) -> _Curves:
    """Strength and peak-to-peak amplitude, of the muscles and branches with a response."""
    curves: _Curves = {}
    criteria = ElectroCriteria.read().as_used(result.provenance.parameters.get("criteria", {}))
    for one in averages.data_vars.values():
        strength = one.attrs.get("intensity_ma")
        if strength is None:
            continue
        ms = one["time"].values * 1000
        first_ms, last_ms = _window_ms(one.attrs, criteria)
        inside = (ms >= first_ms) & (ms <= last_ms)
        key = tuple(str(one.attrs[part]) for part in ("branch", "site", "side", "direct"))
        curves.setdefault(key, []).append((float(strength), float(np.ptp(one.values[inside]))))
    wanted = {
        (*event.sites, event.side.value) for event in result.events if event.family == "response"
    }
    return {
        key: sorted(points)
        for key, points in curves.items()
        if len(points) > 2 and key[:3] in wanted
    }


def _window_ms(attrs: Mapping[str, Any], criteria: ElectroCriteria) -> tuple[float, float]:
    """Where the response of an average may be, by the criteria that it was measured with."""
    if attrs["direct"]:
        longest_ms = criteria["direct_longest_ms"]
        return criteria["direct_from_ms"], criteria["direct_until_ms"] + longest_ms
    kind = "z_l" if structures()[attrs["branch"]].kind is Kind.VESSEL else "spread"
    return criteria[f"{kind}_from_ms"], criteria[f"{kind}_until_ms"] + criteria["spread_longest_ms"]


def _parts(curves: _Curves) -> Iterator[ET.Element]:
    most_ma = max(ma for points in curves.values() for ma, _ in points)
    yield tag("line", x1=_LEFT, x2=_LEFT + _WIDTH, y1=_BOTTOM, y2=_BOTTOM, stroke=_GREY)
    yield text("mA", _LEFT + _WIDTH, _BOTTOM + 28, text_anchor="end", fill=_GREY)
    yield text("share of the largest amplitude, peak to peak", _LEFT, 18, fill=_GREY)
    for ma in sorted({ma for points in curves.values() for ma, _ in points}):
        x = _LEFT + _WIDTH * ma / most_ma
        yield text(f"{ma:g}", x, _BOTTOM + 14, text_anchor="middle", fill=_GREY)
    for number, (key, points) in enumerate(curves.items()):
        largest = max(size for _, size in points)
        xs = [_LEFT + _WIDTH * ma / most_ma for ma, _ in points]
        ys = [_BOTTOM - _HEIGHT * size / largest for _, size in points]
        drawn = {
            "stroke": _COLOURS[number % len(_COLOURS)],
            "stroke_width": 1.5,
            "stroke_dasharray": None if key[3] == "True" else "5 3",
        }
        yield path(line_through(xs, ys), fill="none", **drawn)
        y = 40.0 + 16 * number
        yield tag("line", x1=600, x2=624, y1=y - 4, y2=y - 4, **drawn)
        muscle, branch = label_of(key[1]), label_of(key[0]).split(" branch")[0]
        yield text(f"{muscle} after {branch}", 630, y)
