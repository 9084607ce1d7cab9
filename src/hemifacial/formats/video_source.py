"""Opening a recording from outside: nothing but video files, and a clear word for the rest.

The file is data from a stranger. Only containers that hold recordings are probed, and
only the file itself may be opened: a playlist named ``.mp4`` must not make the program
fetch anything, since patient data and their names never leave the machine.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import av
from av.container.input import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from hemifacial.errors import InputError

__all__ = [
    "MAX_PIXELS",
    "check_readable",
    "choose_stream",
    "ends_inside_a_box",
    "open_container",
    "still_kind",
]

_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,mxf,dv,"
    "wav,mp3,aac,amr,flac"  # sound alone, so that the message can say so
)
_READ_BY = "MP4, MOV, MKV, WebM, AVI, MPEG-TS, MPEG, WMV, FLV, OGG, MXF or DV"
MAX_PIXELS = 8192 * 8192
_HEAD_BYTES = 4096
_BOXES = (b"ftyp", b"moov", b"mdat", b"moof", b"styp", b"sidx", b"wide", b"free", b"skip")
_MAX_BOXES = 100_000


def check_readable(path: Path) -> bytes:
    """The first bytes of a file that exists, is a file, is not empty and may be read."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a file", next_step="name one file in it")
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(
                f"{path} is a device or a pipe, not a file",
                next_step="save the recording to a file first",
            )
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist", next_step="check the name and folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{path} cannot be read: {reason}",
            next_step="check that you may read the file and that its disk is connected",
        ) from None
    if not head:
        raise InputError(
            f"{path} is empty (0 bytes)", next_step="copy the recording from the camera again"
        )
    return head


def open_container(path: Path) -> InputContainer:
    """The container of a recording, opened for reading; the caller closes it.

    Raises `InputError` with the reason if this is not a video file.
    """
    head = check_readable(path)
    try:
        return av.open(
            f"file:{path}",
            mode="r",
            metadata_errors="replace",
            options={
                "format_whitelist": _CONTAINERS,
                "protocol_whitelist": "file",
                "max_pixels": str(MAX_PIXELS),
            },
        )
    except (av.FFmpegError, ValueError) as error:
        raise _refusal(path, head, error) from None


def choose_stream(container: InputContainer, path: Path, *, threads: int) -> VideoStream:
    """The largest picture stream that is not a cover picture, ready to decode.

    Raises `InputError` if there is none, or none that can be decoded.
    """
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not streams:
        what = "sound but no picture" if container.streams.audio else "no picture"
        raise InputError(f"{path} holds {what}", next_step="give the video recording of the face")
    # A stream without a decoder has no codec context, whatever the type hint says.
    known = [stream for stream in streams if getattr(stream, "codec_context", None) is not None]
    if not known:
        raise InputError(
            f"{path} is compressed with a codec for which there is no decoder",
            next_step="export the recording as MP4 with H.264",
        )
    best = max(known, key=lambda stream: stream.width * stream.height)
    # Decoding several frames at once waits for ever on some damaged HEVC (FFmpeg 8.1).
    best.thread_type = "SLICE" if best.codec.canonical_name in ("hevc", "vvc") else "AUTO"
    best.codec_context.thread_count = threads
    best.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    return best


def still_kind(head: bytes) -> str:
    """The name of the still picture format that a file begins like, or ``""``."""
    for name, start in (
        ("JPEG", b"\xff\xd8\xff"),
        ("PNG", b"\x89PNG\r\n\x1a\n"),
        ("GIF", b"GIF8"),
        ("BMP", b"BM"),
        ("TIFF", b"II*\0"),
        ("TIFF", b"MM\0*"),
    ):
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    heif = (b"heic", b"heix", b"heif", b"mif1", b"avif")
    return "HEIF" if head[4:8] == b"ftyp" and head[8:12] in heif else ""


def _refusal(path: Path, head: bytes, error: Exception) -> InputError:
    kind = still_kind(head)
    if kind:
        return InputError(
            f"{path} is a still picture ({kind}), not a video",
            next_step="give the recording itself; a still shows no movement",
        )
    if head[4:8] in _BOXES and not _has_index(path):
        return InputError(
            f"{path} was cut off before the camera finished writing it: "
            "its index (moov) is missing or not whole",
            next_step="copy the file from the camera again; if it is the same there, "
            "the recording cannot be used",
        )
    if _is_text(head):
        return InputError(f"{path} is a text file, not a video", next_step="give the recording")
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(
        f"{path} is not a video that can be read, or it is damaged at its beginning ({reason}); "
        f"{_READ_BY} are read",
        next_step="copy the file again, or export the recording as MP4 with H.264",
    )


def _has_index(path: Path) -> bool:
    with path.open("rb") as file:
        return b"moov" in _walk_boxes(file)[0]


def _is_text(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\n\r\f" for byte in head)


def ends_inside_a_box(path: Path) -> bool:
    """Whether an MP4 or MOV file stops before the end of its last part.

    Other data after the last box, as some cameras append, is no sign of it.
    """
    with path.open("rb") as file:
        return _walk_boxes(file)[1] in _BOXES


def _walk_boxes(file: BinaryIO) -> tuple[list[bytes], bytes]:
    """The kinds of the whole top-level boxes of an MP4 or MOV file, and of one that is not."""
    kinds: list[bytes] = []
    start, end = 0, file.seek(0, os.SEEK_END)
    while start + 8 <= end and len(kinds) < _MAX_BOXES:
        file.seek(start)
        header = file.read(16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 0:  # to the end of the file
            size = end - start
        if size == 1 and len(header) == 16:
            size = int.from_bytes(header[8:], "big")
        if size < 8 or start + size > end:
            return kinds, kind
        kinds.append(kind)
        start += size
    return kinds, b""
