"""Signals of spasm EMG: the envelope of each channel, and a stretch of the traces themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.pieces import bands_hz
from hemifacial.electro.spasm_emg.read import ENVELOPE_HZ, MuscleActivity, stretch_of
from hemifacial.formats.recording_facts import Recording

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ENVELOPE", "STRETCH", "signals_of"]

Floats = NDArray[np.float64]

ENVELOPE, STRETCH = "spasm_emg_envelope", "spasm_emg_stretch"
"""Names of the two tables."""

_STRETCH_S = 2.0
_STRETCH_HZ = 5000.0


def signals_of(
    recording: Recording, activities: Sequence[MuscleActivity], criteria: ElectroCriteria
) -> Mapping[str, xr.Dataset]:
    """The envelope at 200 Hz of the whole recording, and 2 s of traces where most goes on.

    Traces of channels of different rates are drawn on the times of the fastest, or of 5 kHz.
    """
    if not activities:
        return {}
    names = _names(activities)
    times_s = np.arange(activities[0].envelope.size) / ENVELOPE_HZ
    shown_s = _stretch_times(activities)
    return {
        ENVELOPE: _table(
            times_s,
            [one.envelope for one in activities],
            activities,
            names,
            criteria,
            "emg_envelope",
        ),
        STRETCH: _table(
            shown_s,
            [stretch_of(recording, one.muscle, criteria, shown_s) for one in activities],
            activities,
            names,
            criteria,
            "emg_trace",
        ),
    }


def _names(activities: Sequence[MuscleActivity]) -> list[str]:
    """A name for each column; two channels of one muscle carry their number."""
    keys = [one.muscle.key for one in activities]
    return [
        key if keys.count(key) == 1 else f"{key}_channel{one.muscle.channel + 1}"
        for key, one in zip(keys, activities, strict=True)
    ]


def _stretch_times(activities: Sequence[MuscleActivity]) -> Floats:
    """Times of the two seconds with the most beginnings of bursts, of those of all muscles."""
    onsets = np.sort(np.concatenate([one.onsets_s for one in activities]))
    onsets = np.concatenate([onsets, [train.onset_s for one in activities for train in one.trains]])
    onsets.sort()
    start_s = 0.0
    if onsets.size:
        many = np.searchsorted(onsets, onsets + 0.8 * _STRETCH_S) - np.arange(onsets.size)
        start_s = max(0.0, float(onsets[many.argmax()]) - 0.1 * _STRETCH_S)
    rate_hz = min(_STRETCH_HZ, max(one.muscle.rate_hz for one in activities))
    end_s = activities[0].envelope.size / ENVELOPE_HZ
    count = round(min(_STRETCH_S, end_s) * rate_hz)
    return np.asarray(start_s + np.arange(count) / rate_hz)


def _table(
    times_s: Floats,
    columns: Sequence[Floats],
    activities: Sequence[MuscleActivity],
    names: Sequence[str],
    criteria: ElectroCriteria,
    quantity: str,
) -> xr.Dataset:
    import xarray as xr

    variables = {}
    for name, values, one in zip(names, columns, activities, strict=True):
        (low_hz, high_hz), _ = bands_hz(one.muscle.rate_hz, criteria)
        variables[name] = (
            "time",
            values,
            {
                "unit": one.muscle.unit,
                "side": one.muscle.side.value,
                "site": one.muscle.site or "n/a",
                "quantity": quantity,
                "channel": one.muscle.name,
                "noise_floor": one.floor.wide,
                "low_hz": low_hz,
                "high_hz": high_hz,
            },
        )
    return xr.Dataset(variables, coords={"time": ("time", times_s, {"unit": "s"})})
