"""File to events on two cores, every frame tracked, beside MediaPipe's call on decoded frames.

The comparison favours MediaPipe: its frames are decoded and in memory before its clock starts,
while ours are read from the file, measured, judged and made into events. Ours and MediaPipe run in
turn, each in a process of its own, three times; the median of the three ratios is what counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.children import child, peers_python
from benchmarks.faces_in_time import CLIPS, clip_of, with_spasms

__all__ = ["run"]

PAIRS = 3
SECONDS = 24.0
BASE = "openwillis_not_expressive.mp4"  # 1920 x 1080, 30 frames a second, a man at rest
TARGETS = {1080: 1.0, 480: 0.5}
"""Wall time of ours over that of MediaPipe, by the height of the picture."""


def run() -> dict[str, Any]:
    """One row a clip: a healthy face and one with 30 % of its time in spasm, at two sizes."""
    base = CLIPS / BASE
    if not base.is_file():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    peers = peers_python()
    print(f"{'clip':14} {'frames':>6} {'halves':>6} {'spasms':>6} "
          f"{'ms/frame: ours':>14} {'process':>8} {'cpu':>6} {'MediaPipe':>9} {'cpu':>6} "
          f"{'ratio':>6} {'target':>6}")  # fmt: skip
    rows = []
    with TemporaryDirectory() as name:
        for height_px, make in _clips(base, Path(name)):
            for clip in make():
                rows.append(_row(clip, height_px, peers))
                clip.unlink()
    return {"rows": rows, "pairs": PAIRS, "seconds": SECONDS}


def _clips(base: Path, folder: Path) -> list[tuple[int, Callable[[], list[Path]]]]:
    def make(height_px: int) -> list[Path]:
        healthy = folder / f"healthy_{height_px}.mp4"
        clip_of(base, healthy, seconds=SECONDS, height_px=height_px)
        spasm_folder = folder / str(height_px)
        spasm_folder.mkdir()
        spasm = spasm_folder / f"spasm_{height_px}.mp4"
        return [healthy, with_spasms(healthy, spasm, seconds=SECONDS)]

    return [(1080, lambda: make(1080)), (480, lambda: make(480))]


def _row(clip: Path, height_px: int, peers: str | None) -> dict[str, Any]:
    from hemifacial.landmarks.model import find_model

    ours, theirs = [], []
    for _ in range(PAIRS):
        ours.append(child([sys.executable, "-m", "benchmarks.child_ours", str(clip)]))
        if peers is not None:
            command = [peers, "benchmarks/child_mediapipe.py", str(clip), str(find_model())]
            theirs.append(child(command))
            _check_seen(theirs[-1].said, clip)
    frames = ours[0].said["frames"]
    row = {
        "clip": clip.stem,
        "frames": frames,
        "by_halves": ours[0].said["by_halves"],
        "spasms": ours[0].said["spasms"],
        "ours_wall_ms": _ms([one.said["wall_s"] for one in ours], frames),
        "ours_process_wall_ms": _ms([one.wall_s for one in ours], frames),
        "ours_cpu_ms": _ms([one.said["cpu_s"] for one in ours], frames),
        "mediapipe_wall_ms": _ms([one.said["wall_s"] for one in theirs], frames),
        "mediapipe_cpu_ms": _ms([one.said["cpu_s"] for one in theirs], frames),
        "ratio": median(
            a.said["wall_s"] / b.said["wall_s"] for a, b in zip(ours, theirs, strict=True)
        )
        if theirs
        else None,
        "target": TARGETS[height_px],
    }
    print(f"{row['clip']:14} {frames:6} {_cell(row['by_halves'], 6)} {row['spasms']:6} "
          f"{_cell(row['ours_wall_ms'], 14)} {_cell(row['ours_process_wall_ms'], 8)} "
          f"{_cell(row['ours_cpu_ms'], 6)} {_cell(row['mediapipe_wall_ms'], 9)} "
          f"{_cell(row['mediapipe_cpu_ms'], 6)} {_cell(row['ratio'], 6)} {row['target']:6.2f}",
          flush=True)  # fmt: skip
    return row


def _check_seen(said: dict[str, Any], clip: Path) -> None:
    """A tracker that sees no face is quick; such a run is no comparison."""
    if said["faces"] < 0.95 * said["frames"]:
        raise RuntimeError(f"{clip.name}: MediaPipe saw a face in {said['faces']} of "
                           f"{said['frames']} frames")  # fmt: skip


def _ms(seconds: list[float], frames: int) -> float | None:
    return 1000 * median(seconds) / frames if seconds else None


def _cell(value: float | None, width: int) -> str:
    return f"{'n/a':>{width}}" if value is None else f"{value:{width}.2f}"
