"""The published series of effect, and what is expected of a product before a clinic's own days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from hemifacial.vocabulary import read_table

__all__ = ["Expected", "SeriesValue", "expected", "published"]


@dataclass(frozen=True, kw_only=True)
class SeriesValue:
    """One number of a published series; `product` is ``any`` where several were pooled."""

    study: str
    product: str
    quantity: str
    value: float
    sd: float | None
    low: float | None
    high: float | None
    unit: str
    patients: int | None
    treatments: int | None
    prior: bool
    source: str
    verified: bool


@cache
def published() -> tuple[SeriesValue, ...]:
    """Every row of ``series.tsv``."""
    return tuple(
        SeriesValue(
            study=row["study"],
            product=row["product"],
            quantity=row["quantity"],
            value=float(row["value"]),
            sd=_number(row["sd"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            unit=row["unit"],
            patients=int(row["patients"]) if row["patients"] else None,
            treatments=int(row["treatments"]) if row["treatments"] else None,
            prior=row["prior"] == "yes",
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table("hemifacial.care.toxin.wearing_off", "series.tsv")
    )


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is expected of a product before a clinic has days of its own.

    `log_median` and `log_sd` are those of the log-normal distribution with the published mean and
    standard deviation of the days until the effect is over.
    """

    product: str
    log_median: float
    log_sd: float
    onset_days: float
    source: str
    verified: bool


def expected(product: str) -> Expected:
    """The series that is the prior of a product; of one without a series, that of ``any``."""
    rows = [one for one in published() if one.prior and one.quantity == "duration"]
    row = next((one for one in rows if one.product == product), None)
    row = row or next(one for one in rows if one.product == "any")
    onsets = [one for one in published() if one.prior and one.quantity == "onset"]
    own = [one.value for one in onsets if one.product == product]
    variance = math.log1p(((row.sd or 0.0) / row.value) ** 2)
    return Expected(
        product=product,
        log_median=math.log(row.value) - variance / 2,
        log_sd=math.sqrt(variance),
        onset_days=own[0] if own else math.fsum(one.value for one in onsets) / len(onsets),
        source=row.source,
        verified=row.verified,
    )
