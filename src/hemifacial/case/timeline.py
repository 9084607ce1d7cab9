"""One patient's entries as series, marks and spans on one axis of days: what pages draw.

What was replaced or withdrawn is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.case.bodies import Patient
from hemifacial.case.drawing import SHOWN, drawn
from hemifacial.case.points import Mark, Point, SeriesKey
from hemifacial.case.reading import Entry

__all__ = ["SHOWN", "Mark", "Point", "Series", "Span", "Timeline", "timeline"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One quantity of one side and place over the days."""

    quantity: str
    label: str
    unit: str
    side: Side
    sites: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Something that lasted; `end` is None where it still does."""

    start: date
    end: date | None
    kind: str
    label: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """All of it; `first` and `last` are the days between which something is drawn."""

    patient: Patient
    first: date
    last: date
    series: tuple[Series, ...]
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]


def timeline(entries: Sequence[Entry]) -> Timeline:
    """The timeline of one patient's entries."""
    standing = [entry for entry in entries if entry.standing]
    series: dict[SeriesKey, list[Point]] = {}
    marks: list[Mark] = []
    for entry in standing:
        for one in drawn(entry):
            if isinstance(one, Mark):
                marks.append(one)
            else:
                series.setdefault(one[0], []).append(one[1])
    spans = _drug_spans(standing)
    days = [mark.day for mark in marks] + [span.start for span in spans]
    days += [point.day for points in series.values() for point in points]
    days = days or [entry.happened_on for entry in standing]
    (patient,) = (entry.body for entry in standing if entry.kind == "patient")
    return Timeline(
        patient=patient,
        first=min(days),
        last=max(days),
        series=tuple(_series(key, series[key]) for key in sorted(series, key=_place)),
        marks=tuple(sorted(marks, key=lambda mark: (mark.day, mark.entry))),
        spans=spans,
    )


def _series(key: SeriesKey, points: list[Point]) -> Series:
    return Series(
        quantity=key.quantity,
        label=key.label,
        unit=key.unit,
        side=key.side,
        sites=key.sites,
        points=tuple(sorted(points, key=lambda point: (point.day, point.entry))),
    )


def _place(key: SeriesKey) -> tuple[int, str, str, tuple[str, ...]]:
    order = SHOWN.index(key.quantity) if key.quantity in SHOWN else len(SHOWN)
    return order, key.quantity, key.side.value, key.sites


def _drug_spans(entries: Sequence[Entry]) -> tuple[Span, ...]:
    changes: list[Any] = [entry.body for entry in entries if entry.kind == "drug_change"]
    if not changes:
        return ()
    from hemifacial.care.drugs.log import courses

    spans = []
    for course in courses(changes):
        bounds = [*(day for day, _ in course.doses[1:]), course.stopped_on]
        for (start, mg_per_day), end in zip(course.doses, bounds, strict=True):
            last = None if end is None else max(start, end - timedelta(days=1))
            spans.append(
                Span(
                    start=start,
                    end=last,
                    kind="drug",
                    label=course.drug,
                    detail=f"{mg_per_day:g} mg a day",
                )
            )
    return tuple(spans)
