"""EMG by hand: a few lines of numpy on the numbers of a file, without the program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["largest_sine_share", "level", "long_runs", "rms", "tall"]

Floats = NDArray[np.float64]

_APART_S = 0.005


def level(values: Floats, samples: int) -> Floats:
    """A line less its running mean, and so without its slow swings."""
    around = values - np.median(values)
    return np.asarray(around - np.convolve(around, np.ones(samples) / samples, "same"))


def rms(line: Floats, samples: int) -> Floats:
    """The RMS of each part of so many samples."""
    whole = line[: line.size // samples * samples].reshape(-1, samples)
    return np.asarray(np.sqrt((whole**2).mean(axis=1)))


def tall(times_s: Floats, line: Floats, least: float) -> Floats:
    """Times of peaks above a height, the taller first, none within 5 ms of a taller one."""
    peaks = 1 + np.flatnonzero((line[1:-1] > line[:-2]) & (line[1:-1] >= line[2:]))
    kept: list[float] = []
    for peak in sorted(peaks[line[peaks] > least], key=lambda i: -line[i]):
        if all(abs(times_s[peak] - one) > _APART_S for one in kept):
            kept.append(float(times_s[peak]))
    return np.sort(np.array(kept))


def largest_sine_share(line: Floats) -> float:
    """The largest share of the power of 60 ms that one sine of 60 to 210 Hz explains."""
    windows = np.lib.stride_tricks.sliding_window_view(line, 240)[::40]
    power = np.abs(np.fft.rfft(windows, 4096, axis=1)) ** 2
    hz = np.fft.rfftfreq(4096, 1 / 4000)
    best = power[:, (hz >= 60) & (hz <= 210)].max(axis=1)
    return float((2 * best / 240 / (windows**2).sum(axis=1)).max())


def long_runs(active: NDArray[np.bool_]) -> Sequence[tuple[float, float]]:
    """From and to (s) of activity of 3 s and more, pauses of 1 s included; tenths of a second."""
    places = np.flatnonzero(active)
    runs = np.split(places, np.flatnonzero(np.diff(places) > 10) + 1)
    ends = [(float(one[0]) / 10, float(one[-1] + 1) / 10) for one in runs if one.size]
    return [one for one in ends if one[1] - one[0] >= 3]
