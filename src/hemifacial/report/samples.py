"""Signals in the page: an outline of the whole and every sample where something happened.

A recording of ten minutes has 36,000 samples of each of some twenty signals. The page holds,
of each, the smallest and largest value of a few thousand equal stretches (no peak is lost),
and the samples themselves around events, or all of them where they are few.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Event

__all__ = ["BUDGET", "Stretches", "kept_rows", "packed", "stretches"]

Floats = NDArray[np.float64]

BUDGET = 600_000
"""Samples, of all signals together, that a page holds at full resolution: about 1.6 MB of it."""
_MARGINS_S = (2.0, 1.0, 0.5, 0.25)
_MOST_STRETCHES = 1600
_MISSING = -32768


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """The smallest and largest value of equal runs of samples; not-a-number where none was.

    `starts` are the indices of their first samples.
    """

    starts: NDArray[np.intp]
    low: Floats
    high: Floats


def stretches(values: Floats, count: int) -> Stretches:
    """`values` (shape (n,), not-a-number for "not judged") as at most `count` stretches.

    Unlike taking every n-th sample it cannot lose a spasm of one frame. A stretch is missing
    only where all of it is.
    """
    count = max(min(count, values.size), 1)
    if not values.size:
        nothing = np.full(1, np.nan)
        return Stretches(starts=np.zeros(1, dtype=np.intp), low=nothing, high=nothing)
    edges = np.linspace(0, values.size, count + 1).astype(np.intp)[:-1]
    missing = np.isnan(values)
    low = np.minimum.reduceat(np.where(missing, np.inf, values), edges)
    high = np.maximum.reduceat(np.where(missing, -np.inf, values), edges)
    none = np.isinf(low)
    return Stretches(
        starts=edges, low=np.where(none, np.nan, low), high=np.where(none, np.nan, high)
    )


def kept_rows(
    times_s: Floats, events: Sequence[Event], *, signals: int, budget: int = BUDGET
) -> tuple[tuple[int, int], ...]:
    """Which rows (start, end excluded) the page holds at full resolution.

    All, if they are few; else those within a margin of an event, the widest margin that the
    budget allows; of events that are too long even then, their beginning, peak and end. What
    lies beyond the budget after that is left out, latest first.

    Parameters
    ----------
    times_s
        Shape (n,), increasing.
    events
        Gaps, phases and runs of spasms are not looked at: their events are.
    signals
        How many signals share the budget.
    """
    rows = max(budget // max(signals, 1), 0)
    if times_s.size <= rows:
        return ((0, times_s.size),) if times_s.size else ()
    looked_at = [one for one in events if one.family not in ("gap", "phase", "burst", "speech")]
    for margin_s in _MARGINS_S:
        spans = [(one.onset_s - margin_s, one.offset_s + margin_s) for one in looked_at]
        kept = _joined(times_s, spans)
        if sum(stop - start for start, stop in kept) <= rows:
            return kept
    edge_s = _MARGINS_S[-1]
    moments = [
        moment
        for one in looked_at
        for moment in (one.onset_s, one.peak_time_s or one.onset_s, one.offset_s)
    ]
    return _within(_joined(times_s, [(at - edge_s, at + edge_s) for at in moments]), rows)


def _joined(times_s: Floats, spans: Sequence[tuple[float, float]]) -> tuple[tuple[int, int], ...]:
    """Rows of the spans, joined where they touch."""
    found: list[tuple[int, int]] = []
    for start_s, stop_s in sorted(spans):
        start, stop = (int(at) for at in np.searchsorted(times_s, (start_s, stop_s)))
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        elif stop > start:
            found.append((start, stop))
    return tuple(found)


def _within(kept: Sequence[tuple[int, int]], rows: int) -> tuple[tuple[int, int], ...]:
    found = []
    for start, stop in kept:
        taken = min(stop - start, rows)
        rows -= taken
        if taken:
            found.append((start, start + taken))
    return tuple(found)


def packed(
    times_s: Floats, values: Sequence[Floats], events: Sequence[Event], *, budget: int = BUDGET
) -> dict[str, Any]:
    """Signals of one time base as the page's script reads them.

    Every value is a 16-bit whole number of its signal's `step`, -32768 for "not judged"; times
    are 32-bit, in units of 0.1 ms. Little-endian, base64, signal after signal.
    """
    kept = kept_rows(times_s, events, signals=len(values), budget=budget)
    steps = [_step(one) for one in values]
    count = min(_MOST_STRETCHES, times_s.size)
    outlines = [stretches(one, count) for one in values]
    rows = np.concatenate([np.arange(*run) for run in kept]) if kept else np.arange(0)

    def joined(every: Sequence[Floats]) -> str:
        whole = [_whole(one, step) for one, step in zip(every, steps, strict=True)]
        return _text(np.concatenate(whole))

    return {
        "starts": _text(_clock(times_s[outlines[0].starts[: times_s.size]])),
        "runs": np.cumsum([0, *(stop - start for start, stop in kept)]).tolist(),
        "whole": bool(rows.size == times_s.size),
        "steps": steps,
        "low": joined([one.low for one in outlines]),
        "high": joined([one.high for one in outlines]),
        "times": _text(_clock(times_s[rows])),
        "values": joined([one[rows] for one in values]),
    }


def _step(values: Floats) -> float:
    """Finer than any noise: a micrometre of a signal in mm, coarser only where it is large."""
    seen = values[np.isfinite(values)]
    largest = float(np.abs(seen).max()) if seen.size else 0.0
    return max(0.001, float(f"{largest / 32000:.3g}") * 1.01)


def _whole(values: Floats, step: float) -> NDArray[np.int16]:
    missing = ~np.isfinite(values)
    whole = np.round(np.where(missing, 0.0, values) / step)
    return np.where(missing, _MISSING, whole).astype("<i2")


def _clock(times_s: Floats) -> NDArray[np.uint32]:
    return np.round(np.maximum(times_s, 0.0) * 1e4).astype("<u4")


def _text(numbers: NDArray[Any]) -> str:
    return base64.b64encode(numbers.tobytes()).decode("ascii")
