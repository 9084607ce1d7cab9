"""Findings of spasm EMG: each muscle, each pair, the trains, and what all of it speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.bursts import Burst
from hemifacial.electro.spasm_emg.channels import Muscle, NotRead
from hemifacial.electro.spasm_emg.evidence_findings import evidence_findings
from hemifacial.electro.spasm_emg.features import Observation, Pair
from hemifacial.electro.spasm_emg.likelihoods import Evidence
from hemifacial.electro.spasm_emg.pair_findings import pair_findings
from hemifacial.electro.spasm_emg.read import MuscleActivity
from hemifacial.electro.spasm_emg.synchrony import median_interval
from hemifacial.electro.spasm_emg.train_findings import train_findings
from hemifacial.electro.stated import Details, Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding
from hemifacial.signals.rates import clustered_count

__all__ = ["METHOD", "METHOD_VERSION", "findings_of"]

METHOD, METHOD_VERSION = "electro.spasm_emg", "0.1"

_RECORDING = Subject(
    method=METHOD, method_version=METHOD_VERSION, side=Side.NOT_APPLICABLE, sites=()
)
_CLUSTER_GAP_S = 1.0
_MEDIAN = "order statistics of the median, 95 %"


def findings_of(
    activities: Sequence[MuscleActivity],
    not_read: Sequence[NotRead],
    pairs: Sequence[Pair],
    observations: Sequence[Observation],
    evidence: Sequence[Evidence],
    criteria: ElectroCriteria,
) -> tuple[Finding, ...]:
    """Every finding, channel by channel first; nothing that was asked is left without an answer."""
    found = [one for activity in activities for one in _of_muscle(activity, criteria)]
    found += [_not_read(one) for one in not_read]
    found += pair_findings(pairs, criteria, _RECORDING)
    found += train_findings(activities, criteria, _RECORDING)
    found += evidence_findings(observations, evidence, _RECORDING)
    return tuple(found)


def _of_muscle(activity: MuscleActivity, criteria: ElectroCriteria) -> Iterator[Finding]:
    muscle, bursts = activity.muscle, activity.bursts
    yield _finding(muscle, "judged_time", activity.judged_s)
    if activity.judged_s <= 0 or not activity.floor.wide > 0:
        yield _not_judged(muscle, "emg_burst_count", "the line is flat, or all of it is artefact")
        return
    yield from _floor(activity)
    yield _largest(activity, criteria)
    yield from _counts(activity)
    if not bursts:
        return
    yield from _medians(muscle, bursts, criteria)
    if any(one.firing == "spasm" for one in bursts):
        spasm = [one for one in bursts if one.firing == "spasm"]
        longest_s = criteria["emg_clonic_longest"] / 1000
        outlast = sum(one.duration_s > longest_s for one in spasm)
        yield _finding(
            muscle,
            "emg_prolonged_share",
            100 * outlast / len(spasm),
            n=len(spasm),
            limit=criteria.limits["emg_clonic_longest"],
        )
        yield _finding(muscle, "emg_tonic_count", len(activity.tonic))


def _floor(activity: MuscleActivity) -> Iterator[Finding]:
    if activity.muscle.unit == "µV":
        note = (
            ""
            if activity.floor.is_rest
            else ("the muscle is never at rest: the largest noise that is believed stands here")
        )
        yield _finding(activity.muscle, "emg_noise_floor", activity.floor.wide, note=note)


def _largest(activity: MuscleActivity, criteria: ElectroCriteria) -> Finding:
    muscle = activity.muscle
    if muscle.unit != "µV":
        return _not_judged(muscle, "emg_largest_burst", f"the channel is in {muscle.unit}")
    if activity.bursts:
        return _finding(muscle, "emg_largest_burst", max(one.peak for one in activity.bursts))
    # A sine that lasts as long as the envelope sees has a peak of 1.4 times its RMS.
    seen = np.sqrt(2 * (criteria["emg_upper_threshold"] ** 2 - 1)) * activity.floor.envelope
    note = f"channel {muscle.name}: no burst"
    return below_limit(_about(muscle), "emg_largest_burst", float(seen), note=note)


def _counts(activity: MuscleActivity) -> Iterator[Finding]:
    muscle, bursts, judged_s = activity.muscle, activity.bursts, activity.judged_s
    told = clustered_count(activity.onsets_s.tolist(), duration_s=judged_s, gap_s=_CLUSTER_GAP_S)
    per_min = 60 / judged_s
    for quantity, factor in (("emg_burst_count", 1.0), ("emg_burst_rate", per_min)):
        yield _finding(
            muscle,
            quantity,
            len(bursts) * factor,
            n=len(bursts),
            low=told.low * factor,
            high=told.high * factor,
            interval="compound Poisson, allowing for clusters within 1 s, 95 %",
        )
    active_s = _union_s([(one.onset_s, one.offset_s) for one in bursts])
    yield _finding(muscle, "emg_time_active", min(100.0, 100 * active_s / judged_s))


def _medians(
    muscle: Muscle, bursts: Sequence[Burst], criteria: ElectroCriteria
) -> Iterator[Finding]:
    rated = [one for one in bursts if one.rate_hz is not None]
    kinds = sorted({one.firing for one in rated})
    if not muscle.rate_is_enough:
        least = criteria["emg_spike_least_rate"]
        why = f"{muscle.rate_hz:g} samples per second are fewer than {least:g}"
        yield _not_judged(muscle, "emg_intraburst_rate", why)
    for kind in kinds:
        of_kind = [one for one in rated if one.firing == kind]
        rates = np.array([one.rate_hz for one in of_kind], dtype=np.float64)
        yield _median(muscle, "emg_intraburst_rate", rates, _SAID[kind])
        spikes = np.array([one.spikes for one in of_kind], dtype=np.float64)
        yield _median(muscle, "emg_burst_potentials", spikes, _SAID[kind])
        durations = np.array([1000 * one.duration_s for one in of_kind])
        yield _median(muscle, "emg_burst_duration", durations, _SAID[kind])
        onsets = np.diff([one.onset_s for one in of_kind])
        close = onsets[onsets <= _CLUSTER_GAP_S]
        if close.size:
            yield _median(muscle, "emg_burst_repetition", 1 / close, _SAID[kind])


_SAID = {
    "spasm": "bursts of a spasm: how often the waveform repeats itself",
    "slow": "bursts of single potentials",
    "voluntary": "contractions as at will: potentials of all units together",
}


def _median(muscle: Muscle, quantity: str, values: NDArray[np.float64], note: str) -> Finding:
    bounds = median_interval(values)
    return _finding(
        muscle,
        quantity,
        float(np.median(values)),
        n=int(values.size),
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        interval=_MEDIAN if bounds else "",
        note=note,
    )


def _about(muscle: Muscle | NotRead) -> Subject:
    return replace(_RECORDING, side=muscle.side, sites=(muscle.site,) if muscle.site else ())


def _finding(muscle: Muscle, quantity: str, value: float, **details: Unpack[Details]) -> Finding:
    name, note = f"channel {muscle.name}", details.get("note")
    details["note"] = f"{name}: {note}" if note else name
    return stated(_about(muscle), quantity, float(value), **details)


def _not_judged(muscle: Muscle | NotRead, quantity: str, why: str) -> Finding:
    return unjudged(_about(muscle), quantity, f"channel {muscle.name}: {why}")


def _not_read(one: NotRead) -> Finding:
    return _not_judged(one, "emg_burst_count", one.why)


def _union_s(spans: Sequence[tuple[float, float]]) -> float:
    total, reached = 0.0, -np.inf
    for start_s, stop_s in sorted(spans):
        total += max(0.0, stop_s - max(start_s, reached))
        reached = max(reached, stop_s)
    return total
