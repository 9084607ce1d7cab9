"""A made-up study of the lateral spread: what is stimulated and recorded, and what is there.

::

    plan = lateral_spread_plan(seed=1)               # a patient, drawn from parameters.tsv
    control = lateral_spread_plan(seed=1, spread=False)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.muscles import recorded_muscle
from hemifacial.twin.electro.parameters import drawn, drawn_on_log_scale
from hemifacial.twin.electro.plan import Afterdischarge, Kind, PlannedResponse, Site
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.shapes import Family, Shape

__all__ = [
    "BRANCHES",
    "MUSCLES",
    "LateralSpreadPlan",
    "lateral_spread_plan",
    "only_conducted",
    "with_spread_share",
    "without_spread",
]

BRANCHES = ("zygomatic_branch", "marginal_mandibular_branch")
"""The branches that are stimulated as a rule, one for the upper face and one for the lower."""

MUSCLES = ("frontalis", "orbicularis_oculi", "orbicularis_oris", "mentalis")
"""The muscles that are recorded as a rule."""

_SUPRAMAXIMAL_MA = 20.0
_VESSEL_MA = 2.0


@dataclass(frozen=True, kw_only=True)
class LateralSpreadPlan:
    """A study of the lateral spread on one side.

    Parameters
    ----------
    side
        Stimulated and recorded.
    intensities_ma
        Every branch is stimulated with each of them in this order, `sweeps` times.
    vessels, vessel_ma
        Whose walls are stimulated after the branches, `sweeps` times with this current.
    control_muscles
        Recorded on the other side, where nothing is evoked unless `responses` says so.
    responses
        All that is there; what is not in it is absent.
    """

    side: Side = Side.RIGHT
    branches: tuple[str, ...] = BRANCHES
    muscles: tuple[str, ...] = MUSCLES
    control_muscles: tuple[str, ...] = ()
    sweeps: int = 10
    intensities_ma: tuple[float, ...] = (_SUPRAMAXIMAL_MA,)
    vessels: tuple[str, ...] = ()
    vessel_ma: float = _VESSEL_MA
    responses: tuple[PlannedResponse, ...] = ()
    setup: Setup = field(default_factory=Setup)
    seed: int = 0

    @property
    def sites(self) -> tuple[Site, ...]:
        """The channels in their order."""
        own = [Site(muscle=muscle, side=self.side) for muscle in self.muscles]
        other = self.side.opposite
        return (*own, *(Site(muscle=muscle, side=other) for muscle in self.control_muscles))

    @property
    def train(self) -> tuple[tuple[str, Side, float], ...]:
        """Branch, side and mA of every stimulus, in order."""
        given = [(branch, ma) for branch in self.branches for ma in self.intensities_ma]
        given += [(vessel, self.vessel_ma) for vessel in self.vessels]
        return tuple((where, self.side, ma) for where, ma in given for _ in range(self.sweeps))

    @property
    def expected(self) -> tuple[tuple[Kind, str, Side, Site], ...]:
        """A spread for every branch, vessel and muscle; a direct M wave where a branch supplies."""
        pairs = [(branch, site) for branch in self.branches for site in self.sites]
        found: list[tuple[Kind, str, Side, Site]] = [
            ("direct", branch, self.side, site)
            for branch, site in pairs
            if site.side is self.side and branch in recorded_muscle(site.muscle).branches
        ]
        found += [("spread", branch, self.side, site) for branch, site in pairs]
        found += [
            ("spread", vessel, self.side, site) for vessel in self.vessels for site in self.sites
        ]
        return tuple(found)


def lateral_spread_plan(
    seed: int,
    *,
    spread: bool = True,
    polyphasic: bool | None = None,
    afterdischarge: bool | None = None,
    family: Family = "motor_units",
    base: LateralSpreadPlan | None = None,
) -> LateralSpreadPlan:
    """A study of a patient who is drawn from ``parameters.tsv``, the same for the same seed.

    Parameters
    ----------
    spread
        Whether there is a lateral spread, and a response to stimuli on a vessel; the direct M
        waves and their volume-conducted copies are those of the same seed either way.
    polyphasic, afterdischarge
        Of the spread. Drawn where not given: each in half of the patients.
    family
        Of the templates; see `hemifacial.twin.electro.shapes`.
    base
        Side, branches, muscles, sweeps, intensities and setup; its responses and its
        `electrode_seed` are replaced.

    Raises
    ------
    UsageError
        If `base` stimulates a branch that supplies none of its muscles.
    """
    base = base or LateralSpreadPlan()
    rng = np.random.default_rng([seed, 100])
    responses: list[PlannedResponse] = []
    for branch in base.branches:
        direct = [_direct(rng, base, branch, muscle, family) for muscle in base.muscles]
        here = [one for one in direct if branch in recorded_muscle(one.muscle).branches]
        if not here:
            raise UsageError(
                f"plan: {branch} supplies none of {', '.join(base.muscles)}",
                next_step="Record a muscle that it supplies, as the control of the stimulus.",
            )
        source = max(here, key=lambda one: one.amplitude_uv)
        far = [one.muscle for one in direct if one not in here]
        responses += here
        responses += [_conducted(rng, source, muscle) for muscle in far]
        if spread:
            own = np.random.default_rng([seed, 101, base.branches.index(branch)])
            poly = bool(own.integers(2)) if polyphasic is None else polyphasic
            after = bool(own.integers(2)) if afterdischarge is None else afterdischarge
            for muscle in far:
                responses.append(_spread(own, source, muscle, poly, after))
    if spread:
        for vessel in base.vessels:
            own = np.random.default_rng([seed, 102, base.vessels.index(vessel)])
            responses += [_of_vessel(own, base, vessel, muscle, family) for muscle in base.muscles]
    setup = replace(base.setup, electrode_seed=seed)
    return replace(base, responses=tuple(responses), setup=setup, seed=seed)


def with_spread_share(plan: LateralSpreadPlan, share: float) -> LateralSpreadPlan:
    """The same study with this share of the amplitude of every lateral spread; 0 takes it out."""
    if not share > 0:
        return without_spread(plan)
    return _keeping(
        plan,
        (
            replace(one, amplitude_uv=one.amplitude_uv * share) if one.kind == "spread" else one
            for one in plan.responses
        ),
    )


def without_spread(plan: LateralSpreadPlan) -> LateralSpreadPlan:
    """The same study of a patient without a lateral spread."""
    return _keeping(plan, (one for one in plan.responses if one.kind != "spread"))


def only_conducted(plan: LateralSpreadPlan) -> LateralSpreadPlan:
    """The same study with nothing in far muscles but the volume-conducted M wave."""
    return _keeping(plan, (one for one in plan.responses if one.kind == "conducted"))


def _keeping(plan: LateralSpreadPlan, responses: Iterable[PlannedResponse]) -> LateralSpreadPlan:
    return replace(plan, responses=tuple(responses))


def _seed_of(rng: np.random.Generator) -> int:
    return int(rng.integers(2**32))


def _direct(
    rng: np.random.Generator,
    plan: LateralSpreadPlan,
    branch: str,
    muscle: str,
    family: Family,
) -> PlannedResponse:
    threshold_ma = drawn("direct_threshold", rng)
    return PlannedResponse(
        kind="direct",
        branch=branch,
        stimulus_side=plan.side,
        muscle=muscle,
        side=plan.side,
        onset_ms=drawn("direct_onset", rng),
        amplitude_uv=drawn_on_log_scale("direct_amplitude", rng),
        shape=Shape(family=family, duration_ms=drawn("direct_duration", rng), seed=_seed_of(rng)),
        threshold_ma=threshold_ma,
        slope_ma=threshold_ma * drawn("recruitment_slope_share", rng),
        jitter_ms=drawn("direct_jitter", rng),
        variation=drawn("direct_variation", rng),
    )


def _conducted(rng: np.random.Generator, source: PlannedResponse, muscle: str) -> PlannedResponse:
    """The M wave of another muscle: at the same time, since tissue conducts without delay."""
    return replace(
        source,
        kind="conducted",
        muscle=muscle,
        amplitude_uv=source.amplitude_uv * drawn_on_log_scale("conducted_share", rng),
        shape=replace(
            source.shape,
            duration_ms=source.shape.duration_ms * drawn("conducted_widening", rng),
        ),
    )


def _spread(
    rng: np.random.Generator,
    source: PlannedResponse,
    muscle: str,
    polyphasic: bool,
    afterdischarge: bool,
) -> PlannedResponse:
    phases = math.floor(rng.uniform(3, 7)) if polyphasic else 2
    duration_ms = drawn("spread_duration", rng)
    duration_ms += (phases - 2) * drawn("spread_duration_per_phase", rng)
    threshold_ma = source.threshold_ma * drawn("spread_threshold_ratio", rng)
    train = Afterdischarge(
        probability=drawn("afterdischarge_probability", rng),
        duration_ms=drawn("afterdischarge_duration", rng),
        rate_hz=drawn("afterdischarge_rate", rng),
        share=drawn("afterdischarge_share", rng),
    )
    return PlannedResponse(
        kind="spread",
        branch=source.branch,
        stimulus_side=source.stimulus_side,
        muscle=muscle,
        side=source.side,
        onset_ms=drawn(recorded_muscle(muscle).spread_onset, rng),
        amplitude_uv=drawn_on_log_scale("spread_amplitude", rng),
        shape=Shape(
            family=source.shape.family,
            duration_ms=duration_ms,
            phases=phases,
            seed=_seed_of(rng),
        ),
        threshold_ma=threshold_ma,
        slope_ma=threshold_ma * drawn("recruitment_slope_share", rng),
        jitter_ms=drawn("spread_jitter", rng),
        variation=drawn("spread_variation", rng),
        dropout=drawn("spread_dropout", rng),
        afterdischarge=train if afterdischarge else None,
    )


def _of_vessel(
    rng: np.random.Generator, plan: LateralSpreadPlan, vessel: str, muscle: str, family: Family
) -> PlannedResponse:
    """The answer of a muscle to a stimulus on the wall of a vessel (Z-L response)."""
    threshold_ma = drawn("z_l_threshold", rng)
    return PlannedResponse(
        kind="spread",
        branch=vessel,
        stimulus_side=plan.side,
        muscle=muscle,
        side=plan.side,
        onset_ms=drawn("z_l_onset", rng),
        amplitude_uv=drawn_on_log_scale("spread_amplitude", rng),
        shape=Shape(family=family, duration_ms=drawn("spread_duration", rng), seed=_seed_of(rng)),
        threshold_ma=threshold_ma,
        slope_ma=threshold_ma * drawn("recruitment_slope_share", rng),
        jitter_ms=drawn("spread_jitter", rng),
        variation=drawn("spread_variation", rng),
        dropout=drawn("spread_dropout", rng),
    )
