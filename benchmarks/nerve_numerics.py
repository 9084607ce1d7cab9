"""How exact the nerve is: step, mesh, length of the cable, charge, and the same run again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hemifacial.twin.nerve.bundle import run as simulate
from hemifacial.twin.nerve.recipe import Arrival, Cleft, Fibre, Lesion, Numerics, Recipe

__all__ = ["run"]

_PAIR = Recipe(
    fibres=(Fibre(diameter_um=10.0), Fibre(diameter_um=8.0)),
    lesion=Lesion(sodium_density=0.1, potassium_density=0.07, leak_s_per_cm2=0.005),
    cleft=Cleft(area_um2=8.0),
    arrivals=(Arrival(time_ms=1.0, fibre=0),),
    duration_ms=8.0,
    nodes=13,
    edge=5,
)


def run() -> dict[str, Any]:
    """When the neighbour's impulse leaves, by how it is computed."""
    truth = _leaves(replace(_PAIR, numerics=Numerics(step_us=0.25)), segment_um=4.25)
    rows: dict[str, float] = {}
    for step_us in (5.0, 2.5, 1.0, 0.5):
        rows[f"step {step_us:g} us"] = _leaves(replace(_PAIR, numerics=Numerics(step_us=step_us)))
    for segment_um in (34.0, 17.0, 8.5, 4.25):
        fine = replace(_PAIR, numerics=Numerics(step_us=0.5))
        rows[f"segment {segment_um:g} um, step 0.5 us"] = _leaves(fine, segment_um=segment_um)
    for nodes in (9, 13, 21, 41):
        longer = replace(_PAIR, nodes=nodes, edge=(nodes - 3) // 2)
        # From edge to edge: the ends themselves are elsewhere.
        rows[f"{nodes} nodes, edge to edge"] = _edge_to_edge(longer)
    print(f"the neighbour's impulse leaves at {truth:.4f} ms (step 0.25 us, segments of 4.25 um)")
    for name, value in rows.items():
        print(f"{name:32} {value:.4f} ms")
    first, second = simulate(_PAIR, film_of=(1,)), simulate(_PAIR, film_of=(1,))
    same = bool(
        np.array_equal(first.spikes.time_ms, second.spikes.time_ms)
        and np.array_equal(first.films[0].membrane_mv, second.films[0].membrane_mv)
    )
    print(f"the same run again is the same to the last bit: {same}")
    loose = replace(_PAIR, numerics=replace(Numerics(), cleft_tolerance_mv=1e-9))
    exact = simulate(loose)
    moved = float(np.abs(exact.spikes.time_ms - first.spikes.time_ms).max())
    print(
        f"charge of the cleft balanced to 1e-9 mV instead of 1e-4: spikes move by {moved:.1e} ms, "
        f"{exact.iterations_per_step:.1f} iterations a step instead of "
        f"{first.iterations_per_step:.1f}"
    )
    return {"truth_ms": truth, "rows": rows, "same_again": same, "moved_ms": moved}


def _leaves(recipe: Recipe, segment_um: float | None = None) -> float:
    if segment_um is not None and recipe.lesion is not None:
        recipe = replace(recipe, lesion=replace(recipe.lesion, segment_um=segment_um))
    return float(simulate(recipe).spikes.at(1, recipe.nodes - 1)[0])


def _edge_to_edge(recipe: Recipe) -> float:
    spikes = simulate(recipe).spikes
    return float(spikes.at(1, recipe.edge)[0] - spikes.at(0, recipe.edge + 1)[0])
