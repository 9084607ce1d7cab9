"""The potential of every motor unit at every lead: made once, then laid wherever the unit fires.

A wave runs from the end plate to either tendon. Between them the current within the fibre drives
the tissue like a row of dipoles, and where it ends, at a tendon and between the two waves at the
end plate, what would have run on leaves the fibre: so generation and extinction need no term of
their own, and the current that enters and leaves the tissue is 0 at any time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.nerve.emg.leads import Lead, Needle, Place
from hemifacial.twin.nerve.emg.motor_units import MotorUnits
from hemifacial.twin.nerve.emg.muscle_fibre import LASTS_MS, axial_current
from hemifacial.twin.nerve.emg.seeing import Fibres, Point, add_seen
from hemifacial.twin.nerve.emg.values import value_of
from hemifacial.twin.nerve.emg.volume_conductor import Tissue

__all__ = ["STEP_MS", "UnitPotentials", "unit_potentials"]

Values = NDArray[np.float64]

STEP_MS = 0.0125
"""Between the samples of a potential."""

_COARSE = 8
"""Of these steps is one along the path of the wave: a quarter of a mm, far less than a depth."""

_FINE = 4
"""The same where a needle records: a wave is sharper there."""


_OUT_OF_REACH_MM = 40.0
"""Of a needle, whose contacts lie within a mm: farther units are below a hundredth of a µV."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitPotentials:
    """Potentials in µV, (units, leads, samples), every `STEP_MS` from `from_ms` on.

    Time 0 is when the muscle fibres of the unit fire on average. By the last sample
    the waves are over.
    """

    from_ms: float
    values_uv: NDArray[np.float32]

    @property
    def to_ms(self) -> float:
        """The time of the last sample."""
        return self.from_ms + float(self.values_uv.shape[2] - 1) * STEP_MS


def unit_potentials(
    units: MotorUnits, leads: Sequence[Lead], tissue: Tissue | None = None
) -> UnitPotentials:
    """The potentials of all units of a muscle; the last few calls are remembered.

    Parameters
    ----------
    tissue
        That over the muscle, by default what ``motor_units.tsv`` says. What lies under an electrode
        far away is taken to be the same.
    """
    return _made(units, tuple(leads), tissue or Tissue.over(units.muscle))


@lru_cache(maxsize=12)
def _made(units: MotorUnits, leads: tuple[Lead, ...], tissue: Tissue) -> UnitPotentials:
    points = [_points(one, units) for one in leads]
    near = any(isinstance(one, Needle) and seen for one, seen in zip(leads, points, strict=True))
    coarse = _FINE if near else _COARSE
    step_ms = STEP_MS * coarse
    velocity = units.velocity_m_per_s[units.owner]
    longest_ms = np.maximum(units.to_end_mm, units.to_start_mm) / velocity + units.arrival_ms
    first = math.floor(float(units.arrival_ms.min()) / step_ms) - 1
    last = math.ceil(float(longest_ms.max()) / step_ms) + 2
    path_ms = np.asarray(np.arange(first, last) * step_ms, np.float64)
    samples = path_ms.size * coarse + math.ceil(LASTS_MS / STEP_MS)
    values = np.empty((units.count, len(leads), samples), np.float32)
    bounds = np.searchsorted(units.owner, np.arange(units.count + 1))
    for unit in range(units.count):
        chosen = slice(int(bounds[unit]), int(bounds[unit + 1]))
        fibres = Fibres(
            units.end_plate_mm[chosen],
            units.across_mm[chosen],
            units.depth_mm[chosen],
            units.to_end_mm[chosen],
            units.to_start_mm[chosen],
            units.arrival_ms[chosen],
        )
        seen = np.zeros((len(leads), path_ms.size))
        for row, lead in zip(seen, points, strict=True):
            add_seen(row, lead, fibres, float(units.velocity_m_per_s[unit]), path_ms, tissue)
        values[unit] = _waves(seen, float(units.fibre_diameter_um[unit]), coarse, samples)
    return UnitPotentials(from_ms=float(path_ms[0]), values_uv=values)


def _points(lead: Lead, units: MotorUnits) -> tuple[Point, ...]:
    """The points of a lead by the axis of the muscle, shares summing to 0; none out of reach."""
    if isinstance(lead, Needle):
        along, across = _by_axis(lead.place, units)
        beyond_mm = abs(along) - value_of("length", units.muscle) / 2
        if max(beyond_mm, abs(across) - value_of("width", units.muscle) / 2) > _OUT_OF_REACH_MM:
            return ()
        core = [Point(along + one, across, lead.depth_mm, 1 / len(lead.core)) for one in lead.core]
        shaft = [Point(along, across, one, -1 / len(lead.shaft)) for one in lead.shaft]
        return (*core, *shaft)
    return (
        Point(*_by_axis(lead.active, units), -1.0, 1.0),
        Point(*_by_axis(lead.reference, units), -1.0, -1.0),
    )


def _by_axis(place: Place, units: MotorUnits) -> tuple[float, float]:
    """A place of the face, along and across the fibres of a muscle from its middle."""
    slope = math.radians(value_of("slope", units.muscle))
    out = place.left_mm if units.side is Side.LEFT else -place.left_mm
    out -= value_of("beside", units.muscle)
    up = place.up_mm - value_of("above", units.muscle)
    along = out * math.cos(slope) + up * math.sin(slope)
    return along, -out * math.sin(slope) + up * math.cos(slope)


def _waves(seen: Values, diameter_um: float, coarse: int, samples: int) -> Values:
    """What is seen along the way, by the current that passes: (leads, samples) in µV."""
    from scipy import fft

    after_ms = np.asarray(np.arange(math.ceil(LASTS_MS / STEP_MS)) * STEP_MS, np.float64)
    # Between the steps of the way, what is seen is taken as a straight line.
    ramp = 1 - np.abs(np.arange(1 - coarse, coarse)) / coarse
    current = np.convolve(axial_current(after_ms, diameter_um), ramp)
    spaced = np.zeros((seen.shape[0], samples))
    spaced[:, : seen.shape[1] * coarse : coarse] = seen * (1000 * STEP_MS)
    length = fft.next_fast_len(samples + current.size, real=True)
    spectrum = fft.rfft(spaced, length) * fft.rfft(current, length)
    return np.asarray(fft.irfft(spectrum, length)[:, coarse - 1 : coarse - 1 + samples])
