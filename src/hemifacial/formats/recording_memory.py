"""A recording whose samples are in memory: what a program has made, or is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch

__all__ = ["recording_in_memory"]


def recording_in_memory(
    path: Path,
    channels: Sequence[Channel],
    values: Sequence[NDArray[np.float64]],
    *,
    marks: Sequence[Mark] = (),
    recorded_at: str = "",
) -> Recording:
    """A recording of one stretch.

    Parameters
    ----------
    path
        What messages call it.
    values
        The samples of each channel, in its unit, all of the same duration.

    Raises
    ------
    ValueError
        Where a channel has no values, or they do not last as long as those of the first.
    """
    if len(values) != len(channels):
        raise ValueError(f"{len(channels)} channels and {len(values)} of values")
    lasts_s = [len(one) / channel.rate_hz for one, channel in zip(values, channels, strict=True)]
    stop_s = lasts_s[0] if lasts_s else 0.0
    if any(abs(one - stop_s) > 1e-9 * stop_s for one in lasts_s):
        raise ValueError(f"channels last {sorted(set(lasts_s))} s")

    def samples(channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        if stretch:
            raise IndexError(f"stretch {stretch} of one")
        return np.array(values[channel][first:stop], np.float64)

    return Recording(
        path=path,
        channels=tuple(channels),
        marks=tuple(sorted(marks, key=lambda mark: mark.onset_s)),
        stretches=(Stretch(start_s=0.0, stop_s=stop_s),) if values else (),
        samples=samples,
        recorded_at=recorded_at,
    )
