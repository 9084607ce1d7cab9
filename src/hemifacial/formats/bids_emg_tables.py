"""The sidecars of a BIDS-EMG recording that is written: settings, channels, events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hemifacial.anatomy import SIDES
from hemifacial.formats.recording_bdf_layout import BdfLabel
from hemifacial.formats.recording_facts import Channel, Mark

__all__ = ["CHANNELS", "EVENTS", "channels_text", "events_text", "labels_of", "settings_of"]

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_KEYS = ("branch", "side", "intensity_ma", "polarity")


CHANNELS = {
    "side": {
        "Description": "Side of the muscle, always the patient's own",
        "Levels": {"right": "The patient's right", "left": "The patient's left"},
    },
}
"""What ``_channels.json`` says of our own columns."""

EVENTS = {
    "trial_type": {
        "Description": "Kind of event",
        "Levels": {
            "stimulus": "An electrical stimulus to a nerve",
            "mark": "What a person or a device noted",
        },
    },
    "value": {"Description": "The mark as it stood in the recording"},
    "branch": {"Description": "Nerve or branch that was stimulated"},
    "side": {
        "Description": "Side that was stimulated, always the patient's own",
        "Levels": {"right": "The patient's right", "left": "The patient's left"},
    },
    "intensity_ma": {"Description": "Strength of the stimulus", "Units": "mA"},
    "polarity": {
        "Description": "Polarity of the stimulus",
        "Levels": {"+": "As the stimulator calls positive", "-": "The other one"},
    },
    "channel": {"Description": "Channel that the mark is of"},
}
"""What ``_events.json`` says."""


def labels_of(channels: Sequence[Channel]) -> tuple[BdfLabel, ...]:
    """Labels of at most 16 printable letters, each once; the whole names are in the table."""
    labels: list[str] = []
    for number, channel in enumerate(channels, start=1):
        label = _printable(channel.name)[:16].strip()
        if not label or label in labels or label.endswith("Annotations"):
            label = f"{label[:8].strip()} {number}".strip()
            while label in labels:
                label += "'"
        labels.append(label)
    return tuple(
        BdfLabel(label=label, unit=_unit(channel), filters=_printable(channel.filters)[:80])
        for label, channel in zip(labels, channels, strict=True)
    )


def _unit(channel: Channel) -> str:
    if channel.microvolts_per_unit is not None:
        return "uV"
    unit = channel.unit
    return unit if len(unit) <= 8 and unit.isascii() and unit.isprintable() else ""


def _printable(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text.replace("µ", "u")).split())


def channels_text(channels: Sequence[Channel], labels: Sequence[BdfLabel]) -> str:
    """``_channels.tsv``."""
    rows = [
        (
            label.label,
            "MISC" if channel.microvolts_per_unit is None else "EMG",
            (channel.unit or "n/a") if channel.microvolts_per_unit is None else "uV",
            channel.site.replace("_", " "),
            channel.side.value if channel.side in SIDES else "",
            repr(channel.rate_hz).removesuffix(".0"),
            "good",
            channel.name,
        )
        for channel, label in zip(channels, labels, strict=True)
    ]
    head = "name type units target_muscle side sampling_frequency status description"
    return _table(head.split(), rows)


def events_text(marks: Sequence[Mark], labels: Sequence[BdfLabel]) -> str:
    """``_events.tsv``; a stimulus has its branch, side, strength and polarity in columns."""
    rows = []
    for mark in sorted(marks, key=lambda one: one.onset_s):
        words = mark.text.split()
        is_stimulus = words[:1] == ["stimulus"]
        told = dict(word.partition("=")[::2] for word in words[1:] if is_stimulus)
        rows.append(
            (
                repr(mark.onset_s),
                repr(mark.duration_s),
                "stimulus" if is_stimulus else "mark",
                mark.text,
                *(told.get(key, "") for key in _KEYS),
                labels[mark.channel].label if mark.channel >= 0 else "",
            )
        )
    return _table(["onset", "duration", "trial_type", "value", *_KEYS, "channel"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[" ".join(cell.split()) or "n/a" for cell in row] for row in rows]
    return "".join("\t".join(row) + "\n" for row in [list(head), *cells])


def settings_of(
    channels: Sequence[Channel], lasts_s: float, *, task: str, mains_hz: float | None
) -> dict[str, Any]:
    """The settings of ``_emg.json`` that the recording itself says."""
    voltages = [one for one in channels if one.microvolts_per_unit is not None]
    return {
        "TaskName": task,
        "EMGChannelCount": len(voltages),
        "MiscChannelCount": len(channels) - len(voltages),
        "SamplingFrequency": max(one.rate_hz for one in voltages or channels),
        "PowerLineFrequency": "n/a" if mains_hz is None else mains_hz,
        "SoftwareFilters": "n/a",
        "RecordingType": "continuous",
        "RecordingDuration": round(lasts_s, 6),
    }
