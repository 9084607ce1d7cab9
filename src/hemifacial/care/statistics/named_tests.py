"""Tests of difference, each with its variant named: the same data give another p by another one.

The work is scipy's; what is added is that a result never stands without the name of its variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.care.statistics.two_by_two import TwoByTwo

__all__ = ["NamedTest", "fisher", "grades", "mann_whitney"]


@dataclass(frozen=True, kw_only=True)
class NamedTest:
    """A p-value with what it is of.

    Parameters
    ----------
    variant
        Everything that has to be known to get the same p again.
    statistic
        Mann-Whitney's U of the first group; the sample odds ratio of Fisher's test.
    """

    p: float
    statistic: float
    variant: str
    n: int


def fisher(table: TwoByTwo) -> NamedTest:
    """Fisher's exact test, two-sided: all tables that are no likelier than this one.

    Raises
    ------
    ValueError
        Where nobody was counted.
    """
    import numpy as np
    from scipy.stats import fisher_exact

    if table.n == 0:
        raise ValueError("a table without anybody has no p")
    tp, fp, fn, tn = table.counts
    found = fisher_exact(np.array([[tp, fp], [fn, tn]]), alternative="two-sided")
    return NamedTest(
        p=float(found.pvalue),
        statistic=float(found.statistic),
        variant="Fisher's exact test, two-sided, by tables no likelier than the observed",
        n=table.n,
    )


def mann_whitney(
    first: Sequence[float], second: Sequence[float], *, continuity_correction: bool
) -> NamedTest:
    """Mann-Whitney's test, two-sided, by the normal approximation with ties corrected.

    The trap: packages differ in whether they correct for continuity, and papers seldom say.

    Raises
    ------
    ValueError
        Where a group is empty.
    """
    from scipy.stats import mannwhitneyu

    if not first or not second:
        raise ValueError("both groups need somebody")
    found = mannwhitneyu(
        first,
        second,
        use_continuity=continuity_correction,
        alternative="two-sided",
        method="asymptotic",
    )
    with_or_without = "with" if continuity_correction else "without"
    return NamedTest(
        p=float(found.pvalue),
        statistic=float(found.statistic),
        variant="Mann-Whitney test, two-sided, normal approximation, ties corrected, "
        f"{with_or_without} continuity correction",
        n=len(first) + len(second),
    )


def grades(counts: Sequence[int]) -> tuple[float, ...]:
    """One number a patient from how many had each grade, the first grade being 0."""
    return tuple(float(grade) for grade, count in enumerate(counts) for _ in range(count))
