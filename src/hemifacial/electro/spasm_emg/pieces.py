"""A channel piece by piece, filtered; memory does not grow with the recording."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.channels import Muscle
from hemifacial.electro.spasm_emg.hum import without_hum
from hemifacial.formats.recording_facts import Recording

__all__ = ["PIECE_S", "Piece", "bands_hz", "pieces_of"]

Floats = NDArray[np.float64]

PIECE_S = 10.0
"""Pieces stand on this grid from the start of each stretch, whoever asks."""

_MARGIN_S = 0.5
_REFERENCE_HZ = 300.0
_SMOOTHING_S = 0.0005
_ENVELOPE_S = 0.0025


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Part of a channel with a margin on both sides.

    Attributes
    ----------
    start_s
        Time of the first sample, margin included.
    own
        The samples that are of this piece and of no other.
    raw
        As recorded.
    wide
        Between the corners of EMG, without hum.
    narrow
        In the band of detection.
    envelope
        RMS of `narrow` around each moment.
    energy
        From Teager and Kaiser's operator on `narrow`: the amplitude of a sine of 300 Hz with the
        same energy, in the unit of the channel.
    """

    start_s: float
    rate_hz: float
    own: slice
    raw: Floats
    wide: Floats
    narrow: Floats
    envelope: Floats
    energy: Floats

    def time_s(self, index: Floats | NDArray[np.int64]) -> Floats:
        """When a sample was taken."""
        return np.asarray(self.start_s + index / self.rate_hz)


def bands_hz(
    rate_hz: float, criteria: ElectroCriteria
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The wide band and that of detection, within what the rate carries."""
    most = 0.45 * rate_hz
    wide = (criteria["emg_low_hz"], min(criteria["emg_high_hz"], most))
    narrow = (criteria["emg_detection_low_hz"], min(criteria["emg_detection_high_hz"], most))
    return wide, narrow


def pieces_of(
    recording: Recording,
    muscle: Muscle,
    criteria: ElectroCriteria,
    *,
    from_s: float = -math.inf,
    to_s: float = math.inf,
) -> Iterator[Piece]:
    """Every piece of a channel, stretch by stretch, or those that touch some time.

    A stretch shorter than a tenth of a second is left out: it is too short to be filtered.
    """
    from scipy.signal import butter

    rate = muscle.rate_hz
    wide, narrow = (
        butter(2, band, "bandpass", fs=rate, output="sos") for band in bands_hz(rate, criteria)
    )
    length, margin = round(PIECE_S * rate), round(_MARGIN_S * rate)
    for index, stretch in enumerate(recording.stretches):
        count = recording.count(muscle.channel, index)
        if count < 0.1 * rate:
            continue
        for first in range(0, count, length):
            start_s = stretch.start_s + first / rate
            if start_s > to_s or start_s + PIECE_S < from_s:
                continue
            begin, end = max(0, first - margin), min(count, first + length + margin)
            stop = min(count, first + length)
            if count - stop < margin:
                end = count
            raw = recording.read(muscle.channel, index, begin, end)
            yield _piece(
                raw,
                stretch.start_s + begin / rate,
                slice(first - begin, stop - begin),
                rate,
                (wide, narrow),
            )


def _piece(
    raw: Floats, start_s: float, own: slice, rate_hz: float, bands: tuple[Floats, Floats]
) -> Piece:
    from scipy.signal import sosfiltfilt

    steady = raw - np.median(raw)
    clean = without_hum(steady, rate_hz)
    wide, narrow = (
        np.asarray(sosfiltfilt(band, clean, padlen=min(clean.size - 1, round(0.05 * rate_hz))))
        for band in bands
    )
    return Piece(
        start_s=start_s,
        rate_hz=rate_hz,
        own=own,
        raw=raw,
        wide=wide,
        narrow=narrow,
        envelope=_envelope(narrow, rate_hz),
        energy=_energy(narrow, rate_hz),
    )


def _envelope(values: Floats, rate_hz: float) -> Floats:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(np.sqrt(gaussian_filter1d(values**2, _ENVELOPE_S * rate_hz)))


def _energy(values: Floats, rate_hz: float) -> Floats:
    """Teager and Kaiser's operator, smoothed over a potential and brought to a unit."""
    from scipy.ndimage import gaussian_filter1d

    product = np.zeros_like(values)
    product[1:-1] = values[1:-1] ** 2 - values[:-2] * values[2:]
    smooth = gaussian_filter1d(product, max(_SMOOTHING_S * rate_hz, 0.5))
    # A frequency that the rate hardly carries would make the unit meaningless.
    reference = np.sin(2 * np.pi * min(_REFERENCE_HZ, rate_hz / 4) / rate_hz)
    return np.asarray(np.sqrt(np.maximum(smooth, 0.0)) / reference)
