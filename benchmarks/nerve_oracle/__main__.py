"""``python -m benchmarks.nerve_oracle freeze|velocity|speed``: needs NEURON and a compiler."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.nerve_oracle.engine import missing
from benchmarks.nerve_oracle.experiments import pair
from benchmarks.nerve_oracle.facts import SHAPES, Experiment, Fibre
from benchmarks.nerve_oracle.frozen import (
    FROZEN,
    freeze,
    read_converged_ms,
    read_velocities_m_per_s,
)


def velocity() -> None:
    """Print the frozen velocities as the table of docs/nerve_oracle.md."""
    kept = read_velocities_m_per_s()
    varied = read_converged_ms()
    steps = sorted({step for _, step in kept}, reverse=True)
    names = [*(f"{s:g} µs" for s in steps[:-1]), "step 0", "variable step", "at 5 µs"]
    print("| diameter, µm |", " | ".join(names), "|")
    print("|" + "---|" * (len(names) + 1))
    for diameter in SHAPES:
        row = [kept[diameter, step] for step in steps]
        off = 100 * (kept[diameter, 5.0] / row[-1] - 1)
        nodes = varied[f"single_{diameter:g}um"][0]
        checked = 11 * SHAPES[diameter].internode_um / 1000 / (nodes[22][0] - nodes[11][0])
        figures = " | ".join(f"{v:.2f}" for v in (*row, checked))
        print(f"| {diameter:g} | {figures} | {off:+.1f} % |")


def speed() -> None:
    """Print NEURON's wall time, best of three, in both layouts of the same equations."""
    from benchmarks.nerve_oracle.oracle import seconds
    from benchmarks.nerve_oracle.variable import run_varied

    for name, experiment in (
        ("single fibre", Experiment(fibres=(Fibre(),), duration_ms=2)),
        ("single fibre", Experiment(fibres=(Fibre(),), duration_ms=20)),
        ("coupled pair", pair(20)),
    ):
        varied = min(run_varied(experiment).seconds for _ in range(3))
        print(f"{name}, {experiment.duration_ms:g} ms, variable step: {varied:.4f} s in all")
        for apart in (False, True):
            best = min(seconds(experiment, apart=apart) for _ in range(3))
            steps = experiment.duration_ms / experiment.step_ms
            places = sum(fibre.compartments for fibre in experiment.fibres)
            per_ms = best / experiment.duration_ms / len(experiment.fibres)
            layout = "as published" if apart else "leanest"
            print(
                f"{name}, fixed step, {layout}: {per_ms:.4f} s per fibre and ms,"
                f" {1e6 * best / steps / places:.3f} us per compartment and step"
            )


def main() -> int:
    """Do what the command line names."""
    commands = {"freeze": freeze, "velocity": velocity, "speed": speed}
    name, *more = sys.argv[1:] or [""]
    if name not in commands:
        print(f"There is no command {name!r}; there are {' '.join(commands)}.")
        return 2
    lacking = None if name == "velocity" else missing()
    if lacking:
        print(f"This machine lacks {lacking}.")
        return 1
    if name == "freeze":
        freeze(Path(more[0]) if more else FROZEN)
    else:
        commands[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
