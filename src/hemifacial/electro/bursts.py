"""Energy that is locked to a stimulus, where every sweep has another shape.

An average of R2 holds little: each sweep brings new potentials. What is constant is when the muscle
is active. So the logarithm of the energy in steps of some milliseconds is averaged, and held
against the same sweeps turned round their own ends by random amounts: that keeps everything but the
lock to the stimulus. A spasm, a pop or hum in some sweeps is thereby as likely as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

__all__ = ["Locked", "burst_span", "fast_part", "locked_energy", "loud_level", "loudest"]

Floats = NDArray[np.float64]

_SLOW_MS = 1.5  # for energy: what is left keeps within 4.5 ms of where it was
_STEP_MS = 4.0
_LENGTHS = (3, 5, 8, 12)  # steps
_TURNS = 1999
_EXTEND = 3.0  # standard errors down to which the burst goes on
_LIMIT_STEPS = 8
_PEAK_TO_PEAK = 5.0  # of a burst over its RMS
_TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class Locked:
    """Whether energy is locked to the stimulus, when, and how small a burst would be seen.

    `chance` is the probability under no lock; `limit_uv` the peak-to-peak amplitude of a burst of
    32 ms in every sweep that would be called 95 times of 100.
    """

    chance: float
    from_ms: float
    until_ms: float
    limit_uv: float


def fast_part(sweeps_uv: Floats, step_ms: float, slow_ms: float = _SLOW_MS) -> Floats:
    """Sweeps less what is slow, by a smoothing that reaches three times `slow_ms` either way."""
    slow = gaussian_filter1d(sweeps_uv, slow_ms / step_ms, axis=-1, truncate=3.0)
    return np.asarray(sweeps_uv - slow)


def locked_energy(
    latency_ms: Floats,
    sweeps_uv: Floats,
    *,
    from_ms: float,
    until_ms: float,
    rest_until_ms: float,
    alpha: float,
    seed: int = 0,
) -> Locked:
    """Energy that is locked to the stimulus, beginning between two latencies.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples), the `fast_part`; what comes between `rest_until_ms` and `from_ms` is
        left out, since stimulus and R1 lie there.
    alpha
        By which chance it is called; the detection limit rests on it.
    """
    starts_ms, log = _log_energy(latency_ms, sweeps_uv, from_ms, rest_until_ms)
    count, steps = log.shape
    rest = starts_ms < rest_until_ms
    within = np.flatnonzero((starts_ms >= from_ms - 1e-9) & (starts_ms < until_ms))
    centred = log - log.mean(axis=1, keepdims=True)
    rng = np.random.default_rng([seed, count, steps])
    turn = rng.integers(0, steps, (_TURNS, count))
    index = (np.arange(steps)[None, None, :] + turn[:, :, None]) % steps
    turned = centred[np.arange(count)[None, :, None], index].mean(axis=1)
    seen, place, length = _largest(centred.mean(axis=0)[None], within)
    by_chance = _largest(turned, within)[0]
    chance = (1 + np.count_nonzero(by_chance >= seen[0])) / (1 + _TURNS)
    # The rest alone tells the noise; where there is little of it, the whole sweep does.
    quiet = log[:, rest] if np.count_nonzero(rest) >= 2 else np.sort(log, axis=1)[:, : steps // 2]
    error = float(quiet.std()) / np.sqrt(count)
    profile = (log.mean(axis=0) - quiet.mean()) / max(error, _TINY)
    first, last = _extended(profile, within, int(place[0]), int(length[0]))
    rms_uv = float(np.sqrt(np.exp(quiet.mean())))
    need = float(np.quantile(by_chance, 1 - alpha)) + 1.64 * error
    return Locked(
        chance=float(chance),
        from_ms=float(starts_ms[first]),
        until_ms=float(starts_ms[last]) + _STEP_MS,
        limit_uv=_limit_uv(rms_uv, need, count, steps),
    )


def _log_energy(
    latency_ms: Floats, sweeps_uv: Floats, from_ms: float, rest_until_ms: float
) -> tuple[Floats, Floats]:
    """Where each step begins, and the log energy (sweeps, steps), before and after the stimulus."""
    step_ms = float(latency_ms[1] - latency_ms[0])
    samples = round(_STEP_MS / step_ms)
    edge_ms = 1.0  # the ends of a sweep have felt a filter that had nothing to go on
    before = np.flatnonzero((latency_ms >= latency_ms[0] + edge_ms) & (latency_ms < rest_until_ms))
    after = np.flatnonzero((latency_ms >= from_ms - 1e-9) & (latency_ms < latency_ms[-1] - edge_ms))
    # The steps before end at the rest's end, those after begin where they are looked for.
    chosen = [before[before.size % samples :], after[: after.size // samples * samples]]
    index = np.concatenate(chosen).reshape(-1, samples)
    energy = np.mean(sweeps_uv[:, index] ** 2, axis=2)
    return latency_ms[index[:, 0]], np.log(energy + _TINY)


def _largest(
    profile: Floats, within: NDArray[np.intp]
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """The largest mean over neighbouring steps times the root of how many, for each row."""
    total = np.cumsum(np.pad(profile, ((0, 0), (1, 0))), axis=1)
    best = np.full(len(profile), -np.inf)
    place = np.zeros(len(profile), dtype=np.intp)
    length = np.ones(len(profile), dtype=np.intp)
    for size in _LENGTHS:
        starts = within[within + size <= profile.shape[1]]
        if not starts.size:
            continue
        score = (total[:, starts + size] - total[:, starts]) / np.sqrt(size)
        top = score.argmax(axis=1)
        value = np.take_along_axis(score, top[:, None], axis=1)[:, 0]
        better = value > best
        best[better], place[better], length[better] = value[better], starts[top][better], size
    return best, place, length


def _extended(
    profile: Floats, within: NDArray[np.intp], place: int, length: int
) -> tuple[int, int]:
    """First and last step of the burst: on to where it sinks into the noise."""
    first, last = place, place + length - 1
    while first > within[0] and profile[first - 1] > _EXTEND:
        first -= 1
    while first < last and profile[first] < _EXTEND:
        first += 1
    while last < profile.size - 1 and profile[last + 1] > _EXTEND:
        last += 1
    return first, last


def _limit_uv(rms_uv: float, need: float, count: int, steps: int) -> float:
    """The burst that lifts the score above what chance gives with this very burst in the sweeps."""
    share = min(_LIMIT_STEPS / steps, 0.5)
    spread = 2.7 * np.sqrt(share * (1 - share) / count)
    lift = need / np.sqrt(_LIMIT_STEPS) / max(1 - share - spread, 0.1)
    return float(_PEAK_TO_PEAK * rms_uv * np.sqrt(np.expm1(min(lift, 20.0))))


def loudest(latency_ms: Floats, sweeps_uv: Floats, length_ms: float) -> tuple[Floats, Floats]:
    """The largest energy of any stretch of a length in each sweep, and where it begins in ms."""
    samples = max(1, round(length_ms / float(latency_ms[1] - latency_ms[0])))
    total = np.cumsum(np.pad(sweeps_uv**2, ((0, 0), (1, 0))), axis=1)
    energy = (total[:, samples:] - total[:, :-samples]) / samples
    top = energy.argmax(axis=1)
    return np.take_along_axis(energy, top[:, None], axis=1)[:, 0], latency_ms[top]


def loud_level(
    latency_ms: Floats, rest_uv: Floats, length_ms: float, search_ms: float, alpha: float
) -> float:
    """The energy that noise reaches in a search of so many ms only with this chance.

    From rest (sweeps, samples), by the gamma distribution of its mean and variance; as many
    independent tries as stretches fit twice into the search.
    """
    from scipy.stats import gamma

    samples = max(1, round(length_ms / float(latency_ms[1] - latency_ms[0])))
    if rest_uv.shape[1] < samples:
        return float("inf")
    total = np.cumsum(np.pad(rest_uv**2, ((0, 0), (1, 0))), axis=1)
    energy = (total[:, samples:] - total[:, :-samples]) / samples
    mean, variance = float(energy.mean()), float(energy.var())
    if not variance > 0:
        return mean
    tries = max(1.0, 2 * search_ms / length_ms)
    return float(gamma.isf(alpha / tries, mean**2 / variance, scale=variance / mean))


def burst_span(latency_ms: Floats, sweep_uv: Floats, noise_uv: float) -> tuple[float, float]:
    """Onset and end of a burst in one sweep, in ms.

    The onset is where 10 % of the first peak is crossed; the first peak is the first extremum of
    at least a quarter of the largest, and of four times the noise. Where noise reaches higher than
    the tenth, its threefold is crossed instead.
    """
    size = np.abs(sweep_uv)
    largest = float(size.max())
    turning = np.flatnonzero(
        (size[1:-1] >= size[:-2])
        & (size[1:-1] > size[2:])
        & (size[1:-1] >= max(0.25 * largest, min(4 * noise_uv, largest)))
    )
    peak = int(turning[0]) + 1 if turning.size else int(size.argmax())
    level = min(max(0.1 * float(size[peak]), 3 * noise_uv), float(size[peak]))
    rising = sweep_uv * np.sign(sweep_uv[peak])
    below = np.flatnonzero(rising[:peak] < level)
    first = int(below[-1]) + 1 if below.size else 0
    onset_ms = float(latency_ms[first])
    if below.size:
        low, high = float(rising[first - 1]), float(rising[first])
        step_ms = float(latency_ms[1] - latency_ms[0])
        onset_ms -= step_ms * (high - level) / max(high - low, _TINY)
    above = np.flatnonzero(size >= min(max(0.1 * largest, 3 * noise_uv), largest))
    return onset_ms, float(latency_ms[above[-1]])
