"""BrainVision (.vhdr with .eeg and .vmrk): read piece by piece, new segments kept apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.formats.recording_brainvision_header import (
    BrainVision,
    ChannelInfo,
    Marker,
    broken,
    read_brainvision,
)
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch

__all__ = ["open_brainvision"]

_NEW_SEGMENT = "new segment"
_APART_S = 1.0
_BLOCK_BYTES = 1 << 22
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})")


def open_brainvision(path: Path, names: ChannelNames) -> Recording:
    """A recording of BrainVision kind by its header file; only header and markers are read now.

    Every marker ``New Segment`` begins a stretch. It begins when its date says; without dates
    segments are laid a second apart, and `Recording.problems` says so. The text of a mark is the
    description of its marker, or its kind where that is empty.

    Raises
    ------
    InputError
        Where header, markers or samples do not fit together, a unit is not known, or, when it is
        read, a voltage is not a number.
    """
    header = read_brainvision(path)
    samples, problems = _samples(header)
    segments = [one for one in header.markers if one.kind.lower() == _NEW_SEGMENT]
    edges = sorted({0, samples, *(one.first for one in segments if one.first < samples)})
    stretches, said = _stretches(header, edges, segments)
    channels = tuple(_channel(header, one, names) for one in header.channels)
    beyond = sum(one.first >= samples for one in header.markers)
    return Recording(
        path=path,
        channels=channels,
        marks=tuple(
            _mark(header, one, edges, stretches)
            for one in header.markers
            if one.kind.lower() != _NEW_SEGMENT and one.first < samples
        ),
        stretches=stretches,
        samples=_Reader(header, samples, edges, channels),
        recorded_at=_recorded_at(segments),
        problems=(
            *header.problems,
            *problems,
            *said,
            *([f"{beyond} markers lie after the last sample."] if beyond else []),
        ),
    )


def _samples(header: BrainVision) -> tuple[int, list[str]]:
    """How many samples a channel has, and what is to be said of that."""
    try:
        size = header.data.stat().st_size
    except OSError as error:
        raise InputError(
            f"{header.path}: its samples, {header.data.name}, cannot be read "
            f"({error.strerror or error})",
            next_step="Put the files of the recording side by side under their own names.",
        ) from error
    frame = len(header.channels) * np.dtype(header.dtype).itemsize
    whole, over = divmod(size, frame)
    if whole < 1:
        raise broken(header.path, f"{header.data.name} holds {size} bytes: no sample")
    if header.stated is not None and whole < header.stated:
        raise broken(
            header.path, f"it says {header.stated} samples and {header.data.name} holds {whole}"
        )
    if header.vectorised and header.stated is None and over:
        raise broken(header.path, f"{header.data.name} ends within a sample")
    if header.stated is not None and (whole > header.stated or over):
        return header.stated, ["The file goes on after the samples that its header states."]
    return whole, ["The file ends within a sample, which is left out."] if over else []


def _stretches(
    header: BrainVision, edges: list[int], segments: list[Marker]
) -> tuple[tuple[Stretch, ...], list[str]]:
    dates = {one.first: _moment(one.date) for one in segments}
    begin = dates.get(0)
    stretches: list[Stretch] = []
    guessed = 0
    for first, stop in pairwise(edges):
        start_s = 0.0
        if stretches:
            here = dates.get(first)
            start_s = (here - begin).total_seconds() if here and begin else -1.0
            # Half a sample: dates are written to the microsecond.
            if start_s < stretches[-1].stop_s - 0.5 / header.rate_hz:
                start_s = stretches[-1].stop_s + _APART_S
                guessed += 1
        stretches.append(Stretch(start_s=start_s, stop_s=start_s + (stop - first) / header.rate_hz))
    said = [
        f"{guessed} of its segments do not say when they begin: they are laid a second after the "
        "one before."
    ]
    return tuple(stretches), said if guessed else []


def _channel(header: BrainVision, one: ChannelInfo, names: ChannelNames) -> Channel:
    site, side = names.of(one.name)
    scale = microvolts_per_unit(one.unit, where=f"{header.path}, channel {one.name!r}")
    return Channel(
        name=one.name,
        unit=one.unit,
        rate_hz=header.rate_hz,
        microvolts_per_unit=scale,
        site=site,
        side=side,
    )


def _mark(
    header: BrainVision, one: Marker, edges: list[int], stretches: tuple[Stretch, ...]
) -> Mark:
    index = bisect_right(edges, one.first) - 1
    onset_s = stretches[index].start_s + (one.first - edges[index]) / header.rate_hz
    return Mark(
        onset_s=round(onset_s, 9),
        text=one.text or one.kind,
        duration_s=one.samples / header.rate_hz if one.samples > 1 else 0.0,
        channel=one.channel if one.channel < len(header.channels) else -1,
    )


def _moment(date: str) -> datetime | None:
    found = _DATE.fullmatch(date)
    if found is None:
        return None
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _recorded_at(segments: list[Marker]) -> str:
    begin = next((_moment(one.date) for one in segments if one.first == 0), None)
    return "" if begin is None else begin.replace(tzinfo=None).isoformat()


class _Reader:
    """Reads samples of a channel from the file, which is opened for each call."""

    def __init__(
        self,
        header: BrainVision,
        samples: int,
        edges: list[int],
        channels: tuple[Channel, ...],
    ) -> None:
        self._header = header
        self._samples = samples
        self._edges = edges
        self._channels = channels

    def __call__(self, channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        """Samples `first` to `stop` of a stretch, in the unit of the channel."""
        ahead = self._edges[stretch]
        values = self._raw(channel, ahead + first, ahead + stop)
        values *= self._header.channels[channel].resolution
        if (
            self._channels[channel].microvolts_per_unit is not None
            and not np.isfinite(values).all()
        ):
            raise InputError(
                f"{self._header.path}: channel {self._channels[channel].name!r} has values that "
                "are no finite numbers",
                next_step="Leave this channel out, or export the recording again.",
            )
        return values

    def _raw(self, channel: int, first: int, stop: int) -> NDArray[np.float64]:
        header = self._header
        dtype = np.dtype(header.dtype)
        wide = 1 if header.vectorised else len(header.channels)
        skipped = channel * self._samples if header.vectorised else 0
        out = np.empty(stop - first)
        at_once = max(1, _BLOCK_BYTES // (wide * dtype.itemsize))
        with header.data.open("rb") as file:
            file.seek((skipped + first * wide) * dtype.itemsize)
            for k in range(0, len(out), at_once):
                part = out[k : k + at_once]
                block = np.fromfile(file, dtype, len(part) * wide)
                if len(block) < len(part) * wide:
                    raise InputError(
                        f"{header.data}: the file has become shorter since it was opened",
                        next_step="Wait until it is copied as a whole, and open it again.",
                    )
                part[:] = block.reshape(len(part), wide)[:, 0 if header.vectorised else channel]
        return out
