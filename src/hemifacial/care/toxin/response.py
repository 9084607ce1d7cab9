"""What became of a session: what the patient says of its effect, readings, side effects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hemifacial.anatomy import Side
from hemifacial.errors import InputError

__all__ = ["Grade", "Reading", "Response", "SideEffect"]


class Grade(StrEnum):
    """How bad a side effect was."""

    NOT_STATED = ""
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, kw_only=True)
class SideEffect:
    """A side effect.

    Parameters
    ----------
    kind
        A word of ``side_effects.tsv``.
    sites
        Numbers of the injections (1 is the first) that the clinician holds responsible, if any.
    """

    kind: str
    side: Side = Side.NOT_APPLICABLE
    began_on: date | None = None
    duration_days: float | None = None
    grade: Grade = Grade.NOT_STATED
    sites: tuple[int, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.duration_days is not None and not (
            math.isfinite(self.duration_days) and self.duration_days >= 0
        ):
            raise InputError(
                f"{self.kind} of {self.duration_days} days", next_step="Give 0 days or more."
            )
        if any(number < 1 for number in self.sites):
            raise InputError(
                f"{self.kind}: injections are counted from 1", next_step="Give their numbers."
            )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How much spasm there was on a day after the session, as a part of that before it.

    `spasm_share` is 1 where it is as before the injection and 0 where there is none; `what` names
    the scale or the quantity of a video, and `reference` the entry of the record.
    """

    measured_on: date
    spasm_share: float
    what: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.spasm_share) and self.spasm_share >= 0):
            raise InputError(
                f"a spasm of {self.spasm_share} times that before the injection",
                next_step="Give the reading divided by the one before the injection, 0 or more.",
            )


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the patient says of one session; whatever is not known is None.

    Parameters
    ----------
    first_effect_on, best_on
        The first day with an effect, and the best day.
    improvement_percent
        At its best, 0 (none) to 100; below 0 it was worse than before.
    wearing_off_on, over_on
        The day on which it began to wear off, and on which it was as before the injection.
    still_good_on, still_some_on
        The last day of which the patient said that it had not begun to wear off, or that it was
        not over: this is what tells a long effect from a report that is missing.
    """

    session_on: date
    first_effect_on: date | None = None
    best_on: date | None = None
    improvement_percent: float | None = None
    wearing_off_on: date | None = None
    over_on: date | None = None
    still_good_on: date | None = None
    still_some_on: date | None = None
    readings: tuple[Reading, ...] = ()
    side_effects: tuple[SideEffect, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.improvement_percent is not None and not (-100 <= self.improvement_percent <= 100):
            raise InputError(
                f"an improvement of {self.improvement_percent} %",
                next_step="Give it between -100 and 100.",
            )
        for name in ("first_effect_on", "best_on", "wearing_off_on", "over_on"):
            day = getattr(self, name)
            if day is not None and day < self.session_on:
                raise InputError(
                    f"{name} is {day}, before the session of {self.session_on}",
                    next_step="Correct the date.",
                )
        order = [one for one in (self.first_effect_on, self.wearing_off_on, self.over_on) if one]
        if order != sorted(order):
            raise InputError(
                "first effect, wearing off and end are not in this order",
                next_step="Correct the dates.",
            )
