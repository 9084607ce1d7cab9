"""Runs of the lateral spread: split, locked to a baseline, answered: present, gone or neither."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from benchmarks.gone import judged, patient, runs_of_plan
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import toeplitz

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.amplitude import amount_of
from hemifacial.electro.series.answers import Answer, State, answer_of
from hemifacial.electro.series.baseline import Baseline, baselines_of
from hemifacial.electro.series.runs import (
    StageMark,
    runs_of,
    stage_labels,
    stage_of,
    stages_of,
)
from hemifacial.electro.series.traces import Trace, ready
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Mark, Recording
from hemifacial.twin.electro.lateral_spread import (
    LateralSpreadPlan,
    with_spread_share,
    without_spread,
)
from hemifacial.twin.electro.plan import PlannedResponse
from hemifacial.twin.electro.setup import Artefact

CRITERIA = ElectroCriteria.read()
FIRST = 510_000


@cache
def known(seed: int = FIRST, snr_db: float = 34.0) -> tuple[LateralSpreadPlan, Baseline]:
    """A patient and the baseline of the one far muscle."""
    plan = patient(seed, "motor_units" if seed % 4 < 2 else "gabor", snr_db)
    (baseline,), _ = baselines_of(runs_of_plan(plan, CRITERIA, stage="baseline"), CRITERIA)
    return plan, baseline


def answer(plan: LateralSpreadPlan, baseline: Baseline) -> Answer:
    """What is said of a later run that holds this."""
    (run,) = runs_of_plan(plan, CRITERIA, at_s=900.0)
    prepared = ready(run, CRITERIA)
    (trace,) = prepared.traces
    return answer_of(trace, prepared, baseline, CRITERIA)


def scaled(
    plan: LateralSpreadPlan,
    share: float,
    kinds: tuple[str, ...] = ("direct", "conducted", "spread"),
) -> LateralSpreadPlan:
    """The plan with responses of some kinds made larger or smaller."""

    def smaller(one: PlannedResponse) -> PlannedResponse:
        factor = share if one.kind in kinds else 1.0
        return replace(one, amplitude_uv=one.amplitude_uv * factor)

    return replace(
        plan, responses=tuple(smaller(one) for one in plan.responses), seed=plan.seed + 7
    )


# -- runs and stages ------------------------------------------------------------------------------


def study_of(stimuli: list[Stimulus]) -> EvokedStudy:
    """One silent channel; each sweep holds its number."""
    latency_ms = np.arange(-5.0, 30.0, 0.1)
    values = np.zeros((len(stimuli), 1, latency_ms.size))
    values += np.arange(len(stimuli))[:, None, None]
    return EvokedStudy(sweeps_uv=values, latency_ms=latency_ms, stimuli=tuple(stimuli), channels=())


def stimulus(onset_s: float, branch: str = "zygomatic_branch") -> Stimulus:
    return Stimulus(onset_s=onset_s, branch=branch, side=Side.RIGHT, intensity_ma=20.0, polarity=1)


@given(
    st.lists(
        st.tuples(st.floats(0.2, 40.0), st.sampled_from(["zygomatic_branch", "buccal_branch"])),
        min_size=1,
        max_size=30,
    ),
    st.lists(st.floats(0.0, 600.0), max_size=4),
)
def test_every_stimulus_is_in_one_run(steps: list[tuple[float, str]], stages: list[float]) -> None:
    times_s = np.cumsum([step for step, _ in steps])
    stimuli = [stimulus(float(at), branch) for at, (_, branch) in zip(times_s, steps, strict=True)]
    words = list(stage_labels())
    marks = [
        StageMark(onset_s=at, stage=word) for at, word in zip(sorted(stages), words, strict=False)
    ]
    runs = runs_of(study_of(stimuli), marks, CRITERIA)
    values = [value for run in runs for value in run.study.sweeps_uv[:, 0, 0].tolist()]
    assert sorted(values) == list(range(len(stimuli)))
    assert [run.start_s for run in runs] == sorted(run.start_s for run in runs)
    for run in runs:
        onsets = [one.onset_s for one in run.study.stimuli]
        assert {one.branch for one in run.study.stimuli} == {run.branch}
        assert (np.diff(onsets) <= CRITERIA["series_run_pause"]).all()
        assert not [mark for mark in marks if onsets[0] < mark.onset_s <= onsets[-1]]
        told = [mark.stage for mark in marks if mark.onset_s <= onsets[0]]
        assert run.stage == (told[-1] if told else "")


def test_a_pause_or_a_stage_ends_a_run() -> None:
    stimuli = [stimulus(at) for at in (0, 1, 2, 20, 21, 22)]
    assert [len(run.study.stimuli) for run in runs_of(study_of(stimuli), [], CRITERIA)] == [3, 3]
    marks = [StageMark(onset_s=20.5, stage="dura_open")]
    runs = runs_of(study_of(stimuli), marks, CRITERIA)
    assert [(len(run.study.stimuli), run.stage) for run in runs] == [
        (3, ""),
        (1, ""),
        (2, "dura_open"),
    ]


def recording(*marks: Mark) -> Recording:
    return Recording(
        path=Path("operation.edf"),
        channels=(),
        marks=marks,
        stretches=(),
        samples=lambda channel, stretch, first, stop: np.zeros(stop - first),
    )


def test_stages_are_read_from_marks() -> None:
    one = recording(
        Mark(onset_s=90.0, text="stage vessel off AICA"),
        Mark(onset_s=0.0, text="stage baseline"),
        Mark(onset_s=5.0, text="stimulus branch=zygomatic_branch side=right"),
        Mark(onset_s=30.0, text="Stage dura_open, much fluid"),
    )
    assert [(mark.onset_s, mark.stage) for mark in stages_of(one)] == [
        (0.0, "baseline"),
        (30.0, "dura_open"),
        (90.0, "vessel_off"),
    ]
    assert stage_of("decompression") == "vessel_off"


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        stages_of(recording(Mark(onset_s=12.0, text="stage lunch")))
    assert '"stage lunch" at 12 s' in caught.value.problem
    assert "vessel off" in caught.value.problem
    assert caught.value.next_step


# -- how much of the wave there is ----------------------------------------------------------------


def made_trace(mean_uv: np.ndarray, shapes: np.ndarray, row: np.ndarray) -> Trace:
    latency_ms = 2 + 0.2 * np.arange(mean_uv.size)
    return Trace(
        muscle="mentalis",
        side=Side.RIGHT,
        latency_ms=latency_ms,
        mean_uv=mean_uv,
        sweeps_uv=mean_uv[None],
        covariance_uv2=toeplitz(row),
        sweep_factor=1.0,
        freedom=1e6,
        shapes=(shapes,),
        early_uv=0.0,
    )


def test_the_share_is_that_of_least_squares_written_out() -> None:
    """A second implementation: every shift by explicit inverses, weighted by its evidence."""
    rng = np.random.default_rng(5)
    latency_ms = 2 + 0.2 * np.arange(140)
    wave_ms = np.arange(6.0, 25.0, 0.05)
    wave_uv = 20 * np.sin((wave_ms - 9) * 1.4) * np.exp(-0.5 * ((wave_ms - 11) / 1.5) ** 2)
    row = 4 * 0.8 ** np.arange(140)
    shapes = np.stack([np.exp(-latency_ms / 3) * 50, np.full(140, 3.0)], axis=1)
    mean_uv = 0.4 * np.interp(latency_ms - 0.1, wave_ms, wave_uv) + shapes @ [0.7, -0.4]
    mean_uv += np.linalg.cholesky(toeplitz(row)) @ rng.standard_normal(140)
    found = amount_of(made_trace(mean_uv, shapes, row), wave_ms, wave_uv)

    inverse = np.linalg.inv(toeplitz(row) + shapes @ shapes.T)
    weights, shares, variances = [], [], []
    for shift in np.arange(-4, 5) / 10:
        wave = np.interp(latency_ms - shift, wave_ms, wave_uv, left=0, right=0)
        power = wave @ inverse @ wave
        share = wave @ inverse @ mean_uv / power
        rest = mean_uv - share * wave
        weights.append(
            np.exp(-0.5 * rest @ inverse @ rest - 0.5 * (shift / 0.15) ** 2) / np.sqrt(power)
        )
        shares.append(share)
        variances.append(1 / power)
    weight = np.array(weights) / np.sum(weights)
    mean = weight @ shares
    assert found.share == pytest.approx(mean, rel=1e-6)
    assert found.error == pytest.approx(
        np.sqrt(weight @ (np.array(variances) + (np.array(shares) - mean) ** 2)), rel=1e-6
    )


def test_errors_are_as_large_as_stated_and_other_waves_as_rare() -> None:
    rng = np.random.default_rng(6)
    wave_ms = np.arange(6.0, 25.0, 0.05)
    wave_uv = 20 * np.sin((wave_ms - 9) * 1.4) * np.exp(-0.5 * ((wave_ms - 11) / 1.5) ** 2)
    row = 4 * 0.8 ** np.arange(140)
    lower = np.linalg.cholesky(toeplitz(row))
    shapes = np.full((140, 1), 3.0)
    found = [
        amount_of(
            made_trace(lower @ rng.standard_normal(140) + 3 * rng.normal(), shapes, row),
            wave_ms,
            wave_uv,
        )
        for _ in range(300)
    ]
    scores = np.array([one.share / one.error for one in found])
    assert 0.8 < scores.std() < 1.15
    assert abs(scores.mean()) < 0.2
    rare = np.mean([one.other_p < 0.05 for one in found])
    assert 0.01 < rare < 0.1


# -- three answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [FIRST, FIRST + 3])
def test_unchanged_is_present_absent_is_gone_and_few_sweeps_tell_nothing(seed: int) -> None:
    plan, baseline = known(seed)
    there = answer(replace(plan, seed=seed + 1), baseline)
    assert there.state is State.PRESENT
    absent = answer(replace(without_spread(plan), sweeps=40, seed=seed + 2), baseline)
    assert absent.state is State.GONE
    assert absent.limit_uv is not None
    assert absent.limit_uv < 0.05 * baseline.amplitude_uv * absent.expected_share
    single = answer(replace(without_spread(plan), sweeps=1, seed=seed + 2), baseline)
    assert single.state is State.CANNOT_TELL
    assert single.limit_uv is None
    assert "missing in all" in single.why


def test_intervals_hold_what_is_left() -> None:
    """20 sweeps of a response that drops out and varies: the average varies far beyond noise."""
    held = []
    for seed in (FIRST, FIRST + 1, FIRST + 3, FIRST + 6):
        plan, baseline = known(seed)
        for repeat in range(6):
            share = (1.0, 0.4)[repeat % 2]
            found = judged(plan, baseline, CRITERIA, share=share, count=20, seed=seed + 50 * repeat)
            held.append(found.share_low < share < found.share_high)
    assert np.mean(held) >= 0.8


def test_a_tenth_is_never_called_gone() -> None:
    for seed in (FIRST, FIRST + 3):
        plan, baseline = known(seed)
        for count in (1, 2, 5, 10, 20):
            for repeat in range(3):
                found = judged(
                    plan, baseline, CRITERIA, share=0.1, count=count, seed=seed + 100 * repeat
                )
                assert found.state is not State.GONE


def test_a_fallen_direct_response_means_nothing_and_a_smaller_one_is_allowed_for() -> None:
    plan, baseline = known()
    half = answer(scaled(plan, 0.6), baseline)
    assert half.direct_share == pytest.approx(0.6, abs=0.05)
    assert half.share_low < 1 < half.share_high
    assert half.amplitude_uv < 0.8 * baseline.amplitude_uv
    deep = replace(scaled(without_spread(plan), 0.3), sweeps=40)
    fallen = answer(deep, baseline)
    assert fallen.state is State.CANNOT_TELL
    assert fallen.direct_share == pytest.approx(0.3, abs=0.03)
    assert "The direct response has fallen" in fallen.why
    silent = replace(deep, responses=(), setup=replace(deep.setup, artefact=Artefact(tail_uv=0)))
    none = answer(silent, baseline)
    assert none.state is State.CANNOT_TELL
    assert none.direct_share is None
    assert "gave no direct response" in none.why


def test_weaker_stimuli_than_at_baseline_do_not_show_that_it_is_gone() -> None:
    plan, baseline = known()
    weak = replace(without_spread(plan), sweeps=40, intensities_ma=(15.0,), seed=9)
    found = answer(weak, baseline)
    assert found.state is State.CANNOT_TELL
    assert "15 mA" in found.why
    assert "20 mA" in found.why
    # With a threshold of 6 mA known from the baseline, 15 mA are enough.
    assert answer(weak, replace(baseline, threshold_ma=6.0)).state is State.GONE


def test_without_a_muscle_of_the_branch_nothing_is_called_gone() -> None:
    plan, baseline = known()
    unknown = replace(baseline, direct_muscle="", direct_uv=None)
    found = answer(replace(without_spread(plan), sweeps=40, seed=9), unknown)
    assert found.state is State.CANNOT_TELL
    assert "No direct response" in found.why


def test_another_wave_in_its_place_is_not_called_gone() -> None:
    plan, baseline = known()

    def other(one: PlannedResponse) -> PlannedResponse:
        if one.kind != "spread":
            return one
        shape = replace(one.shape, seed=one.shape.seed + 5, phases=4, duration_ms=7.0)
        return replace(one, shape=shape, onset_ms=one.onset_ms + 3.0, dropout=0.0)

    later = replace(plan, responses=tuple(other(one) for one in plan.responses), sweeps=40, seed=3)
    assert answer(later, baseline).state is not State.GONE


def test_more_sweeps_lower_the_limit() -> None:
    plan, baseline = known(FIRST, 24.0)
    limits = [
        answer(replace(without_spread(plan), sweeps=count, seed=4), baseline).reachable_uv
        for count in (8, 20, 60)
    ]
    assert None not in limits
    assert limits == sorted(limits, key=lambda one: -(one or 0.0))


def test_dropout_at_baseline_asks_for_more_sweeps() -> None:
    """All of n sweeps may be missing with the mean of p**n over what p may be."""
    plan, baseline = known()
    often = replace(baseline, missing=10, counted=20)
    for count, told in ((3, False), (20, True)):
        run = replace(without_spread(plan), sweeps=count, seed=8)
        chance = np.mean(np.random.default_rng(0).beta(11, 14, 100_000) ** count)
        assert bool(chance < 0.01) is told
        assert (answer(run, often).limit_uv is not None) is told


def test_the_baseline_that_is_not_there_has_a_limit() -> None:
    plan, _ = known()
    locked, unlocked = baselines_of(
        runs_of_plan(without_spread(plan), CRITERIA, stage="baseline"), CRITERIA
    )
    assert locked == ()
    (one,) = unlocked
    assert one.limit_uv > 0


def test_without_a_stage_the_first_run_with_a_response_is_the_baseline() -> None:
    plan, _ = known()
    runs = [
        *runs_of_plan(without_spread(plan), CRITERIA),
        *runs_of_plan(plan, CRITERIA, at_s=300.0),
        *runs_of_plan(with_spread_share(plan, 0.5), CRITERIA, at_s=600.0),
    ]
    (baseline,), unlocked = baselines_of(runs, CRITERIA)
    assert unlocked == ()
    assert baseline.start_s == (runs[1].start_s,)
