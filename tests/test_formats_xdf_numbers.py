"""Numbers of XDF that are read many at a time are those that pyxdf reads one by one."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyxdf
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.errors import InputError
from hemifacial.formats.recording_xdf_chunks import read_chunks
from hemifacial.formats.recording_xdf_samples import BYTES
from recording_bytes import chunk, stream, words, xdf

KINDS = {
    "int8": "b",
    "int16": "<h",
    "int32": "<i",
    "int64": "<q",
    "float32": "<f",
    "double64": "<d",
}

# Whether each sample of each chunk carries a stamp of its own: long runs, short ones, single ones.
stamped = st.one_of(
    st.lists(st.booleans(), max_size=12),
    st.integers(0, 300).map(lambda count: [True] + [False] * count),
    st.tuples(st.integers(60, 140), st.integers(0, 140)).map(
        lambda n: [False] * n[0] + [True] * n[1]
    ),
)


def numeric(number: int, kind: str, channels: int, flags: list[bool], seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    body = b"".join(
        (b"\x08" + struct.pack("<d", 7 + seed + k / 90) if flag else b"\0")
        + rng.integers(0, 250, channels * BYTES[kind], np.uint8).tobytes()
        for k, flag in enumerate(flags)
    )
    return chunk(3, struct.pack("<IBI", number, 4, len(flags)) + body)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    channels=st.integers(1, 5),
    rate=st.sampled_from(["100", "333.3", "0"]),
    chunks=st.lists(stamped, min_size=1, max_size=4),
)
def test_values_and_stamps_are_those_of_pyxdf(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    channels: int,
    rate: str,
    chunks: list[list[bool]],
) -> None:
    path = tmp_path_factory.mktemp("numbers") / "a.xdf"
    parts = [numeric(1, kind, channels, flags, seed) for seed, flags in enumerate(chunks)]
    text = [stream(2, kind="string", rate="0"), words(2, [(8.5, "pulse")])]
    path.write_bytes(xdf(stream(1, kind=kind, rate=rate, channels=channels), *text, *parts))
    theirs: dict[str, Any] = pyxdf.load_xdf(
        str(path), synchronize_clocks=False, dejitter_timestamps=False
    )[0][0]
    ours = read_chunks(path).numbers[1]
    assert ours.values.dtype == theirs["time_series"].dtype
    assert ours.values.tobytes() == np.ascontiguousarray(theirs["time_series"]).tobytes()
    np.testing.assert_array_equal(ours.stamps_s, theirs["time_stamps"])


def test_the_rest_holds_every_chunk_and_no_number(tmp_path: Path) -> None:
    path = tmp_path / "a.xdf"
    head, one = stream(1), numeric(1, "float32", 1, [True] * 50, 0)
    path.write_bytes(xdf(head, one, chunk(9, b"other"), one, numeric(1, "float32", 1, [], 0)))
    chunks = read_chunks(path)
    assert head + b"\x01\x08\x03\0\1\0\0\0\1\0" + chunk(9, b"other") in chunks.rest
    assert len(chunks.rest) == len(xdf(head, chunk(9, b"other"))) + 10
    assert chunks.numbers[1].values.shape == (100, 1)


def test_the_chunk_that_is_damaged_is_named(tmp_path: Path) -> None:
    """Its own byte, and not that of the first chunk of its stream."""
    path = tmp_path / "a.xdf"
    sound = [stream(1), *(numeric(1, "int16", 2, [True, False], k) for k in range(3))]
    path.write_bytes(xdf(*sound, chunk(3, struct.pack("<IBI", 1, 4, 1) + b"\0" * 6), sound[1]))
    with pytest.raises(InputError) as caught:
        read_chunks(path)
    message = f"begins at byte {len(xdf(*sound))}: 1 bytes after its last sample"
    assert message in caught.value.problem


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (struct.pack("<IBI", 1, 4, 2) + b"\0" * 9, "2 samples in 9 bytes"),
        (struct.pack("<IBI", 1, 4, 2) + b"\0" * 11, "1 bytes after its last sample"),
        (struct.pack("<IBI", 1, 4, 2) + b"\x08" + b"\0" * 11, "go on after its end"),
        (struct.pack("<IBI", 1, 4, 1) + b"\x08" + struct.pack("<df", 1e300, 1), "a time of"),
    ],
)
def test_a_chunk_that_lies_is_refused(tmp_path: Path, body: bytes, message: str) -> None:
    path = tmp_path / "a.xdf"
    path.write_bytes(xdf(stream(1), chunk(3, body)))
    with pytest.raises(InputError, match=message):
        read_chunks(path)
