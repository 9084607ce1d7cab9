"""Studies of made-up patients, as the measuring wing gets them."""

from __future__ import annotations

from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.formats.recording_facts import Channel
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan
from hemifacial.twin.electro.plan import stimuli_of
from hemifacial.twin.electro.study import sweeps
from hemifacial.twin.electro.truth import Truth

__all__ = ["study_of"]


def study_of(plan: LateralSpreadPlan) -> tuple[EvokedStudy, Truth]:
    """The sweeps of a plan and what is true of them."""
    values_uv, latency_ms, truth = sweeps(plan)
    stimuli = tuple(
        Stimulus(
            onset_s=one.onset_s,
            branch=one.branch,
            side=one.side,
            intensity_ma=one.intensity_ma,
            polarity=one.polarity,
        )
        for one in stimuli_of(plan)
    )
    channels = tuple(
        Channel(
            name=site.label,
            unit="µV",
            rate_hz=plan.setup.rate_hz,
            microvolts_per_unit=1.0,
            site=site.muscle,
            side=site.side,
        )
        for site in plan.sites
    )
    study = EvokedStudy(
        sweeps_uv=values_uv, latency_ms=latency_ms, stimuli=stimuli, channels=channels
    )
    return study, truth
