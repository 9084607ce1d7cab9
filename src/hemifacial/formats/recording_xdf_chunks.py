"""Takes an XDF file apart and holds it against its own structure, before pyxdf may read it.

Every length is held against what is left of the file, so that nothing larger than the file is
ever allocated. Numbers are read here, many at a time; headers, texts and clocks are left to pyxdf,
which gets the file with its chunks of numbers emptied.
XDF 1.0: https://github.com/sccn/xdf/wiki/Specifications
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

import numpy as np

from hemifacial.errors import InputError
from hemifacial.formats.recording_xdf_samples import (
    BYTES,
    Damaged,
    DamagedChunk,
    Layout,
    Numbers,
    numbers_of,
)

__all__ = ["Chunks", "broken", "read_chunks"]

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK, _FOOTER = 1, 2, 3, 4, 6
_TEXT = "string"
_MOST_CHANNELS = 10_000
_FASTEST_HZ = 1e7
_LATEST_S = 1e12


@dataclass(frozen=True, kw_only=True, eq=False)
class Chunks:
    """A file in two parts.

    Attributes
    ----------
    rest
        The file without numbers: an empty chunk stands for all chunks of a stream of numbers.
    numbers
        Their samples, by the number of the stream.
    """

    rest: bytes
    numbers: dict[int, Numbers]


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A chunk of numbers: where it begins in the file, how many samples it says it has, which."""

    begin: int
    count: int
    raw: bytes


@dataclass(kw_only=True)
class _Streams:
    """The streams that have begun: the layout of numbers, or how many texts a sample has."""

    layouts: dict[int, Layout | int] = field(default_factory=dict)
    numbers: dict[int, list[_Part]] = field(default_factory=dict)


def read_chunks(path: Path) -> Chunks:
    """The file taken apart, if every chunk of it is whole and says what a chunk may say.

    Raises
    ------
    InputError
        With the byte at which the first chunk begins that is damaged or cut off.
    """
    content = path.read_bytes()
    streams = _Streams()
    rest = [content[:4]]
    at = 4
    while at < len(content):
        begin = at
        try:
            length, at = _length(content, at)
            if length < 2 or length > len(content) - at:
                raise Damaged(f"it says {length} bytes and {len(content) - at} are left")
            emptied = _read_chunk(content[at : at + length], begin, streams)
        except (Damaged, struct.error, IndexError, ParseError, ValueError) as error:
            raise broken(path, f"the part that begins at byte {begin}: {error}") from error
        at += length
        rest.append(content[begin:at] if emptied is None else emptied)
    if not streams.layouts:
        raise broken(path, "it has no stream")
    numbers = {
        stream: _numbers(path, parts, layout)
        for stream, parts in streams.numbers.items()
        if parts and isinstance(layout := streams.layouts[stream], Layout)
    }
    return Chunks(rest=b"".join(rest), numbers=numbers)


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
        raise Damaged(f"a length of {wide} bytes, not 1, 4 or 8")
    end = at + 1 + wide
    if end > len(content):
        raise Damaged("it ends within a length")
    return int.from_bytes(content[at + 1 : end], "little"), end


def _read_chunk(chunk: bytes, begin: int, streams: _Streams) -> bytes | None:
    """Check a chunk and keep its numbers; what stands for it in the rest, or None for itself."""
    (tag,) = struct.unpack_from("<H", chunk)
    if tag == _FILE_HEADER:
        _xml(chunk[2:])
    if tag not in (_STREAM_HEADER, _SAMPLES, _CLOCK, _FOOTER):
        return None
    (stream,) = struct.unpack_from("<I", chunk, 2)
    if tag == _STREAM_HEADER:
        if stream in streams.layouts:
            raise Damaged(f"a second header of stream {stream}")
        streams.layouts[stream] = _layout(_xml(chunk[6:]))
        streams.numbers[stream] = []
    elif stream not in streams.layouts:
        raise Damaged(f"stream {stream} without a header")
    elif tag == _SAMPLES:
        layout = streams.layouts[stream]
        if isinstance(layout, int):
            _check_texts(chunk, layout)
            return None
        count, at = _count(chunk, 1 + layout.sample_bytes)
        parts = streams.numbers[stream]
        parts.append(_Part(begin=begin, count=count, raw=chunk[at:]))
        return b"" if len(parts) > 1 else _emptied(stream)
    elif tag == _CLOCK:
        if len(chunk) != 22:
            raise Damaged(f"a clock offset of {len(chunk)} bytes")
        for number in struct.unpack_from("<2d", chunk, 6):
            _check_time(number)
    else:
        _xml(chunk[6:])
    return None


def _emptied(stream: int) -> bytes:
    """A chunk of this stream with no sample."""
    content = struct.pack("<HIBB", _SAMPLES, stream, 1, 0)
    return struct.pack("<BB", 1, len(content)) + content


def _layout(header: Element) -> Layout | int:
    channels = int(header.findtext("channel_count") or "")
    kind = header.findtext("channel_format") or ""
    rate_hz = float(header.findtext("nominal_srate") or "")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise Damaged(f"a stream of {channels} channels")
    if kind != _TEXT and kind not in BYTES:
        raise Damaged(f"a stream of {kind[:20]!r}, not one of {', '.join([*BYTES, _TEXT])}")
    if not 0 <= rate_hz <= _FASTEST_HZ:
        raise Damaged(f"a stream of {rate_hz} Hz")
    if kind == _TEXT:
        return channels
    return Layout(kind=kind, channels=channels, step_s=1 / rate_hz if rate_hz else 0.0)


def _numbers(path: Path, parts: list[_Part], layout: Layout) -> Numbers:
    try:
        found = numbers_of([(part.count, part.raw) for part in parts], layout)
        wrong = np.flatnonzero(~(np.abs(found.stamps_s) <= _LATEST_S))
        if len(wrong):
            bounds = np.cumsum([part.count for part in parts])
            chunk = int(np.searchsorted(bounds, wrong[0], "right"))
            raise DamagedChunk(f"a time of {found.stamps_s[wrong[0]]} s", chunk)
    except DamagedChunk as error:
        begin = parts[error.chunk].begin
        raise broken(path, f"the part that begins at byte {begin}: {error}") from error
    return found


def _check_texts(chunk: bytes, channels: int) -> None:
    """Walks over every sample: a count that lies would part the rest of the file wrongly."""
    count, at = _count(chunk, 1 + channels)
    for _ in range(count):
        if chunk[at]:
            _check_time(struct.unpack_from("<d", chunk, at + 1)[0])
            at += 8
        at += 1
        for _ in range(channels):
            length, at = _length(chunk, at)
            at += length
        if at > len(chunk):
            raise Damaged("its samples go on after its end")
    if at != len(chunk):
        raise Damaged(f"{len(chunk) - at} bytes after its last sample")


def _count(chunk: bytes, least_bytes: int) -> tuple[int, int]:
    """How many samples a chunk says it has, and where they begin."""
    count, at = _length(chunk, 6)
    if count * least_bytes > len(chunk) - at:
        raise Damaged(f"{count} samples in {len(chunk) - at} bytes")
    return count, at


def _check_time(time_s: float) -> None:
    if not math.isfinite(time_s) or abs(time_s) > _LATEST_S:
        raise Damaged(f"a time of {time_s} s")


def _xml(raw: bytes) -> Element:
    if b"<!" in raw:
        raise Damaged("declarations in a header, which XDF has no use for")
    return fromstring(raw.decode("utf-8", "replace"))
