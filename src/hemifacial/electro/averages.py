"""The average of sweeps, weighted by what their noise allows, and how much noise is left in it.

Inverse-variance weights by blocks of sweeps (Elberling and Wahlgreen 1985, PMID 4023604). A
variance that is measured is not known: weights from it would make the average of steady noise
worse than the plain one. So each block's variance is drawn towards that of all blocks by as much
as chance alone explains their differences (empirical Bayes on the logarithm), and where chance
explains all of them the mean is the plain one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

__all__ = ["Average", "average", "averages", "independent_values"]

Floats = NDArray[np.float64]

_ROUNDS = 3
_LEAST_FREEDOM = 100.0  # of a block: its variance is then known to within 14 %
_CHANCE = 2.6  # standard errors by which variances must differ more than chance has them
_LARGEST_WEIGHT = 0.9  # a residual from the mean says nothing where the mean is that sweep itself
_MOST_ROWS = 20  # tell how noise goes on as well as all of them
_TINY = 1e-24


@dataclass(frozen=True, kw_only=True, eq=False)
class Average:
    """A weighted mean of sweeps.

    Attributes
    ----------
    sweeps_uv
        (sweeps, samples), what was averaged.
    mean_uv
        (samples,).
    weight
        (sweeps,), sums to 1.
    noise_uv
        Standard deviation of the noise that is left in the mean: the root of its mean square over
        the samples in which noise was measured. Not a number for a single sweep.
    """

    sweeps_uv: Floats
    mean_uv: Floats
    weight: Floats
    noise_uv: float

    @property
    def residuals_uv(self) -> Floats:
        """Each sweep less the mean, scaled so that its variance is that of the noise of one sweep.

        (sweeps, samples).
        """
        return _residuals(self.sweeps_uv, self.mean_uv, self.weight)

    @property
    def count(self) -> int:
        """How many sweeps."""
        return int(self.weight.size)

    @property
    def is_plain(self) -> bool:
        """Whether every sweep counts the same."""
        return bool(np.ptp(self.weight) == 0)


def average(
    sweeps_uv: Floats, *, noise_part: slice | None = None, block_sweeps: int | None = None
) -> Average:
    """The weighted average of sweeps, with the noise that is left in it.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples) in order of time, at least one sweep, every value finite.
    noise_part
        Samples in which noise is measured; all if None or empty. Name a part without the response
        where that differs from sweep to sweep: else a sweep with an unusual response counts as
        noisy.
    block_sweeps
        How many neighbouring sweeps share a variance. If None, as few as give a variance 100
        degrees of freedom.

    Raises
    ------
    ValueError
        Where there is no sweep or no sample, or a value is not finite.

    Notes
    -----
    The noise of different sweeps is taken to be independent: hum that is locked to the stimulus
    is not, and is then part of the mean. `noise_uv` allows for weights that were themselves
    estimated (Meier 1953, Biometrics 9:59).
    """
    sweeps_uv = np.ascontiguousarray(sweeps_uv, dtype=np.float64)
    if sweeps_uv.ndim != 2 or not sweeps_uv.size or not np.isfinite(sweeps_uv).all():
        raise ValueError(f"sweeps of shape {sweeps_uv.shape}: need finite (sweeps, samples)")
    count = len(sweeps_uv)
    part = noise_part if noise_part and sweeps_uv[:, noise_part].size else slice(None)
    weight, penalty = np.full(count, 1 / count), 0.0
    if count > 1:
        told = sweeps_uv[:: max(1, count // _MOST_ROWS), part]
        freedom = independent_values(told - weight @ sweeps_uv[:, part])
        size = block_sweeps or int(np.ceil(_LEAST_FREEDOM / freedom))
        block = np.arange(count) // max(1, size)
        for _ in range(_ROUNDS):
            new, penalty = _weights(sweeps_uv[:, part], weight, block, freedom)
            settled = np.allclose(new, weight, rtol=1e-3, atol=0)
            weight = new
            if settled:
                break
    mean = weight @ sweeps_uv
    variance = _mean_square(_residuals(sweeps_uv[:, part], mean[part], weight))
    noise_uv = np.sqrt(np.sum(weight**2 * variance) * (1 + penalty)) if count > 1 else np.nan
    return Average(sweeps_uv=sweeps_uv, mean_uv=mean, weight=weight, noise_uv=float(noise_uv))


def averages(sweeps_uv: Floats, *, noise_part: slice | None = None) -> tuple[Average, ...]:
    """The `average` of every channel of sweeps (sweeps, channels, samples)."""
    return tuple(
        average(sweeps_uv[:, channel], noise_part=noise_part)
        for channel in range(sweeps_uv.shape[1])
    )


def independent_values(residuals_uv: Floats) -> float:
    """How many independent values a row holds as far as its mean square is concerned.

    For Gaussian noise the number of samples over the sum of its squared autocorrelation, which is
    taken over rows (sweeps, samples); at least 1.
    """
    samples = residuals_uv.shape[1]
    rows = residuals_uv / np.sqrt(_mean_square(residuals_uv) + _TINY)[:, np.newaxis]
    length = next_fast_len(2 * samples, real=True)
    power = np.mean(np.abs(rfft(rows, n=length, axis=1)) ** 2, axis=0)
    covariance = irfft(power, length)[:samples]
    if covariance[0] <= 0:
        return float(samples)
    correlation = covariance[1:] / covariance[0]
    return float(max(1.0, samples / (1 + 2 * np.sum(correlation**2))))


def _residuals(sweeps_uv: Floats, mean_uv: Floats, weight: Floats) -> Floats:
    residuals = sweeps_uv - mean_uv
    residuals /= np.sqrt(1 - np.minimum(weight, _LARGEST_WEIGHT))[:, np.newaxis]
    return residuals


def _weights(
    sweeps_uv: Floats, weight: Floats, block: NDArray[np.intp], freedom: float
) -> tuple[Floats, float]:
    """The weight of every sweep, and by what share estimating them adds to the variance."""
    from scipy.special import digamma, polygamma

    count = len(sweeps_uv)
    plain = np.full(count, 1 / count), 0.0
    square = _mean_square(sweeps_uv - weight @ sweeps_uv)
    square /= 1 - np.minimum(weight, _LARGEST_WEIGHT)
    sizes = np.bincount(block)
    half = freedom * sizes / 2
    log = np.log(np.bincount(block, square) / sizes + _TINY) - digamma(half) + np.log(half)
    blocks = sizes.size
    if blocks < 2:
        return plain
    chance = polygamma(1, half)
    excess = np.var(log, ddof=1) / np.mean(chance) - 1
    if excess < _CHANCE * np.sqrt(2 / (blocks - 1)):
        return plain
    trust = 1 - chance / np.var(log, ddof=1)
    centre = float(np.mean(log))
    variance = np.exp(centre + np.clip(trust, 0.0, 1.0) * (log - centre))
    new = (1 / variance)[block]
    new /= new.sum()
    share = np.bincount(block, new)
    penalty = np.sum(4 / freedom / sizes * np.clip(trust, 0.0, 1.0) * share * (1 - share))
    return new, float(penalty)


def _mean_square(rows: Floats) -> Floats:
    """Of each row, without a second array of their size."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows) / rows.shape[1])
