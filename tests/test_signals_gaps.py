"""Short gaps are closed by straight lines, long ones and open ends are left."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.signals.gaps import bridged

NAN = float("nan")
TIMES_S = np.arange(8) / 10


def test_a_gap_is_closed_by_a_straight_line_over_uneven_times() -> None:
    times_s = np.array([0.0, 0.1, 0.15, 0.3])
    closed = bridged(times_s, np.array([1.0, NAN, NAN, 4.0]), 0.3)
    assert np.allclose(closed, [1.0, 2.0, 2.5, 4.0])


def test_a_longer_gap_stays_open() -> None:
    values = np.array([1.0, NAN, NAN, 4.0, 1.0, NAN, 3.0, 3.0])
    closed = bridged(TIMES_S, values, 0.25)
    assert np.isnan(closed[1:3]).all()
    assert np.isclose(closed[5], 2.0)


def test_a_gap_at_an_end_has_only_one_side() -> None:
    values = np.array([NAN, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, NAN])
    assert np.array_equal(bridged(TIMES_S, values, 10.0), values, equal_nan=True)


def test_the_least_allowance_within_a_gap_counts() -> None:
    values = np.array([1.0, NAN, NAN, 1.0, 1.0, NAN, NAN, 1.0])
    allowed_s = np.full(8, 1.0)
    allowed_s[2] = 0.1
    assert list(np.isnan(bridged(TIMES_S, values, allowed_s))) == [False, True, True] + 5 * [False]


def test_the_series_given_is_left_as_it_is() -> None:
    values = np.array([1.0, NAN, 3.0])
    bridged(np.arange(3.0), values, 10.0)
    assert np.isnan(values[1])


@given(st.lists(st.one_of(st.floats(-9, 9), st.just(NAN)), min_size=1, max_size=30))
def test_what_is_known_is_never_changed_nor_exceeded(listed: list[float]) -> None:
    values = np.array(listed)
    closed = bridged(np.arange(values.size) / 30, values, 0.2)
    known = np.isfinite(values)
    assert np.array_equal(closed[known], values[known])
    if known.any():
        made = closed[np.isfinite(closed)]
        assert values[known].min() <= made.min()
        assert made.max() <= values[known].max()
