"""Averages as a table of signals and back, so that a report can draw them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.baep.series import BaepAverage

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["AVERAGES", "from_signals", "signals_of"]

AVERAGES = "baep_averages"
"""The name of the table."""

_DIFFERENCE = "_difference"


def signals_of(averages: Sequence[BaepAverage]) -> dict[str, xr.Dataset]:
    """The table of averages; none where they do not share their latencies."""
    import xarray as xr

    first = averages[0].latency_ms
    if any(not np.array_equal(one.latency_ms, first) for one in averages):
        return {}
    variables = {}
    for number, one in enumerate(averages, start=1):
        labels = {
            "unit": "µV",
            "side": one.side.value,
            "site": "vestibulocochlear_nerve",
            "quantity": "evoked_average",
            "name": one.name,
            "start_s": one.start_s,
            "duration_s": one.duration_s,
            "sweeps": one.sweeps,
            "rejected": one.rejected,
            "level": one.level,
            "stimulus_rate_hz": one.stimulus_rate_hz,
            "band_hz": None if one.band_hz is None else list(one.band_hz),
            "polarity": one.polarity,
        }
        name = f"average_{number:04d}"
        variables[name] = ("time", one.values_uv, labels)
        if one.difference_uv is not None:
            variables[name + _DIFFERENCE] = ("time", one.difference_uv, labels)
    return {AVERAGES: xr.Dataset(variables, coords={"time": ("time", first / 1000, {"unit": "s"})})}


def from_signals(table: xr.Dataset) -> tuple[BaepAverage, ...]:
    """The averages that `signals_of` put into a table."""
    latency_ms = table["time"].values * 1000
    found = []
    for name, variable in table.data_vars.items():
        if str(name).endswith(_DIFFERENCE):
            continue
        label = variable.attrs
        difference = table.get(f"{name}{_DIFFERENCE}")
        found.append(
            BaepAverage(
                name=label["name"],
                side=Side(label["side"]),
                start_s=label["start_s"],
                duration_s=label["duration_s"],
                latency_ms=latency_ms,
                values_uv=variable.values,
                difference_uv=None if difference is None else difference.values,
                sweeps=label["sweeps"],
                rejected=label["rejected"],
                level=label["level"],
                stimulus_rate_hz=label["stimulus_rate_hz"],
                band_hz=None if label["band_hz"] is None else tuple(label["band_hz"]),
                polarity=label["polarity"],
            )
        )
    return tuple(found)
