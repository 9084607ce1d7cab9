"""What a stimulus leaves on the channels besides the responses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.plan import EvokedPlan, Stimulus
from hemifacial.twin.electro.setup import Artefact

__all__ = ["artefact_factors", "artefact_wave"]

Values = NDArray[np.float64]

_OF_MA = 10.0  # The intensity at which the sizes of a plan are meant.


def artefact_factors(plan: EvokedPlan) -> Values:
    """By which factor, with its sign, each channel sees the artefact."""
    rng = np.random.default_rng([plan.setup.electrode_seed, 3])
    count = len(plan.sites)
    return np.asarray(np.exp(rng.normal(0.0, 0.4, count)) * rng.choice([-1.0, 1.0], count))


def artefact_wave(artefact: Artefact, stimulus: Stimulus, latency_ms: Values) -> Values:
    """The artefact of a stimulus in µV on a channel whose factor is 1."""
    after = latency_ms - artefact.pulse_ms
    decay = np.maximum(after, 0.0) / artefact.tail_ms
    tail = 0.8 * np.exp(-decay) + 0.2 * np.exp(-decay / 3.0)
    values = np.where(after >= 0, -artefact.tail_uv * tail, artefact.spike_uv)
    values = np.where(latency_ms >= 0, values, 0.0)
    sign = stimulus.polarity * (1.0 - artefact.asymmetry) + artefact.asymmetry
    return np.asarray(values * sign * stimulus.intensity_ma / _OF_MA)
