"""Published figures of decompression worked out again: p-values, two-by-two tables, a life table.

What can be worked out again is; pooled values are cited. A target is a figure as it was printed;
"the last digit differs" is said where the published counts give another one.
"""

from __future__ import annotations

from typing import Any

from hemifacial.care.decompression.relief import CURVE_DAYS, expected_relief, life_table
from hemifacial.care.estimates import Estimate
from hemifacial.care.statistics.published import (
    PublishedTable,
    pooled_values,
    published_tables,
    published_tests,
)
from hemifacial.care.statistics.two_by_two import (
    negative_predictive_value,
    odds_ratio,
    positive_predictive_value,
    sensitivity,
    specificity,
)

__all__ = ["CURVE", "MEDIAN_DAYS", "WITHIN_P", "cells", "run"]

WITHIN_P = 0.001
MEDIAN_DAYS = 30.0
CURVE = (0.354, 0.514, 0.731, 0.874, 0.971)
"""The published shares of 175 free by a week, 1, 3, 6 and 12 months."""


def run() -> dict[str, Any]:
    """Target, ours and verdict of every figure."""
    found = [*_tests(), *_tables(), *_life_table()]
    for row in found:
        print(f"{row['what']:48} {row['target']:>10} {row['ours']:>12}  {row['verdict']}")
        if row["by"]:
            print(f"{'':48} {row['by']}")
    right = sum(row["verdict"] == "as printed" for row in found)
    print(f"{right} of {len(found)} as printed; {len(pooled_values())} pooled values are cited")
    return {"oracles": found}


def cells(table: PublishedTable) -> list[tuple[str, float, float, int]]:
    """The figures of a table: name, ours, as printed, and the decimals it was printed with."""
    ratio = _given(odds_ratio(table.counts))
    return [
        ("odds ratio", ratio.value, table.odds_ratio, _digits(table.odds_ratio)),
        ("low", ratio.low or 0.0, table.low, _digits(table.low)),
        ("high", ratio.high or 0.0, table.high, _digits(table.high)),
        ("sensitivity", _given(sensitivity(table.counts)).value, table.sensitivity, 2),
        ("specificity", _given(specificity(table.counts)).value, table.specificity, 2),
        (
            "positive value",
            _given(positive_predictive_value(table.counts)).value,
            table.positive_value,
            2,
        ),
        (
            "negative value",
            _given(negative_predictive_value(table.counts)).value,
            table.negative_value,
            2,
        ),
    ]


def _digits(value: float) -> int:
    """The decimals that a value was printed with; none of these ends in a 0."""
    return len(repr(value).partition(".")[2])


def _given(estimate: Estimate | None) -> Estimate:
    if estimate is None:
        raise ValueError("a published table has no empty row or column")
    return estimate


def _tests() -> list[dict[str, str]]:
    found = []
    for one in published_tests():
        again = one.again()
        right = abs(again.p - one.p) <= WITHIN_P
        found.append(
            {
                "what": f"p, {one.name}",
                "target": f"{one.p:.3f}",
                "ours": f"{again.p:.4f}",
                "verdict": "as printed" if right else "differs",
                "by": again.variant,
            }
        )
    return found


def _tables() -> list[dict[str, str]]:
    found = []
    for table in published_tables():
        for cell, ours, printed, digits in cells(table):
            away = abs(ours - printed)
            right = away <= 0.5 * 10**-digits + 1e-9
            close = away <= 1.0 * 10**-digits
            found.append(
                {
                    "what": f"{table.name}, {cell}",
                    "target": f"{printed:.{digits}f}",
                    "ours": f"{ours:.4g}",
                    "verdict": "as printed"
                    if right
                    else ("the last digit differs" if close else "differs"),
                    "by": "",
                }
            )
    return found


def _life_table() -> list[dict[str, str]]:
    table = life_table()
    low, high = table.table.median()
    wide_low, wide_high = table.median()
    holds = low <= MEDIAN_DAYS <= high and wide_low <= MEDIAN_DAYS <= wide_high
    found = [
        {
            "what": "median days until relief, Turnbull",
            "target": f"{MEDIAN_DAYS:g}",
            "ours": f"({low:g}, {high:.4g}]",
            "verdict": "as printed" if holds else "differs",
            "by": f"with redrawn people ({wide_low:g}, {wide_high:.4g}]: {table.how}",
        }
    ]
    points = expected_relief(0, spasm_persists=True).points
    for day, printed, point in zip(CURVE_DAYS, CURVE, points, strict=True):
        away = abs(point.of_all.value - printed)
        found.append(
            {
                "what": f"share free by day {day:.0f}",
                "target": f"{printed:.3f}",
                "ours": f"{point.of_all.value:.4f}",
                "verdict": "as printed" if away <= 0.0005 else "differs",
                "by": f"95 %: {point.of_all.low:.3f} to {point.of_all.high:.3f}",
            }
        )
    return found
