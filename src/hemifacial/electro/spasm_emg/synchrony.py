"""Whether two muscles burst together, beyond what the course of the spasm alone would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["Synchrony", "median_interval", "synchrony_of"]

Floats = NDArray[np.float64]

_EXACT = 800
"""Up to so many onsets the law of coincidences is worked out, above it a normal law is taken."""


@dataclass(frozen=True, kw_only=True)
class Synchrony:
    """Two muscles, from the onsets of their bursts.

    Attributes
    ----------
    n
        Bursts of the muscle that has fewer.
    share, expected
        Share of them with a burst of the other muscle within the window, as found and as expected
        if every onset had been moved by up to 20 ms.
    index
        (share - expected) / (1 - expected): 0 by chance, 1 if every burst has its partner.
    low, high
        95 % interval of `index` (Wilson's, of `share`).
    p
        Probability of so many coincidences, or more, by chance.
    least_index
        The smallest index that would have been called in 95 of 100 such recordings.
    lag_ms, lag_low_ms, lag_high_ms
        Median by which the second muscle is later than the first, with its interval.
    """

    n: int
    share: float
    expected: float
    index: float
    low: float
    high: float
    p: float
    least_index: float
    lag_ms: float | None
    lag_low_ms: float | None
    lag_high_ms: float | None


def synchrony_of(
    first_s: Floats, second_s: Floats, criteria: ElectroCriteria, *, pairs: int = 1
) -> Synchrony | None:
    """Synchrony of two rows of onsets; None where either has too few.

    Parameters
    ----------
    first_s, second_s
        In order of time.
    pairs
        How many pairs of muscles are asked about in this recording.

    Notes
    -----
    Moving each onset by chance within +-20 ms keeps spasms and pauses and takes away what is exact
    to the millisecond. Nothing is drawn: the probability of each moved onset to meet a partner is
    the part of its 40 ms that lies within the window around an onset of the other muscle, and the
    number of coincidences is a sum of such chances (a Poisson-binomial law), which is what
    infinitely many jittered surrogates tend to.
    """
    window_s = criteria["emg_synchrony_window"] / 1000
    jitter_s = criteria["emg_synchrony_jitter"] / 1000
    swapped = first_s.size > second_s.size
    few, many = (second_s, first_s) if swapped else (first_s, second_s)
    if few.size < criteria["emg_synchrony_least"]:
        return None
    nearest = _nearest(few, many)
    together = np.abs(nearest) <= window_s
    chances = _covered(few, many, window_s, jitter_s)
    law = _law(chances)
    count, n = int(together.sum()), few.size
    expected = float(chances.mean())
    share = count / n
    low, high = _wilson(count, n)
    critical = _critical(law, criteria["emg_synchrony_p"] / pairs)
    lags = 1000 * nearest[together] * (-1 if swapped else 1)
    middle = median_interval(lags)
    return Synchrony(
        n=n,
        share=share,
        expected=expected,
        index=_index(share, expected),
        low=_index(low, expected),
        high=_index(high, expected),
        p=min(1.0, float(law[count:].sum())),
        least_index=_index(_surely_above(critical, n), expected),
        lag_ms=float(np.median(lags)) if lags.size else None,
        lag_low_ms=middle[0] if middle else None,
        lag_high_ms=middle[1] if middle else None,
    )


def median_interval(values: Floats) -> tuple[float, float] | None:
    """95 % interval of a median from order statistics; None for fewer than six values."""
    from scipy.stats import binom

    if values.size < 6:
        return None
    place = int(binom.ppf(0.025, values.size, 0.5)) - 1
    place = max(place, 0)
    ordered = np.sort(values)
    return float(ordered[place]), float(ordered[values.size - 1 - place])


def _nearest(few: Floats, many: Floats) -> Floats:
    """By how much the nearest onset of the other row is later than each."""
    right = np.clip(np.searchsorted(many, few), 1, max(many.size - 1, 1))
    left = right - 1
    right = np.minimum(right, many.size - 1)
    before, after = many[left] - few, many[right] - few
    return np.asarray(np.where(np.abs(before) <= np.abs(after), before, after))


def _covered(few: Floats, many: Floats, window_s: float, jitter_s: float) -> Floats:
    """The part of the time around each onset that is near to an onset of the other row."""
    begins, ends = many - window_s, many + window_s
    begins = np.maximum(begins, np.concatenate([[-np.inf], ends[:-1]]))  # no time counts twice
    lengths = np.concatenate([[0.0], np.cumsum(ends - begins)])

    def length_before(times_s: Floats) -> Floats:
        place = np.searchsorted(begins, times_s, side="right")
        last = np.maximum(place - 1, 0)
        beyond = np.clip(ends[last] - times_s, 0.0, None)
        return np.asarray(np.where(place > 0, lengths[place] - beyond, 0.0))

    inside = length_before(few + jitter_s) - length_before(few - jitter_s)
    return np.clip(inside / (2 * jitter_s), 0.0, 1.0)


def _law(chances: Floats) -> Floats:
    """Probability of 0, 1, 2 ... coincidences."""
    from scipy.stats import norm

    if chances.size <= _EXACT:
        law = np.array([1.0])
        for chance in chances:
            law = np.append(law, 0.0) * (1 - chance) + np.append(0.0, law) * chance
        return law
    mean, sd = chances.sum(), max(float(np.sqrt((chances * (1 - chances)).sum())), 1e-9)
    edges = norm.cdf((np.arange(-0.5, chances.size + 1) - mean) / sd)
    return np.asarray(np.diff(edges, append=1.0))


def _critical(law: Floats, level: float) -> int:
    """The fewest coincidences that are beyond chance; one more than can be, where none are."""
    above = np.cumsum(law[::-1])[::-1]
    enough = np.flatnonzero(above <= level)
    return int(enough[0]) if enough.size else law.size


def _surely_above(count: int, n: int) -> float:
    """The share of which so many of n are reached in 95 of 100 draws; 1 where none is."""
    from scipy.special import betaincinv

    return float(betaincinv(count, n - count + 1, 0.95)) if 0 < count <= n else 1.0


def _index(share: float, expected: float) -> float:
    return (share - expected) / (1 - expected) if expected < 1 else 0.0


def _wilson(count: int, n: int) -> tuple[float, float]:
    z = 1.959964
    middle = (count + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * float(np.sqrt(count * (n - count) / n + z * z / 4))
    return max(0.0, middle - half), min(1.0, middle + half)
