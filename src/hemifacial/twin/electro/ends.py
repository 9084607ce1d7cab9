"""Where a noise-free response begins and ends, and how many phases it has: what "true" means.

Only for waves without noise: nothing here looks for a response.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FIRST_PEAK_SHARE", "ONSET_SHARE", "ends_of", "phases_of"]

Values = NDArray[np.float64]

ONSET_SHARE = 0.1
"""The onset is where this share of the first peak is crossed; the end, of the largest peak."""

FIRST_PEAK_SHARE = 0.25
"""The first peak is the first extremum of at least this share of the largest one.

Without it, a ripple of a thousandth before the response would be its first peak."""

_PHASE_SHARE = 0.1


def ends_of(times: Values, values: Values) -> tuple[float, float]:
    """Onset and end of a noise-free wave, in the unit of `times`.

    The onset is the crossing of 10 % of the first peak before it, the end the last crossing
    of 10 % of the largest peak; between samples the wave is taken as a straight line.

    Raises
    ------
    ValueError
        If the wave is zero throughout.
    """
    size = np.abs(values)
    largest = float(size.max())
    if not largest > 0:
        raise ValueError("a wave that is zero has no onset")
    peak = _first_peak(values, FIRST_PEAK_SHARE * largest)
    level = ONSET_SHARE * float(size[peak])
    # Of the sign of the first peak: a small lobe of the other sign before it is not its rise.
    rising = values * np.sign(values[peak])
    below = np.flatnonzero(rising[:peak] < level)
    onset = _crossing(times, rising, int(below[-1]), level) if below.size else float(times[0])
    last_level = ONSET_SHARE * largest
    last = int(np.flatnonzero(size >= last_level)[-1])
    if last + 1 == size.size:
        return onset, float(times[-1])
    return onset, _crossing(times, size, last, last_level)


def phases_of(values: Values, share: float = _PHASE_SHARE) -> int:
    """How many lobes between crossings of zero reach 10 %, or another share, of the largest."""
    size = np.abs(values)
    if not size.max() > 0:
        return 0
    tall = np.sign(values[size >= share * size.max()])
    return int(np.count_nonzero(np.diff(tall))) + 1


def _first_peak(values: Values, least: float) -> int:
    """The index of the first extremum of at least this size."""
    size = np.abs(values)
    first = int(np.flatnonzero(size >= least)[0])
    falling = np.flatnonzero(np.diff(size[first:]) < 0)
    return first + int(falling[0]) if falling.size else first + int(np.argmax(size[first:]))


def _crossing(times: Values, values: Values, index: int, level: float) -> float:
    """Where the line from one sample to the next crosses a level."""
    here, there = float(values[index]), float(values[index + 1])
    share = 0.0 if there == here else (level - here) / (there - here)
    return float(times[index]) + share * float(times[index + 1] - times[index])
