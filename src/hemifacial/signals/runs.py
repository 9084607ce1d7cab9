"""Intervals that follow each other closely: spasms of a burst, syllables, parts of one task."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["close_runs"]


def close_runs(onsets_s: Sequence[float], offsets_s: Sequence[float], gap_s: float) -> list[slice]:
    """Where each run of intervals lies, of which each begins soon after the one before ended.

    Parameters
    ----------
    onsets_s, offsets_s
        Of intervals in order of onset; the same twice for moments.
    gap_s
        No further apart than this is close.

    Returns
    -------
    Slices of the intervals, which together hold each of them once.

    Notes
    -----
    The trap: an interval that lies within a longer one is the one before for what comes next.
    """
    firsts = [
        index
        for index, onset_s in enumerate(onsets_s)
        if index == 0 or not onset_s - offsets_s[index - 1] <= gap_s
    ]
    ends = [*firsts, len(onsets_s)][1:]
    return [slice(first, end) for first, end in zip(firsts, ends, strict=True)]
