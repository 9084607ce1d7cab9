"""Motor units of a muscle: which muscle fibres each nerve fibre supplies, and where these lie.

The thicker a nerve fibre, the more muscle fibres it supplies: their number goes with the square of
its diameter, about the number of muscle fibres that a unit of this muscle has on average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.plan import Site
from hemifacial.twin.nerve.emg.leads import end_plates_mm
from hemifacial.twin.nerve.emg.muscle_fibre import velocity_m_per_s
from hemifacial.twin.nerve.emg.values import spread_of, value_of

__all__ = ["MotorUnits", "motor_units", "usual_count"]

Values = NDArray[np.float64]

_LEAST_HALF_MM = 3.0
_THINNEST_UM = 8.0
_DIAMETERS_UM = (0.5, 30.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class MotorUnits:
    """The units of one muscle of one side, in the order of their nerve fibres.

    Attributes
    ----------
    nerve_diameter_um, terminal_delay_ms
        (units,) of the nerve fibre, and from its end to the muscle.
    fibre_diameter_um
        (units,) of the muscle fibres of a unit.
    owner
        (muscle fibres,) the unit of each, rising.
    end_plate_mm, across_mm, depth_mm
        (muscle fibres,) from the middle of the muscle along its fibres, from its axis, and below
        its upper face.
    to_end_mm, to_start_mm
        (muscle fibres,) from the end plate to either tendon.
    arrival_ms
        (muscle fibres,) when the potential begins, about that of the unit.
    jitter_ms
        Standard deviation of the delay of one end plate.
    """

    muscle: str
    side: Side
    nerve_diameter_um: Values
    terminal_delay_ms: Values
    fibre_diameter_um: Values
    owner: NDArray[np.int64]
    end_plate_mm: Values
    across_mm: Values
    depth_mm: Values
    to_end_mm: Values
    to_start_mm: Values
    arrival_ms: Values
    jitter_ms: float

    @property
    def count(self) -> int:
        """How many units."""
        return int(self.nerve_diameter_um.size)

    @property
    def site(self) -> Site:
        """The muscle and its side."""
        return Site(muscle=self.muscle, side=self.side)

    @property
    def muscle_fibres(self) -> NDArray[np.int64]:
        """(units,) how many muscle fibres each has."""
        return np.bincount(self.owner, minlength=self.count).astype(np.int64)

    @property
    def velocity_m_per_s(self) -> Values:
        """(units,) of the muscle fibres."""
        return velocity_m_per_s(self.fibre_diameter_um)


def usual_count(muscle: str) -> int:
    """How many units the muscle has, by ``motor_units.tsv``."""
    return round(value_of("units", muscle))


def motor_units(
    muscle: str, side: Side, fibres_diameter_um: Sequence[float] | Values, seed: int
) -> MotorUnits:
    """The units of a muscle, one for each of these nerve fibres; equal calls, the same object.

    Parameters
    ----------
    muscle
        One of `hemifacial.twin.nerve.emg.values.muscles`.
    side
        Left or right.
    fibres_diameter_um
        Outer diameters of its nerve fibres; their mean has a unit of average size.

    Raises
    ------
    UsageError
        Of another muscle or side, no nerve fibre, or a diameter that none has.
    """
    diameters = tuple(float(one) for one in fibres_diameter_um)
    low, high = _DIAMETERS_UM
    if side not in SIDES or not diameters or not all(low <= one <= high for one in diameters):
        raise UsageError(
            f"motor units of {muscle}, {side.value}: {len(diameters)} nerve fibres"
            + (f" of {min(diameters):g} to {max(diameters):g} µm" if diameters else ""),
            next_step=f"Name left or right, and one nerve fibre at least, {low:g} to {high:g} µm.",
        )
    return _drawn(muscle, side, diameters, seed)


@lru_cache(maxsize=64)
def _drawn(muscle: str, side: Side, diameters: tuple[float, ...], seed: int) -> MotorUnits:
    nerve_um = np.array(diameters)
    count = nerve_um.size
    place = (seed, count, int(side is Side.LEFT), sum(map(ord, muscle)))
    rng = np.random.default_rng(place)
    share = nerve_um ** value_of("size_exponent")
    fibres = np.maximum(1, np.rint(value_of("muscle_fibres", muscle) * share / share.mean()))
    owner = np.repeat(np.arange(count), fibres.astype(np.int64))
    centre, across, depth = _territories(muscle, rng, count, owner)
    half = value_of("length", muscle) / 2
    end, start = half + value_of("tendon_spread") * rng.normal(0, 1, (2, owner.size))
    # An end plate is never in a tendon.
    plates = np.clip(centre, -start + _LEAST_HALF_MM, end - _LEAST_HALF_MM)
    thick_um = rng.normal(
        value_of("muscle_fibre_diameter", muscle), spread_of("muscle_fibre_diameter", muscle), count
    )
    delay = rng.normal(value_of("terminal_delay"), spread_of("terminal_delay"), count)
    return MotorUnits(
        muscle=muscle,
        side=side,
        nerve_diameter_um=nerve_um,
        terminal_delay_ms=np.maximum(delay, 0.0),
        fibre_diameter_um=np.maximum(thick_um, _THINNEST_UM),
        owner=owner,
        end_plate_mm=plates,
        across_mm=across,
        depth_mm=depth,
        to_end_mm=end - plates,
        to_start_mm=start + plates,
        arrival_ms=value_of("arrival_spread") * rng.normal(0, 1, owner.size),
        jitter_ms=value_of("jitter", muscle) / 1000 * math.sqrt(math.pi) / 2,
    )


def _territories(
    muscle: str, rng: np.random.Generator, count: int, owner: NDArray[np.int64]
) -> tuple[Values, Values, Values]:
    """End plates along, and places across and in depth, of every muscle fibre."""
    wide, thick = value_of("width", muscle), value_of("thickness", muscle)
    plates = end_plates_mm(muscle) + value_of("end_plate_spread", muscle) * rng.normal(0, 1, count)
    centre = rng.uniform(-0.5, 0.5, count) * wide
    # Even over a disc, of which the muscle cuts off what lies above and below it.
    radius = value_of("territory") * np.sqrt(rng.uniform(0, 1, owner.size))
    angle = rng.uniform(0, 2 * math.pi, owner.size)
    middle = rng.uniform(0, thick, count)
    across = np.clip(centre[owner] + radius * np.cos(angle), -wide / 2, wide / 2)
    depth = middle[owner] + radius * np.sin(angle)
    outside = (depth < 0) | (depth > thick)
    depth[outside] = rng.uniform(0, thick, int(outside.sum()))
    along = plates[owner] + value_of("end_plate_cluster") * rng.normal(0, 1, owner.size)
    return along, across, depth
