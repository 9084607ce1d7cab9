"""Writes a stretch of a recording as BDF+, a few megabytes at a time.

edfio writes what is in memory as a whole; an hour of sixteen channels at 20 kHz would be ten
gigabytes there. Our tests read what is written here with edfio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.formats.files import new_file
from hemifacial.formats.recording_bdf_layout import (
    BOTTOM,
    TOP,
    BdfLabel,
    Scale,
    header_of,
    scale_of,
    shape_of,
    texts_of,
    unwritable,
)
from hemifacial.formats.recording_facts import Mark, Recording

__all__ = ["write_bdf"]

_BLOCK_BYTES = 1 << 22


def write_bdf(
    path: Path, recording: Recording, stretch: int, labels: Sequence[BdfLabel]
) -> tuple[Mark, ...]:
    """Write one stretch, whole or not at all; the marks that went with it, their times from it.

    A value is off by less than 1/2^24 of the range of its channel. A rate that no data record of
    eight letters fits is off by less than a millionth if the stretch lasts a second or more.

    Parameters
    ----------
    labels
        Of every channel; voltages are written in µV, all else in its own unit.

    Raises
    ------
    InputError
        Where a value is not a finite number, or the channels do not end together.
    """
    counts = [recording.count(k, stretch) for k in range(len(recording.channels))]
    shape = shape_of(recording, counts)
    scales = [_limits(recording, k, stretch, count) for k, count in enumerate(counts)]
    start_s = recording.stretches[stretch].start_s
    begin = _moment(recording, start_s)
    ahead_s = begin.microsecond / 1e6 if begin else 0.0
    marks = _marks_of(recording, stretch)
    texts = texts_of(marks, labels, shape, ahead_s)
    width = -(-max(map(len, texts)) // 3)
    with new_file(path) as partial, partial.open("wb") as file:
        file.write(header_of(labels, scales, shape, width, begin))
        at_once = max(1, _BLOCK_BYTES // (3 * (sum(shape.samples) + width)))
        for first in range(0, shape.records, at_once):
            stop = min(first + at_once, shape.records)
            parts = [
                _bytes(recording.read(k, stretch, first * wide, stop * wide), scales[k]).reshape(
                    stop - first, 3 * wide
                )
                for k, wide in enumerate(shape.samples)
            ]
            said = b"".join(text.ljust(3 * width, b"\0") for text in texts[first:stop])
            parts.append(np.frombuffer(said, np.uint8).reshape(stop - first, 3 * width))
            file.write(np.concatenate(parts, axis=1).tobytes())
    return marks


def _marks_of(recording: Recording, stretch: int) -> tuple[Mark, ...]:
    """The marks of a stretch, those before the first and in the gap after it among them."""
    edges = [one.start_s for one in recording.stretches]
    start_s = edges[stretch]
    low = -math.inf if stretch == 0 else start_s
    high = edges[stretch + 1] if stretch + 1 < len(edges) else math.inf
    return tuple(
        Mark(
            onset_s=round(one.onset_s - start_s, 9),
            text=one.text,
            duration_s=one.duration_s,
            channel=one.channel,
        )
        for one in recording.marks
        if low <= one.onset_s < high
    )


def _limits(recording: Recording, channel: int, stretch: int, count: int) -> Scale:
    low, high = math.inf, -math.inf
    at_once = _BLOCK_BYTES // 8
    for first in range(0, count, at_once):
        values = recording.read(channel, stretch, first, min(first + at_once, count))
        if not np.isfinite(values).all():
            name = recording.channels[channel].name
            raise unwritable(recording, f"channel {name!r} has values that are no finite numbers")
        low, high = min(low, float(values.min())), max(high, float(values.max()))
    return scale_of(low, high)


def _bytes(values: NDArray[np.float64], scale: Scale) -> NDArray[np.uint8]:
    """Numbers of 24 bits, one after the other."""
    low, high = float(scale.low), float(scale.high)
    steps = np.rint((values - low) * ((TOP - BOTTOM) / (high - low))) + BOTTOM
    digital = np.clip(steps, BOTTOM, TOP).astype("<i4")
    return np.ascontiguousarray(digital.view(np.uint8).reshape(-1, 4)[:, :3])


def _moment(recording: Recording, start_s: float) -> datetime | None:
    """The wall clock of a stretch, where the recording states one."""
    try:
        moment = datetime.fromisoformat(recording.recorded_at)
        return (moment + timedelta(seconds=start_s)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
