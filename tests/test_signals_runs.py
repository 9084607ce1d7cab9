"""Intervals that follow each other closely, as runs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hemifacial.signals.runs import close_runs

# Eighths of a second are exact, so that "no further apart than" can be met exactly.
EIGHTHS = st.integers(0, 400).map(lambda eighths: eighths / 8)


def test_a_gap_of_just_that_length_is_close() -> None:
    assert close_runs([0.0, 1.5, 4.0], [1.0, 2.0, 5.0], 0.5) == [slice(0, 2), slice(2, 3)]


def test_nothing_is_in_no_run() -> None:
    assert close_runs([], [], 1.0) == []


def test_moments_are_their_own_ends() -> None:
    onsets_s = [0.0, 1.0, 2.0, 10.0]
    assert close_runs(onsets_s, onsets_s, 1.0) == [slice(0, 3), slice(3, 4)]


def test_intervals_that_overlap_are_close() -> None:
    assert close_runs([0.0, 1.0], [3.0, 2.0], 0.0) == [slice(0, 2)]


@given(st.lists(st.tuples(EIGHTHS, EIGHTHS)), EIGHTHS)
def test_every_interval_is_in_one_run_and_runs_are_apart(
    intervals: list[tuple[float, float]], gap_s: float
) -> None:
    intervals = sorted((onset_s, onset_s + lasts_s) for onset_s, lasts_s in intervals)
    runs = close_runs([one[0] for one in intervals], [one[1] for one in intervals], gap_s)
    split = [intervals[run] for run in runs]
    assert [one for run in split for one in run] == intervals
    assert all(run for run in split)
    for run in split:
        assert all(after[0] - before[1] <= gap_s for before, after in pairwise(run))
    for run, other in pairwise(split):
        assert other[0][0] - run[-1][1] > gap_s
