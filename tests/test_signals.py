"""Resting level, noise floor, excursions and rates: known answers and properties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import poisson

from hemifacial.signals.excursions import excursions, runs
from hemifacial.signals.levels import quiet_sd, resting_level, rolling_quantile
from hemifacial.signals.rates import poisson_interval

Floats = NDArray[np.float64]


def raised_cosine(times_s: Floats, start_s: float, width_s: float, peak: float) -> Floats:
    phase = (times_s - start_s) / width_s
    inside = (phase > 0) & (phase < 1)
    return np.where(inside, peak * (1 - np.cos(2 * np.pi * phase)) / 2, 0.0)


def test_onset_and_offset_are_the_crossings_of_a_tenth() -> None:
    """(1 - cos 2 pi u) / 2 is 0.1 at u = acos(0.8) / 2 pi = 0.10242."""
    times_s = np.arange(0, 3, 1 / 240)
    (one,) = excursions(
        times_s, raised_cosine(times_s, 1.0, 0.5, 4.0), threshold=1.0, valley_share=0.5
    )
    share = np.arccos(0.8) / (2 * np.pi)
    assert one.onset_s == pytest.approx(1 + 0.5 * share, abs=3e-4)
    assert one.offset_s == pytest.approx(1.5 - 0.5 * share, abs=3e-4)
    assert one.peak_time_s == pytest.approx(1.25, abs=1 / 240)
    assert one.peak == pytest.approx(4.0, abs=0.01)
    assert not one.cut


def test_straight_ramp_is_crossed_exactly_between_samples() -> None:
    times_s = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    (one,) = excursions(
        times_s, np.array([0.0, 0.0, 10.0, 0.0, 0.0]), threshold=1, valley_share=0.5
    )
    assert (one.onset_s, one.offset_s) == (pytest.approx(1.1), pytest.approx(2.9))
    assert (one.first, one.last) == (2, 2)


@pytest.mark.parametrize(("valley", "count"), [(0.0, 2), (1.4, 2), (1.6, 1), (2.9, 1)])
def test_valley_decides_between_one_excursion_and_two(valley: float, count: int) -> None:
    values = np.array([0, 4, valley, 3, 0], dtype=float)
    found = excursions(np.arange(5.0), values, threshold=1, valley_share=0.5)
    assert len(found) == count
    assert found[0].peak == 4.0


def test_neighbours_meet_in_the_valley() -> None:
    values = np.array([0, 4, 2, 1, 2, 4, 0], dtype=float)
    left, right = excursions(np.arange(7.0), values, threshold=1, valley_share=0.5)
    assert left.offset_s == right.onset_s == 3.0


def test_nan_ends_an_excursion_and_says_so() -> None:
    values = np.array([0, 3, 3, np.nan, 3, 0, 0], dtype=float)
    before, after = excursions(np.arange(7.0), values, threshold=1, valley_share=0.5)
    assert (before.offset_s, before.cut) == (2.0, True)
    assert (after.onset_s, after.cut) == (4.0, True)
    assert (after.first, after.last) == (4, 4)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [0.5, 0.9, -4.0]])
def test_nothing_reaches_the_threshold(values: list[float]) -> None:
    array = np.array(values)
    assert (
        excursions(np.arange(array.size, dtype=float), array, threshold=1, valley_share=0.5) == ()
    )


_samples = st.lists(
    st.one_of(st.just(float("nan")), st.floats(-5, 5).map(lambda x: round(x, 3))), max_size=60
).map(np.array)


@given(_samples, st.floats(0.5, 4), st.floats(0.1, 0.9))
def test_excursions_are_apart_in_order_and_reach_the_threshold(
    values: Floats, threshold: float, valley_share: float
) -> None:
    times_s = np.arange(values.size, dtype=float) / 30
    found = excursions(
        times_s, values.astype(float), threshold=threshold, valley_share=valley_share
    )
    for one in found:
        assert one.onset_s <= one.peak_time_s <= one.offset_s
        assert one.peak >= threshold
        assert one.peak == values[round(one.peak_time_s * 30)]
    for left, right in pairwise(found):
        assert left.offset_s <= right.onset_s
    reached = np.flatnonzero(np.nan_to_num(values, nan=-9) >= threshold)
    for index in reached:
        assert any(
            one.onset_s - 1e-9 <= times_s[index] <= one.offset_s + 1e-9 for one in found
        ) or any(values[index] <= one.peak for one in found)
    assert bool(found) == bool(reached.size)


@given(_samples, st.floats(0.25, 8), st.floats(-50, 50))
def test_size_and_time_origin_do_not_matter(values: Floats, factor: float, shift_s: float) -> None:
    times_s = np.arange(values.size, dtype=float) / 30
    plain = excursions(times_s, values, threshold=1.0, valley_share=0.5)
    other = excursions(times_s + shift_s, values * factor, threshold=1.0 * factor, valley_share=0.5)
    assert [one.first for one in plain] == [one.first for one in other]
    for one, two in zip(plain, other, strict=True):
        assert two.onset_s - shift_s == pytest.approx(one.onset_s, abs=1e-6)
        assert two.peak == pytest.approx(one.peak * factor)


def test_runs() -> None:
    mask = np.array([True, False, True, True, False, True])
    assert runs(mask) == [(0, 1), (2, 4), (5, 6)]
    assert runs(np.zeros(3, dtype=bool)) == []


def test_rolling_quantile_uses_time_not_frames() -> None:
    """Ten samples crowded into a tenth of a second weigh as one window, not as ten."""
    times_s = np.concatenate([np.arange(0, 1, 0.01), np.arange(1, 11, 1.0)])
    values = np.concatenate([np.full(100, 5.0), np.arange(10.0)])
    rolled = rolling_quantile(times_s, values, window_s=2.5, quantile=0.5)
    assert rolled[105] == pytest.approx(5.0)
    assert rolled[107] == pytest.approx(7.0)


def test_long_contraction_does_not_drag_the_resting_level_along() -> None:
    times_s = np.arange(0, 30, 1 / 30)
    closed = (times_s > 10) & (times_s < 14)
    level = resting_level(
        times_s, np.where(closed, 2.0, 8.0), window_s=10, quantile=0.75, moved=0.5
    )
    assert np.allclose(level, 8.0)


def test_slow_drift_is_followed() -> None:
    times_s = np.arange(0, 60, 1 / 30)
    drift = 8 + 0.02 * times_s
    level = resting_level(times_s, drift, window_s=10, quantile=0.5, moved=0.5)
    inner = (times_s > 5) & (times_s < 55)
    assert np.abs(level - drift)[inner].max() < 0.01


def test_noise_floor_ignores_movement_for_most_of_the_time() -> None:
    chance = np.random.default_rng(3)
    times_s = np.arange(0, 60, 1 / 60)
    noise = chance.normal(0, 0.1, times_s.size)
    # Twitches five times a second for two thirds of the recording.
    moving = np.where(times_s % 6 < 4, 1.5 * (1 - np.cos(2 * np.pi * 5 * times_s)), 0)
    assert quiet_sd(times_s, noise) == pytest.approx(0.1, rel=0.1)
    # A third at rest: the quietest quarter is then nearly all of it, and reads a little high.
    assert 0.09 < quiet_sd(times_s, noise + moving) < 0.13
    assert np.std(noise + moving) > 1


def test_noise_floor_does_not_depend_on_the_frame_rate() -> None:
    chance = np.random.default_rng(4)
    for rate_hz in (30, 60, 240):
        times_s = np.arange(0, 60, 1 / rate_hz)
        assert quiet_sd(times_s, chance.normal(0, 0.2, times_s.size)) == pytest.approx(
            0.2, rel=0.12
        )


def test_noise_floor_of_too_little_is_unknown() -> None:
    assert np.isnan(quiet_sd(np.arange(4.0), np.arange(4.0)))
    assert np.isnan(quiet_sd(np.arange(60.0) / 30, np.full(60, np.nan)))


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (20, 12.217, 30.888)],
)
def test_poisson_interval_is_the_published_one(count: int, low: float, high: float) -> None:
    """Garwood's limits, to three decimals, as in any table of them."""
    assert poisson_interval(count) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


@given(st.integers(1, 500))
def test_poisson_interval_cuts_off_its_tails(count: int) -> None:
    low, high = poisson_interval(count)
    assert poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)
    assert poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
