"""When relief is to be expected that has not come yet, from the published life table.

The life table (`relief.tsv`) is of 175 patients *all of whom became free*: it says when, and not
whether. Whether stands beside it, from other series, each for itself and never pooled. Its first
interval opens the day before the operation, since who is free on day 0 is counted in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from hemifacial.care.decompression.tables import Anchor, anchors, rows
from hemifacial.care.estimates import Estimate
from hemifacial.care.statistics.resampling import Redrawn, redrawn
from hemifacial.care.statistics.turnbull import Between
from hemifacial.scoring.intervals import share

__all__ = [
    "CURVE_DAYS",
    "ReliefExpectation",
    "ReliefPoint",
    "expected_relief",
    "life_table",
    "relief_observations",
]

CURVE_DAYS = (7.0, 30.4375, 91.3125, 182.625, 365.25)
"""The days at which the life table knows its people: a week, 1, 3, 6 and 12 months."""

_DRAWS = 500
_SEED = 5


@dataclass(frozen=True, kw_only=True)
class ReliefPoint:
    """A day of the curve.

    Parameters
    ----------
    of_all
        Share of all who became free that were free by this day.
    of_rest
        Of those who were not free on the day that is asked about, the share free by this day;
        None for days that have passed.
    """

    day: float
    of_all: Estimate
    of_rest: Estimate | None


@dataclass(frozen=True, kw_only=True)
class ReliefExpectation:
    """What may be expected on a day after the operation.

    `still_to_come` is the share of those who ever became free that were not yet on this day;
    `whether` how many of those with spasm after the operation became free at all.
    """

    days_since: float
    spasm_persists: bool
    sentence: str
    points: tuple[ReliefPoint, ...]
    still_to_come: Estimate
    median_days: tuple[float, float]
    whether: Estimate
    beside: tuple[Anchor, ...]


@cache
def relief_observations() -> tuple[Between, ...]:
    """The published counts as interval-censored times in days."""
    return tuple(
        Between(
            after=float(row["after_days"]),
            by=float(row["by_days"]) if row["by_days"] else math.inf,
            count=int(row["count"]),
        )
        for row in rows("relief.tsv")
    )


@cache
def life_table() -> Redrawn:
    """The life table of relief with its redrawn ones; made once, in a fraction of a second."""
    return redrawn(relief_observations(), draws=_DRAWS, seed=_SEED)


def expected_relief(days_since: float, *, spasm_persists: bool) -> ReliefExpectation:
    """The curve as it looks from this day on.

    Parameters
    ----------
    days_since
        Days since the operation, 0 or more.

    Raises
    ------
    ValueError
        For a number of days that is no number, or negative.
    """
    if not (math.isfinite(days_since) and days_since >= 0):
        raise ValueError(f"{days_since} is no number of days since an operation")
    table = life_table()
    free = table.share_by(days_since)
    points = tuple(
        ReliefPoint(
            day=day,
            of_all=table.share_by(day),
            of_rest=table.share_of_rest_by(days_since, day)
            if spasm_persists and day > days_since
            else None,
        )
        for day in CURVE_DAYS
    )
    still = Estimate(
        value=1 - free.value,
        unit="1",
        low=None if free.high is None else 1 - free.high,
        high=None if free.low is None else 1 - free.low,
        how=free.how,
        n=free.n,
    )
    return ReliefExpectation(
        days_since=days_since,
        spasm_persists=spasm_persists,
        sentence=_sentence(days_since, spasm_persists, still, points),
        points=points,
        still_to_come=still,
        median_days=table.table.median(),
        whether=_whether(),
        beside=anchors("relief") if spasm_persists else anchors("recurrence"),
    )


def _whether() -> Estimate:
    (row,) = rows("whether.tsv")
    delayed, persisting = int(row["delayed"]), int(row["persisting"])
    found = share(delayed, delayed + persisting)
    return Estimate(
        value=found.value or 0.0,
        unit="1",
        low=found.low,
        high=found.high,
        how="share of those not free at once who became free later, Wilson interval, worked out by "
        f"this project from {row['source']}",
        n=found.n,
    )


def _sentence(
    days_since: float, spasm_persists: bool, still: Estimate, points: tuple[ReliefPoint, ...]
) -> str:
    if not spasm_persists:
        return (
            f"Free on day {days_since:g}. What is known of recurrence stands beside it; the curve "
            "of relief has nothing more to say."
        )
    said = (
        f"Of {still.n} patients who all became free, {_percent(still)} were not yet free on day "
        f"{days_since:g}."
    )
    ahead = [point for point in points if point.of_rest is not None]
    if not ahead:
        return f"{said} The life table ends at a year and does not say when the last were free."
    shares = "; ".join(
        f"{_percent(point.of_rest)} by day {point.day:.0f}" for point in ahead if point.of_rest
    )
    return (
        f"{said} Of these, free {shares}. This says when, not whether: of those with spasm right "
        f"after the operation, {_percent(_whether())} became free in one large series."
    )


def _percent(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.0f} %"
    return f"{100 * estimate.value:.0f} % ({100 * estimate.low:.0f} to {100 * estimate.high:.0f})"
