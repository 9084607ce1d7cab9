"""Made-up examinations: the truth is that of the noise-free signal, and what is planned happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from hemifacial.anatomy import Side, structures
from hemifacial.errors import UsageError
from hemifacial.twin.electro.ends import ends_of, phases_of
from hemifacial.twin.electro.lateral_spread import (
    LateralSpreadPlan,
    lateral_spread_plan,
    only_conducted,
    with_spread_share,
    without_spread,
)
from hemifacial.twin.electro.muscles import recorded_muscles
from hemifacial.twin.electro.parameters import drawn, parameters
from hemifacial.twin.electro.plan import Afterdischarge, PlannedResponse, stimuli_of
from hemifacial.twin.electro.responses import draws_of, later_potentials
from hemifacial.twin.electro.setup import Artefact, Noise, Setup
from hemifacial.twin.electro.shapes import FAMILIES, Family, Shape, template
from hemifacial.twin.electro.snr import (
    band_gain,
    filtered,
    residual_noise_uv,
    scaled_to_snr,
    snr_db,
)
from hemifacial.twin.electro.study import noise_free_sweeps, sweeps

QUIET = Setup(artefact=Artefact(spike_uv=0.0, tail_uv=0.0), noise=Noise(white_uv=0.0, pink_uv=0.0))
BAND_HZ = (20.0, 3000.0)


def response(**changes: object) -> PlannedResponse:
    """A lateral spread in mentalis; no jitter, dropout or variation unless asked for."""
    one = PlannedResponse(
        kind="spread",
        branch="zygomatic_branch",
        stimulus_side=Side.RIGHT,
        muscle="mentalis",
        side=Side.RIGHT,
        onset_ms=9.0,
        amplitude_uv=100.0,
        shape=Shape(duration_ms=5.0),
        threshold_ma=5.0,
        slope_ma=0.5,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def plan_of(*responses: PlannedResponse, **changes: object) -> LateralSpreadPlan:
    """Stimuli of one branch, without artefact and noise, with these responses."""
    plan = LateralSpreadPlan(branches=("zygomatic_branch",), setup=QUIET, responses=responses)
    return replace(plan, **changes)  # type: ignore[arg-type]


# -- tables and landmarks --------------------------------------------------------------------


def test_every_parameter_has_a_range_and_a_source() -> None:
    for one in parameters().values():
        assert one.low <= one.high
        assert one.source
        assert (one.mean is None) is (one.sd is None)
    # A number of our own is explained on the page and cannot be a verified one.
    assert not any(one.verified for one in parameters().values() if "this project" in one.source)


def test_draws_follow_their_parameter() -> None:
    rng = np.random.default_rng(1)
    values = np.array([drawn("spread_onset_oculi", rng) for _ in range(3000)])
    one = parameters()["spread_onset_oculi"]
    assert one.low <= values.min() <= values.max() <= one.high
    assert values.mean() == pytest.approx(9.0, abs=0.06)
    assert values.std() == pytest.approx(1.09 * 0.88, abs=0.05)  # cut at two deviations


def test_muscles_and_their_branches_are_words_of_the_anatomy() -> None:
    for muscle in recorded_muscles().values():
        assert {muscle.word, *muscle.branches} <= set(structures())
        assert len(f"R {muscle.label}") <= 16  # what a label of EDF holds


def test_ends_of_a_known_wave() -> None:
    times = np.linspace(0.0, 10.0, 10_001)
    triangle = np.interp(times, [2.0, 3.0, 5.0, 6.0], [0.0, -1.0, 2.0, 0.0])
    onset, end = ends_of(times, triangle)
    assert onset == pytest.approx(2.1, abs=1e-6)  # 10 % of the first peak, which is 1
    assert end == pytest.approx(5.9, abs=1e-6)  # 10 % of the largest, which is 2
    assert phases_of(triangle) == 2


def test_a_ripple_before_a_wave_is_not_its_first_peak() -> None:
    times = np.linspace(0.0, 10.0, 1001)
    wave = np.interp(times, [1.0, 1.5, 2.0, 4.0, 5.0, 6.0], [0, -0.1, 0, 0, 1.0, 0])
    assert ends_of(times, wave)[0] == pytest.approx(4.1, abs=0.02)


def test_a_flat_wave_has_no_onset() -> None:
    with pytest.raises(ValueError, match="has no onset"):
        ends_of(np.arange(3.0), np.zeros(3))
    assert phases_of(np.zeros(3)) == 0


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("phases", [1, 2, 3, 4, 5, 6])
def test_templates_begin_at_0_last_as_long_as_asked_and_have_their_phases(
    family: Family, phases: int
) -> None:
    right = 0
    for seed in range(20):
        one = template(Shape(family=family, duration_ms=7.0, phases=phases, seed=seed))
        onset, end = ends_of(one.times_ms, one.values)
        assert onset == pytest.approx(0.0, abs=1e-9)
        assert end == pytest.approx(7.0, abs=1e-9)
        assert np.ptp(one.values) == pytest.approx(1.0)
        # Nothing before the onset from which one could read another one.
        assert np.abs(one.at(np.array([-2.0, -1.0]))).max() < 0.13
        right += phases_of(one.values) == phases
    assert right >= 18


def test_the_two_families_differ() -> None:
    grid = np.linspace(0.0, 5.0, 200)
    waves = [
        template(Shape(family=family, duration_ms=5.0, seed=3)).at(grid) for family in FAMILIES
    ]
    best = np.abs(np.correlate(waves[0], waves[1], mode="full")).max()
    assert best < 0.97 * np.linalg.norm(waves[0]) * np.linalg.norm(waves[1])


# -- truth -----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("phases", [1, 2, 4])
def test_truth_without_variation_is_the_plan(family: Family, phases: int) -> None:
    one = response(shape=Shape(family=family, duration_ms=5.0, phases=phases))
    truth = sweeps(plan_of(one)).truth.find("spread", "zygomatic_branch", "mentalis")
    assert truth.present
    assert truth.onset_ms == pytest.approx(9.0, abs=0.005)
    assert truth.end_ms == pytest.approx(14.0, abs=0.005)
    assert truth.amplitude_uv == pytest.approx(100.0, rel=2e-3)
    assert truth.phases == phases
    assert truth.sweeps == truth.sweeps_present == 10
    assert truth.threshold_ma == 5.0


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    family=st.sampled_from(FAMILIES),
    rate_hz=st.sampled_from([10_000.0, 20_000.0, 48_000.0]),
)
def test_truth_agrees_with_the_average_of_the_noise_free_sweeps(
    seed: int, family: Family, rate_hz: float
) -> None:
    """Measured anew on the sampled signal, each kind by itself."""
    base = LateralSpreadPlan(sweeps=6, setup=replace(QUIET, rate_hz=rate_hz))
    plan = lateral_spread_plan(seed, family=family, afterdischarge=False, base=base)
    for one in plan.responses:
        alone = sweeps(replace(plan, responses=(one,)))
        truth = alone.truth.find(one.kind, one.branch, one.muscle)
        rows = [stimulus.branch == one.branch for stimulus in alone.truth.stimuli]
        channel = plan.muscles.index(one.muscle)
        average = alone.values_uv[rows, channel].mean(axis=0)
        assert not alone.values_uv[np.logical_not(rows)].any()
        if not truth.present:
            assert not average.any()
            continue
        onset_ms, end_ms = ends_of(alone.latency_ms, average)
        step_ms = 1000 / rate_hz
        assert truth.onset_ms == pytest.approx(onset_ms, abs=step_ms / 2)
        assert truth.end_ms == pytest.approx(end_ms, abs=step_ms / 2)
        assert truth.amplitude_uv == pytest.approx(np.ptp(average), rel=0.02)
        # A lobe of just 10 % may be counted at one rate and not at another.
        assert truth.phases in range(phases_of(average, 0.12), phases_of(average, 0.08) + 1)


def test_truth_lists_every_branch_and_muscle_present_or_not() -> None:
    plan = lateral_spread_plan(3)
    truth = sweeps(plan).truth
    pairs = Counter((one.branch, one.muscle) for one in truth.responses if one.kind == "spread")
    assert pairs == Counter((branch, muscle) for branch in plan.branches for muscle in plan.muscles)
    own = truth.find("spread", "marginal_mandibular_branch", "mentalis")
    assert not own.present
    assert own.onset_ms is None
    assert own.amplitude_uv is None
    assert truth.find("spread", "marginal_mandibular_branch", "orbicularis_oculi").present
    with pytest.raises(KeyError, match="no spread in platysma"):
        truth.find("spread", "zygomatic_branch", "platysma")


def test_a_patient_without_spread_differs_in_nothing_else() -> None:
    plan = lateral_spread_plan(5)
    control = lateral_spread_plan(5, spread=False)
    assert without_spread(plan).responses == control.responses
    with_it, without = noise_free_sweeps(plan), noise_free_sweeps(control)
    early = with_it.latency_ms < 5.0
    assert np.array_equal(with_it.values_uv[..., early], without.values_uv[..., early])
    assert not np.array_equal(with_it.values_uv, without.values_uv)
    assert not any(one.present for one in without.truth.responses if one.kind == "spread")


def test_a_conducted_wave_is_early_small_and_in_far_muscles_alone() -> None:
    plan = only_conducted(lateral_spread_plan(4))
    assert {one.kind for one in plan.responses} == {"conducted"}
    for one in plan.responses:
        assert one.branch not in recorded_muscles()[one.muscle].branches
        assert 2.0 <= one.onset_ms <= 5.0
        assert 2.0 < one.amplitude_uv <= 250.0


def test_a_share_of_the_spread_is_a_share_of_its_true_amplitude() -> None:
    plan = lateral_spread_plan(9)
    whole, tenth = (noise_free_sweeps(with_spread_share(plan, share)).truth for share in (1, 0.1))
    for one, less in zip(whole.responses, tenth.responses, strict=True):
        if one.amplitude_uv is not None:
            factor = 0.1 if one.kind == "spread" else 1.0
            assert less.amplitude_uv == pytest.approx(factor * one.amplitude_uv)
            assert less.onset_ms == pytest.approx(one.onset_ms)
    assert with_spread_share(plan, 0.0) == without_spread(plan)


def test_the_other_side_is_recorded_and_has_nothing() -> None:
    base = LateralSpreadPlan(control_muscles=("mentalis",), setup=QUIET)
    made = sweeps(lateral_spread_plan(2, base=base))
    assert made.truth.sites[-1].label == "L mentalis"
    assert not made.values_uv[:, -1].any()
    with pytest.raises(KeyError, match="several spread in mentalis"):
        made.truth.find("spread", "zygomatic_branch", "mentalis")
    other = made.truth.find("spread", "zygomatic_branch", "mentalis", side=Side.LEFT)
    assert not other.present


def test_a_branch_without_a_muscle_of_its_own_is_refused() -> None:
    base = LateralSpreadPlan(branches=("cervical_branch",))
    with pytest.raises(UsageError, match="cervical_branch supplies none of frontalis"):
        lateral_spread_plan(1, base=base)


# -- what varies from sweep to sweep ---------------------------------------------------------


def test_jitter_variation_and_dropout_are_as_planned() -> None:
    one = response(jitter_ms=0.2, variation=0.3, dropout=0.25)
    plan = plan_of(one, sweeps=4000, seed=2)
    drawn_here = draws_of(plan, one, stimuli_of(plan))
    present = drawn_here.present
    # Four standard errors of each.
    assert np.mean(~present) == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 4000))
    assert drawn_here.shifts_ms.std() == pytest.approx(0.2, rel=4 / np.sqrt(8000))
    assert drawn_here.gains[present].mean() == pytest.approx(1.0, abs=4 * 0.3 / np.sqrt(3000))
    assert drawn_here.gains[present].std() == pytest.approx(0.3, rel=0.08)
    shares = np.corrcoef(drawn_here.gains[present], drawn_here.shifts_ms[present])
    assert abs(shares[0, 1]) < 0.08


def test_jitter_moves_the_wave_in_the_sweeps_themselves() -> None:
    plan = plan_of(response(jitter_ms=0.2), sweeps=200)
    made = noise_free_sweeps(plan, np.arange(5.0, 20.0, 0.01))
    channel = plan.muscles.index("mentalis")
    onsets_ms = [ends_of(made.latency_ms, row)[0] for row in made.values_uv[:, channel]]
    assert np.std(onsets_ms) == pytest.approx(0.2, rel=0.2)
    assert np.mean(onsets_ms) == pytest.approx(9.0, abs=0.06)


def test_dropout_lowers_the_true_amplitude() -> None:
    truth = sweeps(plan_of(response(dropout=0.5), seed=1)).truth
    one = truth.find("spread", "zygomatic_branch", "mentalis")
    assert 0 < one.sweeps_present < 10
    assert one.amplitude_uv == pytest.approx(100.0 * one.sweeps_present / 10, rel=2e-3)


def test_a_response_that_always_drops_out_is_absent() -> None:
    truth = sweeps(plan_of(response(dropout=1.0))).truth
    one = truth.find("spread", "zygomatic_branch", "mentalis")
    assert (one.present, one.onset_ms, one.sweeps_present) == (False, None, 0)


def test_recruitment_rises_from_the_threshold() -> None:
    one = response(threshold_ma=5.0, slope_ma=0.5)
    assert one.recruited(4.99) == 0.0
    assert one.recruited(5.0) == pytest.approx(0.05)
    assert one.recruited(20.0) == pytest.approx(1.0)
    strengths = (2.0, 4.0, 5.0, 6.0, 6.5, 7.0, 20.0)
    truth = sweeps(plan_of(one, intensities_ma=strengths, sweeps=2)).truth
    found = [
        truth.find("spread", "zygomatic_branch", "mentalis", strength) for strength in strengths
    ]
    assert [one.present for one in found] == [False, False, True, True, True, True, True]
    sizes = [one.amplitude_uv or 0.0 for one in found]
    assert sizes == sorted(sizes)
    assert sizes[-1] == pytest.approx(100.0, rel=2e-3)


def test_an_afterdischarge_follows_the_early_component_at_its_rate() -> None:
    train = Afterdischarge(probability=0.5, duration_ms=60.0, rate_hz=300.0, share=0.4)
    one = response(afterdischarge=train)
    plan = plan_of(one, sweeps=400)
    stimuli = stimuli_of(plan)
    drawn_here = draws_of(plan, one, stimuli)
    trains = [row for row in drawn_here.trains if row.size]
    assert len(trains) / 400 == pytest.approx(0.5, abs=0.1)
    assert min(row[0, 0] for row in trains) > 4.999  # the early component lasts 5 ms
    assert np.mean([row.shape[0] for row in trains]) == pytest.approx(18, abs=0.1)
    intervals_ms = np.concatenate([np.diff(row[:, 0]) for row in trains])
    assert 1000 / intervals_ms.mean() == pytest.approx(300.0, rel=0.02)
    later_uv = later_potentials(one, drawn_here, np.arange(0.0, 100.0, 0.05))
    assert not later_uv[:, : int(13.5 / 0.05)].any()
    assert 15.0 < np.ptp(later_uv, axis=1).max() < 100.0
    truth = sweeps(plan).truth.find("spread", "zygomatic_branch", "mentalis")
    assert truth.sweeps_with_afterdischarge == len(trains)
    # It is in none of the numbers of the early component.
    assert truth.end_ms == pytest.approx(14.0, abs=0.01)


# -- seeds -----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    first, again, other = (sweeps(lateral_spread_plan(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.values_uv, again.values_uv)
    assert first.truth == again.truth
    assert not np.array_equal(first.values_uv, other.values_uv)
    assert first.truth.responses != other.truth.responses


def test_another_seed_of_the_same_plan_keeps_the_patient() -> None:
    plan = lateral_spread_plan(7)
    one, other = sweeps(plan), sweeps(replace(plan, seed=8))
    assert not np.array_equal(one.values_uv, other.values_uv)
    for mine, theirs in zip(one.truth.responses, other.truth.responses, strict=True):
        assert mine.threshold_ma == theirs.threshold_ma
        if mine.onset_ms is not None and theirs.onset_ms is not None:
            assert mine.onset_ms == pytest.approx(theirs.onset_ms, abs=0.8)


# -- stimuli, noise and artefact -------------------------------------------------------------


def test_stimuli_are_in_order_on_samples_and_alternate() -> None:
    plan = replace(lateral_spread_plan(1), intensities_ma=(5.0, 20.0), sweeps=4)
    stimuli = stimuli_of(plan)
    assert len(stimuli) == 16
    onsets = np.array([one.onset_s for one in stimuli])
    gaps = np.diff(onsets)
    assert onsets[0] == 0.51
    assert 0.95 - 1e-4 <= gaps.min() < gaps.max() <= 1.05 + 1e-4
    assert onsets * 20_000 == pytest.approx(np.round(onsets * 20_000), abs=1e-6)
    assert [one.polarity for one in stimuli[:4]] == [1, -1, 1, -1]
    assert stimuli[0].text == (
        "stimulus branch=zygomatic_branch side=right intensity_ma=5 polarity=+"
    )
    assert [one.intensity_ma for one in stimuli[:8]] == [5.0] * 4 + [20.0] * 4


def test_the_artefact_turns_with_polarity_but_for_its_asymmetry() -> None:
    artefact = Artefact(spike_uv=1000.0, tail_uv=100.0, tail_ms=3.0, asymmetry=0.1)
    values_uv, latency_ms, _ = sweeps(plan_of(setup=replace(QUIET, artefact=artefact), sweeps=2))
    assert not values_uv[..., latency_ms < 0].any()
    ratio = values_uv[1][..., latency_ms >= 0] / values_uv[0][..., latency_ms >= 0]
    assert ratio == pytest.approx(-0.8)
    tail = np.abs(values_uv[0, 0])
    at_3, at_9 = (tail[np.argmin(np.abs(latency_ms - ms))] for ms in (3.2, 9.2))
    assert at_9 / at_3 == pytest.approx(
        (0.8 * np.exp(-3) + 0.2 * np.exp(-1)) / (0.8 * np.exp(-1) + 0.2 * np.exp(-1 / 3)), rel=1e-6
    )


def test_noise_has_the_power_that_is_planned_and_channels_do_not_share_it() -> None:
    setup = replace(
        QUIET, noise=Noise(white_uv=3.0, pink_uv=4.0), from_ms=-400, to_ms=400, rate_hz=40_000.0
    )
    values_uv, _, _ = sweeps(plan_of(setup=setup, sweeps=16))
    frequency_hz, power = signal.periodogram(values_uv, 40_000.0, detrend=False)
    power = power.mean(axis=(0, 1))
    band = (frequency_hz >= 10) & (frequency_hz <= 10_000)
    inside = float(power[band].sum() * (frequency_hz[1] - frequency_hz[0]))
    assert inside == pytest.approx(3.0**2 + 4.0**2, rel=0.03)
    # 1/f: between 20 and 40 Hz as much pink noise as between 200 and 400.
    octaves = [
        power[(frequency_hz >= low) & (frequency_hz < 2 * low)].mean() * low for low in (20, 200)
    ]
    assert octaves[0] == pytest.approx(octaves[1], rel=0.15)
    flat = values_uv.transpose(1, 0, 2).reshape(4, -1)
    assert np.abs(np.corrcoef(flat) - np.eye(4)).max() < 0.05


def test_hum_has_its_frequency_and_averages_out_unless_the_interval_is_even() -> None:
    noise = replace(QUIET.noise, mains=replace(QUIET.noise.mains, amplitude_uv=20.0))
    setup = replace(QUIET, noise=noise, from_ms=-100, to_ms=100)
    values_uv, _, _ = sweeps(plan_of(setup=setup, sweeps=40))
    power = np.abs(np.fft.rfft(values_uv[0, 0]))
    assert np.fft.rfftfreq(4000, 1 / 20_000)[power.argmax()] == 50.0
    even = replace(setup, interval_variation=0.0)
    kept_uv, _, _ = sweeps(plan_of(setup=even, sweeps=40))
    assert values_uv.mean(axis=0).std() < 0.4 * kept_uv.mean(axis=0).std()
    assert kept_uv.mean(axis=0).std() == pytest.approx(kept_uv[0].std(), rel=1e-3)


def test_heart_pops_and_cautery_come_and_go() -> None:
    still = QUIET.noise
    heart = replace(still, heart=replace(still.heart, amplitude_uv=80.0))
    setup = replace(QUIET, noise=heart, from_ms=-400, to_ms=400, interval_s=1.0)
    values_uv, _, _ = sweeps(plan_of(setup=setup, sweeps=20))
    tallest = np.abs(values_uv).max(axis=(1, 2))
    assert 10.0 < np.median(tallest) <= 100.0
    pops = replace(still, pops=replace(still.pops, rate_per_minute=60.0))
    popped_uv, _, _ = sweeps(plan_of(setup=replace(setup, noise=pops), sweeps=20))
    hit = np.abs(popped_uv).max(axis=2) > 100.0
    assert 0 < hit.sum() < hit.size / 2
    cut = replace(still, cautery=replace(still.cautery, stretches_s=((5.0, 8.0),)))
    cut_uv, _, truth = sweeps(plan_of(setup=replace(setup, noise=cut), sweeps=20))
    onsets = np.array([one.onset_s for one in truth.stimuli])
    assert not cut_uv[onsets < 4.5].any()
    assert np.abs(cut_uv[(onsets > 5.5) & (onsets < 7.5)]).max() == 5000.0  # the amplifier's limit
    assert np.abs(cut_uv[onsets > 12]).max() < 1.0


# -- signal-to-noise ratio -------------------------------------------------------------------


def test_the_filter_is_that_of_scipy_run_forwards_and_backwards() -> None:
    sections = signal.butter(2, BAND_HZ[0], "highpass", fs=20_000, output="sos")
    rng = np.random.default_rng(1)
    values = np.zeros((2, 4000))
    values[:, 1800:2200] = rng.standard_normal((2, 400)) * np.hanning(400)
    expected = signal.sosfiltfilt(sections, values)
    ours = filtered(values, 20_000.0, (BAND_HZ[0], np.inf))
    assert ours == pytest.approx(expected, abs=0.01)
    assert band_gain(np.array([20.0, 3000.0]), BAND_HZ) == pytest.approx([0.5, 0.5], abs=1e-4)


@pytest.mark.parametrize("wanted_db", [0.0, 6.0, 12.0])
def test_noise_is_scaled_to_the_ratio_that_is_wanted(wanted_db: float) -> None:
    """Measured over many draws of the noise, with a filter of another make."""
    one = response(jitter_ms=0.2, dropout=0.2, variation=0.3)
    setup = replace(QUIET, noise=Noise(), from_ms=-40.0, to_ms=60.0)
    plan = plan_of(one, muscles=("mentalis",), sweeps=5, setup=setup)
    scaled = scaled_to_snr(plan, one, wanted_db, BAND_HZ)
    assert snr_db(scaled, one, BAND_HZ) == pytest.approx(wanted_db)

    clean = noise_free_sweeps(scaled)
    truth = clean.truth.find("spread", one.branch, "mentalis")
    assert truth.onset_ms is not None
    assert truth.end_ms is not None
    window = (clean.latency_ms >= truth.onset_ms) & (clean.latency_ms <= truth.end_ms)
    sections = signal.butter(2, BAND_HZ, "bandpass", fs=20_000, output="sos")
    wave = signal.sosfiltfilt(sections, clean.values_uv.mean(axis=(0, 1)))[window]
    draws = [
        sweeps(replace(scaled, responses=(), seed=seed)).values_uv.mean(axis=(0, 1))
        for seed in range(300)
    ]
    left = signal.sosfiltfilt(sections, np.array(draws))[:, window]
    ratio = np.sqrt(np.mean(wave**2) / np.mean(left**2))
    assert ratio == pytest.approx(10 ** (wanted_db / 20), rel=0.05)


def test_hum_counts_with_what_is_left_of_it_in_the_average() -> None:
    mains = replace(Noise().mains, amplitude_uv=20.0)
    noise = replace(QUIET.noise, mains=mains)
    plan = plan_of(setup=replace(QUIET, noise=noise, from_ms=-300.0, to_ms=300.0), sweeps=7)
    made = sweeps(plan)
    average = filtered(made.values_uv.mean(axis=0), 20_000.0, BAND_HZ)
    inner = np.abs(made.latency_ms) < 200.0  # whole periods, away from the ends
    for site, row in zip(plan.sites, average, strict=True):
        expected_uv = residual_noise_uv(plan, site, made.truth.stimuli, BAND_HZ)
        assert np.sqrt(np.mean(row[inner] ** 2)) == pytest.approx(expected_uv, rel=0.02)


def test_what_cannot_be_scaled_is_refused() -> None:
    one = response(dropout=1.0)
    noisy = replace(QUIET, noise=Noise())
    with pytest.raises(UsageError, match="it is in none of the sweeps at 20 mA"):
        scaled_to_snr(plan_of(one, setup=noisy), one, 6.0, BAND_HZ)
    with pytest.raises(UsageError, match="it has no steady noise"):
        scaled_to_snr(plan_of(response()), response(), 6.0, BAND_HZ)
    with pytest.raises(UsageError, match="no stimulus of 7 mA"):
        scaled_to_snr(plan_of(response()), response(), 6.0, BAND_HZ, 7.0)


# -- plans that make no sense ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"branch": "main_street"}, "the anatomy knows no 'main_street'"),
        ({"muscle": "platysma"}, "this muscle is not recorded"),
        ({"onset_ms": 51.0}, "its onset is 51 ms, the sweep ends at 50 ms"),
        ({"amplitude_uv": -1.0}, "must be positive"),
        ({"slope_ma": 0.0}, "must be positive"),
        ({"dropout": 1.5}, "nor dropout above 1"),
        ({"jitter_ms": -0.1}, "must not be negative"),
    ],
)
def test_a_response_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sweeps(plan_of(response(**changes)))


def test_a_response_planned_twice_and_an_unknown_muscle_are_refused() -> None:
    with pytest.raises(UsageError, match="spread in mentalis on the right .*: it is planned twice"):
        sweeps(plan_of(response(), response(amplitude_uv=3.0)))
    with pytest.raises(UsageError, match="no response is known here for the muscle 'biceps'"):
        sweeps(plan_of(muscles=("biceps",)))
    with pytest.raises(UsageError, match="0 stimuli and 4 channels"):
        sweeps(plan_of(sweeps=0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rate_hz": 0.0}, "rate_hz is 0"),
        ({"interval_s": -1.0}, "interval_s is -1"),
        ({"amplifier_range_uv": float("nan")}, "amplifier_range_uv is nan"),
        ({"interval_variation": 1.0}, "interval_variation is 1"),
        ({"from_ms": 1.0}, "the sweep is from 1 to 50 ms"),
        ({"interval_s": 0.06}, "do not fit an interval of 0.06 s"),
    ],
)
def test_a_setup_that_cannot_be_is_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Setup(**changes)  # type: ignore[arg-type]
