"""The findings of a blink reflex; `sites` name the nerve, then the muscle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hemifacial.anatomy import Side
from hemifacial.electro.blink_reflex.components import EYE, Component
from hemifacial.electro.blink_reflex.differences import differences_of
from hemifacial.electro.blink_reflex.late import Burst
from hemifacial.electro.blink_reflex.recovery import INTERVALS_S, Recovery
from hemifacial.electro.blink_reflex.subject import subject
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse
from hemifacial.electro.stated import Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding

__all__ = ["findings_of"]

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
    return (*found, *differences_of(components, direct, criteria))


def _about(one: Component) -> Subject:
    return subject(one.muscle, one.side, len(one.sweeps_uv))


def _early(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    about = _about(one)
    early = one.early
    if early is None:
        return
    reading, response = early.reading, early.reading.response
    note = _SYNKINETIC if one.muscle != EYE and response is not None else ""
    yield stated(about, "blink_r1_probability", reading.probability, note=note)
    if response is None:
        yield below_limit(about, "blink_r1_amplitude", reading.limit_uv)
        return
    yield stated(
        about,
        "blink_r1_latency",
        response.onset_ms,
        low=min(response.onset_low_ms, response.onset_ms - _CLOSEST_MS),
        high=max(response.onset_high_ms, response.onset_ms + _CLOSEST_MS),
        interval=f"{_OF_DRAWS}, and never closer than {_CLOSEST_MS} ms",
        limit=criteria.limits["r1_latency_longest"] if one.muscle == EYE else None,
    )
    yield stated(
        about,
        "blink_r1_amplitude",
        response.amplitude_uv,
        low=response.amplitude_low_uv,
        high=response.amplitude_high_uv,
        interval=_OF_DRAWS,
    )
    yield stated(about, "blink_r1_area", early.area_uv_ms)
    if one.muscle == EYE:
        share = early.persistence_share
        yield stated(about, "blink_r1_persistence", None if share is None else 100 * share)


def _late(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    about = _about(one)
    word = "blink_r2c" if one.is_crossed else "blink_r2"
    if one.late is None:
        yield unjudged(
            about,
            f"{word}_amplitude",
            f"R2 is not judged: fewer than {criteria['r2_least_sweeps']:g} sweeps, sweeps "
            "that end too early, or a flat channel.",
        )
        return
    burst = one.late.burst
    note = _SYNKINETIC if one.muscle != EYE and burst is not None else ""
    yield stated(about, f"{word}_chance", one.late.locked.chance, note=note)
    if burst is None:
        yield below_limit(about, f"{word}_amplitude", one.late.locked.limit_uv)
        return
    yield from _of_burst(one, burst, word, criteria)


def _of_burst(
    one: Component, burst: Burst, word: str, criteria: ElectroCriteria
) -> Iterator[Finding]:
    about = _about(one)
    limit = criteria.limits["r2c_latency_longest" if one.is_crossed else "r2_latency_longest"]
    few = "" if burst.shortest_ms else "It is seen in fewer than four single sweeps."
    yield stated(
        about,
        f"{word}_latency",
        burst.shortest_ms,
        n=len(burst.onsets_ms),
        limit=limit if one.muscle == EYE else None,
        note=few,
    )
    yield stated(
        about,
        f"{word}_average_latency",
        burst.average_ms,
        low=burst.average_low_ms,
        high=burst.average_high_ms,
        interval=_OF_SWEEPS,
    )
    yield stated(about, f"{word}_amplitude", burst.amplitude_uv)
    yield stated(about, f"{word}_area", burst.area_uv_ms)
    yield stated(about, f"{word}_persistence", 100 * burst.persistence_share)
    if burst.habituation_share is not None:
        yield stated(
            about,
            f"{word}_habituation",
            100 * burst.habituation_share,
            low=100 * (burst.habituation_low or 0.0),
            high=100 * (burst.habituation_high or 0.0),
            interval=_OF_LINE,
        )


def _gap(one: Component, criteria: ElectroCriteria) -> Iterator[Finding]:
    about = _about(one)
    gap = one.gap
    if gap is None:
        return
    where = f"From {gap.from_ms:.1f} to {gap.until_ms:.1f} ms."
    if gap.chance <= criteria["r2_chance_share"]:
        yield stated(
            about, "blink_gap_activity", gap.rms_uv, note=f"Activity between R1 and R2. {where}"
        )
        return
    yield below_limit(about, "blink_gap_activity", gap.limit_uv, note=where)


def _recovery(one: Component, recovered: Sequence[Recovery]) -> Iterator[Finding]:
    about = _about(one)
    for at in recovered:
        yield stated(
            about,
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
        yield stated(about, "blink_r2_index", 100 * mean, n=sum(at.pairs for at in recovered))
