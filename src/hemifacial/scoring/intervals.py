"""A share and a rate, each with its counts and its 95 % interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from hemifacial.signals.rates import poisson_interval

__all__ = ["INTERVALS", "Rate", "Share", "rate", "share"]

INTERVALS = "95 %, two-sided: Wilson for shares, exact Poisson (Garwood) for rates"
"""How `low` and `high` are made, to be printed beside them."""

_TAIL = 0.025
_Z = NormalDist().inv_cdf(1 - _TAIL)


@dataclass(frozen=True, kw_only=True)
class Share:
    """`k` out of `n`; `value`, `low` and `high` are None when there is nothing to share (n = 0)."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`count` events in `minutes`; the rest is None when the time is unknown or none."""

    count: int
    minutes: float | None
    per_min: float | None
    low: float | None
    high: float | None


def share(k: int, n: int) -> Share:
    """The share `k` of `n` with its Wilson interval, without correction for continuity.

    Unlike the textbook normal interval it stays within 0 to 1 and has a width at 0 of
    n and at n of n: 8 found out of 8 is "at least 68 %", not "exactly 100 %".

    It takes events for independent. Those of one recording are not, so the interval of
    a few long recordings is too narrow.

    Raises
    ------
    ValueError
        If not 0 <= k <= n.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953; worked figures in Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share")
    if n == 0:
        return Share(k=k, n=n, value=None, low=None, high=None)
    value, z2 = k / n, _Z * _Z
    centre = (value + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(value * (1 - value) / n + z2 / (4 * n * n))
    # At the ends the bound is 0 or 1 by algebra; rounding must not push it past.
    low = 0.0 if k == 0 else centre - half
    high = 1.0 if k == n else centre + half
    return Share(k=k, n=n, value=value, low=low, high=high)


def rate(count: int, minutes: float | None) -> Rate:
    """Events per minute with the exact Poisson interval of Garwood.

    No event in T minutes is the rate 0 with the upper bound 3.69 / T. (The well-known
    3 / T is a one-sided bound; here every interval is two-sided.) An exact interval
    covers at least 95 %, with few events more.

    Raises
    ------
    ValueError
        If a count or a time is negative.
    """
    if count < 0 or (minutes is not None and minutes < 0):
        raise ValueError(f"{count} events in {minutes} min is not a rate")
    if not minutes:
        return Rate(count=count, minutes=minutes, per_min=None, low=None, high=None)
    low, high = poisson_interval(count)
    return Rate(
        count=count,
        minutes=minutes,
        per_min=count / minutes,
        low=low / minutes,
        high=high / minutes,
    )
