"""What a sheet for the patient says, in short sentences; the numbers are rows with a source.

Numbers that patients read stand in ``patient_numbers.tsv``, rounded to natural counts, beside the
figures that they come from; when to call stands in ``advice.tsv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from hemifacial.anatomy import SIDES, Side
from hemifacial.vocabulary import read_table

__all__ = ["Paragraph", "PatientNumber", "PlainFacts", "patient_numbers", "plain_words"]


@dataclass(frozen=True, kw_only=True)
class PatientNumber:
    """A sentence with a number, the figures behind it and where they were published."""

    option: str
    about: str
    words: str
    figures: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A title, sentences, and the sources of their numbers in small print."""

    title: str
    sentences: tuple[str, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlainFacts:
    """What is known and may be told.

    Parameters
    ----------
    seen
        What the clinic saw, one short sentence each, as the clinician confirmed them.
    options
        Words of the column ``option``: decompression, toxin, drugs, waiting.
    injected_on, operated_on
        The last injection and the operation, if any.
    next_visit
        When the patient is seen again.
    call
        Whom to call, as the clinic writes it.
    """

    side: Side = Side.NOT_APPLICABLE
    seen: tuple[str, ...] = ()
    options: tuple[str, ...] = ("toxin", "decompression", "drugs", "waiting")
    injected_on: date | None = None
    operated_on: date | None = None
    next_visit: date | None = None
    call: str = ""


_PACKAGE = "hemifacial.care.scales"
_TITLES = {
    "toxin": "Injections of botulinum toxin",
    "decompression": "The operation",
    "drugs": "Tablets",
    "waiting": "Waiting",
}


@cache
def patient_numbers() -> tuple[PatientNumber, ...]:
    """The table ``patient_numbers.tsv``."""
    return tuple(
        PatientNumber(
            option=row["option"],
            about=row["about"],
            words=row["words"],
            figures=row["figures"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "patient_numbers.tsv")
    )


def plain_words(facts: PlainFacts) -> tuple[Paragraph, ...]:
    """The paragraphs of a one-page sheet: what it is, what was seen, options, when to call.

    Raises
    ------
    ValueError
        Where an option is unknown.
    """
    unknown = [one for one in facts.options if one not in _TITLES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no option; there are {', '.join(_TITLES)}")
    found = [_about(), *_seen(facts), *(_option(one) for one in facts.options)]
    return (*found, *_expected(facts), _when_to_call(facts))


def _about() -> Paragraph:
    return Paragraph(
        title="What this is",
        sentences=(
            "Hemifacial spasm is a twitching of one side of the face.",
            "Usually a blood vessel presses on the nerve of the face, where it leaves the brain.",
            "It is not your fault, stress alone does not cause it, and it is no stroke.",
            "This sheet is no diagnosis and no order. Talk about it with your doctor.",
        ),
    )


def _seen(facts: PlainFacts) -> tuple[Paragraph, ...]:
    if not facts.seen:
        return ()
    sided = facts.side in SIDES
    where = f"the {facts.side} side of your face" if sided else "your face"
    said = (f"We looked at {where}.", *facts.seen)
    return (Paragraph(title="What we saw", sentences=said),)


def _option(option: str) -> Paragraph:
    rows = [one for one in patient_numbers() if one.option == option]
    return Paragraph(
        title=_TITLES[option],
        sentences=tuple(f"{one.words}." for one in rows),
        sources=tuple(f"{one.figures} ({_cited(one.source, one.verified)})" for one in rows),
    )


def _expected(facts: PlainFacts) -> tuple[Paragraph, ...]:
    said: list[str] = []
    rows: list[dict[str, str]] = []
    for day, told, begins in (
        (facts.operated_on, "expect_operated", "Your operation was on"),
        (facts.injected_on, "expect_injected", "Your injection was on"),
    ):
        if day is not None:
            mine = _advice({told})
            said += [f"{begins} {_day(day)}.", *(f"{row['words']}." for row in mine)]
            rows += mine
    if facts.next_visit is not None:
        said.append(f"We see you again on {_day(facts.next_visit)}.")
    if not said:
        return ()
    return (Paragraph(title="What to expect", sentences=tuple(said), sources=_sources(rows)),)


def _when_to_call(facts: PlainFacts) -> Paragraph:
    rows = _advice({"always"} if facts.operated_on is None else {"always", "operated"})
    said = [f"{row['words']}." for row in rows]
    if facts.call:
        said.append(f"Whom to call: {facts.call}")
    return Paragraph(title="When to call", sentences=tuple(said), sources=_sources(rows))


def _advice(told: set[str]) -> list[dict[str, str]]:
    return [row for row in read_table(_PACKAGE, "advice.tsv") if row["told"] in told]


def _sources(rows: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(_cited(row["source"], row["verified"] == "yes") for row in rows)


def _cited(source: str, verified: bool) -> str:
    return source if verified else f"{source}, not verified"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
