"""Half an hour of generated healthy video, with the published threshold beside ours.

Blinks, speech, two-sided smiles, raised brows and a swaying head, and not one spasm: what is
called is false. Both warps, every face of `benchmarks.faces`. `run_again` is ten minutes of other
plans of the same faces: videos of the first half hour were looked at when `sheet_share` was made.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.faces import CLIPS, FACES, Base, at_480p, still_of
from benchmarks.peers import nomura_sakai
from hemifacial.anatomy import Side
from hemifacial.face.measure import measure
from hemifacial.findings import Result
from hemifacial.signals.rates import poisson_interval
from hemifacial.twin.face import FaceModel, healthy_plan, plant

__all__ = ["run", "run_again"]

SECONDS, SECONDS_AGAIN = 180.0, 60.0
OTHER_SEEDS = 1000
WARPS = ("mesh", "free")
PROCESSES = 2


def run() -> dict[str, Any]:
    """One row a face and warp: minutes judged, spasms called, what they were."""
    return _all(SECONDS, 0)


def run_again() -> dict[str, Any]:
    """The same on plans that nobody has looked at."""
    return _all(SECONDS_AGAIN, OTHER_SEEDS)


def _all(seconds: float, other: int) -> dict[str, Any]:
    if not CLIPS.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    wanted = [(base, warp, seconds, other) for base in FACES for warp in WARPS]
    with ProcessPoolExecutor(PROCESSES) as pool:
        rows = list(pool.map(_row, wanted))
    print(
        f"{'face':10} {'warp':5} {'judged min':>10} {'spasms':>6} {'a minute':>8} {'published':>9}"
    )
    for row in rows:
        rate = row["spasms"] / row["judged_min"]
        print(f"{row['face']:10} {row['warp']:5} {row['judged_min']:10.1f} {row['spasms']:6d} "
              f"{rate:8.2f} {row['published']:9d}  {row['what']}")  # fmt: skip
    minutes = sum(row["judged_min"] for row in rows)
    count = sum(row["spasms"] for row in rows)
    published = sum(row["published"] for row in rows)
    bound = poisson_interval(count)[1] / minutes
    print(f"all: {count} in {minutes:.1f} min judged: {count / minutes:.2f} a minute, at most "
          f"{bound:.2f}; published threshold {published / minutes:.1f} a minute")  # fmt: skip
    return {
        "rows": rows,
        "spasms": count,
        "judged_min": minutes,
        "per_min": count / minutes,
        "per_min_at_most": bound,
        "published_per_min": published / minutes,
    }


def _row(wanted: tuple[Base, str, float, int]) -> dict[str, Any]:
    base, warp, seconds, other = wanted
    seed = base.seed + other + (7 if warp == "mesh" else 8)
    with TemporaryDirectory() as name:
        folder = Path(name)
        planted = plant(
            still_of(base, folder),
            healthy_plan(seconds, seed),
            folder / "planted.mp4",
            camera=at_480p(seconds, seed),
            face_model=FaceModel(warp=warp),
        )
        result = measure(planted.video)
    spasms = [event for event in result.events if event.family == "spasm"]
    return {
        "face": base.name,
        "warp": warp,
        "judged_min": judged_min(result),
        "spasms": len(spasms),
        "what": [
            f"{e.onset_s:.1f} s {e.side} {'|'.join(e.sites)} {e.amplitude} mm" for e in spasms
        ],
        "published": published_count(result),
    }


def judged_min(result: Result) -> float:
    """Minutes that could be judged."""
    (one,) = [f for f in result.findings if f.quantity == "judged_time" and not f.phase]
    return (one.value or 0.0) / 60


def published_count(result: Result) -> int:
    """Spasms that the published pipeline's threshold calls on the same apertures."""
    signals = result.signals["face"]
    right, left = (signals[f"palpebral_aperture_{side}"].values for side in (Side.RIGHT, Side.LEFT))
    return sum(e.family == "spasm" for e in nomura_sakai(signals["time"].values, right, left))
