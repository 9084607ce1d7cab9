"""The action potential within a muscle fibre, and the current that it drives along the fibre.

Rosenfalck (1969): above rest it is ``96 z^3 exp(-z)`` mV, with z in mm behind its front. Here z is
time behind the front at 4 mm/ms, so that it lasts equally long in fast and in slow fibres.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.emg.values import value_of

__all__ = ["LASTS_MS", "axial_current", "potential_mv", "velocity_m_per_s"]

Values = NDArray[np.float64]

LASTS_MS = 5.0
"""After this time less than 1/1000 of its height is left."""


def potential_mv(after_ms: Values) -> Values:
    """The potential above rest at a place, so long after its front came by."""
    z = np.maximum(after_ms, 0.0) * value_of("potential_speed")
    return np.asarray(value_of("potential_height") * z**3 * np.exp(-z))


def axial_current(after_ms: Values, diameter_um: float) -> Values:
    """The current within a fibre, away from its end plate, times the velocity in mm/ms.

    So scaled it is the same function of time in fibres of any velocity. In S/m mm² mV/ms, which is
    nA times mm/ms.
    """
    z = np.maximum(after_ms, 0.0) * value_of("potential_speed")
    slope = value_of("potential_height") * z**2 * (3.0 - z) * np.exp(-z)
    section_mm2 = math.pi / 4 * (diameter_um / 1000) ** 2
    factor = value_of("intracellular_conductivity") * section_mm2 * value_of("potential_speed")
    return np.asarray(factor * slope)


def velocity_m_per_s(diameter_um: Values) -> Values:
    """How fast the potential runs along fibres of these diameters, m/s (which is mm/ms)."""
    slope, start = value_of("velocity_per_diameter"), value_of("velocity_at_zero")
    return np.asarray(start + slope * np.asarray(diameter_um, np.float64))
