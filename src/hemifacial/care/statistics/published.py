"""Published tests and tables that can be worked out again, and pooled values that are cited.

The trap of the pooled ones: sensitivity and specificity change places between papers, since some
call a lateral spread that is gone the sign, and others one that persists.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hemifacial.care.statistics.named_tests import NamedTest, fisher, grades, mann_whitney
from hemifacial.care.statistics.two_by_two import TwoByTwo
from hemifacial.vocabulary import read_table

__all__ = [
    "PooledValue",
    "PublishedTable",
    "PublishedTest",
    "pooled_values",
    "published_tables",
    "published_tests",
]

_PACKAGE = "hemifacial.care.statistics"


@dataclass(frozen=True, kw_only=True)
class PublishedTest:
    """Counts of two groups and the p-value that a paper gives for them."""

    name: str
    what: str
    test: str
    continuity_correction: bool
    first: tuple[int, ...]
    second: tuple[int, ...]
    p: float
    source: str
    verified: bool

    def again(self) -> NamedTest:
        """The same test on the same counts."""
        if self.test == "fisher":
            (a, b), (c, d) = self.first, self.second
            return fisher(
                TwoByTwo(true_positive=a, false_positive=b, false_negative=c, true_negative=d)
            )
        return mann_whitney(
            grades(self.first),
            grades(self.second),
            continuity_correction=self.continuity_correction,
        )


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """Lateral spread at the end of the operation against what became of the spasm.

    Read as: a lateral spread that persists predicts that the spasm stays. The figures were
    worked out from the published counts before this program was written, by hand.
    """

    name: str
    study: str
    endpoint: str
    counts: TwoByTwo
    odds_ratio: float
    low: float
    high: float
    sensitivity: float
    specificity: float
    positive_value: float
    negative_value: float
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class PooledValue:
    """A pooled value as its paper states it; cited, never worked out again here."""

    study: str
    what: str
    measure: str
    value: str
    low: float | None
    high: float | None
    source: str
    verified: bool


@cache
def published_tests() -> tuple[PublishedTest, ...]:
    """The table ``published_tests.tsv``."""
    return tuple(
        PublishedTest(
            name=row["name"],
            what=row["what"],
            test=row["test"],
            continuity_correction=row["continuity_correction"] == "yes",
            first=_counts(row["first"]),
            second=_counts(row["second"]),
            p=float(row["p"]),
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "published_tests.tsv")
    )


@cache
def published_tables() -> tuple[PublishedTable, ...]:
    """The table ``published_tables.tsv``."""
    return tuple(
        PublishedTable(
            name=row["name"],
            study=row["study"],
            endpoint=row["endpoint"],
            counts=TwoByTwo(
                true_positive=int(row["persisting_not"]),
                false_positive=int(row["persisting_relieved"]),
                false_negative=int(row["gone_not"]),
                true_negative=int(row["gone_relieved"]),
            ),
            odds_ratio=float(row["odds_ratio"]),
            low=float(row["low"]),
            high=float(row["high"]),
            sensitivity=float(row["sensitivity"]),
            specificity=float(row["specificity"]),
            positive_value=float(row["positive_value"]),
            negative_value=float(row["negative_value"]),
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "published_tables.tsv")
    )


@cache
def pooled_values() -> tuple[PooledValue, ...]:
    """The table ``published_pooled.tsv``."""
    return tuple(
        PooledValue(
            study=row["study"],
            what=row["what"],
            measure=row["measure"],
            value=row["value"],
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "published_pooled.tsv")
    )


def _counts(text: str) -> tuple[int, ...]:
    return tuple(int(count) for count in text.split(","))
