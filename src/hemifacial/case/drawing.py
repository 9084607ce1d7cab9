"""What each kind of entry gives to a timeline: points of a series, or a mark.

A kind without a function here is a mark with its label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.case.kinds import KINDS
from hemifacial.case.points import Mark, Point, SeriesKey
from hemifacial.case.reading import Entry
from hemifacial.case.spread import spread_of_operation, spread_of_result
from hemifacial.findings import Status, quantities

__all__ = ["SHOWN", "drawn"]

SHOWN = (
    "spasm_rate",
    "time_in_spasm",
    "tonic_share",
    "lateral_spread_probability",
    "lateral_spread_amplitude",
    "lateral_spread_left",
    "lateral_spread_state",
)
"""The findings that a timeline shows, in its order; those of a single phase are left out.

Of a series through an operation, whose phases are its stages, the end is shown.
"""


_Drawn = Mark | tuple[SeriesKey, Point]


def drawn(entry: Entry) -> Iterable[_Drawn]:
    """The marks of an entry, and its points each with the series that it belongs to."""
    return _DRAWN.get(entry.kind, _mark)(entry)


def _nothing(_: Entry) -> Iterable[_Drawn]:
    return ()


def _mark(entry: Entry, detail: str = "", side: Side = Side.NOT_APPLICABLE) -> Iterable[_Drawn]:
    label = KINDS[entry.kind].label
    yield Mark(
        day=entry.happened_on,
        kind=entry.kind,
        label=label,
        entry=entry.number,
        detail=detail,
        side=side,
    )


def _point(entry: Entry, key: SeriesKey, value: float) -> Iterable[_Drawn]:
    yield key, Point(day=entry.happened_on, value=value, entry=entry.number)


def _result(entry: Entry) -> Iterable[_Drawn]:
    yield from spread_of_result(entry)
    for one in entry.body.standing_findings:
        if one.quantity not in SHOWN or one.phase:
            continue
        known = quantities()[one.quantity]
        yield (
            SeriesKey(
                quantity=one.quantity,
                label=known.label,
                unit=one.unit,
                side=one.side,
                sites=one.sites if one.quantity.startswith("lateral_spread") else (),
            ),
            Point(
                day=entry.happened_on,
                value=one.value,
                entry=entry.number,
                low=one.low,
                high=one.high,
                status=one.status,
                detection_limit=one.detection_limit,
                note=one.note,
            ),
        )


def _scale(entry: Entry) -> Iterable[_Drawn]:
    body = entry.body
    total = body.total
    key = SeriesKey(quantity=body.scale, label=body.scale, side=body.side)
    if total is not None:
        return _point(entry, key, total)
    given = [float(answer) for answer in body.items.values() if answer is not None]
    why = _no_sum(body, len(given))
    if not why:
        return _point(entry, key, sum(given))
    point = Point(
        day=entry.happened_on,
        value=None,
        entry=entry.number,
        status=Status.NOT_JUDGED,
        note=why,
    )
    return [(key, point)]


def _no_sum(body: Any, given: int) -> str:
    """Why answers have no sum: a smaller one would look like a patient who is better."""
    from hemifacial.care.scales.scale import Direction, scale_called

    known = scale_called(body.scale)
    if known is not None and known.direction is Direction.PROFILE:
        return "its levels are not summed"
    of = max(len(body.items), known.items if known else 0)
    return "" if given == of else f"{of - given} of {of} answers are missing"


def _outcome(entry: Entry) -> Iterable[_Drawn]:
    body = entry.body
    if body.value is None:
        return _mark(entry, f"{body.measure}: {body.grade}", body.side)
    key = SeriesKey(
        quantity=body.measure, label=body.measure, unit=body.unit or "1", side=body.side
    )
    return _point(entry, key, body.value)


def _laboratory(entry: Entry) -> Iterable[_Drawn]:
    body = entry.body
    return _point(
        entry, SeriesKey(quantity=body.what, label=body.what, unit=body.unit), float(body.value)
    )


def _toxin_session(entry: Entry) -> Iterable[_Drawn]:
    sides = entry.body.sides
    side = sides[0] if len(sides) == 1 else Side.BOTH
    return _mark(entry, f"{entry.body.dose}, {len(entry.body.injections)} injections", side)


def _operation(entry: Entry) -> Iterable[_Drawn]:
    yield from _mark(entry, side=entry.body.side)
    yield from spread_of_operation(entry)


def _complication(entry: Entry) -> Iterable[_Drawn]:
    ended = f", until {entry.body.ended_on}" if entry.body.ended_on else ""
    return _mark(entry, f"{entry.body.kind.replace('_', ' ')}{ended}")


def _operation_outcome(entry: Entry) -> Iterable[_Drawn]:
    body = entry.body
    if body.spasm is not None:
        yield from _mark(entry, f"spasm {body.spasm.value.replace('_', ' ')}")
    for name, label in (("smc_grade", "SMC grade"), ("house_brackmann", "House-Brackmann grade")):
        grade = getattr(body, name)
        if grade is not None:
            yield from _point(entry, SeriesKey(quantity=name, label=label), float(grade))


def _diary(entry: Entry) -> Iterable[_Drawn]:
    key = SeriesKey(quantity="diary_spasm_count", label="Spasms by the diary", unit="1/day")
    for one in entry.body.days:
        if one.spasm_count is not None:
            yield key, Point(day=one.day, value=float(one.spasm_count), entry=entry.number)


def _adverse_event(entry: Entry) -> Iterable[_Drawn]:
    body = entry.body
    ended = f", until {body.ended_on}" if body.ended_on else ""
    return _mark(entry, f"{body.what} ({body.severity}){ended}", body.side)


def _visit(entry: Entry) -> Iterable[_Drawn]:
    return _mark(entry, entry.body.purpose.value.replace("_", " "))


_DRAWN: Mapping[str, Callable[[Entry], Iterable[_Drawn]]] = {
    "patient": _nothing,
    "recording": _nothing,
    "note": _nothing,
    "circumstances": _nothing,
    "toxin_response": _nothing,
    "indication": _nothing,
    "answers": _nothing,
    "drug_change": _nothing,  # a span, with the other changes of its drug
    "result": _result,
    "scale": _scale,
    "outcome": _outcome,
    "laboratory_value": _laboratory,
    "toxin_session": _toxin_session,
    "adverse_event": _adverse_event,
    "visit": _visit,
    "operation": _operation,
    "complication": _complication,
    "operation_outcome": _operation_outcome,
    "diary": _diary,
}
