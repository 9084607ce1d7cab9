"""BIDS-EMG (BIDS 1.11): a recording with what its sidecars say of channels and events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.bids_sidecars import read_table, recording_in, settings_of, table_of
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.formats.recording_edf import open_edf
from hemifacial.formats.recording_facts import Channel, Mark, Recording

__all__ = ["open_bids_emg"]

_NO_VOLTAGE = frozenset(
    "ACCEL ADC ANGACC AUDIO DAC EYEGAZE FORCE GSR GYRO HEARTBEAT JNTANG LATENCY MAGN ORNT POS PPG "
    "PUPIL RESP SYSCLOCK TEMP TRIG VEL".split()
)
"""Types of channels that are no potential of the body, whatever unit they state."""

_SAME_TIME_S = 5e-4


def open_bids_emg(path: Path, names: ChannelNames) -> Recording:
    """A recording of a BIDS-EMG dataset, its sidecars laid over what the file itself says.

    Parameters
    ----------
    path
        ``*_emg.edf`` or ``*_emg.bdf``, or a folder that holds just one such file. Without
        sidecars it is read as any EDF or BDF.

    Raises
    ------
    InputError
        Where the file cannot be read, a folder has no recording or several, a sidecar cannot be
        read, or a unit is not known.

    Notes
    -----
    A unit of ``_channels.tsv`` counts where the file states none. Where both state a voltage and
    differ, that of the file counts, since its limits are written in it, and `Recording.problems`
    says so: MNE-BIDS 0.20 writes ``V`` beside files in µV, and so do the examples of BIDS.
    """
    file = recording_in(path) if path.is_dir() else path
    table = table_of(file, "channels")
    rows = read_table(table, "name", "type", "units") if table else []
    stated = {row["name"]: row["units"] for row in rows}
    recording = open_edf(file, names, units=stated)
    channels, problems = _channels(recording, rows, names)
    problems += _settings(settings_of(file, "emg"), recording)
    events = table_of(file, "events")
    marks = list(recording.marks)
    if events is not None:
        told = _marks(read_table(events, "onset"), channels)
        marks = told + [mark for mark in marks if not _is_told(mark, told)]
        stop_s = recording.stretches[-1].stop_s if recording.stretches else math.inf
        if beyond := sum(mark.onset_s >= stop_s for mark in told):
            problems.append(f"{beyond} events of {events.name} lie after the last sample.")
    return replace(
        recording,
        channels=channels,
        marks=tuple(sorted(marks, key=lambda mark: mark.onset_s)),
        problems=(*recording.problems, *problems),
    )


def _channels(
    recording: Recording, rows: Sequence[Mapping[str, str]], names: ChannelNames
) -> tuple[tuple[Channel, ...], list[str]]:
    if not rows:
        return recording.channels, []
    labels = [channel.name for channel in recording.channels]
    listed = [row["name"] for row in rows]
    in_order = listed == labels
    channels, problems = [], _units(recording.channels, rows)
    for k, channel in enumerate(recording.channels):
        found = [row for row in rows if row["name"] == channel.name]
        if in_order or len(found) == 1:
            one, said = _channel(channel, rows[k] if in_order else found[0], names)
            channels.append(one)
            problems += said
        else:
            channels.append(channel)
            problems.append(
                f"_channels.tsv has {len(found) or 'no'} rows of channel {channel.name!r}."
            )
    if absent := [name for name in listed if name not in labels]:
        problems.append(f"_channels.tsv names what the file does not have: {', '.join(absent)}.")
    return tuple(channels), problems


def _channel(
    channel: Channel, row: Mapping[str, str], names: ChannelNames
) -> tuple[Channel, list[str]]:
    """A channel with what its row says, and what is to be said of that."""
    problems = []
    ours = channel.microvolts_per_unit
    kind = row["type"].upper()
    site, side = channel.site, channel.side
    if not site:
        site, side = names.of(row.get("target_muscle", "").replace("(", " ").replace(")", " "))
    if row.get("side", "") in (Side.RIGHT, Side.LEFT):
        side = Side(row["side"])
    if row.get("status", "").lower() == "bad":
        why = row.get("status_description", "")
        problems.append(f"Channel {channel.name!r} is called bad{': ' + why if why else '.'}")
    if (rate_hz := _number(row.get("sampling_frequency"))) and not math.isclose(
        rate_hz, channel.rate_hz, rel_tol=1e-4
    ):
        problems.append(
            f"Channel {channel.name!r} has {channel.rate_hz:g} Hz by the file and {rate_hz:g} Hz "
            "by _channels.tsv: that of the file is used."
        )
    return (
        replace(
            channel,
            site=site,
            side=side,
            filters=channel.filters or _filters(row),
            microvolts_per_unit=None if kind in _NO_VOLTAGE else ours,
        ),
        problems,
    )


def _units(channels: Sequence[Channel], rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Where file and table differ in the unit of a voltage, a sentence for each pair of units."""
    stated = {row["name"]: row["units"] for row in rows}
    differing: dict[tuple[str, str], list[str]] = {}
    for channel in channels:
        unit = stated.get(channel.name, "")
        if unit and channel.microvolts_per_unit is not None and not _is_same(channel, unit):
            differing.setdefault((channel.unit, unit), []).append(channel.name)
    return [
        f"{len(labels)} channels ({', '.join(labels[:3])}{' ...' if len(labels) > 3 else ''}) are "
        f"in {ours} by the file and in {theirs} by _channels.tsv: that of the file is used."
        for (ours, theirs), labels in differing.items()
    ]


def _is_same(channel: Channel, unit: str) -> bool:
    try:
        return microvolts_per_unit(unit, where="") == channel.microvolts_per_unit
    except InputError:
        return False


def _filters(row: Mapping[str, str]) -> str:
    """Filters in the words of EDF+: low_cutoff of BIDS is that of the high-pass filter."""
    said = [("HP", row.get("low_cutoff")), ("LP", row.get("high_cutoff")), ("N", row.get("notch"))]
    return " ".join(f"{word}:{value}Hz" for word, value in said if _number(value))


def _settings(settings: Mapping[str, Any], recording: Recording) -> list[str]:
    """What ``_emg.json`` says and the file does not."""
    problems = []
    kind = settings.get("RecordingType", "continuous")
    if kind != "continuous":
        problems.append(f"_emg.json calls the recording {kind!r}.")
    lasts_s = recording.stretches[-1].stop_s if recording.stretches else 0.0
    stated_s = _number(settings.get("RecordingDuration"))
    if stated_s and abs(stated_s - lasts_s) > max(1.0, 0.01 * lasts_s):
        problems.append(f"_emg.json says that it lasts {stated_s:g} s; it lasts {lasts_s:g} s.")
    rate_hz = _number(settings.get("SamplingFrequency"))
    rates = {channel.rate_hz for channel in recording.channels}
    if rate_hz and rates and not any(math.isclose(rate_hz, one, rel_tol=1e-4) for one in rates):
        shown = ", ".join(f"{one:g}" for one in sorted(rates))
        problems.append(f"_emg.json says {rate_hz:g} Hz; the channels have {shown} Hz.")
    return problems


def _marks(rows: Sequence[Mapping[str, str]], channels: Sequence[Channel]) -> list[Mark]:
    labels = [channel.name for channel in channels]
    marks = []
    for row in rows:
        onset_s = _number(row["onset"])
        text = _text(row)
        if onset_s is None or not text:
            continue
        label = row.get("channel", "")
        marks.append(
            Mark(
                onset_s=onset_s,
                text=text,
                duration_s=max(0.0, _number(row.get("duration")) or 0.0),
                channel=labels.index(label) if labels.count(label) == 1 else -1,
            )
        )
    return marks


def _text(row: Mapping[str, str]) -> str:
    """What a row of ``_events.tsv`` says; a stimulus of known branch in the words of a mark.

    A number as value is the code by which a program counts events, and says nothing more.
    """
    kind, value = row.get("trial_type", ""), row.get("value", "")
    if kind == "stimulus" and row.get("branch") and not value:
        keys = ("branch", "side", "intensity_ma", "polarity")
        return "stimulus " + " ".join(f"{key}={row[key]}" for key in keys if row.get(key))
    if kind in ("mark", "stimulus") and (kind == "mark" or value.startswith("stimulus ")):
        return value or kind
    if kind and _number(value) is not None:
        value = ""
    text = "/".join(word for word in (kind, value) if word)
    # By itself this word would be a stimulus to a nerve that is not said.
    return "trial_type/stimulus" if text == "stimulus" else text


def _is_told(mark: Mark, told: Sequence[Mark]) -> bool:
    """Whether an annotation of the file stands in the table as well, by itself or as a part."""
    return any(
        abs(mark.onset_s - one.onset_s) < _SAME_TIME_S
        and (mark.text == one.text or mark.text in one.text.split("/"))
        for one in told
    )


def _number(said: Any) -> float | None:
    try:
        value = float(said)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and abs(value) < 1e12 else None
