"""A plan for when nobody has a better one: every kind of spasm among ordinary blinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.findings import Event, spasm_type
from hemifacial.twin.muscles import LID_MUSCLE
from hemifacial.twin.plan import profile_of

__all__ = ["REGION_MUSCLE", "default_plan"]

_FIRST_S = 0.8  # A calm start, from which a detector may take its baseline.
_PAUSE_S = (0.6, 1.2)
_LAST_S = 0.2
_FACE_MM = 30.0  # No skin of a face travels further.
_LARGEST = 1.8  # Spasms are of 1 to this many times the smallest size asked for.
_SPASM_SITES = (
    (LID_MUSCLE, "zygomaticus_major"),
    (LID_MUSCLE, "zygomaticus_major", "mentalis"),
    (LID_MUSCLE, "zygomaticus_major", "levator_labii_superioris", "platysma"),
)


REGION_MUSCLE = {
    "brow": "frontalis",
    "eyelids": LID_MUSCLE,
    "cheek": "buccinator",
    "upper_lip": "levator_labii_superioris",
    "mouth_corner": "zygomaticus_major",
    "chin": "mentalis",
    "jaw_line": "platysma",
}
"""The muscle that stands for each region of the face where a spasm is of one region alone."""


def default_plan(
    seconds: float,
    seed: int,
    *,
    side: Side = Side.RIGHT,
    smallest_mm: float = 3.0,
    largest_mm: float | None = None,
    regions: Sequence[str] = (),
    blinks: bool = True,
) -> tuple[Event, ...]:
    """One-sided spasms of every kind among ordinary blinks, the same for the same seed.

    A round of about 12 s holds two single clonic spasms, a burst, a prolonged and a tonic
    spasm and three blinks, one of them partial, in random order; it is repeated as long as
    there is room. Spasms take the lids and the mouth together and are of `smallest_mm` to
    1.8 times that; `hemifacial.twin.face.plant` says what a larger one may meet.

    Parameters
    ----------
    smallest_mm, largest_mm
        Sizes of the spasms; give both alike for spasms of one size.
    regions
        Each spasm is of one of these regions alone, by the muscle of `REGION_MUSCLE`; other
        muscles that pull nearby skin are not asked for, but skin is one sheet.
    blinks
        Without them the plan is of spasms alone.

    Raises
    ------
    UsageError
        If the side is not right or left, the size not positive, or there is no room for a
        single event.
    """
    if side not in (Side.RIGHT, Side.LEFT):
        raise UsageError(
            f"spasms are planted on one side, not on {side.value!r}",
            next_step="Give right or left, as the patient's own side.",
        )
    if not 0 < smallest_mm <= _FACE_MM:
        raise UsageError(
            f"spasms of {smallest_mm:g} mm cannot be planted",
            next_step=f"Give a size above 0 and up to {_FACE_MM:g} mm; 3 mm is well visible.",
        )
    largest_mm = _LARGEST * smallest_mm if largest_mm is None else largest_mm
    if not smallest_mm <= largest_mm <= _LARGEST * _FACE_MM:
        raise UsageError(
            f"the largest spasm is to be of {largest_mm:g} mm, the smallest of {smallest_mm:g} mm",
            next_step="Give a largest size from the smallest on.",
        )
    if seed < 0:
        raise UsageError(f"seed is {seed}", next_step="Give a whole number from 0 on.")
    writer = _Writer(
        chance=np.random.default_rng(seed),
        side=side,
        smallest_mm=smallest_mm,
        largest_mm=largest_mm,
        sites=_sites_of(regions),
    )
    round_ = [make for make in _ROUND if blinks or make not in (_blink, _half_blink)]
    events: list[Event] = []
    at_s = _FIRST_S + writer.chance.uniform(0, 0.4)
    while True:
        for index in writer.chance.permutation(len(round_)):
            made = round_[index](writer, at_s, len(events) + 1)
            if max(profile_of(event).stop_s for event in made) > seconds - _LAST_S:
                return _not_empty(events, seconds)
            events += made
            at_s = max(event.offset_s for event in made) + writer.chance.uniform(*_PAUSE_S)


def _sites_of(regions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    unknown = [region for region in regions if region not in REGION_MUSCLE]
    if unknown:
        raise UsageError(
            f"{', '.join(unknown)}: no region of the face",
            next_step="Choose among " + ", ".join(REGION_MUSCLE) + ".",
        )
    return tuple((REGION_MUSCLE[region],) for region in regions) or _SPASM_SITES


@dataclass(frozen=True, kw_only=True)
class _Writer:
    chance: np.random.Generator
    side: Side
    smallest_mm: float
    largest_mm: float
    sites: tuple[tuple[str, ...], ...]

    def some_sites(self) -> tuple[str, ...]:
        return self.sites[self.chance.integers(len(self.sites))]

    def spasm(
        self,
        at_s: float,
        number: int,
        lasting_s: tuple[float, float],
        sites: tuple[str, ...],
        parent: str = "",
    ) -> Event:
        duration_s = round(float(self.chance.uniform(*lasting_s)), 3)
        return Event(
            onset_s=round(at_s, 3),
            duration_s=duration_s,
            event_id=f"e{number:03d}",
            trial_type=spasm_type(duration_s),
            side=self.side,
            sites=sites,
            amplitude=round(float(self.chance.uniform(self.smallest_mm, self.largest_mm)), 2),
            amplitude_unit="mm",
            parent_id=parent,
        )

    def both_lids(self, at_s: float, number: int, kind: str, amplitude_mm: float | None) -> Event:
        return Event(
            onset_s=round(at_s, 3),
            duration_s=round(float(self.chance.uniform(0.22, 0.3)), 3),
            event_id=f"e{number:03d}",
            trial_type=kind,
            side=Side.BOTH,
            sites=(LID_MUSCLE,),
            amplitude=amplitude_mm,
            amplitude_unit="mm" if amplitude_mm else "",
        )


def _clonic(writer: _Writer, at_s: float, number: int) -> list[Event]:
    return [writer.spasm(at_s, number, (0.12, 0.25), writer.some_sites())]


def _prolonged(writer: _Writer, at_s: float, number: int) -> list[Event]:
    return [writer.spasm(at_s, number, (0.6, 0.9), writer.some_sites())]


def _tonic(writer: _Writer, at_s: float, number: int) -> list[Event]:
    return [writer.spasm(at_s, number, (1.3, 2.0), writer.some_sites())]


def _burst(writer: _Writer, at_s: float, number: int) -> list[Event]:
    """Four to six clonic spasms, three to four a second, and the parent that spans them."""
    sites, name = writer.some_sites(), f"e{number:03d}"
    children: list[Event] = []
    for index in range(int(writer.chance.integers(4, 7))):
        children.append(writer.spasm(at_s, number + 1 + index, (0.1, 0.14), sites, name))
        at_s = children[-1].offset_s + writer.chance.uniform(0.15, 0.22)
    burst = Event(
        onset_s=children[0].onset_s,
        duration_s=round(children[-1].offset_s - children[0].onset_s, 6),
        event_id=name,
        trial_type="spasm_burst",
        side=writer.side,
        sites=sites,
        amplitude=max(child.amplitude or 0.0 for child in children),
        amplitude_unit="mm",
    )
    return [burst, *children]


def _blink(writer: _Writer, at_s: float, number: int) -> list[Event]:
    return [writer.both_lids(at_s, number, "blink_complete", None)]


def _half_blink(writer: _Writer, at_s: float, number: int) -> list[Event]:
    amplitude_mm = round(float(writer.chance.uniform(3.5, 5)), 2)
    return [writer.both_lids(at_s, number, "blink_partial", amplitude_mm)]


_ROUND: tuple[Callable[[_Writer, float, int], list[Event]], ...] = (
    _blink,
    _clonic,
    _burst,
    _blink,
    _prolonged,
    _half_blink,
    _tonic,
    _clonic,
)


def _not_empty(events: Sequence[Event], seconds: float) -> tuple[Event, ...]:
    if not events:
        raise UsageError(
            f"{seconds:g} s are too short for an event of the default plan",
            next_step="Give at least 5 s; about 12 s hold one event of every kind.",
        )
    return tuple(events)
