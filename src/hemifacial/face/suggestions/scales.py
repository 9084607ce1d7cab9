"""Suggested grades: the steps of a scale, and how far what was counted carries them.

The steps stand in ``scales.tsv`` in words of our own; every number that decides stands in
``criteria.tsv``. The rules are explained in docs/suggestions.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.findings.quality import found
from hemifacial.face.suggestions.observed import Observed, evidence, joined
from hemifacial.findings import Event, Finding, Limit, trial_types
from hemifacial.signals.rates import poisson_interval
from hemifacial.vocabulary import read_table

__all__ = ["Amount", "Step", "closing", "scale_steps", "suggestion", "why_not"]

_INTERVAL = "the rule at both ends of the 95 % intervals of what it rests on"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a scale: reached as measured, and at either end of what it rests on."""

    grade: int
    reached: bool
    at_low: bool
    at_high: bool
    why: str
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Amount:
    """How often and how long: as measured, at the low end, at the high end."""

    events: tuple[Event, ...]
    per_min: tuple[float, float, float]
    share: tuple[float, float, float]


@cache
def scale_steps(scale: str) -> tuple[Limit, ...]:
    """The steps of ``smc_grade`` or ``jankovic_frequency`` in order: our rule and its source."""
    rows = read_table("hemifacial.face.suggestions", "scales.tsv")
    return tuple(
        Limit(
            value=float(row["step"]),
            unit="1",
            meaning=row["rule"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows
        if row["scale"] == scale
    )


def suggestion(
    scale: str,
    steps: Sequence[Step],
    *,
    names: Sequence[str],
    spasms: Sequence[Event],
    remark: str = "",
    **details: Any,
) -> Finding:
    """The highest step that was reached, with what it rests on and what it could as well be.

    Parameters
    ----------
    steps
        In rising order; the first is reached in any case.
    names
        What the scale calls its grades, from 0.
    spasms
        The events to name where the step has none of its own.
    """
    grade = max(step.grade for step in steps if step.reached)
    low = max(step.grade for step in steps if step.at_low)
    high = max(step.grade for step in steps if step.at_high)
    rule = scale_steps(scale)[grade]
    own = next((step.events for step in steps if step.grade == grade), ())
    ends = f"At the ends of these figures: {names[low]} to {names[high]}." if low < high else ""
    note = joined(
        f"Suggestion, not a rating: {names[grade]}. {rule.meaning}.",
        *(step.why for step in steps),
        ends,
        remark,
        evidence(own or spasms),
    )
    return found(
        f"suggested_{scale}",
        grade,
        low=float(low),
        high=float(high),
        interval=_INTERVAL,
        limit=rule,
        note=note,
        **details,
    )


def why_not(seen: Observed) -> str:
    """Why no grade can be suggested, or an empty text."""
    least_s = seen.criteria["grade_least_judged_s"]
    if seen.judged_s < least_s:
        return f"Too little was judged: {seen.judged_s:.0f} s, {least_s:.0f} s are needed."
    right, left = (len(seen.spasms(side)) for side in SIDES)
    if (right or left) and seen.affected_side() is None:
        return f"Both sides have spasms (right {right}, left {left}); the scale is for one."
    return ""


def closing(seen: Observed, side: Side, spasms: Sequence[Event]) -> Amount | None:
    """How often and how long spasms shut the eye of a side; None where it was not measured.

    The ends follow from the number of closures alone (exact Poisson): they say how far another
    video of the same length could have been from this one, not how well the lids were seen.
    """
    shut = seen.closed(side)
    if shut is None:
        return None
    those = tuple(event for event in spasms if seen.time_s(shut & seen.within([event])) > 0)
    n, closed_s = len(those), seen.time_s(shut & seen.within(those))
    # What was missed is taken to last as long as the shortest tonic spasm.
    each_s = closed_s / n if n else trial_types()["spasm_tonic"].from_s or 0.0
    low, high = poisson_interval(n)
    return Amount(
        events=those,
        per_min=(n * 60 / seen.judged_s, low * 60 / seen.judged_s, high * 60 / seen.judged_s),
        share=(
            closed_s / seen.judged_s,
            low * each_s / seen.judged_s,
            min(1.0, high * each_s / seen.judged_s),
        ),
    )
