"""Our fibres against NEURON's frozen answers: an independent implementation of the same model."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.nerve_oracle import frozen
from benchmarks.nerve_oracle.experiments import EXPERIMENTS, pair
from benchmarks.nerve_oracle.facts import Experiment
from benchmarks.nerve_oracle.recipes import recipe_of

from hemifacial.twin.nerve.bundle import run
from hemifacial.twin.nerve.experiments.velocity import PUBLISHED_UM, velocity_m_per_s
from hemifacial.twin.nerve.recipe import Numerics

pytestmark = pytest.mark.timeout(300)  # The first test compiles the solver.

_ALLOWED_MS = {"train_5us": 0.005}
"""What a train of ten impulses adds up to over 30 ms; anything else is held to a thousandth."""


def names() -> list[str]:
    """All that start at rest, as ours do; those at 1 us are the bench's (`nerve_parity`)."""
    return [name for name, one in EXPERIMENTS.items() if one.settle_ms and "_1us" not in name]


@pytest.mark.parametrize("name", names())
def test_spikes_are_those_of_neuron_at_the_same_step(name: str) -> None:
    experiment: Experiment = EXPERIMENTS[name]
    truth = frozen.read_spikes_ms()[name]
    found = run(recipe_of(experiment, order=1)).spikes
    allowed_ms = min(_ALLOWED_MS.get(name, 0.001), 1000 * experiment.step_ms)
    for fibre, nodes in truth.items():
        for node, times_ms in nodes.items():
            ours = found.at(fibre, node)
            ours = ours[ours >= 0]
            assert ours.size == times_ms.size, (fibre, node, ours, times_ms)
            if times_ms.size:
                assert np.abs(ours - times_ms).max() < allowed_ms, (fibre, node)


@pytest.mark.parametrize("diameter_um", PUBLISHED_UM)
def test_velocity_is_that_of_neuron_without_any_step(diameter_um: float) -> None:
    truth = frozen.read_velocities_m_per_s()[diameter_um, 0.0]
    fine = Numerics(step_us=0.5, settle_ms=0.1)
    assert velocity_m_per_s(diameter_um, fine) == pytest.approx(truth, rel=0.001)
    assert velocity_m_per_s(diameter_um, Numerics(settle_ms=0.1)) == pytest.approx(truth, rel=0.01)


def test_the_widest_cleft_that_is_crossed_is_that_of_neuron() -> None:
    step_ms = 0.005
    widest_um2, narrowest_um2 = frozen.read_thresholds_um2()["pair_5us"]
    for area_um2, crosses in ((widest_um2, True), (narrowest_um2, False)):
        found = run(recipe_of(pair(area_um2, step_ms), order=1)).spikes
        assert (found.at(1, 25).size > 0) is crosses, area_um2


SETTLED = ["pair_5um2", "pair_20um2", "pair_30um2", "thin_to_thick_15um2", "single_8.7um"]


@pytest.mark.parametrize("name", SETTLED)
def test_the_default_is_near_what_neuron_finds_with_a_variable_step(name: str) -> None:
    experiment = frozen.converged_experiments()[name]
    truth = frozen.read_converged_ms()[name]
    found = run(recipe_of(experiment, order=2, step_us=Numerics().step_us)).spikes
    for fibre, nodes in truth.items():
        for node, times_ms in nodes.items():
            if times_ms.size:
                assert abs(found.at(fibre, node)[0] - times_ms[0]) < 0.02, (fibre, node)
            else:
                assert found.at(fibre, node).size == 0, (fibre, node)
