"""The samples of a stream of an XDF file, many at a time.

A sample is one byte that says whether a time stamp of eight bytes follows, the stamp, and the
values. Recorders stamp all samples or the first of a block, so neighbours are mostly laid out
alike, and what is alike is cut out at once. pyxdf takes each sample by itself; it is the oracle of
our tests. XDF 1.0: https://github.com/sccn/xdf/wiki/Specifications
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BYTES", "Damaged", "DamagedChunk", "Layout", "Numbers", "numbers_of"]

BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8}
"""The kinds of numbers of XDF with their bytes."""

_TYPES = {
    "int8": "i1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
    "float32": "<f4",
    "double64": "<f8",
}
_STAMP_BYTES = 8
_FIRST_LOOK = 64
_GOES_ON = "its samples go on after its end"


class Damaged(Exception):
    """What is wrong at the place that is being read."""


class DamagedChunk(Damaged):
    """What is wrong with one of the chunks of a stream, and which one, from 0."""

    def __init__(self, what: str, chunk: int) -> None:
        super().__init__(what)
        self.chunk = chunk


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a stream lays out a sample; `step_s` is from one to the next, 0 without a rate."""

    kind: str
    channels: int
    step_s: float

    @property
    def sample_bytes(self) -> int:
        """The values of a sample."""
        return self.channels * BYTES[self.kind]


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """Values (samples, channels) of a stream and their time stamps in s, some of them deduced."""

    values: NDArray[np.generic]
    stamps_s: NDArray[np.float64]


def numbers_of(chunks: Sequence[tuple[int, bytes]], layout: Layout) -> Numbers:
    """The samples of a stream: of each chunk how many it says it has, and their bytes.

    A sample without a stamp follows the one before by `Layout.step_s`, the first one zero.

    Raises
    ------
    DamagedChunk
        Of the first chunk whose samples do not end where it does.
    """
    raw = np.frombuffer(b"".join(part for _, part in chunks), np.uint8)
    bounds = np.cumsum([count for count, _ in chunks])
    expected = np.cumsum([len(part) for _, part in chunks])
    found = np.zeros(len(chunks), np.int64)
    total = int(bounds[-1]) if len(chunks) else 0
    values = np.empty((total, layout.sample_bytes), np.uint8)
    stamps_s = np.empty(total)
    at, done, last_s = 0, 0, 0.0
    while done < total:
        stamped = at < len(raw) and bool(raw[at])
        ahead = 1 + (_STAMP_BYTES if stamped else 0)
        step = ahead + layout.sample_bytes
        alike = _alike(raw[at:], step, total - done, stamped)
        if not alike:
            break
        block = raw[at : at + alike * step].reshape(alike, step)
        values[done : done + alike] = block[:, ahead:]
        if stamped:
            read = np.ascontiguousarray(block[:, 1:ahead]).view("<f8")[:, 0]
        else:  # added up one by one, as the rule of the format is written
            read = np.cumsum(np.concatenate([[last_s], np.full(alike, layout.step_s)]))[1:]
        stamps_s[done : done + alike] = read
        here = slice(*np.searchsorted(bounds, [done, done + alike], "right"))
        found[here] = at + (bounds[here] - done) * step
        last_s = float(read[-1])
        done += alike
        at += alike * step
    _check(found, expected, whole=int(np.searchsorted(bounds, done, "right")))
    return Numbers(values=values.view(_TYPES[layout.kind]), stamps_s=stamps_s)


def _check(found: NDArray[np.int64], expected: NDArray[np.int64], *, whole: int) -> None:
    """Whether every chunk ends with its last sample; `whole` of them were read to their end."""
    wrong = np.flatnonzero(found[:whole] != expected[:whole])
    if len(wrong):
        chunk = int(wrong[0])
        over = int(expected[chunk] - found[chunk])
        what = f"{over} bytes after its last sample" if over > 0 else _GOES_ON
        raise DamagedChunk(what, chunk)
    if whole < len(expected):
        raise DamagedChunk(_GOES_ON, whole)


def _alike(raw: NDArray[np.uint8], step: int, most: int, stamped: bool) -> int:
    """How many whole samples from the first on have a stamp, or have none, as the first."""
    flags = raw[::step][: min(most, len(raw) // step)]
    seen, look = 0, _FIRST_LOOK
    while seen < len(flags):
        others = np.flatnonzero((flags[seen : seen + look] != 0) != stamped)
        if len(others):
            return seen + int(others[0])
        seen += look
        look *= 2
    return len(flags)
