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
from hemifacial.electro.averages import averages
from hemifacial.electro.background import (
    Background,
    background_of,
    window_of,
)
from hemifacial.electro.conditioning import Conditioning
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.noise import left_uv
from hemifacial.electro.presence import Presence, presence_of
from hemifacial.electro.reading import Reading, Window, read_response
from hemifacial.electro.study import EvokedStudy
from hemifacial.electro.territories import own_and_far

__all__ = ["Cell", "cells_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Cell:
    """What one muscle did when one branch was stimulated with one intensity.

    `is_own` says that the muscle belongs to the branch's own territory: then there is a `direct`
    response, else a `reading` of the lateral spread, of the strongest stimulus alone, and beside it
    the `presence` of anything that is locked to the stimulus where a response may be.
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
    presence: Presence | None = None
    on_vessel: bool = False

    @property
    def response_word(self) -> str:
        """What an answer of a muscle beyond the stimulated branch is called."""
        return "z_l_response" if self.on_vessel else "lateral_spread"


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
    own, far = own_and_far(study.channels, stimulus.branch, stimulus.side)
    named = sorted((*own, *far))
    # Responses differ from sweep to sweep: only rest tells which sweep is noisy.
    found = averages(study.sweeps_uv[:, named], noise_part=study.rest)
    means = dict(zip(named, found, strict=True))
    waves = np.array([means[index].mean_uv for index in own])
    for index in named:
        mean, channel = means[index], study.channels[index]
        noise_uv = left_uv(study.sweeps_uv[:, index, study.rest], mean.weight)
        is_own = index in own
        reading = presence = None
        if read and not is_own:
            behind = background_of(study, whole, index, mean.weight, waves, how, criteria)
            window = window_of(criteria, on_vessel=stimulus.on_vessel)
            reading = _reading(behind, mean.weight, window, criteria)
            presence = _presence(behind, window)
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
            is_own=is_own,
            direct=direct_response(study.latency_ms, mean.mean_uv, noise_uv, criteria)
            if is_own
            else None,
            reading=reading,
            presence=presence,
            on_vessel=stimulus.on_vessel,
        )


def _reading(
    behind: Background, weight: Floats, window: Window, criteria: ElectroCriteria
) -> Reading:
    return read_response(
        behind.latency_ms,
        behind.sweeps_uv,
        weight,
        behind.noise,
        window,
        behind.shapes,
        sure=criteria["response_probability_share"],
    )


def _presence(behind: Background, window: Window) -> Presence | None:
    inside = (behind.latency_ms >= window.from_ms) & (behind.latency_ms <= window.look_until_ms)
    rest_uv = behind.noise[0] if behind.noise else behind.sweeps_uv[:, ~inside]
    return presence_of(behind.sweeps_uv[:, inside], rest_uv)
