"""What noise is like: its autocovariance, from what sweeps differ by and from rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import toeplitz

__all__ = ["autocovariance", "covariance_of", "freedom", "left_uv"]

Floats = NDArray[np.float64]

_RIDGE = 1e-4  # of the variance: what a filter has taken away is not made large again


def autocovariance(stretches: Sequence[Floats], lags: int) -> Floats:
    """Autocovariance in the unit of the stretches squared, (lags,).

    Parameters
    ----------
    stretches
        Arrays (rows, samples) of noise, each with a mean of about 0; they may differ in samples.

    Notes
    -----
    Products are summed over all stretches and divided as if every stretch gave as many at each
    lag: so the covariance falls off with the length of the stretches and is never impossible.
    """
    total, values = np.zeros(lags), 0
    for rows in stretches:
        samples = rows.shape[-1]
        if not rows.size:
            continue
        power = np.sum(np.abs(np.fft.rfft(rows, 2 * samples, axis=-1)) ** 2, axis=0)
        known = min(lags, samples)
        total[:known] += np.fft.irfft(power)[:known]
        values += rows.size
    return total / max(values, 1)


def covariance_of(autocovariance_uv2: Floats) -> Floats:
    """The covariance matrix of noise of this autocovariance, (lags, lags)."""
    row = autocovariance_uv2.copy()
    row[0] = max(row[0] * (1 + _RIDGE), 1e-30)
    return np.asarray(toeplitz(row))


def freedom(autocovariance_uv2: Floats, values: int) -> float:
    """How many independent values there are in so many values of this noise."""
    if autocovariance_uv2[0] <= 0:
        return float(values)
    share = (autocovariance_uv2 / autocovariance_uv2[0]) ** 2
    return values / max(1.0, float(1 + 2 * share[1:].sum()))


def left_uv(rest_uv: Floats, weight: Floats) -> float:
    """Standard deviation of the noise that is left in a mean, from the rest (sweeps, samples).

    Not a number where there is no rest.
    """
    if not rest_uv.size:
        return float("nan")
    return float(np.sqrt(np.mean(rest_uv**2) * np.sum(weight**2)))
