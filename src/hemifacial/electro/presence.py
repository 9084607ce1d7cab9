"""Whether anything in a window is locked to the stimulus: three tests that know no shape.

They stand beside the reading of an average (`hemifacial.electro.reading`), which weighs shapes, and
say less: a conducted wave or the tail of an artefact is locked to the stimulus as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.noise import autocovariance, freedom

__all__ = ["Presence", "presence_of"]

Floats = NDArray[np.float64]

_FEWEST = 4
_MOST_BINS = 8
_SWEEPS_A_BIN = 2.5  # with fewer sweeps than that the covariance of the bins is hardly known
_DRAWS = 999


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What the tests say; each `p` is how often noise alone gives as much.

    `split_half` is the correlation of the averages of odd and even sweeps.
    """

    split_half: float
    split_half_p: float
    fmp_p: float
    hotelling_p: float


def presence_of(sweeps_uv: Floats, rest_uv: Floats, *, seed: int = 0) -> Presence | None:
    """The tests on sweeps in a window; None of fewer than four sweeps.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples) within the window, conditioned.
    rest_uv
        (rows, samples) like the noise of one sweep: it tells how many samples are independent.

    Notes
    -----
    *Split half*: the correlation of both halves, against the same with the signs of sweeps drawn at
    random. *Fmp* (Elberling and Don 1984, Scand Audiol 13:187): the variance of the average over
    the window by that which the differences of the sweeps leave in it, with as many degrees of
    freedom as the noise has independent values there. *Hotelling's T²*: whether the means of some
    parts of the window, each sweep an observation, are all zero.
    """
    count, samples = sweeps_uv.shape
    if count < _FEWEST or samples < 2:
        return None
    # What is the same throughout the window is a base line, not a response.
    level = sweeps_uv - sweeps_uv.mean(axis=1, keepdims=True)
    halves, halves_p = _split_half(level, np.random.default_rng(seed))
    return Presence(
        split_half=halves,
        split_half_p=halves_p,
        fmp_p=_fmp_p(level, rest_uv),
        hotelling_p=_hotelling_p(level),
    )


def _split_half(sweeps_uv: Floats, rng: np.random.Generator) -> tuple[float, float]:
    """The correlation of the halves, and its p by random signs of the sweeps."""
    signs = rng.choice([-1.0, 1.0], (_DRAWS + 1, len(sweeps_uv)))
    signs[0] = 1.0
    odd, even = signs[:, ::2] @ sweeps_uv[::2], signs[:, 1::2] @ sweeps_uv[1::2]
    along = np.sum(odd * even, axis=1)
    size = np.sqrt(np.sum(odd**2, axis=1) * np.sum(even**2, axis=1))
    found = np.divide(along, size, out=np.zeros_like(along), where=size > 0)
    return float(found[0]), float(np.mean(found >= found[0]))


def _fmp_p(sweeps_uv: Floats, rest_uv: Floats) -> float:
    from scipy.stats import f

    count, samples = sweeps_uv.shape
    left = float(np.mean(np.var(sweeps_uv, axis=0, ddof=1))) / count
    if left <= 0:
        return 1.0
    known = autocovariance([rest_uv], samples)
    independent = max(freedom(known, samples) - 1, 1.0)
    ratio = float(np.var(sweeps_uv.mean(axis=0), ddof=1)) / left
    return float(f.sf(ratio, independent, independent * (count - 1)))


def _hotelling_p(sweeps_uv: Floats) -> float:
    from scipy.stats import f

    count, samples = sweeps_uv.shape
    # One bin less than there are parts of the window (at most one part a sample): the base line was
    # taken off all of them together.
    bins = int(min(_MOST_BINS, samples - 1, max(count / _SWEEPS_A_BIN, 1)))
    edges = np.linspace(0, samples, bins + 2).astype(int)[:-1]
    parts = np.stack([sweeps_uv[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1)
    mean = parts.mean(axis=0)
    covariance = np.atleast_2d(np.cov(parts, rowvar=False))
    try:
        square = count * float(mean @ np.linalg.solve(covariance, mean))
    except np.linalg.LinAlgError:
        return 1.0
    ratio = (count - bins) / (bins * (count - 1)) * square
    return float(f.sf(ratio, bins, count - bins))
