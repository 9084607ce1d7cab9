"""What a healthy face does in front of a camera: nothing of it is a spasm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.findings import Event
from hemifacial.twin.muscles import LID_MUSCLE
from hemifacial.twin.plan import SPEECH_SITES, profile_of

__all__ = ["healthy_plan"]

# Blinks at rest: about 17 a minute (Bentivoglio 1997, doi:10.1002/mds.870120629), about half
# of them partial (Ousler 2014). Their spread is a choice: log-normal, as intervals are that are
# never negative and sometimes long.
_BLINK_EVERY_S = 3.4
_BLINK_SPREAD = 0.65  # Standard deviation of the interval's logarithm.
_LEAST_PAUSE_S = 0.15
_DOUBLE_SHARE, _PARTIAL_SHARE, _CLOSURE_SHARE = 0.08, 0.45, 0.025
_PARTIAL_MM = (2.0, 4.5)
_FACE_PAUSE_S = (1.0, 7.0)
_FIRST_S, _LAST_S = 0.8, 0.2


def healthy_plan(seconds: float, seed: int) -> tuple[Event, ...]:
    """Blinks, smiles, raised brows, pursed lips and speech of a healthy face.

    Lids and face run side by side, as in life: a blink may fall into a smile. Blinks come at
    log-normal intervals, some twice, about half of them partial, now and then a longer closure.
    How uneven the sides of an event are (a partial blink by up to 7 %, an expression and the
    lips in speech by up to 20 %) is drawn when it is planted.

    Raises
    ------
    UsageError
        If the seed is negative or there is no room for a single event.
    """
    if seed < 0:
        raise UsageError(f"seed is {seed}", next_step="Give a whole number from 0 on.")
    lids = _Row(chance=np.random.default_rng([seed, 1]), name="b", seconds=seconds)
    face = _Row(chance=np.random.default_rng([seed, 2]), name="f", seconds=seconds)
    events = (*_lids(lids), *_face(face))
    if not events:
        raise UsageError(
            f"{seconds:g} s are too short for an event of the healthy plan",
            next_step="Give at least 10 s.",
        )
    return tuple(sorted(events, key=lambda event: (event.onset_s, event.event_id)))


@dataclass(frozen=True, kw_only=True)
class _Row:
    """Events that follow one another."""

    chance: np.random.Generator
    name: str
    seconds: float

    def drawn(self, low: float, high: float) -> float:
        return float(self.chance.uniform(low, high))

    def event(
        self,
        at_s: float,
        number: int,
        kind: str,
        lasting_s: tuple[float, float],
        sites: tuple[str, ...] = (LID_MUSCLE,),
        mm: tuple[float, float] | None = None,
    ) -> Event:
        return Event(
            onset_s=round(at_s, 3),
            duration_s=round(self.drawn(*lasting_s), 3),
            event_id=f"{self.name}{number:04d}",
            trial_type=kind,
            side=Side.BOTH,
            sites=sites,
            amplitude=round(self.drawn(*mm), 2) if mm else None,
            amplitude_unit="mm" if mm else "",
        )

    def has_room_for(self, event: Event) -> bool:
        return profile_of(event).stop_s <= self.seconds - _LAST_S


def _lids(row: _Row) -> list[Event]:
    events: list[Event] = []
    mean_of_log = np.log(_BLINK_EVERY_S) - _BLINK_SPREAD**2 / 2
    at_s = _FIRST_S + row.drawn(0, 2)
    while True:
        event = _blink(row, at_s, len(events) + 1)
        if not row.has_room_for(event):
            return events
        events.append(event)
        ended_s = profile_of(event).stop_s
        if row.chance.random() < _DOUBLE_SHARE:
            pause_s = row.drawn(_LEAST_PAUSE_S, 0.3)
        else:
            interval_s = float(row.chance.lognormal(mean_of_log, _BLINK_SPREAD))
            pause_s = max(interval_s - event.duration_s, 2 * _LEAST_PAUSE_S)
        at_s = ended_s + pause_s


def _blink(row: _Row, at_s: float, number: int) -> Event:
    kind = row.chance.random()
    if kind < _CLOSURE_SHARE:
        return row.event(at_s, number, "closure_voluntary", (0.7, 2.5))
    if kind < _CLOSURE_SHARE + _PARTIAL_SHARE:
        return row.event(at_s, number, "blink_partial", (0.18, 0.3), mm=_PARTIAL_MM)
    return row.event(at_s, number, "blink_complete", (0.2, 0.36))


def _face(row: _Row) -> list[Event]:
    events: list[Event] = []
    at_s = _FIRST_S + row.drawn(0.5, 3)
    while True:
        made = _ACTS[int(row.chance.choice(len(_ACTS), p=_SHARES))](row, at_s, len(events) + 1)
        if not all(row.has_room_for(event) for event in made):
            return events
        events += made
        at_s = profile_of(made[-1]).stop_s + row.drawn(*_FACE_PAUSE_S)


def _smile(row: _Row, at_s: float, number: int) -> list[Event]:
    sites = ("zygomaticus_major", "orbicularis_oculi_orbital")
    return [row.event(at_s, number, "expression", (1.0, 4.0), sites, (2.0, 6.0))]


def _brow_raise(row: _Row, at_s: float, number: int) -> list[Event]:
    return [row.event(at_s, number, "expression", (0.5, 2.0), ("frontalis",), (2.0, 6.0))]


def _pucker(row: _Row, at_s: float, number: int) -> list[Event]:
    return [row.event(at_s, number, "expression", (0.8, 2.5), ("orbicularis_oris",), (2.0, 4.5))]


def _talk(row: _Row, at_s: float, number: int) -> list[Event]:
    """A few phrases with a breath between them."""
    phrases: list[Event] = []
    for index in range(int(row.chance.integers(1, 5))):
        size = (2.0, 5.5)
        phrases.append(row.event(at_s, number + index, "speech", (0.8, 4.0), SPEECH_SITES, size))
        at_s = profile_of(phrases[-1]).stop_s + row.drawn(0.2, 0.6)
    return phrases


_ACTS: tuple[Callable[[_Row, float, int], list[Event]], ...] = (_smile, _brow_raise, _pucker, _talk)
_SHARES = (0.25, 0.2, 0.1, 0.45)
