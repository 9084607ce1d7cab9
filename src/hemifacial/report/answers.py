"""What a neurologist asks first, each answered in a few words from the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Finding, Result, Status, quantities
from hemifacial.report.words import interval_text, number, short_sites, value_text

__all__ = ["Answer", "affected_side", "answers"]

_SIDES = (Side.RIGHT, Side.LEFT)
_SUGGESTED = "suggested_"
_EYE_CLOSED = ("eye_closed_time", "eye_closed_time_in_spasm")
_REGIONS_NAMED = 2
_SHORT = 90
_ROMAN = {0: "0", 1: "I", 2: "II", 3: "III", 4: "IV"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question with its answer; `detail` is the interval, or what the answer rests on."""

    question: str
    answer: str
    detail: str = ""
    side: str = ""


def affected_side(result: Result) -> Side | None:
    """The side with more spasms; None where neither or both alike, or nothing was judged."""
    right, left = (_one(result, "spasm_count", side) for side in _SIDES)
    counts = [(one.value or 0.0) if one is not None else 0.0 for one in (right, left)]
    if counts[0] == counts[1]:
        return None
    return Side.RIGHT if counts[0] > counts[1] else Side.LEFT


def answers(result: Result) -> tuple[Answer, ...]:
    """Side, rate, largest, time, eye closed, spread, suggestions; what is not there is left out."""
    side = affected_side(result)
    told = [
        _side_answer(result, side),
        *(_of_side(result, side, *asked) for asked in _ASKED),
        *_eye_closed(result, side),
        _spread(result, side),
        *_suggestions(result),
        *_signs(result),
    ]
    return tuple(one for one in told if one is not None)


_INTERVAL = "95 % interval"
_ASKED = (
    ("Spasm rate", "spasm_rate"),
    ("Time in spasm", "time_in_spasm"),
    ("Largest spasm", "largest_spasm"),
)


def _one(result: Result, quantity: str, side: Side) -> Finding | None:
    """The finding of the whole recording and of all sites together, else of the first site."""
    found = [
        one
        for one in result.findings
        if one.quantity == quantity and one.side is side and not one.phase
    ]
    return min(found, key=lambda one: bool(one.sites), default=None)


def _side_answer(result: Result, side: Side | None) -> Answer | None:
    found = [_one(result, "spasm_count", one) for one in _SIDES]
    if not any(found):
        return None
    texts = [
        f"{value_text(one)} {name}"
        for one, name in zip(found, ("right", "left"), strict=True)
        if one is not None
    ]
    detail = "spasms: " + ", ".join(texts)
    if any(one is not None and one.status is Status.NOT_JUDGED for one in found):
        return Answer(question="Side of spasms", answer="not judged", detail=detail)
    if side is not None:
        return Answer(
            question="Side of spasms",
            answer=f"patient's {side.value.upper()}",
            detail=detail,
            side=side.value,
        )
    none = all(one is None or not one.value for one in found)
    return Answer(
        question="Side of spasms", answer="no spasm found" if none else "both alike", detail=detail
    )


def _of_side(result: Result, side: Side | None, question: str, quantity: str) -> Answer | None:
    """One side's value where one side is affected, else both."""
    sides = [side] if side is not None else list(_SIDES)
    found = [(one, _one(result, quantity, one)) for one in sides]
    found = [(one, finding) for one, finding in found if finding is not None]
    if not found:
        return None
    if len(found) == 1:
        only, finding = found[0]
        if finding is None:
            return None
        between = interval_text(finding)
        detail = f"{_INTERVAL} {between}" if between else short_sites(finding.sites)
        return Answer(question=question, answer=value_text(finding), detail=detail, side=only.value)
    texts = [f"{value_text(one)} {of.value}" for of, one in found if one is not None]
    return Answer(question=question, answer=", ".join(texts))


def _eye_closed(result: Result, side: Side | None) -> list[Answer | None]:
    """Of either side: an eye that closes more than its fellow is the answer."""
    told = [
        _of_side(result, side, quantities()[word].label, word)
        for word in _EYE_CLOSED
        if any(one.quantity == word for one in result.findings)
    ]
    share = result.provenance.parameters.get("criteria", {}).get("complete_blink_share")
    if share is None:
        return told
    # A spasm of the lids need not close the eye: what counts as closed is said.
    closed = f"below {100 * share:.0f} % of its resting aperture"
    return [
        one if one is None or one.detail.startswith(_INTERVAL) else replace(one, detail=closed)
        for one in told
    ]


def _spread(result: Result, side: Side | None) -> Answer | None:
    spasms = [one for one in result.events if one.family == "spasm" and one.side is side]
    if side is None or not spasms:
        return None
    return Answer(question="Regions in spasm", side=side.value, **_spread_words(spasms))


def _spread_words(spasms: Sequence[Event]) -> dict[str, str]:
    counts = Counter(site for one in spasms for site in one.sites)
    told = [f"{short_sites([site])} {n}" for site, n in counts.most_common()]
    several = sum(len(one.sites) > 1 for one in spasms)
    if len(counts) <= _REGIONS_NAMED:
        answer = ", ".join(short_sites([site]) for site, _ in counts.most_common())
    else:
        answer = f"{len(counts)} regions"
    return {
        "answer": answer or "not named",
        "detail": ", ".join(told)
        + (f"; {several} of {len(spasms)} in more than one" if len(spasms) > 1 else ""),
    }


def _suggestions(result: Result) -> list[Answer]:
    """Grades that were suggested; always said to be that, with what they rest on."""
    return [
        Answer(
            question=_suggestion_label(one),
            answer=_grade(one),
            detail=_first_sentence(one.note),
            side=one.side.value if one.side in _SIDES else "",
        )
        for one in result.findings
        if one.quantity.startswith(_SUGGESTED) and not one.phase
    ]


def _first_sentence(text: str) -> str:
    """The rest of a long note stands in the table of findings."""
    return text.split(". ")[0].rstrip(".") if len(text) > _SHORT else text


def _suggestion_label(finding: Finding) -> str:
    label = quantities()[finding.quantity].label
    return label if "suggest" in label.lower() else f"{label} (suggestion)"


def _grade(finding: Finding) -> str:
    """``II (I to III)``: what it would be at the ends of the intervals of what it rests on."""
    if finding.value is None:
        return value_text(finding)
    text = _level(finding, finding.value)
    if finding.low is None or finding.high is None or finding.low == finding.high:
        return text
    return f"{text} ({_level(finding, finding.low)} to {_level(finding, finding.high)})"


def _level(finding: Finding, value: float) -> str:
    if finding.quantity == "suggested_smc_grade" and value in _ROMAN:
        return _ROMAN[int(value)]
    return number(value, finding.unit)


def _signs(result: Result) -> list[Answer]:
    """How many of the signs for or against a mimic are there; each stands in its table."""
    signs = [one for one in result.findings if one.quantity.startswith("sign_") and not one.phase]
    if not signs:
        return []
    present = [
        quantities()[one.quantity].label.removeprefix("Sign: ") for one in signs if one.value
    ]
    unknown = sum(one.value is None for one in signs)
    told = len(signs) > unknown
    return [
        Answer(
            question="Signs for or against a mimic",
            answer=f"{len(present)} of {len(signs)} present" if told else "none can be told",
            detail="; ".join([*present, f"{unknown} cannot be told"] if unknown else present),
        )
    ]
