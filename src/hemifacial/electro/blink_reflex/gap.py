"""Activity that fills the gap between R1 and R2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gap", "gap_activity"]

Floats = NDArray[np.float64]

_LEAST_MS = 3.0
_LEAST_WINDOWS = 12
_TRIES = 1999
_TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Fast activity of a stretch against rest.

    `rms_uv` is what exceeds the rest, `limit_uv` what would have been called 95 times of 100;
    `chance` the probability that rest gives as much.
    """

    from_ms: float
    until_ms: float
    chance: float
    rms_uv: float
    limit_uv: float


def gap_activity(
    latency_ms: Floats,
    sweeps_uv: Floats,
    *,
    from_ms: float,
    until_ms: float,
    rest_until_ms: float,
    alpha: float,
    seed: int = 0,
) -> Gap | None:
    """Whether there is more activity between two latencies than before the stimuli.

    None where the stretch is short or there is too little rest. The differences of neighbouring
    samples are taken, so that the slow end of R1 plays no part; stretches of the gap and of the
    rest, as long as each other, change places at random.
    """
    if until_ms - from_ms < _LEAST_MS:
        return None
    differences = np.diff(sweeps_uv, axis=1)
    inside = np.flatnonzero((latency_ms[:-1] >= from_ms) & (latency_ms[:-1] < until_ms))
    before = np.flatnonzero(latency_ms[1:] <= rest_until_ms)
    length = inside.size
    pieces = before.size // length
    count = len(sweeps_uv)
    if pieces * count < max(_LEAST_WINDOWS, count):
        return None
    rest_index = before[before.size - pieces * length :].reshape(pieces, length)
    here = np.log(np.mean(differences[:, inside] ** 2, axis=1) + _TINY)
    rest = np.log(np.mean(differences[:, rest_index] ** 2, axis=2) + _TINY).ravel()
    every = np.concatenate([here, rest])
    rng = np.random.default_rng([seed, count, length])
    order = rng.permuted(np.tile(np.arange(every.size), (_TRIES, 1)), axis=1)[:, :count]
    by_chance = every[order].mean(axis=1)
    chance = (1 + np.count_nonzero(by_chance >= here.mean())) / (1 + _TRIES)
    # In the unit of the sweeps: the rest's own RMS, scaled as the differences are.
    rest_uv = float(np.sqrt(np.mean(sweeps_uv[:, rest_index] ** 2)))
    lift = float(here.mean() - rest.mean())
    error = float(rest.std()) * np.sqrt(1 / count + 1 / rest.size)
    need = float(np.quantile(by_chance, 1 - alpha)) - float(every.mean()) + 1.64 * error
    return Gap(
        from_ms=from_ms,
        until_ms=until_ms,
        chance=float(chance),
        rms_uv=rest_uv * float(np.sqrt(max(np.expm1(min(lift, 20.0)), 0.0))),
        limit_uv=rest_uv * float(np.sqrt(np.expm1(need * (1 + count / rest.size)))),
    )
