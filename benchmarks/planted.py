"""Planted spasms of 2 mm and more, face by face, with both warps, at two qualities of video.

One video of spasms of lids and mouth together, on the right, and one of spasms of one region
alone, each of the seven in turn, on the left. Faces and seeds are frozen (`benchmarks.faces`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.faces import CLIPS, FACES, Base, at_60_hz, at_480p, still_of
from hemifacial.anatomy import Side, structure
from hemifacial.face.measure import measure
from hemifacial.face.regions import REGIONS
from hemifacial.findings import Event
from hemifacial.scoring import match
from hemifacial.twin.face import FaceModel, default_plan, plant

__all__ = ["QUALITIES", "VIDEOS", "run"]

SECONDS = 20.0
SMALLEST_MM, LARGEST_MM = 2.0, 3.6
QUALITIES = {"60 Hz, 1080": at_60_hz, "30 Hz, 480": at_480p}
WARPS = ("mesh", "free")
SOFT_PX = 100  # A face this narrow in its clip is not shown at 1080 lines: there is nothing in it.
VIDEOS = tuple(
    (base, warp, quality)
    for quality in QUALITIES
    for base in FACES
    for warp in WARPS
    if base.native_px >= SOFT_PX or quality != "60 Hz, 1080"
)
PROCESSES = 2


def run() -> dict[str, Any]:
    """One row a face, warp and quality, and one over all of a quality."""
    if not CLIPS.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    print(f"{'face':9} {'px':>4} {'warp':5} {'video':12} {'n':>4} {'recall':>6} {'precision':>9} "
          f"{'F1':>5} {'side':>5} {'onset ms':>8} {'duration ms':>11} "
          f"{'type':>5} {'size':>5}")  # fmt: skip
    with ProcessPoolExecutor(PROCESSES) as pool:
        rows = list(pool.map(_row, VIDEOS))
    for row in rows:
        _print(row)
    together = [_together(rows, quality) for quality in QUALITIES]
    for row in together:
        _print(row)
    return {"rows": rows, "together": together}


def _row(wanted: tuple[Base, str, str]) -> dict[str, Any]:
    base, warp, quality = wanted
    plans = (
        default_plan(
            SECONDS, base.seed, side=Side.RIGHT, smallest_mm=SMALLEST_MM, largest_mm=LARGEST_MM
        ),
        default_plan(
            SECONDS,
            base.seed + 50,
            side=Side.LEFT,
            smallest_mm=SMALLEST_MM,
            largest_mm=LARGEST_MM,
            regions=REGIONS,
        ),
    )
    counts: Counter[str] = Counter()
    errors: dict[str, list[float]] = {"onset": [], "duration": [], "size": []}
    missed: Counter[str] = Counter()
    for index, plan in enumerate(plans):
        truth, found = _measured(base, warp, quality, plan, base.seed + 100 * index)
        _count(truth, found, counts, errors, missed)
    return {
        "face": base.name,
        "native_px": base.native_px,
        "warp": warp,
        "quality": quality,
        "counts": dict(counts),
        "missed": dict(missed),
        "errors": errors,
    }


def _measured(
    base: Base, warp: str, quality: str, plan: Sequence[Event], seed: int
) -> tuple[list[Event], list[Event]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        still = still_of(base, folder)
        planted = plant(
            still,
            plan,
            folder / "planted.mp4",
            camera=QUALITIES[quality](SECONDS, seed),
            face_model=FaceModel(warp=warp),
        )
        result = measure(planted.video)
    spasms = [e for e in planted.events if e.family == "spasm"]
    return spasms, [e for e in result.events if e.family == "spasm"]


def _count(
    truth: Sequence[Event],
    found: Sequence[Event],
    counts: Counter[str],
    errors: dict[str, list[float]],
    missed: Counter[str],
) -> None:
    pairs = match(truth, found)
    right = [pair for pair in pairs if pair.truth.side == pair.found.side]
    counts["truth"] += len(truth)
    counts["found"] += len(found)
    counts["paired"] += len(pairs)
    counts["right"] += len(right)
    counts["type"] += sum(pair.truth.trial_type == pair.found.trial_type for pair in right)
    for pair in right:
        errors["onset"].append(1000 * (pair.found.onset_s - pair.truth.onset_s))
        errors["duration"].append(1000 * (pair.found.duration_s - pair.truth.duration_s))
        errors["size"].append((pair.found.amplitude or 0) / (pair.truth.amplitude or 1))
    hit = {pair.truth.event_id for pair in right}
    for event in truth:
        if event.event_id not in hit:
            sites = {structure(site).region or site for site in event.sites}
            missed["+".join(sorted(sites))] += 1


def _together(rows: Iterable[dict[str, Any]], quality: str) -> dict[str, Any]:
    chosen = [row for row in rows if row["quality"] == quality]
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for row in chosen:
        counts.update(row["counts"])
        missed.update(row["missed"])
    errors = {
        name: [e for row in chosen for e in row["errors"][name]]
        for name in ("onset", "duration", "size")
    }
    return {
        "face": "all",
        "native_px": 0,
        "warp": "both",
        "quality": quality,
        "counts": dict(counts),
        "missed": dict(missed),
        "errors": errors,
    }


def _print(row: dict[str, Any]) -> None:
    counts, errors = row["counts"], row["errors"]
    recall = counts["right"] / max(counts["truth"], 1)
    precision = counts["right"] / max(counts["found"], 1)
    row |= {
        "recall": recall,
        "precision": precision,
        "f1": 2 * counts["right"] / max(counts["truth"] + counts["found"], 1),
        "side": counts["right"] / max(counts["paired"], 1),
        "type_share": counts["type"] / max(counts["right"], 1),
        "onset_ms": float(np.median(np.abs(errors["onset"]))) if errors["onset"] else None,
        "duration_ms": float(np.median(np.abs(errors["duration"]))) if errors["onset"] else None,
        "size": float(np.median(errors["size"])) if errors["onset"] else None,
    }
    print(
        f"{row['face']:9} {row['native_px']:4d} {row['warp']:5} {row['quality']:12} "
        f"{counts['truth']:4d} {recall:6.2f} {precision:9.2f} {row['f1']:5.2f} {row['side']:5.2f} "
        f"{row['onset_ms'] or 0:8.1f} {row['duration_ms'] or 0:11.1f} {row['type_share']:5.2f} "
        f"{row['size'] or 0:5.2f}  missed {row['missed']}",
        flush=True,
    )
