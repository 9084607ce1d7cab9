"""Resting level, noise floor, excursions and rates: known answers and properties."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import poisson

from hemifacial.signals.excursions import (
    change_over,
    excursions,
    peak_between,
    runs,
    steepest_rise,
)
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


def test_peak_of_a_parabola_is_exact_between_uneven_samples() -> None:
    times_s = np.array([0.0, 0.03, 0.07, 0.09, 0.13])
    values = 5 - 400 * (times_s - 0.062) ** 2
    at_s, height = peak_between(times_s, values, int(np.argmax(values)))
    assert at_s == pytest.approx(0.062)
    assert height == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("values", "at", "height"),
    [
        ([0, 1, 1, 1, 0], 2.0, 1.0),  # flat: the middle
        ([0, 0.98, 1, 0.99, 0], 2.0 + 1 / 6, 1 + 1 / 2400),  # flat with noise: hardly higher
        ([0.97, 0.99, 1, 0, 0], 2.0, 1.0),  # the edge of a plateau
        ([0, 0, 1, 0.99, 0.97], 2.0, 1.0),
        ([0, 0, 1, 1, 0, 0], 2.5, 1.125),  # two samples of something round
        ([1, 0.5, 0, 0], 0.0, 1.0),  # under way when the signal began
        ([0, 0, 0.5, 1], 3.0, 1.0),
        ([0, np.nan, 1, 0.5, 0], 2.0, 1.0),
        ([0, 0.5, 1, np.nan], 2.0, 1.0),
        ([0, 0, 1, 0, 0], 2.0, 1.0),
    ],
)
def test_peak_stays_on_the_sample_where_nothing_is_round(
    values: list[float], at: float, height: float
) -> None:
    array = np.array(values, dtype=float)
    found = peak_between(np.arange(float(array.size)), array, int(np.nanargmax(array)))
    assert found == (pytest.approx(at), pytest.approx(height))


def _errors(rate_hz: float, width_s: float) -> dict[str, Floats]:
    """Errors of 400 raised cosines of height 1 at random phases; times as shares of a frame."""
    chance = np.random.default_rng(5)
    tenth = width_s * np.arccos(0.8) / (2 * np.pi)
    rows = []
    for start_s in 0.5 + chance.uniform(0, 1 / rate_hz, 400):
        times_s = np.arange(0, 1 + width_s, 1 / rate_hz)
        (one,) = excursions(
            times_s,
            raised_cosine(times_s, start_s, width_s, 1.0),
            threshold=0.2,
            valley_share=0.5,
        )
        onset_s, offset_s = start_s + tenth, start_s + width_s - tenth
        rows.append(
            (
                (one.onset_s - onset_s) * rate_hz,
                (one.peak_time_s - start_s - width_s / 2) * rate_hz,
                (one.offset_s - offset_s) * rate_hz,
                (one.duration_s - (offset_s - onset_s)) * rate_hz,
                one.peak - 1,
            )
        )
    names = ("onset", "peak", "offset", "duration", "height")
    return dict(zip(names, np.array(rows).T, strict=True))


@pytest.mark.parametrize(
    ("width_s", "rate_hz", "bias", "spread", "height_error"),
    [
        # What counts is how many frames a twitch has: three, six, twelve, and so on.
        (0.2, 15, 0.28, 0.16, 0.16),
        (0.1, 30, 0.28, 0.16, 0.16),
        (0.2, 30, 0.16, 0.09, 0.015),
        (0.2, 60, 0.08, 0.05, 0.001),
        (0.2, 120, 0.04, 0.02, 0.0005),
        (0.2, 240, 0.02, 0.01, 0.0005),
        (0.5, 30, 0.06, 0.04, 0.0005),
    ],
)
def test_known_twitches_are_timed_within_a_part_of_a_frame(
    width_s: float, rate_hz: float, bias: float, spread: float, height_error: float
) -> None:
    errors = _errors(rate_hz, width_s)
    for name in ("onset", "peak", "offset"):
        assert abs(errors[name].mean()) < bias, name
        assert errors[name].std() < spread, name
    assert abs(errors["duration"].mean()) < 2 * bias
    assert np.abs(errors["height"]).max() < height_error


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
        assert one.peak >= values[one.peak_index] >= threshold
        assert abs(one.peak_time_s - times_s[one.peak_index]) <= 0.5 / 30 + 1e-9 or (
            values[one.peak_index + 1] == values[one.peak_index]
        )
        assert one.first <= one.peak_index <= one.last
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


@pytest.mark.parametrize("rate_hz", [15, 30, 60, 240])
def test_rise_over_time_is_the_same_at_every_frame_rate(rate_hz: float) -> None:
    times_s = np.arange(0, 2, 1 / rate_hz)
    ramp = np.clip((times_s - 1) / 0.2, 0, 1)
    assert steepest_rise(times_s, ramp, span_s=0.1) == pytest.approx(0.5, abs=1e-9)
    assert change_over(times_s, ramp, span_s=0.1)[times_s > 1.4] == pytest.approx(0)
    assert np.isnan(change_over(times_s, ramp, span_s=0.1)[times_s < 0.1]).all()


def test_rise_of_nothing_is_unknown() -> None:
    assert np.isnan(steepest_rise(np.empty(0), np.empty(0), span_s=0.1))
    assert np.isnan(steepest_rise(np.arange(3) / 100, np.arange(3.0), span_s=0.1))
    assert change_over(np.empty(0), np.empty(0), span_s=0.1).size == 0


def test_ten_minutes_of_twenty_signals_are_levelled_within_two_seconds() -> None:
    """Per-window sorting would take minutes; CPU time, so that a busy machine does not count."""
    chance = np.random.default_rng(6)
    times_s = np.arange(36_000) / 60
    signals = [8 + chance.normal(0, 0.06, times_s.size) for _ in range(20)]
    began = time.process_time()
    for values in signals:
        resting_level(times_s, values, window_s=60, quantile=0.75, moved=0.5)
    assert time.process_time() - began < 2


def test_rolling_quantile_is_the_quantile_of_each_window() -> None:
    chance = np.random.default_rng(8)
    times_s = np.sort(chance.uniform(0, 20, 300))
    values = np.where(chance.random(300) < 0.1, np.nan, chance.normal(size=300))
    rolled = rolling_quantile(times_s, values, window_s=3.0, quantile=0.75)
    for at_s, found in zip(times_s, rolled, strict=True):
        window = values[np.abs(times_s - at_s) < 1.5 - 1e-6]
        assert found == pytest.approx(np.nanquantile(window, 0.75))


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
