"""When motor units fire in each condition: potentials in groups, before anything is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.electro.emg_plan import Condition, EmgPlan, drawn, drawn_on_log_scale

__all__ = ["UNITS", "Firing", "Group", "Train", "firing_of", "trains_of"]

Values = NDArray[np.float64]
Whole = NDArray[np.int64]
Firing = Literal["spasm", "voluntary", "myokymic"]

UNITS = 6
"""Motor units near the electrode of each muscle."""

_EDGE_S = 0.3  # Nothing happens so near to the ends, where it would be cut.
_MISSED_BURST = 0.08
_UNIT_TAKES_PART = 0.85
_SPIKE_JITTER_MS = 0.15
_INTERVAL_VARIATION = 0.08
_BETWEEN_BURSTS_MS = 25.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Potentials of one muscle that belong together: one burst, or one contraction.

    `times_s` and `units` have one entry for each potential, in no order.
    """

    site: int
    firing: Firing
    times_s: Values
    units: Whole


@dataclass(frozen=True, kw_only=True)
class Train:
    """An A-train of one muscle: sinusoidal from one moment to another."""

    site: int
    start_s: float
    duration_s: float
    rate_hz: float
    amplitude_uv: float


def firing_of(plan: EmgPlan) -> tuple[Group, ...]:
    """Every group of potentials of a plan."""
    rng = np.random.default_rng([plan.seed, 11])
    # In synkinesis every closure of the eyes takes the lower face along, so no blink is without it.
    groups = list(_CONDITIONS[plan.condition](plan, rng))
    if plan.condition not in ("a_trains", "synkinesis"):
        groups += _blinks(plan, np.random.default_rng([plan.seed, 12]))
    return tuple(one for one in groups if one.times_s.size)


def trains_of(plan: EmgPlan) -> tuple[Train, ...]:
    """The A-trains of an operation; some come on most channels at once."""
    if plan.condition not in ("a_trains", "synkinesis"):
        return ()
    rng = np.random.default_rng([plan.seed, 13])
    free_s = [_EDGE_S] * len(plan.sites)
    trains = []
    for _ in range(int(rng.integers(0, 12))):
        everywhere = rng.random() < 0.15
        sites = range(len(plan.sites)) if everywhere else [int(rng.integers(len(plan.sites)))]
        for site in sites:
            duration_s = drawn_on_log_scale("a_train_length", rng)
            start_s = free_s[site] + rng.exponential(0.3 if everywhere else 3.0)
            if start_s + duration_s + _EDGE_S > plan.duration_s:
                continue
            free_s[site] = start_s + duration_s + 0.2
            trains.append(
                Train(
                    site=site,
                    start_s=start_s,
                    duration_s=duration_s,
                    rate_hz=drawn("a_train_rate", rng),
                    amplitude_uv=drawn_on_log_scale("a_train_amplitude", rng),
                )
            )
    return tuple(trains)


def _of_side(plan: EmgPlan, side: Side) -> list[int]:
    return [index for index, site in enumerate(plan.sites) if site.side is side]


def _spans(
    plan: EmgPlan, rng: np.random.Generator, length: str, pause: str
) -> Iterator[tuple[float, float]]:
    """Beginning and end of spasms or contractions, one after the other."""
    start_s = _EDGE_S + rng.uniform(0, 1)
    while True:
        stop_s = start_s + drawn_on_log_scale(length, rng)
        if stop_s + _EDGE_S > plan.duration_s:
            return
        yield start_s, stop_s
        start_s = stop_s + drawn(pause, rng)


def _spasm(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """Bursts that all muscles of one side share, but for a fixed lag and a little jitter."""
    sites = _of_side(plan, plan.side)
    lag_s = [drawn("spasm_lag", rng) / 1000 for _ in sites]
    if plan.synchronous:
        for spikes_s in _volleys(plan, rng):
            for site, later_s in zip(sites, lag_s, strict=True):
                if rng.random() >= _MISSED_BURST:
                    yield _volley_in(site, spikes_s + later_s, rng)
        return
    for site in sites:
        for spikes_s in _volleys(plan, rng):
            yield _volley_in(site, spikes_s, rng)


def _volleys(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Values]:
    """The spike times of every burst of the nerve: a renewal process within each spasm."""
    for start_s, stop_s in _spans(plan, rng, "spasm_length", "spasm_pause"):
        per_s, spike_hz = drawn("spasm_burst_rate", rng), drawn("spasm_spike_rate", rng)
        time_s = start_s
        while time_s < stop_s:
            count = round(drawn("spasm_spikes", rng))
            intervals = (1 + _INTERVAL_VARIATION * rng.standard_normal(count - 1)) / spike_hz
            spikes_s = time_s + np.concatenate([[0.0], np.cumsum(intervals)])
            yield spikes_s
            after_s = float(spikes_s[-1]) + _BETWEEN_BURSTS_MS / 1000
            time_s = max(time_s + rng.gamma(6.0, 1 / (6.0 * per_s)), after_s)


def _volley_in(site: int, spikes_s: Values, rng: np.random.Generator) -> Group:
    """What a muscle makes of a volley: each spike fires some of its units at once."""
    fires = rng.random((spikes_s.size, UNITS)) < _UNIT_TAKES_PART
    fires[:, 0] = True
    spike, unit = np.nonzero(fires)
    jitter_s = _SPIKE_JITTER_MS / 1000 * rng.standard_normal(spike.size)
    return Group(site=site, firing="spasm", times_s=spikes_s[spike] + jitter_s, units=unit)


def _synkinesis(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """Both eyes close at will; on one side the other muscles follow, with axons in common."""
    for start_s, stop_s in _spans(plan, rng, "contraction_length", "contraction_pause"):
        for side in (Side.RIGHT, Side.LEFT):
            sites = _of_side(plan, side)
            target = _contraction(sites[0], start_s, stop_s, "voluntary_rate", rng)
            yield target
            for site in sites[1:] if side is plan.side else ():
                shared = rng.random(UNITS) < drawn("shared_axons", rng)
                kept = shared[target.units]
                own = _contraction(site, start_s, stop_s, "voluntary_rate", rng)
                own_kept = ~shared[own.units]
                later_s = drawn("spasm_lag", rng) / 1000
                yield Group(
                    site=site,
                    firing="voluntary",
                    times_s=np.concatenate([target.times_s[kept] + later_s, own.times_s[own_kept]]),
                    units=np.concatenate([target.units[kept], own.units[own_kept]]),
                )


def _blepharospasm(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """Both orbicularis oculi at once, firing as at will; at times the lower face too."""
    for start_s, stop_s in _spans(plan, rng, "contraction_length", "contraction_pause"):
        lower = rng.random() < 0.2
        for side in (Side.RIGHT, Side.LEFT):
            sites = _of_side(plan, side)
            for site in sites if lower else sites[:1]:
                begin_s = start_s + rng.uniform(-0.02, 0.02)
                yield _contraction(site, begin_s, stop_s, "blepharospasm_rate", rng)


def _healthy(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """The eyes or the lower face at will, both sides."""
    for start_s, stop_s in _spans(plan, rng, "contraction_length", "contraction_pause"):
        eyes = rng.random() < 0.5
        for side in (Side.RIGHT, Side.LEFT):
            sites = _of_side(plan, side)
            for site in sites[:1] if eyes else sites[1:]:
                begin_s = start_s + rng.uniform(-0.03, 0.03)
                yield _contraction(site, begin_s, stop_s, "voluntary_rate", rng)


def _tic(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """Short contractions of one side, firing as at will, that begin tens of ms apart."""
    for start_s, stop_s in _spans(plan, rng, "tic_length", "tic_pause"):
        for site in _of_side(plan, plan.side)[1:]:
            begin_s = start_s + rng.uniform(-0.03, 0.03)
            yield _contraction(site, begin_s, stop_s + 0.05, "voluntary_rate", rng)


def _myokymia(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """Slow bursts of a single unit, nearly regular, each muscle for itself."""
    for site in _of_side(plan, plan.side)[:2]:
        rate_hz, interval_s = drawn("myokymia_rate", rng), drawn("myokymia_interval", rng)
        time_s = _EDGE_S + rng.uniform(0, interval_s)
        while True:
            count = round(drawn("myokymia_spikes", rng))
            intervals = (1 + _INTERVAL_VARIATION * rng.standard_normal(count - 1)) / rate_hz
            times_s = time_s + np.concatenate([[0.0], np.cumsum(intervals)])
            if times_s[-1] + _EDGE_S > plan.duration_s:
                break
            yield Group(
                site=site, firing="myokymic", times_s=times_s, units=np.zeros(count, np.int64)
            )
            pause_s = rng.exponential(1.5) if rng.random() < 0.06 else 0.0
            step_s = interval_s * (1 + 0.1 * rng.standard_normal())
            time_s = max(time_s + step_s, float(times_s[-1]) + 0.2) + pause_s


def _single_potentials(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    """What else comes in an operation: short irregular runs of potentials, which are no A-train."""
    for site in range(len(plan.sites)):
        for _ in range(int(rng.poisson(plan.duration_s / 10))):
            start_s = rng.uniform(_EDGE_S, plan.duration_s - 1.5)
            yield _contraction(site, start_s, start_s + rng.uniform(0.1, 1), "voluntary_rate", rng)


def _blinks(plan: EmgPlan, rng: np.random.Generator) -> Iterator[Group]:
    count = rng.poisson(plan.blinks_per_minute * plan.duration_s / 60)
    for _ in range(count):
        start_s = rng.uniform(_EDGE_S, plan.duration_s - 0.6)
        for side in (Side.RIGHT, Side.LEFT):
            for site in _of_side(plan, side)[:1]:
                begin_s = start_s + rng.uniform(-0.005, 0.005)
                yield _contraction(site, begin_s, start_s + 0.15, "blepharospasm_rate", rng)


def _contraction(
    site: int, start_s: float, stop_s: float, rate: str, rng: np.random.Generator
) -> Group:
    """Units that each fire at their own rate, unevenly, from their own beginning."""
    times, units = [], []
    for unit in range(UNITS):
        rate_hz = drawn(rate, rng)
        # The first units are recruited at once, the others within the first quarter.
        late_s = 0.0 if unit < 2 else rng.uniform(0, 0.25) * (stop_s - start_s)
        time_s = start_s + late_s + rng.uniform(0, 0.5 / rate_hz)
        while time_s < stop_s:
            times.append(time_s)
            units.append(unit)
            time_s += max(rng.normal(1.0, 0.18), 0.4) / rate_hz
    return Group(
        site=site,
        firing="voluntary",
        times_s=np.array(times, dtype=np.float64),
        units=np.array(units, dtype=np.int64),
    )


_CONDITIONS: dict[Condition, Callable[[EmgPlan, np.random.Generator], Iterator[Group]]] = {
    "hemifacial_spasm": _spasm,
    "synkinesis": _synkinesis,
    "blepharospasm": _blepharospasm,
    "myokymia": _myokymia,
    "tic": _tic,
    "healthy": _healthy,
    "a_trains": _single_potentials,
}
