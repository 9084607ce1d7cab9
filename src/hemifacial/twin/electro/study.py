"""Sweeps of a plan, in memory: values, latencies and truth.

::

    values_uv, latency_ms, truth = sweeps(lateral_spread_plan(seed=1))
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.artefact import artefact_factors, artefact_wave
from hemifacial.twin.electro.noise import Disturbances, hum_of, steady_noise
from hemifacial.twin.electro.plan import EvokedPlan, Stimulus, check_responses, stimuli_of
from hemifacial.twin.electro.responses import (
    SweepDraws,
    draws_of,
    early_component,
    later_potentials,
)
from hemifacial.twin.electro.truth import Truth, truth_of

__all__ = ["Sweeps", "latencies_ms", "noise_free_sweeps", "sweeps"]

Values = NDArray[np.float64]


class Sweeps(NamedTuple):
    """Sweeps and their truth.

    Parameters
    ----------
    values_uv
        (stimulus, channel, sample), in the order of `truth.stimuli` and `truth.sites`.
    latency_ms
        Of every sample after its stimulus.
    """

    values_uv: Values
    latency_ms: Values
    truth: Truth


def latencies_ms(plan: EvokedPlan) -> Values:
    """The latency of every sample of a sweep; the stimulus is at 0."""
    setup = plan.setup
    first = round(setup.from_ms / 1000 * setup.rate_hz)
    stop = round(setup.to_ms / 1000 * setup.rate_hz)
    return np.arange(first, stop) / setup.rate_hz * 1000.0


def sweeps(plan: EvokedPlan) -> Sweeps:
    """The sweeps of a plan with artefact and noise, and what is true of them.

    The noise of one sweep is independent of that of the next; hum, heart, pops and cautery
    follow the clock of the whole recording. A file of the same plan holds the same responses
    and artefacts, and other noise of the same kind.

    Raises
    ------
    UsageError
        The plan makes no sense (`hemifacial.twin.electro.plan.check_responses`).
    """
    check_responses(plan)
    clean = noise_free_sweeps(plan)
    limit_uv = plan.setup.amplifier_range_uv
    stimuli = clean.truth.stimuli
    values = clean.values_uv + _artefacts(plan, stimuli, clean.latency_ms)
    values += _noise(plan, stimuli, clean.latency_ms)
    return clean._replace(values_uv=np.clip(values, -limit_uv, limit_uv))


def noise_free_sweeps(plan: EvokedPlan, latency_ms: Values | None = None) -> Sweeps:
    """The responses alone, at the plan's latencies or at any others."""
    stimuli = stimuli_of(plan)
    draws = [draws_of(plan, one, stimuli) for one in plan.responses]
    where = latencies_ms(plan) if latency_ms is None else latency_ms
    truth = truth_of(plan, stimuli, draws)
    return Sweeps(_responses(plan, stimuli, draws, where), where, truth)


def _responses(
    plan: EvokedPlan,
    stimuli: tuple[Stimulus, ...],
    draws: list[SweepDraws],
    latency_ms: Values,
) -> Values:
    values = np.zeros((len(stimuli), len(plan.sites), latency_ms.size))
    channel_of = {(site.muscle, site.side): index for index, site in enumerate(plan.sites)}
    for one, drawn in zip(plan.responses, draws, strict=True):
        channel = channel_of[one.muscle, one.side]
        values[drawn.stimuli, channel] += early_component(one, drawn, latency_ms)
        if one.afterdischarge is not None:
            values[drawn.stimuli, channel] += later_potentials(one, drawn, latency_ms)
    return values


def _artefacts(plan: EvokedPlan, stimuli: tuple[Stimulus, ...], latency_ms: Values) -> Values:
    """(stimulus, channel, sample)."""
    waves = np.stack([artefact_wave(plan.setup.artefact, one, latency_ms) for one in stimuli])
    return np.asarray(waves[:, None, :] * artefact_factors(plan)[None, :, None])


def _noise(plan: EvokedPlan, stimuli: tuple[Stimulus, ...], latency_ms: Values) -> Values:
    """(stimulus, channel, sample)."""
    setup, noise = plan.setup, plan.setup.noise
    shape = (len(stimuli), len(plan.sites), latency_ms.size)
    rng = np.random.default_rng([plan.seed, 4])
    values = steady_noise(noise, rng, shape[0] * shape[1], shape[2], setup.rate_hz).reshape(shape)
    times_s = np.array([one.onset_s for one in stimuli])[:, None] + latency_ms[None, :] / 1000.0
    passing = Disturbances(setup, plan.seed, shape[1], float(times_s.max()) + 1.0)
    for channel in range(shape[1]):
        values[:, channel] += hum_of(noise.mains, setup.electrode_seed, channel).at(times_s)
        values[:, channel] += passing.at(channel, times_s)
    return values
