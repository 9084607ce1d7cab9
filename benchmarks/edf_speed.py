"""Reading a whole EDF+ beside edfio and MNE-Python, and the memory that cutting sweeps takes.

60 s of sixteen channels at 20 kHz with 119 annotations, read in full: each program in a process of
its own, in turn, three times; within a process seven times, of which the median counts (the first
one, with whatever a library still loads, is given too). Then 120 sweeps of 60 ms of every channel
are cut out of 1, 10 and 60 minutes of the same data records.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.child_edf import CHANNELS
from benchmarks.children import child, peers_python

__all__ = ["run"]

ROUNDS = 3
RATE_HZ = 20_000
SECONDS = 60
TARGET_S = 0.3
MINUTES = (1, 10, 60)
FLAT_MB = 10.0
"""What is called flat: the most that the longest may take above the shortest."""


def run() -> dict[str, Any]:
    """Rows of reading and of cutting."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "one.edf"
        _write(path, annotated=True)
        reading = _reading(path)
        _write(path, annotated=False)
        cutting = _cutting(folder, path)
    return {"reading": reading, "cutting": cutting}


def _reading(path: Path) -> dict[str, Any]:
    programs = {"ours": sys.executable, "edfio": sys.executable}
    if (peers := _peers_with_mne()) is not None:
        programs["mne"] = peers
    said: dict[str, list[dict[str, Any]]] = {one: [] for one in programs}
    for _ in range(ROUNDS):
        for one, python in programs.items():
            command = [python, "benchmarks/child_edf.py", one, str(path)]
            said[one].append(child(command).said)
    totals = {one: rows[0]["total"] for one, rows in said.items()}
    if any(abs(total - totals["ours"]) > 1e-6 for total in totals.values()):
        raise RuntimeError(f"the programs do not read the same: {totals}")
    print(f"{'reads all of 60 s x 16 x 20 kHz':32} {'s':>6} {'first':>6} {'ours is':>8}")
    rows = {}
    for one in programs:
        seconds = median(row["seconds"] for row in said[one])
        ratio = median(
            theirs["seconds"] / ours["seconds"]
            for theirs, ours in zip(said[one], said["ours"], strict=True)
        )
        rows[one] = {
            "seconds": seconds,
            "first_s": median(row["first_s"] for row in said[one]),
            "times_ours": ratio,
        }
        print(f"{one:32} {seconds:6.3f} {rows[one]['first_s']:6.3f} {ratio:7.2f}x", flush=True)
    reached = rows["ours"]["seconds"] < TARGET_S
    print(f"below {TARGET_S} s: {'yes' if reached else 'NO'}")
    return {"rows": rows, "target_s": TARGET_S, "reached": reached}


def _cutting(folder: Path, one_minute: Path) -> dict[str, Any]:
    print(f"{'cuts 120 sweeps x 16 channels':32} {'s':>6} {'MB above imports':>16}")
    rows = []
    for minutes in MINUTES:
        path = folder / "long.edf"
        if shutil.disk_usage(folder).free < 60_000_000 * minutes:
            print(f"{minutes} min left out: no room on this disk")
            continue
        _repeat(one_minute, path, minutes)
        said = child([sys.executable, "-m", "benchmarks.child_edf", "cut", str(path)]).said
        path.unlink()
        rows.append({"minutes": minutes, **said})
        above = said["above_mb"]
        shown = "n/a" if above is None else f"{above:.1f}"
        print(f"{f'{minutes} min':32} {said['seconds']:6.3f} {shown:>16}", flush=True)
    taken = [row["above_mb"] for row in rows if row["above_mb"] is not None]
    flat = bool(taken) and max(taken) - taken[0] <= FLAT_MB
    print("memory flat" if flat else "memory NOT flat")
    return {"rows": rows, "flat": flat}


def _write(path: Path, *, annotated: bool) -> None:
    """One minute of noise."""
    from edfio import Edf, EdfAnnotation, EdfSignal

    rng = np.random.default_rng(500_000)
    signals = [
        EdfSignal(
            50 * rng.standard_normal(SECONDS * RATE_HZ),
            RATE_HZ,
            label=f"channel {k}",
            physical_dimension="uV",
            physical_range=(-500, 500),
        )
        for k in range(CHANNELS)
    ]
    text = "stimulus branch=zygomatic_branch side=right intensity_ma=10 polarity=+"
    marks = [EdfAnnotation(0.4 + 0.5 * k, None, text) for k in range(119)]
    Edf(signals, annotations=marks if annotated else None, data_record_duration=1).write(path)


def _repeat(source: Path, path: Path, times: int) -> None:
    """The data records of a plain EDF again and again, so that an hour is quickly made."""
    content = source.read_bytes()
    head = 256 * (CHANNELS + 1)
    count = str(SECONDS * times).encode().ljust(8)
    with path.open("wb") as file:
        file.write(content[:236] + count + content[244:head])
        for _ in range(times):
            file.write(content[head:])


def _peers_with_mne() -> str | None:
    python = peers_python()
    if python is None:
        return None
    if subprocess.run([python, "-c", "import mne"], capture_output=True, check=False).returncode:
        print("without MNE-Python beside it, which .venv-peers does not have")
        return None
    return python
