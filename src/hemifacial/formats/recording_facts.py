"""An electrical recording as its file has it: channels, each at its own rate, marks, and gaps.

Nothing is resampled, joined or repaired. Values come out in microvolts, since a file states its
unit and a unit that is not stated is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side

__all__ = ["Channel", "Mark", "Recording", "Samples", "Stretch"]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel.

    Parameters
    ----------
    name
        As the file states it; need not be unique.
    unit
        As the file states it.
    microvolts_per_unit
        None of what is no voltage (temperature, a trigger line): it is read in its own unit.
    site
        A word of the anatomy, or empty where the name says none.
    filters
        What the file says of the filters of the amplifier, or empty.
    """

    name: str
    unit: str
    rate_hz: float
    microvolts_per_unit: float | None
    site: str = ""
    side: Side = Side.NOT_APPLICABLE
    filters: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What somebody or a device wrote into the recording at a time; `channel` is -1 if for all."""

    onset_s: float
    text: str
    duration_s: float = 0.0
    channel: int = -1


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch without a gap; its end is not in it.

    Sample `i` of a channel is at ``start_s + i / rate_hz``.
    """

    start_s: float
    stop_s: float


class Samples(Protocol):
    """Reads samples of a channel; see `Recording.read`."""

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` (not in it) of a stretch, in the unit of the channel."""


@runtime_checkable
class Rows(Protocol):
    """Reads many pieces of a channel at once, where a format has a quicker way for that."""

    def rows(
        self, channel: int, places: Sequence[tuple[int, int]], samples: int
    ) -> NDArray[np.float64]:
        """Pieces (places, samples); a place is a stretch and its first sample."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """A recording that is read piece by piece; times in s from its first sample.

    `recorded_at` is the wall clock of the first sample (ISO 8601) as the file states it, or empty;
    `problems` are sentences about what was amiss.
    """

    path: Path
    channels: tuple[Channel, ...]
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    samples: Samples = field(repr=False)
    recorded_at: str = ""
    problems: tuple[str, ...] = ()

    def count(self, channel: int, stretch: int) -> int:
        """How many samples a channel has in a stretch."""
        one = self.stretches[stretch]
        return round((one.stop_s - one.start_s) * self.channels[channel].rate_hz)

    def read(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` (not in it) of a stretch: µV of a voltage, else its own unit.

        Raises
        ------
        IndexError
            Where the stretch has no such sample.
        """
        if not 0 <= first <= stop <= self.count(channel, stretch):
            raise IndexError(f"samples {first} to {stop} of {self.count(channel, stretch)}")
        return self._scaled(channel, self.samples(channel, stretch, first, stop))

    def read_rows(
        self, channel: int, places: Sequence[tuple[int, int]], samples: int
    ) -> NDArray[np.float64]:
        """Pieces of equal length (places, samples), as `read` gives each.

        Parameters
        ----------
        places
            The stretch and the first sample of each piece.

        Raises
        ------
        IndexError
            Where a stretch has no such samples.
        """
        for stretch, first in places:
            if not 0 <= first <= first + samples <= self.count(channel, stretch):
                raise IndexError(f"{samples} samples from {first} of stretch {stretch}")
        if isinstance(self.samples, Rows):
            return self._scaled(channel, self.samples.rows(channel, places, samples))
        pieces = np.empty((len(places), samples))
        for piece, (stretch, first) in zip(pieces, places, strict=True):
            piece[:] = self.samples(channel, stretch, first, first + samples)
        return self._scaled(channel, pieces)

    def _scaled(self, channel: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        scale = self.channels[channel].microvolts_per_unit
        return values if scale is None or scale == 1 else values * scale
