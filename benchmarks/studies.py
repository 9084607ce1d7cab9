"""From the twin to the measuring wing: what was made up, as the study that it would be cut to.

Only benchmarks and tests put the two wings together, and here is the one place where they do it
for sweeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.formats.recording_facts import Channel
from hemifacial.twin.electro import plan as twin_plan
from hemifacial.twin.electro.blink_reflex import BlinkReflexPlan
from hemifacial.twin.electro.study import sweeps
from hemifacial.twin.electro.truth import Truth

__all__ = ["evoked", "study_of", "wide"]

Floats = NDArray[np.float64]


def evoked(
    values_uv: Floats,
    latency_ms: Floats,
    sites: Iterable[twin_plan.Site],
    stimuli: Iterable[twin_plan.Stimulus],
    *,
    at_s: float = 0.0,
) -> EvokedStudy:
    """Sweeps of the twin as a measurement takes them.

    Parameters
    ----------
    values_uv, latency_ms
        (stimuli, channels, samples) and (samples,).
    sites, stimuli
        The channels and the stimuli in the order of `values_uv`.
    at_s
        Put before the time of every stimulus.
    """
    rate_hz = 1000 / float(latency_ms[1] - latency_ms[0])
    return EvokedStudy(
        sweeps_uv=values_uv,
        latency_ms=latency_ms,
        channels=tuple(
            Channel(
                name=one.label,
                unit="uV",
                rate_hz=rate_hz,
                microvolts_per_unit=1.0,
                site=one.muscle,
                side=one.side,
            )
            for one in sites
        ),
        stimuli=tuple(
            Stimulus(
                onset_s=one.onset_s + at_s,
                branch=one.branch,
                side=one.side,
                intensity_ma=one.intensity_ma,
                polarity=one.polarity,
            )
            for one in stimuli
        ),
    )


def study_of(plan: twin_plan.EvokedPlan, *, at_s: float = 0.0) -> tuple[EvokedStudy, Truth]:
    """The sweeps of a plan as the study that they would be cut to, and what is true of them."""
    values_uv, latency_ms, truth = sweeps(plan)
    return evoked(values_uv, latency_ms, plan.sites, truth.stimuli, at_s=at_s), truth


def wide(count: int = 8) -> BlinkReflexPlan:
    """Sweeps from 80 ms before to 110 ms after the stimulus, as a continuous recording gives."""
    base = BlinkReflexPlan(sweeps=count)
    return replace(base, setup=replace(base.setup, from_ms=-80.0, to_ms=110.0))
