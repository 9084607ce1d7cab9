"""The lateral spread: found where it is, absent with its limit, never a conducted wave."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from benchmarks.studies import study_of

from hemifacial.anatomy import Side
from hemifacial.electro.conditioning import Conditioning, conditioned, conditioning_of
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.direct import direct_response
from hemifacial.electro.lateral_spread.cells import Cell, cells_of
from hemifacial.electro.lateral_spread.findings import findings_of
from hemifacial.electro.lateral_spread.measure import measure
from hemifacial.electro.noise import autocovariance, covariance_of
from hemifacial.electro.onset import onsets_ms, phases_of
from hemifacial.electro.reading import coarse
from hemifacial.electro.response_model import Nuisance, draws_of, evidence_of, hypotheses
from hemifacial.electro.study import EvokedStudy
from hemifacial.electro.territories import territory
from hemifacial.errors import InputError
from hemifacial.findings import Event, Finding, Provenance, Result, Status
from hemifacial.report.electro.lateral_spread.recruitment import recruitment_figure
from hemifacial.twin.electro.ends import ends_of
from hemifacial.twin.electro.lateral_spread import (
    LateralSpreadPlan,
    lateral_spread_plan,
    only_conducted,
    without_spread,
)
from hemifacial.twin.electro.muscles import recorded_muscle
from hemifacial.twin.electro.setup import Artefact as Made
from hemifacial.twin.electro.setup import Noise, Setup
from hemifacial.twin.electro.shapes import Family, Shape, template

CRITERIA = ElectroCriteria.read()
_ONE_BRANCH = LateralSpreadPlan(
    branches=("zygomatic_branch",), muscles=("orbicularis_oculi", "mentalis")
)


def _cells(study: EvokedStudy) -> tuple[Cell, ...]:
    ready, how = conditioned(study, conditioning_of(CRITERIA))
    return cells_of(ready, how, CRITERIA)


def _of(findings: tuple[Finding, ...], quantity: str, *sites: str) -> Finding:
    (one,) = (f for f in findings if f.quantity == quantity and f.sites == sites)
    return one


@pytest.mark.parametrize("family", ["motor_units", "gabor"])
def test_a_clear_spread_is_found_where_it_is(family: str) -> None:
    plan = lateral_spread_plan(12, family=family)  # type: ignore[arg-type]
    study, truth = study_of(plan)
    for cell in _cells(study):
        if cell.reading is None:
            continue
        true = truth.find("spread", cell.branch, cell.muscle)
        response = cell.reading.response
        assert response is not None
        assert true.onset_ms is not None
        assert response.onset_ms == pytest.approx(true.onset_ms, abs=1.0)
        assert response.amplitude_uv == pytest.approx(true.amplitude_uv, rel=0.35)
        assert cell.reading.probability > 0.99


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
def test_without_a_spread_none_is_called_and_the_limit_is_stated(seed: int) -> None:
    plan = without_spread(lateral_spread_plan(seed, family="gabor" if seed % 2 else "motor_units"))
    study, _ = study_of(plan)
    readings = [cell.reading for cell in _cells(study) if cell.reading is not None]
    assert readings
    for reading in readings:
        assert reading.response is None
        assert 0 < reading.limit_uv < 200


def test_the_stated_limit_is_found_nearly_always() -> None:
    found = []
    for seed in range(20, 44):
        study, _ = study_of(without_spread(lateral_spread_plan(seed, base=_ONE_BRANCH)))
        limit_uv = next(c.reading.limit_uv for c in _cells(study) if c.reading is not None)
        after = (study.latency_ms - 10.0) / 5.0
        wave = np.where((after > 0) & (after < 1), np.sin(2 * np.pi * after) / 2, 0.0)
        branch = study.stimuli[0].branch
        muscle = next(
            i for i, c in enumerate(study.channels)
            if c.site not in territory(branch)
        )  # fmt: skip
        added = study.sweeps_uv.copy()
        added[:, muscle] += limit_uv * wave
        reading = next(
            c.reading for c in _cells(replace(study, sweeps_uv=added)) if c.reading is not None
        )
        found.append(reading.response is not None)
    assert np.mean(found) >= 0.8  # the limit is of 95 of 100; 24 studies allow for this


def test_a_conducted_wave_is_no_spread() -> None:
    for seed in range(60, 72):
        family: Family = "gabor" if seed % 2 else "motor_units"
        plan = lateral_spread_plan(seed, family=family, base=_ONE_BRANCH)
        direct = tuple(one for one in plan.responses if one.kind == "direct")
        bare = only_conducted(plan)
        study, _ = study_of(replace(bare, responses=(*direct, *bare.responses)))
        for cell in _cells(study):
            assert cell.reading is None or cell.reading.response is None


def test_what_begins_before_a_spread_could_is_not_called_one() -> None:
    plan = lateral_spread_plan(7)
    early = tuple(
        replace(one, onset_ms=4.0, jitter_ms=0.05, dropout=0.0, amplitude_uv=400.0)
        for one in plan.responses
        if one.kind == "spread"
    )
    kept = tuple(one for one in plan.responses if one.kind != "spread")
    study, _ = study_of(replace(plan, responses=(*kept, *early)))
    outcome = measure(study, CRITERIA)
    notes = [f.note for f in outcome.findings if f.quantity == "lateral_spread_probability"]
    assert any("before a lateral spread could" in note for note in notes)
    assert not any(e.trial_type == "lateral_spread" and e.onset_s < 0 for e in outcome.events)


def test_recruitment_gives_the_threshold_between_two_currents() -> None:
    base = replace(LateralSpreadPlan(), intensities_ma=(2.0, 4.0, 6.0, 9.0, 14.0, 20.0), sweeps=8)
    study, truth = study_of(lateral_spread_plan(12, base=base))
    findings = measure(study, CRITERIA).findings
    for branch, muscle in (
        ("zygomatic_branch", "frontalis"),
        ("marginal_mandibular_branch", "orbicularis_oculi"),
    ):
        true = truth.find("spread", branch, muscle).threshold_ma
        found = _of(findings, "lateral_spread_threshold", branch, muscle).value
        assert true is not None
        assert found is not None
        assert found in (6.0, 9.0)
        assert true < found < true + 4.0


def test_findings_of_the_direct_response_and_of_an_absent_one() -> None:
    plan = lateral_spread_plan(9)
    study, truth = study_of(plan)
    findings = measure(study, CRITERIA).findings
    true = truth.find("direct", "marginal_mandibular_branch", "mentalis")
    sites = ("marginal_mandibular_branch", "mentalis")
    latency = _of(findings, "direct_response_latency", *sites)
    assert latency.value == pytest.approx(true.onset_ms, abs=0.15)
    assert latency.limit is not None
    assert latency.limit.verified
    amplitude = _of(findings, "direct_response_amplitude", *sites)
    assert amplitude.value == pytest.approx(true.amplitude_uv, rel=0.1)
    silent, _ = study_of(replace(plan, responses=()))
    nothing = measure(silent, CRITERIA).findings
    gone = _of(nothing, "direct_response_amplitude", *sites)
    assert gone.status is Status.BELOW_DETECTION_LIMIT
    assert gone.detection_limit is not None
    assert gone.detection_limit > 0
    doubts = [f.note for f in nothing if f.quantity == "lateral_spread_probability"]
    assert all("no direct response" in note for note in doubts)


def test_the_same_study_twice_gives_the_same_findings() -> None:
    study, _ = study_of(lateral_spread_plan(15))
    assert measure(study, CRITERIA).findings == measure(study, CRITERIA).findings


def test_a_response_by_size_and_sign_scales_and_turns() -> None:
    study, _ = study_of(lateral_spread_plan(16))
    turned = replace(study, sweeps_uv=-study.sweeps_uv)
    for one, other in zip(_cells(study), _cells(turned), strict=True):
        if one.reading is not None and other.reading is not None:
            assert one.reading.probability == pytest.approx(other.reading.probability, abs=1e-6)


def test_territories_hold_the_muscles_of_the_generator() -> None:
    for branch in ("temporal_branch", "zygomatic_branch", "marginal_mandibular_branch"):
        for muscle in ("frontalis", "orbicularis_oculi", "orbicularis_oris", "mentalis"):
            assert (muscle in territory(branch)) == (branch in recorded_muscle(muscle).branches)


def test_onsets_and_phases_are_those_of_the_generator() -> None:
    for seed in range(20):
        for family in ("motor_units", "gabor"):
            shape = Shape(family=family, duration_ms=5.0, phases=2 + seed % 4, seed=seed)  # type: ignore[arg-type]
            made = template(shape)
            own = onsets_ms(made.times_ms, made.values[None])[0]
            assert own == pytest.approx(ends_of(made.times_ms, made.values)[0], abs=1e-6)
    wave = np.sin(np.linspace(0, 3 * np.pi, 300))
    assert phases_of(wave) == 3
    assert phases_of(np.zeros(5)) == 0
    assert np.isnan(onsets_ms(np.arange(5.0), np.zeros((1, 5)))[0])


def test_evidence_is_that_of_the_whole_covariance() -> None:
    rng = np.random.default_rng(0)
    latency_ms = np.arange(2.0, 30.0, 0.4)
    among = hypotheses(latency_ms, 7.0, 9.0)
    covariance = covariance_of(0.9 ** np.arange(latency_ms.size))
    shapes = rng.standard_normal((latency_ms.size, 3))
    average = rng.standard_normal(latency_ms.size)
    nuisance = Nuisance(shapes=shapes, sizes=np.array([1.0, 2.0, 0.5]))
    evidence = evidence_of(latency_ms, average, covariance, among, [nuisance])

    def log_likelihood(of: np.ndarray) -> float:
        _, determinant = np.linalg.slogdet(of)
        return float(-0.5 * average @ np.linalg.solve(of, average) - 0.5 * determinant)

    whole = covariance + (shapes * nuisance.sizes) @ (shapes * nuisance.sizes).T
    assert evidence.log_none == pytest.approx(log_likelihood(whole), abs=1e-6)
    for hypothesis in (0, 17, len(among.start_ms) - 1):
        waves = among.waves[hypothesis]
        for size, size_uv in enumerate(evidence.sizes_uv):
            direct = log_likelihood(whole + size_uv**2 * waves @ waves.T)
            assert evidence.log_each[hypothesis, size] == pytest.approx(direct, abs=1e-5)
    draws = draws_of(
        evidence, np.full(len(among.start_ms), 1 / len(among.start_ms)), latency_ms, 50, rng
    )
    assert draws.shape == (50, latency_ms.size)
    assert np.isfinite(draws).all()


def test_autocovariance_is_that_of_the_noise() -> None:
    rng = np.random.default_rng(1)
    white = rng.standard_normal((400, 400))
    rows = white[:, 1:] + 0.5 * white[:, :-1]
    known = autocovariance([rows[:200], rows[200:, :300]], 4)
    assert known == pytest.approx([1.25, 0.5, 0.0, 0.0], abs=0.02)


def test_conditioning_takes_the_artefact_out_and_leaves_the_response() -> None:
    plan = lateral_spread_plan(21)
    quiet = replace(plan.setup.noise, white_uv=0.3, pink_uv=0.3)
    loud = replace(plan, setup=replace(plan.setup, noise=quiet))
    none = replace(
        loud, setup=replace(loud.setup, artefact=replace(loud.setup.artefact, spike_uv=0.0,
                                                          tail_uv=0.0))
    )  # fmt: skip
    with_artefact, _ = study_of(loud)
    without, _ = study_of(none)
    how = conditioning_of(CRITERIA)
    ready, done = conditioned(with_artefact, how)
    clean, _ = conditioned(without, how)
    assert done.artefact is Artefact.POLARITY
    assert "polarity" in done.in_words()
    later = (ready.latency_ms > 3) & (ready.latency_ms < 30)
    off = np.abs(ready.sweeps_uv.mean(axis=0) - clean.sweeps_uv.mean(axis=0))[:, later]
    raw = np.abs(with_artefact.sweeps_uv[0] - without.sweeps_uv[0])[:, later]
    assert off.max() < 0.1 * raw.max()
    one_polarity = replace(
        with_artefact,
        stimuli=tuple(replace(one, polarity=0) for one in with_artefact.stimuli),
    )
    assert conditioned(one_polarity, how)[1].artefact is Artefact.BRIDGE
    local = Conditioning(blank_ms=1.8, low_hz=20, high_hz=3000, artefact=Artefact.LOCAL_POLYNOMIAL)
    smooth, _ = conditioned(one_polarity, local)
    bridged, _ = conditioned(one_polarity, how)
    late = (smooth.latency_ms > 25) & (smooth.latency_ms < 40)
    assert smooth.sweeps_uv[..., late].std() <= bridged.sweeps_uv[..., late].std()


def test_fewer_samples_hold_the_same_wave() -> None:
    latency_ms = np.arange(-10, 50, 0.05)
    wave = np.exp(-0.5 * ((latency_ms - 12) / 1.0) ** 2)
    fewer_ms, fewer = coarse(latency_ms, wave[None])
    assert fewer_ms.size < latency_ms.size / 3
    assert 0.0 in np.round(fewer_ms, 9)
    assert fewer[0] == pytest.approx(np.interp(fewer_ms, latency_ms, wave), abs=2e-3)


def test_the_other_side_is_read_and_told() -> None:
    base = replace(LateralSpreadPlan(), control_muscles=("mentalis",))
    study, _ = study_of(lateral_spread_plan(30, base=base))
    sides = {f.side for f in measure(study, CRITERIA).findings if f.sites[1] == "mentalis"}
    assert sides == {Side.RIGHT, Side.LEFT}


def test_sweeps_with_an_unusual_response_count_as_much_as_others() -> None:
    """Half of the sweeps answer three times as strongly; their noise is the same."""
    study, truth = study_of(lateral_spread_plan(12, base=_ONE_BRANCH))
    far = [one.site for one in study.channels].index("mentalis")
    sweeps = study.sweeps_uv.copy()
    after = study.latency_ms > 8
    sweeps[::2, far, after] *= 3
    varied = replace(study, sweeps_uv=sweeps)
    cell = next(c for c in _cells(varied) if c.muscle == "mentalis" and c.reading is not None)
    assert cell.reading is not None
    assert cell.reading.response is not None
    true_uv = truth.find("spread", cell.branch, cell.muscle).amplitude_uv
    assert true_uv is not None
    assert cell.reading.response.amplitude_uv == pytest.approx(2 * true_uv, rel=0.2)


def test_too_little_rest_before_the_stimulus_is_told() -> None:
    study, _ = study_of(lateral_spread_plan(12, base=_ONE_BRANCH))
    after = study.latency_ms > -2
    short = replace(
        study, sweeps_uv=study.sweeps_uv[..., after], latency_ms=study.latency_ms[after]
    )
    with pytest.raises(InputError, match="before the stimulus"):
        measure(short, CRITERIA)


_TO_THE_VESSEL = replace(
    _ONE_BRANCH, vessels=("anterior_inferior_cerebellar_artery",), muscles=("orbicularis_oculi",)
)


def test_a_stimulus_on_a_vessel_evokes_a_z_l_response() -> None:
    """Earlier than a lateral spread may be, and never called one."""
    study, truth = study_of(lateral_spread_plan(7, base=_TO_THE_VESSEL))
    outcome = measure(study, CRITERIA)
    sites = ("anterior_inferior_cerebellar_artery", "orbicularis_oculi")
    true = truth.find("spread", *sites)
    assert true.onset_ms is not None
    found = _of(outcome.findings, "z_l_response_latency", *sites)
    assert found.value == pytest.approx(true.onset_ms, abs=0.6)
    amplitude = _of(outcome.findings, "z_l_response_amplitude", *sites)
    assert amplitude.value == pytest.approx(true.amplitude_uv, rel=0.3)
    of_vessel = {f.quantity for f in outcome.findings if f.sites == sites}
    assert not any(quantity.startswith("lateral_spread") for quantity in of_vessel)
    assert {e.trial_type for e in outcome.events if e.sites == sites} == {"z_l_response"}


def test_without_a_z_l_response_its_limit_is_stated() -> None:
    study, _ = study_of(lateral_spread_plan(7, base=_TO_THE_VESSEL, spread=False))
    sites = ("anterior_inferior_cerebellar_artery", "orbicularis_oculi")
    found = _of(measure(study, CRITERIA).findings, "z_l_response_amplitude", *sites)
    assert found.status is Status.BELOW_DETECTION_LIMIT
    assert found.detection_limit is not None
    assert 1 < found.detection_limit < 100


def test_an_artefact_is_taken_from_stimuli_below_threshold() -> None:
    setup = Setup(artefact=Made(tail_uv=60.0, tail_ms=4.0), noise=Noise(white_uv=1.0, pink_uv=0.0))
    base = replace(_ONE_BRANCH, intensities_ma=(1.0, 20.0), setup=setup)
    plan = lateral_spread_plan(12, base=base)
    one_polarity = replace(plan, setup=replace(plan.setup, alternating=False))
    bare = replace(plan.setup, alternating=False, artefact=Made(spike_uv=0.0, tail_uv=0.0))
    clean, _ = study_of(replace(plan, setup=bare))
    study, _ = study_of(one_polarity)
    after = (study.latency_ms > 3) & (study.latency_ms < 30)
    off = {}
    for way in (Artefact.BRIDGE, Artefact.TEMPLATE):
        how = Conditioning(blank_ms=1.8, low_hz=20, high_hz=3000, artefact=way)
        strong = [one.intensity_ma == 20.0 for one in study.stimuli]
        means = [conditioned(one, how)[0].sweeps_uv[strong].mean(axis=0) for one in (study, clean)]
        off[way] = float(np.abs(means[0] - means[1])[:, after].max())
    assert off[Artefact.TEMPLATE] < 0.2 * off[Artefact.BRIDGE]


def test_a_template_needs_stimuli_that_evoke_nothing() -> None:
    template = ElectroCriteria.read(artefact=Artefact.TEMPLATE)
    vessel, _ = study_of(
        lateral_spread_plan(7, base=replace(_TO_THE_VESSEL, intensities_ma=(1.0, 20.0)))
    )
    assert {one.intensity_ma for one in vessel.stimuli if not one.on_vessel} == {1.0, 20.0}
    with pytest.raises(InputError, match="the anterior inferior cerebellar artery .right. was not"):
        measure(vessel, template)
    study, _ = study_of(lateral_spread_plan(12, base=_ONE_BRANCH))
    with pytest.raises(InputError, match="two stated currents"):
        measure(study, template)
    strong = replace(_ONE_BRANCH, intensities_ma=(15.0, 20.0))
    study, _ = study_of(lateral_spread_plan(12, base=strong))
    with pytest.raises(InputError, match="weakest stimulus of the zygomatic branch"):
        measure(study, template)


def test_what_has_one_polarity_alone_is_told() -> None:
    """Its tail cannot be told from a response, and stays."""
    study, _ = study_of(lateral_spread_plan(7, base=_TO_THE_VESSEL))
    stimuli = tuple(replace(one, polarity=1) if one.on_vessel else one for one in study.stimuli)
    one_polarity = replace(study, stimuli=stimuli)
    ready, done = conditioned(one_polarity, conditioning_of(CRITERIA))
    bridged, _ = conditioned(
        one_polarity, conditioning_of(ElectroCriteria.read(artefact=Artefact.BRIDGE))
    )
    vessel = [one.on_vessel for one in stimuli]
    assert np.array_equal(ready.sweeps_uv[vessel], bridged.sweeps_uv[vessel])
    assert "not after stimuli of anterior inferior cerebellar artery right" in done.in_words()
    assert "not after" not in conditioned(study, conditioning_of(CRITERIA))[1].in_words()


@pytest.mark.parametrize("seed", [43, 48])
def test_a_direct_response_lasts_to_its_last_crossing_of_10_percent(seed: int) -> None:
    study, truth = study_of(
        lateral_spread_plan(seed, family="gabor" if seed % 2 else "motor_units")
    )
    found = [e for e in measure(study, CRITERIA).events if e.trial_type == "direct_response"]
    assert len(found) == 3
    for event in found:
        true = truth.find("direct", *event.sites)
        assert true.onset_ms is not None
        assert true.end_ms is not None
        lasting_ms = true.end_ms - true.onset_ms
        assert 1000 * event.duration_s == pytest.approx(lasting_ms, abs=0.8)
    lengths = [event.duration_s for event in found]
    assert max(lengths) - min(lengths) > 0.0005


def test_the_end_of_a_direct_response_that_cannot_be_seen_is_not_told() -> None:
    latency_ms = np.arange(-20, 60, 0.1)
    wave = np.where(latency_ms > 3, 1000 * np.sin((latency_ms - 3) / 2.5), 0.0)
    over = np.where(latency_ms < 3 + 5 * np.pi, wave, 0.0)
    end_ms = direct_response(latency_ms, over, 1.0, CRITERIA).end_ms
    assert end_ms == pytest.approx(3 + 5 * np.pi - 2.5 * np.arcsin(0.1), abs=0.02)
    for shown, noise_uv in ((wave, 1.0), (over, 100.0)):
        found = direct_response(latency_ms, shown, noise_uv, CRITERIA)
        assert found.is_there
        assert found.end_ms is None


def test_a_direct_response_is_seen_at_few_samples_a_second() -> None:
    latency_ms = np.arange(-20, 60, 4.0)
    wave = np.zeros(latency_ms.size)
    wave[(latency_ms >= 4) & (latency_ms <= 12)] = (300.0, -400.0, 200.0)
    found = direct_response(latency_ms, wave, 1.0, CRITERIA)
    assert found.amplitude_uv == 700.0
    assert np.isfinite(found.area_uv_ms)


def test_a_small_difference_of_sides_is_told_by_the_criterion() -> None:
    study, _ = study_of(lateral_spread_plan(9, base=_ONE_BRANCH))
    own = next(cell for cell in _cells(study) if cell.is_own)
    other = replace(own, side=Side.LEFT, muscle_side=Side.LEFT)
    limit = replace(CRITERIA.limits["direct_side_repeat"], value=25.0)
    criteria = replace(CRITERIA, limits={**CRITERIA.limits, "direct_side_repeat": limit})
    notes = [
        one.note
        for one in findings_of((own, other), criteria)
        if one.quantity == "direct_response_side_ratio"
    ]
    assert notes
    assert all("less than about 25 %" in note for note in notes)


@pytest.mark.parametrize(
    ("branch", "own"),
    [(_TO_THE_VESSEL.vessels[0], {}), ("zygomatic_branch", {"spread_from_ms": 4.0})],
)
def test_recruitment_is_drawn_where_the_response_was_looked_for(
    branch: str, own: dict[str, float]
) -> None:
    """At 5 ms: within the window of a Z-L response, or of a clinic's own lateral spread."""
    ms = np.arange(0, 60, 0.1)
    variables = {
        f"v{ma:g}": (
            "time",
            np.where(np.abs(ms - 5) < 0.5, ma, 0.0),
            {"branch": branch, "site": "mentalis", "side": "right", "direct": False,
             "intensity_ma": ma},
        )
        for ma in (1.0, 2.0, 4.0)
    }  # fmt: skip
    event = Event(
        onset_s=1.0,
        duration_s=0.0,
        event_id="one",
        trial_type="lateral_spread",
        side=Side.RIGHT,
        sites=(branch, "mentalis"),
    )
    provenance = Provenance(
        method="electro",
        method_version="1.0",
        program_version="0",
        input_name="x.edf",
        input_sha256="0" * 64,
        created_at="2026-11-22T14:00:00+00:00",
        parameters={"criteria": own},
    )
    averages = xr.Dataset(variables, coords={"time": ms / 1000})
    figure = recruitment_figure(
        averages, Result(provenance=provenance, findings=(), events=(event,))
    )
    assert figure is not None
    (line,) = re.findall(r' d="M([^"]*)"', figure.svg)
    heights = [float(point.split()[1]) for point in line.replace(",", " ").split("L")]
    assert heights == pytest.approx([210 - 170 / 4, 210 - 170 / 2, 210 - 170])
