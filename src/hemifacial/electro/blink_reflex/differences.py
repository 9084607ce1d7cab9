"""Findings between responses: the sides, R2 and contralateral R2, R1 and the direct response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hemifacial.anatomy import SIDES, Side
from hemifacial.electro.blink_reflex.components import EYE, Component
from hemifacial.electro.blink_reflex.subject import subject
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse
from hemifacial.electro.stated import stated
from hemifacial.findings import Finding

__all__ = ["differences_of"]


def differences_of(
    components: Sequence[Component],
    direct: Mapping[Side, DirectResponse],
    criteria: ElectroCriteria,
) -> Iterator[Finding]:
    """Between the sides, between R2 and contralateral R2, and over the direct response."""
    eyes = {(one.stimulus_side, one.side): one for one in components if one.muscle == EYE}
    early = {side: _r1_ms(eyes.get((side, side))) for side in SIDES}
    late = {key: _r2_ms(one) for key, one in eyes.items()}
    right, left = SIDES
    for word, first, second in (
        ("r1", early[right], early[left]),
        ("r2", late.get((right, right)), late.get((left, left))),
    ):
        if first is not None and second is not None:
            limit = criteria.limits[f"{word}_side_difference_longest"]
            apart_ms = abs(first - second)
            yield stated(
                subject(EYE, Side.BOTH), f"blink_{word}_side_difference", apart_ms, limit=limit
            )
    for side in SIDES:
        own, other = late.get((side, side)), late.get((side, side.opposite))
        if own is not None and other is not None:
            limit = criteria.limits["r2_r2c_difference_longest"]
            yield stated(
                subject(EYE, side), "blink_r2_r2c_difference", abs(own - other), limit=limit
            )
        r1_ms = early[side]
        direct_ms = direct[side].onset_ms if side in direct else None
        if r1_ms is not None and direct_ms:
            ratio = r1_ms / direct_ms
            name = "least" if ratio < criteria["r1_direct_ratio_least"] else "largest"
            limit = criteria.limits[f"r1_direct_ratio_{name}"]
            yield stated(subject(EYE, side), "blink_r1_direct_ratio", ratio, limit=limit)


def _r1_ms(one: Component | None) -> float | None:
    if one is None or one.early is None or one.early.reading.response is None:
        return None
    return one.early.reading.response.onset_ms


def _r2_ms(one: Component | None) -> float | None:
    """The shortest onset of the sweeps, as it is held against the limits."""
    if one is None or one.late is None or one.late.burst is None:
        return None
    return one.late.burst.shortest_ms
