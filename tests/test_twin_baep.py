"""Made-up brainstem potentials: what is planned is in them, and so much noise as is planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from hemifacial.twin.electro.baep import (
    COURSES,
    BaepPlan,
    Course,
    baep_plan,
    made,
    noise_levels,
    sweeps_uv,
)
from hemifacial.twin.electro.baep_waves import (
    FAMILIES,
    BaepState,
    WaveFamily,
    ear,
    response_uv,
    wave_latency_ms,
)

LATENCY_MS = np.arange(0.0, 20.0, 0.01)


def alone(family: WaveFamily, wave: str, state: BaepState) -> np.ndarray:
    """The response of an ear that has one wave only."""
    one = ear(7, family)
    amplitude = {name: size if name == wave else 0.0 for name, size in one.amplitude_uv.items()}
    return response_uv(replace(one, amplitude_uv=amplitude), LATENCY_MS, state)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("wave", ["I", "III", "V"])
def test_a_wave_has_its_latency_and_amplitude(family: WaveFamily, wave: str) -> None:
    one = ear(7, family)
    state = BaepState(i_ms=0.1, i_iii_ms=0.3, iii_v_ms=0.2, i_share=0.9, iii_share=0.8, v_share=0.5)
    values = alone(family, wave, state)
    at = LATENCY_MS[np.argmax(values)]
    assert at == pytest.approx(wave_latency_ms(one, wave, state), abs=0.011)
    late = {"I": 0.1, "III": 0.4, "V": 0.6}[wave]
    assert at - one.latency_ms[wave] == pytest.approx(late, abs=0.011)
    left = {"I": 0.9, "III": 0.8, "V": 0.5}[wave]
    assert np.ptp(values) == pytest.approx(left * one.amplitude_uv[wave], rel=0.04)


@pytest.mark.parametrize("family", FAMILIES)
def test_widening_makes_v_wider_and_not_later(family: WaveFamily) -> None:
    narrow, wide = (alone(family, "V", BaepState(widening=part)) for part in (0.0, 0.5))
    assert np.argmax(narrow) == np.argmax(wide)
    above = [np.sum(values > values.max() / 2) for values in (narrow, wide)]
    assert above[1] == pytest.approx(1.5 * above[0], rel=0.05)


def test_families_differ() -> None:
    one, two = (alone(family, "V", BaepState()) for family in FAMILIES)
    assert np.corrcoef(one, two)[0, 1] < 0.98


def test_a_softer_click_delays_all_and_spares_v() -> None:
    loud, soft = ear(3, level_db=90.0), ear(3, level_db=30.0)
    for wave in ("I", "III", "V"):
        # Halfway between the table's 2.0 ms at 20 dB and 1.0 ms at 40 dB.
        assert soft.latency_ms[wave] - loud.latency_ms[wave] == pytest.approx(1.5)
    assert soft.amplitude_uv["I"] / loud.amplitude_uv["I"] < 0.4
    assert soft.amplitude_uv["V"] / loud.amplitude_uv["V"] > 0.6


def test_the_latency_of_v_follows_elberling() -> None:
    """7.60 +- 0.79, 6.59 +- 0.74 and 5.88 +- 0.25 ms at 20, 40 and 60 dB, without the tube."""
    for level_db, mean_ms, sd_ms in ((20, 7.60, 0.79), (40, 6.59, 0.74), (60, 5.88, 0.25)):
        found = [ear(s, level_db=level_db).latency_ms["V"] - 0.89 for s in range(100)]
        assert np.mean(found) == pytest.approx(mean_ms, abs=sd_ms / 2)


def band_rms(values: np.ndarray, plan: BaepPlan) -> float:
    sos = signal.butter(4, (150.0, 1500.0), "bandpass", fs=plan.rate_hz, output="sos")
    return float(np.sqrt(np.mean(signal.sosfilt(sos, values, axis=1)[:, 100:] ** 2)))


def test_noise_of_sweeps_and_of_averages_is_as_planned() -> None:
    plan = replace(baep_plan(500_000, blocks=30, sweeps=200), sweep_noise_uv=2.0)
    single = sweeps_uv(plan, 0) - response_uv(plan.ear, plan.latency_ms, plan.states[0])
    assert band_rms(single, plan) == pytest.approx(2.0, rel=0.1)
    halves = np.array([one.halves_uv for one in made(plan)])
    difference = (halves[:, 0] - halves[:, 1]) / 2
    assert band_rms(difference, plan) == pytest.approx(2.0 / np.sqrt(200), rel=0.15)
    whole = np.array([one.values_uv for one in made(plan)])
    np.testing.assert_allclose(halves.mean(axis=1), whole)


def test_episodes_take_their_share_and_are_bounded() -> None:
    plan = replace(baep_plan(1), episode_share=1 / 3)
    levels = noise_levels(plan, np.random.default_rng(0), 200_000)
    assert levels.min() == 1
    assert levels.max() <= 10
    assert np.mean(levels > 1) == pytest.approx(1 / 3, abs=0.03)
    assert np.all(noise_levels(baep_plan(1), np.random.default_rng(0), 1000) == 1)


@pytest.mark.parametrize(
    ("course", "wave", "late_ms", "left"),
    [
        ("stable", "V", 0.0, 1.0),
        ("step", "V", 0.6, 0.6),
        ("step", "III", 0.6, 0.6),
        ("lost", "V", 0.0, 0.0),
        ("lost", "I", 0.0, 1.0),
        ("tube", "I", 0.0, 0.0),
    ],
)
def test_a_course_does_what_it_says(course: Course, wave: str, late_ms: float, left: float) -> None:
    plan = baep_plan(5, course, blocks=20, change_at=8)
    for state in plan.states[:8]:
        assert state.shift_ms(wave) == pytest.approx(0.0, abs=0.15)
        assert state.share(wave) == pytest.approx(1.0, abs=0.25)
    for state in plan.states[8:]:
        assert state.shift_ms(wave) == pytest.approx(late_ms, abs=0.15)
        assert state.share(wave) == pytest.approx(left, abs=0.25)


def test_a_retraction_ramps_up_and_recovers() -> None:
    plan = baep_plan(9, "stretch", blocks=120, change_at=10)
    late = np.array([state.shift_ms("V") for state in plan.states])
    worst = int(np.argmax(late))
    assert late[worst] > 0.5
    assert worst > 15
    assert late[-1] < 0.5 * late[worst]
    assert np.abs(np.diff(late)).max() < 0.4


@pytest.mark.parametrize("course", COURSES)
def test_the_same_seed_makes_the_same(course: Course) -> None:
    one, two, other = (made(baep_plan(seed, course, blocks=3)) for seed in (4, 4, 6))
    np.testing.assert_array_equal(one[2].halves_uv, two[2].halves_uv)
    assert not np.array_equal(one[2].halves_uv, other[2].halves_uv)
