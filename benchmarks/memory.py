"""The most memory that a measurement takes, by the length of the recording.

The same face forwards and backwards for 10 s to 10 min, each measured in a process of its own. A
frame leaves numbers behind and no picture, so that what grows is those numbers and what is computed
from them; how much a minute is what this says.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.children import child
from benchmarks.faces_in_time import CLIPS, clip_of

__all__ = ["FLAT_MB_PER_MIN", "LENGTHS_S", "run"]

LENGTHS_S = (10, 60, 180, 600)
HEIGHT_PX = 480
BASE = "openwillis_not_expressive.mp4"
FLAT_MB_PER_MIN = 10.0
"""What is called flat: an hour of video then adds less than a phone's memory has to spare."""


def run(lengths_s: tuple[int, ...] = LENGTHS_S) -> dict[str, Any]:
    """One row a length, and the growth between the shortest and the longest."""
    if not (CLIPS / BASE).is_file():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    print(f"{'s':>5} {'frames':>7} {'peak MB':>8} {'ms/frame':>9}")
    rows = []
    with TemporaryDirectory() as name:
        for seconds in lengths_s:
            clip = Path(name) / "clip.mp4"
            clip_of(CLIPS / BASE, clip, seconds=seconds, height_px=HEIGHT_PX)
            said = child([sys.executable, "-m", "benchmarks.child_ours", str(clip)]).said
            if said["peak_mb"] is None:
                print("skipped: this machine does not say how much memory a process took")
                return {"skipped": True}
            per_frame_ms = 1000 * said["wall_s"] / said["frames"]
            rows.append({"seconds": seconds, "peak_mb": said["peak_mb"], "ms": per_frame_ms})
            print(f"{seconds:5} {said['frames']:7} {said['peak_mb']:8.0f} {per_frame_ms:9.1f}",
                  flush=True)  # fmt: skip
    minutes = np.array([row["seconds"] for row in rows]) / 60
    growth = float(np.polyfit(minutes, [row["peak_mb"] for row in rows], 1)[0])
    flat = "flat" if growth <= FLAT_MB_PER_MIN else "NOT flat"
    print(f"{growth:.1f} MB a minute, {flat} (up to {FLAT_MB_PER_MIN:.0f})")
    return {"rows": rows, "growth_mb_per_min": growth, "flat": growth <= FLAT_MB_PER_MIN}
