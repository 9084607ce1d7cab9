"""The gates of the node: rates by voltage, and what they become over one step as a table.

Hodgkin-Huxley gates of McIntyre, Richardson and Grill (2002): fast sodium (m, h), persistent
sodium (p), slow potassium (s). Every number stands in `membrane.tsv`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.constants import membrane

__all__ = ["FIRST_MV", "PER_MV", "Rates", "rates", "table"]

Values = NDArray[np.float64]

FIRST_MV = -200.0
_LAST_MV = 150.0
PER_MV = 20.0
"""Rows a mV: a straight line between them errs by less than 1e-5 of a gate."""


class Rates(NamedTuple):
    """Opening and closing, in 1/ms, of the gates m, h, p, s at each voltage."""

    opening: tuple[Values, Values, Values, Values]
    closing: tuple[Values, Values, Values, Values]


def _linear(rate: float, shifted: Values, slope: float) -> Values:
    """``rate * x / (1 - exp(-x / slope))``, whose hole at 0 is filled."""
    x = shifted / slope
    near = np.abs(x) < 1e-6
    safe = np.where(near, 1.0, x)
    return rate * slope * np.where(near, 1.0 + x / 2, safe / -np.expm1(-safe))


def rates(voltage_mv: Values) -> Rates:
    """Opening and closing of every gate at body temperature."""
    n = membrane()

    def warm(gate: str) -> float:
        return float(n[f"{gate}_q10"] ** ((n["temperature_c"] - n[f"{gate}_q10_reference_c"]) / 10))

    v = voltage_mv
    m = warm("m") * _linear(n["m_alpha_rate"], v + n["m_alpha_offset_mv"], n["m_alpha_slope_mv"])
    m_closing = warm("m") * _linear(
        n["m_beta_rate"], -(v + n["m_beta_offset_mv"]), n["m_beta_slope_mv"]
    )
    p = warm("p") * _linear(n["p_alpha_rate"], v + n["p_alpha_offset_mv"], n["p_alpha_slope_mv"])
    p_closing = warm("p") * _linear(
        n["p_beta_rate"], -(v + n["p_beta_offset_mv"]), n["p_beta_slope_mv"]
    )
    h = warm("h") * _linear(n["h_alpha_rate"], -(v + n["h_alpha_offset_mv"]), n["h_alpha_slope_mv"])
    h_closing = (
        warm("h")
        * n["h_beta_rate"]
        / (1 + np.exp(-(v + n["h_beta_offset_mv"]) / n["h_beta_slope_mv"]))
    )
    s = (
        warm("s")
        * n["s_alpha_rate"]
        / (1 + np.exp(-(v + n["s_alpha_offset_mv"]) / n["s_alpha_slope_mv"]))
    )
    s_closing = (
        warm("s")
        * n["s_beta_rate"]
        / (1 + np.exp(-(v + n["s_beta_offset_mv"]) / n["s_beta_slope_mv"]))
    )
    return Rates(opening=(m, h, p, s), closing=(m_closing, h_closing, p_closing, s_closing))


@lru_cache(maxsize=8)
def table(step_ms: float) -> Values:
    """Rows by voltage of (goal, what stays of the way to it) for m, h, p, s over one step."""
    voltage = np.arange(FIRST_MV, _LAST_MV, 1 / PER_MV)
    found = rates(voltage)
    columns = []
    for opening, closing in zip(found.opening, found.closing, strict=True):
        both = opening + closing
        columns += [opening / both, np.exp(-step_ms * both)]
    made = np.ascontiguousarray(np.stack(columns, axis=1))
    made.flags.writeable = False
    return made
