"""How much of R2 comes back to the second of two stimuli."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.blink_reflex.components import NERVE, Component
from hemifacial.electro.blink_reflex.late import area_uv_ms
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.reading import coarse
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy

__all__ = ["INTERVALS_S", "Recovery", "pairs_of", "recoveries"]

Floats = NDArray[np.float64]

INTERVALS_S = (0.21, 0.3, 0.5)
"""The intervals of Eekhof 1996 (Muscle Nerve 19:10), whose mean recovery is the R2 index."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """R2 to the second stimulus over that to the first, as a share, with its 95 % interval."""

    interval_s: float
    share: float
    low: float
    high: float
    pairs: int


def pairs_of(stimuli: Sequence[Stimulus], criteria: ElectroCriteria) -> tuple[tuple[int, int], ...]:
    """Places of the first and second stimulus of every pair of one side.

    A stimulus belongs to one pair at most; between pairs there is more time than within.
    """
    order = sorted(
        (place for place, one in enumerate(stimuli) if one.branch == NERVE),
        key=lambda place: stimuli[place].onset_s,
    )
    found: list[tuple[int, int]] = []
    taken = -1
    for first, second in pairwise(order):
        apart_s = stimuli[second].onset_s - stimuli[first].onset_s
        same = stimuli[first].side is stimuli[second].side
        if same and first != taken and apart_s <= criteria["pair_longest_s"]:
            found.append((first, second))
            taken = second
    return tuple(found)


def recoveries(
    study: EvokedStudy,
    pairs: Sequence[tuple[int, int]],
    component: Component,
    criteria: ElectroCriteria,
) -> tuple[Recovery, ...]:
    """The recovery of one muscle's R2 at every interval of which there are enough pairs.

    Area of the rectified sweeps beyond that of the rest, in the window of the R2 of first stimuli,
    since peaks of single bursts hold more of chance.
    """
    late = component.late
    channel = [
        index
        for index, one in enumerate(study.channels)
        if (one.site, one.side) == (component.muscle, component.side)
    ]
    if late is None or late.burst is None or not channel:
        return ()
    found = []
    for interval_s in INTERVALS_S:
        here = [
            pair
            for pair in pairs
            if study.stimuli[pair[0]].side is component.stimulus_side
            and abs(_apart_s(study, pair) / interval_s - 1) <= criteria["pair_interval_share"]
        ]
        if len(here) < criteria["pair_least"]:
            continue
        areas = []
        for part in (0, 1):
            rows = [pair[part] for pair in here]
            latency_ms, sweeps = coarse(study.latency_ms, study.sweeps_uv[rows, channel[0]])
            areas.append(area_uv_ms(latency_ms, sweeps, late.locked))
        found.append(_recovery(interval_s, areas[0], areas[1]))
    return tuple(found)


def _apart_s(study: EvokedStudy, pair: tuple[int, int]) -> float:
    return study.stimuli[pair[1]].onset_s - study.stimuli[pair[0]].onset_s


def _recovery(interval_s: float, first: Floats, second: Floats) -> Recovery:
    """The share with its interval; never below nothing."""
    from scipy.stats import t

    size = max(float(first.mean()), 1e-9)
    share = max(float(second.mean()) / size, 0.0)
    # What each pair departs from that share by, as for any ratio of two means.
    apart = (second - share * first) / size
    reach = float(t.ppf(0.975, first.size - 1) * apart.std(ddof=1) / np.sqrt(first.size))
    return Recovery(
        interval_s=interval_s,
        share=share,
        low=max(share - reach, 0.0),
        high=share + reach,
        pairs=int(first.size),
    )
