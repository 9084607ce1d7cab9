"""The arrays of a cluster, as the solver takes them; the last axis counts the fibres."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cells", "Chain", "Cleft", "Drive", "Gates", "Scheme", "State"]

Values = NDArray[np.float64]


class Scheme(NamedTuple):
    """Weights of the formula in time: ``old = now * current + before * previous``."""

    now: float
    before: float
    ahead: float
    """Voltage in the middle of the step: ``old + ahead * current``."""
    first_mv: float
    per_mv: float
    """Where the tables of gates begin, and their rows a mV."""


class Gates(NamedTuple):
    """Open shares of active membrane; each (places, fibres)."""

    m: Values
    h: Values
    p: Values
    s: Values


class Cells(NamedTuple):
    """Potentials of two layers in mV, and their weighted past; each (..., fibres)."""

    inside: Values
    outside: Values
    inside_old: Values
    outside_old: Values


class Chain(NamedTuple):
    """What a fibre is made of, in uS; `cable` computes it.

    Node arrays are (nodes, fibres), those of an internode (compartments, fibres), of the lesion
    (segments, fibres).
    """

    edge: int
    node_capacity: Values
    node_capacity_now: Values
    node_sodium: Values
    node_persistent: Values
    node_potassium: Values
    node_leak: Values
    reversal: Values
    """Sodium, potassium, leak, mechanosensitive, leak of the lesion; mV."""
    membrane: Values
    myelin: Values
    leak_current: Values
    lower: Values
    inverse: Values
    along: Values
    along_outside: Values
    end: Values
    left: Values
    right: Values
    lesion_capacity: Values
    lesion_capacity_now: Values
    lesion_sodium: Values
    lesion_persistent: Values
    lesion_potassium: Values
    lesion_leak: Values
    lesion_mechanical: Values
    lesion_myelin: Values
    lesion_myelin_now: Values
    lesion_along: Values
    """(segments + 1, fibres): into each segment from the one before, and out of the last."""
    lesion_along_outside: Values


class Cleft(NamedTuple):
    """The shared space along the lesion.

    `along` (segments + 1) and `shunt` (segments) in uS; `is_open` where the outside of the lesion
    is ground instead.
    """

    is_open: bool
    along: Values
    shunt: Values
    tolerance_mv: float


class State(NamedTuple):
    """Everything that changes while a cluster is simulated; the solver writes into it."""

    node: Cells
    node_gates: Gates
    cells: Cells
    """Of the internodes: (internodes, compartments, fibres)."""
    lesion: Cells
    lesion_gates: Gates
    space: Values
    """Potential of the cleft, (segments,)."""
    space_old: Values
    """(2, segments): its weighted past, and its last value."""
    node_before: Values
    """Voltage of each node at the end of the last step, (nodes, fibres)."""
    lesion_before: Values


class Drive(NamedTuple):
    """What comes from outside in each step: (steps, fibres) nA, and (steps,) a factor."""

    first_na: Values
    """Into the first node."""
    last_na: Values
    mechanical: Values
    """What the mechanosensitive current is multiplied with."""
