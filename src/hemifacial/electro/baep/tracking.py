"""Following one ear from average to average by its own baseline.

`tracked(state, average) -> (state, reading)` is all there is: a live monitor calls it with each
new average, `followed` folds it over a series, and both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.changes import calls_of, probabilities
from hemifacial.electro.baep.noise import conditioned, pooled
from hemifacial.electro.baep.posterior import updated
from hemifacial.electro.baep.prior import Belief, first_belief
from hemifacial.electro.baep.reading import Reading, unread, wave_reading
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.baep.template import Template, template_of
from hemifacial.electro.baep.waves import labelled
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.errors import InputError

__all__ = ["Tracker", "followed", "tracked", "tracker_of"]

Floats = NDArray[np.float64]

_OF_LAST = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Tracker:
    """All that is carried from one average to the next.

    `last_s` is the end of the last average; `recent` holds the probabilities of the last ones
    that were read.
    """

    template: Template
    belief: Belief
    last_s: float
    recent: tuple[Mapping[str, float], ...] = ()


def tracker_of(baseline: Sequence[BaepAverage], criteria: ElectroCriteria) -> Tracker:
    """The tracker of an ear from its baseline averages.

    Raises
    ------
    InputError
        Where there is none, one cannot be used, or no wave V stands out of their noise.
    """
    if not baseline:
        raise InputError("there is no baseline average", next_step="Give at least one.")
    parts = tuple(conditioned(one, criteria) for one in baseline)
    for one, part in zip(baseline, parts, strict=True):
        if part.latency_ms.shape != parts[0].latency_ms.shape or not np.allclose(
            part.latency_ms, parts[0].latency_ms, atol=1e-6
        ):
            raise InputError(
                f"average {one.name} is not sampled like {baseline[0].name}",
                next_step="Give baseline averages of one rate and one window.",
            )
    mean = pooled(parts)
    waves = labelled(mean, criteria)
    if "V" not in waves:
        raise InputError(
            f"the baseline from {baseline[0].name} on shows no wave V above its noise of "
            f"{1000 * mean.noise_uv:.0f} nV",
            next_step="Give more averages as baseline, or look at electrode, tube and level.",
        )
    template = template_of(mean, list(waves.values()))
    return Tracker(
        template=template, belief=first_belief(template), last_s=max(one.end_s for one in baseline)
    )


def tracked(
    state: Tracker, average: BaepAverage, criteria: ElectroCriteria
) -> tuple[Tracker, Reading]:
    """The state after an average, and what the average says.

    An average that cannot be used, or is not sampled like the baseline, is not read and leaves
    the state as it was.
    """
    template = state.template
    try:
        one = conditioned(average, criteria)
    except InputError as error:
        return state, unread(average, error.problem)
    if one.latency_ms.shape != template.latency_ms.shape or not np.allclose(
        one.latency_ms, template.latency_ms, atol=1e-6
    ):
        return state, unread(average, "it is not sampled like the baseline")
    # Noise that is measured on few values may be larger than it looks; the template has its own.
    noise_uv = float(np.hypot(one.noise_uv * np.sqrt(1 + 2 / one.freedom), template.noise_uv))
    belief, spread = updated(
        state.belief,
        template,
        one.values_uv,
        noise_uv,
        max(average.end_s - state.last_s, 0.0),
        criteria,
    )
    waves = tuple(
        wave_reading(k, template, spread, one, criteria) for k in range(len(template.waves))
    )
    probability = probabilities(
        spread,
        template.names,
        latency_read=tuple(wave.latency_ms is not None for wave in waves),
        share_read=tuple(wave.share is not None for wave in waves),
        criteria=criteria,
    )
    recent = (*state.recent, probability)[-_OF_LAST:] if probability else state.recent
    reading = Reading(
        average=average,
        noise_uv=one.noise_uv,
        noise_from=one.noise_from,
        waves=waves,
        probability=probability,
        calls=calls_of(recent, criteria) if probability else (),
    )
    return replace(state, belief=belief, last_s=average.end_s, recent=recent), reading


def followed(
    state: Tracker, averages: Sequence[BaepAverage], criteria: ElectroCriteria
) -> tuple[Reading, ...]:
    """A reading of every average, in their order."""
    readings = []
    for average in averages:
        state, reading = tracked(state, average, criteria)
        readings.append(reading)
    return tuple(readings)
