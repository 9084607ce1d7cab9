"""Stills: photographs from which a recording is made, never one that is measured."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.video_source import MAX_PIXELS, check_readable, still_kind

__all__ = ["read_image"]

_DEMUXERS = {kind: f"{kind.lower()}_pipe" for kind in ("JPEG", "PNG", "BMP", "TIFF", "WebP")}
_MAX_BYTES = 500_000_000


def read_image(path: Path) -> NDArray[np.uint8]:
    """A photograph as (height, width, 3) RGB, upright as its EXIF orientation says.

    More than 8 bits are reduced to 8; transparency is dropped.

    Raises
    ------
    InputError
        When this is not a JPEG, PNG, BMP, TIFF or WebP file, or not a whole one. A photograph
        that is cut off would decode with its lower part grey; it is refused.
    """
    path = Path(path)
    kind = still_kind(check_readable(path))
    if kind not in _DEMUXERS:
        what = f"a still in {kind} format" if kind else "not a photograph that can be read"
        raise InputError(
            f"{path} is {what}; {', '.join(_DEMUXERS)} are read",
            next_step="export the photograph as JPEG or PNG",
        )
    if path.stat().st_size > _MAX_BYTES:
        raise InputError(
            f"{path} is larger than {_MAX_BYTES // 1_000_000} MB",
            next_step="export the photograph as JPEG",
        )
    data = path.read_bytes()
    if not _is_whole(data, kind):
        raise InputError(
            f"{path} is a {kind} file that is cut off or damaged",
            next_step="copy the photograph again",
        )
    return _decode(data, path)


def _is_whole(data: bytes, kind: str) -> bool:
    """Whether a decoder that keeps quiet takes it; OpenCV's write to the terminal."""
    if kind == "JPEG" and not _has_end_of_jpeg(data):
        return False
    try:
        with av.open(io.BytesIO(data), mode="r", format=_DEMUXERS[kind]) as container:
            stream = container.streams.video[0]
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            return any(not picture.is_corrupt for picture in container.decode(stream))
    except (av.FFmpegError, IndexError, ValueError):
        return False


def _has_end_of_jpeg(data: bytes) -> bool:
    """Whether the end marker follows the picture itself, not only its embedded thumbnail."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker, size = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA:
            return data.find(b"\xff\xd9", position + 2 + size) >= 0
        position += 2 + size
    return False


def _decode(data: bytes, path: Path) -> NDArray[np.uint8]:
    import cv2

    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        bgr = None
    if bgr is None:
        raise InputError(f"{path} cannot be decoded", next_step="export the photograph as PNG")
    return cast("NDArray[np.uint8]", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
