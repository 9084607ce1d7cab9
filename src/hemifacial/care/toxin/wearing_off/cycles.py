"""From sessions and what patients say of them to days between which the effect fell below a share.

Whatever is known has one form, a `Mark`: on day `low` there was still more than this share of the
full effect, on day `high` there was less. A day that is told, a reading, and a patient who at the
next injection says "still good" differ only in how far the two lie apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.response import Response
from hemifacial.care.toxin.session import Session
from hemifacial.care.toxin.wearing_off.criteria import read_wearing_off_criteria
from hemifacial.findings import Limit

__all__ = ["Cycle", "Mark", "cycles_of"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The effect fell below `share` of the full one between two days after the injection."""

    share: float
    low_days: float
    high_days: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One session with what is known of the end of its effect; `marks` may be empty.

    `number` counts the patient's sessions from 0. `failed` says that there was no effect at all:
    such a cycle has no end, and is counted apart.
    """

    patient: str
    number: int
    started_on: date
    dose: ToxinDose[str]
    marks: tuple[Mark, ...] = ()
    improvement_percent: float | None = None
    failed: bool = False


def cycles_of(
    patient: str,
    sessions: Sequence[Session],
    responses: Sequence[Response],
    criteria: Mapping[str, Limit] | None = None,
) -> tuple[Cycle, ...]:
    """The cycles of one patient in order of time; the last one may be under way.

    A response belongs to the session of its `session_on`; the later of two of one session holds.
    A day that nobody told is no day: only `still_good_on` and `still_some_on` say that an effect
    outlasted something.
    """
    known = criteria or read_wearing_off_criteria()
    by_day = {one.session_on: one for one in responses}
    ordered = sorted(sessions, key=lambda one: one.happened_on)
    return tuple(
        _cycle(patient, number, session, by_day.get(session.happened_on), known)
        for number, session in enumerate(ordered)
    )


def _cycle(
    patient: str,
    number: int,
    session: Session,
    response: Response | None,
    criteria: Mapping[str, Limit],
) -> Cycle:
    percent = response.improvement_percent if response else None
    failed = percent is not None and percent <= 0
    marks = (
        ()
        if response is None or failed
        else (*_told(response, criteria), *_read(response, criteria))
    )
    return Cycle(
        patient=patient,
        number=number,
        started_on=session.happened_on,
        dose=session.dose,
        marks=marks,
        improvement_percent=percent,
        failed=failed,
    )


def _told(response: Response, criteria: Mapping[str, Limit]) -> list[Mark]:
    """What the patient said, each day as good as days are that people remember."""
    good, some = criteria["wearing_off_share"].value, criteria["end_share"].value
    either_way = criteria["report_rounding_days"].value
    marks = []
    for share, fell_on in ((good, response.wearing_off_on), (some, response.over_on)):
        if fell_on is not None:
            days = (fell_on - response.session_on).days
            low = max(days - either_way, 0.5)
            marks.append(Mark(share=share, low_days=low, high_days=max(days, 1) + either_way))
    for share, there_on, told in (
        (good, response.still_good_on, response.wearing_off_on),
        (some, response.still_some_on, response.over_on),
    ):
        # A day on which it had not begun says no more where the day itself is known.
        if there_on is not None and told is None and there_on > response.session_on:
            marks.append(Mark(share=share, low_days=(there_on - response.session_on).days))
    return marks


def _read(response: Response, criteria: Mapping[str, Limit]) -> list[Mark]:
    """Where readings fall below half of the best effect: between the two readings around it."""
    share = criteria["reading_share"].value
    readings = sorted(
        ((one.measured_on - response.session_on).days, 1 - one.spasm_share)
        for one in response.readings
        if one.measured_on > response.session_on
    )
    if len(readings) < 2:
        return []
    best = max(effect for _, effect in readings)
    if best <= 0:
        return []
    start = [effect for _, effect in readings].index(best)
    last_above = readings[start][0]
    for day, effect in readings[start + 1 :]:
        if effect < share * best:
            return [Mark(share=share, low_days=last_above, high_days=day)]
        last_above = day
    return [Mark(share=share, low_days=last_above)]
