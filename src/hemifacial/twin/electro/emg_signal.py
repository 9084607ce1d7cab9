"""Potentials as the electrode sees them, and when each group truly begins and ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Event
from hemifacial.twin.electro.emg_firing import UNITS, Group, Train, firing_of, trains_of
from hemifacial.twin.electro.emg_plan import EmgPlan, drawn, drawn_on_log_scale
from hemifacial.twin.electro.noise import Disturbances, density, hum_of, steady_noise
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.shapes import Shape, Template, template

__all__ = ["EmgRecording", "made_emg"]

Values = NDArray[np.float64]

_EDGE_SHARE = 0.1  # Onset and end of an event: this share of its peak.
_LOW_HZ, _HIGH_HZ = 20.0, 2000.0
_LEAST_POTENTIALS = 3
_TONIC_S = 1.0
_TONIC_GAP_S = 0.125
_RAMP_S = 0.004


@dataclass(frozen=True, kw_only=True, eq=False)
class EmgRecording:
    """A recording in memory with its truth.

    Attributes
    ----------
    values_uv
        (channels, samples), with noise.
    clean_uv
        The same without noise.
    groups
        For each true burst or contraction the potentials that it consists of.
    events
        What truly happens, in the columns of the contract; ids of `groups` are ``truth1`` and on.
    snr_db
        Of each channel, as `EmgPlan` defines it; not a number where a channel is silent.
    """

    plan: EmgPlan
    values_uv: Values
    clean_uv: Values
    groups: tuple[Group, ...]
    events: tuple[Event, ...]
    snr_db: tuple[float, ...]


def made_emg(plan: EmgPlan) -> EmgRecording:
    """Make a recording; equal plans give equal recordings."""
    groups, trains = firing_of(plan), trains_of(plan)
    samples = round(plan.duration_s * plan.rate_hz)
    clean = np.zeros((len(plan.sites), samples))
    alone = [np.zeros(samples) for _ in plan.sites]
    events: list[Event] = []
    kept: list[Group] = []
    units = [_units(plan, site) for site in range(len(plan.sites))]
    for group in groups:
        first, wave = _wave(group, units[group.site], plan)
        alone[group.site][first : first + wave.size] += wave
        potentials = np.unique(np.round(group.times_s, 3)).size
        if potentials >= _LEAST_POTENTIALS:
            kept.append(group)
            events.append(_event(plan, len(kept), group, first, wave))
    noise_uv = _noise_rms(plan)
    snr = []
    for site, trace in enumerate(alone):
        inside = _inside(plan, [one for one in events if _site_of(plan, one) == site])
        level = float(np.sqrt(np.mean(trace[inside] ** 2))) if inside.any() else math.nan
        factor = 1.0
        if plan.snr_db is not None and level > 0:
            factor = noise_uv * 10 ** (plan.snr_db / 20) / level
        clean[site] = trace * factor
        snr.append(
            20 * math.log10(level * factor / noise_uv) if level > 0 and noise_uv else math.nan
        )
        events = [
            replace(one, amplitude=float((one.amplitude or 0.0) * factor))
            if _site_of(plan, one) == site
            else one
            for one in events
        ]
    for number, train in enumerate(trains, start=1):
        events.append(_add_train(plan, train, clean[train.site], number))
    limit_uv = plan.amplifier_range_uv
    return EmgRecording(
        plan=plan,
        values_uv=np.clip(clean + _background(plan, samples), -limit_uv, limit_uv),
        clean_uv=clean,
        groups=tuple(kept),
        events=tuple(_with_tonic(events, kept)),
        snr_db=tuple(snr),
    )


def _site_of(plan: EmgPlan, event: Event) -> int:
    return next(
        index
        for index, site in enumerate(plan.sites)
        if (site.side, (site.muscle,)) == (event.side, event.sites)
    )


def _units(plan: EmgPlan, site: int) -> list[tuple[Template, float]]:
    """Shape and size of each motor unit of a muscle."""
    rng = np.random.default_rng([plan.seed, 14, site])
    middle_uv = drawn_on_log_scale("potential_amplitude", rng)
    units = []
    for unit in range(UNITS):
        shape = Shape(
            family=plan.family,
            duration_ms=drawn("potential_duration", rng),
            phases=round(drawn("potential_phases", rng)),
            seed=int(plan.seed * 1000 + site * 10 + unit),
        )
        units.append((template(shape), middle_uv * math.exp(rng.normal(0.0, 0.35))))
    return units


def _wave(
    group: Group, units: Sequence[tuple[Template, float]], plan: EmgPlan
) -> tuple[int, Values]:
    """The noise-free wave of a group, and its first sample."""
    rate = plan.rate_hz
    longest_s = max(float(np.ptp(one.times_ms)) for one, _ in units) / 1000
    first = max(0, math.floor((group.times_s.min() - longest_s) * rate))
    stop = min(math.ceil((group.times_s.max() + longest_s) * rate), round(plan.duration_s * rate))
    wave = np.zeros(stop - first)
    rng = np.random.default_rng([plan.seed, 15, group.site, int(group.times_s[0] * 1e6)])
    sizes = 1 + 0.08 * rng.standard_normal(group.times_s.size)
    for time_s, unit, size in zip(group.times_s, group.units, sizes, strict=True):
        shape, amplitude_uv = units[unit]
        begin = max(0, math.floor((time_s + shape.times_ms[0] / 1000) * rate) - first)
        end = min(wave.size, math.ceil((time_s + shape.times_ms[-1] / 1000) * rate) - first)
        if end > begin:
            at_ms = ((np.arange(begin, end) + first) / rate - time_s) * 1000
            wave[begin:end] += size * amplitude_uv * shape.at(at_ms)
    return first, wave


def _event(plan: EmgPlan, number: int, group: Group, first: int, wave: Values) -> Event:
    """A group as an event, from the first to the last crossing of 10 % of its peak."""
    size = np.abs(wave)
    above = np.flatnonzero(size >= _EDGE_SHARE * size.max())
    onset_s = (first + above[0]) / plan.rate_hz
    duration_s = (above[-1] - above[0]) / plan.rate_hz
    return Event(
        onset_s=float(onset_s),
        duration_s=float(duration_s),
        event_id=f"truth{number}",
        trial_type="emg_burst" if duration_s < _TONIC_S else "emg_tonic",
        side=plan.sites[group.site].side,
        sites=(plan.sites[group.site].muscle,),
        peak_time_s=float((first + int(size.argmax())) / plan.rate_hz),
        amplitude=float(size.max()),
        amplitude_unit="µV",
    )


def _with_tonic(events: Sequence[Event], groups: Sequence[Group]) -> list[Event]:
    """The events, and a parent for each run of spasm bursts that lasts a second."""
    fast = {f"truth{number}" for number, one in enumerate(groups, 1) if one.firing == "spasm"}
    parents: dict[str, Event] = {}
    made: list[Event] = []
    for place in {(one.side, one.sites) for one in events}:
        bursts = sorted(
            (one for one in events if (one.side, one.sites) == place and one.event_id in fast),
            key=lambda one: one.onset_s,
        )
        runs: list[list[Event]] = []
        for one in bursts:
            if runs and one.onset_s - runs[-1][-1].offset_s <= _TONIC_GAP_S:
                runs[-1].append(one)
            else:
                runs.append([one])
        for run in runs:
            if len(run) > 1 and run[-1].offset_s - run[0].onset_s >= _TONIC_S:
                parent = replace(
                    run[0],
                    duration_s=run[-1].offset_s - run[0].onset_s,
                    event_id=f"tonic_{run[0].event_id}",
                    trial_type="emg_tonic",
                )
                made.append(parent)
                parents |= {one.event_id: parent for one in run}
    return made + [
        replace(one, parent_id=parents[one.event_id].event_id) if one.event_id in parents else one
        for one in events
    ]


def _add_train(plan: EmgPlan, train: Train, trace: Values, number: int) -> Event:
    rng = np.random.default_rng([plan.seed, 16, number])
    rate = plan.rate_hz
    first, stop = round(train.start_s * rate), round((train.start_s + train.duration_s) * rate)
    times_s = np.arange(stop - first) / rate
    # The rate wanders by a few per cent, as slowly as the train lasts.
    turns = train.rate_hz * (times_s + 0.03 * times_s**2 / train.duration_s * rng.uniform(-1, 1))
    ramp = np.minimum(1.0, np.minimum(times_s, times_s[::-1]) / _RAMP_S)
    wave = 0.5 * train.amplitude_uv * ramp * np.sin(2 * np.pi * turns)
    trace[first:stop] += wave
    above = np.flatnonzero(np.abs(wave) >= _EDGE_SHARE * np.abs(wave).max())
    return Event(
        onset_s=float((first + above[0]) / rate),
        duration_s=float((above[-1] - above[0]) / rate),
        event_id=f"train{number}",
        trial_type="a_train",
        side=plan.sites[train.site].side,
        sites=(plan.sites[train.site].muscle,),
        amplitude=train.amplitude_uv,
        amplitude_unit="µV",
    )


def _inside(plan: EmgPlan, events: Sequence[Event]) -> NDArray[np.bool_]:
    inside = np.zeros(round(plan.duration_s * plan.rate_hz), bool)
    for one in events:
        inside[round(one.onset_s * plan.rate_hz) : round(one.offset_s * plan.rate_hz) + 1] = True
    return inside


def _noise_rms(plan: EmgPlan) -> float:
    """Of the steady noise between 20 and 2000 Hz, or what of it the rate can carry."""
    high_hz = min(_HIGH_HZ, plan.rate_hz / 2)
    frequency_hz = np.linspace(_LOW_HZ, high_hz, 4000)
    return float(np.sqrt(np.trapezoid(density(plan.noise, frequency_hz), frequency_hz)))


def _background(plan: EmgPlan, samples: int) -> Values:
    setup = Setup(rate_hz=plan.rate_hz, noise=plan.noise, electrode_seed=plan.seed)
    count = len(plan.sites)
    times_s = np.arange(samples) / plan.rate_hz
    rng = np.random.default_rng([plan.seed, 17])
    values = steady_noise(plan.noise, rng, count, samples, plan.rate_hz)
    going = Disturbances(setup, plan.seed, count, plan.duration_s)
    for channel in range(count):
        values[channel] += hum_of(plan.noise.mains, plan.seed, channel).at(times_s)
        values[channel] += going.at(channel, times_s)
    return values
