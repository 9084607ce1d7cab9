"""How often a waveform repeats itself within a short burst."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["repetition"]

Floats = NDArray[np.float64]

_OF_LARGEST = 0.7


def repetition(
    values: Floats, rate_hz: float, *, low_hz: float, high_hz: float
) -> tuple[float, float]:
    """Rate and likeness of repetition, from the autocorrelation; both nan where there is none.

    Parameters
    ----------
    values
        One burst.
    low_hz, high_hz
        Between which rates it is looked for.

    Returns
    -------
    The rate in Hz and the autocorrelation there, from 0 to 1.

    Notes
    -----
    Potentials of a burst at 300 Hz overlap, so that they cannot be counted; but since the same
    units fire in each of its volleys, the burst is like itself one interval later. The first peak
    of at least 0.7 of the largest is taken, since multiples of the interval fit as well.
    """
    from scipy.signal import correlate

    steady = values - values.mean()
    size = steady.size
    power = float(steady @ steady)
    first, stop = int(rate_hz / high_hz), int(rate_hz / low_hz) + 2
    if not power > 0 or size < first + 3:
        return np.nan, np.nan
    whole = correlate(steady, steady, method="direct" if size < 500 else "fft")
    likeness = np.asarray(whole[size - 1 :] / power)[: min(stop, size) + 1]
    near = np.arange(max(first, 1), likeness.size - 1)
    peak = (likeness[near] >= likeness[near - 1]) & (likeness[near] > likeness[near + 1])
    near = near[peak & (likeness[near] > 0)]
    if not near.size:
        return np.nan, np.nan
    lag = int(near[likeness[near] >= _OF_LARGEST * likeness[near].max()][0])
    before, here, after = likeness[lag - 1 : lag + 2]
    bend = 2 * here - before - after
    shift = 0.5 * (after - before) / bend if bend > 0 else 0.0
    # What overlap has cost is given back, so that a burst of three potentials is not unlike itself.
    return float(rate_hz / (lag + shift)), float(min(1.0, here * size / (size - lag)))
