"""XDF, as LabRecorder writes it: streams on one clock, with their breaks and clock resets.

pyxdf reads headers and texts and brings the clocks of the streams together; numbers are read here,
since pyxdf takes each sample by itself. Even time stamps are made here too, since pyxdf's own way
draws a line through every gap below a second.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording_facts import Mark, Recording
from hemifacial.formats.recording_xdf_chunks import Chunks, broken, read_chunks
from hemifacial.formats.recording_xdf_streams import Laid, Run, Stream, channels_of, shared

__all__ = ["open_xdf"]

_BREAK_S = 0.2
_BREAK_SAMPLES = 10
"""A step in the time stamps that is longer than both is a gap: what is sent in blocks jitters."""
_WORTH_SAYING = 0.001


@dataclass(frozen=True, kw_only=True)
class _Loaded:
    """The streams of a file: with a rate, without, and what is to be said of them."""

    streams: tuple[Stream, ...]
    marks: tuple[Mark, ...]
    problems: tuple[str, ...]


def open_xdf(path: Path, names: ChannelNames) -> Recording:
    """A recording of XDF kind; the whole of it is read into memory now.

    Streams of numbers with a rate are channels; streams of text, or without a rate, are marks.
    All channels share the stretches of `Recording`, which are the times in which every stream
    with a voltage records; what another stream lacks there is not-a-number. Each channel keeps its
    own rate, so its samples are at most half a sample of its own from where they are said to be.

    Raises
    ------
    InputError
        Where the file is damaged or cut off, a unit is not known, a voltage is not a number, or
        the streams with a voltage never record at the same time.
    """
    raw, header = _load(path, read_chunks(path))
    loaded = _loaded(path, raw, names)
    laid = shared(path, loaded.streams) if loaded.streams else _nothing(loaded.marks)
    return Recording(
        path=path,
        channels=tuple(channel for stream in loaded.streams for channel in stream.channels),
        marks=tuple(
            Mark(onset_s=round(mark.onset_s - laid.first_s, 9), text=mark.text)
            for mark in sorted(loaded.marks, key=lambda mark: mark.onset_s)
        ),
        stretches=laid.stretches,
        samples=laid.samples,
        recorded_at=str(_first(header.get("info"), "datetime") or ""),
        problems=(*loaded.problems, *laid.problems),
    )


def _nothing(marks: tuple[Mark, ...]) -> Laid:
    """What a file without a channel has: the time of its first mark."""

    def samples(channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        raise IndexError(f"no channel {channel}, stretch {stretch}: {first} to {stop}")

    first_s = min((mark.onset_s for mark in marks), default=0.0)
    return Laid(stretches=(), samples=samples, problems=(), first_s=first_s)


def _load(path: Path, chunks: Chunks) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What pyxdf makes of a file with the numbers that were read here, without a word of its own.

    Raises
    ------
    InputError
        Also where it has found damage and gone on: it would leave samples out.
    """
    import pyxdf  # type: ignore[import-untyped]

    def filled(values: Any, stamps_s: Any, header: Any, stream: int) -> tuple[Any, Any, Any]:
        if (found := chunks.numbers.get(stream)) is not None:
            values, stamps_s = found.values, found.stamps_s
        return values, stamps_s, header

    said = _Said()
    logger = logging.getLogger("pyxdf.pyxdf")
    before = logger.propagate
    logger.addHandler(said)
    logger.propagate = False
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            streams, header = pyxdf.load_xdf(
                BytesIO(chunks.rest), on_chunk=filled, dejitter_timestamps=False
            )
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        np.linalg.LinAlgError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise broken(path, f"its headers or clocks cannot be understood ({error})") from error
    finally:
        logger.removeHandler(said)
        logger.propagate = before
    if said.errors:
        raise broken(path, said.errors[0])
    return streams, header or {}


class _Said(logging.Handler):
    """Keeps what a library reports as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one report."""
        self.errors.append(record.getMessage())


def _loaded(path: Path, raw: Sequence[Mapping[str, Any]], names: ChannelNames) -> _Loaded:
    streams: list[Stream] = []
    marks: list[Mark] = []
    problems: list[str] = []
    for one in raw:
        info = one["info"]
        name = str(_first(info, "name") or f"stream {info['stream_id']}")
        times_s = np.asarray(one["time_stamps"], np.float64)
        if not np.isfinite(times_s).all():
            raise broken(path, f"stream {name!r} has times that are no numbers")
        rate_hz = float(_first(info, "nominal_srate") or 0)
        if not len(times_s):
            problems.append(f"Stream {name!r} is empty.")
        elif _first(info, "channel_format") == "string" or rate_hz == 0:
            marks += _marks(times_s, one["time_series"])
        else:
            stream, said = _stream(path, one, name, times_s, rate_hz, names)
            streams.append(stream)
            problems += said
    return _Loaded(streams=tuple(streams), marks=tuple(marks), problems=tuple(problems))


def _marks(times_s: NDArray[np.float64], series: Any) -> list[Mark]:
    texts = (", ".join(str(value) for value in sample) for sample in series)
    return [
        Mark(onset_s=float(time_s), text=text)
        for time_s, text in zip(times_s, texts, strict=True)
        if text
    ]


def _stream(
    path: Path,
    one: Mapping[str, Any],
    name: str,
    times_s: NDArray[np.float64],
    rate_hz: float,
    names: ChannelNames,
) -> tuple[Stream, list[str]]:
    """A stream of numbers with its runs of even samples, and what is to be said of it."""
    info = one["info"]
    resets = [begin for begin, _ in info["clock_segments"][1:]]
    limit_s = max(_BREAK_S, _BREAK_SAMPLES / rate_hz)
    breaks = np.flatnonzero(np.abs(np.diff(times_s)) > limit_s) + 1
    edges = sorted({0, len(times_s), *resets, *breaks.tolist()})
    measured_hz = _measured(times_s, edges)
    longest = max(stop - first for first, stop in pairwise(edges))
    said = []
    if longest > 1 and longest * abs(measured_hz / rate_hz - 1) > 0.5:
        said = _of_rate(path, name, rate_hz, measured_hz)
        rate_hz = measured_hz
    runs = tuple(_run(times_s, first, stop, rate_hz) for first, stop in pairwise(edges))
    if resets:
        said.append(
            f"The clock of stream {name!r} was set anew during the recording: each of its "
            f"{len(resets) + 1} parts is a stretch of its own."
        )
    off_s = max(
        float(np.max(np.abs(times_s[run.first : run.stop] - run.times_s(rate_hz)))) for run in runs
    )
    if off_s > limit_s / 2:
        said.append(
            f"The time stamps of stream {name!r} are up to {off_s * 1000:.0f} ms from an even "
            "rate: a time within its stretches is no surer than that."
        )
    channels, about = channels_of(path, info, name, rate_hz, names)
    series = np.asarray(one["time_series"])
    return Stream(name=name, channels=channels, series=series, runs=runs), [*said, *about]


def _of_rate(path: Path, name: str, stated_hz: float, measured_hz: float) -> list[str]:
    """What is to be said of a rate that is not the stated one."""
    if not 0.5 < measured_hz / stated_hz < 2:
        raise broken(
            path,
            f"stream {name!r} states {stated_hz:g} Hz, and its time stamps are of "
            f"{measured_hz:.6g} Hz",
        )
    if abs(measured_hz / stated_hz - 1) < _WORTH_SAYING:
        return []
    return [
        f"Stream {name!r} states {stated_hz:g} Hz; its time stamps are of {measured_hz:.6g} Hz, "
        "which is used."
    ]


def _measured(times_s: NDArray[np.float64], edges: Sequence[int]) -> float:
    """Samples a second over all runs by their fitted lines, or 0 if no run has two samples."""
    steps = 0.0
    lasted_s = 0.0
    for first, stop in pairwise(edges):
        if stop - first > 1:
            steps += stop - first - 1
            lasted_s += _slope_s(times_s[first:stop]) * (stop - first - 1)
    return steps / lasted_s if lasted_s > 0 else 0.0


def _slope_s(times_s: NDArray[np.float64]) -> float:
    index = np.arange(len(times_s)) - (len(times_s) - 1) / 2
    return float(index @ (times_s - times_s.mean()) / (index @ index))


def _run(times_s: NDArray[np.float64], first: int, stop: int, rate_hz: float) -> Run:
    """Even samples whose mean time is that of their stamps, so that jitter averages out."""
    start_s = float(times_s[first:stop].mean()) - (stop - first - 1) / 2 / rate_hz
    return Run(first=first, stop=stop, start_s=start_s)


def _first(info: Any, key: str) -> Any:
    """The text of an entry of a header, or None."""
    entry = info.get(key) if isinstance(info, Mapping) else None
    return entry[0] if isinstance(entry, list) and entry else None
