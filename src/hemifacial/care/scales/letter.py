"""What a letter of referral says: sections of sentences, each with the evidence it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["Evidence", "Letter", "LetterFacts", "Section", "Statement", "referral_letter"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Something that is attached: a result, a picture, an entry of the record.

    `key` is how statements name it; `reference` says where it is (SHA-256, number of the entry).
    """

    key: str
    what: str
    reference: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sentence, and the keys of what it rests on; without one it is told as stated only."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled part of the letter."""

    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """What the letter is made of; empty parts are named as missing where a reader expects them."""

    patient: str
    question: str
    to: str = ""
    on: date | None = None
    history: tuple[Statement, ...] = ()
    examination: tuple[Statement, ...] = ()
    video: tuple[Statement, ...] = ()
    electrodiagnosis: tuple[Statement, ...] = ()
    imaging: tuple[Statement, ...] = ()
    differential: tuple[Statement, ...] = ()
    red_flags: tuple[Statement, ...] = ()
    treatments: tuple[Statement, ...] = ()
    drugs: tuple[Statement, ...] = ()
    scales: tuple[Statement, ...] = ()
    hearing: tuple[Statement, ...] = ()
    indication: tuple[Statement, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The sections in order, what is attached with its numbers, and what nobody has looked at."""

    patient: str
    to: str
    on: date | None
    sections: tuple[Section, ...]
    attached: tuple[Evidence, ...]
    missing: tuple[str, ...]


_SECTIONS = (
    ("history", "History", True),
    ("examination", "Examination", True),
    ("video", "Video of the face", True),
    ("electrodiagnosis", "Electrodiagnosis", True),
    ("imaging", "Imaging", True),
    ("red_flags", "Signs of another cause", False),
    ("differential", "What else it could be", False),
    ("treatments", "Treatment until now", True),
    ("drugs", "Drugs", True),
    ("scales", "Scales", True),
    ("hearing", "Hearing", True),
    ("indication", "Before a decompression", False),
)


def referral_letter(facts: LetterFacts) -> Letter:
    """The letter: the question first, then what is known, then what is attached and what lacks.

    Raises
    ------
    ValueError
        Where a statement rests on what is not attached, a key stands twice, or something is
        attached to which nothing refers.
    """
    _check_evidence(facts)
    sections = [Section(title="Question", statements=(Statement(text=facts.question),))]
    missing = []
    for name, title, expected in _SECTIONS:
        statements: tuple[Statement, ...] = getattr(facts, name)
        if statements:
            sections.append(Section(title=title, statements=statements))
        elif expected:
            missing.append(title)
    return Letter(
        patient=facts.patient,
        to=facts.to,
        on=facts.on,
        sections=tuple(sections),
        attached=facts.evidence,
        missing=tuple(missing),
    )


def _check_evidence(facts: LetterFacts) -> None:
    keys = [one.key for one in facts.evidence]
    used = {key for statement in _statements(facts) for key in statement.evidence}
    if len(set(keys)) != len(keys):
        raise ValueError("a key of what is attached stands twice")
    if used - set(keys):
        raise ValueError(f"not attached: {', '.join(sorted(used - set(keys)))}")
    if set(keys) - used:
        raise ValueError(f"attached, and named nowhere: {', '.join(sorted(set(keys) - used))}")


def _statements(facts: LetterFacts) -> Sequence[Statement]:
    return [one for name, _, _ in _SECTIONS for one in getattr(facts, name)]
