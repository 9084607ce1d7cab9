"""A made-up study of the blink reflex: R1, R2 and contralateral R2, and where they spread.

::

    plan = blink_reflex_plan(seed=1, affected=Side.RIGHT)      # a patient with synkinesis
    healthy = blink_reflex_plan(seed=1, affected=None)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.parameters import drawn, drawn_on_log_scale
from hemifacial.twin.electro.plan import Kind, PlannedResponse, Site
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.shapes import Family, Shape

__all__ = ["STIMULATED", "SYNKINETIC", "BlinkReflexPlan", "blink_reflex_plan"]

STIMULATED = "supraorbital_nerve"
"""The nerve that is stimulated: a branch of the ophthalmic nerve."""

SYNKINETIC = ("orbicularis_oris", "mentalis")
"""The muscles in which a healthy person has no blink reflex."""

_HABITUATES_BELOW_S = 5.0


def _usual_setup() -> Setup:
    return Setup(to_ms=100.0, interval_s=7.0, interval_variation=0.25)


@dataclass(frozen=True, kw_only=True)
class BlinkReflexPlan:
    """A study of the blink reflex: `sweeps` stimuli of each side, first right, then left.

    Orbicularis oculi is recorded on both sides, `SYNKINETIC` on the `recorded_side`.
    """

    recorded_side: Side = Side.RIGHT
    sweeps: int = 8
    intensity_ma: float = 15.0
    responses: tuple[PlannedResponse, ...] = ()
    setup: Setup = field(default_factory=_usual_setup)
    seed: int = 0

    @property
    def sites(self) -> tuple[Site, ...]:
        """The channels in their order."""
        eyes = [Site(muscle="orbicularis_oculi", side=side) for side in SIDES]
        return (*eyes, *(Site(muscle=muscle, side=self.recorded_side) for muscle in SYNKINETIC))

    @property
    def train(self) -> tuple[tuple[str, Side, float], ...]:
        """Nerve, side and mA of every stimulus, in order."""
        return tuple(
            (STIMULATED, side, self.intensity_ma) for side in SIDES for _ in range(self.sweeps)
        )

    @property
    def expected(self) -> tuple[tuple[Kind, str, Side, Site], ...]:
        """R1 and R2 in the muscles of the stimulated side, contralateral R2 in the others."""
        found: list[tuple[Kind, str, Side, Site]] = []
        for stimulated in SIDES:
            for site in self.sites:
                if site.side is stimulated:
                    found.append(("r1", STIMULATED, stimulated, site))
                    found.append(("r2", STIMULATED, stimulated, site))
                else:
                    found.append(("r2_contralateral", STIMULATED, stimulated, site))
        return tuple(found)


def blink_reflex_plan(
    seed: int,
    *,
    affected: Side | None,
    family: Family = "motor_units",
    base: BlinkReflexPlan | None = None,
) -> BlinkReflexPlan:
    """A study of a person who is drawn from ``parameters.tsv``, the same for the same seed.

    Parameters
    ----------
    affected
        The side whose lower face joins in, which is then the one that is recorded; None for a
        healthy person.

    Raises
    ------
    UsageError
        If `affected` is not a side that a face has.
    """
    if affected not in (None, *SIDES):
        raise UsageError(
            f"plan: the affected side is {affected}", next_step="Give right, left or none."
        )
    base = base or BlinkReflexPlan()
    base = replace(base, recorded_side=affected or base.recorded_side)
    rng = np.random.default_rng([seed, 400])
    responses = _reflex(rng, base, family)
    if affected is not None:
        own = np.random.default_rng([seed, 401])
        reflex = tuple(responses)
        for muscle in SYNKINETIC:
            responses += _joining(own, reflex, muscle, affected)
    setup = replace(base.setup, electrode_seed=seed)
    return replace(base, responses=tuple(responses), setup=setup, seed=seed)


def _reflex(
    rng: np.random.Generator, base: BlinkReflexPlan, family: Family
) -> list[PlannedResponse]:
    """The responses of both eyes to stimuli of both sides."""
    r1_ms, r2_ms = drawn("r1_onset", rng), drawn("r2_onset", rng)
    threshold_ma = drawn("reflex_threshold", rng)
    often = base.setup.interval_s < _HABITUATES_BELOW_S
    habituation = drawn("r2_habituation" if often else "r2_habituation_slow", rng)
    found = []
    for side in SIDES:
        early = PlannedResponse(
            kind="r1",
            branch=STIMULATED,
            stimulus_side=side,
            muscle="orbicularis_oculi",
            side=side,
            onset_ms=r1_ms + rng.normal(0.0, 0.2),
            amplitude_uv=drawn_on_log_scale("r1_amplitude", rng),
            shape=Shape(
                family=family, duration_ms=drawn("r1_duration", rng), seed=int(rng.integers(2**32))
            ),
            threshold_ma=threshold_ma,
            slope_ma=threshold_ma * drawn("recruitment_slope_share", rng),
            jitter_ms=0.3,
            variation=0.2,
        )
        late = replace(
            early,
            kind="r2",
            onset_ms=r2_ms + rng.normal(0.0, 0.7),
            amplitude_uv=drawn_on_log_scale("r2_amplitude", rng),
            shape=Shape(
                family=family,
                duration_ms=drawn("r2_duration", rng),
                phases=0,
                seed=int(rng.integers(2**32)),
            ),
            jitter_ms=1.0,
            variation=0.25,
            habituation=habituation,
            fresh=True,
        )
        other = replace(
            late,
            kind="r2_contralateral",
            side=side.opposite,
            onset_ms=late.onset_ms + drawn("r2_contralateral_delay", rng),
            amplitude_uv=late.amplitude_uv * rng.uniform(0.7, 1.0),
            shape=replace(late.shape, seed=int(rng.integers(2**32))),
        )
        found += [early, late, other]
    return found


def _joining(
    rng: np.random.Generator, reflex: tuple[PlannedResponse, ...], muscle: str, affected: Side
) -> list[PlannedResponse]:
    """What a muscle of the lower face does of the reflex of the eye on its side."""
    words = {
        "r1": "synkinetic_r1_probability",
        "r2": "synkinetic_r2_probability",
        "r2_contralateral": "synkinetic_r2_contralateral_probability",
    }
    found = []
    for one in reflex:
        if one.side is not affected:
            continue
        there = rng.uniform() < drawn(words[one.kind], rng)
        copy = replace(
            one,
            muscle=muscle,
            onset_ms=one.onset_ms + drawn("synkinetic_r1_delay", rng),
            amplitude_uv=one.amplitude_uv * drawn("synkinetic_share", rng),
            shape=replace(one.shape, seed=int(rng.integers(2**32))),
        )
        if there:
            found.append(copy)
    return found
