"""The matrix of the lateral spread: every stimulated branch with every recorded muscle.

A muscle that the branch supplies answers directly (M wave). One that it does not supply should not
answer at all; in hemifacial spasm it does, some milliseconds later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.averages import average
from hemifacial.electro.conditioning import Conditioning, tail_shapes
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.lateral_spread.conducted import WIDER, conducted_shapes
from hemifacial.electro.lateral_spread.territories import territory
from hemifacial.electro.reading import Reading, Window, coarse, read_response
from hemifacial.electro.study import EvokedStudy

__all__ = ["Cell", "cells_of"]

Floats = NDArray[np.float64]

_REST_UNTIL_MS = -0.5
_QUIET = 2.5  # times the power at rest


@dataclass(frozen=True, kw_only=True, eq=False)
class Cell:
    """What one muscle did when one branch was stimulated with one intensity.

    `is_own` says that the muscle belongs to the branch's own territory: then there is a `direct`
    response, else a `reading` of the lateral spread, of the strongest stimulus alone.
    `sweeps_uv` (sweeps, samples) and `mean_uv` are conditioned, at `latency_ms`; `weight` is that
    of each sweep in the mean.
    """

    branch: str
    side: Side
    muscle: str
    muscle_side: Side
    intensity_ma: float | None
    latency_ms: Floats
    sweeps_uv: Floats
    mean_uv: Floats
    weight: Floats
    noise_uv: float
    is_own: bool
    direct: DirectResponse | None = None
    reading: Reading | None = None


def cells_of(study: EvokedStudy, how: Conditioning, criteria: ElectroCriteria) -> tuple[Cell, ...]:
    """Every branch, intensity and muscle.

    Parameters
    ----------
    study
        Conditioned as `how` says; channels without a muscle are passed over.
    """
    found: list[Cell] = []
    for branch, side in dict.fromkeys((one.branch, one.side) for one in study.stimuli):
        own = study.where(lambda s, b=branch, d=side: (s.branch, s.side) == (b, d))  # type: ignore[misc]
        strengths = sorted(
            {one.intensity_ma for one in own.stimuli}, key=lambda ma: -1.0 if ma is None else ma
        )
        for intensity_ma in strengths:
            part = own.where(lambda s, i=intensity_ma: s.intensity_ma == i)  # type: ignore[misc]
            found += _row(part, study, how, criteria, read=intensity_ma == strengths[-1])
    return tuple(found)


def _row(
    study: EvokedStudy,
    whole: EvokedStudy,
    how: Conditioning,
    criteria: ElectroCriteria,
    *,
    read: bool,
) -> Iterator[Cell]:
    """The muscles of one branch at one intensity; `whole` tells what rest is like."""
    stimulus = study.stimuli[0]
    named = [index for index, channel in enumerate(study.channels) if channel.site]
    own = territory(stimulus.branch)
    direct = [
        index
        for index in named
        if study.channels[index].site in own and study.channels[index].side is stimulus.side
    ]
    means = {index: average(study.sweeps_uv[:, index]) for index in named}
    waves = np.array([means[index].mean_uv for index in direct])
    for index in named:
        mean, channel = means[index], study.channels[index]
        noise_uv = _noise_uv(study, index, mean.weight)
        is_direct = index in direct
        yield Cell(
            branch=stimulus.branch,
            side=stimulus.side,
            muscle=channel.site,
            muscle_side=channel.side,
            intensity_ma=stimulus.intensity_ma,
            latency_ms=study.latency_ms,
            sweeps_uv=study.sweeps_uv[:, index],
            mean_uv=mean.mean_uv,
            weight=mean.weight,
            noise_uv=noise_uv,
            is_own=is_direct,
            direct=direct_response(study.latency_ms, mean.mean_uv, noise_uv, criteria)
            if is_direct
            else None,
            reading=_reading(study, whole, index, mean.weight, waves, how, criteria)
            if read and not is_direct
            else None,
        )


def _noise_uv(study: EvokedStudy, index: int, weight: Floats) -> float:
    """Standard deviation of the noise that is left in the mean, from before the stimuli."""
    rest = study.sweeps_uv[:, index, study.latency_ms <= _REST_UNTIL_MS]
    return float(np.sqrt(np.mean(rest**2) * np.sum(weight**2))) if rest.size else float("nan")


def window_of(criteria: ElectroCriteria) -> Window:
    """Where a lateral spread may begin, and where it is looked at."""
    return Window(
        look_from_ms=criteria["direct_from_ms"],
        early_from_ms=criteria["direct_from_ms"] + 0.5,
        from_ms=criteria["spread_from_ms"],
        until_ms=criteria["spread_until_ms"],
        look_until_ms=criteria["spread_until_ms"] + criteria["spread_longest_ms"],
        usual_ms=criteria["spread_usual_ms"],
        usual_sd_ms=criteria["spread_usual_sd_ms"],
    )


def _reading(
    study: EvokedStudy,
    whole: EvokedStudy,
    index: int,
    weight: Floats,
    direct_uv: Floats,
    how: Conditioning,
    criteria: ElectroCriteria,
) -> Reading:
    fine_ms = study.latency_ms
    latency_ms, sweeps = coarse(fine_ms, study.sweeps_uv[:, index])
    waves = coarse(fine_ms, direct_uv)[1] if direct_uv.size else direct_uv
    tails = coarse(fine_ms, tail_shapes(fine_ms, how).T)[1].T
    window = window_of(criteria)
    mean_uv = weight @ sweeps
    rest = _rest(whole, index, latency_ms <= _REST_UNTIL_MS)
    noise = _noise(latency_ms, sweeps, weight, rest, window)
    left_uv = float(np.sqrt(np.mean(noise[0] ** 2) * np.sum(weight**2)))
    early = (latency_ms >= window.look_from_ms) & (latency_ms < window.from_ms)
    first = early & (latency_ms < window.look_from_ms + 1)
    tail_uv = max(float(np.abs(mean_uv[first]).max(initial=0.0)), left_uv)
    nuisances = [
        np.concatenate(
            [
                tails * tail_uv,
                conducted_shapes(latency_ms, waves, mean_uv, left_uv, early=early, wider=wider),
            ],
            axis=1,
        )
        for wider in (WIDER if len(waves) else WIDER[:1])
    ]
    return read_response(
        latency_ms,
        sweeps,
        weight,
        noise,
        window,
        nuisances,
        sure=criteria["response_probability_share"],
    )


def _rest(whole: EvokedStudy, index: int, before: NDArray[np.bool_]) -> Floats:
    """What stands before all the stimuli of a channel, less what is the same in every sweep.

    A filter without delay lays a little of a large wave before it, the same in each sweep of a
    branch and intensity: that is no noise.
    """
    rest = coarse(whole.latency_ms, whole.sweeps_uv[:, index])[1][:, before]
    kinds = np.array([f"{one.branch} {one.side} {one.intensity_ma}" for one in whole.stimuli])
    for kind in np.unique(kinds):
        rows = kinds == kind
        count = int(rows.sum())
        if count > 1:
            apart = rest[rows] - rest[rows].mean(axis=0)
            rest[rows] = apart * np.sqrt(count / (count - 1))
    return rest


def _noise(
    latency_ms: Floats, sweeps_uv: Floats, weight: Floats, rest_uv: Floats, window: Window
) -> list[Floats]:
    """Stretches like the noise of one sweep: before stimuli, and what sweeps differ by late.

    Where a response may be, sweeps differ by more than noise: it is never twice the same. A sweep
    whose end is not quiet (an afterdischarge) tells nothing of noise either.
    """
    late = latency_ms >= window.look_until_ms
    stretches = [rest_uv]
    if len(sweeps_uv) > 1 and late.any():
        apart = (sweeps_uv - weight @ sweeps_uv)[:, late]
        apart /= np.sqrt(1 - np.minimum(weight, 0.9))[:, np.newaxis]
        quiet = np.mean(apart**2, axis=1) < _QUIET * np.mean(rest_uv**2)
        stretches.append(apart[quiet])
    return stretches
