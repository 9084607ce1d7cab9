"""What is known of an ear's waves, and what is expected of its next average."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.template import STEP_MS, WIDENINGS_MS, Template
from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["Belief", "Component", "Prior", "belief_shape", "first_belief", "priors"]

Floats = NDArray[np.float64]

_BLOCK_S = 9.1  # 400 clicks at 43.9 a second: to this the criteria of movement refer
_HALF = 0.5  # of the amplitude at baseline: what is expected after a change
_GONE_SD = 0.05  # of a wave V that is gone, as a share of that at baseline
_WIDER = 0.02  # how likely waves become wide, or narrow again, from one average to the next


@dataclass(frozen=True, kw_only=True, eq=False)
class Component:
    """What is known of the waves relative to the template, if wave V is there, or if it is gone.

    Attributes
    ----------
    probability
        (widenings, *steps): of every cell.
    share, covariance
        (waves,) and (waves, waves): amplitudes over those of the baseline.
    """

    probability: Floats
    share: Floats
    covariance: Floats


@dataclass(frozen=True, kw_only=True)
class Belief:
    """What is known: with wave V there, and with wave V gone; their probabilities sum to 1."""

    there: Component
    gone: Component


@dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """What is expected of an average before it is seen: of cells, and of amplitudes in them."""

    gone: bool
    probability: Floats
    share: Floats
    covariance: Floats


def first_belief(template: Template) -> Belief:
    """What is known at baseline: nothing has moved, within what noise the template has."""
    probability = np.zeros((len(WIDENINGS_MS), len(template.allowed)))
    off = np.array([wave.latency_sd_ms for wave in template.waves]) + STEP_MS / 2
    probability[0] = np.exp(-0.5 * np.sum((template.shifts_ms / off) ** 2, axis=1))
    probability *= template.allowed
    amplitude = np.array([wave.amplitude_uv for wave in template.waves])
    relative = template.noise_uv * np.sqrt(2) / amplitude
    there = Component(
        probability=(probability / probability.sum()).reshape(belief_shape(template)),
        share=np.ones(amplitude.size),
        covariance=np.diag(relative**2 + _GONE_SD**2),
    )
    return Belief(there=there, gone=replace(there, probability=0 * there.probability))


def priors(
    belief: Belief, template: Template, seconds: float, criteria: ElectroCriteria
) -> Iterator[Prior]:
    """What is expected after `seconds`: V there and steady, there after a change, and gone."""
    seconds = max(seconds, _BLOCK_S / 4)  # averages that overlap, or whose times are not known
    moved = np.sqrt(seconds / _BLOCK_S)
    happens = 1 - np.exp(-seconds / criteria["baep_change_s"])
    goes = criteria["baep_gone_share"]
    steady_ms, change_ms = criteria["baep_steady_ms"] * moved, criteria["baep_change_ms"]
    step = (criteria["baep_steady_share"] * moved) ** 2 * np.eye(belief.there.share.size)
    # Of a change nothing is known but that amplitudes lie between none and all.
    any_share = np.full(belief.there.share.size, _HALF)
    any_covariance = criteria["baep_change_share"] ** 2 * np.eye(any_share.size)
    there, gone = (
        (1 - _WIDER) * one.probability + _WIDER * one.probability[::-1]
        for one in (belief.there, belief.gone)
    )
    yield Prior(
        gone=False,
        probability=_spread(template, (1 - happens) * there, steady_ms, heavy=False),
        share=belief.there.share,
        covariance=belief.there.covariance + step,
    )
    changed = happens * ((1 - goes) * there + gone)
    yield Prior(
        gone=False,
        probability=_spread(template, changed, change_ms, heavy=True),
        share=any_share,
        covariance=any_covariance,
    )
    left = _spread(template, happens * goes * there, change_ms, heavy=True)
    stays = _spread(template, (1 - happens) * gone, steady_ms, heavy=False)
    new = left.sum() / (left.sum() + stays.sum())
    away = any_share - belief.gone.share
    share = new * any_share + (1 - new) * belief.gone.share
    covariance = new * any_covariance + (1 - new) * (belief.gone.covariance + step)
    covariance += new * (1 - new) * np.outer(away, away)
    share[-1] = covariance[-1] = covariance[:, -1] = 0.0
    covariance[-1, -1] = _GONE_SD**2
    yield Prior(gone=True, probability=left + stays, share=share, covariance=covariance)


def _spread(template: Template, probability: Floats, steps_ms: float, *, heavy: bool) -> Floats:
    """(widenings, cells): after a movement of this size along every axis of steps.

    The movement is normal, or with heavy tails (Laplace); nothing leaves the grid or its order.
    """
    from scipy.ndimage import convolve1d

    total = probability.sum()
    reach = int(np.ceil(5 * steps_ms / STEP_MS))
    away = np.arange(-reach, reach + 1) * STEP_MS / steps_ms
    kernel = np.exp(-np.abs(away)) if heavy else np.exp(-0.5 * away**2)
    for axis in range(1, probability.ndim):
        probability = convolve1d(probability, kernel, axis=axis, mode="constant")
    moved = np.maximum(probability, 0.0).reshape(len(probability), -1) * template.allowed
    return np.asarray(moved * (total / moved.sum())) if total else moved


def belief_shape(template: Template) -> tuple[int, ...]:
    """(widenings, *steps): of the grid of a template."""
    return (len(WIDENINGS_MS), *(steps.size for steps in template.steps_ms))
