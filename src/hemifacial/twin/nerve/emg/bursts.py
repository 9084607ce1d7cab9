"""Bursts of firing units as events, from the noise-free wave of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Event
from hemifacial.twin.electro.plan import Site, Stimulus
from hemifacial.twin.nerve.emg.discharges import Discharges
from hemifacial.twin.nerve.emg.traces import Muscle, add_potentials
from hemifacial.twin.nerve.emg.truth import AFTER_MS

__all__ = ["PAUSE_MS", "burst_events"]

PAUSE_MS = 20.0
"""A longer pause of a muscle parts two bursts: its units fire at less than 50 a second."""

_LEAST_POTENTIALS = 3
_TONIC_S = 1.0
_TONIC_GAP_S = 0.125
_EDGE_SHARE = 0.1  # Onset and end: this share of the peak, as in `hemifacial.twin.electro`.


def burst_events(
    muscles: Sequence[Muscle],
    leads: Sequence[Site],
    stimuli: Sequence[Stimulus],
    rate_hz: float,
) -> tuple[Event, ...]:
    """The bursts of every recorded muscle that do not follow a stimulus, and longer ones of them.

    A burst has at least three potentials at times that differ by a ms. Bursts no more than 125 ms
    apart over at least a second have a parent, ``emg_tonic``.
    """
    onsets_ms = np.array([one.onset_s * 1000 for one in stimuli])
    events: list[Event] = []
    for index, site in enumerate(leads):
        for muscle in muscles:
            if muscle.units.site == site:
                groups = _groups(muscle.fired, onsets_ms)
                found = [_event(muscle, index, one, rate_hz) for one in groups]
                events += _with_parents(found, len(events))
    return tuple(events)


def _groups(fired: Discharges, onsets_ms: NDArray[np.float64]) -> list[Discharges]:
    """Discharges without a long pause between them, each ordered by unit and time."""
    after = np.full(fired.time_ms.size, np.inf)
    if onsets_ms.size:
        last = np.searchsorted(np.sort(onsets_ms), fired.time_ms, side="right") - 1
        since = fired.time_ms - np.sort(onsets_ms)[np.maximum(last, 0)]
        after = np.where(last >= 0, since, np.inf)
    free = np.flatnonzero(after >= AFTER_MS)
    order = free[np.argsort(fired.time_ms[free], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(fired.time_ms[order]) > PAUSE_MS) + 1)
    kept = [np.sort(one) for one in parts if _potentials(fired.time_ms[one]) >= _LEAST_POTENTIALS]
    return [Discharges(fired.unit[one], fired.time_ms[one]) for one in kept]


def _potentials(times_ms: NDArray[np.float64]) -> int:
    return int(np.unique(np.round(times_ms)).size)


def _event(muscle: Muscle, lead: int, group: Discharges, rate_hz: float) -> Event:
    """A burst from the first to the last crossing of 10 % of its peak."""
    step_ms = 1000 / rate_hz
    first = np.floor((group.time_ms.min() + muscle.potentials.from_ms) / step_ms)
    stop = np.ceil((group.time_ms.max() + muscle.potentials.to_ms) / step_ms)
    values = np.zeros((muscle.potentials.values_uv.shape[1], int(stop - first) + 1))
    shifted = Discharges(group.unit, group.time_ms - first * step_ms)
    add_potentials(values, muscle.potentials, shifted, rate_hz)
    size = np.abs(values[lead])
    above = np.flatnonzero(size >= _EDGE_SHARE * size.max())
    duration_s = float(above[-1] - above[0]) / rate_hz
    return Event(
        onset_s=float(first + above[0]) / rate_hz,
        duration_s=duration_s,
        event_id="unnamed",
        trial_type="emg_burst" if duration_s < _TONIC_S else "emg_tonic",
        side=muscle.units.side,
        sites=(muscle.units.muscle,),
        peak_time_s=float(first + int(size.argmax())) / rate_hz,
        amplitude=float(size.max()),
        amplitude_unit="µV",
    )


def _with_parents(bursts: Sequence[Event], before: int) -> list[Event]:
    """The bursts of one muscle with their names, after a parent of each long run."""
    named = [
        replace(one, event_id=f"truth{before + number}")
        for number, one in enumerate(sorted(bursts, key=lambda one: one.onset_s), start=1)
    ]
    runs: list[list[Event]] = []
    for one in named:
        if runs and one.onset_s - runs[-1][-1].offset_s <= _TONIC_GAP_S:
            runs[-1].append(one)
        else:
            runs.append([one])
    made: list[Event] = []
    for run in runs:
        lasts_s = run[-1].offset_s - run[0].onset_s
        if len(run) > 1 and lasts_s >= _TONIC_S:
            name = f"tonic_{run[0].event_id}"
            made.append(replace(run[0], event_id=name, duration_s=lasts_s, trial_type="emg_tonic"))
            made += [replace(one, parent_id=name) for one in run]
        else:
            made += run
    return made
