"""Parts of a recording: the whole of it, and each phase by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.states import State
from hemifacial.findings import Event
from hemifacial.formats.protocol import UNASSIGNED, phase_labels

__all__ = ["VOLUNTARY", "Part", "in_phases", "parts_of"]

Floats = NDArray[np.float64]

VOLUNTARY = ("blink", "closure", "expression", "speech")
"""Families of what both sides do together: voluntary movements, and blinks."""

_EARLY_S = 0.05  # a movement that begins the task begins its phase, to within a frame or two


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """The whole recording (`phase` is empty), or what lies in the phase of that name.

    Parameters
    ----------
    signals
        Of the whole recording; NaN where not judged.
    events, all_events
        Those whose onset lies in this part, and those of the whole recording.
    weights_s
        Shape (n,): how much of each frame's time is judged and in this part, in s.
    times_s
        Shape (n,): when each frame of the recording was taken.
    """

    phase: str
    signals: xr.Dataset
    events: tuple[Event, ...]
    all_events: tuple[Event, ...]
    weights_s: Floats
    times_s: Floats

    @property
    def judged_s(self) -> float:
        """Judged time of this part."""
        return float(self.weights_s.sum())

    def values(self, name: str) -> Floats | None:
        """A signal of the whole recording; None where this recording has none of that name."""
        if name not in self.signals:
            return None
        return np.asarray(self.signals[name].values, dtype=np.float64)

    def label(self, name: str, key: str) -> float | None:
        """A number that a signal carries, such as its ``threshold``; None if there is none."""
        if name not in self.signals:
            return None
        number: object = self.signals[name].attrs.get(key)
        if isinstance(number, int | float) and np.isfinite(number):
            return float(number)
        return None

    def spasms(self, side: Side) -> list[Event]:
        """Spasms of a side; a person may have called one of both, which counts on each."""
        return [e for e in self.events if e.family == "spasm" and e.side in (side, Side.BOTH)]

    def judged_clock_s(self, times_s: Iterable[float]) -> list[float]:
        """The same moments on a clock that stands still while nothing is judged."""
        before = np.concatenate(([0.0], np.cumsum(self.weights_s)))
        edges = np.append(self.times_s, self._end_s)
        return [float(np.interp(time_s, edges, before)) for time_s in times_s]

    def within_s(self, events: Iterable[Event]) -> Floats:
        """Shape (n,): judged time of each frame within at least one of the events, in s."""
        return np.minimum(_overlap_s(self.times_s, self._end_s, events), self.weights_s)

    @property
    def _end_s(self) -> float:
        return float(self.signals.attrs["duration_s"])

    def inside(self, event: Event) -> NDArray[np.bool_]:
        """Shape (n,): the frames of an event."""
        return (self.times_s >= event.onset_s) & (self.times_s <= event.offset_s)

    def change_in(self, event: Event, values: Floats, *, before_s: float) -> float | None:
        """How far a signal goes up or down in an event, from where it was just before.

        Parameters
        ----------
        values
            Shape (n,), signed; for what one side does beyond the other, their difference.
        before_s
            How long before the event counts as just before.

        Returns
        -------
        The larger of both ways in the unit of `values`, up positive; None where it was not
        measured, or in less than two frames before.
        """
        times_s = self.times_s
        before = values[(times_s >= event.onset_s - before_s) & (times_s < event.onset_s)]
        during = values[self.inside(event)]
        before, during = before[np.isfinite(before)], during[np.isfinite(during)]
        if before.size < 2 or not during.size:
            return None
        level = float(np.median(before))
        up, down = float(np.max(during)) - level, float(np.min(during)) - level
        return up if up >= -down else down


def parts_of(signals: xr.Dataset, events: Sequence[Event]) -> tuple[Part, ...]:
    """The whole recording, then each phase that it has, then what is in no phase."""
    edges_s = np.append(signals["time"].values, float(signals.attrs["duration_s"]))
    judged_s = np.where(signals["state"].values == State.JUDGED, np.diff(edges_s), 0.0)
    whole = Part(
        phase="",
        signals=signals,
        events=tuple(events),
        all_events=tuple(events),
        weights_s=judged_s,
        times_s=np.asarray(signals["time"].values, dtype=np.float64),
    )
    phases = [event for event in events if event.family == "phase"]
    if not phases:
        return (whole,)
    parts = [whole]
    for word in phase_labels():
        if word == UNASSIGNED:
            weights_s = judged_s - whole.within_s(phases)
        else:
            named = [event for event in phases if event.phase == word]
            weights_s = whole.within_s(named)
        own = tuple(e for e in events if e.family != "phase" and e.phase == word)
        if own or weights_s.any():
            parts.append(replace(whole, phase=word, events=own, weights_s=weights_s))
    return tuple(parts)


def in_phases(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events, each with the phase in which it begins; without phases, as they are."""
    standing = tuple(events)
    phases = sorted((e for e in standing if e.family == "phase"), key=lambda e: e.onset_s)
    if not phases:
        return standing

    def phase_at(time_s: float) -> str:
        found = UNASSIGNED
        for phase in phases:
            if phase.onset_s - _EARLY_S <= time_s < phase.offset_s:
                found = phase.phase
        return found

    return tuple(
        event if event.family == "phase" else replace(event, phase=phase_at(event.onset_s))
        for event in standing
    )


def _overlap_s(times_s: Floats, last_s: float, events: Iterable[Event]) -> Floats:
    """Shape (n,): how much of each frame's time lies within at least one of the events."""
    ends_s = np.append(times_s[1:], last_s)
    covered_s = np.zeros(times_s.size)
    end_s = -np.inf
    for event in sorted(events, key=lambda e: e.onset_s):
        start_s, end_s = max(event.onset_s, end_s), max(event.offset_s, end_s)
        first = max(int(np.searchsorted(times_s, start_s, side="right")) - 1, 0)
        stop = int(np.searchsorted(times_s, end_s, side="left"))
        span = slice(first, max(stop, first))
        covered_s[span] += np.clip(
            np.minimum(ends_s[span], end_s) - np.maximum(times_s[span], start_s), 0, None
        )
    return covered_s
