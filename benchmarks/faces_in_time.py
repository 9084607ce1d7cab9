"""Clips of a stated length and height, made from the real recordings: nothing new is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.findings import Event, spasm_type
from hemifacial.formats.video import open_video, write_video
from hemifacial.twin.face import Camera, plant

__all__ = ["CLIPS", "clip_of", "pictures_of", "spasms_for", "to_and_fro", "with_spasms"]

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "video" / "permissive"
Picture = NDArray[np.uint8]

_EVERY_S = 8.0
# In every 8 s 2.4 s of spasm, 30 %: onset and duration.
_SPASMS = ((1.0, 1.5), (3.6, 0.3), (4.7, 0.3), (6.2, 0.3))
_SITES = ("orbicularis_oculi", "zygomaticus_major")
_AMPLITUDE_MM = 4.0


def pictures_of(path: Path, *, height_px: int | None = None) -> list[Picture]:
    """All frames of a short clip, made smaller by the mean of what each pixel covers."""
    with open_video(path) as video:
        return [_of_height(frame.rgb, height_px) for frame in video.frames()]


def to_and_fro(pictures: Sequence[Picture], count: int) -> Iterator[Picture]:
    """As many frames as wanted, forwards and backwards in turn, so that nothing ever jumps."""
    order = [*range(len(pictures)), *range(len(pictures) - 2, 0, -1)]
    return (pictures[index] for index in islice(cycle(order), count))


def clip_of(path: Path, out: Path, *, seconds: float, height_px: int | None = None) -> Path:
    """A real clip, forwards and backwards, at 30 frames a second."""
    count = round(30 * seconds)
    write_video(out, to_and_fro(pictures_of(path, height_px=height_px), count), rate_hz=30.0)
    return out


def spasms_for(seconds: float, side: Side) -> tuple[Event, ...]:
    """Spasms of eyelids and mouth that together take 30 % of the time."""
    return tuple(
        Event(
            event_id=f"s{block}{number}",
            onset_s=block * _EVERY_S + onset_s,
            duration_s=duration_s,
            trial_type=spasm_type(duration_s),
            side=side,
            sites=_SITES,
            amplitude=_AMPLITUDE_MM,
            amplitude_unit="mm",
        )
        for block in range(int(seconds // _EVERY_S))
        for number, (onset_s, duration_s) in enumerate(_SPASMS)
    )


def with_spasms(base: Path, out: Path, *, seconds: float) -> Path:
    """A clip with `spasms_for` planted into it on the right; it keeps its own frames."""
    plant(base, spasms_for(seconds, Side.RIGHT), out, camera=Camera(seconds=seconds, sway_mm=0.0,
          sway_deg=0.0, noise_sd=0.0))  # fmt: skip
    return out


def _of_height(rgb: Picture, height_px: int | None) -> Picture:
    if height_px is None or rgb.shape[0] == height_px:
        return rgb
    width_px = 2 * round(rgb.shape[1] * height_px / rgb.shape[0] / 2)
    small = cv2.resize(rgb, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
