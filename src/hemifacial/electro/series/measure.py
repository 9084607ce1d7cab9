"""A series of lateral spread runs from end to end: sweeps and stages in, answers out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.evoked_signals import labels_of, name_of, table_of
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.series.baseline import Baseline
from hemifacial.electro.series.course import Course, Point, courses_of
from hemifacial.electro.series.events import events_of
from hemifacial.electro.series.findings import METHOD, findings_of
from hemifacial.electro.series.runs import Run, StageMark, runs_of
from hemifacial.electro.study import EvokedStudy

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["AVERAGES", "COURSE", "STATES", "measure_runs", "measure_series"]

COURSE = METHOD
"""The table of signals over the time of the recording, one value a run."""

AVERAGES = f"{METHOD}_averages"
"""The table of signals over latency: the baseline's wave and the average of every run."""

STATES = ("cannot_tell", "gone", "present")
"""What 0, 1 and 2 of a state say."""


def measure_series(
    study: EvokedStudy, stages: Sequence[StageMark], criteria: ElectroCriteria
) -> Outcome:
    """Whether the lateral spread of the baseline is still there, run by run.

    Parameters
    ----------
    study
        All sweeps of an operation, as they were cut, in order of time.
    stages
        See `hemifacial.electro.series.runs.stages_of`.

    Raises
    ------
    InputError
        Where there is no run.
    """
    return measure_runs(runs_of(study, stages, criteria), criteria)


def measure_runs(runs: Sequence[Run], criteria: ElectroCriteria) -> Outcome:
    """The same of runs that are known already.

    Returns
    -------
    Outcome
        Findings of the baseline, of the last run of every stage, and of the end; an event for every
        run and muscle; signals over time (amplitude with its interval, limit, direct response,
        state) and the averages behind them.

    Raises
    ------
    InputError
        Where there is no run.
    """
    courses, unlocked = courses_of(runs, criteria)
    signals = {}
    if courses:
        words = _conditioning(courses)
        signals = {COURSE: _over_time(courses, words), AVERAGES: _averages(courses, words)}
    return Outcome(
        findings=findings_of(courses, unlocked, criteria),
        events=events_of(courses),
        signals=signals,
    )


def _conditioning(courses: Sequence[Course]) -> str:
    """What was done to the sweeps of the runs; where that differs, of how many runs."""
    runs = {id(point.prepared): point.prepared for course in courses for point in course.points}
    counts = Counter(run.how.in_words() for run in runs.values())
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{count} of {len(runs)} runs: {words}" for words, count in counts.items())


def _over_time(courses: Sequence[Course], words: str) -> xr.Dataset:
    times_s = np.unique([point.run.start_s for course in courses for point in course.points])
    variables = {}
    for course in courses:
        where = np.searchsorted(times_s, [point.run.start_s for point in course.points])
        for word, quantity, unit in (
            ("amplitude", "lateral_spread_amplitude", "µV"),
            ("amplitude_low", "lateral_spread_amplitude", "µV"),
            ("amplitude_high", "lateral_spread_amplitude", "µV"),
            ("limit", "lateral_spread_limit", "µV"),
            ("direct", "direct_response_left", "%"),
            ("state", "lateral_spread_state", "1"),
        ):
            values = np.full(times_s.size, np.nan)
            values[where] = [_value(word, point) for point in course.points]
            attributes = _labels(course.baseline) | {"unit": unit, "quantity": quantity}
            variables[f"{_name(course.baseline)}_{word}"] = ("time", values, attributes)
    return table_of(variables, times_s, words)


def _value(word: str, point: Point) -> float:
    answer = point.answer
    value = {
        "amplitude": answer.amplitude_uv,
        "amplitude_low": answer.amplitude_low_uv,
        "amplitude_high": answer.amplitude_high_uv,
        "limit": answer.limit_uv,
        "direct": None if answer.direct_share is None else 100 * answer.direct_share,
        "state": float(STATES.index(answer.state.value)),
    }[word]
    return float("nan") if value is None else value


def _averages(courses: Sequence[Course], words: str) -> xr.Dataset:
    latency_ms = courses[0].points[0].trace.latency_ms
    variables = {}
    for course in courses:
        baseline, name = course.baseline, _name(course.baseline)
        wave = np.interp(latency_ms, baseline.wave_ms, baseline.wave_uv, left=0.0, right=0.0)
        variables[f"{name}_baseline"] = (
            "time",
            wave,
            _labels(baseline) | {"run": 0, "amplitude_uv": baseline.amplitude_uv},
        )
        for number, point in enumerate(course.points, start=1):
            label = _labels(baseline) | {
                "run": number,
                "start_s": point.run.start_s,
                "stage": point.run.stage,
                "state": point.answer.state.value,
                "in_baseline": int(point.in_baseline),
                "reappeared": int(point.reappeared),
                "sweeps": point.prepared.sweeps,
                "why": point.answer.why,
            }
            wave = np.interp(latency_ms, point.trace.latency_ms, point.trace.mean_uv)
            variables[f"{name}_run_{number:03d}"] = ("time", wave, label)
    return table_of(variables, latency_ms / 1000, words)


def _name(baseline: Baseline) -> str:
    return name_of(baseline.branch, baseline.side, baseline.muscle, baseline.muscle_side)


def _labels(baseline: Baseline) -> dict[str, object]:
    return labels_of(baseline.branch, baseline.side, baseline.muscle, baseline.muscle_side)
