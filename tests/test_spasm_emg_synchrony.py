"""Synchrony by its exact law against a second implementation that draws surrogates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.synchrony import median_interval, synchrony_of

CRITERIA = ElectroCriteria.read()


def test_the_law_is_that_of_drawn_surrogates() -> None:
    rng = np.random.default_rng(3)
    first, second = np.sort(rng.uniform(0, 4, 60)), np.sort(rng.uniform(0, 4, 80))
    found = synchrony_of(first, second, CRITERIA)
    assert found is not None
    counts = np.array(
        [
            np.sum(
                np.abs((first + rng.uniform(-0.02, 0.02, 60))[:, None] - second).min(axis=1)
                <= 0.005
            )
            for _ in range(4000)
        ]
    )
    assert found.expected == pytest.approx(counts.mean() / 60, abs=0.005)
    together = round(found.share * 60)
    assert found.p == pytest.approx(np.mean(counts >= together), abs=0.03)


@pytest.mark.parametrize("lag_ms", [-3.0, 0.0, 2.0])
def test_a_planted_lag_is_found_with_its_sign(lag_ms: float) -> None:
    rng = np.random.default_rng(4)
    first = np.cumsum(rng.uniform(0.06, 0.2, 80))
    for second in (first + lag_ms / 1000, np.delete(first, slice(0, 30)) + lag_ms / 1000):
        found = synchrony_of(first, second, CRITERIA)
        assert found is not None
        assert found.lag_ms == pytest.approx(lag_ms, abs=1e-6)
        assert found.index == pytest.approx(1.0)
        assert found.p < 1e-6


def test_independent_muscles_are_called_no_more_often_than_stated() -> None:
    """Both are in spasm at the same times, so that only milliseconds tell them apart."""
    rng = np.random.default_rng(5)
    small = 0
    for _ in range(400):
        starts = np.cumsum(rng.uniform(1.0, 3.0, 6))
        rows = [
            np.sort(
                np.concatenate([start + np.cumsum(rng.gamma(6, 1 / 60, 8)) for start in starts])
            )
            for _ in range(2)
        ]
        found = synchrony_of(rows[0], rows[1], CRITERIA)
        assert found is not None
        small += found.p <= 0.05
    assert small / 400 <= 0.08


def test_fewer_than_ten_bursts_say_nothing() -> None:
    assert synchrony_of(np.arange(9.0), np.arange(50.0), CRITERIA) is None
    assert synchrony_of(np.arange(50.0), np.arange(9.0), CRITERIA) is None


@given(
    st.lists(st.floats(0, 60), min_size=10, max_size=60, unique=True),
    st.lists(st.floats(0, 60), min_size=10, max_size=60, unique=True),
)
def test_probabilities_and_shares_are_such(first: list[float], second: list[float]) -> None:
    one = synchrony_of(np.sort(first), np.sort(second), CRITERIA, pairs=3)
    assert one is not None
    assert 0 <= one.p <= 1
    assert 0 <= one.share <= 1
    assert 0 <= one.expected <= 1
    assert one.low - 1e-9 <= one.index <= one.high + 1e-9
    assert one.index <= 1 + 1e-12


def test_the_interval_of_a_median_covers_it() -> None:
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(500):
        bounds = median_interval(rng.exponential(1.0, 25))
        assert bounds is not None
        inside += bounds[0] <= np.log(2) <= bounds[1]
    assert inside / 500 >= 0.93
    assert median_interval(np.arange(5.0)) is None
