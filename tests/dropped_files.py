"""Recordings of several files as a clinic has them, made by the twin, for tests that drop them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainvision_files import header, markers
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

__all__ = ["bids", "brainvision", "small_plan"]


def small_plan(seed: int) -> LateralSpreadPlan:
    """A study of one branch and two muscles, four sweeps a strength."""
    base = LateralSpreadPlan(
        branches=("zygomatic_branch",),
        muscles=("orbicularis_oculi", "mentalis"),
        control_muscles=("mentalis",),
        sweeps=4,
    )
    return lateral_spread_plan(seed, base=base)


def bids(folder: Path, seed: int = 12) -> list[Path]:
    """Every file of a dataset of BIDS-EMG with one recording."""
    write_recording(small_plan(seed), folder / "made", kind="bids_emg")
    return sorted(one for one in (folder / "made" / "bids").rglob("*") if one.is_file())


def brainvision(folder: Path, stem: str = "Frau Müller, links", seed: int = 12) -> list[Path]:
    """The three files of a BrainVision recording, written by hand from one of the twin."""
    made = open_recording(write_recording(small_plan(seed), folder / "made").path)
    rate_hz = made.channels[0].rate_hz
    head = header(
        *(f"{one.name},,1,µV" for one in made.channels),
        binary="IEEE_FLOAT_32",
        interval_us=f"{1e6 / rate_hz:g}",
        data=f"{stem}.eeg",
        marks=f"{stem}.vmrk",
    )
    lines = [
        f"Stimulus,{one.text},{round(one.onset_s * rate_hz) + 1},1,0"
        for one in made.marks
        if one.text.startswith("stimulus")
    ]
    values = [made.read(k, 0, 0, made.count(k, 0)) for k in range(len(made.channels))]
    paths = [folder / f"{stem}{suffix}" for suffix in (".vhdr", ".eeg", ".vmrk")]
    paths[0].write_text(head, encoding="utf-8")
    paths[1].write_bytes(np.stack(values, axis=1).astype("<f4").tobytes())
    paths[2].write_text(markers(*lines), encoding="utf-8")
    return paths
