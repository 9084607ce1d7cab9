"""Totals of scales, what they mean, and whether a change is one that patients notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hemifacial.care import tables
from hemifacial.care.estimates import Estimate
from hemifacial.care.scales.scale import Direction, Grade, Scale, grades, scales
from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.vocabulary import read_table

__all__ = [
    "Change",
    "Noticeable",
    "ScaleAnswers",
    "ScaleScore",
    "change",
    "least_change",
    "score",
    "score_warnings",
]

_PACKAGE = "hemifacial.care.scales"


@dataclass(frozen=True, kw_only=True)
class ScaleAnswers:
    """The answers to the items of a scale, in their order; None where one was left out.

    Raises
    ------
    ValueError
        Where the scale is unknown, has another number of items, or an answer is out of range.
    """

    scale: str
    items: tuple[int | None, ...]
    on: date
    by: str = ""

    def __post_init__(self) -> None:
        known = scales().get(self.scale)
        if known is None:
            raise ValueError(f"there is no scale {self.scale!r}")
        if len(self.items) != known.items:
            raise ValueError(f"{known.label} has {known.items} items, not {len(self.items)}")
        for number, answer in enumerate(self.items, start=1):
            if answer is not None and not known.item_low <= answer <= known.item_high:
                raise ValueError(
                    f"{known.label}, item {number}: {answer} is not within {known.item_low} to "
                    f"{known.item_high}"
                )


@dataclass(frozen=True, kw_only=True)
class ScaleScore:
    """A total, or why there is none.

    Parameters
    ----------
    total
        None where too many items are missing, or the scale is a profile.
    low, high
        What the total would be if every missing answer were the lowest, or the highest.
    filled
        How many missing answers were replaced by the mean of the others.
    profile
        The levels one after the other where a scale is not summed; ``-`` for a missing one.
    """

    scale: str
    on: date
    total: float | None
    low: int
    high: int
    of: int
    answered: int
    filled: int
    grade: Grade | None
    profile: str
    note: str


def score(answers: ScaleAnswers) -> ScaleScore:
    """The total of a scale, its grade where it has grades, and what missing answers leave open."""
    scale = scales()[answers.scale]
    given = [one for one in answers.items if one is not None]
    missing = scale.items - len(given)
    total, note = _total(scale, given)
    return ScaleScore(
        scale=scale.word,
        on=answers.on,
        total=total,
        low=sum(given) + missing * scale.item_low,
        high=sum(given) + missing * scale.item_high,
        of=scale.total_high,
        answered=len(given),
        filled=missing if total is not None else 0,
        grade=None if total is None else _grade(scale, total),
        profile=_profile(answers) if scale.direction is Direction.PROFILE else "",
        note=note,
    )


def _total(scale: Scale, given: list[int]) -> tuple[float | None, str]:
    missing = scale.items - len(given)
    if scale.direction is Direction.PROFILE:
        return None, "a profile: its levels are not summed, and no value set is carried"
    if missing == 0:
        return float(sum(given)), ""
    if missing <= scale.missing_allowed:
        total = sum(given) * scale.items / len(given)
        return total, f"{missing} missing, each taken as the mean of the others"
    return None, f"{missing} of {scale.items} missing, {scale.missing_allowed} may be"


def _grade(scale: Scale, total: float) -> Grade | None:
    reached = [one for one in grades(scale.word) if one.from_total <= total]
    return reached[-1] if reached else None


def _profile(answers: ScaleAnswers) -> str:
    return "".join("-" if one is None else str(one) for one in answers.items)


def score_warnings(answers: ScaleAnswers) -> tuple[CareWarning, ...]:
    """What must not wait: single answers of which ``item_rules.tsv`` warns, given or left out."""
    return tuple(
        CareWarning(
            rule=row["rule"],
            severity=Severity(row["severity"]),
            text=row["text"],
            next_step=row["next_step"],
            source=row["source"],
            verified=row["verified"] == "yes",
            subject=row["scale"],
        )
        for row in tables.rows(_PACKAGE, "item_rules.tsv")
        if row["scale"] == answers.scale
        and row["answer"] == _answered(answers.items[int(row["item"]) - 1])
    )


def _answered(said: int | None) -> str:
    return "missing" if said is None else "above_0" if said > 0 else "0"


class Noticeable(StrEnum):
    """A change against the smallest one that patients notice."""

    BETTER = "better"
    MAY_BE_BETTER = "may_be_better"
    """Not by the smallest change, but within the interval of it."""
    NO_NOTICEABLE_CHANGE = "no_noticeable_change"
    WORSE = "worse"
    """Up by as much; the smallest change was determined for improvement alone."""
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Two scores of one scale, the difference and what it amounts to."""

    scale: str
    before_on: date
    after_on: date
    difference: float | None
    least: Estimate | None
    called: Noticeable
    text: str


def least_change(scale: str) -> Estimate | None:
    """The smallest change that patients notice, with its interval; None where none was read."""
    for row in read_table("hemifacial.care.scales", "changes.tsv"):
        if row["scale"] == scale:
            unread = "" if row["verified"] == "yes" else ", not verified"
            return Estimate(
                value=float(row["change"]),
                unit="1",
                low=float(row["low"]),
                high=float(row["high"]),
                how="minimal important change, 95 % interval of the paper "
                f"({row['source']}{unread})",
                n=int(row["n"]),
            )
    return None


def change(before: ScaleScore, after: ScaleScore) -> Change:
    """What became of a score.

    Better is a fall by the smallest change or more (HFS-7: 3 points); a fall that only reaches the
    weak end of its interval may be. The trap: it was determined in groups, and is larger in those
    who are depressed.

    Raises
    ------
    ValueError
        Where the scores are of two scales, or in the wrong order.
    """
    if before.scale != after.scale:
        raise ValueError(f"{before.scale} and {after.scale} cannot be compared")
    if after.on < before.on:
        raise ValueError(f"{after.on} comes before {before.on}")
    label, least = scales()[before.scale].label, least_change(before.scale)
    if before.total is None or after.total is None:
        called, difference, text = Noticeable.CANNOT_TELL, None, f"{label}: a total is missing."
    else:
        difference = after.total - before.total
        called = _called(difference, least)
        totals = f"{before.total:g} to {after.total:g} ({difference:+g})"
        text = f"{label} {totals}. {_said(called, least)}"
    return Change(
        scale=before.scale,
        before_on=before.on,
        after_on=after.on,
        difference=difference,
        least=least,
        called=called,
        text=text,
    )


def _called(difference: float, least: Estimate | None) -> Noticeable:
    if least is None or least.high is None:
        return Noticeable.CANNOT_TELL
    if difference <= least.value:
        return Noticeable.BETTER
    if difference <= least.high:
        return Noticeable.MAY_BE_BETTER
    return Noticeable.WORSE if difference >= -least.value else Noticeable.NO_NOTICEABLE_CHANGE


def _said(called: Noticeable, least: Estimate | None) -> str:
    if least is None:
        return "What change patients notice was not read for this scale."
    fall = f"{-least.value:g} points or more"
    if least.low is not None and least.high is not None:
        fall += f" (95 % interval {-least.high:g} to {-least.low:g}, {least.n} patients)"
    return f"Patients notice a fall by {fall}: {_IN_WORDS[called]}."


_IN_WORDS = {
    Noticeable.BETTER: "better",
    Noticeable.MAY_BE_BETTER: "may be better",
    Noticeable.NO_NOTICEABLE_CHANGE: "no change that they notice",
    Noticeable.WORSE: "worse by as much",
    Noticeable.CANNOT_TELL: "whether this is one cannot be told",
}
