"""A group of fibres as the numbers that the solver wants: capacities and conductances in uS.

Capacities are divided by the step and multiplied by the weights of the formula in time, so that
everything is a conductance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.constants import Morphology, membrane, morphology
from hemifacial.twin.nerve.layout import Chain
from hemifacial.twin.nerve.recipe import Lesion

__all__ = [
    "COMPARTMENTS",
    "REVERSALS",
    "Internode",
    "LesionCable",
    "chain_of",
    "internode",
    "lesion_cable",
    "lesion_segments",
]

Values = NDArray[np.float64]

COMPARTMENTS = 10
"""Passive compartments between two nodes: MYSA, FLUT, six STIN, FLUT, MYSA."""

REVERSALS = (
    "sodium_reversal_mv",
    "potassium_reversal_mv",
    "leak_reversal_mv",
    "mechanosensitive_reversal_mv",
    "lesion_leak_reversal_mv",
)
"""What each current of a membrane draws towards, in the order of `Chain.reversal`."""

_BARE = 1e4  # S/cm2 between a bare membrane and the cleft: 1 uV at 10 mA/cm2.


@dataclass(frozen=True, kw_only=True)
class Internode:
    """One internode of one fibre; (compartments,) each, uS."""

    capacity: Values
    leak: Values
    myelin_capacity: Values
    myelin_leak: Values
    along: Values
    """(compartments + 1): into each, and out of the last; inside."""
    along_outside: Values


def _area_cm2(diameter_um: float | Values, length_um: float | Values) -> Values:
    return np.asarray(math.pi * diameter_um * length_um * 1e-8)


def internode(sizes: Morphology, step_ms: float) -> Internode:
    """One internode of a fibre of these sizes, capacities divided by the step."""
    n = membrane()
    six = [1.0] * int(n["stin_count"])
    lengths = np.array(
        [n["mysa_length_um"], sizes.flut_length_um]
        + [sizes.stin_length_um for _ in six]
        + [sizes.flut_length_um, n["mysa_length_um"]]
    )
    diameters = np.array(
        [sizes.mysa_diameter_um, sizes.flut_diameter_um]
        + [sizes.axon_diameter_um for _ in six]
        + [sizes.flut_diameter_um, sizes.mysa_diameter_um]
    )
    widths = np.array(
        [n["mysa_periaxonal_width_um"], n["flut_periaxonal_width_um"]]
        + [n["stin_periaxonal_width_um"] for _ in six]
        + [n["flut_periaxonal_width_um"], n["mysa_periaxonal_width_um"]]
    )
    leaks = np.array(
        [n["mysa_conductance_s_per_cm2"], n["flut_conductance_s_per_cm2"]]
        + [n["stin_conductance_s_per_cm2"] for _ in six]
        + [n["flut_conductance_s_per_cm2"], n["mysa_conductance_s_per_cm2"]]
    )
    axon = _area_cm2(diameters, lengths)
    sheath = _area_cm2(sizes.diameter_um, lengths)
    membranes = n["membranes_per_lamella"] * sizes.lamellae
    node = _resistance(sizes.node_diameter_um, n["node_length_um"])
    inside = _between(np.array(node), _resistance(diameters, lengths))
    node = _ring_resistance(
        sizes.node_diameter_um, n["node_periaxonal_width_um"], n["node_length_um"]
    )
    outside = _between(np.array(node), _ring_resistance(diameters, widths, lengths))
    return Internode(
        capacity=n["internode_capacitance_uf_per_cm2"] * axon * 1e3 / step_ms,
        leak=leaks * axon * 1e6,
        myelin_capacity=n["myelin_capacitance_uf_per_cm2"] / membranes * sheath * 1e3 / step_ms,
        myelin_leak=n["myelin_conductance_s_per_cm2"] / membranes * sheath * 1e6,
        along=inside,
        along_outside=outside,
    )


def _resistance(diameter_um: float | Values, length_um: float | Values) -> Values:
    """Along the inside of a compartment; 1/uS (megohm)."""
    section_cm2 = np.pi * (np.asarray(diameter_um) / 2) ** 2 * 1e-8
    return np.asarray(
        membrane()["axial_resistivity_ohm_cm"] * length_um * 1e-4 / section_cm2 * 1e-6
    )


def _ring_resistance(
    diameter_um: float | Values, width_um: float | Values, length_um: float | Values
) -> Values:
    """Along the periaxonal space of a compartment; 1/uS."""
    inner = np.asarray(diameter_um) / 2
    section_cm2 = np.pi * ((inner + width_um) ** 2 - inner**2) * 1e-8
    resistivity = membrane()["periaxonal_resistivity_ohm_cm"]
    return np.asarray(resistivity * length_um * 1e-4 / section_cm2 * 1e-6)


def _between(node: Values, compartments: Values) -> Values:
    """Conductances between the middles of a node, of compartments in a row, and of a node."""
    row = np.concatenate([node[None], compartments, node[None]])
    return np.asarray(2.0 / (row[:-1] + row[1:]))


@dataclass(frozen=True, kw_only=True)
class _Solved:
    """The factors of an internode between two clamped nodes."""

    lower: Values
    inverse: Values
    left: Values
    right: Values


def _solved(one: Internode, weight: float) -> _Solved:
    """Factorise once what never changes: 2 x 2 blocks, inside and periaxonal."""
    count = one.capacity.size
    wall = one.capacity * weight + one.leak
    blocks = np.empty((count, 2, 2))
    blocks[:, 0, 0] = wall + one.along[:-1] + one.along[1:]
    blocks[:, 0, 1] = blocks[:, 1, 0] = -wall
    blocks[:, 1, 1] = (
        wall
        + one.myelin_capacity * weight
        + one.myelin_leak
        + one.along_outside[:-1]
        + one.along_outside[1:]
    )
    lower = np.zeros((count, 2, 2))
    inverse = np.empty((count, 2, 2))
    for k in range(count):
        if k > 0:
            off = -np.diag([one.along[k], one.along_outside[k]])
            lower[k] = off @ inverse[k - 1]
            blocks[k] -= lower[k] @ off
        inverse[k] = np.linalg.inv(blocks[k])

    def answer(first: float, last: float) -> Values:
        right = np.zeros((count, 2))
        right[0, 0], right[-1, 0] = first, last
        for k in range(1, count):
            right[k] -= lower[k] @ right[k - 1]
        for k in range(count - 1, -1, -1):
            if k < count - 1:
                right[k] += [one.along[k + 1], one.along_outside[k + 1]] * right[k + 1]
            right[k] = inverse[k] @ right[k]
        return right

    return _Solved(
        lower=lower.reshape(count, 4),
        inverse=inverse.reshape(count, 4)[:, [0, 1, 3]],
        left=answer(one.along[0], 0.0),
        right=answer(0.0, one.along[-1]),
    )


def lesion_segments(lesion: Lesion | None) -> int:
    """How many segments the lesion is cut into; 0 where there is none."""
    return 0 if lesion is None else max(2, round(lesion.length_mm * 1000 / lesion.segment_um))


def chain_of(
    diameters_um: Sequence[float],
    *,
    nodes: int,
    edge: int,
    lesion: Lesion | None,
    step_ms: float,
    weight: float,
    sodium_block: float = 0.0,
    lesion_sodium_block: float = 0.0,
) -> Chain:
    """The numbers of a cluster, fibres along the last axis.

    Parameters
    ----------
    weight
        Of the new value in the formula in time.
    sodium_block, lesion_sodium_block
        Share of the sodium channels that are kept shut, in nodes and in the lesion.
    """
    sizes = [morphology(one) for one in diameters_um]
    internodes = {one: internode(one, step_ms) for one in set(sizes)}
    solved = {one: _solved(internodes[one], weight) for one in set(sizes)}

    def passive(values: str, of: dict[Morphology, Internode] = internodes) -> Values:
        return np.ascontiguousarray(np.stack([getattr(of[s], values) for s in sizes], axis=-1))

    def factors(values: str) -> Values:
        return np.ascontiguousarray(np.stack([getattr(solved[s], values) for s in sizes], axis=-1))

    n = membrane()
    node_cm2 = np.array([_area_cm2(s.node_diameter_um, n["node_length_um"]) for s in sizes])
    across_nodes = np.ones((nodes, 1))
    open_share = 1.0 - sodium_block
    cable = (
        None
        if lesion is None
        else lesion_cable(sizes, lesion, open_share=1.0 - lesion_sodium_block)
    )

    def node(density: float) -> Values:
        return np.ascontiguousarray(across_nodes * density * 1e6 * node_cm2)

    capacity = node(n["node_capacitance_uf_per_cm2"] * 1e-3 / step_ms)
    leak = passive("leak")
    along = passive("along")
    outside = passive("along_outside")
    return Chain(
        edge=edge,
        node_capacity=capacity,
        node_capacity_now=capacity * weight,
        node_sodium=node(n["sodium_conductance_s_per_cm2"] * open_share),
        node_persistent=node(n["persistent_sodium_conductance_s_per_cm2"] * open_share),
        node_potassium=node(n["slow_potassium_conductance_s_per_cm2"]),
        node_leak=node(n["leak_conductance_s_per_cm2"]),
        reversal=np.array([n[word] for word in REVERSALS]),
        membrane=passive("capacity"),
        myelin=passive("myelin_capacity"),
        leak_current=leak * n["internode_reversal_mv"],
        lower=factors("lower"),
        inverse=factors("inverse"),
        along=np.ascontiguousarray(along[1:]),
        along_outside=np.ascontiguousarray(outside[1:]),
        end=np.ascontiguousarray(along[0]),
        left=factors("left"),
        right=factors("right"),
        **_lesion_chain(cable, len(sizes), step_ms, weight),
    )


@dataclass(frozen=True, kw_only=True)
class LesionCable:
    """The lesion of fibres of these sizes; (fibres,) each, uS, one segment unless said.

    Capacities are in nF. `end` and `outside_end` lie between a node and the middle of the first
    segment.
    """

    segments: int
    capacity_nf: Values
    sodium: Values
    persistent: Values
    potassium: Values
    leak: Values
    mechanical: Values
    myelin_capacity_nf: Values
    myelin_leak: Values
    end: Values
    along: Values
    outside_end: Values
    outside_along: Values


def lesion_cable(
    sizes: Sequence[Morphology], lesion: Lesion, *, open_share: float = 1.0
) -> LesionCable:
    """What a lesion makes of axons; `open_share` of the sodium channels is free of drug."""
    n = membrane()
    segments = lesion_segments(lesion)
    length_um = lesion.length_mm * 1000 / segments
    diameters = lesion.calibre * np.array([s.axon_diameter_um for s in sizes])
    area_cm2 = _area_cm2(diameters, length_um)
    sodium = lesion.sodium_density * open_share
    membranes = n["membranes_per_lamella"] * lesion.lamellae
    node = np.array([_resistance(s.node_diameter_um, n["node_length_um"]) for s in sizes])
    segment = _resistance(diameters, length_um)
    node_ring = np.array(
        [
            _ring_resistance(s.node_diameter_um, n["node_periaxonal_width_um"], n["node_length_um"])
            for s in sizes
        ]
    )
    # Where the axon is bare the cleft itself lies there; it is not counted twice.
    ring = (
        _ring_resistance(diameters, n["stin_periaxonal_width_um"], length_um)
        if membranes > 0
        else np.full(len(sizes), np.inf)
    )

    def wall(density: float) -> Values:
        return density * 1e6 * area_cm2

    return LesionCable(
        segments=segments,
        capacity_nf=n["lesion_capacitance_uf_per_cm2"] * 1e3 * area_cm2,
        sodium=wall(n["sodium_conductance_s_per_cm2"] * sodium),
        persistent=wall(n["persistent_sodium_conductance_s_per_cm2"] * sodium),
        potassium=wall(n["slow_potassium_conductance_s_per_cm2"] * lesion.potassium_density),
        leak=wall(lesion.leak_s_per_cm2),
        mechanical=wall(lesion.mechanosensitive_s_per_cm2),
        myelin_capacity_nf=(
            n["myelin_capacitance_uf_per_cm2"] / membranes * 1e3 * area_cm2
            if membranes > 0
            else np.zeros(len(sizes))
        ),
        myelin_leak=wall(n["myelin_conductance_s_per_cm2"] / membranes if membranes else _BARE),
        end=2.0 / (node + segment),
        along=1.0 / segment,
        outside_end=2.0 / (ring + node_ring),
        outside_along=1.0 / ring,
    )


def _lesion_chain(
    one: LesionCable | None, fibres: int, step_ms: float, weight: float
) -> dict[str, Values]:
    """The lesion's part of a chain; empty planes where there is none."""
    if one is None:
        words = (word for word in Chain._fields if word.startswith("lesion_"))
        return {word: np.zeros((0, fibres)) for word in words}

    def wall(values: Values) -> Values:
        return np.repeat(values[None], one.segments, axis=0)

    def chained(end: Values, middle: Values) -> Values:
        inner = np.repeat(middle[None], one.segments - 1, axis=0)
        return np.ascontiguousarray(np.concatenate([end[None], inner, end[None]]))

    capacity = wall(one.capacity_nf / step_ms)
    myelin = wall(one.myelin_capacity_nf / step_ms)
    return {
        "lesion_capacity": capacity,
        "lesion_capacity_now": capacity * weight,
        "lesion_sodium": wall(one.sodium),
        "lesion_persistent": wall(one.persistent),
        "lesion_potassium": wall(one.potassium),
        "lesion_leak": wall(one.leak),
        "lesion_mechanical": wall(one.mechanical),
        "lesion_myelin": myelin,
        "lesion_myelin_now": myelin * weight + wall(one.myelin_leak),
        "lesion_along": chained(one.end, one.along),
        "lesion_along_outside": chained(one.outside_end, one.outside_along),
    }
