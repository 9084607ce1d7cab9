"""What the features speak for, by a table with a source for each row; never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from hemifacial.electro.spasm_emg.features import Observation
from hemifacial.vocabulary import read_table
from hemifacial.vocabulary.published import published, with_counts

__all__ = ["CONDITIONS", "OVERLAP", "Evidence", "Row", "evidence_of", "rows"]

CONDITIONS = {
    "hemifacial_spasm": "hemifacial spasm",
    "postparalytic_synkinesis": "synkinesis after a facial palsy",
    "blepharospasm": "blepharospasm",
    "facial_myokymia": "facial myokymia",
    "tic_or_functional": "a tic or a functional spasm",
}
"""Word of the table, and how it is said."""

OVERLAP = (
    "Patterns overlap: one report (a patient with hemifacial spasm and one with myokymia, scilit "
    "506120b6) found the same ones in both, even synchrony of both sides. Movement at will looks "
    "like blepharospasm or a tic: what was asked for has to be known."
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: what an observation says of a condition.

    `ratio` is a likelihood ratio over the condition `ratio_over`, where one was published or
    follows from published shares.
    """

    feature: str
    observation: str
    condition: str
    says: str
    ratio: float | None
    ratio_over: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was observed, row by row, for one condition."""

    condition: str
    speaks_for: tuple[Row, ...]
    against: tuple[Row, ...]
    nothing: tuple[Row, ...]

    @property
    def balance(self) -> int:
        """Observations for, less observations against: an order, no probability."""
        return len(self.speaks_for) - len(self.against)


@cache
def rows() -> tuple[Row, ...]:
    """The table ``likelihoods.tsv``."""
    return tuple(
        Row(
            feature=row["feature"],
            observation=row["observation"],
            condition=row["condition"],
            says=row["says"],
            ratio=_ratio(row["counts"]),
            ratio_over=row["ratio_over"],
            source=with_counts(row["source"]),
            verified=row["verified"] == "yes",
        )
        for row in read_table("hemifacial.electro.spasm_emg", "likelihoods.tsv")
    )


def _ratio(counts: str) -> float | None:
    """The likelihood ratio of published counts, to two digits as papers give it."""
    found = published()[counts].ratio if counts else None
    return None if found is None else float(f"{found:.2g}")


def evidence_of(observations: Sequence[Observation]) -> tuple[Evidence, ...]:
    """The evidence for each condition, what most speaks for first.

    Empty where it is not known how the muscles fire: rhythm and side alone would say anything.
    """
    seen = {(one.feature, one.seen) for one in observations if one.seen}
    if not any(feature == "firing" for feature, _ in seen):
        return ()
    every = []
    for condition in CONDITIONS:
        mine = [
            row
            for row in rows()
            if row.condition == condition and (row.feature, row.observation) in seen
        ]
        every.append(
            Evidence(
                condition=condition,
                speaks_for=tuple(row for row in mine if row.says == "for"),
                against=tuple(row for row in mine if row.says == "against"),
                nothing=tuple(row for row in mine if row.says == "nothing"),
            )
        )
    return tuple(sorted(every, key=lambda one: -one.balance))
