"""Findings and events of a series; `sites` name the branch, then the muscle, `phase` the stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.answers import State
from hemifacial.electro.series.baseline import Baseline, Unlocked
from hemifacial.electro.series.course import Course, Point, StageEnd
from hemifacial.electro.stated import Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding, Limit

__all__ = ["METHOD", "METHOD_VERSION", "findings_of"]

METHOD = "lateral_spread_series"
METHOD_VERSION = "1.0"

_BASELINE = "baseline"
_STEADY = 0.2  # changes of the direct response up to here are not worth a note
_PUBLISHED = "mentalis"  # the muscle that the published limits are of
_OF_DRAWS = "95 % of responses that the average allows (Gaussian model of response and noise)"
_OF_ERROR = "1.96 standard errors: noise of both averages, variation and dropout between sweeps"
_FROM_AVERAGE = (
    "Amplitudes are of averages, so that a response which drops out more often is smaller."
)


def findings_of(
    courses: Sequence[Course], unlocked: Sequence[Unlocked], criteria: ElectroCriteria
) -> tuple[Finding, ...]:
    """Baseline, every stage, the end, and how often a response came back."""
    found = [_without(one) for one in unlocked]
    for course in courses:
        found += [_amplitude(course.baseline), *_stages(course)]
        later = [point for point in course.points if not point.in_baseline]
        if later:
            found += [_change(course.baseline, course.ends[-1], criteria), *_counts(course, later)]
    return tuple(found)


def _about(baseline: Baseline | Unlocked) -> Subject:
    return Subject(
        method=METHOD,
        method_version=METHOD_VERSION,
        side=baseline.muscle_side,
        sites=(baseline.branch, baseline.muscle),
    )


def _without(one: Unlocked) -> Finding:
    return below_limit(
        _about(one),
        "lateral_spread_amplitude",
        one.limit_uv,
        phase=_BASELINE,
        note="No response at baseline: there is nothing to follow in this muscle.",
    )


def _amplitude(baseline: Baseline) -> Finding:
    return stated(
        _about(baseline),
        "lateral_spread_amplitude",
        baseline.amplitude_uv,
        low=baseline.amplitude_low_uv,
        high=baseline.amplitude_high_uv,
        interval=_OF_DRAWS,
        n=baseline.sweeps,
        phase=_BASELINE,
    )


def _stages(course: Course) -> Iterator[Finding]:
    """The end of every stage after the baseline."""
    for end in course.ends:
        yield _left(course.baseline, end)
        if end.answer.direct_share is not None:
            yield stated(
                _about(course.baseline),
                "direct_response_left",
                100 * end.answer.direct_share,
                n=end.sweeps,
                phase=end.stage,
            )


def _left(baseline: Baseline, end: StageEnd) -> Finding:
    about = _about(baseline)
    answer = end.answer
    which = "The last run" if end.runs == 1 else f"The last {end.runs} runs together"
    at = f"{which} of this stage, from {end.start_s:.0f} s: "
    quantity = "lateral_spread_left"
    if answer.state is State.PRESENT:
        return stated(
            about,
            quantity,
            100 * answer.share,
            low=100 * answer.share_low,
            high=100 * answer.share_high,
            interval=_OF_ERROR,
            n=end.sweeps,
            phase=end.stage,
            note=at + ("present again." if end.reappeared else "present."),
        )
    if answer.state is State.GONE and answer.limit_uv is not None:
        percent = 100 * answer.limit_uv / (baseline.amplitude_uv * answer.expected_share)
        return below_limit(
            about,
            quantity,
            percent,
            n=end.sweeps,
            phase=end.stage,
            note=f"{at}gone, at most {answer.limit_uv:.1f} µV may be left.",
        )
    may = "" if answer.limit_uv is None else f" At most {answer.limit_uv:.1f} µV may be left."
    why = f"{at}cannot tell. {answer.why}{may}"
    return unjudged(about, quantity, why, n=end.sweeps, phase=end.stage)


def _change(baseline: Baseline, end: StageEnd, criteria: ElectroCriteria) -> Finding:
    """By how much the amplitude fell from baseline to the end; as published, uncorrected."""
    about = _about(baseline)
    quantity = "lateral_spread_change_ratio"
    answer = end.answer
    if answer.state is State.CANNOT_TELL:
        why = f"The end cannot be told. {answer.why}"
        return unjudged(about, quantity, why, phase=end.stage)
    # As published: not freed of what the direct response did.
    direct = answer.expected_share
    percent = 100 * (1 - answer.share * direct)
    limit, note = _published(percent, baseline, criteria)
    if abs(direct - 1) > _STEADY:
        note = (
            f"The direct response is {100 * direct:.0f} % of that at baseline; freed of that, "
            f"{100 * (1 - answer.share):.0f} % would be lost. {note}"
        )
    return stated(
        about,
        quantity,
        percent,
        low=100 * (1 - answer.share_high * direct),
        high=100 * (1 - answer.share_low * direct),
        interval=_OF_ERROR,
        n=end.sweeps,
        phase=end.stage,
        limit=limit,
        note=note,
    )


def _published(
    percent: float, baseline: Baseline, criteria: ElectroCriteria
) -> tuple[Limit | None, str]:
    if baseline.muscle != _PUBLISHED:
        return None, f"{_FROM_AVERAGE} Published limits are of mentalis alone."
    relief, better = (
        criteria.limits["series_relief_change"],
        criteria.limits["series_improvement_change"],
    )
    reached = relief if percent >= relief.value else better
    return reached, (
        f"{_FROM_AVERAGE} Published limits are {relief.value:g} % (complete relief at 6 months) "
        f"and {better.value:g} % (improvement), of one series of 208 patients; they say how likely "
        "relief is, not that a patient is cured. The ratio is read here as the share of the "
        "amplitude that was lost."
    )


def _counts(course: Course, later: Sequence[Point]) -> Iterator[Finding]:
    about = _about(course.baseline)
    open_ = sum(point.answer.state is State.CANNOT_TELL for point in later)
    yield stated(about, "lateral_spread_reappearances", float(course.reappearances), n=len(later))
    yield stated(about, "lateral_spread_runs_unjudged", 100 * open_ / len(later), n=len(later))
