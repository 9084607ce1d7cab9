"""When a wave begins: the crossing of 10 % of its first peak, on waves that hold no noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FIRST_PEAK_SHARE", "ONSET_SHARE", "onsets_ms", "phases_of"]

Floats = NDArray[np.float64]

ONSET_SHARE = 0.1
"""The contract: an onset is the crossing of 10 % of the peak."""

FIRST_PEAK_SHARE = 0.25
"""The first peak is the first extremum of at least this share of the largest one: what is lower is
ripple before the response."""

_PHASE_SHARE = 0.1


def onsets_ms(
    latency_ms: Floats, waves: Floats, *, first_peak_share: float = FIRST_PEAK_SHARE
) -> Floats:
    """The onset of each wave in ms, between samples; not a number where a wave is zero.

    Parameters
    ----------
    latency_ms
        (samples,), rising.
    waves
        (waves, samples), free of noise: draws from what a response may have been, or an average
        in which noise plays no part.
    """
    return np.array([_onset_ms(latency_ms, wave, first_peak_share) for wave in waves])


def phases_of(wave: Floats, least: float = 0.0) -> int:
    """How many parts on one side of the base line reach a tenth of the largest, and `least`."""
    size = np.abs(wave)
    tall = np.sign(wave[size >= max(_PHASE_SHARE * float(size.max(initial=0.0)), least, 1e-30)])
    return int(np.count_nonzero(np.diff(tall))) + 1 if tall.size else 0


def _onset_ms(latency_ms: Floats, wave: Floats, first_peak_share: float) -> float:
    size = np.abs(wave)
    largest = float(size.max(initial=0.0))
    if not largest > 0:
        return float("nan")
    first = int(np.argmax(size >= first_peak_share * largest))
    falling = np.flatnonzero(np.diff(size[first:]) < 0)
    peak = first + (int(falling[0]) if falling.size else size.size - 1 - first)
    level = ONSET_SHARE * float(size[peak])
    # Of the sign of the first peak: a small part of the other sign before it is not its rise.
    rising = wave * np.sign(wave[peak])
    below = np.flatnonzero(rising[:peak] < level)
    if not below.size:
        return float(latency_ms[0])
    here = int(below[-1])
    share = (level - rising[here]) / (rising[here + 1] - rising[here])
    return float(latency_ms[here] + share * (latency_ms[here + 1] - latency_ms[here]))
