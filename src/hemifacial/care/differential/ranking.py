"""The ranked list: what the answers speak for, what is missing, what would change the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hemifacial.care.differential.answers import Answer, Answers, settled
from hemifacial.care.differential.red_flags import red_flags
from hemifacial.care.differential.scoring import BALANCE, TraceLine, effect, totals, trace_of
from hemifacial.care.differential.tables import By, conditions, limits, questions, weights
from hemifacial.care.warnings import CareWarning

__all__ = ["Candidate", "MissingTest", "Ranking", "Supposed", "rank"]

_ROUNDING = 1e-9
_MISSING = 3


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A condition with its points; those with as many share a rank."""

    rank: int
    condition: str
    label: str
    points: float
    for_points: float
    against_points: float


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """An answer that nobody has given yet."""

    feature: str
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class MissingTest:
    """An unanswered question that parts the first two.

    `if_yes` and `if_no` are by how much the lead of the first over the second would change;
    `parts` is the difference between them.
    """

    feature: str
    question: str
    asked_of: By
    if_yes: float
    if_no: float
    parts: float


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What is shown; `sentence` comes first wherever it is.

    Parameters
    ----------
    missing
        The unanswered questions that would part the first two most, at most three.
    would_change
        The smallest set of answers after which the first is first no more; empty where no
        answers could do that.
    rests_on
        Single answers without which the first would not be first alone.
    disputed
        Questions to which both yes and no were said; they count nothing.
    """

    sentence: str
    candidates: tuple[Candidate, ...]
    trace: tuple[TraceLine, ...]
    missing: tuple[MissingTest, ...]
    would_change: tuple[Supposed, ...]
    rests_on: tuple[str, ...]
    disputed: tuple[str, ...]
    unanswered: tuple[str, ...]
    red_flags: tuple[CareWarning, ...]


def rank(answers: Answers) -> Ranking:
    """The order of conditions by the answers, and everything that has to be told with it."""
    holding, disputed = settled(answers)
    trace = trace_of(answers)
    balance = any(line.feature == BALANCE for line in trace)
    sums = totals(trace)
    candidates = _candidates(sums, trace)
    unanswered = tuple(feature for feature in questions() if feature not in holding)
    first, second = candidates[0].condition, candidates[1].condition
    return Ranking(
        sentence=_sentence(candidates, len(holding), balance, bool(trace)),
        candidates=candidates,
        trace=trace,
        missing=_missing(first, second, unanswered),
        would_change=_would_change(sums, unanswered) if trace else (),
        rests_on=_rests_on(trace, sums) if trace else (),
        disputed=disputed,
        unanswered=unanswered,
        red_flags=red_flags(answers),
    )


def _candidates(sums: Mapping[str, float], trace: Sequence[TraceLine]) -> tuple[Candidate, ...]:
    ordered = sorted(sums, key=lambda word: -sums[word])  # ties stay in the order of the table
    found = []
    for word in ordered:
        mine = [line.points for line in trace if line.condition == word]
        better = sum(sums[other] > sums[word] + _ROUNDING for other in sums)
        found.append(
            Candidate(
                rank=better + 1,
                condition=word,
                label=conditions()[word].label,
                points=sums[word],
                for_points=sum(one for one in mine if one > 0),
                against_points=-sum(one for one in mine if one < 0),
            )
        )
    return tuple(found)


def _sentence(
    candidates: Sequence[Candidate], answered: int, balance: bool, any_points: bool
) -> str:
    prior = limits()["mimic_share"]
    said = (
        "This is an order of conditions by weighed answers, to show what to look for next; it is "
        f"no diagnosis. {prior.meaning} ({prior.source})."
    )
    if not any_points:
        return f"{said} No answer has been given that parts the conditions."
    leading = [one.label for one in candidates if one.rank == 1]
    counted = [f"{answered} answer{'' if answered == 1 else 's'}"] if answered else []
    counted += [f"the balance of {BALANCE}"] if balance else []
    speak = "speaks" if len(counted) == 1 and answered <= 1 else "speak"
    who = " and ".join(counted)
    return f"{said} {who[:1].upper()}{who[1:]} {speak} most for {' and '.join(leading)}."


def _missing(first: str, second: str, unanswered: Sequence[str]) -> tuple[MissingTest, ...]:
    found = []
    for feature in unanswered:
        yes = effect(feature, Answer.YES, first) - effect(feature, Answer.YES, second)
        no = effect(feature, Answer.NO, first) - effect(feature, Answer.NO, second)
        if abs(yes - no) > _ROUNDING:
            question = questions()[feature]
            found.append(
                MissingTest(
                    feature=feature,
                    question=question.question,
                    asked_of=question.asked_of,
                    if_yes=yes,
                    if_no=no,
                    parts=abs(yes - no),
                )
            )
    return tuple(sorted(found, key=lambda one: -one.parts)[:_MISSING])


def _would_change(sums: Mapping[str, float], unanswered: Sequence[str]) -> tuple[Supposed, ...]:
    """The fewest answers that put any other condition ahead of the first.

    For one challenger, the answers that help it most are taken first: no smaller set can do it.
    """
    first = max(sums, key=lambda word: sums[word])
    best: tuple[Supposed, ...] = ()
    for challenger in sums:
        if challenger == first:
            continue
        chosen = _to_overtake(first, challenger, sums[first] - sums[challenger], unanswered)
        if chosen and (not best or len(chosen) < len(best)):
            best = chosen
    return best


def _to_overtake(
    first: str, challenger: str, lead: float, unanswered: Sequence[str]
) -> tuple[Supposed, ...]:
    """The answers that let a challenger pass, or none where all of them do not suffice."""
    gains = []
    for feature in unanswered:
        if (feature, first) not in weights():
            continue
        by_answer = {
            answer: effect(feature, answer, challenger) - effect(feature, answer, first)
            for answer in (Answer.YES, Answer.NO)
        }
        answer = max(by_answer, key=lambda one: by_answer[one])
        if by_answer[answer] > _ROUNDING:
            gains.append((by_answer[answer], Supposed(feature=feature, answer=answer)))
    chosen: list[Supposed] = []
    for gain, supposed in sorted(gains, key=lambda one: -one[0]):
        chosen.append(supposed)
        lead -= gain
        if lead < -_ROUNDING:
            return tuple(chosen)
    return ()


def _rests_on(trace: Sequence[TraceLine], sums: Mapping[str, float]) -> tuple[str, ...]:
    """Features whose answer, taken away, would cost the first its place alone at the top."""
    first = max(sums, key=lambda word: sums[word])
    if any(sums[word] >= sums[first] - _ROUNDING for word in sums if word != first):
        return ()
    found = []
    for feature in dict.fromkeys(line.feature for line in trace):
        without = totals(tuple(line for line in trace if line.feature != feature))
        if any(without[word] >= without[first] - _ROUNDING for word in without if word != first):
            found.append(feature)
    return tuple(found)
