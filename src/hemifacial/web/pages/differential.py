"""The questions of the differential, with the ranking as it stands after each answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hemifacial.care.differential.answers import Answer as Said
from hemifacial.care.differential.answers import Answers, Given, with_findings
from hemifacial.care.differential.ranking import Ranking, rank
from hemifacial.care.differential.tables import By, conditions, questions
from hemifacial.case.bodies import Note
from hemifacial.case.codec import as_plain
from hemifacial.errors import InputError
from hemifacial.web.asked import Answer, Asked, Data, Go, Page
from hemifacial.web.checking import kind_of_body

__all__ = ["ANSWERS", "differential", "enter_answers", "ranking"]

ANSWERS = "hemifacial.care.differential.answers:Answers"

AGE = "age_at_onset_years"
_DETAILS = ("by", "evidence")
_OLDEST = 130


def differential(asked: Asked) -> Answer:
    """The page of the questions."""
    answers = _answers(asked, {})
    measured = {one.feature: one for one in answers.given}
    return Page(
        template="differential.html.j2",
        title="Differential",
        code=asked.code,
        shown={
            "groups": [
                (by.value, [one for one in questions().values() if one.asked_of is by]) for by in By
            ],
            "earlier": _earlier(asked),
            "told_by": [one.value for one in By],
            "age": "" if answers.age_at_onset_years is None else f"{answers.age_at_onset_years:g}",
            "measured": measured,
            "first": _told(rank(answers)),
        },
    )


def ranking(asked: Asked) -> Answer:
    """The ranking by what is answered so far."""
    return Data(values=_told(rank(_answers(asked, asked.cells()))))


def enter_answers(asked: Asked) -> Answer:
    """Keep the answers with the order that they gave."""
    answers = _answers(asked, asked.cells(), with_measured=False)
    if not answers.given:
        raise InputError("No question is answered.", next_step="Answer what is known, then enter.")
    kind = kind_of_body(ANSWERS)
    if kind is not None:
        asked.record.add(asked.code, kind.word, answers, by=asked.by)
        return Go(to=f"/patients/{asked.code}")
    lines = [f"{one.answer}: {questions()[one.feature].question}" for one in answers.given]
    order = rank(_answers(asked, asked.cells()))
    text = "\n".join(["Differential.", *lines, order.sentence])
    asked.record.add(asked.code, "note", Note(text=text), by=asked.by)
    return Go(to=f"/patients/{asked.code}")


def _answers(asked: Asked, cells: dict[str, Any], *, with_measured: bool = True) -> Answers:
    """What was answered, with what the findings of the patient's results answer."""
    entries = asked.record.entries(asked.code)
    answers = Answers(
        given=tuple(_given(cells)), age_at_onset_years=_age_told(cells, _age_at_onset(entries))
    )
    if with_measured:
        for entry in entries:
            if entry.standing and entry.kind == "result":
                answers = with_findings(
                    answers, entry.body.standing_findings, evidence=f"entry {entry.number}"
                )
    return answers


def _given(cells: dict[str, Any]) -> Iterator[Given]:
    """Each answer with who gave it and on what it rests, ``QUESTION.by`` and ``.evidence``."""
    for path, value in cells.items():
        feature, _, detail = path.partition(".")
        known = questions().get(feature)
        if path == AGE or (known is not None and detail in _DETAILS):
            continue
        if known is None or detail or value not in [one.value for one in Said]:
            raise InputError("that is no answer to a question of this page")
        if value != Said.UNKNOWN.value:
            told = str(cells.get(f"{feature}.by", ""))
            evidence = str(cells.get(f"{feature}.evidence", "")).strip()
            by = By(told) if told in [one.value for one in By] else known.asked_of
            yield Given(feature=feature, answer=Said(value), by=by, evidence=evidence)


def _age_told(cells: dict[str, Any], known: float | None) -> float | None:
    """The age at onset that was typed, or else the one that the patient's years give."""
    typed = str(cells.get(AGE, "")).strip().replace(",", ".")
    if not typed:
        return known
    try:
        age = float(typed)
    except ValueError:
        age = -1.0
    if not 0 <= age <= _OLDEST:
        raise InputError(
            f"{typed[:20]!r} is no age at which it began.", next_step="Give years, or nothing."
        )
    return age


def _age_at_onset(entries: Any) -> float | None:
    (who,) = (one.body for one in entries if one.kind == "patient" and one.standing)
    if who.birth_year is None or who.onset_year is None:
        return None
    return float(who.onset_year - who.birth_year)


def _earlier(asked: Asked) -> dict[str, Given]:
    """The answers that were entered last, where the record keeps them as answers."""
    kind = kind_of_body(ANSWERS)
    found = [
        one.body
        for one in asked.record.entries(asked.code)
        if kind is not None and one.standing and one.kind == kind.word
    ]
    return {one.feature: one for one in found[-1].given} if found else {}


def _told(found: Ranking) -> dict[str, Any]:
    """A ranking as the page shows it."""
    most = max((abs(one.points) for one in found.candidates), default=1.0) or 1.0
    return {
        "sentence": found.sentence,
        "candidates": [
            {
                "rank": one.rank,
                "label": one.label,
                "points": f"{one.points:+.1f}",
                "for": f"{one.for_points:.1f}",
                "against": f"{one.against_points:.1f}",
                "share": round(100 * max(0.0, one.points) / most),
            }
            for one in found.candidates
        ],
        "trace": [
            f"{questions()[one.feature].question if one.feature in questions() else one.feature} "
            f"{one.answer.value}: {conditions()[one.condition].label} {one.points:+.1f} "
            f"[{one.source}{'' if one.verified else ', not verified'}]"
            for one in found.trace
        ],
        "missing": [one.question for one in found.missing],
        "would_change": [
            f"{questions()[one.feature].question} {one.answer.value}" for one in found.would_change
        ],
        "disputed": [questions()[one].question for one in found.disputed],
        "warnings": as_plain(found.red_flags),
    }
