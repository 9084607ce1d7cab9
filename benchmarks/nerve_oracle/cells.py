"""Fibres built from NEURON sections, and the cleft that ties them together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.nerve_oracle.engine import hoc
from benchmarks.nerve_oracle.facts import CABLE, SHAPES, Cleft, Fibre, Lesion, Shape

__all__ = ["Cell", "Coupling", "build", "couple", "layers"]

SHORT_S_PER_CM2 = 1e10  # a node's axolemma faces the outside, whose potential is 0
SEALED_MOHM_PER_CM = 1e12  # no current along this layer
TIE_US = 1e7  # holds the cleft's potential equal at all fibres, to within 0.00001 mV


@dataclass(frozen=True, eq=False)
class Cell:
    """The sections of one fibre; `lesion` is a single section of many segments."""

    nodes: dict[int, Any]
    lesion: Any | None
    others: tuple[Any, ...]
    cleft_layer: int


@dataclass(frozen=True, eq=False)
class Coupling:
    """NEURON's linear equations of the cleft with what they refer to, which must stay alive."""

    kept: tuple[Any, ...]


def layers(fibres: tuple[Fibre, ...]) -> int:
    """Extracellular layers that NEURON needs: a second only under a myelinated lesion."""
    return 2 if any(fibre.lesion and fibre.lesion.lamellae for fibre in fibres) else 1


def build(fibre: Fibre, *, coupled: bool, apart: bool = False) -> Cell:
    """The fibre's sections, joined end to end.

    `coupled` leaves the outside of the lesion to `couple`; else it is held at 0 mV. `apart`
    gives each of the six inner compartments a section of its own, as the published files do; the
    equations are the same and NEURON is slower.
    """
    shape = SHAPES[fibre.diameter_um]
    lesion = fibre.lesion
    chain: list[Any] = []
    nodes: dict[int, Any] = {}
    damaged = None
    for number in range(fibre.nodes):
        nodes[number] = _node(shape)
        chain.append(nodes[number])
        if lesion and number == lesion.edge:
            damaged = _lesion(lesion, shape, coupled=coupled)
            chain.append(damaged)
        elif number < fibre.nodes - 1:
            chain += _internode(fibre.diameter_um, shape, apart=apart)
    for before, after in pairwise(chain):
        after.connect(before(1), 0)
    cleft_layer = 2 if lesion and lesion.lamellae else 1
    return Cell(nodes, damaged, tuple(chain), cleft_layer)


def _gap_mohm_per_cm(diameter_um: float, width_um: float) -> float:
    """Resistance along a ring-shaped space around the axon."""
    area_um2 = math.pi * ((diameter_um / 2 + width_um) ** 2 - (diameter_um / 2) ** 2)
    return CABLE.resistivity_ohm_cm * 100 / area_um2  # ohm cm / um2 is 1e8 ohm/cm


def _section(length_um: float, diameter_um: float, segments: int = 1) -> Any:
    section = hoc().Section()
    section.nseg = segments
    section.L = length_um
    section.diam = diameter_um
    section.Ra = CABLE.resistivity_ohm_cm
    section.cm = CABLE.capacitance_uf_per_cm2
    section.insert("extracellular")
    return section


def _layer(section: Any, axial: float, conductance: float, capacitance: float) -> None:
    """The inner layer of every segment; a second layer, if any, stays NEURON's short to 0 mV."""
    for segment in section:
        segment.xraxial[0] = axial
        segment.xg[0] = conductance
        segment.xc[0] = capacitance


def _node(shape: Shape) -> Any:
    section = _section(CABLE.node_length_um, shape.node_um)
    section.insert("axolemma")
    _layer(section, _gap_mohm_per_cm(shape.node_um, CABLE.node_gap_um), SHORT_S_PER_CM2, 0)
    return section


def _internode(diameter_um: float, shape: Shape, *, apart: bool) -> list[Any]:
    """MYSA, FLUT, six STIN, FLUT, MYSA."""

    def wrapped(length: float, axon: float, gap: float, leak: float, segments: int = 1) -> Any:
        section = _section(length, axon, segments)
        section.insert("pas")
        section.g_pas = leak
        section.e_pas = CABLE.rest_mv
        # Myelin is reckoned on the fibre's surface, NEURON reckons it on the axon's.
        per_cm2 = diameter_um / axon / (2 * shape.lamellae)
        _layer(
            section,
            _gap_mohm_per_cm(axon, gap),
            CABLE.myelin_s_per_cm2 * per_cm2,
            CABLE.myelin_uf_per_cm2 * per_cm2,
        )
        return section

    def mysa() -> Any:
        return wrapped(
            CABLE.mysa_length_um, shape.node_um, CABLE.node_gap_um, CABLE.mysa_leak_s_per_cm2
        )

    def flut() -> Any:
        return wrapped(shape.flut_length_um, shape.axon_um, CABLE.gap_um, CABLE.leak_s_per_cm2)

    inner_um = (
        shape.internode_um
        - CABLE.node_length_um
        - 2 * CABLE.mysa_length_um
        - 2 * shape.flut_length_um
    )
    count, each = (CABLE.stins, 1) if apart else (1, CABLE.stins)
    stins = [
        wrapped(inner_um / count, shape.axon_um, CABLE.gap_um, CABLE.leak_s_per_cm2, each)
        for _ in range(count)
    ]
    return [mysa(), flut(), *stins, flut(), mysa()]


def _lesion(lesion: Lesion, shape: Shape, *, coupled: bool) -> Any:
    axon = lesion.calibre * shape.axon_um
    section = _section(lesion.length_um, axon, lesion.segments)
    section.cm = lesion.capacitance_uf_per_cm2
    section.insert("axolemma")
    for segment in section:
        membrane = segment.axolemma
        membrane.sodium *= lesion.sodium
        membrane.persistent *= lesion.sodium
        membrane.potassium *= lesion.potassium
        membrane.leak = lesion.leak_s_per_cm2
        membrane.leak_reversal = lesion.leak_reversal_mv
        membrane.stretch = lesion.stretch_s_per_cm2
    outside = 0.0 if coupled else SHORT_S_PER_CM2
    if not lesion.lamellae:
        _layer(section, SEALED_MOHM_PER_CM, outside, 0)
        return section
    around = axon if lesion.myelin_diameter_um is None else lesion.myelin_diameter_um
    per_cm2 = around / axon / (2 * lesion.lamellae)
    _layer(
        section,
        _gap_mohm_per_cm(axon, CABLE.gap_um),
        CABLE.myelin_s_per_cm2 * per_cm2,
        CABLE.myelin_uf_per_cm2 * per_cm2,
    )
    for segment in section:
        segment.xraxial[1] = SEALED_MOHM_PER_CM
        segment.xg[1] = outside
    return section


def couple(cells: list[Cell], cleft: Cleft) -> Coupling:
    """The cleft's equations: along it, to ground, and equal potential at every fibre.

    NEURON reckons a row per cm2 of the segment's axolemma; a conductance in uS becomes one in
    S/cm2 by 100 over the area in um2.
    """
    lesions: list[Any] = [cell.lesion for cell in cells]
    count = lesions[0].nseg
    step_um = lesions[0].L / count
    h = hoc()
    size = count * len(cells)
    g = h.Matrix(size, size, 2)
    segments = [segment for section in lesions for segment in section]

    def joined(one: int, other: int | None, conductance_us: float) -> None:
        for here, there in ((one, other), (other, one)):
            if here is None:
                continue
            density = conductance_us * 100 / segments[here].area()
            g.setval(here, here, g.getval(here, here) + density)
            if there is not None:
                g.setval(here, there, g.getval(here, there) - density)

    # ohm cm * um / um2 is 1e4 ohm, and 1e6 over it uS
    along_us = 100 * cleft.area_um2 / (cleft.resistivity_ohm_cm * step_um) / len(cells)
    shunt_us = cleft.shunt_us_per_mm * step_um / 1000 / len(cells)
    for number in range(len(cells)):
        first = number * count
        joined(first, None, 2 * along_us)
        joined(first + count - 1, None, 2 * along_us)
        for j in range(count):
            if j:
                joined(first + j - 1, first + j, along_us)
            if shunt_us:
                joined(first + j, None, shunt_us)
            if number:
                joined(j, first + j, TIE_US)
    c = h.Matrix(size, size, 2)
    y, b = h.Vector(size), h.Vector(size)
    sections = h.SectionList()
    for section in lesions:
        for _ in range(count):
            sections.append(section)
    where = h.Vector([segment.x for segment in segments])
    layer = h.Vector([cell.cleft_layer for cell in cells for _ in range(count)])
    mechanism = h.LinearMechanism(c, g, y, b, sections, where, layer)
    return Coupling((mechanism, c, g, y, b, sections, where, layer))
