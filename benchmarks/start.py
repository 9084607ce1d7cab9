"""How long the command takes to answer ``--help``: median of ten whole processes."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import Any

__all__ = ["run"]

TARGET_S = 0.3


def run() -> dict[str, Any]:
    """Wall time of ten starts, in s."""
    took_s = []
    for _ in range(10):
        began = time.perf_counter()
        command = [sys.executable, "-m", "hemifacial", "--help"]
        subprocess.run(command, capture_output=True, check=True)
        took_s.append(time.perf_counter() - began)
    print(f"hemifacial --help: median {median(took_s):.2f} s, slowest {max(took_s):.2f} s")
    print(f"target: below {TARGET_S} s")
    return {"median_s": median(took_s), "slowest_s": max(took_s), "target_s": TARGET_S}
