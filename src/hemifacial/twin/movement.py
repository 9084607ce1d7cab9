"""What moves in a face, and the face at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hemifacial.anatomy import Side
from hemifacial.findings import Event
from hemifacial.twin.profile import Course
from hemifacial.twin.skin import MuscleSide, Weights

__all__ = ["Movement", "Part", "Planting", "State", "state_at"]


@dataclass(frozen=True, kw_only=True)
class State:
    """The face at one moment: weights of the skin fields in mm, lids from 0 to 1 closed."""

    skin_mm: Weights = field(default_factory=dict)
    closure: Mapping[Side, float] = field(default_factory=dict)

    @property
    def at_rest(self) -> bool:
        """Nothing moves."""
        return not any(self.skin_mm.values()) and not any(self.closure.values())


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of an event has one course in time, and how far it goes at its peak."""

    course: Course
    peak: State


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One event on one face.

    `event` carries the amplitude that was really planted; `site_mm` says for each muscle and
    side how far its place moves (for the lids: by how much the fissure narrows), and
    `other_side_mm` what it drags along beyond the midline. All parts of an event share one
    course unless the skin follows the lids by `lag_s`.
    """

    event: Event
    parts: tuple[Part, ...]
    site_mm: Mapping[MuscleSide, float]
    other_side_mm: Mapping[MuscleSide, float] = field(default_factory=dict)
    lag_s: float = 0.0

    @property
    def start_s(self) -> float:
        """Where its first part leaves zero."""
        return min(part.course.start_s for part in self.parts)

    @property
    def stop_s(self) -> float:
        """Where its last part is back at zero."""
        return max(part.course.stop_s for part in self.parts)

    @property
    def peak(self) -> State:
        """All its parts at their peaks."""
        return _sum((part.peak, 1.0) for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Planting:
    """A plan brought to one face; `bursts` are events that gather others and move nothing."""

    movements: tuple[Movement, ...]
    bursts: tuple[Event, ...]
    mm_per_px: float
    aperture_mm: Mapping[Side, float]

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event as planted, in order of onset."""
        every = (*self.bursts, *(movement.event for movement in self.movements))
        return tuple(sorted(every, key=lambda event: (event.onset_s, event.event_id)))


def state_at(movements: Sequence[Movement], time_s: float) -> State:
    """The sum of all movements at a time."""
    return _sum(
        (part.peak, float(part.course.level(time_s)))
        for movement in movements
        for part in movement.parts
        if part.course.start_s < time_s < part.course.stop_s
    )


def _sum(states: Iterable[tuple[State, float]]) -> State:
    skin: dict[MuscleSide, complex] = {}
    closure: dict[Side, float] = {}
    for state, level in states:
        for key, mm in state.skin_mm.items():
            skin[key] = skin.get(key, 0.0) + level * mm
        for side, share in state.closure.items():
            closure[side] = closure.get(side, 0.0) + level * share
    return State(skin_mm=skin, closure=closure)
