"""Injections of a timeline: the units of each product by day, and how long each session worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hemifacial.case.reading import Entry
from hemifacial.case.timeline import Timeline
from hemifacial.report.case.naming import brand, side_note

__all__ = ["Effect", "Given", "effects", "given"]


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


def given(course: Timeline, entries: Sequence[Entry]) -> dict[str, tuple[Given, ...]]:
    """The sessions of each product by day; nothing is summed over products."""
    bodies = {entry.number: entry.body for entry in entries}
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
