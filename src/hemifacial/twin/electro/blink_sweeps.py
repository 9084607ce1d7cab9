"""Sweeps of a blink reflex beyond its plan: what tissue conducts, and pairs of stimuli."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.blink_reflex import SYNKINETIC, BlinkReflexPlan
from hemifacial.twin.electro.parameters import drawn_on_log_scale
from hemifacial.twin.electro.plan import Stimulus
from hemifacial.twin.electro.study import noise_free_sweeps, sweeps

__all__ = ["Conducted", "Pairs", "paired", "with_conduction"]

Values = NDArray[np.float64]


class Conducted(NamedTuple):
    """Sweeps in which the lower face also shows what tissue conducts from the eyes.

    `shares` are of the eye of the same side, one for each channel of `SYNKINETIC`.
    """

    values_uv: Values
    latency_ms: Values
    shares: tuple[float, ...]


def with_conduction(plan: BlinkReflexPlan) -> Conducted:
    """Sweeps of a plan in which the lower face sees the eye of its side through the tissue.

    The same waves in every sweep, at the same time, smaller and smoothed (``conducted_share``,
    up to 0.4 ms): what has to be told from a synkinesis. In memory only.
    """
    from scipy.ndimage import gaussian_filter1d

    made, clean = sweeps(plan), noise_free_sweeps(plan)
    rng = np.random.default_rng([plan.seed, 402])
    values = made.values_uv.copy()
    eye = [(one.muscle, one.side) for one in plan.sites].index(
        ("orbicularis_oculi", plan.recorded_side)
    )
    shares = []
    for channel, site in enumerate(plan.sites):
        if site.muscle not in SYNKINETIC:
            continue
        share = drawn_on_log_scale("conducted_share", rng)
        width = rng.uniform(0.0, 0.4) * plan.setup.rate_hz / 1000
        wave = clean.values_uv[:, eye]
        values[:, channel] += share * (gaussian_filter1d(wave, width, axis=1) if width else wave)
        shares.append(share)
    return Conducted(values, made.latency_ms, tuple(shares))


class Pairs(NamedTuple):
    """Sweeps of paired stimuli, the first and the second of each in turn.

    `recovery` is the planned share of R2 to the second stimulus by the interval in s.
    """

    values_uv: Values
    latency_ms: Values
    stimuli: tuple[Stimulus, ...]
    recovery: Mapping[float, float]


def paired(plan: BlinkReflexPlan, recovery: Mapping[float, float]) -> Pairs:
    """Pairs of stimuli: `sweeps` of each side at each interval, R1 the same to both.

    Parameters
    ----------
    recovery
        Share of every late response to the second stimulus, by the interval in s.
    """
    values, stimuli = [], []
    start_s = 0.0
    latency_ms: Values = np.empty(0)
    for number, (interval_s, share) in enumerate(recovery.items()):
        first = sweeps(replace(plan, seed=plan.seed + 1000 * (2 * number + 1)))
        late = tuple(
            one if one.kind == "r1" else replace(one, amplitude_uv=one.amplitude_uv * share)
            for one in plan.responses
        )
        second = sweeps(replace(plan, seed=plan.seed + 1000 * (2 * number + 2), responses=late))
        latency_ms = first.latency_ms
        for index, one in enumerate(first.truth.stimuli):
            values += [first.values_uv[index], second.values_uv[index]]
            there = replace(one, onset_s=start_s + one.onset_s)
            stimuli += [
                there,
                replace(second.truth.stimuli[index], onset_s=there.onset_s + interval_s),
            ]
        start_s = stimuli[-1].onset_s + plan.setup.interval_s
    return Pairs(np.stack(values), latency_ms, tuple(stimuli), dict(recovery))
