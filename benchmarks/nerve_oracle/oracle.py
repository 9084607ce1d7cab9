"""Runs of NEURON: spike times, potentials, velocity, the cleft that still transmits, wall time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.nerve_oracle.cells import Cell, build, couple, layers
from benchmarks.nerve_oracle.engine import hoc
from benchmarks.nerve_oracle.facts import CABLE, SHAPES, Experiment, Fibre, Place, Pulse

__all__ = [
    "Answer",
    "Ready",
    "SPIKE_MV",
    "converged",
    "crossings",
    "run",
    "seconds",
    "threshold_um2",
    "transmits",
    "velocity_m_per_s",
]

Floats = NDArray[np.float64]
SPIKE_MV = -20.0


@dataclass(frozen=True, eq=False)
class Answer:
    """What a run gave.

    Parameters
    ----------
    times_ms : every step, from 0.
    spikes_ms : by fibre and node, the upward crossings of -20 mV; a node that a lesion replaced
        has no entry.
    potentials_mv : by place, at every step.
    still_mv : largest change of a node's potential in the last step of settling.
    """

    times_ms: Floats
    spikes_ms: tuple[dict[int, Floats], ...]
    potentials_mv: dict[Place, Floats]
    still_mv: float


def crossings(times: Floats, values: Floats, level: float = SPIKE_MV) -> Floats:
    """When `values` rises through `level`, between two samples by a straight line."""
    i = np.flatnonzero((values[:-1] < level) & (values[1:] >= level))
    part = (level - values[i]) / (values[i + 1] - values[i])
    return times[i] + part * (times[i + 1] - times[i])


class Ready:
    """A built experiment, settled and at time 0. NEURON's state is global: one at a time."""

    def __init__(
        self,
        experiment: Experiment,
        places: Sequence[Place] = (),
        *,
        apart: bool = False,
        record: bool = True,
    ) -> None:
        h = hoc()
        h.nlayer_extracellular(2 if apart else layers(experiment.fibres))
        coupled = experiment.cleft is not None
        self.cells = [build(f, coupled=coupled, apart=apart) for f in experiment.fibres]
        self.coupling = couple(self.cells, experiment.cleft) if experiment.cleft else None
        self.clamps = [self._clamp(pulse, experiment) for pulse in experiment.pulses]
        self.nodes = [
            {number: self._recorded(node(0.5)._ref_v) for number, node in cell.nodes.items()}
            for cell in self.cells
            if record
        ]
        self.places = {place: self._recorded(self._reference(place)) for place in places}
        h.celsius = CABLE.celsius
        h.secondorder = 0
        self.still_mv = self._settle(experiment)
        h.dt = experiment.step_ms

    def _clamp(self, pulse: Pulse, experiment: Experiment) -> Any:
        axon_um = SHAPES[experiment.fibres[pulse.fibre].diameter_um].axon_um
        current = 0.06 * axon_um**2 if pulse.current_na is None else pulse.current_na
        clamp = hoc().IClamp(self.cells[pulse.fibre].nodes[pulse.node](0.5))
        clamp.delay, clamp.dur, clamp.amp = pulse.start_ms, pulse.duration_ms, current
        return clamp

    def _recorded(self, reference: Any) -> Any:
        vector = hoc().Vector()
        vector.record(reference)
        return vector

    def _reference(self, place: Place) -> Any:
        cell: Cell = self.cells[place.fibre]
        if place.kind == "node":
            return cell.nodes[place.number](0.5)._ref_v
        if cell.lesion is None:
            raise ValueError(f"fibre {place.fibre} has no lesion")
        segment = cell.lesion((place.number + 0.5) / cell.lesion.nseg)
        return segment._ref_v if place.kind == "lesion" else segment._ref_vext[cell.cleft_layer - 1]

    def _settle(self, experiment: Experiment) -> float:
        h = hoc()
        h.finitialize(CABLE.rest_mv)
        steps = round(experiment.settle_ms / experiment.settle_step_ms)
        h.dt = experiment.settle_step_ms
        h.t = -experiment.settle_ms
        watched = [node(0.5) for cell in self.cells for node in cell.nodes.values()]
        change = 0.0
        for step in range(steps):
            before = [s.v for s in watched] if step == steps - 1 else []
            h.fadvance()
            change = max((abs(s.v - v) for s, v in zip(watched, before, strict=False)), default=0)
        h.t = 0
        h.fcurrent()
        h.frecord_init()
        return float(change)

    def advance(self, steps: int) -> None:
        """Take the steps."""
        advance = hoc().fadvance
        for _ in range(steps):
            advance()


def run(experiment: Experiment, places: Sequence[Place] = ()) -> Answer:
    """Spike times at every node, and the potential at each of `places`."""
    ready = Ready(experiment, places)
    steps = round(experiment.duration_ms / experiment.step_ms)
    ready.advance(steps)
    times: Floats = np.arange(steps + 1, dtype=float) * experiment.step_ms
    spikes = tuple(
        {number: crossings(times, np.array(vector)) for number, vector in nodes.items()}
        for nodes in ready.nodes
    )
    potentials = {place: np.array(vector) for place, vector in ready.places.items()}
    return Answer(times, spikes, potentials, ready.still_mv)


def seconds(experiment: Experiment, *, apart: bool = False) -> float:
    """Wall time of the steps alone: building, settling and reading out are not counted.

    `apart` takes the layout of the published files (a section for every compartment, two
    extracellular layers); without it NEURON has the leanest layout of the same equations.
    """
    ready = Ready(experiment, apart=apart)
    ready.advance(10)  # the sparse solver orders its matrix at the first step
    steps = round(experiment.duration_ms / experiment.step_ms)
    start = time.perf_counter()
    ready.advance(steps)
    return time.perf_counter() - start


def velocity_m_per_s(
    diameter_um: float, step_ms: float, *, first: int = 11, last: int = 22, nodes: int = 26
) -> float:
    """Distance between two nodes over the time between their first spikes."""
    shape = SHAPES[diameter_um]
    fibre = Fibre(diameter_um=diameter_um, nodes=nodes)
    spikes = run(Experiment(fibres=(fibre,), duration_ms=1.6, step_ms=step_ms)).spikes_ms[0]
    travel_ms = spikes[last][0] - spikes[first][0]
    return float((last - first) * shape.internode_um / 1000 / travel_ms)


def converged(steps: Sequence[float], velocities: Sequence[float]) -> tuple[float, float]:
    """Velocity at step 0, from the three finest steps, and from the two finest for comparison.

    The time between two nodes is a polynomial of the step (the method is of first order); its
    value at 0 is Neville's.
    """
    order = np.argsort(steps)[:3]
    x = np.array(steps)[order]
    travel = 1 / np.array(velocities)[order]

    def at_zero(count: int) -> float:
        p = list(travel[:count])
        for level in range(1, count):
            for i in range(count - level):
                p[i] = (x[i + level] * p[i] - x[i] * p[i + 1]) / (x[i + level] - x[i])
        return float(1 / p[0])

    return at_zero(len(order)), at_zero(2)


def transmits(experiment: Experiment, *, fibre: int = 1) -> bool:
    """Whether a spike leaves the far end of the fibre that was not stimulated."""
    last = experiment.fibres[fibre].nodes - 1
    return run(experiment).spikes_ms[fibre][last].size > 0


def threshold_um2(
    experiment: Experiment, low_um2: float = 5.0, high_um2: float = 50.0, within_um2: float = 1.0
) -> tuple[float, float]:
    """The widest cleft that transmits and the narrowest that does not, `within_um2` apart."""
    before = experiment.cleft
    if before is None:
        raise ValueError("the experiment has no cleft")

    def at(area: float) -> bool:
        return transmits(replace(experiment, cleft=replace(before, area_um2=area)))

    if not at(low_um2) or at(high_um2):
        raise ValueError(f"no threshold between {low_um2} and {high_um2} um2")
    while high_um2 - low_um2 > within_um2:
        between = (low_um2 + high_um2) / 2
        low_um2, high_um2 = (between, high_um2) if at(between) else (low_um2, between)
    return low_um2, high_um2
