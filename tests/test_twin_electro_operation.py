"""Made-up operations: what a stage and a drug leave of the responses is what the runs hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hemifacial.errors import UsageError
from hemifacial.twin.electro.lateral_spread import lateral_spread_plan
from hemifacial.twin.electro.operation import (
    COURSES,
    Course,
    OperationPlan,
    Stage,
    operation_plan,
    runs,
)
from hemifacial.twin.electro.study import noise_free_sweeps

STEADY = lateral_spread_plan(3, afterdischarge=False)
STEADY = replace(
    STEADY,
    responses=tuple(
        replace(one, jitter_ms=0.0, variation=0.0, dropout=0.0) for one in STEADY.responses
    ),
)


def operation(**changes: object) -> OperationPlan:
    """Two stages: all of the spread, then a fifth of it from minute 10."""
    plan = OperationPlan(
        patient=STEADY,
        stages=(
            Stage(name="baseline", at_min=0.0, spread_share=1.0),
            Stage(name="decompression", at_min=10.0, spread_share=0.2),
        ),
        interval_min=5.0,
        end_min=20.0,
        run_variation=0.0,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def sizes_uv(plan: OperationPlan) -> list[tuple[float, float]]:
    """True amplitude of one lateral spread and of one direct M wave, run by run."""
    found = []
    for run in runs(plan):
        truth = noise_free_sweeps(run.plan).truth
        spread = truth.find("spread", "zygomatic_branch", "mentalis")
        direct = truth.find("direct", "marginal_mandibular_branch", "mentalis")
        found.append((spread.amplitude_uv or 0.0, direct.amplitude_uv or 0.0))
    return found


def test_a_stage_lowers_the_spread_and_not_the_direct_wave() -> None:
    before, _, after, *_ = found = sizes_uv(operation())
    assert len(found) == 5
    assert after[0] / before[0] == pytest.approx(0.2, rel=1e-6)
    assert after[1] == pytest.approx(before[1], rel=1e-6)
    assert [run.stage for run in runs(operation())] == ["baseline"] * 2 + ["decompression"] * 3


def test_a_relaxant_lowers_both_and_the_anaesthetic_the_spread_alone() -> None:
    base = sizes_uv(operation())
    relaxed = sizes_uv(operation(relaxant=((0.0, 0.5), (20.0, 1.0))))
    assert relaxed[0][0] / base[0][0] == pytest.approx(0.5)
    assert relaxed[2][1] / base[2][1] == pytest.approx(0.75)  # half way at minute 10
    under = sizes_uv(operation(agent=((0.0, 1.0), (20.0, 0.57))))
    assert under[4][0] / base[4][0] == pytest.approx(0.57)
    assert under[4][1] / base[4][1] == pytest.approx(1.0)


def test_nothing_left_is_absent() -> None:
    stages = (
        Stage(name="baseline", at_min=0.0, spread_share=1.0),
        Stage(name="decompression", at_min=10.0, spread_share=0.0),
    )
    last = runs(operation(stages=stages))[-1]
    truth = noise_free_sweeps(last.plan).truth
    assert not truth.find("spread", "zygomatic_branch", "mentalis").present
    assert truth.find("direct", "marginal_mandibular_branch", "mentalis").present


@pytest.mark.parametrize("course", COURSES)
def test_a_course_is_what_its_name_says(course: Course) -> None:
    shares = [stage.spread_share for stage in operation_plan(4, course).stages]
    assert shares[0] == 1.0
    if course in ("gone", "lost_at_dura"):
        assert shares[-1] <= 0.15
        assert (shares[1] < 0.8) is (course == "lost_at_dura")
    if course == "residual":
        assert 0.2 <= shares[-1] <= 0.6
    if course == "unchanged":
        assert set(shares) == {1.0}
    if course == "reappearing":
        assert shares[-2] == 0.0
        assert shares[-1] >= 0.3


def test_runs_share_electrodes_and_patient_and_nothing_else() -> None:
    made = runs(operation_plan(6, "unchanged"))
    assert len({run.plan.seed for run in made}) == len(made)
    assert len({run.plan.setup.electrode_seed for run in made}) == 1
    assert len({tuple(one.onset_ms for one in run.plan.responses) for run in made}) == 1
    assert len({run.variation for run in made}) == len(made)
    assert made == runs(operation_plan(6, "unchanged"))
    assert made != runs(operation_plan(7, "unchanged"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": ()}, "stages at no time min"),
        ({"stages": (Stage(name="a", at_min=1.0, spread_share=1.0),)}, "stages at 1 min"),
        ({"end_min": 5.0}, "stages at 0, 10 min, its end at 5 min"),
        ({"interval_min": 0.0}, "a run every 0 min"),
        ({"agent": ((0.0, -0.5),)}, "a share of -0.5"),
    ],
)
def test_an_operation_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        operation(**changes)


def test_an_operation_needs_a_lateral_spread() -> None:
    with pytest.raises(UsageError, match="the patient has no lateral spread"):
        operation_plan(1, patient=lateral_spread_plan(1, spread=False))
