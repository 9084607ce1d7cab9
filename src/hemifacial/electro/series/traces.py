"""One run made ready: the average of every muscle, its noise, and what in it is no response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.averages import averages
from hemifacial.electro.background import (
    Background,
    background_of,
    window_of,
)
from hemifacial.electro.conditioning import Conditioning, conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.noise import autocovariance, covariance_of, freedom, left_uv
from hemifacial.electro.reading import Window
from hemifacial.electro.series.runs import Run
from hemifacial.electro.study import EvokedStudy
from hemifacial.electro.territories import own_and_far
from hemifacial.formats.recording_facts import Channel

__all__ = ["ReadyRun", "Trace", "ready", "strongest"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """The average of a muscle that the stimulated branch does not supply.

    Attributes
    ----------
    latency_ms, mean_uv, sweeps_uv
        On few samples, (samples,), (samples,) and (sweeps, samples), where a response may be.
    covariance_uv2
        Of the noise that is left in the mean; that of a sweep is `sweep_factor` times as large.
    freedom
        From how many independent values the noise is known.
    shapes
        Alternatives (samples, shapes) of what may stand in the average and is no response.
    early_uv
        The largest value before a lateral spread could begin, once the artefact is over: how
        much of the direct response is conducted here.
    """

    muscle: str
    side: Side
    latency_ms: Floats
    mean_uv: Floats
    sweeps_uv: Floats
    covariance_uv2: Floats
    sweep_factor: float
    freedom: float
    shapes: tuple[Floats, ...]
    early_uv: float

    @property
    def noise_uv(self) -> float:
        """Standard deviation of the noise that is left in the mean."""
        return float(np.sqrt(self.covariance_uv2[0, 0]))


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadyRun:
    """A run at its strongest stimulus: far muscles as traces, own ones as direct responses.

    `how` says what was done to its sweeps.
    """

    run: Run
    how: Conditioning
    intensity_ma: float | None
    sweeps: int
    traces: tuple[Trace, ...]
    direct: dict[str, DirectResponse]

    def trace(self, muscle: str, side: Side) -> Trace | None:
        """That of a muscle, or None where it was not recorded."""
        found = [one for one in self.traces if (one.muscle, one.side) == (muscle, side)]
        return found[0] if found else None


def strongest(study: EvokedStudy) -> EvokedStudy:
    """The sweeps of the strongest stimulus; all where no strength is stated."""
    known = [one.intensity_ma for one in study.stimuli if one.intensity_ma is not None]
    most = max(known, default=None)
    return study.where(lambda one: one.intensity_ma == most) if known else study


def ready(run: Run, criteria: ElectroCriteria) -> ReadyRun:
    """A run conditioned, averaged, and its noise known."""
    whole, how = conditioned(run.study, conditioning_of(criteria))
    study = strongest(whole)
    own, far = own_and_far(study.channels, run.branch, run.side)
    named = [*own, *far]
    found = averages(study.sweeps_uv[:, named], noise_part=study.rest)
    means = dict(zip(named, found, strict=True))
    direct = {
        study.channels[index].site: direct_response(
            study.latency_ms,
            means[index].mean_uv,
            left_uv(study.sweeps_uv[:, index, study.rest], means[index].weight),
            criteria,
        )
        for index in own
    }
    waves = np.array([means[index].mean_uv for index in own])
    window = window_of(criteria)
    traces = []
    for index in far:
        weight = means[index].weight
        behind = background_of(study, whole, index, weight, waves, how, criteria)
        traces.append(_trace(study.channels[index], behind, weight, window))
    return ReadyRun(
        run=run,
        how=how,
        intensity_ma=study.stimuli[0].intensity_ma,
        sweeps=len(study.stimuli),
        traces=tuple(traces),
        direct=direct,
    )


def _trace(channel: Channel, behind: Background, weight: Floats, window: Window) -> Trace:
    """A far muscle where a response may be, with a slow drift among what is no response."""
    inside = (behind.latency_ms >= window.look_from_ms) & (
        behind.latency_ms <= window.look_until_ms
    )
    samples = int(inside.sum())
    known = autocovariance(behind.noise, samples)
    power = float(np.sum(weight**2))
    left = known * power
    drift = np.polynomial.legendre.legvander(np.linspace(-1, 1, samples), 2) * np.sqrt(left[0])
    return Trace(
        muscle=channel.site,
        side=channel.side,
        latency_ms=behind.latency_ms[inside],
        mean_uv=behind.mean_uv[inside],
        sweeps_uv=behind.sweeps_uv[:, inside],
        covariance_uv2=covariance_of(left),
        sweep_factor=1 / power,
        freedom=freedom(known, sum(rows.size for rows in behind.noise)),
        shapes=tuple(np.concatenate([drift, one[inside]], axis=1) for one in behind.shapes),
        early_uv=behind.early_uv,
    )
