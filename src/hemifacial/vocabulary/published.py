"""Published counts that more than one table rests on: each stands once, and all read it here.

A cell of such a table names a count as ``{brow_rises_on_video.positive_cases}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hemifacial.vocabulary import read_vocabulary

__all__ = ["Counts", "likelihood_ratio", "published", "with_counts"]

_CORRECTION = 0.5


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many of those with a condition had a sign, and of others, where others were looked at."""

    cases_are: str
    cases: int
    positive_cases: int
    others_are: str
    others: int | None
    positive_others: int | None
    figure: str
    source: str
    verified: bool

    @property
    def negative_cases(self) -> int:
        """Cases without the sign."""
        return self.cases - self.positive_cases

    @property
    def cases_percent(self) -> str:
        """The share of cases with the sign, as a paper prints it."""
        return f"{100 * self.positive_cases / self.cases:.3g}"

    @property
    def others_percent(self) -> str:
        """The share of the others with the sign; empty where nobody looked."""
        found = self._others()
        return "" if found is None else f"{100 * found[0] / sum(found):.3g}"

    @property
    def others_without_percent(self) -> str:
        """The share of the others without the sign; empty where nobody looked."""
        found = self._others()
        return "" if found is None else f"{100 * found[1] / sum(found):.3g}"

    @property
    def ratio(self) -> float | None:
        """How much oftener the sign is there in cases than in others."""
        found = self._others()
        if found is None:
            return None
        return likelihood_ratio((self.positive_cases, self.negative_cases, *found))

    def _others(self) -> tuple[int, int] | None:
        if self.others is None or self.positive_others is None:
            return None
        return self.positive_others, self.others - self.positive_others


def likelihood_ratio(table: tuple[int, int, int, int], *, present: bool = True) -> float:
    """How much oftener a sign is there (or lacking) in cases than in others.

    Parameters
    ----------
    table
        Cases with and without, others with and without. Where one of them is 0, 0.5 is added to
        each (Haldane and Anscombe).
    """
    added = _CORRECTION if 0 in table else 0.0
    with_, without, others_with, others_without = (count + added for count in table)
    case, other = (with_, others_with) if present else (without, others_without)
    return (case / (with_ + without)) / (other / (others_with + others_without))


@cache
def published() -> Mapping[str, Counts]:
    """Every row of ``published_counts.tsv`` by its word."""
    return {
        row["word"]: Counts(
            cases_are=row["cases_are"],
            cases=int(row["cases"]),
            positive_cases=int(row["positive_cases"]),
            others_are=row["others_are"],
            others=int(row["others"]) if row["others"] else None,
            positive_others=int(row["positive_others"]) if row["positive_others"] else None,
            figure=row["figure"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_vocabulary("published_counts.tsv")
    }


def with_counts(cell: str) -> str:
    """A cell with the counts that it names in their place."""
    return cell.format(**published()) if "{" in cell else cell
