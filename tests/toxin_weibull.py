"""Published means as Weibull distributions: an oracle of the table of series, not a part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

__all__ = ["Weibull", "weibull_from"]


@dataclass(frozen=True, kw_only=True)
class Weibull:
    """A Weibull distribution of days, as published means are often turned into shares."""

    shape: float
    scale_days: float

    @property
    def median_days(self) -> float:
        """Half of the cycles are over by then."""
        return self.scale_days * math.pow(math.log(2), 1 / self.shape)

    def beyond(self, days: float) -> float:
        """The share of cycles that last longer."""
        return math.exp(-((days / self.scale_days) ** self.shape))


def weibull_from(mean_days: float, sd_days: float) -> Weibull:
    """The Weibull distribution with this mean and standard deviation (method of moments)."""

    def excess(shape: float) -> float:
        first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
        return math.sqrt(second / first**2 - 1.0) - sd_days / mean_days

    shape = float(brentq(excess, 0.2, 60.0))
    return Weibull(shape=shape, scale_days=mean_days / math.gamma(1 + 1 / shape))
