"""What the numbers of a made-up patient are drawn from: `parameters.tsv`, each with its source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from hemifacial.vocabulary import read_table

__all__ = ["Parameter", "drawn", "drawn_on_log_scale", "parameters"]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A quantity that differs between patients: normal within limits, or uniform between them.

    `mean` and `sd` are None where nothing but the range is known.
    """

    word: str
    mean: float | None
    sd: float | None
    low: float
    high: float
    unit: str
    source: str
    verified: bool


@cache
def parameters() -> Mapping[str, Parameter]:
    """Every parameter by its word."""
    rows = read_table("hemifacial.twin.electro", "parameters.tsv")
    return {
        row["word"]: Parameter(
            word=row["word"],
            mean=float(row["mean"]) if row["mean"] else None,
            sd=float(row["sd"]) if row["sd"] else None,
            low=float(row["low"]),
            high=float(row["high"]),
            unit=row["unit"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows
    }


def drawn(word: str, rng: np.random.Generator) -> float:
    """A value for one patient, within the limits.

    A normal draw beyond them is drawn again, not put on the limit, where values would pile up.
    """
    one = parameters()[word]
    if one.mean is None or one.sd is None:
        return float(rng.uniform(one.low, one.high))
    while True:
        value = float(rng.normal(one.mean, one.sd))
        if one.low <= value <= one.high:
            return value


def drawn_on_log_scale(word: str, rng: np.random.Generator) -> float:
    """A value for one patient whose logarithm is uniform: each doubling is as likely as another."""
    one = parameters()[word]
    return math.exp(rng.uniform(math.log(one.low), math.log(one.high)))
