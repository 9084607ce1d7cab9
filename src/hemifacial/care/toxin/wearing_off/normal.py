"""Draws from normal distributions: within bounds, and of fixed and patients' terms together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LinearTerms", "truncated_normal"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class LinearTerms:
    """Cycles as X fixed + Z patient, with a level and a trend of each patient.

    The sums that never change (Z'Z and Z'X of each patient, X'X) are made once.

    Parameters
    ----------
    fixed
        X, (cycles, terms).
    number
        (cycles,) number of the cycle: Z is 1 and this.
    patient, patients
        (cycles,) which patient, of how many; a patient without a cycle is drawn from the prior.
    """

    def __init__(self, fixed: Floats, number: Floats, patient: Ints, patients: int) -> None:
        self.z = np.stack([np.ones_like(number), number], axis=1)
        self.x = fixed
        self.of = patient
        self.count = patients
        self.zz = self._sums(self.z[:, :, None] * self.z[:, None, :])
        self.zx = self._sums(self.z[:, :, None] * self.x[:, None, :])
        self.xx = self.x.T @ self.x

    def _sums(self, values: Floats) -> Floats:
        """Sums over cycles, by patient: (cycles, ...) to (patients, ...)."""
        out = np.zeros((self.count, *values.shape[1:]))
        np.add.at(out, self.of, values)
        return out

    def mean(self, fixed: Floats, patient: Floats) -> Floats:
        """(cycles,) what is expected with these terms, (terms,) and (patients, 2)."""
        return np.asarray(self.x @ fixed + (self.z * patient[self.of]).sum(axis=1))

    def draw(
        self,
        theta: Floats,
        *,
        prior_mean: Floats,
        prior_sd: Floats,
        cycle_sd: float,
        patient_sd: tuple[float, float],
        rng: np.random.Generator,
    ) -> tuple[Floats, Floats]:
        """One joint draw, (terms,) and (patients, 2), given the value `theta` of every cycle.

        Patients are taken out by a Schur complement, so that the two never wait for each other.
        """
        weight = cycle_sd**-2
        inverse = np.linalg.inv(self.zz * weight + np.diag(np.array(patient_sd) ** -2.0))
        across = self.zx * weight
        right = weight * np.stack(
            [np.bincount(self.of, theta * one, self.count) for one in self.z.T], axis=1
        )
        solved = inverse @ across
        precision = (
            self.xx * weight + np.diag(prior_sd**-2.0) - np.einsum("pij,pik->jk", across, solved)
        )
        pull = (
            self.x.T @ theta * weight
            + prior_mean / prior_sd**2
            - np.einsum("pij,pi->j", solved, right)
        )
        root = np.linalg.cholesky(precision)
        mean = np.linalg.solve(precision, pull)
        fixed = mean + np.linalg.solve(root.T, rng.standard_normal(mean.size))
        middle = (inverse @ (right - across @ fixed)[:, :, None])[:, :, 0]
        spread = np.linalg.cholesky(inverse) @ rng.standard_normal((self.count, 2, 1))
        return fixed, middle + spread[:, :, 0]


def truncated_normal(
    mean: Floats, sd: float, low: Floats, high: Floats, rng: np.random.Generator
) -> Floats:
    """Normal draws within (low, high), by the inverse of the distribution function.

    Above the mean the mirror image is drawn, since the function is exact only in its lower tail.
    """
    from scipy.special import ndtr, ndtri

    a, b = (low - mean) / sd, (high - mean) / sd
    mirrored = a > 0
    first, last = np.where(mirrored, -b, a), np.where(mirrored, -a, b)
    from_, until = ndtr(first), ndtr(last)
    # Beyond 37 standard deviations nothing is left to draw from: the nearer bound stands for it.
    with np.errstate(divide="ignore"):
        drawn = ndtri(from_ + rng.random(mean.shape) * (until - from_))
    drawn = np.clip(drawn, first, last)
    return np.asarray(mean + sd * np.where(mirrored, -drawn, drawn), dtype=np.float64)
