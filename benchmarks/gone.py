"""Is the lateral spread gone? Three answers on made-up runs whose truth is known.

Seeds begin at 500000; nothing was tuned on them. The first table is baseline x noise x sweeps: SNR
is that of the average of the baseline, 20 sweeps. The second is whole operations with a relaxant
that wears off and an anaesthetic that comes on, which lower amplitudes as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.studies import study_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.answers import Answer, State, answer_of
from hemifacial.electro.series.baseline import Baseline, baselines_of
from hemifacial.electro.series.course import courses_of
from hemifacial.electro.series.runs import Run, StageMark, runs_of, stage_of
from hemifacial.electro.series.traces import ready
from hemifacial.twin.electro.lateral_spread import (
    BRANCHES,
    LateralSpreadPlan,
    lateral_spread_plan,
    with_spread_share,
    without_spread,
)
from hemifacial.twin.electro.operation import COURSES, Course, operation_plan
from hemifacial.twin.electro.operation import runs as planned_runs
from hemifacial.twin.electro.setup import Mains, Noise, Setup
from hemifacial.twin.electro.shapes import FAMILIES, Family
from hemifacial.twin.electro.snr import scaled_to_snr

__all__ = ["FIRST_SEED", "Judged", "judged", "patient", "run", "runs_of_operation", "runs_of_plan"]

FIRST_SEED = 500_000
SNR_DB = (12.0, 20.0, 28.0, 36.0)
SWEEPS = (1, 2, 3, 5, 10, 20, 40)
SHARES = (0.0, 0.05, 0.1, 0.3, 1.0)
PATIENTS = 30
"""Of each family and SNR."""

OPERATIONS = 6
"""Of each course and family."""

BASELINE_SWEEPS = 20
BAND_HZ = (20.0, 3000.0)
NOISE = Noise(mains=Mains(amplitude_uv=3.0))
_FAR = {
    "zygomatic_branch": ("orbicularis_oculi", "mentalis"),
    "marginal_mandibular_branch": ("mentalis", "orbicularis_oculi"),
}
_STATES = tuple(State)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One answer beside the truth; `allows` says that the limit of the run allows `gone`."""

    snr_db: float
    sweeps: int
    share: float
    answer: Answer
    allows: bool


def patient(
    seed: int, family: Family, snr_db: float | None = None, sweeps_: int = BASELINE_SWEEPS
) -> LateralSpreadPlan:
    """A patient with one branch and one far muscle; the noise as the SNR asks, if one is given."""
    branch = BRANCHES[seed % 2]
    base = LateralSpreadPlan(
        branches=(branch,), muscles=_FAR[branch], sweeps=sweeps_, setup=Setup(noise=NOISE)
    )
    plan = lateral_spread_plan(seed, family=family, base=base)
    if snr_db is None:
        return plan
    spread = next(one for one in plan.responses if one.kind == "spread")
    return scaled_to_snr(plan, spread, snr_db, BAND_HZ)


def runs_of_plan(
    plan: LateralSpreadPlan, criteria: ElectroCriteria, *, at_s: float = 0.0, stage: str = ""
) -> tuple[Run, ...]:
    """The sweeps of a plan as they would be cut, as runs; `at_s` is put before their times."""
    study, _ = study_of(plan, at_s=at_s)
    stages = [StageMark(onset_s=0.0, stage=stage)] if stage else []
    return runs_of(study, stages, criteria)


def judged(
    plan: LateralSpreadPlan,
    baseline: Baseline,
    criteria: ElectroCriteria,
    *,
    share: float,
    count: int,
    seed: int,
) -> Answer:
    """The answer on one later run of a patient in which this share of the spread is left."""
    later = without_spread(plan) if share == 0 else with_spread_share(plan, share)
    (one,) = runs_of_plan(replace(later, sweeps=count, seed=seed), criteria, at_s=600.0)
    prepared = ready(one, criteria)
    trace = prepared.trace(baseline.muscle, baseline.muscle_side)
    if trace is None:
        raise ValueError(f"{baseline.muscle} is not recorded")
    return answer_of(trace, prepared, baseline, criteria)


def allows(answer: Answer, baseline: Baseline, criteria: ElectroCriteria) -> bool:
    """Whether 95 of 100 such averages without a response would have a limit below 5 %."""
    expected_uv = baseline.amplitude_uv * answer.expected_share
    reachable = answer.reachable_uv
    return reachable is not None and reachable < criteria["series_gone_below_share"] * expected_uv


def runs_of_operation(
    seed: int, course: Course, family: Family, criteria: ElectroCriteria
) -> tuple[list[Run], dict[float, float]]:
    """The runs of a made-up operation, and for each start the share of the spread that is left."""
    operation = replace(
        operation_plan(seed, course, patient=patient(seed, family)), interval_min=4.0
    )
    made, truth = [], {}
    for one in planned_runs(operation):
        stage = stage_of(one.stage) or ""
        for run_ in runs_of_plan(one.plan, criteria, at_s=60 * one.time_min, stage=stage):
            made.append(run_)
            truth[run_.start_s] = one.spread_share
    return made, truth


def run() -> dict[str, Any]:
    """Both tables."""
    criteria = ElectroCriteria.read()
    rows, without = _grid(criteria)
    figures: dict[str, Any] = {"seeds_from": FIRST_SEED, "baseline_not_found": without}
    figures["by_share"] = [_line(rows, share=share) for share in SHARES]
    print(f"{'left':>6} {'n':>6} {'present':>8} {'gone':>8} {'cannot tell':>12}")
    for line in figures["by_share"]:
        print(
            f"{line['share']:6.2f} {line['n']:6d} {line['present']:8.3f} {line['gone']:8.3f} "
            f"{line['cannot_tell']:12.3f}"
        )
    figures["grid"] = [
        _line(rows, share=share, snr_db=snr_db, sweeps=count)
        for snr_db in SNR_DB
        for count in SWEEPS
        for share in (0.0, 0.1)
    ]
    absent = [one for one in rows if one.share == 0]
    allowed = [one for one in absent if one.allows]
    figures["absent_where_allowed"] = _of([one.answer.state for one in allowed])
    figures["allowed"] = len(allowed) / max(len(absent), 1)
    print("\nnothing left, where the limit allows it:", figures["absent_where_allowed"])
    print(f"the limit allows it in {100 * figures['allowed']:.0f} % of runs; gone, in percent:")
    print("SNR dB " + "".join(f"{count:7d}" for count in SWEEPS) + "  sweeps")
    for snr_db in SNR_DB:
        lines = [_line(rows, share=0.0, snr_db=snr_db, sweeps=count) for count in SWEEPS]
        print(f"{snr_db:6.0f} " + "".join(f"{100 * line['gone']:7.0f}" for line in lines))
    figures["operations"] = _operations(criteria)
    return figures


def _grid(criteria: ElectroCriteria) -> tuple[list[Judged], int]:
    rows: list[Judged] = []
    without = 0
    seed = FIRST_SEED
    for snr_db in SNR_DB:
        for family in FAMILIES:
            for _ in range(PATIENTS):
                seed += 1
                plan = patient(seed, family, snr_db)
                locked, _ = baselines_of(runs_of_plan(plan, criteria, stage="baseline"), criteria)
                without += not locked
                for baseline in locked:
                    rows += _patient(plan, baseline, snr_db, criteria)
    return rows, without


def _patient(
    plan: LateralSpreadPlan, baseline: Baseline, snr_db: float, criteria: ElectroCriteria
) -> Iterator[Judged]:
    for count in SWEEPS:
        for index, share in enumerate(SHARES):
            answer = judged(
                plan,
                baseline,
                criteria,
                share=share,
                count=count,
                seed=1000 * plan.seed + 10 * count + index,
            )
            yield Judged(
                snr_db=snr_db,
                sweeps=count,
                share=share,
                answer=answer,
                allows=allows(answer, baseline, criteria),
            )


def _line(rows: list[Judged], **which: float) -> dict[str, Any]:
    chosen = [
        one.answer.state
        for one in rows
        if all(getattr(one, name) == value for name, value in which.items())
    ]
    return {**which, **_of(chosen)}


def _of(states: list[State]) -> dict[str, Any]:
    counts = Counter(states)
    shares = {state.value: counts[state] / max(len(states), 1) for state in _STATES}
    return {"n": len(states), **shares, "gone_count": counts[State.GONE]}


def _operations(criteria: ElectroCriteria) -> dict[str, Any]:
    """Answers by what the stage has left, and reappearances that were told."""
    by_left: dict[str, list[State]] = defaultdict(list)
    ends: dict[str, list[State]] = defaultdict(list)
    told: dict[str, list[bool]] = defaultdict(list)
    seed = FIRST_SEED + 50_000
    for course in COURSES:
        for family in FAMILIES:
            for _ in range(OPERATIONS):
                seed += 1
                runs, truth = runs_of_operation(seed, course, family, criteria)
                for one in courses_of(runs, criteria)[0]:
                    for point in one.points:
                        if not point.in_baseline:
                            left = truth[point.run.start_s]
                            by_left[_class(left)].append(point.answer.state)
                    last = one.ends[-1]
                    ends[_class(truth[last.start_s])].append(last.answer.state)
                    was_gone = any(point.answer.state is State.GONE for point in one.points)
                    if was_gone or course != "reappearing":
                        told[course].append(one.reappearances > 0)
    figures = {
        "by_left": {name: _of(states) for name, states in sorted(by_left.items())},
        "end_by_left": {name: _of(states) for name, states in sorted(ends.items())},
        "reappearance_told": {name: f"{sum(all_)} of {len(all_)}" for name, all_ in told.items()},
    }
    for table, said in (("by_left", "every run"), ("end_by_left", "the end, runs together")):
        print(f"\noperations, {said}, by what the stage has left:")
        for name, line in figures[table].items():
            print(
                f"{name:>14} {line['n']:6d} {line['present']:8.3f} {line['gone']:8.3f} "
                f"{line['cannot_tell']:12.3f}"
            )
    print("came back after it was gone, told in:", figures["reappearance_told"])
    return figures


def _class(left: float) -> str:
    for name, most in (("0", 0.0), ("below 5 %", 0.05), ("5 to 10 %", 0.1), ("10 to 30 %", 0.3)):
        if left <= most:
            return name
    return "more"
