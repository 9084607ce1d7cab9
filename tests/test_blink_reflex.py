"""The blink reflex read from made-up studies: what is there is found, what is not is bounded."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from benchmarks.studies import evoked, wide

from blink_studies import only, result_of
from hemifacial.anatomy import SIDES, Side, structure
from hemifacial.electro.blink_reflex.measure import measure
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.findings import Status
from hemifacial.report.electro.blink_reflex import figures
from hemifacial.twin.electro.blink_reflex import SYNKINETIC, blink_reflex_plan
from hemifacial.twin.electro.blink_sweeps import paired, with_conduction
from hemifacial.twin.electro.plan import PlannedResponse, Stimulus
from hemifacial.twin.electro.shapes import Shape
from hemifacial.twin.electro.study import noise_free_sweeps, sweeps
from hemifacial.twin.electro.truth import Truth

CRITERIA = ElectroCriteria.read()
SEED = 500_003


@cache
def patient() -> tuple[EvokedStudy, Truth, Outcome]:
    """A patient whose right lower face joins in."""
    plan = blink_reflex_plan(SEED, affected=Side.RIGHT, base=wide())
    made = sweeps(plan)
    study = evoked(made.values_uv, made.latency_ms, plan.sites, made.truth.stimuli)
    return study, made.truth, measure(study, CRITERIA)


@cache
def healthy() -> tuple[EvokedStudy, Outcome]:
    """A healthy person of the other family of shapes, the lower face seeing the eye."""
    plan = blink_reflex_plan(SEED, affected=None, family="gabor", base=wide())
    made = with_conduction(plan)
    stimuli = noise_free_sweeps(plan).truth.stimuli
    study = evoked(made.values_uv, made.latency_ms, plan.sites, stimuli)
    return study, measure(study, CRITERIA)


def test_the_eyes_answer_when_and_as_large_as_they_were_made() -> None:
    _, truth, outcome = patient()
    for side in SIDES:
        r1 = truth.find("r1", "supraorbital_nerve", "orbicularis_oculi", side=side)
        found = only(outcome, "blink_r1_latency", side=side)
        assert found.value == pytest.approx(r1.onset_ms, abs=0.3)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= (found.value or 0.0) <= found.high
        assert found.limit is not None
        assert found.limit.value == 13.0
        assert only(outcome, "blink_r1_amplitude", side=side).value == pytest.approx(
            r1.amplitude_uv, rel=0.1
        )
        assert only(outcome, "blink_r1_persistence", side=side).value == 100.0
        for kind, word in (("r2", "r2"), ("r2_contralateral", "r2c")):
            true = next(
                one
                for one in truth.responses
                if (one.kind, one.side, one.muscle) == (kind, side, "orbicularis_oculi")
            )
            average = only(outcome, f"blink_{word}_average_latency", side=side)
            assert average.value == pytest.approx(true.onset_ms, abs=3.0)
            assert only(outcome, f"blink_{word}_chance", side=side).value == pytest.approx(5e-4)
            assert only(outcome, f"blink_{word}_persistence", side=side).value == 100.0


def test_a_synkinesis_is_told_with_its_side_and_none_where_the_eye_is_only_seen() -> None:
    _, truth, outcome = patient()
    for muscle in SYNKINETIC:
        true = truth.find("r1", "supraorbital_nerve", muscle)
        found = only(outcome, "blink_r1_latency", muscle)
        assert found.value == pytest.approx(true.onset_ms, abs=1.0)
        assert found.limit is None
        assert "Synkinetic" in only(outcome, "blink_r1_probability", muscle).note
        for kind, word in (("r2", "r2"), ("r2_contralateral", "r2c")):
            is_there = truth.find(kind, "supraorbital_nerve", muscle).present  # type: ignore[arg-type]
            late = only(outcome, f"blink_{word}_amplitude", muscle)
            assert (late.value is not None) is is_there
    for muscle in SYNKINETIC:
        for word in ("r1", "r2", "r2c"):
            one = only(healthy()[1], f"blink_{word}_amplitude", muscle)
            assert one.status is Status.BELOW_DETECTION_LIMIT
            assert one.detection_limit is not None
            assert 3.0 < one.detection_limit < 40.0


def test_differences_are_those_of_the_latencies() -> None:
    outcome = patient()[2]

    def value(word: str, side: Side) -> float:
        return only(outcome, f"blink_{word}_latency", side=side).value or np.nan

    for word in ("r1", "r2"):
        apart = only(outcome, f"blink_{word}_side_difference", side=Side.BOTH)
        assert apart.value == pytest.approx(abs(value(word, Side.RIGHT) - value(word, Side.LEFT)))
    crossed = only(outcome, "blink_r2_r2c_difference", side=Side.RIGHT)
    # The stimulus of the right side: its R2 is on the right, its contralateral R2 on the left.
    assert crossed.value == pytest.approx(abs(value("r2", Side.RIGHT) - value("r2c", Side.LEFT)))
    assert crossed.limit is not None
    assert not crossed.limit.verified


def test_nothing_but_noise_gives_limits_and_no_response() -> None:
    plan = replace(blink_reflex_plan(SEED, affected=None, base=wide()), responses=())
    made = sweeps(plan)
    outcome = measure(
        evoked(made.values_uv, made.latency_ms, plan.sites, made.truth.stimuli), CRITERIA
    )
    amplitudes = [one for one in outcome.findings if one.quantity.endswith("_amplitude")]
    assert len(amplitudes) == 3 * 4  # R1, R2 and contralateral R2 of four muscles
    for one in amplitudes:
        assert one.status is Status.BELOW_DETECTION_LIMIT


def test_an_r2_as_large_as_the_limit_is_found() -> None:
    """The limit that a study states is kept by the next ones with such a response."""
    called = 0
    for seed in range(500_100, 500_103):
        plan = blink_reflex_plan(seed, affected=None, base=wide())
        late = [one for one in plan.responses if one.kind != "r1"]
        small = tuple(
            replace(one, amplitude_uv=15.0, habituation=1.0, variation=0.0) for one in late
        )
        plan = replace(plan, responses=small)
        made = sweeps(plan)
        study = evoked(made.values_uv, made.latency_ms, plan.sites, made.truth.stimuli)
        outcome = measure(study, CRITERIA)
        for side in SIDES:
            for word in ("r2", "r2c"):
                called += only(outcome, f"blink_{word}_amplitude", side=side).value is not None
    # Of 12; about 15 µV is what these studies state when nothing is there.
    assert called >= 10


def test_energy_that_is_not_locked_to_the_stimulus_is_no_r2() -> None:
    """Bursts of a spasm, as large as an R2, at any time of the sweep."""
    plan = replace(blink_reflex_plan(SEED, affected=None, base=wide(12)), responses=())
    made = sweeps(plan)
    rng = np.random.default_rng(1)
    values = made.values_uv.copy()
    samples = made.latency_ms.size
    for row in range(len(values)):
        start = int(rng.integers(0, samples - 800))
        values[row, 0, start : start + 800] += 100 * rng.standard_normal(800)
    outcome = measure(evoked(values, made.latency_ms, plan.sites, made.truth.stimuli), CRITERIA)
    one = only(outcome, "blink_r2_amplitude")
    assert one.status is Status.BELOW_DETECTION_LIMIT
    quiet = only(outcome, "blink_r2_amplitude", side=Side.LEFT)
    assert (one.detection_limit or 0) > (quiet.detection_limit or 0)


def test_activity_in_the_gap_is_told_and_a_still_gap_has_its_limit() -> None:
    study, _, outcome = patient()
    still = only(outcome, "blink_gap_activity")
    assert still.status is Status.BELOW_DETECTION_LIMIT
    assert still.detection_limit is not None
    rng = np.random.default_rng(2)
    filled = study.sweeps_uv.copy()
    gap = (study.latency_ms > 17) & (study.latency_ms < 24)
    rough = rng.standard_normal((len(filled), int(gap.sum())))
    smooth = np.array([np.convolve(row, np.ones(20) / np.sqrt(20), mode="same") for row in rough])
    filled[:, 0, gap] += 8 * still.detection_limit * smooth
    told = only(measure(replace(study, sweeps_uv=filled), CRITERIA), "blink_gap_activity")
    assert told.value is not None
    assert "between R1 and R2" in told.note


def test_recovery_of_pairs_is_that_which_was_planned() -> None:
    recovery = {0.21: 0.2, 0.3: 0.4, 0.5: 0.65}
    plan = blink_reflex_plan(SEED, affected=None, base=wide(6))
    made = paired(plan, recovery)
    outcome = measure(evoked(made.values_uv, made.latency_ms, plan.sites, made.stimuli), CRITERIA)
    for side in SIDES:
        found = {
            one.phase: one.value
            for one in outcome.findings
            if one.quantity == "blink_r2_recovery"
            and one.side is side
            and one.sites[1] == "orbicularis_oculi"
        }
        assert set(found) == {"0.21 s", "0.3 s", "0.5 s"}
        for interval_s, share in recovery.items():
            assert found[f"{interval_s:g} s"] == pytest.approx(100 * share, abs=20)
        index = only(outcome, "blink_r2_index", side=side)
        assert index.value == pytest.approx(100 * np.mean(list(recovery.values())), abs=12)
        # Second stimuli are no part of the reflex itself.
        assert only(outcome, "blink_r1_amplitude", side=side).n == 18


def test_stimuli_further_apart_are_no_pairs() -> None:
    assert not any(one.quantity.startswith("blink_r2_reco") for one in patient()[2].findings)


def test_fewer_than_four_sweeps_leave_r2_unjudged() -> None:
    study = patient()[0]
    few = study.where(lambda one: one in study.stimuli[:3])
    one = only(measure(few, CRITERIA), "blink_r2_amplitude")
    assert one.status is Status.NOT_JUDGED
    assert "fewer than 4 sweeps" in one.note
    assert only(measure(few, CRITERIA), "blink_r1_latency").value is not None


def test_a_flat_channel_is_not_judged_and_others_are() -> None:
    study = patient()[0]
    flat = study.sweeps_uv.copy()
    flat[:, 0] = 0.0
    outcome = measure(replace(study, sweeps_uv=flat), CRITERIA)
    for word in ("r2", "r2c"):
        one = only(outcome, f"blink_{word}_amplitude")
        assert one.status is Status.NOT_JUDGED
        assert "flat channel" in one.note
    assert only(outcome, "blink_r1_latency", side=Side.LEFT).value is not None


def test_sweeps_without_anything_before_the_stimulus_are_refused() -> None:
    study = patient()[0]
    late = study.latency_ms >= -2
    short = replace(study, sweeps_uv=study.sweeps_uv[..., late], latency_ms=study.latency_ms[late])
    with pytest.raises(InputError, match="begin 2 ms before the stimulus; at least 8 ms"):
        measure(short, CRITERIA)


def test_r1_is_held_against_the_direct_response_where_that_is_known() -> None:
    study, _, outcome = patient()
    assert not any(one.quantity == "blink_r1_direct_ratio" for one in outcome.findings)
    direct = PlannedResponse(
        kind="direct",
        branch="zygomatic_branch",
        stimulus_side=Side.RIGHT,
        muscle="orbicularis_oculi",
        side=Side.RIGHT,
        onset_ms=3.2,
        amplitude_uv=1500.0,
        shape=Shape(duration_ms=7.0, seed=5),
        threshold_ma=3.0,
        slope_ma=0.5,
    )
    first = study.stimuli[:8]
    branch = tuple(
        replace(one, branch="zygomatic_branch", onset_s=one.onset_s + 200) for one in first
    )
    plan = blink_reflex_plan(SEED, affected=Side.RIGHT, base=wide())
    alone = replace(plan, responses=(replace(direct, branch="supraorbital_nerve"),))
    values = np.concatenate([study.sweeps_uv, sweeps(alone).values_uv[:8]])
    both = replace(study, sweeps_uv=values, stimuli=(*study.stimuli, *branch))
    found = measure(both, CRITERIA)
    ratio = only(found, "blink_r1_direct_ratio")
    r1_ms = only(found, "blink_r1_latency").value
    assert r1_ms is not None
    assert ratio.value == pytest.approx(r1_ms / 3.2, rel=0.05)
    assert ratio.limit is not None


def test_a_study_of_another_nerve_says_nothing() -> None:
    study = patient()[0]
    other = replace(
        study, stimuli=tuple(replace(one, branch="buccal_branch") for one in study.stimuli)
    )
    assert measure(other, CRITERIA) == Outcome()


def test_figures_show_each_side_with_its_marks_and_scales() -> None:
    drawn = figures(result_of(patient()[2]))
    assert [one.name for one in drawn] == ["blink_reflex_right", "blink_reflex_left"]
    assert "style=" not in drawn[0].svg
    for words in ("orbicularis oculi, right", "mentalis, right", "µV/div", "10 ms/div", "R1 "):
        assert words in drawn[0].svg
    assert "R2c " in drawn[0].svg
    assert "negative up" in drawn[0].said
    assert "20 to 3000 Hz" in drawn[0].said
    assert figures(result_of(Outcome())) == ()


def test_the_nerve_and_nasalis_are_words_of_the_anatomy() -> None:
    assert structure("supraorbital_nerve").kind == "branch"
    assert structure("nasalis").kind == "muscle"


def test_stimulus_of_the_twin_names_the_nerve() -> None:
    stimulus: Stimulus = patient()[1].stimuli[0]
    assert stimulus.branch == "supraorbital_nerve"
