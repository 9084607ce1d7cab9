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
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(chi2.ppf(tail, 2 * count) / 2)
    return low, float(chi2.ppf(1 - tail, 2 * count + 2) / 2)
