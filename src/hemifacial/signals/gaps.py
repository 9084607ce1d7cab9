"""Short gaps in a signal, closed so that an event goes on across them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.signals.excursions import runs

__all__ = ["bridged"]

Floats = NDArray[np.float64]


def bridged(times_s: Floats, values: Floats, longest_s: Floats | float) -> Floats:
    """The values with short stretches of NaN replaced by straight lines.

    Parameters
    ----------
    times_s, values
        Shape (n,).
    longest_s
        The longest gap that is closed, from the last sample before it to the first one after it;
        of shape (n,) if it is not the same everywhere: in a gap the least of it counts.

    Returns
    -------
    Shape (n,). A gap at either end has only one side and stays.
    """
    allowed_s = np.broadcast_to(longest_s, values.shape)
    closed = values.copy()
    for start, stop in runs(~np.isfinite(values)):
        if start == 0 or stop == values.size:
            continue
        if times_s[stop] - times_s[start - 1] <= allowed_s[start:stop].min():
            ends = [start - 1, stop]
            closed[start:stop] = np.interp(times_s[start:stop], times_s[ends], values[ends])
    return closed
