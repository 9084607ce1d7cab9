"""Child process: an EDF with stimuli to artefact-free averages. Prints a JSON object.

``child_averages.py ours|mne FILE OUT``: reads 120 stimuli at known times, bridges the first 2 ms
after each, filters 20 to 3000 Hz without delay (Butterworth of order 2, forwards and backwards) and
averages 10 ms before to 50 ms after. The averages go to OUT as an array (channels, samples) in µV.
Imports nothing of ours for MNE, so that it runs in ``.venv-peers``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

TIMES = 5
STIMULI = 120
FIRST_S, EVERY_S = 0.3, 0.49
BEFORE_MS, AFTER_MS = 10.0, 50.0
MARGIN_MS = 10.0
BLANK_MS = 2.0
BAND_HZ = (20.0, 3000.0)


def main() -> None:
    """Run one program several times; the first time is given by itself."""
    make = {"ours": ours, "mne": mne}[sys.argv[1]](Path(sys.argv[2]))
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        averages = make()
        seconds.append(time.perf_counter() - began)
    np.save(sys.argv[3], averages)
    print(json.dumps({"seconds": median(seconds), "first_s": seconds[0]}))


def onsets_s() -> list[float]:
    """When the stimuli are, on whole samples."""
    return [round(FIRST_S + EVERY_S * number, 6) for number in range(STIMULI)]


def ours(path: Path) -> Callable[[], Any]:
    """Sweeps are cut out with a margin, and only they are read and filtered."""
    from hemifacial.anatomy import Side
    from hemifacial.electro.averages import averages
    from hemifacial.electro.conditioning import Conditioning, conditioned
    from hemifacial.electro.criteria import Artefact
    from hemifacial.electro.stimuli import Stimulus
    from hemifacial.electro.study import cut
    from hemifacial.formats.recording import open_recording

    how = Conditioning(
        blank_ms=BLANK_MS, low_hz=BAND_HZ[0], high_hz=BAND_HZ[1], artefact=Artefact.BRIDGE
    )

    def make() -> Any:
        recording = open_recording(path)
        stimuli = [
            Stimulus(onset_s=one, branch="zygomatic_branch", side=Side.RIGHT) for one in onsets_s()
        ]
        study = cut(
            recording,
            stimuli,
            range(len(recording.channels)),
            before_ms=BEFORE_MS + MARGIN_MS,
            after_ms=AFTER_MS + MARGIN_MS,
        )
        ready, _ = conditioned(study, how)
        first, last = np.searchsorted(ready.latency_ms, [-BEFORE_MS - 1e-6, AFTER_MS + 1e-6])
        sweeps = ready.sweeps_uv[..., first:last]
        rest = slice(0, ready.rest.stop - first)
        return np.stack([one.mean_uv for one in averages(sweeps, noise_part=rest)])

    return make


def mne(path: Path) -> Callable[[], Any]:
    """The same with MNE-Python, as its documentation does it: in memory, bridged, filtered, cut."""
    import mne as library

    def make() -> Any:
        raw = library.io.read_raw_edf(path, preload=True, verbose="ERROR")
        rate_hz = raw.info["sfreq"]
        samples = np.round(np.array(onsets_s()) * rate_hz).astype(int)
        events = np.column_stack([samples, np.zeros_like(samples), np.ones_like(samples)])
        library.preprocessing.fix_stim_artifact(
            raw,
            events=events,
            event_id=1,
            tmin=-0.0003,
            tmax=BLANK_MS / 1000,
            mode="linear",
            picks="all",
        )
        raw.filter(
            *BAND_HZ,
            method="iir",
            iir_params={"order": 2, "ftype": "butter", "output": "sos"},
            picks="all",
            verbose="ERROR",
        )
        epochs = library.Epochs(
            raw,
            events,
            tmin=-BEFORE_MS / 1000,
            tmax=AFTER_MS / 1000,
            baseline=None,
            preload=True,
            picks="all",
            verbose="ERROR",
        )
        return epochs.average(picks="all").data * 1e6

    return make


if __name__ == "__main__":
    main()
