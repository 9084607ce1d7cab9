"""Child process: measure one video file, from the file to its events. Prints a JSON object."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.children import peak_mb
from hemifacial.face.measure import measure


def main() -> None:
    """What the call took, apart from the start of Python and the imports above."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    result = measure(Path(sys.argv[1]))
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    signals = result.signals["face"]
    by_itself = signals.get("eye_by_itself")
    print(
        json.dumps(
            {
                "wall_s": wall_s,
                "cpu_s": cpu_s,
                "frames": signals.sizes["time"],
                "by_halves": None if by_itself is None else float((by_itself > 0).mean()),
                "spasms": sum(event.family == "spasm" for event in result.events),
                "peak_mb": peak_mb(),
            }
        )
    )


if __name__ == "__main__":
    main()
