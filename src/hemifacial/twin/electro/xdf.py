"""Writes a recording as XDF, as LabRecorder lays it out: a stream of numbers and one of words.

XDF 1.0: https://github.com/sccn/xdf/wiki/Specifications
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

import numpy as np

from hemifacial.formats.recording_facts import Recording

__all__ = ["write_xdf"]

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK, _FOOTER = 1, 2, 3, 4, 6
_CLOCK_S = 1000.0
"""What the clock of the streams shows at the first sample."""

_BLOCK_S = 0.1
_CLOCK_EVERY_S = 5.0
_NUMBERS, _WORDS = 1, 2


def write_xdf(path: Path, recording: Recording) -> None:
    """Write a recording of one stretch and one rate, in µV with 32 bits, its marks as words.

    Blocks of 0.1 s are sent, of which the first sample has a time stamp.
    """
    with path.open("wb") as file:
        file.write(b"XDF:")
        _chunk(file, _FILE_HEADER, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        _chunk(file, _STREAM_HEADER, _header(_NUMBERS, _described(recording)))
        _chunk(file, _STREAM_HEADER, _header(_WORDS, _WORDS_TEXT))
        _clocks(file, recording)
        samples = _write_numbers(file, recording)
        for mark in recording.marks:
            _chunk(file, _SAMPLES, _word(_CLOCK_S + mark.onset_s, mark.text))
        rate_hz = recording.channels[0].rate_hz
        _footer(file, _NUMBERS, samples, _CLOCK_S, _CLOCK_S + (samples - 1) / rate_hz)
        if recording.marks:
            first, last = recording.marks[0].onset_s, recording.marks[-1].onset_s
            _footer(file, _WORDS, len(recording.marks), _CLOCK_S + first, _CLOCK_S + last)


def _write_numbers(file: BinaryIO, recording: Recording) -> int:
    """Write the samples; how many there are."""
    rate_hz, number = recording.channels[0].rate_hz, len(recording.channels)
    count = recording.count(0, 0)
    step = max(1, round(_BLOCK_S * rate_hz))
    for first in range(0, count, step):
        stop = min(first + step, count)
        values = np.empty((stop - first, number), "<f4")
        for channel in range(number):
            values[:, channel] = recording.read(channel, 0, first, stop)
        plain = np.zeros((stop - first, 1 + 4 * number), np.uint8)
        plain[:, 1:] = values.view(np.uint8)
        stamped = b"\x08" + struct.pack("<d", _CLOCK_S + first / rate_hz) + plain[0, 1:].tobytes()
        head = struct.pack("<IBI", _NUMBERS, 4, stop - first)
        _chunk(file, _SAMPLES, head + stamped + plain[1:].tobytes())
    return count


def _clocks(file: BinaryIO, recording: Recording) -> None:
    """Both streams on the clock of the recorder: every offset is zero."""
    for stream in (_NUMBERS, _WORDS):
        for time_s in np.arange(0, recording.stretches[0].stop_s, _CLOCK_EVERY_S):
            _chunk(file, _CLOCK, struct.pack("<Idd", stream, _CLOCK_S + time_s, 0.0))


def _word(time_s: float, text: str) -> bytes:
    said = text.encode()
    length = struct.pack("<BI", 4, len(said))
    return struct.pack("<IBBBd", _WORDS, 1, 1, 8, time_s) + length + said


def _described(recording: Recording) -> str:
    channels = "".join(
        f"<channel><label>{escape(one.name)}</label><unit>microvolts</unit><type>EMG</type>"
        "</channel>"
        for one in recording.channels
    )
    return (
        "<name>made-up EMG</name><type>EMG</type>"
        f"<channel_count>{len(recording.channels)}</channel_count>"
        f"<nominal_srate>{recording.channels[0].rate_hz:.12g}</nominal_srate>"
        f"<channel_format>float32</channel_format><desc><channels>{channels}</channels></desc>"
    )


_WORDS_TEXT = (
    "<name>stimulator</name><type>Markers</type><channel_count>1</channel_count>"
    "<nominal_srate>0</nominal_srate><channel_format>string</channel_format><desc/>"
)


def _header(stream: int, text: str) -> bytes:
    return struct.pack("<I", stream) + f"<?xml version='1.0'?><info>{text}</info>".encode()


def _footer(file: BinaryIO, stream: int, samples: int, first_s: float, last_s: float) -> None:
    text = (
        f"<first_timestamp>{first_s!r}</first_timestamp><last_timestamp>{last_s!r}"
        f"</last_timestamp><sample_count>{samples}</sample_count>"
    )
    _chunk(file, _FOOTER, _header(stream, text))


def _chunk(file: BinaryIO, tag: int, content: bytes) -> None:
    file.write(struct.pack("<BIH", 4, len(content) + 2, tag) + content)
