"""Potentials laid down wherever their units fire."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.emg.discharges import Discharges
from hemifacial.twin.nerve.emg.leads import Lead
from hemifacial.twin.nerve.emg.motor_units import MotorUnits
from hemifacial.twin.nerve.emg.unit_potentials import STEP_MS, UnitPotentials, unit_potentials

__all__ = ["Muscle", "add_potentials", "clean_traces_uv", "muscles_of"]

Values = NDArray[np.float64]

_PHASES = 32
"""Of one sample: a potential is laid down within 1/64 of a sample of its time."""


class Muscle(NamedTuple):
    """A muscle with its potentials and what it fires; `unit` of its firings counts within it."""

    units: MotorUnits
    potentials: UnitPotentials
    fired: Discharges


def muscles_of(
    units: Sequence[MotorUnits], fired: Discharges, leads: Sequence[Lead]
) -> tuple[Muscle, ...]:
    """The muscles of a recording, each with its own share of what fires."""
    found = []
    first = 0
    for one in units:
        own = (fired.unit >= first) & (fired.unit < first + one.count)
        share = Discharges(fired.unit[own] - first, fired.time_ms[own])
        found.append(Muscle(one, unit_potentials(one, leads), share))
        first += one.count
    return tuple(found)


def clean_traces_uv(
    muscles: Sequence[Muscle], leads: int, rate_hz: float, samples: int
) -> NDArray[np.float64]:
    """Everything that fires, without noise: (leads, samples) in µV, from the start on."""
    values = np.zeros((leads, samples))
    for one in muscles:
        add_potentials(values, one.potentials, one.fired, rate_hz)
    return values


def add_potentials(
    values_uv: Values, potentials: UnitPotentials, fired: Discharges, rate_hz: float
) -> None:
    """Add the potentials of units that fire, in place.

    Parameters
    ----------
    values_uv
        (leads, samples), the first sample at 0 ms. What would lie outside is left out.
    fired
        Ordered by unit.
    """
    step_ms = 1000.0 / rate_hz
    samples = values_uv.shape[1]
    for unit, times_ms in _by_unit(fired):
        shapes = _shapes(potentials, unit, step_ms)
        begin = (times_ms + potentials.from_ms) / step_ms
        first = np.ceil(begin).astype(np.int64)
        phase = np.minimum(((first - begin) * _PHASES).astype(np.int64), _PHASES - 1)
        long = shapes.shape[2]
        for start, which in zip(first.tolist(), phase.tolist(), strict=True):
            low, high = max(start, 0), min(start + long, samples)
            if low < high:
                values_uv[:, low:high] += shapes[which, :, low - start : high - start]


def _by_unit(fired: Discharges) -> Iterator[tuple[int, Values]]:
    if fired.unit.size:
        edges = np.flatnonzero(np.diff(fired.unit)) + 1
        heads = fired.unit[np.concatenate([[0], edges])]
        yield from zip(heads.tolist(), np.split(fired.time_ms, edges), strict=True)


def _shapes(potentials: UnitPotentials, unit: int, step_ms: float) -> Values:
    """The potential of a unit at the rate of a recording, (phases, leads, samples)."""
    values = potentials.values_uv[unit]
    long = math.ceil((values.shape[1] - 1) * STEP_MS / step_ms) + 1
    phases = (np.arange(_PHASES) + 0.5) / _PHASES
    at = (phases[:, None] + np.arange(long)[None, :]) * (step_ms / STEP_MS)
    known = np.arange(values.shape[1])
    return np.stack([np.interp(at, known, row, right=0.0) for row in values], axis=1)
