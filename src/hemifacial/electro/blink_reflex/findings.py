"""The findings of a blink reflex; `sites` name the nerve, then the muscle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hemifacial.anatomy import SIDES, Side
from hemifacial.electro.blink_reflex.components import EYE, NERVE, Component
from hemifacial.electro.blink_reflex.late import Burst
from hemifacial.electro.blink_reflex.recovery import INTERVALS_S, Recovery
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse
from hemifacial.findings import Finding, Limit, Status, quantities

__all__ = ["METHOD", "METHOD_VERSION", "findings_of"]

METHOD = "blink_reflex"
METHOD_VERSION = "1.0"

_OF_DRAWS = "95 % of responses that the average allows (Gaussian model of response and noise)"
_OF_SWEEPS = "95 % of averages of sweeps drawn anew"
_OF_PAIRS = "95 % interval of a ratio of two means over pairs"
_OF_LINE = "95 % interval of the slope through the logarithms of the areas"
_CLOSEST_MS = 0.1  # half an interval between the samples on which it is read
_SYNKINETIC = "Synkinetic: a muscle of the lower face should not answer to this nerve."


def findings_of(
    components: Sequence[Component],
    direct: Mapping[Side, DirectResponse],
    recovered: Mapping[int, Sequence[Recovery]],
    criteria: ElectroCriteria,
) -> tuple[Finding, ...]:
    """Every finding.

    Parameters
    ----------
    direct
        Direct responses of orbicularis oculi, by side.
    recovered
        Recoveries by the place of their component.
    """
    found: list[Finding] = []
    for place, one in enumerate(components):
        found += _early(one, criteria)
        found += _late(one, criteria)
        found += _gap(one, criteria)
        found += _recovery(one, recovered.get(place, ()))
    return (*found, *_differences(components, direct, criteria))


def _finding(one: Component, quantity: str, value: float | None, **more: object) -> Finding:
    if value is None:
        more.setdefault("status", Status.NOT_JUDGED)
    return Finding(
        quantity=quantity,
        value=value,
        unit=quantities()[quantity].unit,
        method=METHOD,
        method_version=METHOD_VERSION,
        side=one.side,
        sites=(NERVE, one.muscle),
        **{"n": len(one.sweeps_uv), **more},  # type: ignore[arg-type]
    )


def _early(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    early = one.early
    if early is None:
        return
    reading, response = early.reading, early.reading.response
    note = _SYNKINETIC if one.muscle != EYE and response is not None else ""
    yield _finding(one, "blink_r1_probability", reading.probability, note=note)
    if response is None:
        yield _finding(
            one,
            "blink_r1_amplitude",
            None,
            status=Status.BELOW_DETECTION_LIMIT,
            detection_limit=reading.limit_uv,
        )
        return
    yield _finding(
        one,
        "blink_r1_latency",
        response.onset_ms,
        low=min(response.onset_low_ms, response.onset_ms - _CLOSEST_MS),
        high=max(response.onset_high_ms, response.onset_ms + _CLOSEST_MS),
        interval=f"{_OF_DRAWS}, and never closer than {_CLOSEST_MS} ms",
        limit=criteria.limits["r1_latency_longest"] if one.muscle == EYE else None,
    )
    yield _finding(
        one,
        "blink_r1_amplitude",
        response.amplitude_uv,
        low=response.amplitude_low_uv,
        high=response.amplitude_high_uv,
        interval=_OF_DRAWS,
    )
    yield _finding(one, "blink_r1_area", early.area_uv_ms)
    if one.muscle == EYE:
        share = early.persistence_share
        yield _finding(one, "blink_r1_persistence", None if share is None else 100 * share)


def _late(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    word = "blink_r2c" if one.is_crossed else "blink_r2"
    if one.late is None:
        yield _finding(
            one,
            f"{word}_amplitude",
            None,
            note=f"R2 is not judged: fewer than {criteria['r2_least_sweeps']:g} sweeps, sweeps "
            "that end too early, or a flat channel.",
        )
        return
    burst = one.late.burst
    note = _SYNKINETIC if one.muscle != EYE and burst is not None else ""
    yield _finding(one, f"{word}_chance", one.late.locked.chance, note=note)
    if burst is None:
        yield _finding(
            one,
            f"{word}_amplitude",
            None,
            status=Status.BELOW_DETECTION_LIMIT,
            detection_limit=one.late.locked.limit_uv,
        )
        return
    yield from _of_burst(one, burst, word, criteria)


def _of_burst(
    one: Component, burst: Burst, word: str, criteria: ElectroCriteria
) -> Iterator[Finding]:
    limit = criteria.limits["r2c_latency_longest" if one.is_crossed else "r2_latency_longest"]
    few = "" if burst.shortest_ms else "It is seen in fewer than four single sweeps."
    yield _finding(
        one,
        f"{word}_latency",
        burst.shortest_ms,
        n=len(burst.onsets_ms),
        limit=limit if one.muscle == EYE else None,
        note=few,
    )
    yield _finding(
        one,
        f"{word}_average_latency",
        burst.average_ms,
        low=burst.average_low_ms,
        high=burst.average_high_ms,
        interval=_OF_SWEEPS,
    )
    yield _finding(one, f"{word}_amplitude", burst.amplitude_uv)
    yield _finding(one, f"{word}_area", burst.area_uv_ms)
    yield _finding(one, f"{word}_persistence", 100 * burst.persistence_share)
    if burst.habituation_share is not None:
        yield _finding(
            one,
            f"{word}_habituation",
            100 * burst.habituation_share,
            low=100 * (burst.habituation_low or 0.0),
            high=100 * (burst.habituation_high or 0.0),
            interval=_OF_LINE,
        )


def _gap(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    gap = one.gap
    if gap is None:
        return
    where = f"From {gap.from_ms:.1f} to {gap.until_ms:.1f} ms."
    if gap.chance <= criteria["r2_chance_share"]:
        yield _finding(
            one, "blink_gap_activity", gap.rms_uv, note=f"Activity between R1 and R2. {where}"
        )
        return
    yield _finding(
        one,
        "blink_gap_activity",
        None,
        status=Status.BELOW_DETECTION_LIMIT,
        detection_limit=gap.limit_uv,
        note=where,
    )


def _recovery(one: Component, recovered: Sequence[Recovery]) -> Iterator[Finding]:
    for at in recovered:
        yield _finding(
            one,
            "blink_r2_recovery",
            100 * at.share,
            low=100 * at.low,
            high=100 * at.high,
            interval=_OF_PAIRS,
            n=at.pairs,
            phase=f"{at.interval_s:g} s",
        )
    if len(recovered) == len(INTERVALS_S):
        mean = sum(at.share for at in recovered) / len(recovered)
        yield _finding(one, "blink_r2_index", 100 * mean, n=sum(at.pairs for at in recovered))


def _differences(
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
            yield _between(f"blink_{word}_side_difference", apart_ms, Side.BOTH, limit)
    for side in SIDES:
        own, other = late.get((side, side)), late.get((side, side.opposite))
        if own is not None and other is not None:
            limit = criteria.limits["r2_r2c_difference_longest"]
            yield _between("blink_r2_r2c_difference", abs(own - other), side, limit)
        r1_ms = early[side]
        direct_ms = direct[side].onset_ms if side in direct else None
        if r1_ms is not None and direct_ms:
            ratio = r1_ms / direct_ms
            name = "least" if ratio < criteria["r1_direct_ratio_least"] else "largest"
            limit = criteria.limits[f"r1_direct_ratio_{name}"]
            yield _between("blink_r1_direct_ratio", ratio, side, limit)


def _between(quantity: str, value: float, side: Side, limit: Limit) -> Finding:
    return Finding(
        quantity=quantity,
        value=value,
        unit=quantities()[quantity].unit,
        method=METHOD,
        method_version=METHOD_VERSION,
        side=side,
        sites=(NERVE, EYE),
        limit=limit,
    )


def _r1_ms(one: Component | None) -> float | None:
    if one is None or one.early is None or one.early.reading.response is None:
        return None
    return one.early.reading.response.onset_ms


def _r2_ms(one: Component | None) -> float | None:
    """The shortest onset of the sweeps, as it is held against the limits."""
    if one is None or one.late is None or one.late.burst is None:
        return None
    return one.late.burst.shortest_ms
