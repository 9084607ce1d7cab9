"""A median and its interval, without any assumption on how the values are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Median", "median"]


@dataclass(frozen=True, kw_only=True)
class Median:
    """The median of `n` values; `low` and `high` are None where there are too few."""

    value: float
    low: float | None
    high: float | None
    n: int


def median(values: Sequence[float], *, confidence: float = 0.95) -> Median | None:
    """The median with the interval between two of the values; None of no values.

    The bounds are the values so many places from either end that the binomial of one half
    leaves no more than the wanted share outside (the interval of the sign test). Less than six
    values cannot bound their median at 95 %.
    """
    import numpy as np
    from scipy.special import bdtr

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = int(ordered.size)
    if not n:
        return None
    # The chance that so many of the values, or fewer, lie below what they are spread around.
    at_most = bdtr(np.arange(n + 1), n, 0.5)
    place = int(np.searchsorted(at_most, (1 - confidence) / 2))
    bounded = place >= 1
    return Median(
        value=float(np.median(ordered)),
        low=float(ordered[place - 1]) if bounded else None,
        high=float(ordered[n - place]) if bounded else None,
        n=n,
    )
