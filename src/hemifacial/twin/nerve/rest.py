"""The resting state of a fibre: the voltage everywhere at which nothing changes.

A lesion has a rest of its own, and a start from one voltage everywhere would be a stimulus to it.
The whole fibre relaxes in implicit steps that grow without end, so that the last ones are those of
Newton's method; gates open as they stay at each voltage, the cleft at ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.nerve.cable import COMPARTMENTS, REVERSALS, internode, lesion_cable
from hemifacial.twin.nerve.constants import membrane, morphology
from hemifacial.twin.nerve.kinetics import rates

if TYPE_CHECKING:
    from scipy.sparse import csc_array

    from hemifacial.twin.nerve.recipe import Lesion

__all__ = ["Rest", "resting"]

Values = NDArray[np.float64]
Indices = NDArray[np.int64]

_ITERATIONS = 200
_FIRST_STEP_MS = 0.1
_GROWTHS = (2.0, 1.3, 1.1)
_LAST_STEP_MS = 1e6
_CLOSE_MV = 1e-7
_FARTHEST_MV = 400.0


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Voltages at rest, mV: of (nodes,), (internodes, compartments) and (segments,)."""

    node: Values
    inside: Values
    outside: Values
    lesion_inside: Values
    lesion_outside: Values


def _open(voltage_mv: Values) -> tuple[Values, Values, Values]:
    """Open shares of fast sodium, persistent sodium and slow potassium that stay at a voltage."""
    # On its way to the rest a step may overshoot what rates can be computed of.
    found = rates(np.clip(voltage_mv, -_FARTHEST_MV, _FARTHEST_MV))
    m, h, p, s = (a / (a + b) for a, b in zip(found.opening, found.closing, strict=True))
    return m**3 * h, p**3, s


def _current(voltage_mv: Values, conductances: Values) -> Values:
    """Through active membrane; `conductances` has a row a current, as `REVERSALS`' sodium twice."""
    fast, persistent, slow = _open(voltage_mv)
    n = membrane()
    sodium, potassium, leak, mechanical, lesion_leak = (n[word] for word in REVERSALS)
    g = conductances
    return np.asarray(
        (g[0] * fast + g[1] * persistent) * (voltage_mv - sodium)
        + g[2] * slow * (voltage_mv - potassium)
        + g[3] * (voltage_mv - leak)
        + g[4] * (voltage_mv - mechanical)
        + g[5] * (voltage_mv - lesion_leak)
    )


class _System(NamedTuple):
    """The fibre as one system: what is linear, what drives it, and its active places.

    `inner` and `outer` say which unknowns lie inside and outside each active place; nodes lie
    first, and their outside is ground.
    """

    linear: csc_array
    drive: Values
    conductances: Values
    capacity_nf: Values
    inner: Indices
    outer: Indices
    nodes: int
    first_cell: int
    first_segment: int


@lru_cache(maxsize=512)
def resting(
    diameter_um: float,
    *,
    nodes: int,
    edge: int,
    lesion: Lesion | None,
    sodium_block: float = 0.0,
    lesion_sodium_block: float = 0.0,
) -> Rest:
    """The rest of one fibre; where none is found, the resting voltage of a healthy one everywhere.

    Some lesions that fire by themselves have no rest that this finds; how they are started does
    not matter for long.
    """
    system = _assembled(
        diameter_um,
        nodes=nodes,
        edge=edge,
        lesion=lesion,
        sodium_block=sodium_block,
        lesion_sodium_block=lesion_sodium_block,
    )
    flat = np.zeros(system.drive.size)
    flat[: system.first_cell] = membrane()["rest_mv"]
    flat[system.first_cell : system.first_segment : 2] = membrane()["rest_mv"]
    flat[system.inner] = membrane()["rest_mv"]
    found = next(
        (x for growth in _GROWTHS if (x := _relaxed(system, flat, growth)) is not None), flat
    )
    cells = found[system.first_cell : system.first_segment].reshape(nodes - 1, COMPARTMENTS, 2)
    return Rest(
        node=found[:nodes],
        inside=cells[:, :, 0],
        outside=cells[:, :, 1],
        lesion_inside=found[system.first_segment :: 2],
        lesion_outside=found[system.first_segment + 1 :: 2],
    )


def _assembled(
    diameter_um: float,
    *,
    nodes: int,
    edge: int,
    lesion: Lesion | None,
    sodium_block: float,
    lesion_sodium_block: float,
) -> _System:
    """Every conductance of the fibre between its unknowns, in uS."""
    from scipy.sparse import coo_array, csc_array

    sizes = morphology(diameter_um)
    passive = internode(sizes, 1.0)
    open_share = 1.0 - sodium_block
    cable = (
        None
        if lesion is None
        else lesion_cable([sizes], lesion, open_share=1.0 - lesion_sodium_block)
    )
    n = membrane()
    segments = 0 if cable is None else cable.segments
    links = nodes - 1
    first_cell = nodes
    first_segment = first_cell + 2 * links * COMPARTMENTS
    size = first_segment + 2 * segments
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    drive = np.zeros(size)

    def put(row: int, column: int, value: float) -> None:
        rows.append(row)
        columns.append(column)
        values.append(value)

    def tie(a: int, b: int, conductance: float) -> None:
        for one, other in ((a, b), (b, a)):
            put(one, one, conductance)
            put(one, other, -conductance)

    def ground(a: int, conductance: float) -> None:
        put(a, a, conductance)

    for link in range(links):
        start = first_cell + 2 * link * COMPARTMENTS
        if cable is not None and link == edge:
            for k in range(2 * COMPARTMENTS):  # Not there: kept at 0 by themselves.
                ground(start + k, 1.0)
            continue
        for k in range(COMPARTMENTS):
            inner, outer = start + 2 * k, start + 2 * k + 1
            leak = float(passive.leak[k])
            tie(inner, outer, leak)
            drive[inner] += leak * n["internode_reversal_mv"]
            drive[outer] -= leak * n["internode_reversal_mv"]
            ground(outer, float(passive.myelin_leak[k]))
            if k > 0:
                tie(inner - 2, inner, float(passive.along[k]))
                tie(outer - 2, outer, float(passive.along_outside[k]))
        tie(link, start, float(passive.along[0]))
        tie(link + 1, start + 2 * COMPARTMENTS - 2, float(passive.along[-1]))
        ground(start + 1, float(passive.along_outside[0]))
        ground(start + 2 * COMPARTMENTS - 1, float(passive.along_outside[-1]))
    if cable is not None:
        for j in range(segments):
            inner, outer = first_segment + 2 * j, first_segment + 2 * j + 1
            ground(outer, float(cable.myelin_leak[0]))
            if j > 0:
                tie(inner - 2, inner, float(cable.along[0]))
                tie(outer - 2, outer, float(cable.outside_along[0]))
        tie(edge, first_segment, float(cable.end[0]))
        tie(edge + 1, first_segment + 2 * segments - 2, float(cable.end[0]))
        ground(first_segment + 1, float(cable.outside_end[0]))
        ground(first_segment + 2 * segments - 1, float(cable.outside_end[0]))
    linear = csc_array(coo_array((values, (rows, columns)), shape=(size, size)))

    node_us = 1e6 * np.pi * sizes.node_diameter_um * n["node_length_um"] * 1e-8
    conductances = np.zeros((6, nodes + segments))
    conductances[0, :nodes] = n["sodium_conductance_s_per_cm2"] * open_share * node_us
    conductances[1, :nodes] = n["persistent_sodium_conductance_s_per_cm2"] * open_share * node_us
    conductances[2, :nodes] = n["slow_potassium_conductance_s_per_cm2"] * node_us
    conductances[3, :nodes] = n["leak_conductance_s_per_cm2"] * node_us
    if cable is not None:
        for row, one in (
            (0, cable.sodium),
            (1, cable.persistent),
            (2, cable.potassium),
            (4, cable.mechanical),
            (5, cable.leak),
        ):
            conductances[row, nodes:] = one[0]
    inner_at = np.concatenate([np.arange(nodes), first_segment + 2 * np.arange(segments)])
    outer_at = first_segment + 2 * np.arange(segments) + 1
    capacity_nf = np.full(nodes + segments, n["node_capacitance_uf_per_cm2"] * 1e-3 * node_us)
    if cable is not None:
        capacity_nf[nodes:] = cable.capacity_nf[0]
    return _System(
        linear=linear,
        drive=drive,
        conductances=conductances,
        capacity_nf=capacity_nf,
        inner=inner_at,
        outer=outer_at,
        nodes=nodes,
        first_cell=first_cell,
        first_segment=first_segment,
    )


def _relaxed(system: _System, start_mv: Values, growth: float) -> Values | None:
    """Implicit steps, each longer than the last; None where they do not come to rest."""
    from scipy.sparse import coo_array, csc_array
    from scipy.sparse.linalg import splu

    nodes, inner, outer = system.nodes, system.inner, system.outer
    x = start_mv.copy()
    step_ms = _FIRST_STEP_MS
    for _ in range(_ITERATIONS):
        voltage = x[inner].copy()
        voltage[nodes:] -= x[outer]
        current = _current(voltage, system.conductances)
        slope = (_current(voltage + 1e-4, system.conductances) - current) / 1e-4
        slope += system.capacity_nf / step_ms
        misfit = system.linear @ x - system.drive
        np.add.at(misfit, inner, current)
        np.subtract.at(misfit, outer, current[nodes:])
        cross = -slope[nodes:]
        active = coo_array(
            (
                np.concatenate([slope, slope[nodes:], cross, cross]),
                (
                    np.concatenate([inner, outer, inner[nodes:], outer]),
                    np.concatenate([inner, outer, outer, inner[nodes:]]),
                ),
            ),
            shape=system.linear.shape,
        )
        change = splu(csc_array(system.linear + active)).solve(-misfit)
        x += change
        largest = float(np.abs(change).max())
        if not largest < _FARTHEST_MV:
            return None
        if largest < _CLOSE_MV and step_ms > _LAST_STEP_MS:
            return x
        step_ms = min(step_ms * growth, 10 * _LAST_STEP_MS)
    return None
