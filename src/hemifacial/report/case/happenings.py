"""What happened, by the lanes in which a timeline draws it: operation, unwanted, outcome, visits.

A `Mark` says its day and words; what more is to be drawn (how long) is taken from the entry that
it comes from, where that is at hand. Injections with their doses are in `injected`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hemifacial.case.points import Mark
from hemifacial.case.reading import Entry
from hemifacial.case.timeline import Timeline
from hemifacial.report.case.naming import side_note

__all__ = ["Happening", "happenings", "is_operation"]

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
class Happening:
    """Something that happened; `until` where it is known to have ended."""

    lane: str
    day: date
    label: str
    words: str
    until: date | None = None
    kind: str = ""


def is_operation(mark: Mark) -> bool:
    """Whether the mark is that of an operation, or of the visit for one."""
    return mark.kind == "operation" or (mark.kind == "visit" and mark.detail == "operation")


def happenings(course: Timeline, entries: Sequence[Entry]) -> dict[str, tuple[Happening, ...]]:
    """Every mark that is no injection with its dose, by the lane it stands in."""
    bodies = {entry.number: entry.body for entry in entries}
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
