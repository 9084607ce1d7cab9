"""Bursts in the impulses of one fibre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["bursts_of", "locking"]

_GAP_MS = 15.0
"""Longer than any interval within a train, shorter than any between two."""


def bursts_of(times_ms: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """The impulses in groups without a gap of 15 ms; a group may be a single impulse."""
    if not times_ms:
        return ()
    times = np.asarray(times_ms, dtype=float)
    cuts = np.flatnonzero(np.diff(times) > _GAP_MS) + 1
    return tuple(tuple(float(one) for one in group) for group in np.split(times, cuts))


def locking(times_ms: Sequence[float], period_ms: float) -> float | None:
    """Length of the mean vector of the times over a cycle, 0 to 1; None without any time."""
    if not times_ms:
        return None
    phase = 2 * np.pi * np.asarray(times_ms, dtype=float) / period_ms
    return float(abs(np.mean(np.exp(1j * phase))))
