"""Impulses that reach muscles, and when the muscle fibres then fire."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hemifacial.errors import UsageError
from hemifacial.twin.nerve.emg.motor_units import MotorUnits
from hemifacial.twin.nerve.emg.values import value_of

__all__ = ["Discharges", "firings"]

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Discharges:
    """One record for each impulse of a motor fibre; equal lengths.

    Attributes
    ----------
    unit
        Which unit, counted through all muscles of a recording in their order: the units of the
        first muscle come first.
    time_ms
        From the start of the recording. Of `Discharges` that are given to a recording, when the
        impulse reaches the end of its nerve fibre; of `firings`, when the muscle fibres fire.
    """

    unit: NDArray[np.int64]
    time_ms: Values

    @classmethod
    def of(cls, unit: ArrayLike, time_ms: ArrayLike) -> Discharges:
        """The same from any sequences.

        Raises
        ------
        UsageError
            Where they differ in length, or a time is no number.
        """
        units, times = np.asarray(unit, np.int64), np.asarray(time_ms, np.float64)
        if units.ndim != 1 or units.shape != times.shape or not np.isfinite(times).all():
            raise UsageError(
                f"discharges: {units.size} units and {np.isfinite(times).sum()} times",
                next_step="Give one unit and one time for each discharge.",
            )
        return cls(units, times)

    @classmethod
    def none(cls) -> Discharges:
        """No discharge at all."""
        return cls(np.empty(0, np.int64), np.empty(0))

    def joined(self, other: Discharges) -> Discharges:
        """Those of both."""
        return Discharges(
            np.concatenate([self.unit, other.unit]), np.concatenate([self.time_ms, other.time_ms])
        )


def firings(discharges: Discharges, units: Sequence[MotorUnits], seed: int) -> Discharges:
    """When the muscle fibres of each unit fire, by unit and then by time.

    The delay of the end branches is added, and the jitter of the end plates: of a unit as a whole
    it is that of one end plate over the root of their number. That the muscle fibres of a unit
    jitter apart is left out: it would only blunt its potential, by a few hundredths of a ms. An
    impulse within the refractory period of the muscle fibres is lost.

    Raises
    ------
    UsageError
        Of a unit that there is not.
    """
    count = sum(one.count for one in units)
    unit, time_ms = discharges.unit, discharges.time_ms
    if unit.size and not 0 <= unit.min() <= unit.max() < count:
        raise UsageError(
            f"discharges: units {unit.min()} to {unit.max()} of {count}",
            next_step=f"Count the units of all muscles together, from 0 to {count - 1}.",
        )
    order = np.lexsort((time_ms, unit))
    unit, time_ms = unit[order], time_ms[order]
    delay = np.concatenate([one.terminal_delay_ms for one in units])
    jitter = np.concatenate([one.jitter_ms / np.sqrt(one.muscle_fibres) for one in units])
    rng = np.random.default_rng([seed, 21])
    fired = time_ms + delay[unit] + jitter[unit] * rng.normal(0.0, 1.0, unit.size)
    kept = _after_refractory(unit, fired, value_of("refractory"))
    return Discharges(unit[kept], fired[kept])


def _after_refractory(
    unit: NDArray[np.int64], fired_ms: Values, refractory_ms: float
) -> NDArray[np.bool_]:
    """Which of these the muscle fibres can follow; those lost do not prolong the period."""
    close = (np.diff(unit) == 0) & (np.diff(fired_ms) < refractory_ms)
    kept = np.ones(unit.size, np.bool_)
    last = -math.inf
    for index in np.flatnonzero(close).tolist():
        # The one before is the last that fired, unless it was itself lost.
        last = float(fired_ms[index]) if kept[index] else last
        kept[index + 1] = fired_ms[index + 1] - last >= refractory_ms
    return kept
