"""What was answered, by whom, and what findings of other wings answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hemifacial.care.differential.tables import By, conditions, questions, rows
from hemifacial.findings import Finding, Status

__all__ = ["Answer", "Answers", "Balance", "Given", "answers_of", "settled", "with_findings"]


class Answer(StrEnum):
    """The answer to a question; unknown is as if it had not been asked."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer with who gave it; `evidence` names the result, the video or the person."""

    feature: str
    answer: Answer
    by: By
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.feature not in questions():
            raise ValueError(f"there is no question {self.feature!r}")


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What another wing weighed by its own table: observations for a condition less those against.

    It is taken as it is, so that its weights stand in one table alone; of several the mean counts,
    up to a limit (`scoring`).
    """

    condition: str
    value: float
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.condition not in conditions():
            raise ValueError(f"there is no condition {self.condition!r}")
        if not math.isfinite(self.value):
            raise ValueError(f"{self.condition}: {self.value} is no balance")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All answers on one patient, in any order."""

    given: tuple[Given, ...] = ()
    balances: tuple[Balance, ...] = ()
    age_at_onset_years: float | None = None

    def __post_init__(self) -> None:
        age = self.age_at_onset_years
        if age is not None and not (math.isfinite(age) and 0 <= age <= 130):
            raise ValueError(f"{age} is no age")


def settled(answers: Answers) -> tuple[dict[str, tuple[Given, ...]], tuple[str, ...]]:
    """The answers that hold by feature, and the features on which yes and no were both said.

    Where answers contradict each other neither counts: a person has to say which holds.
    """
    holding: dict[str, tuple[Given, ...]] = {}
    disputed = []
    for feature in questions():
        said = [one for one in answers.given if one.feature == feature]
        known = [one for one in said if one.answer is not Answer.UNKNOWN]
        if len({one.answer for one in known}) > 1:
            disputed.append(feature)
        elif known:
            ordered = sorted(known, key=lambda one: (list(By).index(one.by), one.evidence))
            holding[feature] = tuple(ordered)
    return holding, tuple(disputed)


def answers_of(findings: Sequence[Finding], *, evidence: str) -> Answers:
    """What findings of a video or of electrodiagnosis answer, by the tables of rules.

    A rule of ``finding_rules.tsv`` says between which values a quantity is a yes or a no. With
    several findings of one quantity (muscles, branches) one yes is a yes, and a no needs all of
    them; what was not judged answers nothing.
    """
    found: dict[tuple[str, By], list[Answer]] = {}
    for one in findings:
        for row in rows("finding_rules.tsv"):
            if row["quantity"] == one.quantity:
                key = (row["feature"], By(row["by"]))
                found.setdefault(key, [])
        for feature, by, answer in _answered(one):
            found[feature, by].append(answer)
    given = []
    for (feature, by), said in found.items():
        counted = sum(
            one.quantity in _quantities_of(feature, by) and not one.phase for one in findings
        )
        if Answer.YES in said:
            given.append(Given(feature=feature, answer=Answer.YES, by=by, evidence=evidence))
        elif said and len(said) == counted:
            given.append(Given(feature=feature, answer=Answer.NO, by=by, evidence=evidence))
    return Answers(given=tuple(given), balances=_balances(findings, evidence))


def _answered(one: Finding) -> list[tuple[str, By, Answer]]:
    if one.status is not Status.MEASURED or one.value is None or one.phase:
        return []
    return [
        (row["feature"], By(row["by"]), Answer(row["answer"]))
        for row in rows("finding_rules.tsv")
        if row["quantity"] == one.quantity
        and one.value >= float(row["from_value"] or -math.inf)
        and one.value < float(row["below_value"] or math.inf)
    ]


def _quantities_of(feature: str, by: By) -> set[str]:
    return {
        row["quantity"]
        for row in rows("finding_rules.tsv")
        if row["feature"] == feature and row["by"] == by
    }


def _balances(findings: Sequence[Finding], evidence: str) -> tuple[Balance, ...]:
    return tuple(
        Balance(condition=row["condition"], value=one.value, evidence=evidence)
        for row in rows("balance_rules.tsv")
        for one in findings
        if one.quantity == row["quantity"] and one.value is not None and not one.phase
    )


def with_findings(answers: Answers, findings: Sequence[Finding], *, evidence: str) -> Answers:
    """The answers of people with those of findings beside them; nothing is overwritten."""
    more = answers_of(findings, evidence=evidence)
    return Answers(
        given=(*answers.given, *more.given),
        balances=(*answers.balances, *more.balances),
        age_at_onset_years=answers.age_at_onset_years,
    )
