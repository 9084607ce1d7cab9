"""Odd video files whose every frame proves which one it is and which way up it stands.

A coded frame has a colour in each corner and, between them, its index as ten blocks of
black (0) or white (1), the highest bit first.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from numpy.typing import NDArray

WIDTH, HEIGHT = 128, 96
BITS = 10
CORNERS = {
    "red": (220, 30, 30),
    "green": (30, 200, 30),
    "blue": (30, 30, 220),
    "yellow": (220, 220, 30),
}


def coded_frame(index: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Red, green at the top, blue, yellow at the bottom; the index across the middle."""
    rgb = np.full((height, width, 3), 128, np.uint8)
    h, w = height // 4, width // 4
    red, green, blue, yellow = CORNERS.values()
    rgb[:h, :w], rgb[:h, -w:], rgb[-h:, :w], rgb[-h:, -w:] = red, green, blue, yellow
    edges = np.linspace(0, width, BITS + 1).round().astype(int)
    for bit in range(BITS):
        value = 255 * (index >> (BITS - 1 - bit) & 1)
        rgb[height * 3 // 8 : height * 5 // 8, edges[bit] : edges[bit + 1]] = value
    return rgb


def index_of(rgb: NDArray[np.uint8]) -> int:
    """The index that an upright coded frame carries."""
    height, width = rgb.shape[:2]
    edges = np.linspace(0, width, BITS + 1)
    centres = ((edges[:-1] + edges[1:]) / 2).astype(int)
    row = rgb[height // 2, centres].mean(axis=-1)
    return int("".join("1" if value > 128 else "0" for value in row), 2)


def corners_of(rgb: NDArray[np.uint8]) -> list[str]:
    """The colours at the top left, top right, bottom left and bottom right."""
    height, width = rgb.shape[:2]
    y, x = height // 8, width // 8
    return [
        min(CORNERS, key=lambda name: sum(abs(np.subtract(CORNERS[name], rgb[at].astype(int)))))
        for at in ((y, x), (y, -x), (-y, x), (-y, -x))
    ]


def make_video(
    path: Path,
    frames: Iterable[NDArray[Any]] | int = 30,
    *,
    codec: str = "libx264",
    rate: Fraction | int = 30,
    pix_fmt: str = "yuv420p",
    source_format: str = "rgb24",
    gop: int = 10,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    sound_s: float = 0.0,
    cover: bool = False,
    set_up: Callable[[Any], object] = lambda stream: None,
    each_frame: Callable[[VideoFrame], object] = lambda frame: None,
    each_packet: Callable[[int, Packet[Any]], object] = lambda index, packet: None,
) -> Path:
    """A video file; the three functions may change the stream, a frame or a packet."""
    if isinstance(frames, int):
        frames = [coded_frame(index) for index in range(frames)]
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    with av.open(str(path), mode="w", options=dict(container_options or {})) as container:
        container.metadata.update(metadata or {})
        stream: Any = container.add_stream(codec, rate=rate, options={**quiet, **(options or {})})
        sound = container.add_stream("aac", rate=8000) if sound_s else None
        picture = _cover_stream(container) if cover else None
        stream.pix_fmt, stream.codec_context.gop_size = pix_fmt, gop
        packets = 0
        for index, array in enumerate(frames):
            frame = VideoFrame.from_ndarray(array, format=source_format)
            if index == 0:
                stream.width, stream.height = frame.width, frame.height
                set_up(stream)
            frame.pts, frame.time_base = index, 1 / Fraction(rate)
            each_frame(frame)
            packets += _mux(container, stream.encode(frame), each_packet, packets)
        _mux(container, stream.encode(None), each_packet, packets)
        if sound is not None:
            _add_silence(container, sound, sound_s)
        if picture is not None:
            _add_cover(container, picture)
    return path


def _mux(
    container: Any, packets: Sequence[Any], each_packet: Callable[..., object], done: int
) -> int:
    for number, packet in enumerate(packets):
        each_packet(done + number, packet)
        container.mux(packet)
    return len(packets)


def _cover_stream(container: Any) -> Any:
    stream = container.add_stream("mjpeg", rate=1)
    stream.width, stream.height, stream.pix_fmt = 640, 480, "yuvj420p"
    stream.disposition = Disposition.attached_pic
    return stream


def _add_cover(container: Any, stream: Any) -> None:
    container.mux(stream.encode(VideoFrame(640, 480, "yuvj420p")))
    container.mux(stream.encode(None))


def _add_silence(container: Any, stream: Any, duration_s: float) -> None:
    for start in range(0, int(duration_s * 8000), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def make_sound(path: Path, duration_s: float = 1.0, *, cover: bool = False) -> Path:
    """A file with sound alone, or with the cover picture of a song beside it."""
    with av.open(str(path), mode="w") as container:
        sound = container.add_stream("aac", rate=8000)
        picture = _cover_stream(container) if cover else None
        _add_silence(container, sound, duration_s)
        if picture is not None:
            _add_cover(container, picture)
    return path


def jpeg(orientation: int) -> bytes:
    """Coded frame 341 as a camera stores it that is held so, with the EXIF entry to undo it."""
    upright = coded_frame(341)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(stored[..., ::-1]))
    entry = struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)
    segment = struct.pack(">2sH", b"\xff\xe1", len(exif) + 2) + exif
    return data[:2].tobytes() + segment + data[2:].tobytes()


def damaged(data: bytes, *, cut: int | None = None, flips: Iterable[tuple[int, int]] = ()) -> bytes:
    """A file's bytes with some bits turned over and the end cut off."""
    changed = bytearray(data)
    for position, bit in flips:
        changed[position % len(changed)] ^= 1 << bit
    return bytes(changed[:cut])
