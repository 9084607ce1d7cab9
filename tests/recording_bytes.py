"""Small recordings written byte by byte, so that a reader is not tested by its own writer."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A signal of an EDF: `values` are digital, one row a data record."""

    label: str
    values: Sequence[Sequence[int]]
    unit: str = "uV"
    physical: tuple[str, str] = ("-3276.8", "3276.7")
    digital: tuple[str, str] = ("-32768", "32767")


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The annotations of an EDF+, the raw bytes of each data record."""

    records: Sequence[bytes]
    samples: int = 30
    label: str = "EDF Annotations"
    unit: str = ""
    physical: tuple[str, str] = ("-1", "1")
    digital: tuple[str, str] = ("-32768", "32767")


@dataclass(frozen=True, kw_only=True)
class Edf:
    """The fields of a header that tests vary."""

    signals: Sequence[Trace | Lists]
    reserved: str = ""
    record_s: str = "1"
    records: str | None = None
    sample_bytes: int = 2
    startdate: str = "02.03.26"
    starttime: str = "08.30.00"
    header_bytes: str | None = None
    count: str | None = None
    encoding: str = "ascii"
    tail: bytes = field(default=b"")


def tal(onset: str, *texts: str, duration: str = "") -> bytes:
    """One time-stamped annotation list."""
    head = onset + (f"\x15{duration}" if duration else "") + "\x14"
    return (head + "".join(f"{text}\x14" for text in texts) + "\0").encode()


def edf(form: Edf) -> bytes:
    """The whole file."""
    number = len(form.signals)
    size = len(_rows(form.signals[0])) if number else 0
    first = b"\xffBIOSEMI" if form.sample_bytes == 3 else _cell("0", 8)
    main = first + b"".join(
        (
            _cell("X X X X", 80),
            _cell("Startdate 02-MAR-2026 X X X", 80),
            _cell(form.startdate, 8),
            _cell(form.starttime, 8),
            _cell(form.header_bytes or str(256 * (number + 1)), 8),
            _cell(form.reserved, 44),
            _cell(form.records or str(size), 8),
            _cell(form.record_s, 8),
            _cell(form.count or str(number), 4),
        )
    )
    columns: list[tuple[list[str], int]] = [
        ([one.label for one in form.signals], 16),
        (["electrode"] * number, 80),
        ([one.unit for one in form.signals], 8),
        ([one.physical[0] for one in form.signals], 8),
        ([one.physical[1] for one in form.signals], 8),
        ([one.digital[0] for one in form.signals], 8),
        ([one.digital[1] for one in form.signals], 8),
        (["HP:10Hz LP:5kHz"] * number, 80),
        ([str(_samples(one)) for one in form.signals], 8),
        ([""] * number, 32),
    ]
    header = b"".join(
        _cell(text, width, form.encoding) for cells, width in columns for text in cells
    )
    data = b"".join(_record(one, k, form.sample_bytes) for k in range(size) for one in form.signals)
    return main + header + data + form.tail


def _cell(text: str, width: int, encoding: str = "ascii") -> bytes:
    return text.encode(encoding).ljust(width)[:width]


def _rows(one: Trace | Lists) -> Sequence[object]:
    return one.values if isinstance(one, Trace) else one.records


def _samples(one: Trace | Lists) -> int:
    return len(one.values[0]) if isinstance(one, Trace) else one.samples


def _record(one: Trace | Lists, k: int, sample_bytes: int) -> bytes:
    if isinstance(one, Lists):
        return one.records[k].ljust(one.samples * sample_bytes, b"\0")
    return b"".join(
        (value & (1 << 8 * sample_bytes) - 1).to_bytes(sample_bytes, "little")
        for value in one.values[k]
    )


# -- XDF ---------------------------------------------------------------------------------------


def xdf(*chunks: bytes) -> bytes:
    """A file of these chunks, behind the header of all."""
    return (
        b"XDF:"
        + chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        + b"".join(chunks)
    )


def chunk(tag: int, content: bytes) -> bytes:
    """A chunk with a length of four bytes."""
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def stream(
    number: int, *, kind: str = "float32", rate: str = "1000", channels: int = 1, desc: str = ""
) -> bytes:
    """The header of a stream."""
    text = (
        f"<info><name>s{number}</name><type>EMG</type><channel_count>{channels}</channel_count>"
        f"<nominal_srate>{rate}</nominal_srate><channel_format>{kind}</channel_format>"
        f"<desc>{desc}</desc></info>"
    )
    return chunk(2, struct.pack("<I", number) + text.encode())


def labelled(*labels: str, unit: str = "microvolts") -> str:
    """The description of channels."""
    inner = "".join(
        f"<channel><label>{label}</label><unit>{unit}</unit></channel>" for label in labels
    )
    return f"<channels>{inner}</channels>"


def floats(number: int, start_s: float, rows: Sequence[Sequence[float]]) -> bytes:
    """Samples of float32; the first has a time stamp."""
    body = b"".join(
        (b"\x08" + struct.pack("<d", start_s) if not k else b"\0")
        + struct.pack(f"<{len(row)}f", *row)
        for k, row in enumerate(rows)
    )
    return chunk(3, struct.pack("<I", number) + b"\x04" + struct.pack("<I", len(rows)) + body)


def words(number: int, texts: Sequence[tuple[float, str]]) -> bytes:
    """Samples of text, each with its time."""
    body = b"".join(
        b"\x08" + struct.pack("<d", time_s) + b"\x01" + bytes([len(text.encode())]) + text.encode()
        for time_s, text in texts
    )
    return chunk(3, struct.pack("<I", number) + b"\x01" + bytes([len(texts)]) + body)
