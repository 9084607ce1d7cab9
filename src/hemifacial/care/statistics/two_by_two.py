"""Tables of two by two: odds ratio, sensitivity, specificity and predictive values.

Intervals of shares are Wilson's; that of an odds ratio is Woolf's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from hemifacial.care.estimates import Estimate
from hemifacial.scoring.intervals import share

__all__ = [
    "TwoByTwo",
    "negative_predictive_value",
    "odds_ratio",
    "positive_predictive_value",
    "sensitivity",
    "specificity",
]

_Z = NormalDist().inv_cdf(0.975)
_CORRECTION = 0.5
_WILSON = "share of counts, Wilson interval, 95 %"
_WOOLF = "odds ratio of counts, Woolf interval (normal on the logarithm), 95 %"
_CORRECTED = "; a count is 0, so 0.5 was added to each (Haldane and Anscombe)"


@dataclass(frozen=True, kw_only=True)
class TwoByTwo:
    """A sign against what came of it; `positive` is said of the sign, `true` of the agreement.

    Of the lateral spread as a sign of failure: it persists (positive) and the spasm stays (true).

    Raises
    ------
    ValueError
        Where a count is negative.
    """

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    def __post_init__(self) -> None:
        if min(self.counts) < 0:
            raise ValueError(f"{self.counts}: a count cannot be negative")

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """True positive, false positive, false negative, true negative."""
        return (self.true_positive, self.false_positive, self.false_negative, self.true_negative)

    @property
    def n(self) -> int:
        """All that were counted."""
        return sum(self.counts)


def odds_ratio(table: TwoByTwo) -> Estimate | None:
    """The odds ratio with Woolf's interval; None where a row or a column is empty.

    Where a count is 0, 0.5 is added to each of the four, and `how` says so.

    References
    ----------
    Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x; Haldane 1956,
    doi:10.1111/j.1469-1809.1955.tb01285.x.
    """
    tp, fp, fn, tn = table.counts
    if 0 in (tp + fp, fn + tn, tp + fn, fp + tn):
        return None
    added = _CORRECTION if 0 in table.counts else 0.0
    a, b, c, d = (count + added for count in table.counts)
    logarithm = math.log(a * d / (b * c))
    half = _Z * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Estimate(
        value=math.exp(logarithm),
        unit="1",
        low=math.exp(logarithm - half),
        high=math.exp(logarithm + half),
        how=_WOOLF + (_CORRECTED if added else ""),
        n=table.n,
    )


def sensitivity(table: TwoByTwo) -> Estimate | None:
    """Share of those who have it in whom the sign is positive; None where nobody has it."""
    return _share(table.true_positive, table.true_positive + table.false_negative)


def specificity(table: TwoByTwo) -> Estimate | None:
    """Share of those who do not have it in whom the sign is negative; None where all have it."""
    return _share(table.true_negative, table.true_negative + table.false_positive)


def positive_predictive_value(table: TwoByTwo) -> Estimate | None:
    """Share of the positive who have it: true of this group's prevalence and of no other."""
    return _share(table.true_positive, table.true_positive + table.false_positive)


def negative_predictive_value(table: TwoByTwo) -> Estimate | None:
    """Share of the negative who do not have it: true of this group's prevalence and of no other."""
    return _share(table.true_negative, table.true_negative + table.false_negative)


def _share(k: int, n: int) -> Estimate | None:
    found = share(k, n)
    if found.value is None:
        return None
    return Estimate(value=found.value, unit="1", low=found.low, high=found.high, how=_WILSON, n=n)
