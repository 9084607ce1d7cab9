"""Cost of the nerve beside NEURON's, one core, in the same run; and how it grows with the work.

Both at the step that gives velocity an error of at most 1 %: ours the default, NEURON's 0.5 us
(`nerve_oracle`: 1 us errs by 2 %). NEURON in its leanest layout and as the published files lay it
out, and a single fibre with its variable step (IDA) too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from benchmarks.children import ROOT, peers_python
from benchmarks.nerve_oracle.experiments import pair
from benchmarks.nerve_oracle.facts import Experiment
from benchmarks.nerve_oracle.facts import Fibre as OracleFibre
from hemifacial.twin.nerve.bundle import run as simulate
from hemifacial.twin.nerve.cable import COMPARTMENTS, lesion_segments
from hemifacial.twin.nerve.recipe import Arrival, Cleft, Fibre, Lesion, Numerics, Recipe

__all__ = ["run"]

_NEURON_STEP_MS = 0.0005
_FIBRES = 64
_REPEATS = 3
_LESION = Lesion(length_mm=2.3, sodium_density=0.1, potassium_density=0.2, leak_s_per_cm2=0.004)
_CLUSTER = 50
_SIZES = (100, 400, 1600, 7000)


def run() -> dict[str, Any]:
    """Ratios, then growth from 100 to 7,000 fibres and the memory of the largest."""
    simulate(_healthy(8, 0.1))  # Compile.
    simulate(_coupled(2, 0.1))
    ours_single = min(_seconds(_healthy(_FIBRES, 4.0)) for _ in range(_REPEATS)) / _FIBRES / 4.0
    ours_alone = min(_seconds(_healthy(1, 4.0)) for _ in range(_REPEATS)) / 4.0
    ours_pair = min(_seconds(_coupled(2, 4.0)) for _ in range(_REPEATS)) / 2 / 4.0
    ours_many = min(_seconds(_coupled(_CLUSTER, 4.0)) for _ in range(_REPEATS)) / _CLUSTER / 4.0
    theirs = _neuron()
    rows = {
        "single fibre, of 64": (ours_single, theirs["single"], theirs["single_published"]),
        "single fibre, alone": (ours_alone, theirs["single"], theirs["single_published"]),
        "coupled pair": (ours_pair, theirs["pair"], theirs["pair_published"]),
        f"coupled, {_CLUSTER} in a cleft": (ours_many, theirs["pair"], theirs["pair_published"]),
    }
    print("wall time per fibre-ms, ms                ours   NEURON lean   as published   ratios")
    for name, (ours, lean, published) in rows.items():
        print(
            f"{name:36} {1000 * ours:9.3f} {1000 * lean:13.1f} {1000 * published:14.1f}"
            f"   {lean / ours:.0f}, {published / ours:.0f}"
        )
    steps_per_ms = 1000 / Numerics().step_us
    per_step = {
        "single": 1e6 * ours_single / steps_per_ms / _compartments(_healthy(1, 1.0)),
        "coupled": 1e6 * ours_many / steps_per_ms / _compartments(_coupled(2, 1.0)),
    }
    print(
        f"us per compartment and step: {per_step['single']:.4f}, coupled {per_step['coupled']:.4f}"
    )
    print(f"NEURON's variable step, single fibre: {1000 * theirs['single_variable']:.1f} ms per ms")
    jaxon = _jaxon()
    if jaxon is not None:
        print(
            f"jaxon-nerve, {_FIBRES} fibres, 0.5 us: {1000 * jaxon['per_fibre_ms']:.1f} ms per "
            f"fibre-ms, {jaxon['us_per_compartment_step']:.3f} us per compartment and step; "
            f"ratio {jaxon['per_fibre_ms'] / ours_single:.0f}"
        )
    growth = {}
    for fibres in _SIZES:
        seconds, peak_mb = _nerve_in_a_child(fibres, 10.0)
        growth[fibres] = {
            "seconds": seconds,
            "per_fibre_ms": seconds / fibres / 10.0,
            "mb": peak_mb,
        }
        print(
            f"{fibres:5d} fibres x 10 ms in clefts of {_CLUSTER}: {seconds:.1f} s, "
            f"{1000 * seconds / fibres / 10.0:.3f} ms a fibre-ms, {peak_mb:.0f} MB"
        )
    cores = _two_cores()
    print(f"two at once are {cores:.2f} times as fast as one after the other")
    return {
        "per_fibre_ms": rows,
        "us_per_compartment_step": per_step,
        "neuron": theirs,
        "jaxon": jaxon,
        "growth": growth,
        "two_cores": cores,
    }


def _healthy(fibres: int, duration_ms: float) -> Recipe:
    return Recipe(
        fibres=(Fibre(diameter_um=10.0),) * fibres,
        arrivals=tuple(Arrival(time_ms=0.0, fibre=i, from_face=False) for i in range(fibres)),
        duration_ms=duration_ms,
        numerics=Numerics(settle_ms=0.0),
    )


def _coupled(fibres: int, duration_ms: float) -> Recipe:
    """Every other fibre is shocked, so that the cleft has work to do."""
    return replace(
        _healthy(fibres, duration_ms),
        lesion=_LESION,
        cleft=Cleft(area_um2=5.0 * fibres),
        arrivals=tuple(Arrival(time_ms=0.0, fibre=i, from_face=False) for i in range(0, fibres, 2)),
    )


def _compartments(recipe: Recipe) -> int:
    links = recipe.nodes - 1 - (recipe.lesion is not None)
    return recipe.nodes + links * COMPARTMENTS + lesion_segments(recipe.lesion)


def _seconds(recipe: Recipe) -> float:
    start = time.perf_counter()
    simulate(recipe)
    return time.perf_counter() - start


def _neuron() -> dict[str, float]:
    """Seconds per fibre-ms of NEURON; the steps alone, building not counted."""
    from benchmarks.nerve_oracle import oracle, variable

    single = Experiment(fibres=(OracleFibre(),), duration_ms=2.0, step_ms=_NEURON_STEP_MS)
    two = pair(10, _NEURON_STEP_MS)
    found = {}
    for name, one, fibres in (("single", single, 1), ("pair", two, 2)):
        for layout, apart in (("", False), ("_published", True)):
            best = min(oracle.seconds(one, apart=apart) for _ in range(_REPEATS))
            found[name + layout] = best / fibres / one.duration_ms
    found["single_variable"] = variable.run_varied(single, 1e-2).seconds / single.duration_ms
    return found


def _jaxon() -> dict[str, float] | None:
    """The same of jaxon-nerve on the CPU, at the step at which backward Euler errs by 1 %."""
    python = peers_python("nerve", "jaxon-nerve")
    if python is None:
        return None
    words = [python, "-m", "benchmarks.child_jaxon", str(_FIBRES), "0.5", "400"]
    told = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _nerve_in_a_child(fibres: int, duration_ms: float) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a nerve in clefts of `_CLUSTER`, in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.nerve_speed", str(fibres), str(duration_ms)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return float(told[-2]), float(told[-1])


def _nerve(fibres: int, duration_ms: float) -> float:
    """All clusters are held at once, as a nerve that is looked at as a whole would be."""
    clusters = [
        _coupled(min(_CLUSTER, fibres - first), duration_ms) for first in range(0, fibres, _CLUSTER)
    ]
    start = time.perf_counter()
    runs = [simulate(one) for one in clusters]
    seconds = time.perf_counter() - start
    if len(runs) != len(clusters):
        raise AssertionError("a cluster was lost")
    return seconds


def _two_cores() -> float:
    """Two clusters on two threads (the solver lets go of Python's lock), against one by one."""
    one = _coupled(_CLUSTER, 4.0)
    alone = min(_seconds(one) + _seconds(one) for _ in range(_REPEATS))
    with ThreadPoolExecutor(2) as pool:
        best = float("inf")
        for _ in range(_REPEATS):
            start = time.perf_counter()
            list(pool.map(simulate, (one, one)))
            best = min(best, time.perf_counter() - start)
    return alone / best


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    simulate(_coupled(2, 0.1))
    took_s = _nerve(int(sys.argv[1]), float(sys.argv[2]))
    print(took_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
