"""What a recording says of itself, what one of its frames is, and what went wrong in reading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.landmarks.region import Pixels

__all__ = ["Frame", "VideoInfo", "VideoProblems"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """One picture of a recording, as a person sees it.

    Parameters
    ----------
    index
        Position among the frames given, from 0.
    time_s
        Seconds since the first decoded frame, by the recording's own time stamps. Strictly
        increasing; not evenly spaced, and a gap is a gap.
    pixels
        Upright, square pixels, 8 bit: an array of shape (height, width, 3), or a picture of which
        only the parts that are cut out are turned into RGB.
    damaged
        The decoder reported damage in this picture or in one that it is built on: what it
        shows may be partly invented. Whether to judge it is the caller's decision.
    """

    index: int
    time_s: float
    pixels: Pixels
    damaged: bool = False

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """All of the picture, (height, width, 3)."""
        return self.pixels[:, :]


@dataclass(frozen=True, kw_only=True)
class VideoInfo:
    """What a recording states of itself; None or ``""`` where it states nothing.

    Parameters
    ----------
    width_px, height_px
        Size of the frames as they are given: upright, square pixels.
    rotation_deg, mirrored
        What the file asks of a player: mirror left to right, then turn clockwise. Already
        applied to the frames. A selfie camera that stores a mirrored picture without saying
        so cannot be recognised: then the sides are exchanged, and only a person can tell.
    pixel_aspect
        Width of a stored pixel over its height; the frames have been stretched to 1.
    nominal_rate_hz
        The average that the container states. Use the time stamps, not this.
    stated_duration_s, stated_frames
        As written in the header: what should be there, not what could be read.
    recorded_at
        Wall clock of the first frame, ISO 8601. The trap: some phones write the moment at
        which the recording ended, and an editing program the moment of the export.
    """

    path: Path
    width_px: int
    height_px: int
    rotation_deg: int
    codec: str
    container: str
    nominal_rate_hz: float | None
    stated_duration_s: float | None
    stated_frames: int | None
    recorded_at: str
    mirrored: bool = False
    pixel_aspect: float = 1.0


@dataclass(frozen=True, kw_only=True)
class VideoProblems:
    """What was not as it should be, up to where the recording has been read.

    Nothing here stopped the reading; nothing here was repaired without being counted.

    Parameters
    ----------
    read_to_end
        The reading reached the last picture that can be read.
    frames, readable_s
        Frames given so far, and the time from the first to the end of the last.
    ended_early
        The file ends before the end that it states: it was cut off. Cannot be seen where no
        end is stated: in MPEG-TS, in MP4 or WebM written live and cut between two pieces; in
        MKV and WebM with sound the last half second may be missing unseen.
    lost_frames
        Pictures in the file that could not be decoded; they leave gaps in time.
    damaged_frames, damaged_spans_s
        Frames given with `Frame.damaged`, and the stretches they form, (first, last) in s.
    non_monotonic_timestamps
        Pictures left out because their time stamp repeats or goes back: in a player they
        are on screen for no time at all.
    missing_timestamps
        Frames without a time stamp, placed one nominal interval after the one before.
    interlaced_frames
        Frames woven from two moments; movement has a comb edge in them.
    resized_frames
        Frames whose stored size differs from the first one's; scaled to it.
    """

    read_to_end: bool = False
    frames: int = 0
    readable_s: float = 0.0
    stated_duration_s: float | None = None
    ended_early: bool = False
    lost_frames: int = 0
    damaged_frames: int = 0
    damaged_spans_s: tuple[tuple[float, float], ...] = ()
    non_monotonic_timestamps: int = 0
    missing_timestamps: int = 0
    interlaced_frames: int = 0
    resized_frames: int = 0

    def sentences(self) -> tuple[str, ...]:
        """Each problem as a sentence for the report; empty where there was none."""
        stated = f" of {self.stated_duration_s:.1f} s" if self.stated_duration_s else ""
        spans = ", ".join(f"{start:.2f}-{end:.2f} s" for start, end in self.damaged_spans_s[:5])
        more = ", ..." if len(self.damaged_spans_s) > 5 else ""
        cut = f"The file is cut off: {self.readable_s:.1f} s{stated} can be read."
        counts = (
            (self.lost_frames, "could not be decoded"),
            (self.damaged_frames, f"may be damaged (at {spans}{more})"),
            (self.non_monotonic_timestamps, "left out: the time stamp does not go forwards"),
            (self.missing_timestamps, "without a time stamp, placed by the nominal rate"),
            (self.interlaced_frames, "interlaced: movement has a comb edge"),
            (self.resized_frames, "of another size, scaled to the first one's"),
        )
        return (
            *((cut,) if self.ended_early else ()),
            *(f"{_pictures(count)} {what}." for count, what in counts if count),
        )


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
