"""What came of an operation: when it may be judged, and the grades of it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hemifacial.care.decompression.tables import limits
from hemifacial.care.scales.scale import Grade, grades

__all__ = ["Judgement", "Kondo", "Look", "Spasm", "Verdict", "judge", "kondo", "months_after"]


class Spasm(StrEnum):
    """The spasm on a day, as patient and examiner agree."""

    FREE = "free"
    BETTER = "better"
    """At least 90 % better, or slight spasm now and then."""
    PRESENT = "present"


class Judgement(StrEnum):
    """What may be said of an operation on a day."""

    FREE = "free"
    BETTER = "better"
    FAILED = "failed"
    RECURRED = "recurred"
    CANNOT_BE_JUDGED = "cannot_be_judged"
    NOT_SEEN = "not_seen"


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the spasm was on one day after the operation."""

    on: date
    spasm: Spasm
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is said, in words, with the day before which nothing may be said."""

    judgement: Judgement
    text: str
    not_before: date | None
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Kondo:
    """Efficacy and complication after Kondo 2012, and their sum."""

    efficacy: Grade
    complication: Grade
    total: Grade
    provisional: bool
    """Given before a year had passed."""


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one where it has none."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def judge(operated_on: date, looks: Sequence[Look], today: date) -> Verdict:
    """What the looks until today allow to be said.

    A spasm that persists is a failure only where it was seen six months after the operation or
    later; before, the answer is the day from which it may be judged. A recurrence is a spasm that
    comes back after so many free days as ``criteria.tsv`` says, in somebody who had been free.

    Raises
    ------
    ValueError
        Where a look lies before the operation.
    """
    seen = sorted((one for one in looks if one.on <= today), key=lambda one: one.on)
    if seen and seen[0].on < operated_on:
        raise ValueError(f"{seen[0].on} comes before the operation on {operated_on}")
    limit = limits()["judge_failure_months"]
    ripe = months_after(operated_on, int(limit.value))
    if not seen:
        return _said(Judgement.NOT_SEEN, "Nobody has looked since the operation.", None)
    last = seen[-1]
    if last.spasm is not Spasm.PRESENT:
        plain = "no spasm" if last.spasm is Spasm.FREE else "better, not free"
        word = Judgement.FREE if last.spasm is Spasm.FREE else Judgement.BETTER
        return _said(word, f"{last.on.isoformat()}: {plain}.", None)
    free_days = _free_before(seen)
    if free_days >= limits()["free_before_recurrence_days"].value:
        return _recurred(last, free_days)
    if last.on < ripe:
        more = (
            "Relief often comes late." if today < ripe else "Nobody has looked since: look again."
        )
        return Verdict(
            judgement=Judgement.CANNOT_BE_JUDGED,
            text=f"Spasm on {last.on.isoformat()}: cannot be judged before {ripe.isoformat()}, six "
            f"months after the operation. {more}",
            not_before=ripe,
            source=limit.source,
            verified=limit.verified,
        )
    if any(one.spasm is Spasm.FREE for one in seen):
        return _said(
            Judgement.CANNOT_BE_JUDGED,
            f"Spasm on {last.on.isoformat()}, free in between but not known for how long: a "
            "failure and a recurrence cannot be told apart.",
            None,
        )
    return Verdict(
        judgement=Judgement.FAILED,
        text=f"Spasm on {last.on.isoformat()}, {(last.on - operated_on).days} days after the "
        "operation: it persists.",
        not_before=ripe,
        source=limit.source,
        verified=limit.verified,
    )


def _free_before(seen: Sequence[Look]) -> int:
    """Days of the longest stretch of looks without spasm before the last ones with it."""
    longest, since = timedelta(0), None
    for one in seen:
        if one.spasm is Spasm.FREE:
            since = one.on if since is None else since
            longest = max(longest, one.on - since)
        else:
            since = None
    return longest.days


def _recurred(last: Look, free_days: int) -> Verdict:
    limit = limits()["free_before_recurrence_days"]
    return Verdict(
        judgement=Judgement.RECURRED,
        text=f"Spasm on {last.on.isoformat()} after at least {free_days} free days: a recurrence, "
        "which can fade again.",
        not_before=None,
        source=f"{limit.source}; doi:10.1007/s00701-022-05133-w",
        verified=limit.verified,
    )


def _said(judgement: Judgement, text: str, not_before: date | None) -> Verdict:
    return Verdict(
        judgement=judgement,
        text=text,
        not_before=not_before,
        source="this project, docs/decompression.md",
        verified=False,
    )


def kondo(efficacy: int, complication: int, operated_on: date, on: date) -> Kondo:
    """The grades E and C with their sum T; provisional before a year has passed.

    Raises
    ------
    ValueError
        Where a grade is out of range, or the day lies before the operation.
    """
    if on < operated_on:
        raise ValueError(f"{on} comes before the operation on {operated_on}")
    return Kondo(
        efficacy=_grade("kondo_e", efficacy),
        complication=_grade("kondo_c", complication),
        total=_grade("kondo_t", efficacy + complication),
        provisional=on < months_after(operated_on, int(limits()["kondo_months"].value)),
    )


def _grade(scale: str, number: int) -> Grade:
    for grade in grades(scale):
        if grade.from_total == number:
            return grade
    known = ", ".join(str(grade.from_total) for grade in grades(scale))
    raise ValueError(f"{number} is no grade of {scale}; there are {known}")
