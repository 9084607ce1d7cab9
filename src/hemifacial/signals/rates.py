"""Counts and the intervals around them."""

from __future__ import annotations

__all__ = ["poisson_interval"]


def poisson_interval(count: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean after `count` events (Garwood 1936).

    Notes
    -----
    Too narrow when events come in clusters, as the spasms of a burst do. Source:
    doi:10.1093/biomet/28.3-4.437.
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))
