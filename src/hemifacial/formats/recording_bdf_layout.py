"""The header and the annotations of a BDF+ file that is to be written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Mark, Recording

__all__ = [
    "BOTTOM",
    "TOP",
    "BdfLabel",
    "Scale",
    "Shape",
    "header_of",
    "scale_of",
    "shape_of",
    "texts_of",
    "unwritable",
]

BOTTOM, TOP = -(2**23), 2**23 - 1
"""The least and the largest number of 24 bits."""

_WISHED_S = 1.0
_MOST_OFF = 1e-5
"""By which share a rate may be off; only what is shorter than 0.1 s comes near."""

_MOST_RECORDS = 10**8 - 1
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()


@dataclass(frozen=True, kw_only=True)
class BdfLabel:
    """What the header says of a channel: printable ASCII, at most 16, 8 and 80 letters."""

    label: str
    unit: str
    filters: str = ""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Limits of a channel, as the header writes them."""

    low: str
    high: str


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a stretch is parted into data records."""

    records: int
    record_s: str
    samples: tuple[int, ...]


def shape_of(recording: Recording, counts: list[int]) -> Shape:
    """Data records that end where the stretch ends, of about a second where that goes."""
    if not counts or not min(counts):
        raise unwritable(recording, "it has no sample")
    lasts = [n / c.rate_hz for n, c in zip(counts, recording.channels, strict=True)]
    if max(lasts) - min(lasts) > 1e-6 * max(lasts):
        raise unwritable(
            recording,
            f"its channels end {1000 * (max(lasts) - min(lasts)):.3g} ms apart, and BDF has no "
            "way to say that",
        )
    shared = math.gcd(*counts)
    found: tuple[float, float, int] | None = None
    for parts in _divisors(shared):
        exact = lasts[0] / parts
        written = float(_eight(exact))
        off = abs(written / exact - 1) if written else 1.0
        # As exact as may be, and of those about a second long.
        rank = (round(off, 10), abs(math.log(exact / _WISHED_S)), parts)
        if parts <= _MOST_RECORDS and (found is None or rank < found):
            found = rank
    if found is None or found[0] > _MOST_OFF:
        raise unwritable(recording, f"a stretch of {lasts[0]:g} s has no duration of eight letters")
    records = found[2]
    return Shape(
        records=records,
        record_s=_eight(lasts[0] / records),
        samples=tuple(n // records for n in counts),
    )


def _divisors(number: int) -> list[int]:
    small = [k for k in range(1, math.isqrt(number) + 1) if number % k == 0]
    return sorted({*small, *(number // k for k in small)})


def scale_of(low: float, high: float) -> Scale:
    """Limits that hold these values; a channel that never changes gets some room."""
    if high - low < 1e-6 * max(abs(low), abs(high), 1e-6):
        half = 0.5 * max(abs(low), abs(high), 1.0)
        low, high = low - half, high + half
    return Scale(low=_outward(low, down=True), high=_outward(high, down=False))


def _outward(value: float, *, down: bool) -> str:
    """A number of eight letters that is not within the limit."""
    for digits in range(8, 0, -1):
        text = _plain(value, digits)
        if (float(text) > value) if down else (float(text) < value):
            step = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
            text = _plain(float(text) + (-step if down else step), digits)
        if len(text) <= 8:
            return text
    raise ValueError(f"{value} has no form of eight letters")


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def _eight(value: float) -> str:
    """A duration of eight letters, as near as may be."""
    return next(text for digits in range(8, 0, -1) if len(text := _plain(value, digits)) <= 8)


def texts_of(
    marks: Sequence[Mark], labels: Sequence[BdfLabel], shape: Shape, ahead_s: float
) -> list[bytes]:
    """The annotations of every data record; the first of each says when it begins."""
    record_s = float(shape.record_s)
    texts = [
        f"+{ahead_s + k * record_s:.9f}".rstrip("0").rstrip(".").encode() + b"\x14\x14\0"
        for k in range(shape.records)
    ]
    for one in marks:
        where = min(max(math.floor(one.onset_s / record_s), 0), shape.records - 1)
        onset = f"{one.onset_s + ahead_s:+.9f}".rstrip("0").rstrip(".")
        lasting = f"\x15{one.duration_s:.9f}".rstrip("0").rstrip(".") if one.duration_s else ""
        text = "".join(" " if letter < " " else letter for letter in one.text)
        if one.channel >= 0:
            text += f"@@{labels[one.channel].label}"
        texts[where] += f"{onset}{lasting}\x14{text}\x14\0".encode()
    return texts


def header_of(
    labels: Sequence[BdfLabel],
    scales: Sequence[Scale],
    shape: Shape,
    width: int,
    begin: datetime | None,
) -> bytes:
    """The header; `width` is how many samples of 24 bits the annotations of a record fill."""
    number = len(labels) + 1
    day = begin.strftime("%d.%m.%y") if begin and 1985 <= begin.year <= 2084 else "01.01.85"
    clock = begin.strftime("%H.%M.%S") if begin else "00.00.00"
    date = f"{begin.day:02d}-{_MONTHS[begin.month - 1]}-{begin.year:04d}" if begin else "X"
    main = [
        ("X X X X", 80), (f"Startdate {date} X X X", 80), (day, 8), (clock, 8),
        (str(256 * (number + 1)), 8), ("BDF+C", 44), (str(shape.records), 8),
        (shape.record_s, 8), (str(number), 4),
    ]  # fmt: skip
    limits = [str(BOTTOM), str(TOP)]
    text = ["BDF Annotations", "", "", "-1", "1", *limits, "", str(width), ""]
    rows = [
        [one.label, "", one.unit, scale.low, scale.high, *limits, one.filters, str(n), ""]
        for one, scale, n in zip(labels, scales, shape.samples, strict=True)
    ]
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    cells = [(row[k], size) for k, size in enumerate(widths) for row in (*rows, text)]
    return b"\xffBIOSEMI" + b"".join(
        said.encode("ascii").ljust(size)[:size] for said, size in (*main, *cells)
    )


def unwritable(recording: Recording, what: str) -> InputError:
    """The error of a recording that BDF cannot hold."""
    return InputError(
        f"{recording.path}: cannot be written as BDF: {what}",
        next_step="Leave such channels out (hemifacial.formats.recording_parts.some_channels).",
    )
