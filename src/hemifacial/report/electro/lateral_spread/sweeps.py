"""Single sweeps above their average, one panel a muscle, with the onset as a cursor to move."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hemifacial.findings import Result
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.electro.lateral_spread.wording import ANSWERS, label_of
from hemifacial.report.electro.scales import line_through
from hemifacial.report.electro.sweep_stack import own_sweeps
from hemifacial.report.svg import path, tag, text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sweep_figures"]

_FROM_MS, _TO_MS = -2.0, 40.0
_WIDTH, _PANEL, _STACK, _GAP = 430.0, 90.0, 13.0, 34.0
_LEFT, _TOP, _BETWEEN = 16.0, 40.0, 36.0
_MOST_SWEEPS = 12
_COLUMNS = 2
_EACH = _MOST_SWEEPS * _STACK + _PANEL + _GAP + _BETWEEN
_ROUND_UV = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_BLACK, _GREY, _RED = "#000000", "#767676", "#a94a00"


def sweep_figures(averages: xr.Dataset, sweeps: xr.Dataset, result: Result) -> list[Figure]:
    """For every stimulated branch the sweeps of each muscle, after the strongest stimulus.

    Parameters
    ----------
    averages, sweeps
        The tables of averages and of single sweeps of the result.
    """
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
        strength = own[0].attrs.get("intensity_ma")
        current = "" if strength is None else f" with {strength:g} mA"
        found.append(
            figure(
                f"sweeps_{branch}_{side}",
                _panels(own, sweeps, result),
                width=2 * _WIDTH + 60,
                height=_TOP + math.ceil(len(own) / _COLUMNS) * _EACH,
                heading=f"{label_of(branch)}, {side}, stimulated{current}",
                said=(
                    f"Grey: up to {_MOST_SWEEPS} single sweeps, the first on top; black: the "
                    f"average of all. Negative is up. {conditioning}. 0 is the stimulus; "
                    f"{(_TO_MS - _FROM_MS) / 10:.1f} ms a tenth of the width."
                ),
                title=f"Sweeps after stimulation of the {label_of(branch)}",
                words="Each muscle by itself: single sweeps in grey above their average in black.",
            )
        )
    return found


def _strongest(averages: xr.Dataset) -> list[Any]:
    best: dict[tuple[str, ...], Any] = {}
    for variable in averages.data_vars.values():
        one = variable.attrs
        key = (one["branch"], one["stimulus_side"], one["site"], one["side"])
        known = best.get(key)
        if known is None or one.get("intensity_ma", 0.0) >= known.attrs.get("intensity_ma", 0.0):
            best[key] = variable
    return list(best.values())


def _panels(own: Sequence[Any], sweeps: xr.Dataset, result: Result) -> Iterator[ET.Element]:
    for place, average in enumerate(own):
        left = _LEFT + (place % _COLUMNS) * (_WIDTH + 24)
        top = _TOP + (place // _COLUMNS) * _EACH
        shown = own_sweeps(
            average, sweeps, ("branch", "stimulus_side", "site", "side"), _MOST_SWEEPS
        )
        yield from _panel(average, shown, left, top, result)


def _panel(
    average: Any, sweeps: Sequence[Any], left: float, top: float, result: Result
) -> Iterator[ET.Element]:
    times_ms = average["time"].values * 1000
    shown = (times_ms >= _FROM_MS) & (times_ms <= _TO_MS)
    later = shown & (times_ms >= 2.0)
    largest = float(np.ptp(average.values[later])) if later.any() else 1.0
    gain_uv = next((one for one in _ROUND_UV if one * 4 >= largest), _ROUND_UV[-1])
    per_uv = _PANEL / 4 / gain_uv
    muscle = f"{label_of(average.attrs['site'])}, patient's {average.attrs['side'].upper()}"
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
        aria_label=f"Onset in {label_of(average.attrs['site'])}, ms" if event else None,
        aria_valuenow=round(onset_ms, 2) if event else None,
        aria_valuemin=0 if event else None,
        aria_valuemax=_TO_MS if event else None,
    )


def _event_of(average: Any, result: Result) -> str:
    kinds = ("direct_response",) if average.attrs["direct"] else tuple(ANSWERS)
    for event in result.events:
        if (
            event.trial_type in kinds
            and event.sites == (average.attrs["branch"], average.attrs["site"])
            and event.side.value == average.attrs["side"]
        ):
            return event.event_id
    return ""


def _line(ms: Any, values: Any, left: float, middle: float, per_uv: float, room: float) -> str:
    y = middle - np.clip(-values * per_uv, -room / 2, room / 2)  # negative is up
    return line_through(left + (ms - _FROM_MS) / (_TO_MS - _FROM_MS) * _WIDTH, y)


def _x(ms: float, left: float) -> float:
    return round(left + (ms - _FROM_MS) / (_TO_MS - _FROM_MS) * _WIDTH, 2)
