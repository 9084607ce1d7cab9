"""Recordings of a face: true time stamps, upright RGB, and an honest account of what was amiss.

::

    with open_video(path) as video:
        for frame in video.frames():
            ...
        for sentence in video.problems.sentences():
            ...

A recording that is cut off or damaged in the middle is read as far as it can be, and
`Video.problems` says so; one in which nothing can be read is an `InputError`.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self
from weakref import WeakSet

import av
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from hemifacial.errors import InputError
from hemifacial.formats.image import read_image
from hemifacial.formats.video_facts import Frame, VideoInfo, VideoProblems
from hemifacial.formats.video_header import info_of
from hemifacial.formats.video_picture import Geometry, geometry_of, to_pixels
from hemifacial.formats.video_reading import Reading, pictures
from hemifacial.formats.video_source import choose_stream, open_container
from hemifacial.formats.video_writer import write_video

__all__ = [
    "Frame",
    "Video",
    "VideoInfo",
    "VideoProblems",
    "open_video",
    "read_image",
    "write_video",
]

# More threads hold more pictures in memory (12 MB each at 4K) and gain little.
_THREADS = min(4, os.cpu_count() or 1)
_PREVIEW_PACKETS = 3000
"""How far a first picture is searched for: 50 s at 60 frames a second."""
_SHAPE_TOLERANCE = 0.01


class Video:
    """A recording that can be read from the start as often as wanted; see `open_video`.

    Leaving the ``with`` block closes every file handle, also those of iterations that were
    not finished.
    """

    info: VideoInfo

    def __init__(self, info: VideoInfo, geometry: Geometry) -> None:
        self.info = info
        self._geometry = geometry
        self._reading = Reading(info.path)
        self._running: WeakSet[_Frames] = WeakSet()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every file handle; iterations that are under way end.

        One that another thread is just advancing gives that frame, and then ends.
        """
        self._closed = True
        for frames in list(self._running):
            frames.close()

    @property
    def problems(self) -> VideoProblems:
        """What was amiss, as far as the newest iteration has come."""
        return self._reading.problems()

    def frames(self) -> Iterator[Frame]:
        """Every frame from the start, one at a time; memory does not grow with the length.

        Raises
        ------
        InputError
            When the picture changes its shape on the way, or a picture has no time stamp and
            the file no rate.
        ValueError
            When the video is closed.
        """
        if self._closed:
            raise ValueError(f"{self.info.path} is closed")
        self._reading = Reading(
            self.info.path,
            rate_hz=self.info.nominal_rate_hz,
            stated_duration_s=self.info.stated_duration_s,
        )
        frames = _Frames(_decoded(self.info.path, self._geometry, self._reading))
        self._running.add(frames)
        return frames


class _Frames(Iterator[Frame]):
    """An iteration that one thread may close while another advances it."""

    def __init__(self, decoded: Generator[Frame, None, None]) -> None:
        self._decoded = decoded
        self._lock = Lock()

    def __next__(self) -> Frame:
        with self._lock:
            return next(self._decoded)

    def close(self) -> None:
        with self._lock:
            self._decoded.close()


def _decoded(path: Path, geometry: Geometry, reading: Reading) -> Generator[Frame, None, None]:
    converter = VideoReformatter()
    with open_container(path) as container:
        stream = choose_stream(container, path, threads=_THREADS)
        with closing(pictures(container, stream, reading)) as decoded:
            for picture in decoded:
                damaged = reading.picture(picture)
                if (picture.width, picture.height) != geometry.stored_size_px:
                    _check_shape(picture, geometry, reading)
                    reading.resized_frames += 1
                time_s = reading.clock.time_of(reading.stamp_of(picture), picture.time_base)
                if time_s is None:
                    continue
                try:
                    pixels = to_pixels(picture, geometry, converter)
                except av.FFmpegError:  # a damaged header may claim an impossible pixel format
                    reading.failure()
                    continue
                reading.given(picture, time_s, damaged=damaged)
                yield Frame(index=reading.frames - 1, time_s=time_s, pixels=pixels, damaged=damaged)


def _check_shape(picture: VideoFrame, geometry: Geometry, reading: Reading) -> None:
    """Refuse a picture that cannot be scaled to the first one's size without distorting it."""
    width, height = geometry.stored_size_px
    if abs(picture.width * height / (picture.height * width) - 1) > _SHAPE_TOLERANCE:
        raise InputError(
            f"{reading.path}: the picture changes from {width} x {height} to "
            f"{picture.width} x {picture.height} pixels after {reading.readable_s:.2f} s",
            next_step="cut the recording there and measure the parts one by one",
        )


def open_video(path: Path) -> Video:
    """The recording in a file, after its first two pictures have been decoded.

    Parameters
    ----------
    path
        Any phone or clinic video: MP4, MOV, MKV, WebM, AVI, MPEG, WMV and what else holds
        H.264, HEVC, VP9, AV1, MPEG-4 and the like.

    Raises
    ------
    InputError
        When the file is missing, a folder, empty, cut off before its index, encrypted, in an
        unknown format or codec, or without a moving picture.
    """
    path = Path(path)
    with open_container(path) as container:
        stream = choose_stream(container, path, threads=1)
        decoded = pictures(container, stream, Reading(path), most_packets=_PREVIEW_PACKETS)
        with closing(decoded):
            first = list(islice(decoded, 2))
        _check_moving(first, stream, path)
        geometry = geometry_of(first[0], stream.sample_aspect_ratio, path)
        _check_convertible(first[0], geometry, path)
        return Video(info_of(path, container, stream, geometry), geometry)


def _check_moving(first: list[VideoFrame], stream: VideoStream, path: Path) -> None:
    promised = max(stream.frames, len(stream.index_entries))
    if not first:
        raise InputError(
            f"{path}: not one picture can be decoded ({stream.codec.canonical_name}); "
            "the recording is damaged or protected",
            next_step="copy the file from the camera again",
        )
    if len(first) == 1 and promised > 1:
        raise InputError(
            f"{path}: only 1 picture of {promised} can be decoded; the recording is damaged",
            next_step="copy the file from the camera again",
        )
    if len(first) == 1:
        raise InputError(
            f"{path} holds a single picture; a still shows no movement",
            next_step="give the recording itself",
        )


def _check_convertible(picture: VideoFrame, geometry: Geometry, path: Path) -> None:
    try:
        to_pixels(picture, geometry, VideoReformatter())
    except av.FFmpegError:
        raise InputError(
            f"{path}: its pixel format {picture.format.name} cannot be turned into RGB",
            next_step="export the recording as MP4 with H.264",
        ) from None
