"""Intervals against published figures, scipy, and their definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from hemifacial.scoring import rate, share


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe 1998, table I, the score method without continuity correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_share_against_published_intervals(k: int, n: int, low: float, high: float) -> None:
    of = share(k, n)
    assert of.value == k / n
    assert of.low == pytest.approx(low, abs=5e-5)
    assert of.high == pytest.approx(high, abs=5e-5)


@given(n=st.integers(1, 500), data=st.data())
@settings(max_examples=50, deadline=None)
def test_share_against_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert (share(k, n).low, share(k, n).high) == pytest.approx(
        (theirs.low, theirs.high), abs=1e-12
    )


@given(count=st.integers(0, 300), minutes=st.floats(0.1, 1e4))
@settings(max_examples=50, deadline=None)
def test_rate_interval_is_exact_by_definition(count: int, minutes: float) -> None:
    """At the bounds, a count this high, or this low, has a chance of 2.5 %."""
    of = rate(count, minutes)
    assert of.low is not None
    assert of.high is not None
    assert poisson.cdf(count, of.high * minutes) == pytest.approx(0.025)
    if count:
        assert poisson.sf(count - 1, of.low * minutes) == pytest.approx(0.025)
    else:
        assert of.low == 0


@pytest.mark.parametrize(
    ("k", "minutes", "low", "high"),
    # Garwood's limits for 0, 3 and 10 events, as in any table of exact Poisson limits.
    [(0, 1, 0, 3.689), (3, 1, 0.619, 8.767), (10, 2, 4.795 / 2, 18.390 / 2)],
)
def test_rate_against_the_known_table(k: int, minutes: float, low: float, high: float) -> None:
    of = rate(k, minutes)
    assert of.per_min == k / minutes
    assert (of.low, of.high) == pytest.approx((low, high), abs=6e-4)


def test_no_time_and_no_events_have_no_figure() -> None:
    assert (share(0, 0).value, share(0, 0).low, share(0, 0).high) == (None, None, None)
    for minutes in (None, 0.0):
        assert (rate(2, minutes).per_min, rate(2, minutes).high) == (None, None)
        assert rate(2, minutes).count == 2


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 2)])
def test_an_impossible_share_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{k} of {n} is not a share"):
        share(k, n)


def test_an_impossible_rate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"-1 events in 2\.0 min"):
        rate(-1, 2.0)
    with pytest.raises(ValueError, match=r"1 events in -2\.0 min"):
        rate(1, -2.0)
