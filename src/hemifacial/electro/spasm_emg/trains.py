"""A-trains: stretches that are one sine of 60 to 210 Hz, and how much of them there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.pieces import Piece

__all__ = ["Train", "clusters_of", "sine_windows", "trains_of_windows"]

Floats = NDArray[np.float64]

_WINDOW_S = 0.06
_HOP_S = 0.01
_STEP_HZ = 4.0


@dataclass(frozen=True, kw_only=True)
class Train:
    """An A-train of one channel; `amplitude` from peak to peak."""

    onset_s: float
    offset_s: float
    rate_hz: float
    amplitude: float

    @property
    def duration_s(self) -> float:
        """From onset to offset."""
        return self.offset_s - self.onset_s


def sine_windows(piece: Piece, criteria: ElectroCriteria) -> Floats:
    """The windows of a piece that are a sine: beginning (s), frequency (Hz), amplitude; (n, 3).

    A window of 60 ms counts if one sine between the lowest and the highest frequency explains at
    least 80 % of its power, and is large enough from peak to peak.
    """
    rate = piece.rate_hz
    length, hop = round(_WINDOW_S * rate), max(1, round(_HOP_S * rate))
    starts = np.arange(piece.own.start, min(piece.own.stop, piece.wide.size - length), hop)
    if not starts.size:
        return np.empty((0, 3))
    sums = np.concatenate([[0.0], np.cumsum(piece.wide**2)])
    power = (sums[starts + length] - sums[starts]) / length
    least = criteria["emg_a_train_sine_share"]
    # The amplitude is of the sine alone, the power of all: none with less power can be enough.
    loud = 2 * np.sqrt(2 * power) >= criteria["emg_a_train_amplitude"]
    starts, power = starts[loud], power[loud]
    if not starts.size:
        return np.empty((0, 3))
    windows = np.lib.stride_tricks.sliding_window_view(piece.wide, length)[starts]
    low, high = criteria["emg_a_train_low_hz"], criteria["emg_a_train_high_hz"]
    frequencies = np.arange(low - _STEP_HZ, high + 1.5 * _STEP_HZ, _STEP_HZ)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(length) / rate, frequencies))
    found = 2 * np.abs((windows @ turns) / length) ** 2  # power of the sine of each frequency
    best = found.argmax(axis=1)
    share = found[np.arange(starts.size), best] / power
    within = (frequencies[best] >= low) & (frequencies[best] <= high)
    amplitude = 2 * np.sqrt(2 * found[np.arange(starts.size), best])
    keep = within & (share >= least) & (amplitude >= criteria["emg_a_train_amplitude"])
    times_s = piece.time_s(starts)
    return np.column_stack([times_s[keep], frequencies[best][keep], amplitude[keep]])


def trains_of_windows(windows: Sequence[Floats], criteria: ElectroCriteria) -> tuple[Train, ...]:
    """Windows that follow each other as trains.

    A window that is only partly within a train is explained by just that part; so at either end
    the train begins where the first and ends where the last window has that part of itself.
    """
    rows = np.concatenate([np.empty((0, 3)), *windows])
    if not len(rows):
        return ()
    beyond_s = (1 - criteria["emg_a_train_sine_share"]) * _WINDOW_S
    trains = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows[:, 0]) > 3.5 * _HOP_S) + 1):
        one = Train(
            onset_s=float(run[0, 0]) + beyond_s,
            offset_s=float(run[-1, 0]) + _WINDOW_S - beyond_s,
            rate_hz=float(np.median(run[:, 1])),
            amplitude=float(np.median(run[:, 2])),
        )
        if one.duration_s >= criteria["emg_a_train_least"] / 1000:
            trains.append(one)
    return tuple(trains)


def clusters_of(trains: Mapping[int, Sequence[Train]], window_s: float) -> tuple[float, ...]:
    """When a cluster begins: A-trains on more than half of the channels within some seconds.

    Parameters
    ----------
    trains
        Of each channel that is read, those without any included.
    """
    onsets = sorted((one.onset_s, channel) for channel, found in trains.items() for one in found)
    begins: list[float] = []
    for start_s, _ in onsets:
        near = {channel for onset_s, channel in onsets if 0 <= onset_s - start_s <= window_s}
        if 2 * len(near) > len(trains) and not (begins and start_s - begins[-1] <= window_s):
            begins.append(start_s)
    return tuple(begins)
