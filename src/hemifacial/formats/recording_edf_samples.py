"""Samples of a channel out of the data records of an EDF or BDF file, and nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.recording_edf_header import Header, Signal

__all__ = ["Reader", "Run", "bytes_of"]

_BLOCK_BYTES = 1 << 22
_WORTH_A_SEEK_BYTES = 256
"""Below this, whole records are read for one channel: a seek for each would cost more."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Data records `first` to `stop` (not in it), without a gap between them."""

    first: int
    stop: int
    start_s: float


class Reader:
    """Reads samples of a channel from the file, which is opened for each call."""

    def __init__(self, header: Header, signals: tuple[Signal, ...], runs: tuple[Run, ...]) -> None:
        self._header = header
        self._signals = signals
        self._runs = runs

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` of a stretch, in the unit of the channel."""
        return _physical(self._signals[channel], self.digital(channel, stretch, first, stop))

    def rows(
        self, channel: int, places: Sequence[tuple[int, int]], samples: int
    ) -> NDArray[np.float64]:
        """Pieces of equal length (places, samples), each told by its stretch and first sample."""
        header, signal = self._header, self._signals[channel]
        raw = np.empty((len(places), samples * header.sample_bytes), np.uint8)
        with header.path.open("rb", buffering=0) as file:
            for row, (stretch, first) in zip(raw, places, strict=True):
                begin = self._runs[stretch].first * signal.samples + first
                row[:] = _bytes_of(header, file, signal, begin, begin + samples)
        return _physical(signal, _integers(raw.reshape(-1), header.sample_bytes)).reshape(
            len(places), samples
        )

    def digital(
        self, channel: int, stretch: int, first: int, stop: int
    ) -> NDArray[np.int16 | np.int32]:
        """The same samples as numbers of the converter, which a trigger line counts in."""
        signal, run = self._signals[channel], self._runs[stretch]
        if first >= stop:
            return np.empty(0, np.int32)
        ahead = run.first * signal.samples
        raw = bytes_of(self._header, signal, ahead + first, ahead + stop)
        return _integers(raw, self._header.sample_bytes)


def _physical(signal: Signal, digital: NDArray[np.integer]) -> NDArray[np.float64]:
    values = digital.astype(np.float64)
    if not signal.has_scale:
        return values
    low, high = signal.physical
    bottom, top = signal.digital
    values -= bottom
    values *= (high - low) / (top - bottom)
    values += low
    return values


def _integers(raw: NDArray[np.uint8], sample_bytes: int) -> NDArray[np.int16 | np.int32]:
    if sample_bytes == 2:
        return raw.view("<i2")
    # Four bytes are read at every third one, so that the highest of them carries the sign; the
    # lowest, which is of the sample before, is shifted out.
    padded = np.concatenate([np.zeros(1, np.uint8), raw])
    fours = np.ndarray((len(raw) // 3,), "<i4", buffer=padded.data, strides=(3,))
    shifted: NDArray[np.int32] = fours >> 8
    return shifted


def bytes_of(header: Header, signal: Signal, first: int, stop: int) -> NDArray[np.uint8]:
    """The bytes of samples `first` to `stop` of a channel, counted over all data records."""
    with header.path.open("rb", buffering=0) as file:
        return _bytes_of(header, file, signal, first, stop)


def _bytes_of(
    header: Header, file: FileIO, signal: Signal, first: int, stop: int
) -> NDArray[np.uint8]:
    if header.sample_bytes * signal.samples >= _WORTH_A_SEEK_BYTES:
        return _by_seeks(header, file, signal, first, stop)
    return _by_blocks(header, file, signal, first, stop)


def _by_seeks(
    header: Header, file: FileIO, signal: Signal, first: int, stop: int
) -> NDArray[np.uint8]:
    """Of each data record nothing but what is asked for is read."""
    out = np.empty((stop - first) * header.sample_bytes, np.uint8)
    into = out.data
    while first < stop:
        record, inside = divmod(first, signal.samples)
        count = min(signal.samples - inside, stop - first)
        at = record * header.record_bytes + signal.offset_bytes + inside * header.sample_bytes
        file.seek(header.data_at + at)
        _fill(header, file, into[: count * header.sample_bytes])
        into = into[count * header.sample_bytes :]
        first += count
    return out


def _by_blocks(
    header: Header, file: FileIO, signal: Signal, first: int, stop: int
) -> NDArray[np.uint8]:
    """Many small data records are read at a time, a few megabytes, and the channel cut out."""
    wide = header.sample_bytes * signal.samples
    begin, end = first // signal.samples, -(-stop // signal.samples)
    out = np.empty((end - begin, wide), np.uint8)
    at_once = max(1, _BLOCK_BYTES // header.record_bytes)
    buffer = np.empty((min(at_once, end - begin), header.record_bytes), np.uint8)
    file.seek(header.data_at + begin * header.record_bytes)
    for k in range(0, end - begin, at_once):
        block = buffer[: min(at_once, end - begin - k)]
        _fill(header, file, block.reshape(-1).data)
        cut = slice(signal.offset_bytes, signal.offset_bytes + wide)
        out[k : k + at_once] = block[:, cut]
    skipped = (first - begin * signal.samples) * header.sample_bytes
    return out.reshape(-1)[skipped : skipped + (stop - first) * header.sample_bytes]


def _fill(header: Header, file: FileIO, into: memoryview) -> None:
    while into:
        count = file.readinto(into)
        if not count:
            raise InputError(
                f"{header.path}: the file has become shorter since it was opened",
                next_step="Wait until it is copied as a whole, and open it again.",
            )
        into = into[count:]
