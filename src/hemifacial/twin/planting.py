"""A plan brought to one face: what every muscle and lid does in each event, and how far."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.findings import Event
from hemifacial.twin.movement import Movement, Part, Planting, State, state_at
from hemifacial.twin.muscles import LID_MUSCLE, site_amplitudes_mm
from hemifacial.twin.plan import FULL_CLOSURE, moves, profile_of
from hemifacial.twin.profile import profile_between
from hemifacial.twin.skin import (
    FOLD_LIMIT,
    JAW,
    MuscleSide,
    SkinFields,
    landmark_mm,
    least_jacobian,
    weights_for,
)

__all__ = ["Habits", "planting_of", "wanted_muscles"]

_WEAKER_SIDE = {"expression": (0.8, 1.0), "speech": (0.8, 1.0)}
_WEAKER_BLINK = (0.93, 1.0)
"""Both sides of a real smile or half blink never move quite alike."""
_LIPS = "orbicularis_oris"
_LIPS_IN_SPEECH = 0.3  # How far the corners of the mouth come together, of its opening.
_JAW_ASKEW_DEG = 4.0


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a warp varies from event to event.

    Parameters
    ----------
    turn_deg
        All pulls of an event on one side are turned by up to so much, either way. It changes no
        amplitude: a turned displacement is as long as before.
    lag_s
        The skin follows the lids by up to so much in a spasm of both. The event still spans
        from the first crossing of 10 % of the one to the last of the other.
    """

    turn_deg: float = 0.0
    lag_s: float = 0.0


def planting_of(
    plan: Sequence[Event],
    fields: SkinFields,
    aperture_mm: Mapping[Side, float],
    seed: int,
    habits: Habits | None = None,
) -> Planting:
    """What each event of a checked plan does to this face.

    Parameters
    ----------
    aperture_mm
        Height of the open eye on each side.
    seed
        Of the difference between the sides of a partial blink, an expression or speech, and of
        what `habits` leave to chance.

    Raises
    ------
    InputError
        If the lids of this face cannot move that far, or its skin would fold.
    """
    maker = _Maker(fields=fields, aperture_mm=aperture_mm, seed=seed, habits=habits or Habits())
    movements = tuple(maker.movement(event) for event in plan if moves(event))
    _refuse_folds(movements, fields)
    return Planting(
        movements=movements,
        bursts=tuple(_burst_of(event, movements) for event in plan if not moves(event)),
        mm_per_px=fields.mm_per_px,
        aperture_mm=aperture_mm,
    )


def wanted_muscles(plan: Sequence[Event]) -> list[MuscleSide]:
    """Every muscle and side that the plan moves."""
    keys: dict[MuscleSide, None] = {}
    for event in plan:
        speaks = event.family == "speech"
        sites = (_LIPS,) if speaks else event.sites
        keys |= {(site, side): None for site in sites for side in _sides(event)}
        keys |= {JAW: None} if speaks else {}
    return list(keys)


@dataclass(frozen=True, kw_only=True)
class _Maker:
    fields: SkinFields
    aperture_mm: Mapping[Side, float]
    seed: int
    habits: Habits

    def movement(self, event: Event) -> Movement:
        if event.family == "speech":
            return self._speech(event)
        site_mm: dict[MuscleSide, float] = {}
        weights: dict[MuscleSide, complex] = {}
        closure: dict[Side, float] = {}
        for side, gain in self._gains(event).items():
            planned = _planned_mm(event, self.aperture_mm[side])
            lids_mm = self._lids_mm(event, gain * planned.pop(LID_MUSCLE, 0.0), side)
            if lids_mm:
                closure[side] = lids_mm / self.aperture_mm[side]
                site_mm[LID_MUSCLE, side] = lids_mm
            # A blink is of the lids alone; only a forceful closure takes brow and cheek along.
            forceful = lids_mm and event.family in ("spasm", "expression")
            around = {(LID_MUSCLE, side): lids_mm} if forceful else {}
            skin = {(site, side): mm for site, mm in planned.items()}
            largest_mm = gain * max(skin.values(), default=0.0)
            of_side = weights_for(self.fields, skin, largest_mm, around)
            turned = cmath.rect(1, self._turn_rad(event, side))
            of_side = {key: turned * weight for key, weight in of_side.items()}
            site_mm |= {key: landmark_mm(self.fields, of_side, key) for key in skin}
            weights |= of_side
        peak = State(skin_mm=weights, closure=closure)
        lag_s = self._lag_s(event) if any(site != LID_MUSCLE for site in event.sites) else 0.0
        return Movement(
            event=_as_planted(event, max(site_mm.values())),
            parts=_parts(event, peak, lag_s if closure else 0.0),
            site_mm=site_mm,
            other_side_mm=self._other_side_mm(weights),
            lag_s=lag_s if closure else 0.0,
        )

    def _speech(self, event: Event) -> Movement:
        """The jaw goes down, a little askew; the corners of the mouth come together unevenly."""
        opening_mm = event.amplitude or 0.0
        askew = math.radians(float(self._chance(event, 5).uniform(-_JAW_ASKEW_DEG, _JAW_ASKEW_DEG)))
        lips = {
            (_LIPS, side): gain * _LIPS_IN_SPEECH * opening_mm
            for side, gain in self._gains(event).items()
        }
        weights = {JAW: cmath.rect(opening_mm, askew), **lips}
        site_mm = {key: landmark_mm(self.fields, weights, key) for key in weights}
        return Movement(
            event=_as_planted(event, site_mm[JAW]),
            parts=(Part(course=profile_of(event), peak=State(skin_mm=weights)),),
            site_mm=site_mm,
        )

    def _gains(self, event: Event) -> dict[Side, float]:
        if event.side is not Side.BOTH or event.trial_type in FULL_CLOSURE:
            return dict.fromkeys(_sides(event), 1.0)
        chance = self._chance(event, 3)
        weaker = (Side.RIGHT, Side.LEFT)[chance.integers(2)]
        least, most = _WEAKER_SIDE.get(event.family, _WEAKER_BLINK)
        return {weaker: float(chance.uniform(least, most)), weaker.opposite: 1.0}

    def _turn_rad(self, event: Event, side: Side) -> float:
        chance = self._chance(event, 4 if side is Side.RIGHT else 6)
        return math.radians(self.habits.turn_deg * float(chance.uniform(-1, 1)))

    def _lag_s(self, event: Event) -> float:
        if event.family != "spasm" or not self.habits.lag_s:
            return 0.0
        drawn_s = float(self._chance(event, 7).uniform(0, self.habits.lag_s))
        return min(drawn_s, event.duration_s / 4)

    def _other_side_mm(self, weights: Mapping[MuscleSide, complex]) -> dict[MuscleSide, float]:
        """How far the mirror place of each muscle is dragged, where it is more than 0.01 mm."""
        dragged: dict[MuscleSide, float] = {}
        for (muscle, side), weight in weights.items():
            there = (muscle, side.opposite)
            if there not in weights and there in self.fields.centre_px:
                alone = {(muscle, side): weight}
                mm = landmark_mm(self.fields, alone, there)
                dragged |= {there: mm} if mm > 0.01 else {}
        return dragged

    def _lids_mm(self, event: Event, planned_mm: float, side: Side) -> float:
        """Lids stop where they meet; alone, they are not asked for more."""
        aperture_mm = self.aperture_mm[side]
        alone = event.sites == (LID_MUSCLE,) and event.trial_type not in FULL_CLOSURE
        if alone and planned_mm > aperture_mm:
            raise InputError(
                f"plan, event {event.event_id}: the lids cannot close by {planned_mm:.1f} mm, "
                f"the {side.value} eye of this face is open {aperture_mm:.1f} mm",
                next_step=f"Give less than {aperture_mm:.1f} mm, or plan a blink_complete.",
            )
        return min(planned_mm, aperture_mm)

    def _chance(self, event: Event, of: int) -> np.random.Generator:
        # By name and not by position: adding an event must not change the others.
        return np.random.default_rng([self.seed, of, *event.event_id.encode()])


def _parts(event: Event, peak: State, lag_s: float) -> tuple[Part, ...]:
    if not lag_s:
        return (Part(course=profile_of(event), peak=peak),)
    lasting_s = event.duration_s - lag_s
    return (
        Part(
            course=profile_between(event.onset_s, lasting_s),
            peak=State(closure=peak.closure),
        ),
        Part(
            course=profile_between(event.onset_s + lag_s, lasting_s),
            peak=State(skin_mm=peak.skin_mm),
        ),
    )


def _as_planted(event: Event, amplitude_mm: float) -> Event:
    return replace(
        event,
        peak_time_s=profile_of(event).peak_s,
        amplitude=round(amplitude_mm, 3),
        amplitude_unit="mm",
    )


def _refuse_folds(movements: Sequence[Movement], fields: SkinFields) -> None:
    """Check the peak of every event, with whatever else moves then."""
    for movement in movements:
        state = state_at(movements, movement.event.peak_time_s or 0.0)
        if not any(state.skin_mm.values()):
            continue
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


def _sides(event: Event) -> tuple[Side, ...]:
    if not moves(event):
        return ()
    return (Side.RIGHT, Side.LEFT) if event.side is Side.BOTH else (event.side,)
