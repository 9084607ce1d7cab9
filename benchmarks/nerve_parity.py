"""Our fibres beside NEURON's frozen answers: spikes at the same step, velocities, widest cleft."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.nerve_oracle import frozen
from benchmarks.nerve_oracle.experiments import EXPERIMENTS, pair
from benchmarks.nerve_oracle.recipes import recipe_of
from hemifacial.twin.nerve.bundle import run as simulate
from hemifacial.twin.nerve.experiments.velocity import PUBLISHED_UM, velocity_m_per_s
from hemifacial.twin.nerve.recipe import Numerics

__all__ = ["run"]


def run() -> dict[str, Any]:
    """Every frozen experiment that starts at rest, both steps."""
    spikes = {name: _spikes(name) for name, one in EXPERIMENTS.items() if one.settle_ms}
    for name, row in spikes.items():
        print(f"{name:32} {row['spikes']:4d} spikes, worst {1000 * row['worst_ms']:.3f} us")
    velocities = {f"{one:g}": _velocity(one) for one in PUBLISHED_UM}
    for name, velocity in velocities.items():
        print(
            f"{name:>5} um: converged {velocity['ours_0']:.3f} m/s, "
            f"NEURON {velocity['neuron_0']:.3f}; default step {velocity['ours_default']:.3f}"
        )
    widest = {f"{1000 * step:g}us": _widest(step) for step in (0.005, 0.001)}
    print(f"widest cleft that is crossed and the next: ours {widest}, NEURON as frozen")
    worst = max(abs(v["ours_0"] / v["neuron_0"] - 1) for v in velocities.values())
    default = max(abs(v["ours_default"] / v["neuron_0"] - 1) for v in velocities.values())
    print(
        f"velocity: {100 * worst:.3f} % at most, both without a step; default {100 * default:.2f} %"
    )
    return {"spikes": spikes, "velocities": velocities, "widest_um2": widest}


def _spikes(name: str) -> dict[str, Any]:
    experiment = EXPERIMENTS[name]
    found = simulate(recipe_of(experiment, order=1)).spikes
    worst_ms, count = 0.0, 0
    for fibre, nodes in frozen.read_spikes_ms()[name].items():
        for node, truth_ms in nodes.items():
            ours = found.at(fibre, node)
            ours = ours[ours >= 0]
            if ours.size != truth_ms.size:
                return {"spikes": int(truth_ms.size), "worst_ms": float("inf")}
            count += ours.size
            if ours.size:
                worst_ms = max(worst_ms, float(np.abs(ours - truth_ms).max()))
    return {"spikes": count, "worst_ms": worst_ms, "steps": worst_ms / experiment.step_ms}


def _velocity(diameter_um: float) -> dict[str, float]:
    coarse, fine = (
        velocity_m_per_s(diameter_um, Numerics(step_us=step, settle_ms=0.1)) for step in (0.5, 0.25)
    )
    return {
        "ours_0": fine + (fine - coarse) / 3,
        "ours_default": velocity_m_per_s(diameter_um, Numerics(settle_ms=0.1)),
        "neuron_0": frozen.read_velocities_m_per_s()[diameter_um, 0.0],
    }


def _widest(step_ms: float) -> list[float]:
    bounds = frozen.read_thresholds_um2()[f"pair_{1000 * step_ms:g}us"]
    crosses = [
        bool(simulate(recipe_of(pair(area, step_ms), order=1)).spikes.at(1, 25).size)
        for area in bounds
    ]
    if crosses != [True, False]:
        raise AssertionError(f"ours differs from NEURON between {bounds} um2: {crosses}")
    return [float(one) for one in bounds]
