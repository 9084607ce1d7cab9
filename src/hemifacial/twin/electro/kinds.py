"""The kinds of file in which a made-up recording can be written: EDF+, BDF+, XDF, BIDS-EMG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError
from hemifacial.formats.bids_emg_writing import BidsAbout, bids_files, write_bids_files
from hemifacial.formats.recording_bdf_layout import BdfLabel
from hemifacial.formats.recording_bdf_writing import write_bdf
from hemifacial.formats.recording_facts import Channel, Mark, Recording
from hemifacial.formats.recording_memory import recording_in_memory
from hemifacial.twin.electro.plan import Site
from hemifacial.twin.electro.xdf import write_xdf

__all__ = ["KINDS", "OWN", "Kind", "MadeSignals", "write_signals"]

Values = NDArray[np.float64]
Kind = Literal["edf", "bdf", "xdf", "bids_emg"]

_BIDS = "bids"
_ABOUT = BidsAbout(
    name="Made-up recording of hemifacial spasm",
    authors=("hemifacial", "its generator"),
    task="made",
    task_description="A simulation, not a person",
)
OWN = (
    *("recording.edf", "recording.bdf", "recording.xdf"),
    *(f"{_BIDS}/{pattern}" for pattern in bids_files(_ABOUT)),
)
"""What `write_signals` writes, as patterns within its folder."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MadeSignals:
    """Samples of each channel in µV, all at one rate, with the marks among them.

    `marks` are time in s and text. `limit_uv` is where the amplifier cuts off.
    """

    sites: tuple[Site, ...]
    values_uv: Sequence[Values]
    rate_hz: float
    limit_uv: float
    marks: tuple[tuple[float, str], ...] = ()


def write_signals(kind: Kind, folder: Path, made: MadeSignals) -> Path:
    """Write the recording into a folder that is there, and say where; no truth beside it.

    EDF has 16 bits over the range of the amplifier, BDF and BIDS-EMG 24 bits over the range of the
    channel, XDF numbers of 32 bits.

    Raises
    ------
    UsageError
        Of a kind that is not one of these.
    """
    if kind not in KINDS:
        raise UsageError(
            f"kind {kind!r}: a recording is not written so",
            next_step=f"Choose one of {', '.join(KINDS)}.",
        )
    return KINDS[kind](folder, made)


def _edf(folder: Path, made: MadeSignals) -> Path:
    from edfio import Edf, EdfAnnotation, EdfSignal

    signals = [
        EdfSignal(
            np.clip(values, -made.limit_uv, made.limit_uv),
            sampling_frequency=made.rate_hz,
            label=site.label,
            transducer_type="simulated",
            physical_dimension="uV",
            physical_range=(-made.limit_uv, made.limit_uv),
        )
        for site, values in zip(made.sites, made.values_uv, strict=True)
    ]
    marks = [EdfAnnotation(onset_s, None, text) for onset_s, text in made.marks]
    path = folder / "recording.edf"
    Edf(signals, annotations=marks, data_record_duration=1).write(path)
    return path


def _bdf(folder: Path, made: MadeSignals) -> Path:
    path = folder / "recording.bdf"
    recording = _recording(path, made)
    labels = [BdfLabel(label=channel.name, unit="uV") for channel in recording.channels]
    write_bdf(path, recording, 0, labels)
    return path


def _xdf(folder: Path, made: MadeSignals) -> Path:
    path = folder / "recording.xdf"
    write_xdf(path, _recording(path, made))
    return path


def _bids_emg(folder: Path, made: MadeSignals) -> Path:
    inner = folder / _BIDS
    inner.mkdir()
    (path,) = write_bids_files(_recording(inner, made), inner, _ABOUT)
    return path


def _recording(path: Path, made: MadeSignals) -> Recording:
    return recording_in_memory(
        path,
        [
            Channel(
                name=site.label,
                unit="uV",
                rate_hz=made.rate_hz,
                microvolts_per_unit=1.0,
                site=site.muscle,
                side=site.side,
            )
            for site in made.sites
        ],
        [np.clip(values, -made.limit_uv, made.limit_uv) for values in made.values_uv],
        marks=[Mark(onset_s=onset_s, text=text) for onset_s, text in made.marks],
    )


KINDS: Mapping[Kind, Callable[[Path, MadeSignals], Path]] = {
    "edf": _edf,
    "bdf": _bdf,
    "xdf": _xdf,
    "bids_emg": _bids_emg,
}
"""By their names."""
