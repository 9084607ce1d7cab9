"""Every stimulated side and recorded muscle with its early and late response."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.electro.averages import average
from hemifacial.electro.blink_reflex.early import Early, early_response
from hemifacial.electro.blink_reflex.gap import Gap, gap_activity
from hemifacial.electro.blink_reflex.late import Late, late_response
from hemifacial.electro.blink_reflex.neighbours import without_neighbours
from hemifacial.electro.conditioning import Conditioning
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.noise import left_uv
from hemifacial.electro.reading import coarse
from hemifacial.electro.study import REST_UNTIL_MS, EvokedStudy
from hemifacial.electro.territories import territory

__all__ = ["EYE", "LOWER_FACE", "NERVE", "Component", "components_of", "direct_responses"]

Floats = NDArray[np.float64]

NERVE = "supraorbital_nerve"
EYE = "orbicularis_oculi"
LOWER_FACE = ("orbicularis_oris", "mentalis", "nasalis")
"""Muscles in which a blink reflex is a synkinesis."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Component:
    """What one muscle did when the supraorbital nerve of one side was stimulated.

    `sweeps_uv` (sweeps, samples) are conditioned, on the coarse samples `latency_ms`. `early` is
    None on the other side than the stimulated one, `late` from too few sweeps.
    """

    stimulus_side: Side
    muscle: str
    side: Side
    latency_ms: Floats
    sweeps_uv: Floats
    early: Early | None
    late: Late | None
    gap: Gap | None = None

    @property
    def is_crossed(self) -> bool:
        """Whether the muscle is on the other side than the stimulus."""
        return self.side is not self.stimulus_side


def components_of(
    study: EvokedStudy, how: Conditioning, criteria: ElectroCriteria
) -> tuple[Component, ...]:
    """Every stimulated side and muscle, the eye of the stimulated side first.

    Parameters
    ----------
    study
        Conditioned as `how` says; single stimuli, or the first ones of pairs.
    """
    found: list[Component] = []
    for stimulated in SIDES:
        part = study.where(lambda s, d=stimulated: (s.branch, s.side) == (NERVE, d))  # type: ignore[misc]
        if part.stimuli:
            found += _of_side(part, stimulated, how, criteria)
    return tuple(found)


def _of_side(
    study: EvokedStudy, stimulated: Side, how: Conditioning, criteria: ElectroCriteria
) -> list[Component]:
    latency_ms, sweeps = coarse(study.latency_ms, study.sweeps_uv)
    wanted = {(EYE, side) for side in SIDES}
    wanted |= {(muscle, side) for muscle in LOWER_FACE for side in SIDES}
    channels = [
        (index, one.site, one.side)
        for index, one in enumerate(study.channels)
        if (one.site, one.side) in wanted
    ]
    # The eye of the stimulated side first: what others may see of it is then known.
    channels.sort(key=lambda one: (one[1] != EYE, one[2] is not stimulated))
    eyes: list[Component] = []
    found: list[Component] = []
    for index, muscle, side in channels:
        # The stimulated eye answers first and most: it is nobody's neighbour.
        near = [one for one in eyes if muscle == EYE or one.side is side]
        raw = sweeps[:, index]
        own, error = without_neighbours(
            latency_ms, raw, [one.sweeps_uv for one in near], criteria["r2_from_ms"]
        )
        early = None
        if side is stimulated and np.ptp(raw[:, latency_ms <= REST_UNTIL_MS]) > 0:
            sources = [one.early for one in near if one.early is not None and muscle != EYE]
            early = early_response(
                latency_ms,
                own,
                study.latency_ms,
                how,
                criteria,
                sources=sources,
                share_error=error,
            )
        end_ms = early.end_ms if early is not None else None
        one = Component(
            stimulus_side=stimulated,
            muscle=muscle,
            side=side,
            latency_ms=latency_ms,
            sweeps_uv=raw,
            early=early,
            late=late_response(latency_ms, own, criteria, early_end_ms=end_ms),
        )
        one = replace(one, gap=_gap(one, criteria))
        if muscle == EYE:
            eyes.append(one)
        found.append(one)
    return found


def _gap(one: Component, criteria: ElectroCriteria) -> Gap | None:
    """Only in the eye of the stimulated side, between an R1 and an R2 that are there."""
    if one.is_crossed or one.muscle != EYE or one.early is None or one.late is None:
        return None
    burst = one.late.burst
    if burst is None or one.early.end_ms is None:
        return None
    until_ms = min((*burst.onsets_ms, burst.average_ms))
    return gap_activity(
        one.latency_ms,
        one.sweeps_uv,
        from_ms=one.early.end_ms + 3.0,
        until_ms=until_ms - 2.5,
        rest_until_ms=REST_UNTIL_MS,
        alpha=criteria["r2_chance_share"],
    )


def direct_responses(study: EvokedStudy, criteria: ElectroCriteria) -> dict[Side, DirectResponse]:
    """The direct response of orbicularis oculi of each side, where its branch was stimulated too.

    Of the strongest stimuli of the branch.
    """
    found: dict[Side, DirectResponse] = {}
    for side in SIDES:
        own = study.where(lambda s, d=side: s.side is d and EYE in territory(s.branch))  # type: ignore[misc]
        index = [i for i, c in enumerate(study.channels) if (c.site, c.side) == (EYE, side)]
        if not own.stimuli or not index:
            continue
        strongest = max(own.stimuli, key=lambda one: one.intensity_ma or 0.0)
        part = own.where(
            lambda s, top=strongest: (s.branch, s.intensity_ma) == (top.branch, top.intensity_ma)  # type: ignore[misc]
        )
        sweeps = part.sweeps_uv[:, index[0]]
        mean = average(sweeps, noise_part=part.rest)
        noise_uv = left_uv(sweeps[:, part.rest], mean.weight)
        direct = direct_response(part.latency_ms, mean.mean_uv, noise_uv, criteria)
        if direct.is_there:
            found[side] = direct
    return found
