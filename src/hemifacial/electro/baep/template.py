"""A patient's own baseline, taken apart into waves that can be late, small and wide each by itself.

The grid of shifts is one of steps: how late the first wave is, and by how much each interval to
the next wave is longer. A nerve that conducts slowly between I and III then delays V as well
without V having moved by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.noise import Conditioned
from hemifacial.electro.baep.parts import (
    AFTER_MS,
    BEFORE_MS,
    near_peak,
    part_weights,
    shifted,
    widened,
)
from hemifacial.electro.baep.waves import Wave

__all__ = ["STEP_MS", "WIDENINGS_MS", "Template", "template_of"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

STEP_MS = 0.05
WIDENINGS_MS = (0.0, 0.3)
"""Standard deviation of the Gaussian with which waves after I are widened."""

_STEPS_MS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("", "I"): (-0.3, 0.6),
    ("", "III"): (-0.5, 1.6),
    ("", "V"): (-0.8, 2.5),
    ("I", "III"): (-0.4, 1.4),
    ("III", "V"): (-0.4, 0.8),
    ("I", "V"): (-0.6, 2.0),
}
"""By the wave before and the wave: how much shorter and longer a step may become."""

_LEAST_INTERVAL_MS = 0.8  # waves never come closer together than this
_LEAST_SIGNAL = 0.3  # of a part's energy is taken to be signal at least
_RIDGE = 0.02  # of the noise variance: white noise beneath what the band lets through


@dataclass(frozen=True, kw_only=True, eq=False)
class Template:
    """A baseline with all that reading another average by it needs.

    Attributes
    ----------
    waves
        Those that are there, in order of time.
    latency_ms, values_uv
        (samples,): the baseline itself.
    parts_uv
        (waves, samples): what of it belongs to which wave.
    noise_uv
        The noise that is left in the baseline.
    window
        The samples that are compared.
    steps_ms
        For each wave the steps of its axis of the grid.
    shifts_ms, index
        (cells, waves): the shift of each wave in each cell of the grid, in ms and as a row of
        `whitened`.
    allowed
        (cells,): whether the waves keep their order there.
    whitener
        (samples, samples) of the window: makes noise of 1 µV white.
    whitened
        For each widening and each wave (shifts, samples): its part, shifted, behind the whitener,
        and smaller by the share of its energy that is noise of the baseline: without that every
        amplitude would be read too small.
    products
        (widenings, waves, waves, cells): inner products of the whitened parts.
    shift_sd_ms, share_sd
        (waves,): how far noise of the baseline may have moved the template itself.
    """

    waves: tuple[Wave, ...]
    latency_ms: Floats
    values_uv: Floats
    parts_uv: Floats
    noise_uv: float
    window: slice
    steps_ms: tuple[Floats, ...]
    shifts_ms: Floats
    index: Indices
    allowed: NDArray[np.bool_]
    whitener: Floats
    whitened: tuple[tuple[Floats, ...], ...]
    products: Floats
    shift_sd_ms: Floats
    share_sd: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """The waves that it has."""
        return tuple(wave.name for wave in self.waves)

    def projected(self, values_uv: Floats, widening: int) -> Floats:
        """(waves, cells): an average (samples,) against every part at every shift."""
        white = self.whitener @ values_uv[self.window]
        return np.array(
            [(part @ white)[self.index[:, k]] for k, part in enumerate(self.whitened[widening])]
        )

    def rms_uv(self, wave: int) -> float:
        """Root mean square of a wave's part where the wave is."""
        near = near_peak(self.latency_ms, self.waves[wave].latency_ms)
        return float(np.sqrt(np.mean(self.parts_uv[wave, near] ** 2)))


def template_of(baseline: Conditioned, waves: Sequence[Wave]) -> Template:
    """The template of a baseline average and its waves (in order of time, V last)."""
    from scipy.linalg import cholesky, solve_triangular, toeplitz

    latency = baseline.latency_ms
    names = [wave.name for wave in waves]
    steps = tuple(
        _axis(*_STEPS_MS[before, name]) for before, name in zip(["", *names], names, strict=False)
    )
    places = np.meshgrid(*(np.arange(axis.size) for axis in steps), indexing="ij")
    grid = np.stack([place.ravel() for place in places], axis=1)
    index = np.cumsum(grid, axis=1)
    first = np.cumsum([axis[0] for axis in steps])
    shifts = first + STEP_MS * index
    window = slice(
        int(np.searchsorted(latency, max(0.5, waves[0].latency_ms - BEFORE_MS))),
        int(np.searchsorted(latency, waves[-1].latency_ms + AFTER_MS)),
    )
    correlation = baseline.correlation[: window.stop - window.start].copy()
    correlation[0] += _RIDGE
    factor = cholesky(toeplitz(correlation), lower=True)
    whitener = solve_triangular(factor, np.eye(len(factor)), lower=True)
    weights = part_weights(latency, waves)
    parts = weights * baseline.values_uv
    whitened = tuple(
        tuple(
            shifted(latency, part, first[k] + STEP_MS * np.arange(index[:, k].max() + 1), window)
            @ whitener.T
            for k, part in enumerate(widened(latency, parts, waves, widening_ms))
        )
        for widening_ms in WIDENINGS_MS
    )
    kept, shift_sd_ms, share_sd = _noise_of(
        whitened[0], first, weights[:, window], baseline.noise_uv, correlation, whitener
    )
    whitened = tuple(
        tuple(share * rows for share, rows in zip(kept, wide, strict=True)) for wide in whitened
    )
    return Template(
        waves=tuple(waves),
        latency_ms=latency,
        values_uv=baseline.values_uv,
        parts_uv=parts,
        noise_uv=baseline.noise_uv,
        window=window,
        steps_ms=steps,
        shifts_ms=shifts,
        index=index,
        allowed=_in_order(waves, shifts),
        whitener=whitener,
        whitened=whitened,
        products=np.array([_products(rows, index) for rows in whitened]),
        shift_sd_ms=shift_sd_ms,
        share_sd=share_sd,
    )


def _axis(low_ms: float, high_ms: float) -> Floats:
    steps = np.arange(round(low_ms / STEP_MS), round(high_ms / STEP_MS) + 1)
    return np.asarray(steps * STEP_MS, dtype=np.float64)


def _in_order(waves: Sequence[Wave], shifts: Floats) -> NDArray[np.bool_]:
    at = np.array([wave.latency_ms for wave in waves]) + shifts
    return np.asarray(np.all(np.diff(at, axis=1) >= _LEAST_INTERVAL_MS, axis=1))


def _noise_of(
    rows: Sequence[Floats],
    first_ms: Floats,
    weights: Floats,
    noise_uv: float,
    correlation: Floats,
    whitener: Floats,
) -> tuple[Floats, Floats, Floats]:
    """What noise of the baseline does to its parts: three values a wave.

    Returns
    -------
    tuple
        The share of a part's energy that is signal; how far noise may have moved the part, in ms;
        and by what share of its amplitude it may have made it larger or smaller.
    """
    from scipy.linalg import toeplitz

    pure = toeplitz(correlation - _RIDGE * (np.arange(correlation.size) == 0))
    found = []
    for part, low_ms, weight in zip(rows, first_ms, weights, strict=True):
        at = round(-low_ms / STEP_MS)
        energy = float(np.sum(part[at] ** 2))
        covariance = weight[:, np.newaxis] * pure * weight
        noise = noise_uv**2 * float(np.sum((whitener @ covariance) * whitener))
        signal = max(1 - noise / energy, _LEAST_SIGNAL)
        slope = float(np.sum((part[at + 1] - part[at - 1]) ** 2)) / (2 * STEP_MS) ** 2
        found.append(
            (signal, noise_uv / np.sqrt(signal * slope), noise_uv / np.sqrt(signal * energy))
        )
    kept, shift_sd_ms, share_sd = np.array(found).T
    return kept, shift_sd_ms, share_sd


def _products(rows: Sequence[Floats], index: Indices) -> Floats:
    """(waves, waves, cells)."""
    count = len(rows)
    products = np.empty((count, count, len(index)))
    for i in range(count):
        for j in range(i, count):
            table = rows[i] @ rows[j].T
            products[i, j] = products[j, i] = table[index[:, i], index[:, j]]
    return products
