"""A long signal in few points that still shows every peak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["envelope"]

Floats = NDArray[np.float64]


def envelope(time_s: Floats, values: Floats, *, buckets: int) -> tuple[Floats, Floats]:
    """The smallest and the largest value of each of `buckets` runs of samples, at their times.

    Unlike taking every n-th sample it cannot lose a spasm of one frame. A run without
    any value becomes one not-a-number, which breaks the drawn line as a gap should.

    Parameters
    ----------
    time_s, values
        One-dimensional, of one length; `values` may hold not-a-number.
    buckets
        At most two points come back for each; signals that are shorter come back as they are.
    """
    if time_s.shape != values.shape or values.ndim != 1:
        raise ValueError(f"time {time_s.shape} and values {values.shape} do not fit together")
    if values.size <= 2 * buckets:
        return time_s, values
    edges = np.linspace(0, values.size, buckets + 1).astype(np.intp)[:-1]
    missing = np.isnan(values)
    lowest = np.minimum.reduceat(np.where(missing, np.inf, values), edges)
    highest = np.maximum.reduceat(np.where(missing, -np.inf, values), edges)
    bucket = np.searchsorted(edges, np.arange(values.size), side="right") - 1
    kept = np.unique(
        np.concatenate(
            [
                _first_where(values == lowest[bucket], bucket, buckets),
                _first_where(values == highest[bucket], bucket, buckets),
                _first_where(np.isinf(lowest)[bucket], bucket, buckets),
            ]
        )
    )
    return time_s[kept], values[kept]


def _first_where(
    mask: NDArray[np.bool_], bucket: NDArray[np.intp], buckets: int
) -> NDArray[np.intp]:
    """The first sample in each bucket that `mask` marks; buckets without one give none."""
    marked = np.flatnonzero(mask)
    first = np.full(buckets, -1, dtype=np.intp)
    first[bucket[marked][::-1]] = marked[::-1]
    return first[first >= 0]
