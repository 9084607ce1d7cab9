"""A recording with some of its channels alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.formats.recording_facts import Recording

__all__ = ["some_channels"]


def some_channels(recording: Recording, channels: Sequence[int]) -> Recording:
    """The recording with these channels, in this order; marks of others are left out.

    Raises
    ------
    IndexError
        Where there is no such channel.
    """
    kept = [recording.channels[k] for k in channels]

    def samples(channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        return recording.samples(channels[channel], stretch, first, stop)

    return replace(
        recording,
        channels=tuple(kept),
        marks=tuple(
            mark if mark.channel < 0 else replace(mark, channel=channels.index(mark.channel))
            for mark in recording.marks
            if mark.channel < 0 or mark.channel in channels
        ),
        samples=samples,
    )
