"""Responses to every stimulus: what varies from sweep to sweep is drawn, then laid on the sweeps.

What is drawn does not depend on rate or window, so that a file and sweeps made in memory
hold the same responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.plan import EvokedPlan, PlannedResponse, Stimulus
from hemifacial.twin.electro.shapes import Shape, Template, template

__all__ = ["SweepDraws", "draws_of", "early_component", "later_potentials"]

Values = NDArray[np.float64]

_REGULAR = 0.1  # Of the interval between potentials of an afterdischarge.


@dataclass(frozen=True, kw_only=True, eq=False)
class SweepDraws:
    """What one response does in each stimulus that evokes it.

    Parameters
    ----------
    stimuli
        Indices into the stimuli of the plan.
    gains
        Factor of the planned amplitude; 0 where it is missing.
    shifts_ms
        How much later than planned it begins.
    trains
        For each sweep the potentials of its afterdischarge: time after onset in ms, gain.
    """

    stimuli: NDArray[np.intp]
    gains: Values
    shifts_ms: Values
    trains: tuple[Values, ...]

    @property
    def present(self) -> NDArray[np.bool_]:
        """In which of its stimuli there is a response."""
        return np.asarray(self.gains > 0)


def draws_of(plan: EvokedPlan, one: PlannedResponse, stimuli: Sequence[Stimulus]) -> SweepDraws:
    """What a response does in each stimulus; from a stream of random numbers of its own.

    So another response that is added to a plan, or taken away, changes nothing in this one.
    """
    evoking = [index for index, stimulus in enumerate(stimuli) if one.is_evoked_by(stimulus)]
    rng = np.random.default_rng([plan.seed, 2, crc32(one.name.encode())])
    count = len(evoking)
    spread = np.sqrt(np.log1p(one.variation**2))
    # Log-normal with mean 1: an amplitude has no negative values to be cut off.
    gains = np.exp(rng.normal(0.0, 1.0, count) * spread - spread**2 / 2)
    shifts_ms = rng.normal(0.0, 1.0, count) * one.jitter_ms
    gains *= rng.uniform(0.0, 1.0, count) >= one.dropout
    gains *= [one.recruited(stimuli[index].intensity_ma) for index in evoking]
    gains *= one.habituation ** np.arange(count)
    trains = tuple(_train(one, rng, gain) for gain in gains.tolist())
    return SweepDraws(
        stimuli=np.array(evoking, dtype=np.intp), gains=gains, shifts_ms=shifts_ms, trains=trains
    )


def early_component(one: PlannedResponse, draws: SweepDraws, latency_ms: Values) -> Values:
    """The response without its afterdischarge, in µV: its stimuli x latencies."""
    after = latency_ms[None, :] - (one.onset_ms + draws.shifts_ms)[:, None]
    if one.fresh:
        rows = zip(_fresh(one, draws.gains.size), after, strict=True)
        values = np.stack([template(shape).at(row) for shape, row in rows])
    else:
        values = template(one.shape).at(after)
    return np.asarray(values * (draws.gains * one.amplitude_uv)[:, None])


def later_potentials(one: PlannedResponse, draws: SweepDraws, latency_ms: Values) -> Values:
    """The afterdischarge alone, in µV: its stimuli x latencies."""
    values = np.zeros((draws.gains.size, latency_ms.size))
    unit = _unit(one.shape.seed % 16)
    onsets_ms = one.onset_ms + draws.shifts_ms
    for row, onset_ms, train in zip(values, onsets_ms.tolist(), draws.trains, strict=True):
        for time_ms, gain in train.tolist():
            start_ms = onset_ms + time_ms
            first, stop = np.searchsorted(
                latency_ms, (start_ms + unit.times_ms[0], start_ms + unit.times_ms[-1])
            )
            row[first:stop] += gain * one.amplitude_uv * unit.at(latency_ms[first:stop] - start_ms)
    return values


def _train(one: PlannedResponse, rng: np.random.Generator, gain: float) -> Values:
    """Potentials x (time after the onset in ms, gain); none where the sweep has none."""
    plan = one.afterdischarge
    if plan is None:
        return np.empty((0, 2))
    # The same number of draws whatever comes of them: sweeps stay independent of each other.
    happens, own = rng.uniform(), np.random.default_rng(rng.integers(2**63))
    if not gain > 0 or happens >= plan.probability:
        return np.empty((0, 2))
    interval_ms = 1000.0 / plan.rate_hz
    count = max(1, int(plan.duration_ms / interval_ms))
    intervals_ms = interval_ms * np.maximum(0.2, 1 + _REGULAR * own.normal(0.0, 1.0, count))
    times_ms = one.shape.duration_ms + np.cumsum(intervals_ms) - intervals_ms[0]
    gains = gain * plan.share * own.uniform(0.5, 1.0, count)
    return np.column_stack([times_ms, gains])


def _unit(seed: int) -> Template:
    """A single motor unit potential of an afterdischarge, one of a few."""
    return template(Shape(family="motor_units", duration_ms=2.5, phases=2, seed=seed))


def _fresh(one: PlannedResponse, count: int) -> list[Shape]:
    """A shape of its own for every sweep."""
    renewed = partial(replace, one.shape)
    return [renewed(seed=(one.shape.seed + 7919 * (index + 1)) % 2**32) for index in range(count)]
