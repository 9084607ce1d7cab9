"""The averages of each ear, which of them are its baseline, and readings of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.baep.noise import Conditioned, conditioned, pooled
from hemifacial.electro.baep.reading import Reading
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.baep.tracking import followed, tracker_of
from hemifacial.electro.baep.waves import Wave, labelled
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.errors import InputError

__all__ = ["EarSeries", "ears_of"]


_MOST = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class EarSeries:
    """The averages of one ear: which are the baseline, its waves, and readings of the others.

    `why` says why there are no waves, where there are none.
    """

    side: Side
    baseline: tuple[BaepAverage, ...]
    mean: Conditioned
    waves: Mapping[str, Wave]
    readings: tuple[Reading, ...]
    why: str = ""


def ears_of(averages: Sequence[BaepAverage], criteria: ElectroCriteria) -> tuple[EarSeries, ...]:
    """The series of each ear that was stimulated.

    The first `baep_baseline_blocks` averages of an ear that can be used are its baseline; of fewer
    than twice as many, the first half (a single one is itself the baseline). Where their mean
    shows no wave V, more are added until it does, up to three times as many.

    Raises
    ------
    InputError
        Where there is no average, or none of an ear can be used.
    """
    if not averages:
        raise InputError("there are no averages", next_step="Give at least one.")
    ordered = sorted(averages, key=lambda one: one.start_s)
    sides = [side for side in Side if any(one.side is side for one in ordered)]
    return tuple(
        _ear(side, tuple(one for one in ordered if one.side is side), criteria) for side in sides
    )


def _ear(side: Side, averages: tuple[BaepAverage, ...], criteria: ElectroCriteria) -> EarSeries:
    usable, problems = _usable(averages, criteria)
    if not usable:
        raise problems[0]
    wanted = round(criteria["baep_baseline_blocks"])
    least = wanted if len(usable) >= 2 * wanted else max(1, len(usable) // 2)
    for count in range(least, max(least, min(len(usable), _MOST * wanted)) + 1):
        mean = pooled(tuple(part for _, part in usable[:count]))
        waves = labelled(mean, criteria)
        if "V" in waves:
            break
    baseline = tuple(one for one, _ in usable[:count])
    later = averages[averages.index(baseline[-1]) + 1 :]
    readings: tuple[Reading, ...] = ()
    why = ""
    if "V" not in waves:
        why = f"no wave V above {1000 * mean.noise_uv:.0f} nV of noise in the baseline"
    elif later:
        readings = followed(tracker_of(baseline, criteria), later, criteria)
    return EarSeries(
        side=side, baseline=baseline, mean=mean, waves=waves, readings=readings, why=why
    )


def _usable(
    averages: tuple[BaepAverage, ...], criteria: ElectroCriteria
) -> tuple[list[tuple[BaepAverage, Conditioned]], list[InputError]]:
    """The averages that can be read and are sampled like the first of them; and what else was."""
    usable: list[tuple[BaepAverage, Conditioned]] = []
    problems = []
    for one in averages:
        try:
            part = conditioned(one, criteria)
        except InputError as error:
            problems.append(error)
            continue
        first = usable[0][1].latency_ms if usable else part.latency_ms
        if part.latency_ms.shape == first.shape and np.allclose(part.latency_ms, first, atol=1e-6):
            usable.append((one, part))
    return usable, problems
