"""What an average of so many sweeps may show of a response, by what the baseline leaves open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.baseline import Baseline
from hemifacial.electro.series.traces import Trace

__all__ = ["Draws", "draws_of", "variation_share"]

Floats = NDArray[np.float64]

_DRAWS = 4000
_MOST = 64.0  # times the baseline: beyond, no limit is stated


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """What an average may show of a response, and how large its error may be; (draws,)."""

    gain: Floats
    error: Floats

    def below(self, share: float, seen: float) -> float:
        """The probability to see no more than this of a response of this share."""
        from scipy.stats import norm

        return float(np.mean(norm.cdf((seen - share * self.gain) / self.error)))

    def limit(self, seen: float, chance: float) -> float | None:
        """The share of which no more than this is seen only with this chance; None if any is.

        The chance is taken relative to that of no response at all (the CLs rule of Read 2002):
        noise that happens to point the other way must not make an average say more than it can.
        """
        low, high = 0.0, _MOST
        chance *= self.below(0.0, seen)
        if self.below(high, seen) > chance:
            return None
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle, seen) > chance else (low, middle)
        return high


def draws_of(
    trace: Trace, sweeps: int, baseline: Baseline, error: float, criteria: ElectroCriteria
) -> Draws:
    """A response drops out in a share of sweeps that the baseline tells roughly, and varies."""
    rng = np.random.default_rng(0)
    missing, counted = baseline.missing, baseline.counted
    doubt = criteria["series_dropout_prior"]
    dropout = rng.beta(1 + missing, doubt + counted - missing, _DRAWS)
    there = rng.binomial(sweeps, 1 - dropout)
    width = np.sqrt(np.log1p(criteria["series_sweep_variation"] ** 2 / np.maximum(there, 1)))
    gain = np.exp(rng.normal(0.0, 1.0, _DRAWS) * width - width**2 / 2) * there / sweeps
    gain /= 1 - missing / counted if missing < counted else 1.0
    gain *= np.maximum(1 + baseline.error_share * rng.normal(0.0, 1.0, _DRAWS), 0.2)
    freedom = max(trace.freedom, 4.0)
    return Draws(gain=gain, error=error * np.sqrt(freedom / rng.chisquare(freedom, _DRAWS)))


def variation_share(sweeps: int, baseline: Baseline, criteria: ElectroCriteria) -> float:
    """Standard error of a ratio of two averages from what varies and drops out, as a share."""
    dropout = (1 + baseline.missing) / (1 + criteria["series_dropout_prior"] + baseline.counted)
    variance = (dropout + criteria["series_sweep_variation"] ** 2) / (1 - dropout)
    return float(np.sqrt(variance * (1 / sweeps + 1 / baseline.sweeps)))
