"""The solver: one cluster of fibres with its cleft, step by step, compiled by numba.

A fibre is a chain of nodes. Between two nodes lies an internode of ten passive compartments, each
with an inside and a periaxonal potential, or, between the nodes `edge` and `edge` + 1, the lesion:
segments whose membrane is active and whose outside is the cleft that all fibres share.

Per step, for all fibres of the cluster side by side (the last axis of every array):

1. gates advance over the step in the voltage extrapolated to its middle (exact for a voltage that
   stays; second order);
2. every internode is solved between two clamped nodes. Its matrix never changes, so it was
   factorised once (`cable`), and nodes see of it two currents;
3. what is left is a tridiagonal system of nodes on either side of the lesion, eliminated
   towards it;
4. the lesion: block tridiagonal in each fibre for a given potential of the cleft, whose own
   equation (what all membranes put into it, flows along it) is solved by conjugate gradients with
   the mean fibre as preconditioner. From the potential extrapolated from the last steps two to
   four iterations are enough;
5. back through nodes and internodes.

In time it is the backward difference formula of second order: stable for any stiffness like
backward Euler, with an error that falls with the square of the step. `Scheme` says the weights, so
that backward Euler can be had for comparison.

This file is long because it is compiled as one: numba keeps what it compiled by the date of the
file alone, and would not see a change in another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hemifacial.twin.nerve.layout import Cells, Chain, Cleft, Drive, Gates, Scheme, State

__all__ = ["advance"]

Values = NDArray[np.float64]


_Function = TypeVar("_Function", bound=Callable[..., object])


def _compiled(function: _Function) -> _Function:
    """Compiled when first called, and kept on disk.

    Sums may be regrouped, as vectors want it; the same way in every run of one machine.
    """
    return cast(
        _Function,
        numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})(function),
    )


@_compiled
def _gates(gates: Gates, cells: Cells, scheme: Scheme, table: Values) -> None:
    """All gates over one step; `table` has rows (m, h, p, s: open, and what stays of the rest)."""
    places, fibres = gates.m.shape
    last = table.shape[0] - 2
    for j in range(places):
        for f in range(fibres):
            voltage = (cells.inside_old[j, f] - cells.outside_old[j, f]) + scheme.ahead * (
                cells.inside[j, f] - cells.outside[j, f]
            )
            at = (voltage - scheme.first_mv) * scheme.per_mv
            at = min(max(at, 0.0), last + 0.999)
            row = int(at)
            w = at - row
            u = 1.0 - w
            low = table[row]
            high = table[row + 1]
            goal = u * low[0] + w * high[0]
            gates.m[j, f] = goal + (gates.m[j, f] - goal) * (u * low[1] + w * high[1])
            goal = u * low[2] + w * high[2]
            gates.h[j, f] = goal + (gates.h[j, f] - goal) * (u * low[3] + w * high[3])
            goal = u * low[4] + w * high[4]
            gates.p[j, f] = goal + (gates.p[j, f] - goal) * (u * low[5] + w * high[5])
            goal = u * low[6] + w * high[6]
            gates.s[j, f] = goal + (gates.s[j, f] - goal) * (u * low[7] + w * high[7])


@_compiled
def _internodes(cells: Cells, chain: Chain, has_lesion: bool) -> None:
    """Every internode between clamped nodes at 0 mV; what it is then stands in the old values."""
    links, compartments, fibres = cells.inside.shape
    old, old_outside = cells.inside_old, cells.outside_old
    for link in range(links):
        if has_lesion and link == chain.edge:
            continue
        for k in range(compartments):
            for f in range(fibres):
                past = (
                    chain.membrane[k, f] * (old[link, k, f] - old_outside[link, k, f])
                    + chain.leak_current[k, f]
                )
                past_outside = chain.myelin[k, f] * old_outside[link, k, f] - past
                if k > 0:
                    before = old[link, k - 1, f]
                    before_outside = old_outside[link, k - 1, f]
                    past -= chain.lower[k, 0, f] * before + chain.lower[k, 1, f] * before_outside
                    past_outside -= (
                        chain.lower[k, 2, f] * before + chain.lower[k, 3, f] * before_outside
                    )
                old[link, k, f] = past
                old_outside[link, k, f] = past_outside
        for back in range(compartments):
            k = compartments - 1 - back
            for f in range(fibres):
                inner = old[link, k, f]
                outer = old_outside[link, k, f]
                if back > 0:
                    inner += chain.along[k, f] * old[link, k + 1, f]
                    outer += chain.along_outside[k, f] * old_outside[link, k + 1, f]
                cross = chain.inverse[k, 1, f]
                old[link, k, f] = chain.inverse[k, 0, f] * inner + cross * outer
                old_outside[link, k, f] = cross * inner + chain.inverse[k, 2, f] * outer


@_compiled
def _nodes(
    node: Cells,
    gates: Gates,
    cells: Cells,
    chain: Chain,
    has_lesion: bool,
    first: Values,
    last: Values,
    diagonal: Values,
    right: Values,
) -> None:
    """The equations of the nodes, eliminated from both ends towards the edges of the lesion."""
    nodes, fibres = node.inside.shape
    top = cells.inside.shape[1] - 1
    sodium, potassium, leak = chain.reversal[0], chain.reversal[1], chain.reversal[2]
    for n in range(nodes):
        for f in range(fibres):
            m, p = gates.m[n, f], gates.p[n, f]
            g_na = (
                chain.node_sodium[n, f] * m * m * m * gates.h[n, f]
                + chain.node_persistent[n, f] * p * p * p
            )
            g_k = chain.node_potassium[n, f] * gates.s[n, f]
            g_l = chain.node_leak[n, f]
            diagonal[n, f] = chain.node_capacity_now[n, f] + g_na + g_k + g_l
            right[n, f] = (
                chain.node_capacity[n, f] * node.inside_old[n, f]
                + g_na * sodium
                + g_k * potassium
                + g_l * leak
            )
        if n > 0 and not (has_lesion and n - 1 == chain.edge):
            for f in range(fibres):
                diagonal[n, f] += chain.end[f] * (1.0 - chain.right[top, 0, f])
                right[n, f] += chain.end[f] * cells.inside_old[n - 1, top, f]
        if n < nodes - 1 and not (has_lesion and n == chain.edge):
            for f in range(fibres):
                diagonal[n, f] += chain.end[f] * (1.0 - chain.left[0, 0, f])
                right[n, f] += chain.end[f] * cells.inside_old[n, 0, f]
    for f in range(fibres):
        right[0, f] += first[f]
        right[nodes - 1, f] += last[f]
        if has_lesion:
            diagonal[chain.edge, f] += chain.lesion_along[0, f]
            diagonal[chain.edge + 1, f] += chain.lesion_along[chain.lesion_along.shape[0] - 1, f]
    for n in range(1, chain.edge + 1):
        for f in range(fibres):
            across = chain.end[f] * chain.right[0, 0, f]
            share = across / diagonal[n - 1, f]
            diagonal[n, f] -= across * share
            right[n, f] += share * right[n - 1, f]
    for back in range(nodes - chain.edge - 2):
        n = nodes - 2 - back
        for f in range(fibres):
            across = chain.end[f] * chain.right[0, 0, f]
            share = across / diagonal[n + 1, f]
            diagonal[n, f] -= across * share
            right[n, f] += share * right[n + 1, f]


@_compiled
def _back(
    node: Cells,
    cells: Cells,
    chain: Chain,
    has_lesion: bool,
    diagonal: Values,
    right: Values,
    scheme: Scheme,
) -> None:
    """From the edges outwards: nodes, then what lies between them."""
    nodes, fibres = node.inside.shape
    compartments = cells.inside.shape[1]
    for back in range(chain.edge):
        n = chain.edge - 1 - back
        for f in range(fibres):
            across = chain.end[f] * chain.right[0, 0, f]
            right[n, f] = (right[n, f] + across * right[n + 1, f]) / diagonal[n, f]
    for n in range(chain.edge + 2, nodes):
        for f in range(fibres):
            across = chain.end[f] * chain.right[0, 0, f]
            right[n, f] = (right[n, f] + across * right[n - 1, f]) / diagonal[n, f]
    for link in range(nodes - 1):
        if has_lesion and link == chain.edge:
            continue
        for k in range(compartments):
            for f in range(fibres):
                low, high = right[link, f], right[link + 1, f]
                inner = (
                    cells.inside_old[link, k, f]
                    + chain.left[k, 0, f] * low
                    + chain.right[k, 0, f] * high
                )
                outer = (
                    cells.outside_old[link, k, f]
                    + chain.left[k, 1, f] * low
                    + chain.right[k, 1, f] * high
                )
                cells.inside_old[link, k, f] = (
                    scheme.now * inner + scheme.before * cells.inside[link, k, f]
                )
                cells.outside_old[link, k, f] = (
                    scheme.now * outer + scheme.before * cells.outside[link, k, f]
                )
                cells.inside[link, k, f] = inner
                cells.outside[link, k, f] = outer
    for n in range(nodes):
        for f in range(fibres):
            node.inside_old[n, f] = scheme.now * right[n, f] + scheme.before * node.inside[n, f]
            node.inside[n, f] = right[n, f]


@_compiled
def _join(chain: Chain, diagonal: Values, right: Values) -> None:
    """The two nodes at the edge where an internode, not a lesion, lies between them."""
    n = chain.edge
    for f in range(right.shape[1]):
        across = chain.end[f] * chain.right[0, 0, f]
        share = across / diagonal[n + 1, f]
        right[n, f] = (right[n, f] + share * right[n + 1, f]) / (diagonal[n, f] - across * share)
        right[n + 1, f] = (right[n + 1, f] + across * right[n, f]) / diagonal[n + 1, f]


@_compiled
def _lesion_factors(
    gates: Gates, chain: Chain, mechanical: float, diagonal: Values, work: Values
) -> None:
    """Currents and factors of the lesion at the new gates.

    `work` planes: 0 conductance with capacity, 1 current of the past, 2 to 4 the inverse of each
    block (inside, cross, outside), then scratch.
    """
    segments, fibres = gates.m.shape
    edge = chain.edge
    along, across = chain.lesion_along, chain.lesion_along_outside
    for j in range(segments):
        for f in range(fibres):
            m, p = gates.m[j, f], gates.p[j, f]
            g_na = (
                chain.lesion_sodium[j, f] * m * m * m * gates.h[j, f]
                + chain.lesion_persistent[j, f] * p * p * p
            )
            g_k = chain.lesion_potassium[j, f] * gates.s[j, f]
            g_l = chain.lesion_leak[j, f]
            g_m = chain.lesion_mechanical[j, f] * mechanical
            whole = chain.lesion_capacity_now[j, f] + g_na + g_k + g_l + g_m
            work[0, j, f] = whole
            work[1, j, f] = (
                g_na * chain.reversal[0]
                + g_k * chain.reversal[1]
                + g_l * chain.reversal[4]
                + g_m * chain.reversal[3]
            )
            inner = whole + along[j, f] + along[j + 1, f]
            outer = whole + chain.lesion_myelin_now[j, f] + across[j, f] + across[j + 1, f]
            cross = -whole
            if j == 0:
                inner -= along[0, f] * along[0, f] / diagonal[edge, f]
            else:
                a, b = along[j, f], across[j, f]
                inner -= a * a * work[2, j - 1, f]
                cross -= a * b * work[3, j - 1, f]
                outer -= b * b * work[4, j - 1, f]
            if j == segments - 1:
                inner -= along[segments, f] * along[segments, f] / diagonal[edge + 1, f]
            scale = 1.0 / (inner * outer - cross * cross)
            work[2, j, f] = outer * scale
            work[3, j, f] = -cross * scale
            work[4, j, f] = inner * scale


@_compiled
def _lesion_solve(chain: Chain, work: Values, inside: Values, outside: Values) -> None:
    """Solve every fibre in place: the right side goes in, potentials come out."""
    segments, fibres = inside.shape
    along, across = chain.lesion_along, chain.lesion_along_outside
    for j in range(segments):
        for f in range(fibres):
            inner, outer = inside[j, f], outside[j, f]
            if j > 0:
                inner += along[j, f] * inside[j - 1, f]
                outer += across[j, f] * outside[j - 1, f]
            cross = work[3, j, f]
            inside[j, f] = work[2, j, f] * inner + cross * outer
            outside[j, f] = cross * inner + work[4, j, f] * outer
    for back in range(segments - 1):
        j = segments - 2 - back
        for f in range(fibres):
            inner = along[j + 1, f] * inside[j + 1, f]
            outer = across[j + 1, f] * outside[j + 1, f]
            cross = work[3, j, f]
            inside[j, f] += work[2, j, f] * inner + cross * outer
            outside[j, f] += cross * inner + work[4, j, f] * outer


@_compiled
def _preconditioner(chain: Chain, cleft: Cleft, work: Values, mean: Values) -> None:
    """Factors of the mean fibre with the cleft, both along the lesion.

    `mean` rows: 0 coupling of a fibre with the cleft, 1 along a fibre, 2 to 4 inverses of blocks.
    """
    segments, fibres = work.shape[1:]
    for j in range(segments):
        total = 0.0
        for f in range(fibres):
            whole, outer = work[0, j, f], chain.lesion_myelin_now[j, f]
            total += whole * outer / (whole + outer)
        mean[0, j] = total
    for j in range(segments + 1):
        total = 0.0
        for f in range(fibres):
            total += chain.lesion_along[j, f]
        mean[1, j] = total
    for j in range(segments):
        inner = mean[0, j] + mean[1, j] + mean[1, j + 1]
        outer = mean[0, j] + cleft.along[j] + cleft.along[j + 1] + cleft.shunt[j]
        cross = -mean[0, j]
        if j > 0:
            a, b = mean[1, j], cleft.along[j]
            inner -= a * a * mean[2, j - 1]
            cross -= a * b * mean[3, j - 1]
            outer -= b * b * mean[4, j - 1]
        scale = 1.0 / (inner * outer - cross * cross)
        mean[2, j] = outer * scale
        mean[3, j] = -cross * scale
        mean[4, j] = inner * scale


@_compiled
def _precondition(
    cleft: Cleft, mean: Values, residual: Values, direction: Values, scratch: Values
) -> None:
    """What the mean fibre makes of a current into the cleft: mV."""
    segments = residual.size
    for j in range(segments):
        inner, outer = 0.0, residual[j]
        if j > 0:
            inner += mean[1, j] * scratch[j - 1]
            outer += cleft.along[j] * direction[j - 1]
        scratch[j] = mean[2, j] * inner + mean[3, j] * outer
        direction[j] = mean[3, j] * inner + mean[4, j] * outer
    for back in range(segments - 1):
        j = segments - 2 - back
        inner = mean[1, j + 1] * scratch[j + 1]
        outer = cleft.along[j + 1] * direction[j + 1]
        scratch[j] += mean[2, j] * inner + mean[3, j] * outer
        direction[j] += mean[3, j] * inner + mean[4, j] * outer


@_compiled
def _flow_along(cleft: Cleft, potential: Values, j: int) -> float:
    """Current that leaves the cleft at a segment: along it and through its shunt."""
    here = potential[j]
    flow: float = cleft.shunt[j] * here
    flow += cleft.along[j] * (here - (potential[j - 1] if j > 0 else 0.0))
    last = potential.size - 1
    flow += cleft.along[j + 1] * (here - (potential[j + 1] if j < last else 0.0))
    return flow


@_compiled
def _into_cleft(chain: Chain, fibres_outside: Values, potential: Values, j: int) -> float:
    """Current from all fibres into the cleft at a segment, without that of the past."""
    total = 0.0
    for f in range(fibres_outside.shape[1]):
        total += chain.lesion_myelin_now[j, f] * (fibres_outside[j, f] - potential[j])
    return total


@_compiled
def _lesion(
    state: State,
    chain: Chain,
    cleft: Cleft,
    diagonal: Values,
    right: Values,
    work: Values,
    mean: Values,
    most: int,
) -> int:
    """Fibres and cleft together; the number of iterations, or -1 if they do not end.

    The new potentials come back in planes 5 and 6 of `work`, that of the cleft in row 5 of `mean`.
    """
    lesion, space, space_old = state.lesion, state.space, state.space_old
    segments, fibres = lesion.inside.shape
    edge = chain.edge
    inside, outside = work[5], work[6]
    step_inside, step_outside = work[7], work[8]
    potential, residual = mean[5, :segments], mean[6, :segments]
    wanted, direction = mean[7, :segments], mean[8, :segments]
    scratch, flow = mean[9, :segments], mean[10, :segments]
    for j in range(segments):
        potential[j] = 0.0 if cleft.is_open else 2.0 * space[j] - space_old[1, j]
    for j in range(segments):
        into = 0.0
        for f in range(fibres):
            past = work[1, j, f] + chain.lesion_capacity[j, f] * (
                lesion.inside_old[j, f] - lesion.outside_old[j, f]
            )
            kept = chain.lesion_myelin[j, f] * (lesion.outside_old[j, f] - space_old[0, j])
            into -= kept
            inside[j, f] = past
            outside[j, f] = kept - past + chain.lesion_myelin_now[j, f] * potential[j]
        flow[j] = into
    for f in range(fibres):
        inside[0, f] += chain.lesion_along[0, f] * right[edge, f] / diagonal[edge, f]
        inside[segments - 1, f] += (
            chain.lesion_along[segments, f] * right[edge + 1, f] / diagonal[edge + 1, f]
        )
    _lesion_solve(chain, work, inside, outside)
    count = 0
    if not cleft.is_open:
        _preconditioner(chain, cleft, work, mean)
        for j in range(segments):
            residual[j] = (
                flow[j]
                + _into_cleft(chain, outside, potential, j)
                - _flow_along(cleft, potential, j)
            )
        _precondition(cleft, mean, residual, wanted, scratch)
        size = 0.0
        for j in range(segments):
            direction[j] = wanted[j]
            size += wanted[j] * residual[j]
        while True:
            largest = 0.0
            for j in range(segments):
                largest = max(largest, abs(wanted[j]))
            if largest < cleft.tolerance_mv:
                break
            if count == most or not largest < 1e6:
                return -1
            count += 1
            for j in range(segments):
                for f in range(fibres):
                    step_inside[j, f] = 0.0
                    step_outside[j, f] = chain.lesion_myelin_now[j, f] * direction[j]
            _lesion_solve(chain, work, step_inside, step_outside)
            curve = 0.0
            for j in range(segments):
                flow[j] = _flow_along(cleft, direction, j) - _into_cleft(
                    chain, step_outside, direction, j
                )
                curve += direction[j] * flow[j]
            length = size / curve
            for j in range(segments):
                potential[j] += length * direction[j]
                residual[j] -= length * flow[j]
                for f in range(fibres):
                    inside[j, f] += length * step_inside[j, f]
                    outside[j, f] += length * step_outside[j, f]
            _precondition(cleft, mean, residual, wanted, scratch)
            fresh = 0.0
            for j in range(segments):
                fresh += wanted[j] * residual[j]
            turn = fresh / size
            size = fresh
            for j in range(segments):
                direction[j] = wanted[j] + turn * direction[j]
    for f in range(fibres):
        right[edge, f] = (right[edge, f] + chain.lesion_along[0, f] * inside[0, f]) / diagonal[
            edge, f
        ]
        right[edge + 1, f] = (
            right[edge + 1, f] + chain.lesion_along[segments, f] * inside[segments - 1, f]
        ) / diagonal[edge + 1, f]
    return count


@_compiled
def _keep_lesion(state: State, work: Values, potential: Values, scheme: Scheme) -> None:
    """What was found becomes the present, and the present the past."""
    lesion, space = state.lesion, state.space
    segments, fibres = lesion.inside.shape
    for j in range(segments):
        for f in range(fibres):
            inner, outer = work[5, j, f], work[6, j, f]
            lesion.inside_old[j, f] = scheme.now * inner + scheme.before * lesion.inside[j, f]
            lesion.outside_old[j, f] = scheme.now * outer + scheme.before * lesion.outside[j, f]
            lesion.inside[j, f] = inner
            lesion.outside[j, f] = outer
        state.space_old[0, j] = scheme.now * potential[j] + scheme.before * space[j]
        state.space_old[1, j] = space[j]
        space[j] = potential[j]


@_compiled
def _crossings(
    previous: Values,
    cells: Cells,
    first_place: int,
    level: float,
    time_ms: float,
    step_ms: float,
    spikes: Values,
    count: int,
) -> int:
    """Upward crossings within the step that ends at `time_ms`, on the straight line between."""
    places, fibres = previous.shape
    for j in range(places):
        for f in range(fibres):
            voltage = cells.inside[j, f] - cells.outside[j, f]
            if previous[j, f] < level <= voltage and count < spikes.shape[0]:
                spikes[count, 0] = first_place + j
                spikes[count, 1] = f
                spikes[count, 2] = time_ms - step_ms * (voltage - level) / (
                    voltage - previous[j, f]
                )
                count += 1
            previous[j, f] = voltage
    return count


@_compiled
def advance(
    chain: Chain,
    cleft: Cleft,
    scheme: Scheme,
    table: Values,
    state: State,
    drive: Drive,
    first_step: int,
    step_ms: float,
    level_mv: float,
    spikes: Values,
    most: int,
) -> tuple[int, int]:
    """Advance a cluster by as many steps as `drive` has rows; `state` is changed in place.

    Parameters
    ----------
    table
        `kinetics.table` of this step.
    first_step
        How many steps lie between time 0 and the first of these; a count, so that a time does not
        depend on where a run is cut into pieces.
    spikes
        Takes a row (place, fibre, time in ms) an upward crossing of `level_mv`; places are the
        nodes, and after them the segments of the lesion.
    most
        Iterations of the cleft in one step, beyond which it has no solution.

    Returns
    -------
    tuple
        How many spikes, and iterations in all; or -1 and the step where the cleft had no solution.
    """
    nodes, fibres = state.node.inside.shape
    segments = state.lesion.inside.shape[0]
    has_lesion = segments > 0
    diagonal = np.empty((nodes, fibres))
    right = np.empty((nodes, fibres))
    work = np.empty((9, segments, fibres))
    mean = np.empty((11, segments + 1))
    count = 0
    iterations = 0
    for step in range(drive.first_na.shape[0]):
        _gates(state.node_gates, state.node, scheme, table)
        _internodes(state.cells, chain, has_lesion)
        _nodes(
            state.node,
            state.node_gates,
            state.cells,
            chain,
            has_lesion,
            drive.first_na[step],
            drive.last_na[step],
            diagonal,
            right,
        )
        if has_lesion:
            _gates(state.lesion_gates, state.lesion, scheme, table)
            _lesion_factors(state.lesion_gates, chain, drive.mechanical[step], diagonal, work)
            used = _lesion(state, chain, cleft, diagonal, right, work, mean, most)
            if used < 0:
                return -1, step
            iterations += used
            _keep_lesion(state, work, mean[5], scheme)
        else:
            _join(chain, diagonal, right)
        _back(state.node, state.cells, chain, has_lesion, diagonal, right, scheme)
        time_ms = (first_step + step + 1) * step_ms
        count = _crossings(
            state.node_before, state.node, 0, level_mv, time_ms, step_ms, spikes, count
        )
        if has_lesion:
            count = _crossings(
                state.lesion_before, state.lesion, nodes, level_mv, time_ms, step_ms, spikes, count
            )
    return count, iterations
