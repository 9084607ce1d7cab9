"""The same experiments with NEURON's solver of variable step and order (IDA of SUNDIALS).

A second opinion on the velocity that the fixed step tends to, and NEURON at its quickest where
nothing happens for long.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.nerve_oracle.engine import hoc
from benchmarks.nerve_oracle.facts import CABLE, Experiment
from benchmarks.nerve_oracle.oracle import SPIKE_MV, Ready

__all__ = ["Varied", "run_varied"]


@dataclass(frozen=True, eq=False)
class Varied:
    """Spike times by fibre and node, and the wall time from just before time 0 to the end."""

    spikes_ms: tuple[dict[int, NDArray[np.float64]], ...]
    seconds: float


@contextmanager
def _solver(tolerance_mv: float) -> Iterator[Any]:
    cvode = hoc().CVode()
    cvode.active(1)
    cvode.use_daspk(1)
    cvode.atol(tolerance_mv)
    cvode.condition_order(2)  # a crossing is solved for, not interpolated over the step
    try:
        yield cvode
    finally:
        cvode.use_daspk(0)
        cvode.active(0)


def run_varied(experiment: Experiment, tolerance_mv: float = 1e-2) -> Varied:
    """Run with a local error of `tolerance_mv`.

    Settling is 400 ms with the same solver. NEURON gives up at the edge of a pulse where the
    tolerance is about 0.0001 mV or less (it says "IDA initialization failure").
    """
    built = Ready(replace(experiment, settle_ms=0), record=False)
    before_ms = 400.0
    for clamp, pulse in zip(built.clamps, experiment.pulses, strict=True):
        clamp.delay = before_ms + pulse.start_ms
    watched = [
        {number: _watched(node) for number, node in cell.nodes.items()} for cell in built.cells
    ]
    with _solver(tolerance_mv) as cvode:
        hoc().finitialize(CABLE.rest_mv)
        cvode.solve(before_ms - 0.1)
        start = time.perf_counter()
        cvode.solve(before_ms + experiment.duration_ms)
        seconds = time.perf_counter() - start
    spikes = tuple(
        {number: _after(np.array(times) - before_ms) for number, (_, times) in nodes.items()}
        for nodes in watched
    )
    return Varied(spikes, seconds)


def _after(times_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Some lesions fire while they settle."""
    return times_ms[times_ms >= 0]


def _watched(node: Any) -> tuple[Any, Any]:
    h = hoc()
    detector = h.NetCon(node(0.5)._ref_v, None, sec=node)
    detector.threshold = SPIKE_MV
    times = h.Vector()
    detector.record(times)
    return detector, times
