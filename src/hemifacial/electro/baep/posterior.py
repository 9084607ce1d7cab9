"""What an average says of shifts and amplitudes, given what was known before it.

A grid over the shifts of all waves at once, with a normal distribution of the amplitudes in every
cell (exact, since an average is linear in them). From one average to the next the nerve either is
steady or something happens to it, and wave V may go altogether; all are carried along, each with
its probability. After each average the amplitudes of all cells are put together into one normal
distribution for a wave V that is there, and one for a wave V that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.amplitudes import amplitudes
from hemifacial.electro.baep.prior import Belief, Component, belief_shape, priors
from hemifacial.electro.baep.template import STEP_MS, WIDENINGS_MS, Template
from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["Spread", "updated"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_NEGLIGIBLE = 1e-7  # of probability: cells that are left out


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """The belief after an average, before its cells are put together: a mixture of normals.

    Attributes
    ----------
    weight
        (parts,); sums to 1.
    shifts_ms, share, share_sd
        (parts, waves).
    shift_sd_ms
        (waves,): within every part, from the grid and from the noise of the template.
    """

    weight: Floats
    shifts_ms: Floats
    share: Floats
    share_sd: Floats
    shift_sd_ms: Floats


def updated(
    belief: Belief,
    template: Template,
    values_uv: Floats,
    noise_uv: float,
    seconds: float,
    criteria: ElectroCriteria,
) -> tuple[Belief, Spread]:
    """The belief after an average of residual noise `noise_uv`, `seconds` after the one before.

    Parameters
    ----------
    values_uv
        (samples,): the average at the latencies of the template, in its band.
    """
    parts, weights = [], []
    projected = [template.projected(values_uv, k) / noise_uv**2 for k in range(len(WIDENINGS_MS))]
    for prior in priors(belief, template, seconds, criteria):
        for widening, probability in enumerate(prior.probability):
            kept = np.flatnonzero(probability > _NEGLIGIBLE)
            if not kept.size:
                continue
            evidence, share, covariance = amplitudes(
                template.products[widening][..., kept] / noise_uv**2,
                projected[widening][:, kept],
                prior.share,
                prior.covariance,
            )
            weights.append(np.log(probability[kept]) + evidence)
            cells = widening * len(template.allowed) + kept
            parts.append((np.full(kept.size, prior.gone), cells, share, covariance))
    log = np.concatenate(weights)
    weight = np.exp(log - log.max())
    kept = np.flatnonzero(weight > _NEGLIGIBLE)
    weight = weight[kept] / weight[kept].sum()
    gone, cells, share, covariance = (
        np.concatenate(column, axis=-1)[..., kept] for column in zip(*parts, strict=True)
    )
    there_belief, gone_belief = (
        _together(template, weight[part], cells[part], share[:, part], covariance[..., part], old)
        for part, old in ((~gone, belief.there), (gone, belief.gone))
    )
    spread = Spread(
        weight=weight,
        shifts_ms=template.shifts_ms[cells % len(template.allowed)],
        share=share.T,
        share_sd=np.sqrt(np.einsum("iic->ci", covariance) + template.share_sd**2),
        shift_sd_ms=np.hypot(template.shift_sd_ms, STEP_MS / np.sqrt(12)),
    )
    return Belief(there=there_belief, gone=gone_belief), spread


def _together(
    template: Template,
    weight: Floats,
    cells: Indices,
    share: Floats,
    covariance: Floats,
    old: Component,
) -> Component:
    """What is carried on of a mixture of cells; of one without weight, what was known before."""
    probability = np.zeros(len(WIDENINGS_MS) * len(template.allowed))
    np.add.at(probability, cells, weight)
    probability = probability.reshape(belief_shape(template))
    total = weight.sum()
    if not total:
        return replace(old, probability=probability)
    mean = share @ weight / total
    away = share - mean[:, np.newaxis]
    return Component(
        probability=probability,
        share=mean,
        covariance=(covariance @ weight + (away * weight) @ away.T) / total,
    )
