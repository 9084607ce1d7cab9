"""F waves read from made-up studies of mentalis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.studies import evoked

from blink_studies import only, result_of
from hemifacial.anatomy import Side
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.f_wave.measure import measure
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.findings import Status
from hemifacial.report.electro.f_wave import figures
from hemifacial.twin.electro.f_wave import FWaveStudy, f_wave_study

CRITERIA = ElectroCriteria.read()


def read(made: FWaveStudy) -> EvokedStudy:
    return evoked(made.values_uv, made.latency_ms, made.sites, made.stimuli)


def values(outcome: Outcome, word: str) -> float:
    value = only(outcome, f"f_wave_{word}", "mentalis").value
    assert value is not None
    return value


@pytest.mark.parametrize("family", ["motor_units", "gabor"])
def test_f_waves_of_a_quiet_recording_are_those_that_were_made(family: str) -> None:
    made = f_wave_study(500_001, affected=True, family=family, noise_factor=0.3)  # type: ignore[arg-type]
    outcome = measure(read(made), CRITERIA)
    truth = made.truth
    assert values(outcome, "persistence") == pytest.approx(100 * truth.persistence_share, abs=4)
    assert values(outcome, "mean_latency") == pytest.approx(np.nanmean(truth.onset_ms), abs=1.0)
    # A single sweep decides it, so that it is the least certain of all.
    assert values(outcome, "least_latency") == pytest.approx(np.nanmin(truth.onset_ms), abs=2.0)
    assert values(outcome, "duration") == pytest.approx(np.nanmean(truth.duration_ms), abs=2.5)
    assert values(outcome, "ratio") == pytest.approx(100 * truth.ratio_share, rel=0.25)


def test_the_side_of_a_spasm_has_longer_and_larger_ones() -> None:
    spasm = measure(read(f_wave_study(500_002, affected=True)), CRITERIA)
    other = measure(read(f_wave_study(500_002)), CRITERIA)
    for word in ("duration", "ratio"):
        assert values(spasm, word) > values(other, word)
    limit = only(spasm, "f_wave_duration", "mentalis").limit
    assert limit is not None
    assert limit.verified
    assert "no limit" in limit.meaning


def test_without_f_waves_nearly_no_sweep_has_one() -> None:
    shares = []
    for seed in range(500_010, 500_016):
        outcome = measure(read(f_wave_study(seed, present=False)), CRITERIA)
        shares.append(values(outcome, "persistence"))
        absent = only(outcome, "f_wave_amplitude", "mentalis")
        assert absent.status is Status.BELOW_DETECTION_LIMIT
        assert (absent.detection_limit or 0) > 5
    assert np.mean(shares) < 4


def test_a_template_needs_stimuli_that_evoke_nothing() -> None:
    study = read(f_wave_study(500_003))
    halved = tuple(
        replace(one, intensity_ma=15.0 if number % 2 else 20.0)
        for number, one in enumerate(study.stimuli)
    )
    template = ElectroCriteria.read(artefact=Artefact.TEMPLATE)
    with pytest.raises(InputError, match="weakest stimulus of the marginal mandibular branch"):
        measure(replace(study, stimuli=halved), template)


def test_a_direct_response_that_varies_is_no_f_wave() -> None:
    """Each sweep's own size of the direct response is taken off with it."""
    made = f_wave_study(500_020, present=False, noise_factor=0.5)
    rng = np.random.default_rng(3)
    varied = made.values_uv * rng.normal(1.0, 0.05, (len(made.values_uv), 1, 1))
    outcome = measure(replace(read(made), sweeps_uv=varied), CRITERIA)
    assert values(outcome, "persistence") < 15


def test_too_few_sweeps_and_no_direct_response_are_told() -> None:
    made = read(f_wave_study(500_021))
    few = only(
        measure(made.where(lambda one: one in made.stimuli[:5]), CRITERIA),
        "f_wave_persistence",
        "mentalis",
    )
    assert few.status is Status.NOT_JUDGED
    assert "Fewer than 10 sweeps" in few.note
    noise = np.random.default_rng(0).standard_normal(made.sweeps_uv.shape)
    none = only(measure(replace(made, sweeps_uv=noise), CRITERIA), "f_wave_persistence", "mentalis")
    assert none.status is Status.NOT_JUDGED
    assert "No direct response" in none.note


def test_another_branch_or_muscle_says_nothing() -> None:
    made = read(f_wave_study(500_022, side=Side.LEFT))
    assert measure(made, CRITERIA).findings[0].side is Side.LEFT
    other = tuple(replace(one, branch="zygomatic_branch") for one in made.stimuli)
    assert measure(replace(made, stimuli=other), CRITERIA) == Outcome()
    channel = (replace(made.channels[0], site="platysma"),)
    assert measure(replace(made, channels=channel), CRITERIA) == Outcome()


def test_the_figure_prints_gain_and_sweep() -> None:
    outcome = measure(read(f_wave_study(500_001, affected=True)), CRITERIA)
    (drawn,) = figures(result_of(outcome))
    for words in ("mentalis, right", "µV/div", "4 ms/div", "persistence"):
        assert words in drawn.svg
    assert "style=" not in drawn.svg
    assert figures(result_of(Outcome())) == ()
