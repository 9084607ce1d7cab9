"""Child process: read every sample of an EDF, or cut sweeps from it. Prints a JSON object.

``child_edf.py ours|edfio|mne FILE`` reads all of it, several times; ``child_edf.py cut FILE``
cuts sweeps and says how much memory that took. Imports nothing but the reader that is asked for,
so that it runs in ``.venv-peers`` as well.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

TIMES = 7
STIMULI = 120
CHANNELS = 16


def main() -> None:
    """Run what the first word names on the file that the second one names."""
    what, path = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(cut(path) if what == "cut" else timed(READERS[what](path))))


def timed(read: Callable[[], float]) -> dict[str, Any]:
    """The median time of a call, and what it summed up, so that nothing was left unread."""
    seconds, total = [], 0.0
    for _ in range(TIMES):
        began = time.perf_counter()
        total = read()
        seconds.append(time.perf_counter() - began)
    return {"seconds": median(seconds), "first_s": seconds[0], "total": total}


def ours(path: Path) -> Callable[[], float]:
    """Our reader, every channel by itself."""
    from hemifacial.formats.recording import open_recording

    def read() -> float:
        recording = open_recording(path)
        values = [
            recording.read(k, 0, 0, recording.count(k, 0)) for k in range(len(recording.channels))
        ]
        return float(sum(one[-1] for one in values))

    return read


def edfio(path: Path) -> Callable[[], float]:
    """The library edfio."""
    from edfio import read_edf

    return lambda: float(sum(signal.data[-1] for signal in read_edf(path).signals))


def mne(path: Path) -> Callable[[], float]:
    """MNE-Python, with its samples in memory; it gives volts."""
    import mne

    def read() -> float:
        raw = mne.io.read_raw_edf(path, preload=True, verbose="ERROR")
        return float(raw.get_data()[:, -1].sum() * 1e6)

    return read


READERS = {"ours": ours, "edfio": edfio, "mne": mne}


def cut(path: Path) -> dict[str, Any]:
    """Cut the same number of sweeps, spread over the whole recording, however long it is."""
    from benchmarks.children import peak_mb
    from hemifacial.anatomy import Side
    from hemifacial.electro.stimuli import Stimulus
    from hemifacial.electro.study import cut as cut_sweeps
    from hemifacial.formats.recording import open_recording

    imports_mb = peak_mb()
    began = time.perf_counter()
    recording = open_recording(path)
    lasts_s = recording.stretches[-1].stop_s
    stimuli = [
        Stimulus(onset_s=(k + 0.5) * lasts_s / STIMULI, branch="zygomatic_branch", side=Side.RIGHT)
        for k in range(STIMULI)
    ]
    study = cut_sweeps(recording, stimuli, range(CHANNELS), before_ms=10, after_ms=50)
    seconds = time.perf_counter() - began
    most_mb = peak_mb()
    above = None if most_mb is None or imports_mb is None else most_mb - imports_mb
    return {"seconds": seconds, "sweeps": len(study.stimuli), "above_mb": above}


if __name__ == "__main__":
    main()
