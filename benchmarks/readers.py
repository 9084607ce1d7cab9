"""Every example of every format: what came of it, and whether another library reads the same.

Then every reader is given spoilt files for a stated time; whatever is not an answer or one message
ends the benchmark. Where atheris is installed it looks for such files by the branches of the code.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.children import ROOT, child
from benchmarks.fuzz_targets import NAMES
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Recording

__all__ = ["EXAMPLES", "RECORDINGS", "result_of", "run"]

EXAMPLES = ROOT.parent / "shared" / "data" / "electro" / "formats"
RECORDINGS = (".edf", ".bdf", ".xdf", ".vhdr", ".eeg", ".vmrk", ".data", ".head", ".acq")
FUZZ_S = 60
_RUNS = re.compile(rb"Done (\d+) runs")


def run(seconds: int = FUZZ_S) -> dict[str, Any]:
    """Rows of files and of readers."""
    return {"files": _files(), "fuzzed": _fuzzed(seconds)}


def result_of(path: Path) -> dict[str, Any]:
    """What came of a file: what it holds and how it compares, or why it is refused."""
    try:
        recording = open_recording(path)
        values = [
            np.concatenate(
                [
                    recording.read(k, one, 0, recording.count(k, one))
                    for one in _stretches(recording)
                ]
            )
            for k in range(len(recording.channels))
        ]
    except InputError as error:
        return {"refused": error.problem.removeprefix(f"{path}: "), "next_step": error.next_step}
    compared, by = _compared(path, recording, values)
    return {
        "channels": len(recording.channels),
        "rates_hz": sorted({round(one.rate_hz, 3) for one in recording.channels}),
        "lasts_s": recording.stretches[-1].stop_s if recording.stretches else 0.0,
        "stretches": len(recording.stretches),
        "marks": len(recording.marks),
        "problems": len(recording.problems),
        "compared_with": by,
        "same": compared,
    }


def _stretches(recording: Recording) -> range:
    return range(len(recording.stretches))


def _files() -> list[dict[str, Any]]:
    if not EXAMPLES.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return []
    rows = []
    for path in sorted(EXAMPLES.rglob("*")):
        if path.suffix.lower() not in RECORDINGS:
            continue
        row = {"file": path.relative_to(EXAMPLES).as_posix(), **result_of(path)}
        rows.append(row)
        if "refused" in row:
            print(f"{row['file'][-58:]:58} refused: {row['refused'][:90]}", flush=True)
            continue
        same = {True: "same", False: "DIFFERENT", None: "not compared"}[row["same"]]
        print(f"{row['file'][-58:]:58} {row['channels']:4} channels {row['lasts_s']:7.1f} s "
              f"{row['marks']:4} marks  {same} {row['compared_with']}", flush=True)  # fmt: skip
    refused = sum("refused" in row for row in rows)
    wrong = sum(row.get("same") is False for row in rows)
    print(f"{len(rows)} files: {len(rows) - refused} read, {refused} refused, {wrong} different")
    return rows


def _compared(
    path: Path, recording: Recording, values: list[np.ndarray]
) -> tuple[bool | None, str]:
    """Whether another reader gives the same values, and which; None where there is none here."""
    kinds: dict[str, Callable[[Path], list[np.ndarray]]] = {
        ".edf": _by_edfio,
        ".bdf": _by_edfio,
        ".xdf": _by_pyxdf,
    }
    read = kinds.get(path.suffix.lower())
    if read is None:
        return None, ""
    scales = [one.microvolts_per_unit for one in recording.channels]
    theirs = [
        one if scale is None else one * scale for one, scale in zip(read(path), scales, strict=True)
    ]
    same = len(theirs) == len(values) and all(
        len(a) == len(b) and np.allclose(a, b, rtol=1e-9, atol=1e-9 * (np.ptp(b) if len(b) else 0))
        for a, b in zip(values, theirs, strict=True)
    )
    return same, read.__name__.removeprefix("_by_")


def _by_edfio(path: Path) -> list[np.ndarray]:
    import edfio

    read = edfio.read_bdf if path.read_bytes()[:1] == b"\xff" else edfio.read_edf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        signals = read(path, header_encoding="latin-1").signals
    return [signal.data for signal in signals]


def _by_pyxdf(path: Path) -> list[np.ndarray]:
    import pyxdf

    logging.getLogger("pyxdf").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        streams = pyxdf.load_xdf(str(path), dejitter_timestamps=False)[0]
    series = [
        np.asarray(one["time_series"], np.float64)
        for one in streams
        if one["info"]["channel_format"][0] != "string"
        and float(one["info"]["nominal_srate"][0]) > 0
        and len(one["time_series"])
    ]
    return [column for one in series for column in one.T]


def _fuzzed(seconds: int) -> list[dict[str, Any]]:
    followed = importlib.util.find_spec("atheris") is not None
    how = "atheris" if followed else "chance"
    print(f"spoilt files for {seconds} s a reader, by {how}")
    rows = []
    for name in NAMES:
        command = [sys.executable, "-m", "benchmarks.child_fuzz", name, str(seconds)]
        if name == "smartep" and not EXAMPLES.is_dir():
            continue
        row = _followed(command) if followed else child(command).said
        rows.append({"reader": name, "by": how, **row})
        print(f"  {name:20} {row['files']:8} files, no crash, no hang", flush=True)
    return rows


def _followed(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [*command, "atheris"], cwd=ROOT, capture_output=True, check=False, env=os.environ
    )
    runs = _RUNS.search(done.stderr + done.stdout)
    if done.returncode or runs is None:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr.decode(errors='replace')[-4000:]}")
    return {"files": int(runs[1])}
