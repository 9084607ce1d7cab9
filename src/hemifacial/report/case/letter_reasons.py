"""Why it is thought to be what it is, for the letter.

The answers to the questions of the differential become sentences under the head where a reader
looks for them: history, examination, imaging. The order of conditions and the signs of another
cause are those of `hemifacial.care.differential`, each with its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hemifacial.care.differential.answers import Answer, Answers, Given, with_findings
from hemifacial.care.differential.ranking import Candidate, Ranking, rank
from hemifacial.care.differential.scoring import BALANCE, TraceLine
from hemifacial.care.differential.tables import By, conditions, limits, questions, rows
from hemifacial.care.scales.letter import Statement
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.letter_indication import sentence, with_source

__all__ = ["Reasons", "reasons_of"]

_LEAST_LEAD = 1e-9


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What the answers say, by the section of the letter."""

    history: tuple[Statement, ...] = ()
    examination: tuple[Statement, ...] = ()
    imaging: tuple[Statement, ...] = ()
    red_flags: tuple[Statement, ...] = ()
    differential: tuple[Statement, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them."""
        first = (*self.history, *self.examination, *self.imaging)
        return (*first, *self.red_flags, *self.differential)


def reasons_of(
    facts: CaseFacts, answers: Answers, key: str, measured: Mapping[str, str]
) -> Reasons:
    """The sentences of the answers that were entered last, with what results answer beside them.

    Parameters
    ----------
    key
        The attachment that these answers are.
    measured
        By the method of each attached result, its attachment.
    """
    age = answers.age_at_onset_years
    if age is None and facts.patient.birth_year and facts.patient.onset_year:
        age = float(facts.patient.onset_year - facts.patient.birth_year)
    whole = replace(answers, age_at_onset_years=age)
    for method, of_result in measured.items():
        _, body = facts.results[method]
        whole = with_findings(whole, body.standing_findings, evidence=of_result)
    ranking = rank(whole)
    return Reasons(
        history=_told_by(By.HISTORY, answers, key),
        examination=_told_by(By.EXAMINATION, answers, key),
        imaging=_told_by(By.IMAGING, answers, key),
        red_flags=tuple(_other_causes(ranking, answers, key)),
        differential=tuple(_order(ranking, whole, key, tuple(measured.values()))),
    )


def _told_by(by: By, answers: Answers, key: str) -> tuple[Statement, ...]:
    """What was told by one source, each with what it rests on where that was said."""
    said = [
        f"{_phrase(one.feature, one.answer)}{f' ({one.evidence})' if one.evidence else ''}"
        for feature in questions()
        for one in answers.given
        if one.feature == feature and one.by is by and one.answer is not Answer.UNKNOWN
    ]
    return (Statement(text=sentence("; ".join(said)), evidence=(key,)),) if said else ()


def _other_causes(ranking: Ranking, answers: Answers, key: str) -> Iterator[Statement]:
    """Every red flag with its source, and what was asked for and speaks against another cause."""
    for one in ranking.red_flags:
        yield Statement(text=with_source(replace(one, next_step="")), evidence=(key,))
    for step in dict.fromkeys(one.next_step for one in ranking.red_flags):
        yield Statement(text=f"This asks for: {step}", evidence=(key,))
    absent = []
    for row in rows("red_flags.tsv"):
        opposite = Answer.NO if row["answer"] == Answer.YES else Answer.YES
        said = {one.answer for one in answers.given if one.feature == row["feature"]}
        if said - {Answer.UNKNOWN} == {opposite}:
            absent.append(_phrase(row["feature"], opposite))
    if absent:
        text = f"Asked for, and speaks against another cause: {'; '.join(absent)}."
        yield Statement(text=text, evidence=(key,))


def _order(
    ranking: Ranking, answers: Answers, key: str, measured: Sequence[str]
) -> Iterator[Statement]:
    """Which condition leads, why, what stands beside it, and what would part them."""
    if not ranking.trace:
        return
    first, second = ranking.candidates[:2]
    keys = _Keys(answers=key, measured=tuple(measured))
    yield Statement(text=_leading(first, second), evidence=keys.of(ranking.trace))
    by_first = {
        one.feature: one.points for one in ranking.trace if one.condition == first.condition
    }
    mine = [one for one in ranking.trace if one.condition == first.condition]
    other = [one for one in ranking.trace if one.condition == second.condition]
    parting = [one for one in other if one.points > max(0.0, by_first.get(one.feature, 0.0))]
    for words, label, lines in (
        ("For", first.label, [one for one in mine if one.points > 0]),
        ("Against", first.label, [one for one in mine if one.points < 0]),
        ("More for", f"{second.label} than for {first.label}", parting),
        ("Against", second.label, [one for one in other if one.points < 0]),
    ):
        if lines:
            lines.sort(key=lambda one: -abs(one.points))
            told = "; ".join(_line_told(one) for one in lines)
            yield Statement(text=f"{words} {label}: {told}.", evidence=keys.of(lines))
        elif words == "Against":
            yield Statement(text=f"Nothing that was answered speaks against {label}.")
    if ranking.disputed:
        both = [one for one in answers.given if one.feature in ranking.disputed]
        told = "; ".join(_disputed(one, answers) for one in ranking.disputed)
        yield Statement(text=f"Told both ways, so not counted: {told}.", evidence=keys.of(both))
    if ranking.missing:
        asked = " ".join(one.question for one in ranking.missing)
        yield Statement(text=f"Not known yet, and would part these two most: {asked}")
    yield Statement(text=_sources([*mine, *other]))


@dataclass(frozen=True, kw_only=True)
class _Keys:
    """What is attached: the answers of people, and the results that answered beside them."""

    answers: str
    measured: tuple[str, ...]

    def of(self, lines: Sequence[TraceLine | Given]) -> tuple[str, ...]:
        """What these lines rest on, in the order in which it is attached."""
        found = set()
        for line in lines:
            told = (line.evidence,) if isinstance(line, Given) else line.evidence
            results = {one for one in told if one in self.measured}
            found |= results
            by = {line.by} if isinstance(line, Given) else set(line.by)
            if not results or by - {By.VIDEO, By.ELECTRO}:
                found.add(self.answers)
        return tuple(sorted(found, key=lambda one: int(one[1:])))


def _leading(first: Candidate, second: Candidate) -> str:
    prior = limits()["mimic_share"]
    points = f"({first.points:+g} points), before {second.label} ({second.points:+g})"
    leads = f"Best supported is {first.label} {points}."
    if first.points - second.points < _LEAST_LEAD:
        leads = f"{first.label} and {second.label} are supported alike ({first.points:+g} points)."
        leads = leads[:1].upper() + leads[1:]
    return (
        f"{leads} Points weigh answers: an order of {len(conditions())} conditions, no probability "
        f"and no diagnosis. {prior.meaning} ({prior.source})."
    )


def _line_told(line: TraceLine) -> str:
    """A rule that spoke, in words, by whom and with its points."""
    by = ", ".join(line.by)
    said = "the balance of the electromyogram"
    if line.feature != BALANCE:
        said = _phrase(line.feature, line.answer)
    return f"{said} ({by}, {line.points:+g})"


def _disputed(feature: str, answers: Answers) -> str:
    said = [one for one in answers.given if one.feature == feature]
    return f"{questions()[feature].said_yes} ({', '.join(_by_whom(one) for one in said)})"


def _by_whom(given: Given) -> str:
    return f"{given.by}: {given.answer}"


def _sources(told: Sequence[TraceLine]) -> str:
    """Where these weights come from, those that were read apart from those that were not."""
    read = list(dict.fromkeys(one.source for one in told if one.verified))
    unread = list(dict.fromkeys(one.source for one in told if not one.verified))
    parts = [f"Weights that were read: {'; '.join(read)}." if read else ""]
    parts += [f"Weights that were not verified: {'; '.join(unread)}." if unread else ""]
    return " ".join(filter(None, parts))


def _phrase(feature: str, answer: Answer) -> str:
    question = questions()[feature]
    return question.said_yes if answer is Answer.YES else question.said_no
