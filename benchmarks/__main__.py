"""``make bench``, or ``python -m benchmarks NAME ...``: run the benchmarks, write their figures.

Each prints one table and writes it as JSON under ``benchmarks/results/``. What a machine
lacks (the real recordings) is said and left out, never replaced by something easier.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import (
    averaging,
    baep,
    blink_reflex,
    blinks,
    case_faults,
    case_scale,
    clips,
    edf_speed,
    electro_speed,
    eyelids,
    gone,
    healthy,
    lateral_spread,
    memory,
    nerve_mechanism,
    nerve_numerics,
    nerve_parity,
    nerve_round_trip,
    nerve_speed,
    odd_input,
    one_eye,
    planted,
    published_oracles,
    rates,
    readers,
    real_recordings,
    sensitivity,
    spasm_emg,
    speed,
    start,
    wearing_off,
)

BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {
    "start": start.run,
    "clips": clips.run,
    "planted": planted.run,
    "eyelids": eyelids.run,
    "sensitivity": sensitivity.run,
    "healthy": healthy.run,
    "healthy_again": healthy.run_again,
    "blinks": blinks.run,
    "rates": rates.run,
    "one_eye": one_eye.run,
    "odd_input": odd_input.run,
    "speed": speed.run,
    "memory": memory.run,
    "lateral_spread": lateral_spread.run,
    "gone": gone.run,
    "blink_reflex": blink_reflex.run,
    "spasm_emg": spasm_emg.run,
    "averaging": averaging.run,
    "baep": baep.run,
    "readers": readers.run,
    "edf_speed": edf_speed.run,
    "electro_speed": electro_speed.run,
    "real_recordings": real_recordings.run,
    "published_oracles": published_oracles.run,
    "wearing_off": wearing_off.run,
    "case_faults": case_faults.run,
    "case_scale": case_scale.run,
    "nerve_parity": nerve_parity.run,
    "nerve_numerics": nerve_numerics.run,
    "nerve_mechanism": nerve_mechanism.run,
    "nerve_round_trip": nerve_round_trip.run,
    "nerve_speed": nerve_speed.run,
}
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]}; there are {' '.join(BENCHMARKS)}.")
        return 2
    RESULTS.mkdir(exist_ok=True)
    for name in names:
        print(f"\n== {name}", flush=True)
        figures = BENCHMARKS[name]()
        (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    return 0


sys.exit(main())
