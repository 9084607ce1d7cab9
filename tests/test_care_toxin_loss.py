"""Whether toxin has stopped working: the rule, chance, and a return to the usual level."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from benchmarks.toxin_effects import cycles_with, lost, lucky_first, stable
from benchmarks.toxin_losses import loss_rates
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.care.toxin.wearing_off.criteria import read_wearing_off_criteria
from hemifacial.care.toxin.wearing_off.lasting import probability_of_loss
from hemifacial.care.toxin.wearing_off.loss import Answer, judge_loss

CRITERIA = read_wearing_off_criteria()


@pytest.mark.parametrize(
    ("effects", "answer", "rule_met"),
    [
        ([80, 70, 90], Answer.NO, False),
        ([80, 70], Answer.CANNOT_TELL, False),
        ([80, 70, 0], Answer.NO, False),
        ([80, 70, 80, 0, 10], Answer.CANNOT_TELL, True),
        ([80, 70, 80, 80, 70, 0, 0, 0, 0, 0], Answer.YES, True),
        ([80, 0, 70, 0, 80, 0, 70, 0, 80, 70], Answer.NO, False),
    ],
)
def test_courses_and_their_answers(effects: list[float], answer: Answer, rule_met: bool) -> None:
    verdict = judge_loss(cycles_with(effects))
    assert (verdict.answer, verdict.rule_met) == (answer, rule_met)
    assert (verdict.probability is not None) is rule_met
    assert verdict.source


def test_a_cycle_at_the_limit_has_not_failed() -> None:
    for effect, failed in ((24.0, 0), (23.9, 2)):
        verdict = judge_loss(cycles_with([80, 80, 80, effect, effect]))
        assert verdict.failed_cycles == failed


def test_no_loss_is_told_from_a_dose_that_was_too_small_or_of_another_product() -> None:
    effects = [80.0, 80.0, 80.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    units = [25.0] * 3
    assert judge_loss(cycles_with(effects, units + [22.5] * 5)).answer is Answer.YES
    small = judge_loss(cycles_with(effects, units + [22.4] * 5))
    assert small.answer is Answer.CANNOT_TELL
    assert "the dose of" in small.text
    switched = [
        one
        if one.number < 3
        else type(one)(**{**vars(one), "dose": type(one.dose)(product="dysport", units=75.0)})
        for one in cycles_with(effects)
    ]
    verdict = judge_loss(switched)
    assert verdict.answer is Answer.CANNOT_TELL
    assert "no earlier cycle of dysport" in verdict.text


@given(st.lists(st.floats(0, 100), min_size=0, max_size=12))
def test_it_never_speaks_of_antibodies_and_never_says_yes_without_the_rule(
    effects: list[float],
) -> None:
    verdict = judge_loss(cycles_with(effects))
    words = f"{verdict.text} {verdict.next_step}".lower()
    assert "antibod" not in words
    assert "immun" not in words
    assert verdict.rule_met or verdict.answer is not Answer.YES
    if verdict.probability is not None:
        assert 0 <= verdict.probability.value <= 1


def test_every_further_failed_cycle_makes_a_loss_likelier_and_a_good_one_ends_it() -> None:
    good = [80.0, 70.0, 90.0, 80.0]
    chances = [probability_of_loss([*good, *[5.0] * n], CRITERIA) for n in range(1, 6)]
    assert chances == sorted(chances)
    assert chances[-1] > 0.95
    assert probability_of_loss([*good, 5.0, 5.0, 5.0, 80.0], CRITERIA) < 0.01


def test_a_patient_who_often_fails_needs_more_of_it() -> None:
    steady = probability_of_loss([80, 70, 80, 80, 70, 80, 0, 0], CRITERIA)
    often = probability_of_loss([80, 0, 80, 0, 70, 80, 0, 0], CRITERIA)
    assert often < steady / 2


def test_the_probability_is_that_of_a_model_that_is_drawn_from() -> None:
    """Courses drawn from the stated priors: what is given a chance of 0.x comes true so often."""
    rng = np.random.default_rng(570_000)
    number = {name: limit.value for name, limit in CRITERIA.items()}
    chances, truths = [], []
    for _ in range(700):
        level = float(np.clip(rng.normal(77.2, number["patient_improvement_sd"]), 20, 103))
        spread = number["cycle_improvement_sd"] * np.exp(rng.normal(0, 0.5))
        weight, share = number["failure_weight"], number["failure_share"]
        fails = rng.beta(share * weight, (1 - share) * weight)
        is_lost = rng.random() < number["lost_share"]
        since = int(rng.integers(1, 6)) if is_lost else 6
        effects = []
        for at in range(6):
            if at >= since or rng.random() < fails:
                part = rng.choice(np.linspace(0, number["remaining_share"], 4))
                effects.append(float(rng.normal(part * level, 10)))
            else:
                effects.append(float(level + spread * rng.standard_t(4)))
        chances.append(probability_of_loss(effects, CRITERIA))
        truths.append(is_lost)
    chance, truth = np.array(chances), np.array(truths)
    for low, high in ((0.0, 0.3), (0.3, 0.97), (0.97, 1.01)):
        inside = (chance >= low) & (chance < high)
        expected, sd = chance[inside].sum(), np.sqrt((chance * (1 - chance))[inside].sum())
        assert abs(truth[inside].sum() - expected) < 4 * sd + 1.5


def test_luck_at_first_is_not_called_a_loss_and_a_real_one_is_found() -> None:
    lucky = loss_rates("lucky", partial(lucky_first, cycles=6), 250, 571_000)
    assert lucky["yes"][0] <= 0.04
    steady = loss_rates("stable", partial(stable, cycles=8), 300, 572_000)
    assert steady["yes"][0] <= 0.01
    real = loss_rates("lost", partial(lost, cycles=10, after=6), 30, 573_000)
    assert real["yes"][0] >= 0.8
