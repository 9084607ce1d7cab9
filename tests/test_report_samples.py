"""The signals that a page carries: no peak lost, every event at full resolution, few bytes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hemifacial.anatomy import Side
from hemifacial.findings import Event
from hemifacial.report.samples import BUDGET, kept_rows, packed, stretches
from report_example import event

values_with_gaps = hnp.arrays(
    np.float64, st.integers(1, 400), elements=st.one_of(st.just(np.nan), st.floats(-50, 50))
)


def spasm(number: int, onset_s: float, duration_s: float = 0.2) -> Event:
    return event(number, onset_s, duration_s, "spasm_clonic", side=Side.RIGHT, sites=("eyelids",))


def decoded(page: dict[str, Any], signals: int) -> tuple[np.ndarray, np.ndarray]:
    """Times in s and values (signal by row) as the page's script reads them."""
    times = np.frombuffer(base64.b64decode(page["times"]), "<u4") / 1e4
    whole = np.frombuffer(base64.b64decode(page["values"]), "<i2").reshape(signals, -1)
    steps = np.array(page["steps"])[:, None]
    return times, np.where(whole == -32768, np.nan, whole * steps)


@given(values_with_gaps, st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_stretches_keep_every_peak_and_are_missing_only_where_all_is(
    values: np.ndarray, count: int
) -> None:
    found = stretches(values, count)
    assert found.low.size == found.high.size == found.starts.size == min(count, values.size)
    ends = [*found.starts[1:], values.size]
    for start, end, low, high in zip(found.starts, ends, found.low, found.high, strict=True):
        part = values[start:end]
        if np.isnan(part).all():
            assert np.isnan(low)
            assert np.isnan(high)
        else:
            assert (low, high) == (np.nanmin(part), np.nanmax(part))


def test_a_signal_without_samples_is_one_missing_stretch() -> None:
    assert np.isnan(stretches(np.zeros(0), 10).low).all()


@given(values_with_gaps)
@settings(max_examples=60, deadline=None)
def test_a_short_recording_is_carried_whole_and_comes_back_to_the_micrometre(
    values: np.ndarray,
) -> None:
    times_s = np.arange(values.size) / 60
    page = packed(times_s, [values, -values], ())
    back_s, back = decoded(page, 2)
    assert page["whole"] is True
    assert np.allclose(back_s, times_s, atol=5e-5)
    assert np.array_equal(np.isnan(back[0]), np.isnan(values))
    step = page["steps"][0]
    assert step <= 0.0017
    assert np.allclose(back[0], values, atol=0.51 * step, equal_nan=True)
    assert np.allclose(back[1], -values, atol=0.51 * step, equal_nan=True)


def test_a_large_value_is_not_cut_off() -> None:
    _, back = decoded(packed(np.arange(3.0), [np.array([0.0, 900.0, -900.0])], ()), 1)
    assert np.allclose(back, [[0.0, 900.0, -900.0]], rtol=1e-3)


@given(
    st.lists(st.tuples(st.floats(0, 580), st.floats(0.02, 6)), min_size=1, max_size=40),
    st.integers(2_000, 200_000),
)
@settings(max_examples=60, deadline=None)
def test_what_is_kept_is_within_the_budget_in_order_and_apart(
    spans: list[tuple[float, float]], budget: int
) -> None:
    times_s = np.arange(36_000) / 60
    events = [spasm(n, *span) for n, span in enumerate(spans)]
    kept = kept_rows(times_s, events, signals=14, budget=budget)
    assert sum(stop - start for start, stop in kept) * 14 <= budget
    flat = [edge for run in kept for edge in run]
    assert flat == sorted(flat)
    assert all(stop > start for start, stop in kept)


def test_every_event_of_ten_minutes_is_kept_at_full_resolution() -> None:
    """300 spasms in 36,000 rows of 20 signals: more than the budget holds whole."""
    times_s = np.arange(36_000) / 60
    events = [spasm(n, 2.0 * n + 0.3, 0.4) for n in range(300)]
    assert times_s.size * 20 > BUDGET
    kept = kept_rows(times_s, events, signals=20)
    held = np.zeros(times_s.size, dtype=bool)
    for start, stop in kept:
        held[start:stop] = True
    assert not held.all()
    for one in events:
        inside = (times_s >= one.onset_s - 0.25) & (times_s <= one.offset_s + 0.2)
        assert held[inside].all()


def test_of_events_that_are_too_long_the_beginning_the_peak_and_the_end_are_kept() -> None:
    times_s = np.arange(36_000) / 60
    tonic = event(1, 100.0, 400.0, "spasm_tonic", side=Side.RIGHT, peak_time_s=300.0)
    kept = kept_rows(times_s, [tonic], signals=10, budget=10_000)
    found_s = [times_s[edge] for run in kept for edge in run]
    assert found_s == pytest.approx([99.75, 100.25, 299.75, 300.25, 499.75, 500.25])


def test_gaps_phases_and_speech_take_none_of_the_budget() -> None:
    times_s = np.arange(36_000) / 60
    whole = [event(1, 0.0, 600.0, kind) for kind in ("no_face", "phase", "speech")]
    assert kept_rows(times_s, whole, signals=20) == ()


def test_a_table_without_rows_is_carried_as_nothing() -> None:
    page = packed(np.zeros(0), [np.zeros(0)], [spasm(1, 0.0)])
    assert page["runs"] == [0]
    assert page["values"] == ""
