"""The streams of an XDF file laid on the stretches that they share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.formats.recording_facts import Channel, Samples, Stretch

__all__ = ["Laid", "Run", "Stream", "channels_of", "shared"]

_WORTH_SAYING_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Run:
    """Samples `first` to `stop` (not in it) of a stream, evenly spaced from `start_s` on."""

    first: int
    stop: int
    start_s: float

    def times_s(self, rate_hz: float) -> NDArray[np.float64]:
        """The time of each sample."""
        return self.start_s + np.arange(self.stop - self.first) / rate_hz

    def stop_s(self, rate_hz: float) -> float:
        """One sample after the last."""
        return self.start_s + (self.stop - self.first) / rate_hz


@dataclass(frozen=True, kw_only=True, eq=False)
class Stream:
    """A stream of numbers: `series` has shape (samples, channels)."""

    name: str
    channels: tuple[Channel, ...]
    series: NDArray[Any]
    runs: tuple[Run, ...]

    @property
    def rate_hz(self) -> float:
        """Of all its channels."""
        return self.channels[0].rate_hz

    @property
    def has_voltage(self) -> bool:
        """Whether any channel is a voltage."""
        return any(channel.microvolts_per_unit is not None for channel in self.channels)


@dataclass(frozen=True, kw_only=True, eq=False)
class Laid:
    """Stretches from the first sample on, their samples, and what is to be said of them.

    `first_s` is the first sample on the clock of the file.
    """

    stretches: tuple[Stretch, ...]
    samples: Samples
    problems: tuple[str, ...]
    first_s: float


def channels_of(
    path: Path, info: Mapping[str, Any], name: str, rate_hz: float, names: ChannelNames
) -> tuple[tuple[Channel, ...], list[str]]:
    """The channels of a stream by its header, and what is to be said of them.

    Raises
    ------
    InputError
        Where a channel states a unit that is not known.
    """
    count = int(info["channel_count"][0])
    described = list(_described(info))
    channels = []
    for k in range(count):
        entry = described[k] if len(described) == count else {}
        label = _text(entry, "label") or (name if count == 1 else f"{name} {k + 1}")
        unit = _text(entry, "unit")
        site, side = names.of(label)
        where = f"{path}, stream {name!r}, channel {label!r}"
        scale = microvolts_per_unit(unit, where=where)
        channels.append(
            Channel(
                name=label,
                unit=unit,
                rate_hz=rate_hz,
                microvolts_per_unit=scale,
                site=site,
                side=side,
            )
        )
    if all(not channel.unit for channel in channels):
        return tuple(channels), [f"Stream {name!r} states no unit: its values are as in the file."]
    return tuple(channels), []


def shared(path: Path, streams: tuple[Stream, ...]) -> Laid:
    """The stretches that all voltages share, and what is left out of them.

    Raises
    ------
    InputError
        Where there is no such stretch, the clock goes back, or a voltage is not a number.
    """
    leading = [stream for stream in streams if stream.has_voltage] or list(streams)
    problems = [said for stream in streams for said in _not_numbers(path, stream)]
    fastest = max(leading, key=lambda stream: stream.rate_hz)
    others = [stream for stream in leading if stream is not fastest]
    spans = [span for run in fastest.runs for span in _common(fastest, run, others)]
    if not spans:
        raise InputError(
            f"{path}: its streams {', '.join(repr(stream.name) for stream in leading)} never "
            "record at the same time",
            next_step="Export them as one file each.",
        )
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise InputError(
            f"{path}: the clock of stream {fastest.name!r} goes back after a reset, so that two "
            "of its parts would be at the same time",
            next_step="Cut the file at the reset, and open the parts by themselves.",
        )
    kept_s = sum(stop_s - start_s for start_s, stop_s in spans)
    problems += [
        f"{lost_s:.1f} s of stream {stream.name!r} are left out: another stream does not record "
        "then."
        for stream in leading
        if (lost_s := len(stream.series) / stream.rate_hz - kept_s) > _WORTH_SAYING_S
    ]
    first_s = spans[0][0]
    return Laid(
        stretches=tuple(
            Stretch(start_s=start_s - first_s, stop_s=stop_s - first_s) for start_s, stop_s in spans
        ),
        samples=_Reader(streams, tuple(start_s for start_s, _ in spans)),
        problems=tuple(problems),
        first_s=first_s,
    )


def _common(fastest: Stream, run: Run, others: list[Stream]) -> list[tuple[float, float]]:
    """Where all others record during a run, on the samples of the run."""
    spans = [(run.start_s, run.stop_s(fastest.rate_hz))]
    for other in others:
        # Its last sample is left out, for its samples and those of the fastest do not coincide.
        theirs = [
            (one.start_s, one.stop_s(other.rate_hz) - 1 / other.rate_hz) for one in other.runs
        ]
        spans = [
            (max(begin, start), min(end, stop))
            for begin, end in spans
            for start, stop in theirs
            if max(begin, start) < min(end, stop)
        ]
    onto = []
    for begin, end in spans:
        low = math.ceil((begin - run.start_s) * fastest.rate_hz - 1e-6)
        high = math.floor((end - run.start_s) * fastest.rate_hz + 1e-6)
        if low < high:
            onto.append((run.start_s + low / fastest.rate_hz, run.start_s + high / fastest.rate_hz))
    return sorted(onto)


def _not_numbers(path: Path, stream: Stream) -> list[str]:
    problems = []
    for k, channel in enumerate(stream.channels):
        bad = np.flatnonzero(~np.isfinite(stream.series[:, k]))
        if not len(bad):
            continue
        what = (
            f"{len(bad)} of {len(stream.series)} values of channel {channel.name!r} in stream "
            f"{stream.name!r} are no finite numbers, the first is sample {bad[0] + 1}"
        )
        if channel.microvolts_per_unit is not None:
            raise InputError(
                f"{path}: {what}", next_step="Leave this stream out, or record it again."
            )
        problems.append(f"{what}.")
    return problems


class _Reader:
    """Reads samples of a stream that is in memory; not-a-number where it did not record."""

    def __init__(self, streams: tuple[Stream, ...], starts_s: tuple[float, ...]) -> None:
        self._places = [(stream, k) for stream in streams for k in range(len(stream.channels))]
        self._starts_s = starts_s

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` of a stretch, in the unit of the channel."""
        stream, column = self._places[channel]
        out = np.full(stop - first, math.nan)
        for run in stream.runs:
            ahead = round((self._starts_s[stretch] - run.start_s) * stream.rate_hz)
            low = max(first, -ahead)
            high = min(stop, run.stop - run.first - ahead)
            if low < high:
                begin = run.first + ahead + low
                out[low - first : high - first] = stream.series[begin : begin + high - low, column]
        return out


def _described(info: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries ``desc/channels/channel`` of a stream's header."""
    for desc in _entries(info, "desc"):
        for channels in _entries(desc, "channels"):
            yield from _entries(channels, "channel")


def _entries(node: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = node.get(key)
    yield from (entry for entry in found or () if isinstance(entry, Mapping))


def _text(node: Mapping[str, Any], key: str) -> str:
    found = node.get(key)
    entry = found[0] if isinstance(found, list) and found else None
    return entry.strip() if isinstance(entry, str) else ""
