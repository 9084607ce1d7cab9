"""The header of an EDF, EDF+, BDF or BDF+ file, read without trust.

European Data Format: Kemp et al. 1992, doi:10.1016/0013-4694(92)90009-7; EDF+: Kemp & Olivan
2003, doi:10.1016/S1388-2457(03)00123-8. BDF differs by 24 bits a sample and its first byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import BinaryIO

from hemifacial.errors import InputError

__all__ = ["ANNOTATIONS", "Header", "Signal", "read_header"]

ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
"""The labels of channels that carry text."""

_MAIN = {
    "version": 8,
    "patient": 80,
    "recording": 80,
    "startdate": 8,
    "starttime": 8,
    "header_bytes": 8,
    "reserved": 44,
    "records": 8,
    "record_s": 8,
    "signals": 4,
}
_OF_SIGNALS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_min": 8,
    "physical_max": 8,
    "digital_min": 8,
    "digital_max": 8,
    "filters": 80,
    "samples": 8,
    "reserved": 32,
}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_UNSTATED = "01.01.85 00.00.00"  # what a recording without its date says (EDF+, 2.1.3.3)
_NONE = "Startdate X "
_YEAR = re.compile(r"Startdate (\d\d)-([A-Za-z]{3})-(\d{4})\b")
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_LAST_CENTURY_FROM = 85  # EDF+: two digits from 85 are of the 20th century


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One signal of the header; `samples` and `offset_bytes` are within a data record."""

    label: str
    unit: str
    physical: tuple[float, float]
    digital: tuple[int, int]
    filters: str
    samples: int
    offset_bytes: int

    @property
    def is_text(self) -> bool:
        """Whether it carries annotations."""
        return self.label in ANNOTATIONS

    @property
    def has_scale(self) -> bool:
        """Whether its limits say how large a digital step is."""
        return self.physical[0] != self.physical[1] and self.digital[0] != self.digital[1]


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the header says, held against the length of the file.

    `start` is the wall clock of the header, None where it has no valid one.
    """

    path: Path
    sample_bytes: int
    discontinuous: bool
    start: datetime | None
    data_at: int
    records: int
    record_s: float
    record_bytes: int
    signals: tuple[Signal, ...]
    problems: tuple[str, ...]


def read_header(path: Path, file: BinaryIO, size: int) -> Header:
    """The header of a file of `size` bytes.

    Raises
    ------
    InputError
        Where a field is no number, the file is shorter than its header says, or no time can be
        told. A file that was never closed (-1 records) is read as far as it goes, and says so.
    """
    main = _cut(file.read(sum(_MAIN.values())), _MAIN, 1)
    sample_bytes = 3 if main["version"][0][:1] == b"\xff" else 2
    count = _whole(path, main, "signals", 0)
    data_at = 256 * (count + 1)
    if count < 1 or _whole(path, main, "header_bytes", 0) != data_at or data_at > size:
        raise _broken(
            path,
            f"its header says {count} signals in {_text(main['header_bytes'][0])} bytes, "
            f"which would be {data_at}, and the file has {size} bytes",
        )
    cells = _cut(file.read(data_at - 256), _OF_SIGNALS, count)
    signals = _signals(path, cells, count, sample_bytes)
    record_bytes = sample_bytes * sum(signal.samples for signal in signals)
    record_s = _number(path, main, "record_s", 0)
    timed = [signal for signal in signals if not signal.is_text]
    if record_bytes <= 0 or record_s < 0 or (timed and record_s <= 0):
        raise _broken(
            path, f"its data records last {record_s:g} s and have {record_bytes} bytes: no rate"
        )
    if rateless := [signal.label for signal in timed if signal.samples <= 0]:
        raise _broken(path, f"its channel {rateless[0]!r} has a rate of zero")
    records, problems = _records(
        path, _whole(path, main, "records", 0), (size - data_at) / record_bytes
    )
    return Header(
        path=path,
        sample_bytes=sample_bytes,
        discontinuous=_text(main["reserved"][0])[:5] in ("EDF+D", "BDF+D"),
        start=_start(main),
        data_at=data_at,
        records=records,
        record_s=record_s,
        record_bytes=record_bytes,
        signals=signals,
        problems=problems,
    )


def _signals(
    path: Path, cells: dict[str, list[bytes]], count: int, sample_bytes: int
) -> tuple[Signal, ...]:
    signals = []
    offset = 0
    for i in range(count):
        label = _text(cells["label"][i])
        samples = _whole(path, cells, "samples", i)
        if samples < 0:
            raise _broken(path, f"its channel {label!r} has {samples} samples a record")
        is_text = label in ANNOTATIONS
        signals.append(
            Signal(
                label=label,
                unit=_text(cells["unit"][i]),
                physical=(0.0, 0.0) if is_text else _limits(path, cells, "physical", i),
                digital=(0, 0) if is_text else _whole_limits(path, cells, i),
                filters=_text(cells["filters"][i]),
                samples=samples,
                offset_bytes=offset,
            )
        )
        offset += sample_bytes * samples
    return tuple(signals)


def _records(path: Path, stated: int, there: float) -> tuple[int, tuple[str, ...]]:
    """How many data records are read, and what is amiss with them."""
    whole = int(there)
    if stated == -1 and whole > 0:
        return whole, (
            f"The recorder never closed this file: its {whole} whole data records are read.",
        )
    if stated < 1 or whole < 1:
        raise _broken(path, f"it says {stated} data records and holds {whole}: there is no signal")
    if whole < stated:
        raise _broken(path, f"it says {stated} data records and ends after {whole}")
    if there > stated:
        return stated, (
            f"The file goes on after the {stated} data records that it states; "
            "what follows is not read.",
        )
    return stated, ()


def _start(main: dict[str, list[bytes]]) -> datetime | None:
    numbers = re.fullmatch(
        r"(\d\d).(\d\d).(\d\d) (\d\d).(\d\d).(\d\d)",
        f"{_text(main['startdate'][0])} {_text(main['starttime'][0])}",
    )
    if numbers is None or numbers[0] == _UNSTATED or _text(main["recording"][0]).startswith(_NONE):
        return None
    day, month, year, hour, minute, second = map(int, numbers.groups())
    year += 1900 if year >= _LAST_CENTURY_FROM else 2000
    plus = _YEAR.match(_text(main["recording"][0]))
    if plus and plus[2].upper() in _MONTHS:
        day, month, year = int(plus[1]), _MONTHS.index(plus[2].upper()) + 1, int(plus[3])
    try:
        return datetime.combine(date(year, month, day), time(hour, minute, second), tzinfo=UTC)
    except ValueError:
        return None


def _cut(raw: bytes, widths: dict[str, int], count: int) -> dict[str, list[bytes]]:
    cells = {}
    at = 0
    for name, width in widths.items():
        cells[name] = [raw[at + i * width : at + (i + 1) * width] for i in range(count)]
        at += width * count
    return cells


def _text(raw: bytes) -> str:
    """A field as text: ASCII by the rule, UTF-8 or Latin-1 in practice."""
    stripped = raw.strip(b" \0")
    try:
        return stripped.decode("utf-8")
    except UnicodeDecodeError:
        return stripped.decode("latin-1")


def _number(path: Path, cells: dict[str, list[bytes]], name: str, i: int) -> float:
    text = _text(cells[name][i]).replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise _broken(path, f"its header has {text[:20]!r} where {name} should be a number")
    return float(text)


def _whole(path: Path, cells: dict[str, list[bytes]], name: str, i: int) -> int:
    number = _number(path, cells, name, i)
    if number != int(number):
        raise _broken(path, f"its header has {number:g} where {name} should be a whole number")
    return int(number)


def _limits(path: Path, cells: dict[str, list[bytes]], name: str, i: int) -> tuple[float, float]:
    return (
        _number(path, cells, f"{name}_min", i),
        _number(path, cells, f"{name}_max", i),
    )


def _whole_limits(path: Path, cells: dict[str, list[bytes]], i: int) -> tuple[int, int]:
    return _whole(path, cells, "digital_min", i), _whole(path, cells, "digital_max", i)


def _broken(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: not a whole EDF or BDF file: {what}",
        next_step="Copy or export the recording again, and check that this is the file you meant.",
    )
