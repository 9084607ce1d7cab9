"""The frozen answers of NEURON: they are of today's questions, and NEURON still gives them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.nerve_oracle import engine, facts, frozen
from benchmarks.nerve_oracle.experiments import EXPERIMENTS, PLACES

from conftest import lacking

SOURCE = Path(__file__).resolve().parents[1] / "src" / "hemifacial" / "twin" / "nerve"


def test_answers_belong_to_the_experiments_as_they_are_described_today() -> None:
    kept = json.loads((frozen.FROZEN / "experiments.json").read_text(encoding="utf-8"))
    assert kept == frozen.described(), "python -m benchmarks.nerve_oracle freeze makes them anew"


def test_the_sizes_of_a_fibre_are_those_of_the_model_that_it_judges() -> None:
    with (SOURCE / "morphology.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    theirs = {
        float(row["diameter_um"]): tuple(
            float(row[word])
            for word in (
                "axon_diameter_um",
                "node_diameter_um",
                "internodal_length_um",
                "flut_length_um",
                "lamellae",
            )
        )
        for row in rows
    }
    assert theirs == {diameter: tuple(shape) for diameter, shape in facts.SHAPES.items()}


def test_the_constants_of_the_cable_are_those_of_the_model_that_it_judges() -> None:
    with (SOURCE / "membrane.tsv").open(newline="", encoding="utf-8") as file:
        theirs = {row["name"]: float(row["value"]) for row in csv.DictReader(file, delimiter="\t")}
    ours = facts.CABLE
    for name, value in {
        "axial_resistivity_ohm_cm": ours.resistivity_ohm_cm,
        "periaxonal_resistivity_ohm_cm": ours.resistivity_ohm_cm,
        "node_length_um": ours.node_length_um,
        "mysa_length_um": ours.mysa_length_um,
        "stin_count": ours.stins,
        "node_capacitance_uf_per_cm2": ours.capacitance_uf_per_cm2,
        "internode_capacitance_uf_per_cm2": ours.capacitance_uf_per_cm2,
        "mysa_conductance_s_per_cm2": ours.mysa_leak_s_per_cm2,
        "flut_conductance_s_per_cm2": ours.leak_s_per_cm2,
        "stin_conductance_s_per_cm2": ours.leak_s_per_cm2,
        "internode_reversal_mv": ours.rest_mv,
        "rest_mv": ours.rest_mv,
        "node_periaxonal_width_um": ours.node_gap_um,
        "mysa_periaxonal_width_um": ours.node_gap_um,
        "flut_periaxonal_width_um": ours.gap_um,
        "stin_periaxonal_width_um": ours.gap_um,
        "myelin_capacitance_uf_per_cm2": ours.myelin_uf_per_cm2,
        "myelin_conductance_s_per_cm2": ours.myelin_s_per_cm2,
        "membranes_per_lamella": 2,
        "temperature_c": ours.celsius,
    }.items():
        assert theirs[name] == value, name


@pytest.mark.parametrize("diameter", facts.SHAPES)
def test_fixed_steps_and_a_variable_step_tend_to_the_same_velocity(diameter: float) -> None:
    extrapolated = frozen.read_velocities_m_per_s()[diameter, 0.0]
    nodes = frozen.read_converged_ms()[f"single_{diameter:g}um"][0]
    travel_ms = nodes[22][0] - nodes[11][0]
    varied = 11 * facts.SHAPES[diameter].internode_um / 1000 / travel_ms
    assert varied == pytest.approx(extrapolated, rel=2e-4)


@pytest.mark.parametrize("name", ["pair_5um2", "pair_20um2", "pair_25um2", "train"])
def test_a_shorter_step_comes_nearer_to_the_variable_one(name: str) -> None:
    truth = frozen.read_converged_ms()[name]
    fixed = frozen.read_spikes_ms()
    last = EXPERIMENTS[f"{name}_5us"].fibres[0].nodes - 1

    def worst(step: str) -> float:
        got = fixed[f"{name}_{step}"]
        assert [got[f][last].size for f in got] == [truth[f][last].size for f in truth]
        return max(float(np.abs(got[f][last] - truth[f][last]).max()) for f in truth)

    assert worst("1us") < 0.35 * worst("5us")  # a fifth, were the error exactly of first order


@pytest.fixture
def neuron() -> None:
    what = engine.missing()
    if what is not None:
        lacking(what)


LIVE = ["single_10um_5us", "pair_20um2_5us", "pair_5um2_thin_myelin_5us", "thin_to_thick_15um2_5us"]


@pytest.mark.parametrize("name", LIVE)
def test_neuron_gives_the_frozen_spikes_and_potentials(neuron: None, name: str) -> None:
    from benchmarks.nerve_oracle import oracle

    places, every = PLACES.get(name, ((), 1))
    answer = oracle.run(EXPERIMENTS[name], places)
    for fibre, nodes in frozen.read_spikes_ms()[name].items():
        for node, times in nodes.items():
            assert answer.spikes_ms[fibre][node] == pytest.approx(times, abs=1e-5)
    if places:
        _, potentials = frozen.read_potentials_mv()[name]
        for place, values in potentials.items():
            assert answer.potentials_mv[place][::every] == pytest.approx(values, abs=0.01)


def test_the_settled_state_is_at_rest_and_does_not_depend_on_how_it_was_reached(
    neuron: None,
) -> None:
    from benchmarks.nerve_oracle import oracle

    usual = replace(EXPERIMENTS["pair_20um2_5us"], pulses=(), duration_ms=0.5)
    place = facts.Place(1, "lesion", 67)
    answer = oracle.run(usual, [place])
    other = oracle.run(replace(usual, settle_step_ms=1.0, settle_ms=600.0), [place])
    assert answer.still_mv < 1e-6
    assert np.ptp(answer.potentials_mv[place]) < 1e-6
    assert other.potentials_mv[place] == pytest.approx(answer.potentials_mv[place], abs=1e-6)


def test_a_cleft_of_neurons_own_gives_what_the_linear_equations_give(
    neuron: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One fibre: the space along it can also be NEURON's outer layer of that fibre."""
    from benchmarks.nerve_oracle import cells, oracle
    from benchmarks.nerve_oracle.experiments import CLEAN

    area_um2, inner = 15.0, 70.0 * 100 / 15.0
    experiment = facts.Experiment(
        fibres=(facts.Fibre(lesion=CLEAN),),
        cleft=facts.Cleft(area_um2=area_um2),
        duration_ms=1.5,
    )
    places = [facts.Place(0, kind, index) for kind in ("lesion", "cleft") for index in (0, 67)]

    def own(built: list[cells.Cell], cleft: facts.Cleft) -> None:
        for segment in built[0].lesion:  # type: ignore[union-attr]
            segment.xraxial[0] = inner

    original = cells.couple

    def joined(built: list[cells.Cell], cleft: facts.Cleft) -> cells.Coupling:
        """NEURON's own layer ends at the middle of the node, not at the lesion's edge."""
        coupling = original(built, cleft)
        g, lesion = coupling.kept[2], built[0].lesion
        step_cm = lesion.L / lesion.nseg * 1e-4  # type: ignore[union-attr]
        half_node = built[0].nodes[12](0.5).xraxial[0] * 0.5e-4
        change = 1 / (inner * step_cm / 2 + half_node) - 1 / (inner * step_cm / 2)
        for index in (0, CLEAN.segments - 1):
            area = lesion((index + 0.5) / CLEAN.segments).area()  # type: ignore[misc]
            g.setval(index, index, g.getval(index, index) + 100 * change / area)
        return coupling

    monkeypatch.setattr(oracle, "couple", own)
    expected = oracle.run(experiment, places)
    monkeypatch.setattr(oracle, "couple", joined)
    got = oracle.run(experiment, places)
    assert expected.potentials_mv[places[3]].min() < -20
    for place in places:
        assert got.potentials_mv[place] == pytest.approx(expected.potentials_mv[place], abs=0.001)
