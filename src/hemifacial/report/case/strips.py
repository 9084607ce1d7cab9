"""Series of a timeline as strips: which go together, and over which range each is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hemifacial.anatomy import Side
from hemifacial.care.scales.scale import Direction, Scale, scales
from hemifacial.case.drawing import SHOWN
from hemifacial.case.points import Point
from hemifacial.case.spread import STATES
from hemifacial.case.timeline import Series
from hemifacial.findings import Status
from hemifacial.report.case.members import Member, members_of
from hemifacial.report.electro.scales import round_up
from hemifacial.report.words import number, with_unit

__all__ = ["Strip", "point_words", "strips_of", "unit_words"]

_UNITS = {"1": "", "1/min": "per minute", "1/day": "a day"}
_ALIASES = {"smc_grade": "smc"}  # the same scale, entered with the visit after an operation
_FURTHEST_INTERVAL = 2.5  # of the largest value: beyond it, an interval would flatten the values


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One quantity with its series, drawn from `low` to `high`.

    `states` names values that are answers and no amounts; then there is no other axis.
    """

    lane: str
    quantity: str
    heading: str
    unit: str
    low: float
    high: float
    members: tuple[Member, ...]
    states: tuple[tuple[float, str], ...] = ()
    note: str = ""


def strips_of(series: Sequence[Series]) -> tuple[Strip, ...]:
    """The strips of a timeline: video, lateral spread, scales, what else was measured.

    One strip holds one quantity in one unit; its sides and places are told apart within it.
    """
    sized = {_place(one) for one in series if one.quantity == "lateral_spread_amplitude"}
    grouped: dict[tuple[str, str], list[Series]] = {}
    for one in _without_twice(series):
        if one.quantity == "lateral_spread_probability" and _place(one) in sized:
            continue  # the amplitude, or the limit that it is below, says the same and how much
        word = _ALIASES.get(one.quantity, one.quantity)
        grouped.setdefault((word, one.unit), []).append(one)
    made = [_strip(members) for members in grouped.values()]
    order = ("Video", "Lateral spread", "Scales", "Other")
    return tuple(sorted(made, key=lambda strip: order.index(strip.lane)))


def point_words(point: Point, unit: str, states: Sequence[tuple[float, str]] = ()) -> str:
    """A value with its interval, or why there is none: ``12.0 per minute (8.4 to 16.3)``.

    Of a series within the day it is the end, and the course to it is told.
    """
    said = _value_words(point, unit, states)
    return f"{said} at the end; {point.course}" if point.course else said


def _value_words(point: Point, unit: str, states: Sequence[tuple[float, str]]) -> str:
    if point.status is Status.NOT_JUDGED:
        return f"not judged{f' ({point.note})' if point.note else ''}"
    if point.value is None:
        limit = with_unit(point.detection_limit or 0.0, unit)
        return f"none seen; more than {limit} would have been"
    if states:
        return dict(states).get(point.value, f"{point.value:g}")
    said = with_unit(point.value, unit)
    if point.low is None or point.high is None:
        return said
    return f"{said} ({number(point.low, unit)} to {number(point.high, unit)})"


def _strip(series: Sequence[Series]) -> Strip:
    first = series[0]
    points = [point for one in series for point in one.points]
    scale = scales().get(_ALIASES.get(first.quantity, first.quantity))
    states: tuple[tuple[float, str], ...] = ()
    if first.quantity == "lateral_spread_state":
        states = tuple(STATES.items())
    low, high = (0.0, 2.0) if states else _range(points, scale, _lane(first) == "Other")
    if first.quantity == "lateral_spread_left":
        high = max(high, 100.0)  # the baseline: of a range up to 22 % a fifth looks like all
    return Strip(
        lane=_lane(first),
        quantity=first.quantity,
        heading=scale.label if scale else first.label[:1].upper() + first.label[1:],
        unit=first.unit,
        low=low,
        high=high,
        members=members_of(series),
        states=states,
        note=_meaning(scale),
    )


def _without_twice(series: Sequence[Series]) -> Iterator[Series]:
    """The series without states of which the amount says all: how much is left, or may be."""
    told = {
        (_place(one), point.entry)
        for one in series
        if one.quantity == "lateral_spread_left"
        for point in one.points
    }
    for one in series:
        if one.quantity != "lateral_spread_state":
            yield one
            continue
        points = tuple(point for point in one.points if (_place(one), point.entry) not in told)
        if points:
            yield replace(one, points=points)


def _place(series: Series) -> tuple[Side, tuple[str, ...]]:
    return series.side, series.sites


def _lane(series: Series) -> str:
    if series.quantity.startswith("lateral_spread"):
        return "Lateral spread"
    if series.quantity in SHOWN:
        return "Video"
    return "Scales" if series.unit == "1" else "Other"


def _range(points: Sequence[Point], scale: Scale | None, floating: bool) -> tuple[float, float]:
    if scale is not None and scale.total_high > scale.total_low:
        return float(scale.total_low), float(scale.total_high)
    values = [one.value for one in points if one.value is not None]
    values += [one.detection_limit for one in points if one.detection_limit is not None]
    if not values:
        return 0.0, 1.0
    if floating and min(values) > 0.5 * max(values):  # such as sodium: from 0 it would be a line
        room = max(0.05 * max(values), max(values) - min(values))
        return round(min(values) - room), round(max(values) + room)
    furthest = _FURTHEST_INTERVAL * max(map(abs, values))
    highs = [min(one.high, furthest) for one in points if one.high is not None]
    lows = [max(one.low, -furthest) for one in points if one.low is not None]
    low = min([0.0, *values, *lows])
    return (-round_up(-low) if low < 0 else 0.0), round_up(max([*values, *highs]))


def _meaning(scale: Scale | None) -> str:
    if scale is None:
        return ""
    return {
        Direction.HIGHER_WORSE: "more is worse",
        Direction.HIGHER_BETTER: "more is better",
    }.get(scale.direction, "")


def unit_words(unit: str) -> str:
    """A unit as a heading says it, empty of a plain number."""
    return _UNITS.get(unit, unit)
