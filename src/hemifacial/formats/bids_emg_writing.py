"""Writes a recording as a BIDS-EMG dataset (BIDS 1.11) of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hemifacial
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.bids_emg_tables import (
    CHANNELS,
    EVENTS,
    channels_text,
    events_text,
    labels_of,
    settings_of,
)
from hemifacial.formats.destination import check_own
from hemifacial.formats.files import new_folder, write_text
from hemifacial.formats.recording_bdf_layout import BdfLabel
from hemifacial.formats.recording_bdf_writing import write_bdf
from hemifacial.formats.recording_facts import Recording

__all__ = ["BIDS_VERSION", "BidsAbout", "bids_files", "write_bids_emg", "write_bids_files"]

BIDS_VERSION = "1.11.1"

_IN_EMG = (
    "_emg.bdf",
    "_emg.json",
    "_channels.tsv",
    "_channels.json",
    "_events.tsv",
    "_events.json",
)
_ABOUT = ("dataset_description.json", "participants.tsv", "participants.json", "README.md")
_LABEL = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class BidsAbout:
    """What the recording itself does not say; ``n/a`` is an answer that BIDS allows.

    Parameters
    ----------
    subject, task
        Letters and digits alone. Never a name or a number by which a person is known.
    placement
        How the places of the electrodes were found, in words.
    mains_hz
        Frequency of the mains where it was recorded, None if it is not known.
    """

    name: str = "Electrical recording of the face"
    authors: tuple[str, ...] = ()
    subject: str = "01"
    task: str = "face"
    task_description: str = "n/a"
    placement: str = "n/a"
    reference: str = "n/a"
    ground: str = "n/a"
    mains_hz: float | None = None


def write_bids_emg(
    recording: Recording, folder: Path, about: BidsAbout | None = None
) -> tuple[Path, ...]:
    """Write a dataset with this one recording; its files, one for each stretch, in order of time.

    Voltages are written in µV, with 24 bits over the range of their channel. Each stretch is a run
    of its own, so that a gap stays a gap; a mark goes with the stretch before it. Marks stand as
    annotations in the file and in ``_events.tsv``. The date of the recording is written, and what
    its marks say: look at both before the dataset is given away.

    Raises
    ------
    InputError
        Where the recording has no sample, a value that is not a number, or channels that do not
        end together; nothing is written then.
    UsageError
        Where a label is not of letters and digits, or `folder` holds what was not written here.
    """
    about = about or BidsAbout()
    check_own(folder, bids_files(about), what="a BIDS-EMG dataset that was written here")
    with new_folder(folder) as partial:
        written = write_bids_files(recording, partial, about)
    return tuple(folder / path.relative_to(partial) for path in written)


def bids_files(about: BidsAbout) -> tuple[str, ...]:
    """What such a dataset holds, as patterns within its folder."""
    return (*_ABOUT, *(f"sub-{about.subject}/emg/*{ending}" for ending in _IN_EMG))


def write_bids_files(recording: Recording, folder: Path, about: BidsAbout) -> tuple[Path, ...]:
    """Write the files of such a dataset into an empty folder, which the caller makes whole."""
    for what, label in (("subject", about.subject), ("task", about.task)):
        if not _LABEL.fullmatch(label):
            raise UsageError(
                f"{what} {label[:40]!r}: not of letters and digits alone",
                next_step=f"Give a {what} such as {'01' if what == 'subject' else 'face'}.",
            )
    if not recording.stretches or not recording.channels:
        raise InputError(
            f"{recording.path}: has no channel, so there is nothing to write",
            next_step="Give a recording with signals.",
        )
    _write_json(folder / "dataset_description.json", _description(about))
    write_text(folder / "README.md", _readme(recording, about))
    write_text(folder / "participants.tsv", f"participant_id\nsub-{about.subject}\n")
    _write_json(
        folder / "participants.json", {"participant_id": {"Description": "Label of the person"}}
    )
    inner = folder / f"sub-{about.subject}" / "emg"
    inner.mkdir(parents=True)
    labels = labels_of(recording.channels)
    return tuple(
        _write_run(recording, stretch, inner, labels, about)
        for stretch in range(len(recording.stretches))
    )


def _write_run(
    recording: Recording, stretch: int, inner: Path, labels: Sequence[BdfLabel], about: BidsAbout
) -> Path:
    run = f"_run-{stretch + 1}" if len(recording.stretches) > 1 else ""
    stem = f"sub-{about.subject}_task-{about.task}{run}"
    path = inner / f"{stem}_emg.bdf"
    marks = write_bdf(path, recording, stretch, labels)
    one = recording.stretches[stretch]
    settings = settings_of(
        recording.channels, one.stop_s - one.start_s, task=about.task, mains_hz=about.mains_hz
    )
    settings |= {
        "TaskDescription": about.task_description,
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": about.placement,
        "EMGReference": about.reference,
        "EMGGround": about.ground,
    }
    _write_json(inner / f"{stem}_emg.json", settings)
    write_text(inner / f"{stem}_channels.tsv", channels_text(recording.channels, labels))
    _write_json(inner / f"{stem}_channels.json", CHANNELS)
    write_text(inner / f"{stem}_events.tsv", events_text(marks, labels))
    _write_json(inner / f"{stem}_events.json", EVENTS)
    return path


def _description(about: BidsAbout) -> dict[str, Any]:
    return {
        "Name": about.name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "Authors": list(about.authors) or ["n/a"],
        "GeneratedBy": [{"Name": "hemifacial", "Version": hemifacial.__version__}],
    }


def _readme(recording: Recording, about: BidsAbout) -> str:
    return (
        f"# {about.name}\n\n"
        f"One recording of {len(recording.channels)} channels, written by hemifacial. Sides are "
        "the patient's own. Rows of `_events.tsv` of the type `stimulus` are electrical stimuli.\n"
    )


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
