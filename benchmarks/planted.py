"""Planted spasms in a public-domain face: found, side, size, onset, by planted size and side.

Seeds, sizes and camera are fixed here and were fixed before any threshold was looked at.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hemifacial import commands
from hemifacial.anatomy import Side
from hemifacial.demo import CAMERA, public_domain_photograph
from hemifacial.face.measure import Options
from hemifacial.scoring import Score, pool
from hemifacial.twin.face import TRUTH_EVENTS, default_plan, plant

__all__ = ["run"]

SEEDS = (11, 12)
SIZES_MM = (1.0, 2.0, 3.0)
RATES_HZ = (60.0, 30.0)
SECONDS = 24.0


def run() -> dict[str, Any]:
    """One row a smallest planted size and frame rate, both sides and every seed pooled."""
    print(f"{'planted from':>12} {'frames/s':>8} {'spasms':>6} {'recall':>8} {'precision':>9} "
          f"{'side':>6} {'onset ms':>8} {'size found/true':>15} {'blinks F1':>9}")  # fmt: skip
    rows = [_row(size_mm, rate_hz) for rate_hz in RATES_HZ for size_mm in SIZES_MM]
    return {"rows": rows}


def _row(size_mm: float, rate_hz: float) -> dict[str, Any]:
    scored = pool(
        _scored(size_mm, rate_hz, seed, side) for seed in SEEDS for side in (Side.RIGHT, Side.LEFT)
    )
    spasm, blink = scored.family("spasm"), scored.family("blink")
    row = {
        "smallest_mm": size_mm,
        "rate_hz": rate_hz,
        "spasms": spasm.tally.recall.n,
        "recall": spasm.tally.recall.value,
        "recall_low": spasm.tally.recall.low,
        "precision": spasm.tally.precision.value,
        "side_accuracy": spasm.side_accuracy.value,
        "median_abs_onset_error_ms": _ms(spasm.onset_error_s.median_abs),
        "median_abs_duration_error_ms": _ms(spasm.duration_error_s.median_abs),
        "median_amplitude_ratio": spasm.amplitude_ratio.median,
        "blink_f1": blink.tally.f1,
        "judged_share": scored.time.share,
    }
    print(
        f"{size_mm:9.0f} mm {rate_hz:8.0f} {row['spasms']:6d} {_cell(row['recall'], 8)} "
        f"{_cell(row['precision'], 9)} {_cell(row['side_accuracy'], 6)} "
        f"{_cell(row['median_abs_onset_error_ms'], 8, 1)} "
        f"{_cell(row['median_amplitude_ratio'], 15)} {_cell(row['blink_f1'], 9)}",
        flush=True,
    )
    return row


def _scored(size_mm: float, rate_hz: float, seed: int, side: Side) -> Score:
    with TemporaryDirectory() as name:
        folder = Path(name)
        photograph = public_domain_photograph(folder / "photograph.png")
        camera = replace(CAMERA, rate_hz=rate_hz, seconds=SECONDS, seed=seed)
        plan = default_plan(SECONDS, seed, side=side, smallest_mm=size_mm)
        plant(photograph, plan, folder / "planted.mp4", camera=camera)
        commands.measure_face(folder / "planted.mp4", folder / "result", Options(), stills=False)
        return commands.score(folder / TRUTH_EVENTS, folder / "result", None)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds


def _cell(value: float | None, width: int, decimals: int = 2) -> str:
    return f"{'n/a':>{width}}" if value is None else f"{value:{width}.{decimals}f}"
