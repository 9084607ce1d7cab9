"""Amplitudes of overlapping waves from one average: a normal prior, in many cells at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["amplitudes"]

Floats = NDArray[np.float64]


def amplitudes(
    products: Floats, projections: Floats, mean: Floats, covariance: Floats
) -> tuple[Floats, Floats, Floats]:
    """What an average says of the amplitudes of its waves, in every cell of a grid of shifts.

    Parameters
    ----------
    products, projections
        (waves, waves, cells) and (waves, cells): of the shifted waves with each other and with
        the average, both over the noise variance.
    mean, covariance
        (waves,) and (waves, waves): of the prior.

    Returns
    -------
    tuple
        Log evidence (cells,), mean (waves, cells) and covariance (waves, waves, cells). The
        evidence is that of a prior which is cut off at no amplitude, wave by wave.
    """
    from scipy.special import log_ndtr

    prior = np.linalg.inv(covariance)
    posterior, log_determinant = _inverse(products + prior[..., np.newaxis])
    target = projections + (prior @ mean)[:, np.newaxis]
    share = np.sum(posterior * target, axis=1)
    evidence = 0.5 * np.sum(share * target, axis=0) - 0.5 * log_determinant
    sd = np.sqrt(np.einsum("iic->ic", posterior))
    evidence += np.sum(log_ndtr(share / sd), axis=0)
    evidence += 0.5 * np.linalg.slogdet(prior)[1] - 0.5 * mean @ prior @ mean
    evidence -= np.sum(log_ndtr(mean / np.sqrt(np.diag(covariance))))
    return evidence, share, posterior


def _inverse(matrices: Floats) -> tuple[Floats, Floats]:
    """Inverse and log determinant of positive definite (n, n, cells), by sweeping row by row."""
    swept = matrices.copy()
    log_determinant = np.zeros(matrices.shape[-1])
    for k in range(len(matrices)):
        pivot = swept[k, k].copy()
        log_determinant += np.log(pivot)
        row, column = swept[k] / pivot, swept[:, k].copy()
        swept -= column[:, np.newaxis] * row
        swept[k] = row
        swept[:, k] = -column / pivot
        swept[k, k] = 1 / pivot
    return swept, log_determinant
