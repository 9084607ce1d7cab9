"""One run made ready: the average of every muscle, its noise, and what in it is no response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.averages import average
from hemifacial.electro.conditioning import Conditioning, conditioned, tail_shapes
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.lateral_spread.conducted import WIDER, conducted_shapes
from hemifacial.electro.lateral_spread.territories import territory
from hemifacial.electro.noise import autocovariance, covariance_of, freedom
from hemifacial.electro.reading import coarse
from hemifacial.electro.series.runs import Run
from hemifacial.electro.study import EvokedStudy

__all__ = ["ReadyRun", "Trace", "conditioning_of", "ready", "strongest"]

Floats = NDArray[np.float64]

_REST_UNTIL_MS = -0.5
_MOST_OF_A_SWEEP = 0.9  # a residual from the mean says nothing where the mean is that sweep itself


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
    """A run at its strongest stimulus: far muscles as traces, own ones as direct responses."""

    run: Run
    intensity_ma: float | None
    sweeps: int
    traces: tuple[Trace, ...]
    direct: dict[str, DirectResponse]

    def trace(self, muscle: str, side: Side) -> Trace | None:
        """That of a muscle, or None where it was not recorded."""
        found = [one for one in self.traces if (one.muscle, one.side) == (muscle, side)]
        return found[0] if found else None


def conditioning_of(criteria: ElectroCriteria) -> Conditioning:
    """What is done to the sweeps of a run."""
    return Conditioning(
        blank_ms=criteria["blank_ms"], low_hz=criteria["low_hz"], high_hz=criteria["high_hz"]
    )


def strongest(study: EvokedStudy) -> EvokedStudy:
    """The sweeps of the strongest stimulus; all where no strength is stated."""
    known = [one.intensity_ma for one in study.stimuli if one.intensity_ma is not None]
    most = max(known, default=None)
    return study.where(lambda one: one.intensity_ma == most) if known else study


def ready(run: Run, criteria: ElectroCriteria) -> ReadyRun:
    """A run conditioned, averaged, and its noise known."""
    study, how = conditioned(run.study, conditioning_of(criteria))
    study = strongest(study)
    own = territory(run.branch)
    named = [index for index, channel in enumerate(study.channels) if channel.site]
    direct = [
        index
        for index in named
        if study.channels[index].site in own and study.channels[index].side is run.side
    ]
    means = {index: average(study.sweeps_uv[:, index]) for index in named}
    rest = study.latency_ms <= _REST_UNTIL_MS
    found = {
        study.channels[index].site: direct_response(
            study.latency_ms,
            means[index].mean_uv,
            _left_uv(study.sweeps_uv[:, index, rest], means[index].weight),
            criteria,
        )
        for index in direct
    }
    waves = np.array([means[index].mean_uv for index in direct])
    far = {index: means[index].weight for index in named if index not in direct}
    return ReadyRun(
        run=run,
        intensity_ma=study.stimuli[0].intensity_ma,
        sweeps=len(study.stimuli),
        traces=tuple(_traces(study, far, waves, how, criteria)),
        direct=found,
    )


def _left_uv(rest_uv: Floats, weight: Floats) -> float:
    return float(np.sqrt(np.mean(rest_uv**2) * np.sum(weight**2))) if rest_uv.size else 0.0


def _traces(
    study: EvokedStudy,
    far: dict[int, Floats],
    direct_uv: Floats,
    how: Conditioning,
    criteria: ElectroCriteria,
) -> Iterator[Trace]:
    fine_ms = study.latency_ms
    tails = coarse(fine_ms, tail_shapes(fine_ms, how).T)[1].T
    waves = coarse(fine_ms, direct_uv)[1] if direct_uv.size else direct_uv
    from_ms = criteria["direct_from_ms"]
    until_ms = criteria["spread_until_ms"] + criteria["spread_longest_ms"]
    for index, weight in far.items():
        latency_ms, sweeps = coarse(fine_ms, study.sweeps_uv[:, index])
        inside = (latency_ms >= from_ms) & (latency_ms <= until_ms)
        early = (latency_ms >= from_ms) & (latency_ms < criteria["spread_from_ms"])
        mean_uv = weight @ sweeps
        noise = _noise(latency_ms, sweeps, weight, mean_uv, from_ms)
        known = autocovariance(noise, int(inside.sum()))
        values = freedom(known, sum(rows.size for rows in noise))
        left = known * float(np.sum(weight**2))
        rest_uv = float(np.sqrt(left[0]))
        first = early & (latency_ms < from_ms + 1)
        tail_uv = max(float(np.abs(mean_uv[first]).max(initial=0.0)), rest_uv)
        drift = np.polynomial.legendre.legvander(np.linspace(-1, 1, int(inside.sum())), 2)
        shapes = []
        for wider in WIDER if len(waves) else WIDER[:1]:
            conducted = conducted_shapes(
                latency_ms, waves, mean_uv, rest_uv, early=early, wider=wider
            )
            others = np.concatenate([tails * tail_uv, conducted], axis=1)[inside]
            shapes.append(np.concatenate([drift * rest_uv, others], axis=1))
        channel = study.channels[index]
        yield Trace(
            muscle=channel.site,
            side=channel.side,
            latency_ms=latency_ms[inside],
            mean_uv=mean_uv[inside],
            sweeps_uv=sweeps[:, inside],
            covariance_uv2=covariance_of(left),
            sweep_factor=1 / float(np.sum(weight**2)),
            freedom=values,
            shapes=tuple(shapes),
            early_uv=float(np.abs(mean_uv[early & ~first]).max(initial=0.0)),
        )


def _noise(
    latency_ms: Floats, sweeps_uv: Floats, weight: Floats, mean_uv: Floats, from_ms: float
) -> list[Floats]:
    """Stretches like the noise of one sweep: before the stimuli, and what sweeps differ by."""
    stretches = [sweeps_uv[:, latency_ms <= _REST_UNTIL_MS]]
    if len(sweeps_uv) > 1:
        most = np.minimum(weight, _MOST_OF_A_SWEEP)
        apart = (sweeps_uv - mean_uv) / np.sqrt(1 - most)[:, np.newaxis]
        stretches.append(apart[:, latency_ms >= from_ms])
    return stretches
