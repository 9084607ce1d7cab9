"""What NEURON found, kept under ``tests/nerve_frozen``: reading it, and making it anew."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.nerve_oracle.engine import MECHANISM
from benchmarks.nerve_oracle.experiments import EXPERIMENTS, PLACES, SEARCHED, STEPS_MS
from benchmarks.nerve_oracle.facts import SHAPES, Experiment, Place

__all__ = [
    "FROZEN",
    "converged_experiments",
    "described",
    "freeze",
    "read_converged_ms",
    "read_potentials_mv",
    "read_spikes_ms",
    "read_thresholds_um2",
    "read_velocities_m_per_s",
]

FROZEN = Path(__file__).parents[2] / "tests" / "nerve_frozen"
Floats = NDArray[np.float64]
TOLERANCE_MV = 3e-4  # of the variable step; the least that NEURON gets through with
Spikes = dict[int, dict[int, Floats]]


def described() -> dict[str, Any]:
    """Every experiment in plain words and numbers, with the mechanism's fingerprint.

    It lies beside the answers, so that answers of other questions are noticed.
    """
    both = {**EXPERIMENTS, **{f"search_{name}": one for name, one in SEARCHED.items()}}
    text: dict[str, Any] = json.loads(json.dumps({name: asdict(one) for name, one in both.items()}))
    mechanism = hashlib.sha256(MECHANISM.read_text(encoding="utf-8").encode()).hexdigest()
    return {"mechanism_sha256": mechanism, "experiments": text}


def converged_experiments() -> dict[str, Experiment]:
    """Those run with the variable step too, by their name without the step: all that settle."""
    suffix = "_5us"
    return {
        name.removesuffix(suffix): experiment
        for name, experiment in EXPERIMENTS.items()
        if name.endswith(suffix) and experiment.settle_ms
    }


def read_spikes_ms(folder: Path = FROZEN) -> dict[str, Spikes]:
    """Spike times by experiment, fibre and node; a node without spikes has an empty array."""
    return _read_spikes(folder / "spikes.tsv", EXPERIMENTS)


def read_converged_ms(folder: Path = FROZEN) -> dict[str, Spikes]:
    """As `read_spikes_ms`, of the solver of variable step: what a step of 0 would give.

    Tightening its tolerance from 0.001 to 0.0003 mV moves no time by more than 0.04 ms (the end
    of a train), and all before 3 ms by less than 0.002 ms.
    """
    return _read_spikes(folder / "converged.tsv", converged_experiments())


def _read_spikes(path: Path, experiments: dict[str, Experiment]) -> dict[str, Spikes]:
    found: dict[str, dict[int, dict[int, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for row in _rows(path):
        found[row["experiment"]][int(row["fibre"])][int(row["node"])].append(float(row["time_ms"]))
    return {
        name: {
            index: {
                node: np.array(found[name][index][node], dtype=float) for node in range(fibre.nodes)
            }
            for index, fibre in enumerate(experiment.fibres)
        }
        for name, experiment in experiments.items()
    }


def read_velocities_m_per_s(folder: Path = FROZEN) -> dict[tuple[float, float], float]:
    """Velocity by diameter (um) and step (us); step 0 is extrapolated."""
    return {
        (float(row["diameter_um"]), float(row["step_us"])): float(row["velocity_m_per_s"])
        for row in _rows(folder / "velocities.tsv")
    }


def read_thresholds_um2(folder: Path = FROZEN) -> dict[str, tuple[float, float]]:
    """The widest cleft found to transmit and the narrowest found not to, by search."""
    return {
        row["search"]: (float(row["transmits_um2"]), float(row["fails_um2"]))
        for row in _rows(folder / "thresholds.tsv")
    }


def read_potentials_mv(folder: Path = FROZEN) -> dict[str, tuple[Floats, dict[Place, Floats]]]:
    """By experiment: times (ms), and the potential (mV) at each place."""
    answers = {}
    with np.load(folder / "potentials.npz") as kept:
        for name, (places, every) in PLACES.items():
            values = kept[name].astype(float)
            times = np.arange(values.shape[1]) * every * EXPERIMENTS[name].step_ms
            answers[name] = times, dict(zip(places, values, strict=True))
    return answers


def freeze(folder: Path = FROZEN) -> None:
    """Run everything in NEURON, a few minutes, and write it anew."""
    from benchmarks.nerve_oracle import oracle, variable  # they ask for NEURON

    folder.mkdir(exist_ok=True)
    spikes: list[tuple[str, ...]] = []
    potentials = {}
    for name, experiment in EXPERIMENTS.items():
        places, every = PLACES.get(name, ((), 1))
        answer = oracle.run(experiment, places)
        spikes += _spike_rows(name, answer.spikes_ms)
        if places:
            values = [answer.potentials_mv[place][::every] for place in places]
            potentials[name] = np.array(values, dtype=np.float32)
        print(f"{name}: settled to {answer.still_mv:.1e} mV", flush=True)
    columns = ("experiment", "fibre", "node", "time_ms")
    _write(folder / "spikes.tsv", columns, spikes)
    converged: list[tuple[str, ...]] = []
    for name, experiment in converged_experiments().items():
        converged += _spike_rows(name, variable.run_varied(experiment, TOLERANCE_MV).spikes_ms)
        print(f"{name}: run with a variable step", flush=True)
    _write(folder / "converged.tsv", columns, converged)
    np.savez_compressed(folder / "potentials.npz", **potentials)  # type: ignore[arg-type]
    _write(folder / "velocities.tsv", ("diameter_um", "step_us", "velocity_m_per_s"), _velocities())
    thresholds = []
    for name, experiment in SEARCHED.items():
        low, high = oracle.threshold_um2(experiment, 10, 42)
        thresholds.append((name, f"{low:g}", f"{high:g}"))
    _write(folder / "thresholds.tsv", ("search", "transmits_um2", "fails_um2"), thresholds)
    text = json.dumps(described(), indent=1, sort_keys=True)
    (folder / "experiments.json").write_text(text + "\n", encoding="utf-8")


def _spike_rows(name: str, spikes_ms: Sequence[dict[int, Floats]]) -> list[tuple[str, ...]]:
    return [
        (name, str(fibre), str(node), f"{time:.7f}")
        for fibre, nodes in enumerate(spikes_ms)
        for node, times in nodes.items()
        for time in times
    ]


def _velocities() -> Iterable[tuple[str, ...]]:
    from benchmarks.nerve_oracle import oracle

    for diameter in SHAPES:
        velocities = [oracle.velocity_m_per_s(diameter, step) for step in STEPS_MS]
        limit, coarser = oracle.converged(STEPS_MS, velocities)
        print(f"{diameter:4g} um: {limit:.3f} m/s ({coarser:.3f} from two steps)", flush=True)
        for step, velocity in zip((0.0, *STEPS_MS), (limit, *velocities), strict=True):
            yield f"{diameter:g}", f"{1000 * step:g}", f"{velocity:.5f}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = ["\t".join(columns), *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
