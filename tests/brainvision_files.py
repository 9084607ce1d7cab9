"""Small BrainVision recordings written by hand: no reader is tested by its own writer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

DTYPES = {"INT_16": "<i2", "INT_32": "<i4", "IEEE_FLOAT_32": "<f4"}


def header(
    *channels: str,
    binary: str = "INT_16",
    orientation: str = "MULTIPLEXED",
    interval_us: str = "100",
    more: str = "",
    count: str | None = None,
    data: str = "a.eeg",
    marks: str = "a.vmrk",
) -> str:
    """The text of a header; a channel is what follows ``Ch1=``."""
    lines = "\n".join(f"Ch{k}={one}" for k, one in enumerate(channels, start=1))
    return (
        "Brain Vision Data Exchange Header File Version 1.0\n; a comment = nothing\n\n"
        f"[Common Infos]\nCodepage=UTF-8\nDataFile={data}\nMarkerFile={marks}\n"
        f"DataFormat=BINARY\nDataOrientation={orientation}\n"
        f"NumberOfChannels={count or len(channels)}\nSamplingInterval={interval_us}\n{more}\n"
        f"[Binary Infos]\nBinaryFormat={binary}\n\n[Channel Infos]\n{lines}\n\n"
        "[Comment]\nNumberOfChannels=99 = no setting\n"
    )


def markers(*lines: str) -> str:
    """The text of a marker file; a line is what follows ``Mk1=``."""
    said = "\n".join(f"Mk{k}={one}" for k, one in enumerate(lines, start=1))
    return (
        "Brain Vision Data Exchange Marker File, Version 1.0\n\n"
        f"[Common Infos]\nDataFile=a.eeg\n\n[Marker Infos]\n{said}\n"
    )


def write(folder: Path, head: str, values: np.ndarray | bytes, *marks: str) -> Path:
    """The three files; `values` (samples, channels) are laid out as the header says."""
    path = folder / "a.vhdr"
    path.write_text(head, encoding="utf-8")
    path.with_name("a.vmrk").write_text(markers(*marks), encoding="utf-8")
    if not isinstance(values, bytes):
        binary = next(one for one in DTYPES if f"BinaryFormat={one}" in head)
        rows = values.T if "VECTORIZED" in head else values
        values = np.ascontiguousarray(rows, DTYPES[binary]).tobytes()
    path.with_name("a.eeg").write_bytes(values)
    return path


def ramp(samples: int, channels: int = 1) -> np.ndarray:
    """Another number in every place."""
    return np.arange(samples * channels).reshape(samples, channels) - 7


def onsets(marks: Sequence[object]) -> list[tuple[float, str]]:
    """Time and text of marks."""
    return [(one.onset_s, one.text) for one in marks]  # type: ignore[attr-defined]
