"""Points of every condition, one line a rule: no probability, no diagnosis.

A yes counts the points of its weight. A no counts the same against, times the share that its
question states (0 where a no says nothing). What is unknown or disputed counts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hemifacial.care.differential.answers import Answer, Answers, Given, settled
from hemifacial.care.differential.tables import (
    conditions,
    limits,
    points,
    questions,
    rows,
    weights,
)

__all__ = ["BALANCE", "TraceLine", "effect", "totals", "trace_of"]

BALANCE = "electromyography"
"""What a line of the trace is called that took another wing's balance."""


@dataclass(frozen=True, kw_only=True)
class TraceLine:
    """One rule that spoke: this answer, by these, gives this condition so many points."""

    feature: str
    answer: Answer
    by: tuple[str, ...]
    condition: str
    weight: str
    points: float
    evidence: tuple[str, ...]
    source: str
    verified: bool


def effect(feature: str, answer: Answer, condition: str) -> float:
    """The points that an answer gives a condition."""
    weight = weights().get((feature, condition))
    if weight is None or answer is Answer.UNKNOWN:
        return 0.0
    whole = points(weight.weight)
    if answer is Answer.YES:
        return whole
    return -questions()[feature].absence * whole + 0.0


def trace_of(answers: Answers) -> tuple[TraceLine, ...]:
    """Every rule that gave points, in the order of questions and conditions."""
    holding, _ = settled(answers)
    lines = [
        _line(feature, given, condition)
        for feature, given in holding.items()
        for condition in conditions()
        if effect(feature, given[0].answer, condition)
    ]
    return (*lines, *_balances(answers))


def _line(feature: str, given: tuple[Given, ...], condition: str) -> TraceLine:
    weight, answer = weights()[feature, condition], given[0].answer
    return TraceLine(
        feature=feature,
        answer=answer,
        by=tuple(dict.fromkeys(str(one.by) for one in given)),
        condition=condition,
        weight=weight.weight,
        points=effect(feature, answer, condition),
        evidence=tuple(dict.fromkeys(one.evidence for one in given if one.evidence)),
        source=weight.source,
        verified=weight.verified,
    )


def _balances(answers: Answers) -> list[TraceLine]:
    """Balances of other wings; of several of one condition the mean, within the limit."""
    most = limits()["balance_most"].value
    lines = []
    for condition in conditions():
        mine = [one for one in answers.balances if one.condition == condition]
        if not mine:
            continue
        mean = sum(sorted(one.value for one in mine)) / len(mine)
        row = next(row for row in rows("balance_rules.tsv") if row["condition"] == condition)
        counted = max(-most, min(most, mean))
        if counted:
            lines.append(
                TraceLine(
                    feature=BALANCE,
                    answer=Answer.YES,
                    by=("electro",),
                    condition=condition,
                    weight=f"{mean:+g}",
                    points=counted,
                    evidence=tuple(sorted({one.evidence for one in mine if one.evidence})),
                    source=row["source"],
                    verified=row["verified"] == "yes",
                )
            )
    return lines


def totals(lines: tuple[TraceLine, ...]) -> Mapping[str, float]:
    """The sum of each condition, in the order of the table."""
    return {
        word: sum(line.points for line in lines if line.condition == word) for word in conditions()
    }
