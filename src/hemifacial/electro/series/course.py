"""The course of every muscle through the runs of an operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.answers import Answer, State, answer_of
from hemifacial.electro.series.baseline import Baseline, Unlocked, baselines_of
from hemifacial.electro.series.runs import Run, pooled
from hemifacial.electro.series.traces import ReadyRun, Trace, ready
from hemifacial.errors import InputError

__all__ = ["Course", "Point", "StageEnd", "courses_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Point:
    """One run of a course; `trace` is the average that was judged."""

    prepared: ReadyRun
    trace: Trace
    answer: Answer
    in_baseline: bool
    reappeared: bool

    @property
    def run(self) -> Run:
        """When and at which stage."""
        return self.prepared.run


@dataclass(frozen=True, kw_only=True)
class StageEnd:
    """What can be said at the end of a stage: of its last run, or of its last runs together."""

    stage: str
    answer: Answer
    start_s: float
    runs: int
    sweeps: int
    reappeared: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """One branch and far muscle through all runs, in order of time; `ends` after the baseline."""

    baseline: Baseline
    points: tuple[Point, ...]
    ends: tuple[StageEnd, ...]

    @property
    def reappearances(self) -> int:
        """How often a response that was gone came back."""
        return sum(point.reappeared for point in self.points)


def courses_of(
    runs: Sequence[Run], criteria: ElectroCriteria
) -> tuple[tuple[Course, ...], tuple[Unlocked, ...]]:
    """The course of every muscle with a response at baseline, and the muscles without one.

    Raises
    ------
    InputError
        Where there is no run.
    """
    if not runs:
        raise InputError(
            "There is no run of stimuli of a branch of the facial nerve.",
            next_step="Check that the stimuli of the recording are marked.",
        )
    locked, unlocked = baselines_of(runs, criteria)
    prepared = [ready(run, criteria) for run in runs]
    return tuple(_course(one, prepared, criteria) for one in locked), unlocked


def _course(baseline: Baseline, prepared: Sequence[ReadyRun], criteria: ElectroCriteria) -> Course:
    points: list[Point] = []
    gone = False
    for one in prepared:
        if (one.run.branch, one.run.side) != (baseline.branch, baseline.side):
            continue
        trace = one.trace(baseline.muscle, baseline.muscle_side)
        if trace is None:
            continue
        answer = answer_of(trace, one, baseline, criteria)
        points.append(
            Point(
                prepared=one,
                trace=trace,
                answer=answer,
                in_baseline=one.run.start_s in baseline.start_s,
                reappeared=gone and answer.state is State.PRESENT,
            )
        )
        if answer.state is not State.CANNOT_TELL:
            gone = answer.state is State.GONE
    return Course(
        baseline=baseline, points=tuple(points), ends=tuple(_ends(points, baseline, criteria))
    )


def _ends(
    points: Sequence[Point], baseline: Baseline, criteria: ElectroCriteria
) -> Iterator[StageEnd]:
    """Of every stage. A last run that tells nothing is joined by those before it of its kind."""
    later = [point for point in points if not point.in_baseline]
    for stage, group in groupby(later, key=lambda point: point.run.stage):
        these = list(group)
        last = these[-1]
        tail = [last]
        answer, sweeps = last.answer, last.prepared.sweeps
        if answer.state is State.CANNOT_TELL:
            tail = list(
                takewhile(lambda point: point.answer.state is not State.PRESENT, reversed(these))
            )[::-1]
            prepared = ready(pooled([point.run for point in tail]), criteria)
            trace = prepared.trace(baseline.muscle, baseline.muscle_side)
            if len(tail) > 1 and trace is not None:
                answer, sweeps = answer_of(trace, prepared, baseline, criteria), prepared.sweeps
        yield StageEnd(
            stage=stage,
            answer=answer,
            start_s=tail[0].run.start_s,
            runs=len(tail),
            sweeps=sweeps,
            reappeared=last.reappeared,
        )
