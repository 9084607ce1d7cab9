"""What a timeline draws beside its series: injections by product, drugs, and what happened.

A `Mark` says its day and words; what more is to be drawn (units, how long) is taken from the
entry that it comes from, where that is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.case.drawing import Mark
from hemifacial.case.reading import Entry
from hemifacial.case.timeline import Timeline

__all__ = [
    "Effect",
    "Given",
    "Happening",
    "brand",
    "effects",
    "given",
    "happenings",
    "is_operation",
    "side_note",
]

_LANES = {
    "operation": "Operation",
    "adverse_event": "Unwanted events",
    "complication": "Unwanted events",
    "drug_reaction": "Unwanted events",
    "outcome": "Relief and outcome",
    "operation_outcome": "Relief and outcome",
    "audiogram": "Hearing",
    "toxin_session": "Injections of which the dose is not at hand",
    "genetic_result": "Alleles",
    "visit": "Visits",
}
_UNWANTED = ("adverse_event", "complication", "drug_reaction")
_DETAILED = (*_UNWANTED, "operation", "outcome", "operation_outcome")
_OTHER = "Other entries"


@dataclass(frozen=True, kw_only=True)
class Given:
    """One session of one product, in units of that product."""

    day: date
    product: str
    units: float
    words: str
    entry: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How long a session worked, as the patient says; a day that nobody told is None."""

    begins: date
    fades: date | None
    over: date | None
    still_on: date | None
    improvement_percent: float | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that happened; `until` where it is known to have ended."""

    lane: str
    day: date
    label: str
    words: str
    until: date | None = None
    kind: str = ""


def brand(product: str) -> str:
    """The name of a product as people say it."""
    known = ToxinTables.read().products.get(product)
    return known.brand.split(",")[0] if known else product


def side_note(side: Side) -> str:
    """``, right side``, or nothing."""
    return {Side.NOT_APPLICABLE: "", Side.BOTH: ", both sides"}.get(side, f", {side} side")


def is_operation(mark: Mark) -> bool:
    """Whether the mark is that of an operation, or of the visit for one."""
    return mark.kind == "operation" or (mark.kind == "visit" and mark.detail == "operation")


def given(course: Timeline, entries: Sequence[Entry]) -> dict[str, tuple[Given, ...]]:
    """The sessions of each product by day; nothing is summed over products."""
    bodies = _bodies(entries)
    found: dict[str, list[Given]] = {}
    for mark in course.marks:
        session = bodies.get(mark.entry)
        if mark.kind != "toxin_session" or session is None:
            continue
        units = session.dose.units
        places = len(session.injections)
        words = (
            f"{mark.day}: {units:g} units of {brand(session.product)} at {places} "
            f"{'place' if places == 1 else 'places'}{side_note(mark.side)}"
        )
        found.setdefault(session.product, []).append(
            Given(day=mark.day, product=session.product, units=units, words=words, entry=mark.entry)
        )
    return {product: tuple(some) for product, some in found.items()}


def effects(entries: Sequence[Entry]) -> tuple[Effect, ...]:
    """What patients said of the effect of each session, by the day it began."""
    found = [
        _effect(entry.body)
        for entry in entries
        if entry.standing and entry.kind == "toxin_response"
    ]
    return tuple(sorted(found, key=lambda one: one.begins))


def happenings(course: Timeline, entries: Sequence[Entry]) -> dict[str, tuple[Happening, ...]]:
    """Every mark that is no injection with its dose, by the lane it stands in."""
    bodies = _bodies(entries)
    found: dict[str, list[Happening]] = {lane: [] for lane in (*_LANES.values(), _OTHER)}
    for mark in course.marks:
        if mark.kind == "toxin_session" and mark.entry in bodies:
            continue
        one = _happening(mark, bodies.get(mark.entry))
        found[one.lane].append(one)
    return {lane: tuple(_by_day(some)) for lane, some in found.items() if some}


def _by_day(some: Sequence[Happening]) -> list[Happening]:
    """What happened on one day as one mark."""
    days: dict[date, list[Happening]] = {}
    for one in some:
        days.setdefault(one.day, []).append(one)
    return [
        replace(
            same[0],
            label="; ".join(one.label for one in same),
            words="; ".join(one.words for one in same),
            until=max((one.until for one in same if one.until), default=None),
        )
        for _, same in sorted(days.items())
    ]


def _bodies(entries: Sequence[Entry]) -> dict[int, Any]:
    return {entry.number: entry.body for entry in entries}


def _happening(mark: Mark, body: Any) -> Happening:
    label, note = _label(mark, body), ""
    if mark.kind == "visit" and body is not None and body.note:
        note = f" ({body.note})"
    until = getattr(body, "ended_on", None)
    ended = f" until {until}" if until else ""
    operated = is_operation(mark)
    return Happening(
        lane=_LANES["operation"] if operated else _LANES.get(mark.kind, _OTHER),
        day=mark.day,
        label=label,
        words=f"{mark.day}{ended}: {label}{side_note(mark.side)}{note}",
        until=until,
        kind="operation" if operated else "unwanted" if mark.kind in _UNWANTED else mark.kind,
    )


def _label(mark: Mark, body: Any) -> str:
    """The words beside a mark; the lane has said already what kind it is."""
    if body is not None and mark.kind in _LABELS:
        return _LABELS[mark.kind](body)
    if mark.kind == "visit" or mark.kind in _DETAILED:
        return mark.detail or mark.label
    return mark.label


def _of_operation(body: Any) -> str:
    what = "" if body.technique.value in ("none", "unknown") else f"{body.technique.value}, "
    return f"{what}{body.side} side"


_LABELS: dict[str, Callable[[Any], str]] = {
    "operation": _of_operation,
    "genetic_result": lambda body: f"{body.allele} {body.result}",
    "adverse_event": lambda body: f"{body.what} ({body.severity})",
    "complication": lambda body: str(body.kind).replace("_", " "),
    "drug_reaction": lambda body: f"{body.drug}: {body.kind.value.replace('_', ' ')}",
    "audiogram": lambda body: (
        f"{body.pure_tone_average_db:g} dB, {body.speech_discrimination_percent:g} % understood"
    ),
}


def _effect(body: Any) -> Effect:
    percent = body.improvement_percent
    told = [
        f"session of {body.session_on}",
        "" if percent is None else f"{percent:g} % better at its best",
        f"began to fade {body.wearing_off_on}" if body.wearing_off_on else "",
        f"over {body.over_on}" if body.over_on else "",
    ]
    still = max(filter(None, (body.still_good_on, body.still_some_on)), default=None)
    told.append(f"still there {still}" if still else "")
    return Effect(
        begins=body.first_effect_on or body.session_on,
        fades=body.wearing_off_on,
        over=body.over_on,
        still_on=still,
        improvement_percent=percent,
        words="; ".join(filter(None, told)),
    )
