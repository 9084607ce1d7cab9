"""Electrodes: pairs on the skin and the concentric needle, on a face that is laid flat.

Places are mm from the nasion: to the patient's left and upwards. The face is a plane, so that
distances are those along the skin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from hemifacial.anatomy import Side
from hemifacial.twin.electro.plan import Site
from hemifacial.twin.nerve.emg.values import value_of

__all__ = [
    "Lead",
    "Needle",
    "Pair",
    "Place",
    "belly_nasion",
    "belly_tendon",
    "concentric_needle",
    "end_plates_mm",
    "place_on",
]

_BEYOND_MM = 5.0
_CORE_MM = 0.58
_CORE_POINTS = 5
_SHAFT_POINTS = 3


class Place(NamedTuple):
    """On the skin, mm from the nasion."""

    left_mm: float
    up_mm: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two electrodes on the skin; what is recorded is the first less the second."""

    site: Site
    active: Place
    reference: Place


@dataclass(frozen=True, kw_only=True)
class Needle:
    """A concentric needle, straight down: the mean over its core less that over its cannula.

    Parameters
    ----------
    place
        Where it enters.
    depth_mm
        Of its core, from the upper face of the muscle.
    core_mm
        How long the slanting core is, along the fibres.
    """

    site: Site
    place: Place
    depth_mm: float
    core_mm: float = _CORE_MM

    @property
    def core(self) -> tuple[float, ...]:
        """Points of the core, mm along the fibres from its middle."""
        step = self.core_mm / _CORE_POINTS
        return tuple((index - (_CORE_POINTS - 1) / 2) * step for index in range(_CORE_POINTS))

    @property
    def shaft(self) -> tuple[float, ...]:
        """Depths of points of the cannula within the muscle."""
        return tuple(
            self.depth_mm * (index + 0.5) / _SHAFT_POINTS for index in range(_SHAFT_POINTS)
        )


Lead = Pair | Needle


def place_on(site: Site, along_mm: float, across_mm: float = 0.0) -> Place:
    """A place by the axis of a muscle: along its fibres from its middle, and beside them."""
    slope = math.radians(value_of("slope", site.muscle))
    out = value_of("beside", site.muscle) + along_mm * math.cos(slope) - across_mm * math.sin(slope)
    up = value_of("above", site.muscle) + along_mm * math.sin(slope) + across_mm * math.cos(slope)
    return Place(out if site.side is Side.LEFT else -out, up)


def end_plates_mm(muscle: str) -> float:
    """Where the end plates of a muscle are on average, mm along its fibres from its middle."""
    return (value_of("end_plate_place", muscle) - 0.5) * value_of("length", muscle)


def belly_tendon(site: Site) -> Pair:
    """One electrode over the end plates, the other 5 mm beyond the farther tendon."""
    return Pair(
        site=site,
        active=place_on(site, end_plates_mm(site.muscle)),
        reference=place_on(site, value_of("length", site.muscle) / 2 + _BEYOND_MM),
    )


def belly_nasion(site: Site) -> Pair:
    """One electrode over the end plates, the other at the root of the nose."""
    return Pair(
        site=site, active=place_on(site, end_plates_mm(site.muscle)), reference=Place(0.0, 0.0)
    )


def concentric_needle(site: Site, *, along_mm: float = 8.0, depth_mm: float = 1.0) -> Needle:
    """A needle of the face (core 0.58 mm long), `along_mm` from the end plates."""
    return Needle(
        site=site,
        place=place_on(site, end_plates_mm(site.muscle) + along_mm),
        depth_mm=depth_mm,
    )
