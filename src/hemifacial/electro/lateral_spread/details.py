"""What a lateral spread does beyond being there: from which current, how often, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.lateral_spread.cells import Cell
from hemifacial.electro.onset import phases_of
from hemifacial.electro.reading import coarse
from hemifacial.electro.study import REST_UNTIL_MS

__all__ = ["Recruited", "SpreadDetails", "details_of", "recruitment", "threshold_ma"]

Floats = NDArray[np.float64]

_SHIFT_MS = 0.8  # how far a single response may be from the mean one
_WINDOW_MS = 3.0
_SEEN_ALONE = 3.0  # standard errors from which a response of one sweep counts as seen
_FEWEST = 4


@dataclass(frozen=True, kw_only=True)
class Recruited:
    """The size of a response at one intensity, as a share of that at the strongest."""

    intensity_ma: float
    share: float
    standard_error: float


@dataclass(frozen=True, kw_only=True)
class SpreadDetails:
    """Of one muscle at the strongest stimulus; None where it cannot be told."""

    phases: int
    persistence_share: float | None
    onset_sd_ms: float | None
    afterdischarge_share: float | None
    afterdischarge_ms: float | None


def recruitment(cells: Sequence[Cell]) -> tuple[Recruited, ...]:
    """How a response of one muscle to one branch grows, from weak to strong.

    The strongest average gives the shape; what of it stands in each of the others is its size.
    """
    known = sorted(
        (cell for cell in cells if cell.intensity_ma is not None),
        key=lambda cell: cell.intensity_ma or 0.0,
    )
    if not known:
        return ()
    shape = _shape(known[-1])
    if shape is None:
        return ()
    inside, wave = shape
    power = float(wave @ wave)
    found = []
    for cell in known:
        size = float(cell.mean_uv[inside] @ wave) / power
        rest = cell.sweeps_uv[:, cell.latency_ms <= REST_UNTIL_MS]
        error = _error_of_projection(rest, wave) * float(np.sqrt(np.sum(cell.weight**2))) / power
        found.append(
            Recruited(intensity_ma=cell.intensity_ma or 0.0, share=size, standard_error=error)
        )
    return tuple(found)


def threshold_ma(grown: Sequence[Recruited], criteria: ElectroCriteria) -> float | None:
    """The weakest current from which on the response is always there; None if never."""
    least = criteria["recruited_noise_multiple"]
    found = None
    for one in reversed(grown):
        if one.share < least * one.standard_error:
            break
        found = one.intensity_ma
    return found


def details_of(cell: Cell, criteria: ElectroCriteria) -> SpreadDetails:
    """Phases, persistence, variation of the onset, and afterdischarge of a spread that is there."""
    reading = cell.reading
    if reading is None or reading.response is None:
        raise ValueError(f"no response in {cell.muscle}")
    persistence, onset_sd = _sweep_by_sweep(cell)
    share, duration_ms = _afterdischarge(cell, criteria)
    return SpreadDetails(
        phases=phases_of(reading.wave_uv, 2.5 * reading.noise_uv),
        persistence_share=persistence,
        onset_sd_ms=onset_sd,
        afterdischarge_share=share,
        afterdischarge_ms=duration_ms,
    )


def _shape(cell: Cell) -> tuple[NDArray[np.bool_], Floats] | None:
    """Where in the sweep the response is, and its wave there, on the samples of the sweep."""
    if cell.direct is not None and cell.direct.onset_ms is not None:
        inside = (cell.latency_ms >= cell.direct.onset_ms) & (
            cell.latency_ms <= cell.direct.onset_ms + 12
        )
        return inside, cell.mean_uv[inside]
    if cell.reading is not None and cell.reading.response is not None:
        wave_ms, wave = cell.reading.wave_ms, cell.reading.wave_uv
        inside = (cell.latency_ms >= wave_ms[0]) & (cell.latency_ms <= wave_ms[-1])
        return inside, np.interp(cell.latency_ms[inside], wave_ms, wave)
    return None


def _error_of_projection(rest_uv: Floats, wave: Floats) -> float:
    """Standard deviation of what noise leaves along a wave, from stretches shorter than it."""
    samples = rest_uv.shape[1]
    if not samples:
        return float("inf")
    spectrum = np.mean(np.abs(np.fft.rfft(rest_uv, axis=1)) ** 2, axis=0) / samples
    frequencies = np.fft.rfftfreq(samples)
    along = np.abs(np.fft.rfft(wave)) ** 2
    density = np.interp(np.fft.rfftfreq(wave.size), frequencies, spectrum)
    weight = np.full(along.size, 2.0)
    weight[0] = 1.0
    return float(np.sqrt(np.sum(weight * along * density) / wave.size))


def _sweep_by_sweep(cell: Cell) -> tuple[float | None, float | None]:
    """In what share of sweeps the mean wave is seen, and how much its latency varies.

    Each sweep is held against the mean wave at small shifts. What noise adds to the variation is
    taken away, as the variation of the same wave in noise alone.
    """
    shape = _shape(cell)
    if shape is None or len(cell.sweeps_uv) < _FEWEST:
        return None, None
    inside, wave = shape
    step_ms = float(cell.latency_ms[1] - cell.latency_ms[0])
    shifts = np.arange(-round(_SHIFT_MS / step_ms), round(_SHIFT_MS / step_ms) + 1)
    first = int(np.argmax(inside))
    stop = first + wave.size
    usable = [shift for shift in shifts if first + shift >= 0 and stop + shift <= inside.size]
    scores = np.array([cell.sweeps_uv[:, first + s : stop + s] @ wave for s in usable])
    rest = cell.sweeps_uv[:, cell.latency_ms <= REST_UNTIL_MS]
    error = _error_of_projection(rest, wave)
    seen = scores.max(axis=0) > _SEEN_ALONE * error
    clear = float(wave @ wave) / max(error, 1e-30)
    if clear < 2 * _SEEN_ALONE:  # a single response would drown in the noise of a sweep
        return None, None
    persistence = float(np.mean(seen))
    if np.count_nonzero(seen) < _FEWEST:
        return persistence, None
    best = np.array(usable)[scores[:, seen].argmax(axis=0)] * step_ms
    slope = np.gradient(wave, step_ms)
    added = error / max(float(slope @ slope), 1e-30) * np.sqrt(float(slope @ slope))
    added /= np.sqrt(float(wave @ wave))
    return persistence, float(np.sqrt(max(float(np.var(best, ddof=1)) - added**2, 0.0)))


def _afterdischarge(cell: Cell, criteria: ElectroCriteria) -> tuple[float | None, float | None]:
    """The share of sweeps in which activity follows the early component, and for how long."""
    reading = cell.reading
    if reading is None or reading.response is None:
        return None, None
    size = np.abs(reading.wave_uv)
    tall = np.flatnonzero(size >= 0.1 * size.max(initial=0.0))
    end_ms = float(reading.wave_ms[tall[-1]]) + 0.5
    latency_ms, sweeps = coarse(cell.latency_ms, cell.sweeps_uv)
    step_ms = float(latency_ms[1] - latency_ms[0])
    length = max(1, round(_WINDOW_MS / step_ms))
    fast = np.diff(sweeps, axis=1)  # the slow return of the base line is no discharge
    power = np.cumsum(np.pad(fast**2, ((0, 0), (1, 0))), axis=1)
    power = (power[:, length:] - power[:, :-length]) / length
    starts_ms = latency_ms[: power.shape[1]]
    rest = power[:, starts_ms + _WINDOW_MS <= REST_UNTIL_MS]
    after = (starts_ms >= end_ms) & (starts_ms + _WINDOW_MS <= latency_ms[-1])
    if not rest.size or not after.any():
        return None, None
    level = rest.mean() + criteria["afterdischarge_noise_multiple"] * rest.std()
    over = power[:, after] > level
    ends = [
        starts_ms[after][np.flatnonzero(row)[-1]] + _WINDOW_MS - end_ms
        for row in over
        if np.count_nonzero(row) >= length // 2
    ]
    share = len(ends) / len(over)
    return share, float(np.median(ends)) if ends else None
