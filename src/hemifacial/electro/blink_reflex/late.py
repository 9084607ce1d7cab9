"""R2: a burst of new potentials in every sweep, read from rectified energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.bursts import (
    Locked,
    burst_span,
    fast_part,
    locked_energy,
    loud_level,
    loudest,
)
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.study import REST_UNTIL_MS

__all__ = ["Burst", "Late", "area_uv_ms", "late_response"]

Floats = NDArray[np.float64]

_SEEN_OVER_MS = 8.0
_BEFORE_MS = 4.0  # what may belong to the burst before the step in which it is found
_AGAIN = 200
_REACH_MS = 4.0  # over which energy of the early response is smoothed into what follows it
_EARLIER_MS = 5.0  # by how much a single R2 may come before the average
_OUT = 3.0  # standard errors of the power
_SLOW_MS = 1.8  # for onsets: as slow as this is the base line
_FEWEST = 4
_LEAST_AFTER_MS = 20.0


@dataclass(frozen=True, kw_only=True)
class Burst:
    """R2 of one muscle, where it is there.

    `onsets_ms` are of the sweeps in which it is seen, `shortest_ms` the least of them, None of
    fewer than four. `average_ms` is that of the rectified average, with its 95 % interval from
    sweeps that are drawn anew. `habituation_share` is the factor from one stimulus to the next.
    """

    onsets_ms: tuple[float, ...]
    shortest_ms: float | None
    average_ms: float
    average_low_ms: float
    average_high_ms: float
    amplitude_uv: float
    area_uv_ms: float
    persistence_share: float
    habituation_share: float | None
    habituation_low: float | None
    habituation_high: float | None


@dataclass(frozen=True, kw_only=True)
class Late:
    """A late response that was looked for; `burst` is None where it was not found."""

    locked: Locked
    burst: Burst | None


def late_response(
    latency_ms: Floats,
    sweeps_uv: Floats,
    criteria: ElectroCriteria,
    *,
    early_end_ms: float | None,
) -> Late | None:
    """The late response of one muscle; None where it cannot be judged.

    That is: from too few sweeps, from sweeps that end too early, or from a flat channel.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples), conditioned, on the coarse samples, in order of time.
    early_end_ms
        When the early response of this muscle is over.
    """
    if len(sweeps_uv) < criteria["r2_least_sweeps"]:
        return None
    step_ms = float(latency_ms[1] - latency_ms[0])
    rest = latency_ms <= REST_UNTIL_MS
    if not np.ptp(sweeps_uv[:, rest]) > 0:  # nothing was connected
        return None
    over_ms = (early_end_ms or 0.0) + 1.0
    from_ms = max(criteria["r2_from_ms"], over_ms + _REACH_MS)
    if latency_ms[-1] < from_ms + _LEAST_AFTER_MS:
        return None
    fast = fast_part(sweeps_uv, step_ms)
    locked = locked_energy(
        latency_ms,
        fast,
        from_ms=from_ms,
        until_ms=criteria["r2_until_ms"],
        rest_until_ms=REST_UNTIL_MS,
        alpha=criteria["r2_chance_share"],
    )
    if locked.chance > criteria["r2_chance_share"]:
        return Late(locked=locked, burst=None)
    return Late(locked=locked, burst=_burst(latency_ms, sweeps_uv, fast, locked, over_ms, criteria))


def area_uv_ms(latency_ms: Floats, sweeps_uv: Floats, locked: Locked) -> Floats:
    """Area of the rectified sweeps within a burst beyond that of the rest, one a sweep."""
    inside = (latency_ms >= locked.from_ms) & (latency_ms < locked.until_ms)
    floor_uv = np.abs(sweeps_uv[:, latency_ms <= REST_UNTIL_MS]).mean()
    length_ms = locked.until_ms - locked.from_ms
    return np.asarray((np.abs(sweeps_uv[:, inside]).mean(axis=1) - floor_uv) * length_ms)


def _burst(
    latency_ms: Floats,
    sweeps_uv: Floats,
    fast_uv: Floats,
    locked: Locked,
    over_ms: float,
    criteria: ElectroCriteria,
) -> Burst:
    """What is told of it; before `over_ms` the early response of the muscle is not over."""
    inside = (latency_ms >= max(locked.from_ms - _BEFORE_MS, over_ms)) & (
        latency_ms < locked.until_ms
    )
    rest = latency_ms <= REST_UNTIL_MS
    where_ms, part = latency_ms[inside], sweeps_uv[:, inside]
    level = loud_level(
        latency_ms,
        fast_uv[:, rest],
        _SEEN_OVER_MS,
        float(where_ms[-1] - where_ms[0]),
        criteria["burst_chance_share"],
    )
    energy, _ = loudest(where_ms, fast_uv[:, inside], min(_SEEN_OVER_MS, np.ptp(where_ms) / 2))
    seen = energy > level
    level_uv = fast_part(sweeps_uv, float(latency_ms[1] - latency_ms[0]), _SLOW_MS)
    noise_uv = float(np.sqrt(np.mean(level_uv[:, rest] ** 2)))
    low_ms, middle_ms, high_ms = _average_onset(where_ms, level_uv[:, inside], level_uv[:, rest])
    near = inside & (latency_ms >= middle_ms - _EARLIER_MS)
    onsets = tuple(
        burst_span(latency_ms[near], sweep, noise_uv)[0] for sweep in level_uv[seen][:, near]
    )
    area = area_uv_ms(latency_ms, sweeps_uv, locked)
    share, low, high = _habituation(area, seen)
    return Burst(
        onsets_ms=onsets,
        shortest_ms=min(onsets) if len(onsets) >= _FEWEST else None,
        average_ms=middle_ms,
        average_low_ms=low_ms,
        average_high_ms=high_ms,
        amplitude_uv=float(np.median(np.ptp(part, axis=1))),
        area_uv_ms=float(area.mean()),
        persistence_share=float(np.mean(seen)),
        habituation_share=share,
        habituation_low=low,
        habituation_high=high,
    )


def _average_onset(where_ms: Floats, part: Floats, rest: Floats) -> tuple[float, float, float]:
    """Onset of the rectified average with its interval, as low, middle, high.

    Squares instead of sizes: what noise adds to them does not depend on the response, so that it
    can be taken off where the response is small.
    """
    power = part**2
    floor, error = float(np.mean(rest**2)), float(np.std(rest**2) / np.sqrt(len(part)))

    def onset_ms(mean: Floats) -> float:
        # A hundredth of the power is a tenth of the amplitude.
        return _crossing_ms(where_ms, mean - floor, error)

    middle = onset_ms(power.mean(axis=0))
    rng = np.random.default_rng(0)
    index = rng.integers(0, len(part), (_AGAIN, len(part)))
    again = [onset_ms(one) for one in power[index].mean(axis=1)]
    low, high = (float(value) for value in np.quantile(again, (0.025, 0.975)))
    return min(low, middle), middle, max(high, middle)


def _crossing_ms(where_ms: Floats, power: Floats, error: float) -> float:
    """Where power first rises for good to a hundredth of its first peak, or out of the noise."""
    largest = float(power.max())
    turning = np.flatnonzero(
        (power[1:-1] >= power[:-2])
        & (power[1:-1] > power[2:])
        & (power[1:-1] >= max(largest / 16, min(4 * error, largest)))
    )
    peak = int(turning[0]) + 1 if turning.size else int(power.argmax())
    level = min(max(0.01 * float(power[peak]), _OUT * error), float(power[peak]))
    below = np.flatnonzero(power[:peak] < level)
    if not below.size:
        return float(where_ms[0])
    last = int(below[-1])
    share = (level - power[last]) / max(float(power[last + 1] - power[last]), 1e-12)
    return float(where_ms[last] + min(share, 1.0) * (where_ms[last + 1] - where_ms[last]))


def _habituation(
    area: Floats, seen: NDArray[np.bool_]
) -> tuple[float | None, float | None, float | None]:
    """The factor from one stimulus to the next, by a straight line through the logarithms."""
    from scipy.stats import linregress, t

    usable = seen & (area > 0)
    count = int(np.count_nonzero(usable))
    if count < _FEWEST:
        return None, None, None
    line = linregress(np.flatnonzero(usable), np.log(area[usable]))
    reach = float(t.ppf(0.975, count - 2)) * float(line.stderr)
    slope = float(line.slope)
    return float(np.exp(slope)), float(np.exp(slope - reach)), float(np.exp(slope + reach))
