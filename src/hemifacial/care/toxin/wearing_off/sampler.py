"""Gibbs sampling of the model of wearing off: every step is a draw from a known distribution.

The logarithm of the day on which cycle c falls below a share s is

    theta_c + shape * q(s) + noise,      q(s) = ln(-ln s), less its mean over the data
    theta_c = product + trend * n_c + dose * d_c + (level_p + trend_p * n_c) + cycle_c

with normal noise, cycle and patient terms, and inverse gamma variances. Data augmentation draws
the day itself within its interval (Tanner and Wong 1987; Chib 1992 for censored regression).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.care.toxin.wearing_off.normal import LinearTerms, truncated_normal

__all__ = ["Draws", "Priors", "Problem", "sample"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEAST_SHAPE = 0.05


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Means and standard deviations to start from; a weight counts as so many observations."""

    fixed_mean: Floats
    fixed_sd: Floats
    shape_mean: float
    shape_sd: float
    noise_sd: float
    noise_weight: float
    cycle_sd: float
    cycle_weight: float
    level_sd: float
    slope_sd: float
    patient_weight: float
    slope_weight: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Marks and cycles as arrays.

    Parameters
    ----------
    low, high
        (marks,) natural logarithms of the days; `high` may be infinite.
    q
        (marks,) ln(-ln share), not centred.
    cycle
        (marks,) which cycle.
    fixed
        (cycles, products + 2): one column a product, then number and logarithm of the dose.
    number
        (cycles,) number of the cycle.
    patient
        (cycles,) which patient.
    patients, products
        How many there are.
    q_reference
        q of the share to which the prior of the products belongs.
    """

    low: Floats
    high: Floats
    q: Floats
    cycle: Ints
    fixed: Floats
    number: Floats
    patient: Ints
    patients: int
    products: int
    q_reference: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Draws from the posterior, one a row; `q_mean` is what q was centred by."""

    theta: Floats
    fixed: Floats
    patient: Floats
    shape: Floats
    noise_sd: Floats
    cycle_sd: Floats
    q_mean: float


def sample(
    problem: Problem, priors: Priors, rng: np.random.Generator, *, kept: int, warm_up: int
) -> Draws:
    """Draw from the posterior; (kept, cycles), (kept, fixed), (kept, patients, 2), (kept,)."""
    q_mean = float(problem.q.mean()) if problem.q.size else problem.q_reference
    q = problem.q - q_mean
    offset = q_mean - problem.q_reference
    state = _start(problem, priors, q)
    terms = LinearTerms(problem.fixed, problem.number, problem.patient, problem.patients)
    rows: list[tuple[Floats, Floats, Floats, float, float, float]] = []
    for turn in range(warm_up + kept):
        state = _turn(state, problem, priors, terms, q, offset, rng)
        if turn >= warm_up:
            rows.append(
                (state.theta, state.fixed, state.patient, state.shape, state.noise, state.cycle)
            )
    theta, fixed, patient, shape, noise, cycle = (np.array(one) for one in zip(*rows, strict=True))
    return Draws(
        theta=theta,
        fixed=fixed,
        patient=patient,
        shape=shape,
        noise_sd=noise,
        cycle_sd=cycle,
        q_mean=q_mean,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    theta: Floats
    fixed: Floats
    patient: Floats
    shape: float
    noise: float
    cycle: float
    level: float
    slope: float


def _start(problem: Problem, priors: Priors, q: Floats) -> _State:
    cycles = problem.fixed.shape[0]
    middle = np.where(np.isfinite(problem.high), (problem.low + problem.high) / 2, problem.low)
    sums = np.bincount(problem.cycle, middle - priors.shape_mean * q, cycles)
    theta = sums / np.maximum(np.bincount(problem.cycle, minlength=cycles), 1)
    return _State(
        theta=theta,
        fixed=priors.fixed_mean.copy(),
        patient=np.zeros((problem.patients, 2)),
        shape=priors.shape_mean,
        noise=priors.noise_sd,
        cycle=priors.cycle_sd,
        level=priors.level_sd,
        slope=priors.slope_sd,
    )


def _turn(
    old: _State,
    problem: Problem,
    priors: Priors,
    terms: LinearTerms,
    q: Floats,
    offset: float,
    rng: np.random.Generator,
) -> _State:
    cycles = problem.fixed.shape[0]
    mean = old.theta[problem.cycle] + old.shape * q
    day = truncated_normal(mean, old.noise, problem.low, problem.high, rng)

    expected = terms.mean(old.fixed, old.patient)
    precision = np.bincount(problem.cycle, minlength=cycles) / old.noise**2 + old.cycle**-2
    pull = np.bincount(problem.cycle, day - old.shape * q, cycles) / old.noise**2
    theta = (pull + expected / old.cycle**2) / precision
    theta += rng.standard_normal(cycles) / np.sqrt(precision)

    shape = _shape(day - theta[problem.cycle], q, offset, old, priors, problem.products, rng)
    prior_mean = priors.fixed_mean.copy()
    prior_mean[: problem.products] += shape * offset
    fixed, patient = terms.draw(
        theta,
        prior_mean=prior_mean,
        prior_sd=priors.fixed_sd,
        cycle_sd=old.cycle,
        patient_sd=(old.level, old.slope),
        rng=rng,
    )

    left = theta - terms.mean(fixed, patient)
    stray = day - theta[problem.cycle] - shape * q
    return _State(
        theta=theta,
        fixed=fixed,
        patient=patient,
        shape=shape,
        noise=_spread(stray, priors.noise_sd, priors.noise_weight, rng),
        cycle=_spread(left, priors.cycle_sd, priors.cycle_weight, rng),
        level=_spread(patient[:, 0], priors.level_sd, priors.patient_weight, rng),
        slope=_spread(patient[:, 1], priors.slope_sd, priors.slope_weight, rng),
    )


def _shape(
    left: Floats,
    q: Floats,
    offset: float,
    old: _State,
    priors: Priors,
    products: int,
    rng: np.random.Generator,
) -> float:
    """The shape of the decline, from marks of several shares and from how products lie."""
    level = old.fixed[:products] - priors.fixed_mean[:products]
    weight = priors.fixed_sd[:products] ** -2
    precision = priors.shape_sd**-2 + float(q @ q) / old.noise**2 + offset**2 * float(weight.sum())
    pull = (
        priors.shape_mean / priors.shape_sd**2
        + float(q @ left) / old.noise**2
        + offset * float(weight @ level)
    )
    drawn = truncated_normal(
        np.array([pull / precision]),
        precision**-0.5,
        np.array([_LEAST_SHAPE]),
        np.array([np.inf]),
        rng,
    )
    return float(drawn[0])


def _spread(values: Floats, sd: float, weight: float, rng: np.random.Generator) -> float:
    """A standard deviation from its inverse gamma posterior."""
    total = weight * sd**2 + float(values @ values)
    return float(np.sqrt(total / rng.chisquare(weight + values.size)))
