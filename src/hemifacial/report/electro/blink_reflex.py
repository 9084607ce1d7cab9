"""The blink reflex on the page: for each stimulated side the sweeps of every muscle."""

from __future__ import annotations

from typing import Any

import numpy as np

from hemifacial.anatomy import Side, structures
from hemifacial.findings import Result, Status
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.sweep_stack import Cursor, Panel, own_sweeps, stacked

__all__ = ["figures"]

_AVERAGES, _SWEEPS = "blink_reflex_averages", "blink_reflex_sweeps"
_FROM_MS, _TO_MS = -10.0, 90.0
_MOST_SWEEPS = 8
_CURSORS = (("r1_latency", "R1"), ("r2_latency", "R2"), ("r2c_latency", "R2c"))


def figures(result: Result) -> tuple[Figure, ...]:
    """A figure for each stimulated side; none where no blink reflex was studied."""
    averages, sweeps = result.signals.get(_AVERAGES), result.signals.get(_SWEEPS)
    if averages is None or sweeps is None:
        return ()
    conditioning = str(averages.attrs.get("conditioning", ""))
    latency_ms = 1000 * np.asarray(averages["time"].values, dtype=np.float64)
    found = []
    rectified = [one for one in averages.data_vars.values() if one.attrs.get("rectified")]
    for side in dict.fromkeys(str(one.attrs["stimulus_side"]) for one in rectified):
        panels = [
            _panel(one, sweeps, latency_ms, result)
            for one in rectified
            if one.attrs["stimulus_side"] == side
        ]
        said = (
            f"Grey: up to {_MOST_SWEEPS} single sweeps, the first on top, negative up; below them "
            "the average of the rectified sweeps. R1 is marked where its average begins"
            f", R2 and contralateral R2 (R2c) at the shortest onset. {conditioning}."
        )
        found.append(
            stacked(
                f"blink_reflex_{side}",
                panels,
                from_ms=_FROM_MS,
                to_ms=_TO_MS,
                heading=f"Supraorbital nerve, {side}, stimulated",
                said=said,
            )
        )
    return tuple(found)


def _panel(average: Any, sweeps: Any, latency_ms: Any, result: Result) -> Panel:
    labels = average.attrs
    own = own_sweeps(average, sweeps, ("stimulus_side", "site", "side"), _MOST_SWEEPS)
    side, site = Side(labels["side"]), str(labels["site"])
    crossed = labels["stimulus_side"] != labels["side"]
    return Panel(
        heading=f"{structures()[site].label}, {side.value}",
        side=side,
        latency_ms=latency_ms,
        sweeps_uv=np.array([np.asarray(one.values, dtype=np.float64) for one in own]),
        average_uv=-np.asarray(average.values, dtype=np.float64),  # upwards, where negative is
        cursors=_cursors(result, site, side, crossed=crossed),
        note=_note(result, site, side, crossed=crossed),
    )


def _is_shown(word: str, *, crossed: bool) -> bool:
    """Contralateral R2 where the other side was stimulated, else R1 and R2."""
    return word.startswith("r2c") is crossed


def _cursors(result: Result, site: str, side: Side, *, crossed: bool) -> tuple[Cursor, ...]:
    found = []
    for word, name in _CURSORS:
        for one in result.findings:
            if (one.quantity, one.side, one.sites[1:]) != (f"blink_{word}", side, (site,)):
                continue
            if one.value is not None and _is_shown(word, crossed=crossed):
                found.append(Cursor(latency_ms=one.value, name=name))
    return tuple(found)


def _note(result: Result, site: str, side: Side, *, crossed: bool) -> str:
    """What is not there, with how small it could have been."""
    absent = []
    for word, name in (("r1", "R1"), ("r2", "R2"), ("r2c", "contralateral R2")):
        for one in result.findings:
            here = (one.quantity, one.side, one.sites[1:])
            if here != (f"blink_{word}_amplitude", side, (site,)):
                continue
            if one.status is Status.BELOW_DETECTION_LIMIT and _is_shown(word, crossed=crossed):
                absent.append(f"no {name} above {one.detection_limit or 0:.0f} µV")
    return "; ".join(absent)
