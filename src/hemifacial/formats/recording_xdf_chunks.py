"""Holds an XDF file against its own structure, before a library that trusts it may read it.

Every length is held against what is left of the file, so that nothing larger than the file is
ever allocated. XDF 1.0: https://github.com/sccn/xdf/wiki/Specifications
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from hemifacial.errors import InputError

__all__ = ["broken", "check_chunks"]

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK, _FOOTER = 1, 2, 3, 4, 6
_BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8}
_TEXT = "string"
_MOST_CHANNELS = 10_000
_FASTEST_HZ = 1e7
_LATEST_S = 1e12


@dataclass(frozen=True, kw_only=True)
class _Stream:
    channels: int
    kind: str


class _Damaged(Exception):
    """What is wrong at the place that is being read."""


def check_chunks(path: Path) -> None:
    """Nothing, if every chunk of the file is whole and says what a chunk may say.

    Raises
    ------
    InputError
        With the byte at which the first chunk begins that is damaged or cut off.
    """
    content = path.read_bytes()
    streams: dict[int, _Stream] = {}
    at = 4
    while at < len(content):
        begin = at
        try:
            length, at = _length(content, at)
            if length < 2 or length > len(content) - at:
                raise _Damaged(f"it says {length} bytes and {len(content) - at} are left")
            _check_chunk(content[at : at + length], streams)
        except (_Damaged, struct.error, IndexError, ParseError, ValueError) as error:
            raise broken(path, f"the part that begins at byte {begin}: {error}") from error
        at += length
    if not streams:
        raise broken(path, "it has no stream")


def broken(path: Path, what: str) -> InputError:
    """The error of a file that cannot be trusted."""
    return InputError(
        f"{path}: not a whole XDF file: {what}",
        next_step="Copy the recording again, or repair it with the tools of LabRecorder.",
    )


def _length(content: bytes, at: int) -> tuple[int, int]:
    """A length of one, four or eight bytes, and where it ends."""
    wide = content[at]
    if wide not in (1, 4, 8):
        raise _Damaged(f"a length of {wide} bytes, not 1, 4 or 8")
    end = at + 1 + wide
    if end > len(content):
        raise _Damaged("it ends within a length")
    return int.from_bytes(content[at + 1 : end], "little"), end


def _check_chunk(chunk: bytes, streams: dict[int, _Stream]) -> None:
    (tag,) = struct.unpack_from("<H", chunk)
    if tag == _FILE_HEADER:
        _xml(chunk[2:])
    if tag not in (_STREAM_HEADER, _SAMPLES, _CLOCK, _FOOTER):
        return
    (stream,) = struct.unpack_from("<I", chunk, 2)
    if tag == _STREAM_HEADER:
        if stream in streams:
            raise _Damaged(f"a second header of stream {stream}")
        streams[stream] = _stream(_xml(chunk[6:]))
    elif stream not in streams:
        raise _Damaged(f"stream {stream} without a header")
    elif tag == _SAMPLES:
        _check_samples(chunk, streams[stream])
    elif tag == _CLOCK:
        if len(chunk) != 22:
            raise _Damaged(f"a clock offset of {len(chunk)} bytes")
        for number in struct.unpack_from("<2d", chunk, 6):
            _check_time(number)
    else:
        _xml(chunk[6:])


def _stream(header: Element) -> _Stream:
    channels = int(header.findtext("channel_count") or "")
    kind = header.findtext("channel_format") or ""
    rate_hz = float(header.findtext("nominal_srate") or "")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise _Damaged(f"a stream of {channels} channels")
    if kind != _TEXT and kind not in _BYTES:
        raise _Damaged(f"a stream of {kind[:20]!r}, not one of {', '.join([*_BYTES, _TEXT])}")
    if not 0 <= rate_hz <= _FASTEST_HZ:
        raise _Damaged(f"a stream of {rate_hz} Hz")
    return _Stream(channels=channels, kind=kind)


def _check_samples(chunk: bytes, stream: _Stream) -> None:
    """Walks over every sample: a count that lies would part the rest of the file wrongly."""
    count, at = _length(chunk, 6)
    wide = 0 if stream.kind == _TEXT else stream.channels * _BYTES[stream.kind]
    if count * (1 + wide) > len(chunk) - at:
        raise _Damaged(f"{count} samples in {len(chunk) - at} bytes")
    for _ in range(count):
        if chunk[at]:
            _check_time(struct.unpack_from("<d", chunk, at + 1)[0])
            at += 8
        at += 1 + wide
        if stream.kind == _TEXT:
            for _ in range(stream.channels):
                length, at = _length(chunk, at)
                at += length
        if at > len(chunk):
            raise _Damaged("its samples go on after its end")
    if at != len(chunk):
        raise _Damaged(f"{len(chunk) - at} bytes after its last sample")


def _check_time(time_s: float) -> None:
    if not math.isfinite(time_s) or abs(time_s) > _LATEST_S:
        raise _Damaged(f"a time of {time_s} s")


def _xml(raw: bytes) -> Element:
    if b"<!" in raw:
        raise _Damaged("declarations in a header, which XDF has no use for")
    return fromstring(raw.decode("utf-8", "replace"))
