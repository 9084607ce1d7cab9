"""A baseline cut into waves, and what each looks like when it is late or wide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.waves import Wave

__all__ = ["AFTER_MS", "BEFORE_MS", "near_peak", "part_weights", "shifted", "widened"]

Floats = NDArray[np.float64]

BEFORE_MS, AFTER_MS = 0.8, 3.0
"""Of the first wave and of wave V: what is compared."""

_SEAM_MS = 0.5  # over which the part of one wave goes over into that of the next
_PEAK_MS = (-0.5, 2.0)  # around a peak: where its amplitude is measured


def part_weights(latency: Floats, waves: Sequence[Wave]) -> Floats:
    """(waves, samples): windows that add up to 1 from the first wave until after V."""
    edges = [waves[0].latency_ms - BEFORE_MS - _SEAM_MS / 2]
    # A wave's trough is its own: the seam lies nearer to the wave that follows.
    for one, two in pairwise(waves):
        edges.append(one.latency_ms + 0.6 * (two.latency_ms - one.latency_ms))
    edges.append(waves[-1].latency_ms + AFTER_MS + _SEAM_MS)
    rises = [np.clip((latency - edge) / _SEAM_MS + 0.5, 0.0, 1.0) for edge in edges]
    smooth = [0.5 - 0.5 * np.cos(np.pi * rise) for rise in rises]
    return np.array([up - down for up, down in pairwise(smooth)])


def widened(
    latency: Floats, parts: Floats, waves: Sequence[Wave], widening_ms: float
) -> list[Floats]:
    """The parts after I, wider; with the amplitude and the peak that they had."""
    from scipy.ndimage import gaussian_filter1d

    if not widening_ms:
        return list(parts)
    step_ms = float(latency[1] - latency[0])
    made = []
    for wave, part in zip(waves, parts, strict=True):
        wide = part
        if wave.name != "I":
            wide = gaussian_filter1d(part, widening_ms / step_ms, mode="constant")
            near = near_peak(latency, wave.latency_ms)
            moved = (np.argmax(wide[near]) - np.argmax(part[near])) * step_ms
            wide = np.interp(latency + moved, latency, wide)
            wide = wide * (np.ptp(part[near]) / max(np.ptp(wide[near]), 1e-12))
        made.append(wide)
    return made


def near_peak(latency: Floats, peak_ms: float) -> slice:
    """The samples around a peak in which its amplitude is measured."""
    low, high = np.searchsorted(latency, [peak_ms + _PEAK_MS[0], peak_ms + _PEAK_MS[1]])
    return slice(int(low), int(high))


def shifted(latency: Floats, part: Floats, shifts_ms: Floats, window: slice) -> Floats:
    """(shifts, samples of the window): a part later by each shift."""
    from scipy.interpolate import CubicSpline

    spline = CubicSpline(latency, part)
    at = latency[window] - shifts_ms[:, np.newaxis]
    inside = (at >= latency[0]) & (at <= latency[-1])
    return np.where(inside, spline(np.clip(at, latency[0], latency[-1])), 0.0)
