"""Made-up blink reflexes: R1, R2 and contralateral R2, habituation, and who joins in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hemifacial.anatomy import SIDES, Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.blink_reflex import (
    STIMULATED,
    SYNKINETIC,
    BlinkReflexPlan,
    blink_reflex_plan,
)
from hemifacial.twin.electro.plan import stimuli_of
from hemifacial.twin.electro.responses import draws_of
from hemifacial.twin.electro.study import noise_free_sweeps, sweeps


def test_a_healthy_face_answers_with_the_eyes_alone() -> None:
    truth = sweeps(blink_reflex_plan(2, affected=None)).truth
    for side in SIDES:
        r1 = truth.find("r1", STIMULATED, "orbicularis_oculi", stimulus_side=side)
        r2 = truth.find("r2", STIMULATED, "orbicularis_oculi", stimulus_side=side)
        other = truth.find("r2_contralateral", STIMULATED, "orbicularis_oculi", stimulus_side=side)
        assert r1.side is r2.side is side
        assert other.side is side.opposite
        assert r1.onset_ms is not None
        assert 7.0 < r1.onset_ms < 14.0
        for late in (r2, other):
            assert late.onset_ms is not None
            assert 18.0 < late.onset_ms < 40.0
            assert late.averaged == "rectified"
    lower = [one for one in truth.responses if one.muscle in SYNKINETIC]
    assert len(lower) == 6
    assert not any(one.present for one in lower)


def test_the_lower_face_of_the_affected_side_joins_in_somewhat_later() -> None:
    plan = blink_reflex_plan(2, affected=Side.LEFT)
    assert [site.label for site in plan.sites] == [
        "R orb. oculi",
        "L orb. oculi",
        "L orb. oris",
        "L mentalis",
    ]
    truth = sweeps(plan).truth
    eye = truth.find("r1", STIMULATED, "orbicularis_oculi", stimulus_side=Side.LEFT)
    mouth = truth.find("r1", STIMULATED, "orbicularis_oris")
    assert eye.onset_ms is not None
    assert mouth.onset_ms is not None
    assert 0.0 < mouth.onset_ms - eye.onset_ms < 1.5
    joining = [one for one in truth.responses if one.muscle in SYNKINETIC and one.present]
    assert {one.side for one in joining} == {Side.LEFT}
    # The eyes themselves answer as those of the healthy twin of the same seed.
    healthy = blink_reflex_plan(2, affected=None).responses
    assert plan.responses[: len(healthy)] == healthy


def test_synkinetic_responses_are_as_frequent_as_published() -> None:
    kinds = ("r1", "r2", "r2_contralateral")
    counts = dict.fromkeys(kinds, 0)
    for seed in range(300):
        for one in blink_reflex_plan(seed, affected=Side.RIGHT).responses:
            if one.muscle == "orbicularis_oris":
                counts[one.kind] += 1
    assert counts["r1"] == 300
    assert counts["r2"] / 300 == pytest.approx(0.90, abs=0.06)
    assert counts["r2_contralateral"] / 300 == pytest.approx(0.95, abs=0.05)


def test_r2_habituates_faster_at_short_intervals_and_r1_does_not() -> None:
    quick = BlinkReflexPlan(setup=replace(BlinkReflexPlan().setup, interval_s=2.0))
    factors = {}
    for name, base in (("quick", quick), ("slow", BlinkReflexPlan())):
        plan = blink_reflex_plan(3, affected=None, base=base)
        r1, r2, _ = plan.responses[:3]
        assert (r1.kind, r1.habituation, r2.kind) == ("r1", 1.0, "r2")
        plain = replace(r2, variation=0.0)
        gains = draws_of(plan, plain, stimuli_of(plan)).gains
        assert gains[1:] / gains[:-1] == pytest.approx(np.full(7, r2.habituation))
        factors[name] = r2.habituation
    assert 0.7 <= factors["quick"] <= 0.8 < factors["slow"] < 1.0


def test_every_r2_has_a_shape_of_its_own() -> None:
    plan = blink_reflex_plan(3, affected=None)
    made = noise_free_sweeps(plan)
    late = made.latency_ms > 25.0
    first, second = made.values_uv[0, 0, late], made.values_uv[1, 0, late]
    assert np.ptp(first) > 20.0
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.6


def test_a_side_that_a_face_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match="the affected side is both"):
        blink_reflex_plan(1, affected=Side.BOTH)
