"""Sweeps of the twin as a measurement takes them, and findings by their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.findings import Finding, Provenance, Result
from hemifacial.formats.recording_facts import Channel
from hemifacial.twin.electro import plan as twin_plan
from hemifacial.twin.electro.blink_reflex import BlinkReflexPlan

__all__ = ["evoked", "only", "result_of", "wide"]


def evoked(
    values_uv: Any,
    latency_ms: Any,
    sites: Iterable[twin_plan.Site],
    stimuli: Iterable[twin_plan.Stimulus],
) -> EvokedStudy:
    """An evoked study of what the twin made."""
    rate_hz = 1000 / float(latency_ms[1] - latency_ms[0])
    channels = tuple(
        Channel(
            name=one.label,
            unit="uV",
            rate_hz=rate_hz,
            microvolts_per_unit=1.0,
            site=one.muscle,
            side=one.side,
        )
        for one in sites
    )
    told = tuple(
        Stimulus(
            onset_s=one.onset_s,
            branch=one.branch,
            side=one.side,
            intensity_ma=one.intensity_ma,
            polarity=one.polarity,
        )
        for one in stimuli
    )
    return EvokedStudy(sweeps_uv=values_uv, latency_ms=latency_ms, channels=channels, stimuli=told)


def wide(sweeps: int = 8) -> BlinkReflexPlan:
    """A study with 80 ms before every stimulus."""
    base = BlinkReflexPlan(sweeps=sweeps)
    return replace(base, setup=replace(base.setup, from_ms=-80.0, to_ms=110.0))


def only(
    outcome: Outcome, quantity: str, muscle: str = "orbicularis_oculi", side: Side = Side.RIGHT
) -> Finding:
    """The one finding of this description."""
    (one,) = (
        finding
        for finding in outcome.findings
        if (finding.quantity, finding.side, finding.sites[1:]) == (quantity, side, (muscle,))
    )
    return one


def result_of(outcome: Outcome) -> Result:
    """A result of one study, as a report takes it."""
    provenance = Provenance(
        method="electro",
        method_version="1",
        program_version="0",
        input_name="made_up.edf",
        input_sha256="0" * 64,
        created_at="2026-11-22T00:00:00Z",
    )
    return Result(
        provenance=provenance,
        findings=outcome.findings,
        events=outcome.events,
        signals=outcome.signals,
    )
