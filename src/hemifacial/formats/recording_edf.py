"""EDF, EDF+C, EDF+D, BDF and BDF+: each channel at its own rate, gaps kept, read piece by piece.

The records are read here and not by edfio, for two reasons: edfio takes the whole of a BDF into
memory, and passes over the gaps of EDF+D. Our tests compare every value with edfio's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.formats.recording_edf_header import Header, Signal, read_header
from hemifacial.formats.recording_edf_marks import Note, notes_of, onset_of
from hemifacial.formats.recording_edf_samples import Reader, Run, bytes_of
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch

__all__ = ["open_edf"]

_TEXT_BYTES = 1 << 22


def open_edf(
    path: Path, names: ChannelNames, *, units: Mapping[str, str] | None = None
) -> Recording:
    """A recording of EDF or BDF kind; only its header and its annotations are read now.

    A gap is where a data record begins more than half a sample of the fastest channel, and more
    than 0.1 ms, from where the one before ends: each run of records between gaps is a stretch.

    Parameters
    ----------
    units
        The units of channels by their labels, for those of which the header states none.

    Raises
    ------
    InputError
        Where the file is no whole EDF or BDF, a unit is not known, or its records overlap.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        header = read_header(path, file, size)
    signals = tuple(signal for signal in header.signals if not signal.is_text)
    onsets, notes, problems = _annotations(header)
    runs = _runs(header, onsets)
    if not header.discontinuous and len(runs) > 1:
        problems.append(
            f"The file calls itself continuous and has {len(runs) - 1} gaps; they are kept."
        )
    problems += [
        f"Channel {signal.label!r} states no scale (its limits are equal): its values are raw."
        for signal in signals
        if not signal.has_scale
    ]
    start_s = runs[0].start_s
    return Recording(
        path=path,
        channels=tuple(_channel(header, signal, names, units or {}) for signal in signals),
        marks=_marks(notes, start_s, [signal.label for signal in signals]),
        stretches=tuple(_stretch(header, run, start_s) for run in runs) if signals else (),
        samples=Reader(header, signals, runs),
        recorded_at=_recorded_at(header, start_s),
        problems=(*header.problems, *problems),
    )


def _channel(
    header: Header, signal: Signal, names: ChannelNames, units: Mapping[str, str]
) -> Channel:
    site, side = names.of(signal.label)
    unit = signal.unit or units.get(signal.label, "")
    scale = microvolts_per_unit(unit, where=f"{header.path}, channel {signal.label!r}")
    return Channel(
        name=signal.label,
        unit=unit if signal.has_scale else "",
        rate_hz=signal.samples / header.record_s,
        microvolts_per_unit=scale if signal.has_scale else None,
        site=site,
        side=side,
        filters=signal.filters,
    )


def _stretch(header: Header, run: Run, start_s: float) -> Stretch:
    begin = run.start_s - start_s
    return Stretch(start_s=begin, stop_s=begin + (run.stop - run.first) * header.record_s)


def _recorded_at(header: Header, start_s: float) -> str:
    if header.start is None:
        return ""
    try:
        moment = header.start + timedelta(seconds=start_s)
    except OverflowError:
        return ""
    return moment.replace(tzinfo=None).isoformat()


def _marks(notes: list[Note], start_s: float, labels: list[str]) -> tuple[Mark, ...]:
    """Annotations in order of time; ``text@@LABEL`` is of that channel (EDF+, 2.2.5)."""
    marks = []
    for note in notes:
        text, at, label = note.text.rpartition("@@")
        alone = bool(at) and labels.count(label) == 1
        marks.append(
            Mark(
                onset_s=round(note.onset_s - start_s, 9),
                text=text if alone else note.text,
                duration_s=note.duration_s,
                channel=labels.index(label) if alone else -1,
            )
        )
    return tuple(sorted(marks, key=lambda mark: mark.onset_s))


def _annotations(header: Header) -> tuple[list[float | None], list[Note], list[str]]:
    """Where each data record begins, the texts, and what could not be read of them."""
    onsets: list[float | None] = []
    notes: list[Note] = []
    spoilt = 0
    texts = [signal for signal in header.signals if signal.is_text]
    for rank, signal in enumerate(texts):
        for raw in _text_of(header, signal):
            if rank == 0:
                onsets.append(onset_of(raw))
            found, bad = notes_of(raw)
            notes += found
            spoilt += bad
    problems = [f"{spoilt} annotations of the file could not be read."] if spoilt else []
    untimed = onsets.count(None)
    if header.discontinuous and (untimed or not onsets):
        raise InputError(
            f"{header.path}: the file says that it has gaps (EDF+D), and {untimed or 'all'} of its "
            f"{header.records} data records do not say when they begin",
            next_step="Export it again, without gaps if the recorder offers that.",
        )
    if untimed:
        problems.append(f"{untimed} of {header.records} data records do not say when they begin.")
    return onsets, notes, problems


def _text_of(header: Header, signal: Signal) -> Iterator[bytes]:
    """What a channel of text holds in each data record, a few hundred records at a time."""
    wide = header.sample_bytes * signal.samples
    if not wide:
        return
    at_once = max(1, _TEXT_BYTES // wide)
    for k in range(0, header.records, at_once):
        stop = min(k + at_once, header.records)
        block = bytes_of(header, signal, k * signal.samples, stop * signal.samples).tobytes()
        yield from (block[at : at + wide] for at in range(0, len(block), wide))


def _runs(header: Header, onsets: list[float | None]) -> tuple[Run, ...]:
    first_s = next((onset for onset in onsets if onset is not None), 0.0)
    if not onsets or onsets[0] is None or header.record_s <= 0:
        return (
            Run(first=0, stop=header.records, start_s=first_s if header.record_s <= 0 else 0.0),
        )
    samples = max((signal.samples for signal in header.signals if not signal.is_text), default=1)
    # Onsets are written with four digits as a rule: less than 0.1 ms says nothing.
    slack_s = max(0.5 * header.record_s / samples, 1e-4)
    runs: list[Run] = []
    begin, begin_s = 0, onsets[0]
    for k, onset in enumerate(onsets):
        expected_s = begin_s + (k - begin) * header.record_s
        if onset is None or abs(onset - expected_s) <= slack_s:
            continue
        if onset < expected_s:
            if not header.discontinuous:
                continue  # the file calls itself continuous, and its samples say no other
            raise InputError(
                f"{header.path}: data record {k + 1} begins at {onset:g} s, before the one before "
                f"it ends ({expected_s:g} s)",
                next_step="Export the recording again: its times contradict each other.",
            )
        runs.append(Run(first=begin, stop=k, start_s=begin_s))
        begin, begin_s = k, onset
    return (*runs, Run(first=begin, stop=header.records, start_s=begin_s))
