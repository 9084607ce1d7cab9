"""One measurement in a process of its own, and what that process cost as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "Cost", "child", "peak_mb", "peers_python"]

ROOT = Path(__file__).parents[1]
CORES = 2


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a child process said of itself, and its time from start to end."""

    said: dict[str, Any]
    wall_s: float
    cpu_s: float


def child(command: list[str]) -> Cost:
    """Run a program of ours on two cores; its last line of output is a JSON object."""
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, preexec_fn=_two_cores
        )
        out = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - began
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    last = out.decode().strip().splitlines()[-1]
    return Cost(said=json.loads(last), wall_s=wall_s, cpu_s=used.ru_utime + used.ru_stime)


def peers_python(which: str = "", program: str = "MediaPipe") -> str | None:
    """The Python with the programs to compare with; None, said aloud, where it cannot be had.

    `which` is the environment, as `scripts/bring_peers.py` takes it.
    """
    brought = subprocess.run(
        [sys.executable, "scripts/bring_peers.py", *([which] if which else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if brought.returncode != 0:
        print(f"without {program} beside it, which cannot be had here:\n{brought.stderr}")
        return None
    return str(ROOT / f".venv-peers{which and '-'}{which}" / "bin" / "python")


def peak_mb() -> float | None:
    """The most memory that was resident; of this program alone, which `ru_maxrss` is not."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _two_cores() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
