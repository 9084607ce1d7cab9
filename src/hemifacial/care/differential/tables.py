"""Conditions, questions and weights, as the tables of this room have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from hemifacial.care import tables
from hemifacial.findings import Limit
from hemifacial.vocabulary.published import with_counts

__all__ = [
    "By",
    "Condition",
    "Question",
    "Weight",
    "conditions",
    "limits",
    "points",
    "questions",
    "rows",
    "weights",
]

_PACKAGE = "hemifacial.care.differential"


class By(StrEnum):
    """Who or what gave an answer."""

    HISTORY = "history"
    EXAMINATION = "examination"
    VIDEO = "video"
    ELECTRO = "electro"
    IMAGING = "imaging"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition that is ranked."""

    word: str
    label: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A feature as it is asked for.

    Parameters
    ----------
    asked_of
        Where the answer usually comes from.
    absence
        What a no counts, as a share of what a yes would count, against: 0 where a no says
        nothing; `why` says why.
    said_yes, said_no
        The answer as a part of a sentence.
    """

    feature: str
    question: str
    asked_of: By
    absence: float
    why: str
    said_yes: str
    said_no: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What a feature says of a condition: ``++``, ``+``, ``0``, ``-`` or ``--``."""

    feature: str
    condition: str
    weight: str
    source: str
    verified: bool


def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this room."""
    return tables.rows(_PACKAGE, name)


def limits() -> Mapping[str, Limit]:
    """The numbers of ``criteria.tsv``, each with its source."""
    return tables.limits(_PACKAGE)


@cache
def conditions() -> dict[str, Condition]:
    """Every condition by its word, in the order of the table."""
    return {row["word"]: Condition(**row) for row in rows("conditions.tsv")}


@cache
def questions() -> dict[str, Question]:
    """Every question by its feature, in the order in which they are asked."""
    return {
        row["feature"]: Question(
            feature=row["feature"],
            question=row["question"],
            asked_of=By(row["asked_of"]),
            absence=float(row["absence"]),
            why=with_counts(row["why"]),
            said_yes=row["said_yes"],
            said_no=row["said_no"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows("questions.tsv")
    }


@cache
def weights() -> dict[tuple[str, str], Weight]:
    """Every weight by feature and condition; a feature may have none (red flags only)."""
    return {
        (row["feature"], row["condition"]): Weight(
            feature=row["feature"],
            condition=row["condition"],
            weight=row["weight"],
            source=with_counts(row["source"]),
            verified=row["verified"] == "yes",
        )
        for row in rows("features.tsv")
    }


def points(weight: str) -> float:
    """The number that a weight counts: a stated choice of this project, in ``criteria.tsv``."""
    strong, weak = limits()["strong_points"].value, limits()["weak_points"].value
    return {"++": strong, "+": weak, "0": 0.0, "-": -weak, "--": -strong}[weight]
