"""Whatever MNE-Python reads and we do not, where it is installed (``pip install mne``).

MNE keeps every channel at one rate and gives volts; what it warns of is kept as a problem. EDF, BDF
and BrainVision are never read by it: it passes over the gaps of EDF+D and resamples mixed rates.
"""

from __future__ import annotations

import importlib
import struct
import warnings
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch

__all__ = ["open_by_mne"]

_MNE = "mne"  # By its name alone: it is optional, and nothing of it is known to our types.
_VOLT = 107  # FIFF_UNIT_V
_OURS = (".edf", ".bdf", ".xdf", ".vhdr")
"""What has such a name and not the content is damaged, and MNE would read it by its name."""

_NEEDED = {".data": {"ch_type": "eeg"}}
"""What MNE has to be told of a kind of file (Nicolet); it decides the unit, which is a voltage."""

_SKIPPED = "bad_acq_skip"
_EDGES = ("boundary", "edge boundary", "bad boundary")
"""Where MNE laid parts together, and how long the time between was is not known."""

_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What a library may raise that trusts its input."""


def open_by_mne(path: Path, names: ChannelNames, *, start: bytes, read: str) -> Recording:
    """The recording as MNE reads it; its samples are read when they are asked for.

    Parameters
    ----------
    start
        What the file begins with, for the message.
    read
        What is read without MNE, for the message.

    Raises
    ------
    InputError
        Where MNE is not installed, or cannot read the file.
    """
    try:
        mne = None if path.suffix.lower() in _OURS else importlib.import_module(_MNE)
    except ImportError:
        mne = None
    if mne is None:
        raise InputError(
            f"{path}: not a recording of a kind that is read (it begins with {start[:8]!r})",
            next_step=f"Export it as one of these: {read}. Or install MNE-Python, which reads "
            "others (pip install mne).",
        )
    try:
        with _silent(), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            raw = mne.io.read_raw(
                str(path), preload=False, verbose="ERROR", **_NEEDED.get(path.suffix.lower(), {})
            )
            channels = tuple(_channel(one, raw, names) for one in raw.info["chs"])
            stretches, said = _stretches(raw)
            marks = _marks(raw)
            recorded_at = _recorded_at(raw)
    except _FAILURES as error:
        raise InputError(
            f"{path}: not a recording of a kind that is read, nor by MNE-Python: "
            f"{' '.join(str(error).split())[:300] or type(error).__name__}",
            next_step=f"Export it as one of these: {read}.",
        ) from error
    return Recording(
        path=path,
        channels=channels,
        marks=marks,
        stretches=tuple(stretches),
        samples=_Reader(path, raw, channels, stretches),
        recorded_at=recorded_at,
        problems=(
            f"Read by MNE-Python {mne.__version__}.",
            *dict.fromkeys(f"MNE: {' '.join(str(one.message).split())}" for one in warned),
            *said,
        ),
    )


def _silent() -> redirect_stdout[StringIO]:
    """Some readers print, and what we print is a result."""
    return redirect_stdout(StringIO())


def _channel(one: Any, raw: Any, names: ChannelNames) -> Channel:
    site, side = names.of(one["ch_name"])
    is_voltage = int(one["unit"]) == _VOLT
    return Channel(
        name=str(one["ch_name"]),
        unit="V" if is_voltage else "",
        rate_hz=float(raw.info["sfreq"]),
        microvolts_per_unit=1e6 if is_voltage else None,
        site=site,
        side=side,
        filters=f"{raw.info['highpass']:g} to {raw.info['lowpass']:g} Hz",
    )


def _annotations(raw: Any) -> list[tuple[float, float, str]]:
    """Onset from the first sample, duration and text, in order of time."""
    ahead_s = float(raw.first_time) if raw.annotations.orig_time is not None else 0.0
    return sorted(
        (float(one["onset"]) - ahead_s, float(one["duration"]), str(one["description"]))
        for one in raw.annotations
    )


def _stretches(raw: Any) -> tuple[list[Stretch], list[str]]:
    """What lies between the parts that were not recorded, on whole samples."""
    rate_hz, count = float(raw.info["sfreq"]), int(raw.n_times)
    spans: list[tuple[int, int]] = []
    begin, joined = 0, 0
    for onset_s, duration_s, text in _annotations(raw):
        first = min(max(round(onset_s * rate_hz), begin), count)
        if text.lower() == _SKIPPED:
            spans.append((begin, first))
            begin = min(max(round((onset_s + duration_s) * rate_hz), first), count)
        elif text.lower() in _EDGES and first > begin:
            spans.append((begin, first))
            begin = first
            joined += 1
    spans.append((begin, count))
    said = [
        f"{joined} places where parts were laid together: how long the time between them was is "
        "not known."
    ]
    stretches = [
        Stretch(start_s=first / rate_hz, stop_s=stop / rate_hz)
        for first, stop in spans
        if first < stop
    ]
    return stretches, said if joined else []


def _marks(raw: Any) -> tuple[Mark, ...]:
    return tuple(
        Mark(onset_s=round(onset_s, 9), text=text, duration_s=duration_s)
        for onset_s, duration_s, text in _annotations(raw)
        if text.lower() != _SKIPPED and text.lower() not in _EDGES
    )


def _recorded_at(raw: Any) -> str:
    begin = raw.info["meas_date"]
    if begin is None:
        return ""
    moment = begin + timedelta(seconds=float(raw.first_time))
    return str(moment.replace(tzinfo=None).isoformat())


class _Reader:
    """Asks MNE for samples of a channel."""

    def __init__(
        self, path: Path, raw: Any, channels: tuple[Channel, ...], stretches: list[Stretch]
    ) -> None:
        self._path = path
        self._raw = raw
        self._channels = channels
        self._stretches = stretches

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` of a stretch, in the unit of the channel."""
        one = self._channels[channel]
        ahead = round(self._stretches[stretch].start_s * one.rate_hz)
        if first >= stop:
            return np.empty(0)
        try:
            with _silent():
                read = self._raw.get_data(
                    picks=[channel], start=ahead + first, stop=ahead + stop, verbose="ERROR"
                )
        except _FAILURES as error:
            raise InputError(
                f"{self._path}: MNE-Python could not read channel {one.name!r} "
                f"({' '.join(str(error).split())[:200]})",
                next_step="Copy or export the recording again.",
            ) from error
        values: NDArray[np.float64] = np.asarray(read, np.float64)[0]
        if one.microvolts_per_unit is not None and not np.isfinite(values).all():
            raise InputError(
                f"{self._path}: channel {one.name!r} has values that are no finite numbers",
                next_step="Leave this channel out, or export the recording again.",
            )
        return values
