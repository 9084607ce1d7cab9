"""What an average holds, as one Gaussian model: noise, what is no response, and a response.

A response is a wave that begins at one of many latencies, lasts one of several lengths, and has any
shape that a muscle's potential could have: sines between some tens and some hundreds of hertz under
an envelope. Each beginning and length is a hypothesis; the evidence for each against that of no
response says whether there is one, and draws from what the hypotheses make of the data say when it
begins, how large it is, and how sure that is. Everything is linear and Gaussian, so that nothing is
searched for and nothing can fail to converge.

What else may stand in the average (the tail of the stimulus artefact, slow drift, the direct
response of neighbours through the skin) enters with the noise, as shapes of unknown size: whatever
they explain as well as a response does speaks for neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

__all__ = ["Evidence", "Hypotheses", "Nuisance", "draws_of", "evidence_of", "hypotheses"]

Floats = NDArray[np.float64]

_LENGTHS_MS = (3.0, 5.0, 8.0, 12.0)
_STEP_MS = 0.25
_MIDDLES_HZ = (130.0, 230.0, 380.0)
_SPREAD_HZ = 90.0
_LAST_HZ = 650.0
_RISES_MS = (0.4, 1.5)
_FREQUENCIES = 8  # of each middle: as far apart as the longest response tells apart
_LEAST_SIZE = 0.7
_LARGEST_UV = 500.0
"""Standard deviations of a response: from this share of the noise that is left in the average up to
this many microvolts, each twice the one before."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Nuisance:
    """Shapes (samples, shapes) that are no response, each of a size of this standard deviation."""

    shapes: Floats
    sizes: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Hypotheses:
    """Beginnings and lengths of a response, (hypotheses,), and their waves.

    `waves` is (hypotheses, samples, waves): any response of a hypothesis is a sum of its waves with
    independent normal amounts, and has a standard deviation of 1 where its envelope is full.
    """

    start_ms: Floats
    length_ms: Floats
    middle_hz: Floats
    rise_ms: Floats
    waves: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """How well each hypothesis explains an average.

    `log_none` is the log likelihood of no response, `log_each` (hypotheses, sizes) of each
    hypothesis at each size, both for each alternative of the nuisance and as sums over them with
    equal weights.
    """

    latency_ms: Floats
    average_uv: Floats
    hypotheses: Hypotheses
    sizes_uv: Floats
    log_none: float
    log_each: Floats
    parts: tuple[_Part, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """One alternative of the nuisance: likelihoods, and what draws need.

    `power` (hypotheses, waves, waves) and `along` (hypotheses, waves) are the products of the waves
    with each other and with the average, white and freed of the nuisance.
    """

    log_none: float
    log_each: Floats
    power: Floats
    along: Floats


@lru_cache(maxsize=32)
def _hypotheses(
    first_ms: float, step_ms: float, count: int, from_ms: float, to_ms: float
) -> Hypotheses:
    latency_ms = np.asarray(first_ms + step_ms * np.arange(count), dtype=np.float64)
    starts = np.arange(from_ms, to_ms + 1e-9, _STEP_MS)
    each = list(product(starts, _LENGTHS_MS, _MIDDLES_HZ, _RISES_MS))
    columns = (np.array(column) for column in zip(*each, strict=True))
    start_ms, length_ms, middle_hz, rise_ms = columns
    return Hypotheses(
        start_ms=start_ms,
        length_ms=length_ms,
        middle_hz=middle_hz,
        rise_ms=rise_ms,
        waves=_waves(latency_ms, start_ms, length_ms, middle_hz, rise_ms),
    )


def hypotheses(latency_ms: Floats, from_ms: float, to_ms: float) -> Hypotheses:
    """Responses that begin between two latencies, on the samples of an average."""
    step_ms = float(latency_ms[1] - latency_ms[0])
    return _hypotheses(
        round(float(latency_ms[0]), 6), round(step_ms, 9), latency_ms.size, from_ms, to_ms
    )


def _waves(
    latency_ms: Floats, start_ms: Floats, length_ms: Floats, middle_hz: Floats, rise_ms: Floats
) -> Floats:
    """(hypotheses, samples, waves)."""
    after = latency_ms[None, :] - start_ms[:, None]
    length = length_ms[:, None]
    rise = np.minimum(rise_ms[:, None], 0.4 * length)
    rising = np.clip(after / rise, 0, 1)
    falling = np.clip((length - after) / (0.6 * length), 0, 1)
    envelope = rising**2 * (3 - 2 * rising) * falling**2 * (3 - 2 * falling)
    # Frequencies around the middle, as far apart as a response of this length tells them apart.
    step_hz = np.maximum(1000 / (2 * length), 2 * _SPREAD_HZ * 2.2 / _FREQUENCIES)
    hertz = middle_hz[:, None] + step_hz * (np.arange(_FREQUENCIES) - (_FREQUENCIES - 1) / 2)
    power = np.exp(-0.5 * ((hertz - middle_hz[:, None]) / _SPREAD_HZ) ** 2)
    power[(hertz < 20) | (hertz > _LAST_HZ)] = 0
    power /= power.sum(axis=1, keepdims=True)
    angle = 2 * np.pi / 1000 * after[:, :, None] * hertz[:, None, :]
    size = envelope[:, :, None] * np.sqrt(power)[:, None, :]
    return np.concatenate([np.sin(angle) * size, np.cos(angle) * size], axis=2)


def evidence_of(
    latency_ms: Floats,
    average_uv: Floats,
    covariance_uv2: Floats,
    among: Hypotheses,
    nuisances: Sequence[Nuisance],
) -> Evidence:
    """How well no response, and each hypothesis, explains an average.

    Parameters
    ----------
    covariance_uv2
        (samples, samples), of the noise that is left in the average.
    nuisances
        Alternatives of which one holds.
    """
    noise_uv = float(np.sqrt(np.mean(np.diag(covariance_uv2))))
    steps = int(np.ceil(np.log2(max(_LARGEST_UV / (_LEAST_SIZE * noise_uv), 4.0))))
    sizes_uv = np.asarray(_LEAST_SIZE * noise_uv * 2.0 ** np.arange(steps), dtype=np.float64)
    parts = _parts(average_uv, covariance_uv2, among, nuisances, sizes_uv)
    each = np.stack([part.log_each for part in parts])
    none = np.array([part.log_none for part in parts])
    return Evidence(
        latency_ms=latency_ms,
        average_uv=average_uv,
        hypotheses=among,
        sizes_uv=sizes_uv,
        log_none=float(_log_mean(none)),
        log_each=np.asarray(_log_mean(each)),
        parts=parts,
    )


def _parts(
    average_uv: Floats,
    covariance_uv2: Floats,
    among: Hypotheses,
    nuisances: Sequence[Nuisance],
    sizes_uv: Floats,
) -> tuple[_Part, ...]:
    """Every alternative; what is large is made white once for all of them."""
    lower = np.linalg.cholesky(covariance_uv2)
    samples = average_uv.size
    count, _, waves = among.waves.shape
    stacked = among.waves.transpose(1, 0, 2).reshape(samples, -1)
    white = solve_triangular(lower, stacked, lower=True, check_finite=False)
    white_average = solve_triangular(lower, average_uv, lower=True, check_finite=False)
    by_hypothesis = np.ascontiguousarray(white.reshape(samples, count, waves).transpose(1, 2, 0))
    power = by_hypothesis @ np.swapaxes(by_hypothesis, 1, 2)
    along = by_hypothesis @ white_average
    log_white = float(-0.5 * white_average @ white_average - np.log(np.diag(lower)).sum())
    found = []
    for nuisance in nuisances:
        shapes = solve_triangular(lower, nuisance.shapes * nuisance.sizes, lower=True)
        # The nuisance is a few shapes: what it takes out of everything is a product with these.
        inner = np.eye(shapes.shape[1]) + shapes.T @ shapes
        taken = solve_triangular(np.linalg.cholesky(inner), shapes.T, lower=True).T
        of_waves = (white.T @ taken).reshape(count, waves, -1)
        of_average = taken.T @ white_average
        log_none = log_white + 0.5 * float(of_average @ of_average)
        log_none -= 0.5 * float(np.linalg.slogdet(inner)[1])
        found.append(
            _part(
                log_none,
                power - of_waves @ np.swapaxes(of_waves, 1, 2),
                along - of_waves @ of_average,
                sizes_uv,
            )
        )
    return tuple(found)


def _part(log_none: float, power: Floats, along: Floats, sizes_uv: Floats) -> _Part:
    values, vectors = np.linalg.eigh(power)
    values = np.maximum(values, 0.0)
    turned = np.einsum("hkv,hk->hv", vectors, along)
    size = sizes_uv[None, :, None] ** 2
    grown = 1 + size * values[:, None, :]
    gain = 0.5 * np.sum(size * turned[:, None, :] ** 2 / grown - np.log(grown), axis=2)
    return _Part(log_none=log_none, log_each=log_none + gain, power=power, along=along)


def draws_of(
    evidence: Evidence,
    prior: Floats,
    latency_ms: Floats,
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Responses as they may have been, (count, latencies), given that there is one.

    Parameters
    ----------
    prior
        (hypotheses,), the weight of each hypothesis before the data.
    latency_ms
        Where the draws are wanted, as finely as one likes.
    """
    each = np.stack([part.log_each for part in evidence.parts])
    with np.errstate(divide="ignore"):
        log = each + np.log(prior)[None, :, None]
    weight = np.exp(log - log.max())
    flat = rng.choice(weight.size, count, p=weight.ravel() / weight.sum())
    chosen, times = np.unique(flat, return_counts=True)
    found = []
    hypotheses_ = evidence.hypotheses
    for index, often in zip(chosen, times, strict=True):
        part, hypothesis, size = np.unravel_index(index, weight.shape)
        size_uv = evidence.sizes_uv[size]
        power = evidence.parts[part].power[hypothesis]
        precision = power * size_uv**2 + np.eye(len(power))
        lower = np.linalg.cholesky(precision)
        mean = np.linalg.solve(precision, size_uv * evidence.parts[part].along[hypothesis])
        noise = solve_triangular(
            lower, rng.standard_normal((len(power), often)), lower=True, trans="T"
        )
        waves = _waves(
            latency_ms,
            hypotheses_.start_ms[hypothesis : hypothesis + 1],
            hypotheses_.length_ms[hypothesis : hypothesis + 1],
            hypotheses_.middle_hz[hypothesis : hypothesis + 1],
            hypotheses_.rise_ms[hypothesis : hypothesis + 1],
        )[0]
        found.append((size_uv * waves @ (mean[:, None] + noise)).T)
    return np.concatenate(found)


def _log_mean(log: Floats) -> Floats:
    """The log of the mean over the first axis of what is given as its log."""
    top = log.max(axis=0)
    return np.asarray(top + np.log(np.mean(np.exp(log - top), axis=0)))
