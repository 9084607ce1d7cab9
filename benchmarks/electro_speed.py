"""From a file to artefact-free averages, beside MNE-Python in the same run, at equal output.

60 s of sixteen channels at 20 kHz, 120 stimuli with artefact and a response; both programs bridge
the first 2 ms, filter 20 to 3000 Hz with the same Butterworth filter forwards and backwards, and
average. Each runs in a process of its own, in turn, three times; within a process five times, of
which the median counts. The averages have to agree within a stated share of the response.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.child_averages import AFTER_MS, BEFORE_MS, onsets_s
from benchmarks.children import child, peers_python

__all__ = ["run"]

ROUNDS = 3
RATE_HZ, SECONDS, CHANNELS = 20_000, 60, 16
TARGET = 5.0
TOLERANCE = 0.02
"""Largest difference of the averages from 3 to 40 ms, of the response's peak-to-peak amplitude."""


def run() -> dict[str, Any]:
    """The ratio of times, and how far the averages differ."""
    python = peers_python()
    if (
        python is None
        or subprocess.run([python, "-c", "import mne"], capture_output=True, check=False).returncode
    ):
        print("skipped: MNE-Python is not in .venv-peers (python scripts/bring_peers.py)")
        return {"skipped": True}
    with TemporaryDirectory() as name:
        path = Path(name) / "study.edf"
        amplitude_uv = _write(path)
        said: dict[str, list[dict[str, Any]]] = {"ours": [], "mne": []}
        for _ in range(ROUNDS):
            for one, program in (("ours", sys.executable), ("mne", python)):
                out = Path(name) / f"{one}.npy"
                words = [program, "benchmarks/child_averages.py", one, str(path), str(out)]
                said[one].append(child(words).said)
        ours, theirs = (np.load(Path(name) / f"{one}.npy") for one in ("ours", "mne"))
    latency_ms = np.linspace(-BEFORE_MS, AFTER_MS, ours.shape[1])
    later = (latency_ms >= 3) & (latency_ms <= 40)
    samples = min(ours.shape[1], theirs.shape[1])
    off = np.abs(ours[:, :samples] - theirs[:, :samples])[:, later[:samples]].max() / amplitude_uv
    ratio = median(
        slow["seconds"] / fast["seconds"]
        for slow, fast in zip(said["mne"], said["ours"], strict=True)
    )
    seconds = {one: median(row["seconds"] for row in rows) for one, rows in said.items()}
    print(f"ours {seconds['ours']:.2f} s, MNE-Python {seconds['mne']:.2f} s: {ratio:.1f} times")
    print(f"averages differ by at most {off:.4f} of the response (allowed {TOLERANCE})")
    print(f"at least {TARGET} times: {'yes' if ratio >= TARGET and off <= TOLERANCE else 'NO'}")
    return {"seconds": seconds, "ratio": ratio, "largest_difference_share": float(off)}


def _write(path: Path) -> float:
    """Noise, artefacts and a response; the response's peak-to-peak amplitude in µV."""
    from edfio import Edf, EdfSignal

    rng = np.random.default_rng(500_001)
    times_ms = np.arange(0, 60, 1000 / RATE_HZ)
    response = 200 * np.exp(-0.5 * ((times_ms - 10) / 0.8) ** 2)
    response -= 150 * np.exp(-0.5 * ((times_ms - 12) / 1.0) ** 2)
    artefact = np.where(times_ms < 0.3, 2000.0, 80 * np.exp(-times_ms / 1.5))
    signals = []
    for channel in range(CHANNELS):
        values = 5 * rng.standard_normal(SECONDS * RATE_HZ)
        for onset_s in onsets_s():
            first = round(onset_s * RATE_HZ)
            values[first : first + times_ms.size] += response + artefact * (-1) ** channel
        signals.append(
            EdfSignal(
                values,
                RATE_HZ,
                label=f"channel {channel}",
                physical_dimension="uV",
                physical_range=(-3000, 3000),
            )
        )
    Edf(signals).write(path)
    return float(np.ptp(response))
