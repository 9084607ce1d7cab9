"""The events of a series: one for every run and muscle."""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.electro.series.answers import State
from hemifacial.electro.series.course import Course, Point
from hemifacial.findings import Event

__all__ = ["events_of"]


def events_of(courses: Sequence[Course]) -> tuple[Event, ...]:
    """One event for every run and muscle; an amplitude only where the response is there."""
    told = [(course.baseline, point) for course in courses for point in course.points]
    told.sort(key=lambda one: (one[1].run.start_s, one[0].branch, one[0].muscle))
    return tuple(
        Event(
            onset_s=point.run.start_s,
            duration_s=point.run.stop_s - point.run.start_s,
            event_id=f"spread{number:05d}",
            trial_type=f"lateral_spread_{point.answer.state}",
            side=baseline.muscle_side,
            sites=(baseline.branch, baseline.muscle),
            phase=point.run.stage,
            amplitude=point.answer.amplitude_uv if _there(point) else None,
            amplitude_unit="µV" if _there(point) else "",
            confidence=point.answer.confidence,
        )
        for number, (baseline, point) in enumerate(told, start=1)
    )


def _there(point: Point) -> bool:
    return point.answer.state is State.PRESENT
