"""A plan brought to one face: what every muscle and lid does at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.findings import Event
from hemifacial.twin.muscles import LID_MUSCLE, site_amplitudes_mm
from hemifacial.twin.plan import FULL_CLOSURE, moves, profile_of
from hemifacial.twin.profile import Profile
from hemifacial.twin.warp import (
    FOLD_LIMIT,
    MuscleSide,
    SkinFields,
    landmark_mm,
    least_jacobian,
    weights_for,
)

__all__ = ["Movement", "Planting", "State", "planting_of", "state_at", "wanted_muscles"]

_WEAKER_SIDE = (0.93, 1.0)
"""Both sides of a real smile or half blink never move quite alike."""


@dataclass(frozen=True, kw_only=True)
class State:
    """The face at one moment: weights of the skin fields in mm, lids from 0 to 1 closed."""

    skin_mm: Mapping[MuscleSide, float] = field(default_factory=dict)
    closure: Mapping[Side, float] = field(default_factory=dict)

    @property
    def at_rest(self) -> bool:
        """Nothing moves."""
        return not any(self.skin_mm.values()) and not any(self.closure.values())


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One event on one face.

    `event` carries the amplitude that was really planted; `site_mm` says for each muscle and
    side how far its landmark moves (for the lids: by how much the fissure narrows).
    """

    event: Event
    profile: Profile
    peak: State
    site_mm: Mapping[MuscleSide, float]


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


def planting_of(
    plan: Sequence[Event], fields: SkinFields, aperture_mm: Mapping[Side, float], seed: int
) -> Planting:
    """What each event of a checked plan does to this face.

    Parameters
    ----------
    aperture_mm
        Height of the open eye on each side.
    seed
        Of the small difference between the sides of a partial blink or an expression.

    Raises
    ------
    InputError
        If the lids of this face cannot move that far, or its skin would fold.
    """
    movements = tuple(
        _movement_of(event, fields, aperture_mm, seed) for event in plan if moves(event)
    )
    _refuse_folds(movements, fields)
    return Planting(
        movements=movements,
        bursts=tuple(_burst_of(event, movements) for event in plan if not moves(event)),
        mm_per_px=fields.face.mm_per_px,
        aperture_mm=aperture_mm,
    )


def wanted_muscles(plan: Sequence[Event]) -> list[MuscleSide]:
    """Every muscle and side that the plan moves."""
    keys = {(site, side): None for event in plan for site in event.sites for side in _sides(event)}
    return list(keys)


def _movement_of(
    event: Event, fields: SkinFields, aperture_mm: Mapping[Side, float], seed: int
) -> Movement:
    uneven = event.side is Side.BOTH and event.trial_type not in FULL_CLOSURE
    gains = _gains(event, seed) if uneven else dict.fromkeys(_sides(event), 1.0)
    site_mm: dict[MuscleSide, float] = {}
    weights: dict[MuscleSide, float] = {}
    closure: dict[Side, float] = {}
    for side, gain in gains.items():
        planned = _planned_mm(event, aperture_mm[side])
        lids_mm = _lids_mm(event, gain * planned.pop(LID_MUSCLE, 0.0), side, aperture_mm[side])
        if lids_mm:
            closure[side] = lids_mm / aperture_mm[side]
            site_mm[LID_MUSCLE, side] = lids_mm
        # A blink is of the lids alone; only a forceful closure takes brow and cheek along.
        forceful = lids_mm and event.family in ("spasm", "expression")
        around = {(LID_MUSCLE, side): lids_mm} if forceful else {}
        skin = {(site, side): mm for site, mm in planned.items()}
        of_side = weights_for(fields, skin, gain * max(skin.values(), default=0.0), around)
        site_mm |= {key: landmark_mm(fields, of_side, key) for key in skin}
        weights |= of_side
    return Movement(
        event=replace(
            event,
            peak_time_s=profile_of(event).peak_s,
            amplitude=round(max(site_mm.values()), 3),
            amplitude_unit="mm",
        ),
        profile=profile_of(event),
        peak=State(skin_mm=weights, closure=closure),
        site_mm=site_mm,
    )


def state_at(movements: Sequence[Movement], time_s: float) -> State:
    """The sum of all movements at a time."""
    skin: dict[MuscleSide, float] = {}
    closure: dict[Side, float] = {}
    for movement in movements:
        if not movement.profile.start_s < time_s < movement.profile.stop_s:
            continue
        level = float(movement.profile.level(time_s))
        for key, mm in movement.peak.skin_mm.items():
            skin[key] = skin.get(key, 0.0) + level * mm
        for side, share in movement.peak.closure.items():
            closure[side] = closure.get(side, 0.0) + level * share
    return State(skin_mm=skin, closure=closure)


def _refuse_folds(movements: Sequence[Movement], fields: SkinFields) -> None:
    """Check the peak of every event, with whatever else moves then."""
    for movement in movements:
        state = state_at(movements, movement.profile.peak_s)
        squeezed = least_jacobian(fields, fields.total(state.skin_mm))
        if squeezed < FOLD_LIMIT:
            raise InputError(
                f"plan, event {movement.event.event_id}: {movement.event.amplitude:g} mm would "
                f"fold the skin: somewhere it shrinks to {max(squeezed, 0):.0%} of its area, "
                f"the limit is {FOLD_LIMIT:.0%}",
                next_step="Give a smaller amplitude, or fewer muscles that move at once.",
            )


def _burst_of(burst: Event, movements: Sequence[Movement]) -> Event:
    """A burst is as large as the largest of its children, and has its peak there."""
    children = [m.event for m in movements if m.event.parent_id == burst.event_id]
    largest = max(children, key=lambda event: event.amplitude or 0.0)
    return replace(
        burst,
        peak_time_s=largest.peak_time_s,
        amplitude=largest.amplitude,
        amplitude_unit="mm",
    )


def _planned_mm(event: Event, aperture_mm: float) -> dict[str, float]:
    if event.trial_type in FULL_CLOSURE:
        return {LID_MUSCLE: aperture_mm}
    return site_amplitudes_mm(event.sites, event.amplitude or 0.0)


def _lids_mm(event: Event, planned_mm: float, side: Side, aperture_mm: float) -> float:
    """Lids stop where they meet; alone, they are not asked for more."""
    alone = event.sites == (LID_MUSCLE,) and event.trial_type not in FULL_CLOSURE
    if alone and planned_mm > aperture_mm:
        raise InputError(
            f"plan, event {event.event_id}: the lids cannot close by {planned_mm:.1f} mm, "
            f"the {side.value} eye of this face is open {aperture_mm:.1f} mm",
            next_step=f"Give less than {aperture_mm:.1f} mm, or plan a blink_complete.",
        )
    return min(planned_mm, aperture_mm)


def _gains(event: Event, seed: int) -> dict[Side, float]:
    # By name and not by position: adding an event must not change the others.
    chance = np.random.default_rng([seed, 3, *event.event_id.encode()])
    weaker = (Side.RIGHT, Side.LEFT)[chance.integers(2)]
    return {weaker: float(chance.uniform(*_WEAKER_SIDE)), weaker.opposite: 1.0}


def _sides(event: Event) -> tuple[Side, ...]:
    if not moves(event):
        return ()
    return (Side.RIGHT, Side.LEFT) if event.side is Side.BOTH else (event.side,)
