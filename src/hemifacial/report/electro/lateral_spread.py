"""The lateral spread on the page: the matrix of branches and muscles, sweeps, recruitment."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hemifacial.anatomy import structures
from hemifacial.findings import Finding, Result, Status
from hemifacial.report.electro.figure import Figure
from hemifacial.report.svg import drawing, path, tag, text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["MatrixCell", "MatrixRow", "figures", "matrix", "sentences"]

_AVERAGES, _SWEEPS = "lateral_spread_averages", "lateral_spread_sweeps"
_FROM_MS, _TO_MS = -2.0, 40.0
_WIDTH, _PANEL, _STACK, _GAP = 430.0, 90.0, 13.0, 34.0
_LEFT, _TOP, _BETWEEN = 16.0, 40.0, 36.0
_MOST_SWEEPS = 12
_ROUND_UV = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_BLACK, _GREY, _RED = "#000000", "#767676", "#a94a00"


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """What one muscle did: `state` is direct, spread, none, unsure or not recorded."""

    state: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One stimulated branch."""

    branch: str
    cells: tuple[MatrixCell, ...]


def matrix(result: Result) -> tuple[tuple[str, ...], tuple[MatrixRow, ...]]:
    """The muscles, and for each stimulated branch what they did."""
    by_pair: dict[tuple[tuple[str, ...], str], list[Finding]] = {}
    for finding in result.findings:
        if len(finding.sites) == 2 and finding.method == "lateral_spread":
            by_pair.setdefault((finding.sites, finding.side.value), []).append(finding)
    muscles = list(dict.fromkeys((sites[1], side) for sites, side in by_pair))
    branches = list(dict.fromkeys(sites[0] for sites, _ in by_pair))
    rows = [
        MatrixRow(
            branch=_label(branch),
            cells=tuple(_cell(by_pair.get(((branch, muscle), side))) for muscle, side in muscles),
        )
        for branch in branches
    ]
    return tuple(f"{_label(muscle)}, {side}" for muscle, side in muscles), tuple(rows)


def sentences(result: Result) -> tuple[str, ...]:
    """The study in a few sentences."""
    found, none, unsure, direct = [], [], [], []
    for finding in result.findings:
        if finding.method != "lateral_spread" or len(finding.sites) != 2:
            continue
        where = f"{_label(finding.sites[1])} ({finding.side.value})"
        after = f"the {_label(finding.sites[0]).removesuffix(' of the facial nerve')}"
        if finding.quantity == "lateral_spread_latency" and finding.value is not None:
            found.append(f"{where} after {after} at {finding.value:.1f} ms")
        if finding.quantity == "lateral_spread_amplitude" and finding.value is None:
            limit = (
                "" if finding.detection_limit is None else f" above {_uv(finding.detection_limit)}"
            )
            none.append(f"{where} after {after}{limit}")
        if finding.quantity.startswith("direct_response_amplitude") and finding.value is None:
            direct.append(f"{where} after {after}")
        if finding.quantity == "lateral_spread_probability" and finding.note:
            unsure.append(f"{where} after {after}: {finding.note}")
    said = []
    if found:
        said.append(f"Lateral spread response in {_listed(found)}.")
    if none:
        said.append(f"None in {_listed(none)}.")
    if direct:
        said.append(f"No direct response in {_listed(direct)}.")
    return (*said, *unsure)


def figures(result: Result) -> tuple[Figure, ...]:
    """For every stimulated branch the sweeps of each muscle; and how responses grow."""
    averages, sweeps = result.signals.get(_AVERAGES), result.signals.get(_SWEEPS)
    if averages is None or sweeps is None:
        return ()
    conditioning = str(averages.attrs.get("conditioning", ""))
    top = _strongest(averages)
    found = []
    for branch, side in dict.fromkeys(
        (one.attrs["branch"], one.attrs["stimulus_side"]) for one in top
    ):
        own = [
            one
            for one in top
            if (one.attrs["branch"], one.attrs["stimulus_side"]) == (branch, side)
        ]
        name = f"sweeps_{branch}_{side}"
        strength = own[0].attrs.get("intensity_ma")
        current = "" if strength is None else f" with {strength:g} mA"
        found.append(
            Figure(
                name=name,
                heading=f"{_label(branch)}, {side}, stimulated{current}",
                svg=_stack(name, own, sweeps, result),
                said=(
                    f"Grey: up to {_MOST_SWEEPS} single sweeps, the first on top; black: the "
                    f"average of all. Negative is up. {conditioning}. 0 is the stimulus; "
                    f"{(_TO_MS - _FROM_MS) / 10:.1f} ms a tenth of the width."
                ),
            )
        )
    grown = _recruitment(averages, result)
    return (*found, *([grown] if grown else []))


def _cell(findings: Sequence[Finding] | None) -> MatrixCell:
    if not findings:
        return MatrixCell(state="not recorded")
    by = {finding.quantity: finding for finding in findings}
    latency = by.get("direct_response_latency") or by.get("lateral_spread_latency")
    amplitude = by.get("direct_response_amplitude") or by.get("lateral_spread_amplitude")
    probability = by.get("lateral_spread_probability")
    if probability is None:
        if latency is None or latency.value is None or amplitude is None or amplitude.value is None:
            return MatrixCell(state="no direct response")
        return MatrixCell(
            state="direct", words=("direct", f"{latency.value:.1f} ms", _uv(amplitude.value))
        )
    chance = f"probability {_chance(probability.value)}"
    if latency is not None and latency.value is not None and amplitude is not None:
        size = "" if amplitude.value is None else _uv(amplitude.value)
        between = (
            f" ({latency.low:.1f} to {latency.high:.1f})"
            if latency.low is not None and latency.high is not None
            else ""
        )
        return MatrixCell(
            state="spread",
            words=("lateral spread", f"{latency.value:.1f} ms{between}", size, chance),
        )
    if amplitude is not None and amplitude.status is Status.BELOW_DETECTION_LIMIT:
        limit = amplitude.detection_limit or 0.0
        return MatrixCell(state="none", words=(f"none above {_uv(limit)}", chance))
    return MatrixCell(state="rejected", words=("rejected by a reader",))


def _chance(value: float | None) -> str:
    if value is None:
        return "not judged"
    if value > 0.99:
        return "above 0.99"
    return "below 0.01" if value < 0.01 else f"{value:.2f}"


def _strongest(averages: xr.Dataset) -> list[Any]:
    best: dict[tuple[str, ...], Any] = {}
    for variable in averages.data_vars.values():
        one = variable.attrs
        key = (one["branch"], one["stimulus_side"], one["site"], one["side"])
        known = best.get(key)
        if known is None or one.get("intensity_ma", 0.0) >= known.attrs.get("intensity_ma", 0.0):
            best[key] = variable
    return list(best.values())


def _stack(name: str, own: Sequence[Any], sweeps: xr.Dataset, result: Result) -> str:
    columns = 2
    rows = (len(own) + columns - 1) // columns
    height = _TOP + rows * (_MOST_SWEEPS * _STACK + _PANEL + _GAP + _BETWEEN)
    parts: list[ET.Element] = []
    for place, average in enumerate(own):
        left = _LEFT + (place % columns) * (_WIDTH + 24)
        top = _TOP + (place // columns) * (_MOST_SWEEPS * _STACK + _PANEL + _GAP + _BETWEEN)
        parts += _panel(average, _sweeps_of(average, sweeps), left, top, result)
    return drawing(
        name,
        *parts,
        width=2 * _WIDTH + 60,
        height=height,
        title=f"Sweeps after stimulation of the {_label(own[0].attrs['branch'])}",
        words="Each muscle by itself: single sweeps in grey above their average in black.",
    )


def _sweeps_of(average: Any, sweeps: xr.Dataset) -> list[Any]:
    wanted = {key: average.attrs[key] for key in ("branch", "stimulus_side", "site", "side")}
    return [
        one
        for one in sweeps.data_vars.values()
        if all(one.attrs[key] == value for key, value in wanted.items())
    ][:_MOST_SWEEPS]


def _panel(
    average: Any, sweeps: Sequence[Any], left: float, top: float, result: Result
) -> Iterator[ET.Element]:
    times_ms = average["time"].values * 1000
    shown = (times_ms >= _FROM_MS) & (times_ms <= _TO_MS)
    later = shown & (times_ms >= 2.0)
    largest = float(np.ptp(average.values[later])) if later.any() else 1.0
    gain_uv = next((one for one in _ROUND_UV if one * 4 >= largest), _ROUND_UV[-1])
    per_uv = _PANEL / 4 / gain_uv
    muscle = f"{_label(average.attrs['site'])}, patient's {average.attrs['side'].upper()}"
    yield text(muscle, left, top - 8, font_weight="bold", fill=_BLACK)
    yield text(
        f"{gain_uv} µV a division",
        left + _WIDTH,
        top - 8,
        text_anchor="end",
        fill=_GREY,
    )
    for number, sweep in enumerate(sweeps):
        ms = sweep["time"].values * 1000
        inside = (ms >= _FROM_MS) & (ms <= _TO_MS)
        middle = top + _STACK * (number + 0.5)
        yield path(
            _line(ms[inside], sweep.values[inside], left, middle, per_uv * 0.5, 2.2 * _STACK),
            fill="none",
            stroke=_GREY,
            stroke_width=0.6,
        )
    base = top + _MOST_SWEEPS * _STACK
    middle = base + _PANEL / 2
    for ms in range(0, int(_TO_MS) + 1, 5):
        x = _x(float(ms), left)
        yield tag("line", x1=x, x2=x, y1=top, y2=base + _PANEL, stroke="#e3e3e3")
        yield text(f"{ms}", x, base + _PANEL + 13, text_anchor="middle", fill=_GREY)
    for step in range(5):
        y = base + step * _PANEL / 4
        yield tag("line", x1=left, x2=left + _WIDTH, y1=y, y2=y, stroke="#eeeeee")
    yield text("ms", left + _WIDTH, base + _PANEL + 26, text_anchor="end", fill=_GREY)
    yield path(
        _line(times_ms[shown], average.values[shown], left, middle, per_uv, _PANEL),
        fill="none",
        stroke=_BLACK,
        stroke_width=1.4,
    )
    yield from _cursor(average, left, top, base + _PANEL, result)


def _cursor(
    average: Any, left: float, top: float, bottom: float, result: Result
) -> Iterator[ET.Element]:
    """The onset with its interval; the page lets a reader move it."""
    onset_ms = average.attrs.get("onset_ms")
    if onset_ms is None:
        return
    low, high = average.attrs.get("onset_low_ms"), average.attrs.get("onset_high_ms")
    if low is not None and high is not None:
        yield tag(
            "rect",
            x=_x(low, left),
            y=top,
            width=max(_x(high, left) - _x(low, left), 0.5),
            height=bottom - top,
            fill=_RED,
            fill_opacity=0.12,
        )
    event = _event_of(average, result)
    x = _x(onset_ms, left)
    yield tag(
        "g",
        tag("line", x1=x, x2=x, y1=top, y2=bottom, stroke=_RED, stroke_width=1.2),
        tag("rect", x=x - 6, y=top, width=12, height=bottom - top, fill_opacity=0),
        text(f"{onset_ms:.2f} ms", x + 4, top + 10, fill=_RED),
        class_="cursor",
        data_event=event or None,
        data_ms=round(onset_ms, 4),
        data_ms_per_unit=(_TO_MS - _FROM_MS) / _WIDTH,
        tabindex=0 if event else None,
        role="slider" if event else None,
        aria_label=f"Onset in {_label(average.attrs['site'])}, ms" if event else None,
        aria_valuenow=round(onset_ms, 2) if event else None,
        aria_valuemin=0 if event else None,
        aria_valuemax=_TO_MS if event else None,
    )


def _event_of(average: Any, result: Result) -> str:
    kind = "direct_response" if average.attrs["direct"] else "lateral_spread"
    for event in result.events:
        if (
            event.trial_type == kind
            and event.sites == (average.attrs["branch"], average.attrs["site"])
            and event.side.value == average.attrs["side"]
        ):
            return event.event_id
    return ""


def _recruitment(averages: xr.Dataset, result: Result) -> Figure | None:
    """Amplitude against current, of each muscle and branch, as a share of its largest."""
    groups: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for one in averages.data_vars.values():
        strength = one.attrs.get("intensity_ma")
        if strength is None:
            continue
        ms = one["time"].values * 1000
        first, last = (2.0, 20.0) if one.attrs["direct"] else (6.5, 30.0)
        inside = (ms >= first) & (ms <= last)
        key = tuple(str(one.attrs[part]) for part in ("branch", "site", "side", "direct"))
        groups.setdefault(key, []).append((float(strength), float(np.ptp(one.values[inside]))))
    wanted = {
        (*event.sites, event.side.value) for event in result.events if event.family == "response"
    }
    groups = {
        key: sorted(points)
        for key, points in groups.items()
        if len(points) > 2 and key[:3] in wanted
    }
    if not groups:
        return None
    width, height, left, bottom = 860.0, 60.0 + 190.0, 60.0, 210.0
    most_ma = max(ma for points in groups.values() for ma, _ in points)
    parts: list[ET.Element] = [
        tag("line", x1=left, x2=left + 520, y1=bottom, y2=bottom, stroke=_GREY),
        text("mA", left + 520, bottom + 28, text_anchor="end", fill=_GREY),
        text("share of the largest amplitude, peak to peak", left, 18, fill=_GREY),
    ]
    for ma in sorted({ma for points in groups.values() for ma, _ in points}):
        x = left + 520 * ma / most_ma
        parts.append(text(f"{ma:g}", x, bottom + 14, text_anchor="middle", fill=_GREY))
    for number, (key, points) in enumerate(groups.items()):
        colour = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#595959", "#a94a00")[number % 6]
        largest = max(size for _, size in points)
        places = [(left + 520 * ma / most_ma, bottom - 170 * size / largest) for ma, size in points]
        dash = None if key[3] == "True" else "5 3"
        data = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(
            path(data, fill="none", stroke=colour, stroke_width=1.5, stroke_dasharray=dash)
        )
        y = 40.0 + 16 * number
        parts.append(
            tag(
                "line",
                x1=600,
                x2=624,
                y1=y - 4,
                y2=y - 4,
                stroke=colour,
                stroke_width=1.5,
                stroke_dasharray=dash,
            )
        )
        parts.append(text(f"{_label(key[1])} after {_label(key[0]).split(' branch')[0]}", 630, y))
    return Figure(
        name="recruitment",
        heading="Recruitment",
        svg=drawing(
            "recruitment",
            *parts,
            width=width,
            height=max(height, 60.0 + 16 * len(groups)),
            title="Recruitment",
            words="Amplitude of each response against the current of the stimulus.",
        ),
        said="Full: direct responses; dashed: lateral spreads. Below threshold noise is drawn.",
    )


def _line(ms: Any, values: Any, left: float, middle: float, per_uv: float, room: float) -> str:
    y = middle - np.clip(-values * per_uv, -room / 2, room / 2)  # negative is up
    points = zip(left + (ms - _FROM_MS) / (_TO_MS - _FROM_MS) * _WIDTH, y, strict=True)
    return "M" + "L".join(f"{x:.1f},{height:.1f}" for x, height in points)


def _x(ms: float, left: float) -> float:
    return round(left + (ms - _FROM_MS) / (_TO_MS - _FROM_MS) * _WIDTH, 2)


def _label(word: str) -> str:
    return structures()[word].label


def _uv(value: float) -> str:
    return f"{value:.0f} µV" if value >= 10 else f"{value:.1f} µV"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
