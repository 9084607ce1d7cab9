"""Rates of events in clusters: coverage by simulation with the plain interval beside it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.signals.differences import Bounded, difference
from hemifacial.signals.medians import median
from hemifacial.signals.rates import clustered_count, clustered_total, poisson_interval

ROOT = Path(__file__).resolve().parents[1]
GAP_S = 3.0


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The processes of the benchmark, which lies beside the tests and is not installed."""
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.rates")


@pytest.mark.parametrize(
    ("name", "numbers", "expected", "plain_at_most"),
    [
        ("clusters", (4 / 60, 3, 1.0, 180), 36, 0.72),
        ("clusters", (8 / 60, 6, 2.0, 180), 144, 0.6),
        ("bursts", (4 / 60, 5, 0.25, 180), 60, 0.6),
        ("excited", (12 / 60, 0.6, 0.5, 180), 90, 0.7),
        ("single", (6 / 60, 180), 18, 1.0),
    ],
)
def test_interval_covers_where_the_plain_one_does_not(
    processes: Any, name: str, numbers: tuple[float, ...], expected: float, plain_at_most: float
) -> None:
    draw = getattr(processes, name)(*numbers)
    chance = np.random.default_rng(11)
    draws, covered, plain = 400, 0, 0
    for _ in range(draws):
        onsets = list(draw(chance))
        found = clustered_count(onsets, duration_s=180, gap_s=GAP_S)
        covered += found.low <= expected <= found.high
        low, high = poisson_interval(len(onsets))
        plain += low <= expected <= high
    assert covered / draws >= 0.93
    assert plain / draws <= plain_at_most


def test_no_event_has_the_interval_of_poisson_and_no_more() -> None:
    found = clustered_count([], duration_s=60, gap_s=GAP_S)
    assert (found.total, found.low, found.clusters) == (0, 0, 0)
    assert found.high == pytest.approx(poisson_interval(0)[1])


def test_part_without_events_knows_the_clusters_of_the_whole() -> None:
    alone = clustered_count([], duration_s=60, gap_s=GAP_S)
    known = clustered_count([], duration_s=60, gap_s=GAP_S, usual_overdispersion=4.0)
    assert known.high == pytest.approx(4 * alone.high)


def test_one_burst_is_one_piece_of_evidence() -> None:
    burst = clustered_count([10 + 0.2 * k for k in range(10)], duration_s=180, gap_s=GAP_S)
    apart = clustered_count([10 + 16.0 * k for k in range(10)], duration_s=180, gap_s=GAP_S)
    assert (burst.clusters, apart.clusters) == (1, 10)
    assert apart.overdispersion == 1
    assert burst.high > 2 * apart.high
    assert burst.low < apart.low / 5


onsets = st.lists(st.floats(0, 120, allow_nan=False), max_size=40)


@given(onsets)
def test_interval_holds_the_count_and_is_never_narrower_than_poisson(events: list[float]) -> None:
    found = clustered_count(events, duration_s=120, gap_s=GAP_S)
    low, high = poisson_interval(len(events))
    assert found.low <= len(events) <= found.high
    assert found.low <= low + 1e-9
    assert found.high >= high - 1e-9
    assert found == clustered_count(events[::-1], duration_s=120, gap_s=GAP_S)


@given(st.lists(st.tuples(st.floats(0, 120), st.floats(0.01, 30)), min_size=1, max_size=20))
def test_total_lies_in_its_interval_and_scales_with_its_unit(
    events: list[tuple[float, float]],
) -> None:
    times, amounts = [time for time, _ in events], [amount for _, amount in events]
    found = clustered_total(times, amounts, gap_s=GAP_S)
    assert found is not None
    assert found.low <= found.total <= found.high
    scaled = clustered_total(times, [1000 * amount for amount in amounts], gap_s=GAP_S)
    assert scaled is not None
    assert scaled.high == pytest.approx(1000 * found.high)


def test_total_of_nothing_has_no_interval() -> None:
    assert clustered_total([], [], gap_s=GAP_S) is None
    assert clustered_total([3.0], [0.0], gap_s=GAP_S) is None


def test_count_is_the_total_of_ones_where_clusters_are_far_apart() -> None:
    """Two roads to one number: the compound Poisson ratio, by sizes and by amounts."""
    times = [10.0, 10.5, 300.0, 301.0, 302.0, 900.0, 1500.0, 1500.2]
    total = clustered_total(times, [1.0] * len(times), gap_s=GAP_S)
    count = clustered_count(times, duration_s=1e7, gap_s=GAP_S)
    assert total is not None
    assert count.overdispersion == pytest.approx(total.overdispersion, rel=1e-3)
    assert (count.low, count.high) == pytest.approx((total.low, total.high), rel=1e-2)


def test_median_has_the_interval_of_the_sign_test() -> None:
    """Of 20 values the 6th and the 15th, as any table of the sign test has it."""
    found = median([float(k) for k in range(1, 21)])
    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (10.5, 6.0, 15.0, 20)


@pytest.mark.parametrize(("n", "bounded"), [(1, False), (5, False), (6, True)])
def test_few_values_cannot_bound_their_median(n: int, bounded: bool) -> None:
    found = median([float(k) for k in range(n)])
    assert found is not None
    assert (found.low is not None) is bounded
    assert median([]) is None


def test_median_interval_covers() -> None:
    chance = np.random.default_rng(5)
    covered = 0
    for _ in range(500):
        found = median(list(chance.lognormal(0, 1, 15)))
        assert found is not None
        covered += (found.low or 0) <= 1.0 <= (found.high or 0)
    assert covered / 500 >= 0.94


bounded = st.builds(
    lambda value, down, up: Bounded(value=value, low=value - down, high=value + up),
    st.floats(-50, 50),
    st.floats(0.01, 20),
    st.floats(0.01, 20),
)


@given(bounded, bounded)
def test_difference_turns_round_and_is_detected_beyond_its_smallest(
    before: Bounded, after: Bounded
) -> None:
    found, back = difference(before, after), difference(after, before)
    assert (back.value, back.low, back.high) == pytest.approx(
        (-found.value, -found.high, -found.low)
    )
    assert found.low <= found.value <= found.high
    margin = abs(found.value) - found.smallest_detectable
    if abs(margin) > 1e-9:
        assert found.is_detected is (margin > 0)


def test_difference_of_symmetric_intervals_is_the_textbook_one() -> None:
    before = Bounded(value=10, low=7, high=13)
    after = Bounded(value=16, low=12, high=20)
    found = difference(before, after)
    assert (found.low, found.high) == pytest.approx((6 - 5, 6 + 5))
    assert found.is_detected
