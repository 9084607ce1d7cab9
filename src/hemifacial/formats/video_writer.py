"""Videos that the project makes itself: planted truth, demonstrations, clips for a report."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container.output import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from hemifacial.errors import InputError, UsageError
from hemifacial.formats.files import new_file

__all__ = ["check_ending", "write_timed_video", "write_video"]

_ENDINGS = (".mp4", ".mov", ".mkv", ".webm")
_BT709 = 1  # the same number in FFmpeg for matrix, primaries and transfer curve
_CLOCK_HZ = 90_000
"""Ticks a second for stated times: the clock of MPEG, 11 microseconds."""


def write_video(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    rate_hz: float,
    crf: int = 20,
    times_s: Iterable[float] | None = None,
    codec: str = "libx264",
    recorded_at: str = "",
) -> None:
    """Write upright RGB frames as a video, whole or not at all.

    Parameters
    ----------
    path
        The ending chooses the container: ``.mp4``, ``.mov``, ``.mkv`` or ``.webm``.
    frames
        (height, width, 3) each, of one size. The common pixel format halves the colour's
        resolution and needs even sizes, so an odd one gets its last column or row twice; what
        is in the picture stays where it is.
    rate_hz
        Frames a second; with `times_s`, the nominal rate only.
    crf
        Quality, smaller is better: 0 is lossless for x264, 18 looks so, 28 is a poor phone.
    times_s
        The time of each frame, strictly increasing. The first becomes time 0.
    codec
        An encoder of FFmpeg that has a `crf` and fits the container: ``libx264``,
        ``libx265`` or, in ``.webm`` and ``.mkv``, ``libvpx-vp9``.
    recorded_at
        Wall clock of the first frame, ISO 8601; without it none is written.

    Raises
    ------
    UsageError
        When the ending names no container.
    InputError
        When there is no frame, or the file cannot be written.
    ValueError
        When a frame has another shape or type than the first, when times are too few, too
        many or do not increase, or when the encoder does not exist or fit.
    """
    path = Path(path)
    check_ending(path)
    if not 0 < rate_hz < math.inf:
        raise ValueError(f"rate_hz is {rate_hz}; it must be a number above 0")
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise InputError(f"{path}: there is no frame to write", next_step="give at least one frame")
    ticks = _ticks(times_s) if times_s is not None else None
    with new_file(path) as partial:
        try:
            with av.open(str(partial), mode="w") as container:
                if recorded_at:
                    container.metadata["creation_time"] = recorded_at
                stream = _add_stream(container, _even(first).shape, codec, rate_hz, crf)
                _encode(container, stream, chain([first], pictures), ticks)
        except av.FFmpegError as error:
            if isinstance(error, OSError):  # a full disk, say: `new_file` has the words for it
                raise
            raise ValueError(f"{codec} cannot be written to {path.suffix}: {error}") from error


def write_timed_video(
    path: Path,
    pictures: Iterable[tuple[float, NDArray[np.uint8]]],
    *,
    rate_hz: float,
    crf: int = 20,
) -> None:
    """`write_video` of frames that come with the time of each in s."""
    waiting: deque[float] = deque()

    def frames() -> Iterator[NDArray[np.uint8]]:
        for time_s, rgb in pictures:
            waiting.append(time_s)
            yield rgb

    def times_s() -> Iterator[float]:  # asked for one after each frame
        while waiting:
            yield waiting.popleft()

    write_video(path, frames(), rate_hz=rate_hz, crf=crf, times_s=times_s())


def check_ending(path: Path) -> None:
    """Refuse, before any work, a name whose ending chooses no container."""
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(
            f"{path}: the ending {path.suffix!r} names no video format",
            next_step=f"end the name with {', '.join(_ENDINGS)}",
        )


def _add_stream(
    container: OutputContainer, shape: tuple[int, ...], codec: str, rate_hz: float, crf: int
) -> VideoStream:
    rate = Fraction(rate_hz).limit_denominator(1001)  # 29.97 is 30000/1001
    options = {"crf": str(crf)}
    if codec == "libx264":
        # Three times as fast as its default, for a larger file. Its macroblock tree gives other
        # pictures each time when the height is an odd number of blocks; without it, the same.
        options |= {"preset": "veryfast", "x264-params": "mbtree=0:threads=2"}
    elif codec == "libx265":
        options["x265-params"] = "log-level=none"  # it writes to the terminal by itself
    stream = cast("VideoStream", container.add_stream(codec, rate=rate, options=options))
    stream.height, stream.width = shape[:2]
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = _BT709
    context.color_primaries = _BT709
    context.color_trc = _BT709
    context.color_range = ColorRange.MPEG
    return stream


def _encode(
    container: OutputContainer,
    stream: VideoStream,
    pictures: Iterator[NDArray[np.uint8]],
    ticks: Iterator[int] | None,
) -> None:
    rate = stream.codec_context.framerate
    clock = Fraction(1, _CLOCK_HZ) if ticks is not None else 1 / rate
    stream.codec_context.time_base = clock
    converter = VideoReformatter()
    shape: tuple[int, ...] = ()
    for index, rgb in enumerate(pictures):
        shape = shape or rgb.shape
        _check(rgb, shape, index)
        picture = converter.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(_even(rgb)), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        picture.time_base = clock
        picture.pts = index if ticks is None else _next_tick(ticks, index)
        for packet in stream.encode(picture):
            container.mux(packet)
    if ticks is not None and next(ticks, None) is not None:
        raise ValueError("there are more times than frames")
    for packet in stream.encode():
        container.mux(packet)


def _even(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its last row or column repeated where their number is odd."""
    height, width = rgb.shape[:2]
    if not height % 2 and not width % 2:
        return rgb
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _check(rgb: NDArray[np.uint8], shape: tuple[int, ...], index: int) -> None:
    if rgb.dtype != np.uint8 or rgb.shape != shape or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(
            f"frame {index} is {rgb.dtype} {rgb.shape}; every frame must be uint8 "
            f"(height, width, 3) and of one size, here {shape}"
        )


def _ticks(times_s: Iterable[float]) -> Iterator[int]:
    origin_s: float | None = None
    before = -1
    for time_s in times_s:
        if not math.isfinite(time_s):
            raise ValueError(f"a time of {time_s} s is none")
        origin_s = time_s if origin_s is None else origin_s
        tick = round((time_s - origin_s) * _CLOCK_HZ)
        if tick <= before:
            raise ValueError(f"times must increase; {time_s} s does not")
        yield tick
        before = tick


def _next_tick(ticks: Iterator[int], index: int) -> int:
    tick = next(ticks, None)
    if tick is None:
        raise ValueError(f"there are more frames than times ({index})")
    return tick
