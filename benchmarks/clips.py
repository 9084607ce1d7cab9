"""Every real clip of a healthy face: events called, time judged, noise floor, speed.

No clip shows a patient, so every spasm called is false.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.face.measure import measure
from hemifacial.findings import Result
from hemifacial.signals.rates import poisson_interval

__all__ = ["run"]

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "video" / "permissive"
RESTING = ("jefapato_2sec", "openwillis_baseline", "openwillis_not_expressive")


def run() -> dict[str, Any]:
    """One row a clip, and the false spasms of all together with their upper bound."""
    if not CLIPS.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    rows = [_row(path) for path in sorted(CLIPS.iterdir())]
    print(f"{'clip':36} {'s':>5} {'judged':>6} {'spasms':>6} {'blinks':>6} "
          f"{'eye mm':>7} {'mouth mm':>8} {'cpu ms/frame':>12}")  # fmt: skip
    for row in rows:
        print(
            f"{row['clip']:36} {row['duration_s']:5.1f} {row['judged_s']:6.1f} "
            f"{row['spasms']:6d} {row['blinks']:6d} {row['eye_noise_mm']:7.3f} "
            f"{row['mouth_noise_mm']:8.3f} {row['cpu_ms_per_frame']:12.1f}"
        )
    together = {}
    for name, chosen in (
        ("resting", [row for row in rows if row["clip"].rsplit(".", 1)[0] in RESTING]),
        ("all", rows),
    ):
        minutes = sum(row["judged_s"] for row in chosen) / 60
        count = sum(row["spasms"] for row in chosen)
        bound = poisson_interval(count)[1] / minutes
        together[name] = {"judged_min": minutes, "spasms": count, "per_min_at_most": bound}
        print(
            f"{name}: {count} spasms in {60 * minutes:.1f} s judged, at most {bound:.1f} a minute"
        )
    return {"clips": rows, "together": together}


def _row(path: Path) -> dict[str, Any]:
    began = time.process_time()
    result = measure(path)
    cpu_s = time.process_time() - began
    signals = result.signals["face"]
    families = [event.family for event in result.events]
    return {
        "clip": path.name,
        "duration_s": _value(result, "recording_duration"),
        "judged_s": _value(result, "judged_time"),
        "no_face_s": _value(result, "no_face_time"),
        "spasms": families.count("spasm"),
        "blinks": families.count("blink"),
        "eye_noise_mm": _noise(result, "noise_floor"),
        "mouth_noise_mm": _noise(result, "noise_floor"),
        "cpu_ms_per_frame": 1000 * cpu_s / signals.sizes["time"],
    }


def _noise(result: Result, quantity: str) -> float:
    return max(_value(result, quantity, side) for side in (Side.RIGHT, Side.LEFT))


def _value(result: Result, quantity: str, side: Side = Side.NOT_APPLICABLE) -> float:
    (one,) = [f for f in result.findings if f.quantity == quantity and f.side is side]
    return float("nan") if one.value is None else one.value
