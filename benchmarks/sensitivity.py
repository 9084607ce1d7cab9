"""How small a twitch can be seen: d' at 1 mm, what a twitch of 100 ms keeps, and calibration.

d' is the mean peak of twitches of 1 mm that last 150 ms, over the standard deviation of the same
signal away from every twitch that was planted. What a twitch of 100 ms keeps is its peak over its
true size, and over what twitches of 400 ms at the same place keep: the first says how much is seen,
the second what it costs to be brief. Calibration plants twitches of one region from well below to
well above the smallest detectable movement that the report prints, and asks at which size half of
them were found.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.faces import CLIPS, FACES, Base, still_of
from benchmarks.planted import QUALITIES, VIDEOS
from hemifacial.anatomy import Side
from hemifacial.face.measure import measure
from hemifacial.face.regions import signal_of
from hemifacial.findings import Event
from hemifacial.scoring import match
from hemifacial.twin.default_plan import REGION_MUSCLE
from hemifacial.twin.face import FaceModel, plant

__all__ = ["run"]

D_PRIME_REGIONS = ("mouth_corner", "chin", "cheek", "brow", "upper_lip", "jaw_line")
CALIBRATED_REGIONS = (*D_PRIME_REGIONS, "eyelids")
SIZES_MM = (0.6, 0.9, 1.2, 1.6, 2.2)
EVERY_S = 0.45
PROCESSES = 2


def run() -> dict[str, Any]:
    """One row a face, warp and quality for each question."""
    if not CLIPS.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    with ProcessPoolExecutor(PROCESSES) as pool:
        rows = list(pool.map(_row, VIDEOS))
    print(f"{'face':9} {'warp':5} {'video':12} {'100 ms keeps':>12} {'of 400 ms':>9}  "
          "d' at 1 mm and share seen")  # fmt: skip
    for row in rows:
        seen = "  ".join(
            f"{site} not seen" if np.isnan(d) else f"{site} {d:.1f} ({share:.2f})"
            for site, (d, share) in row["d"].items()
        )
        kept = f"{row['kept_100_ms']:12.2f} {row['kept_of_400_ms']:9.2f}"
        print(f"{row['face']:9} {row['warp']:5} {row['quality']:12} {kept}  {seen}")
    print(
        f"\n{'face':9} {'video':12} {'n':>4} found half of the time at this many times the printed"
    )
    halves = []
    for quality in QUALITIES:
        for base in FACES:
            of_face = [r for r in rows if r["face"] == base.name and r["quality"] == quality]
            trials = [t for r in of_face for t in r["trials"]]
            if not trials:
                continue
            half = half_found(np.array([t[1] for t in trials]), np.array([t[2] for t in trials]))
            by_site = {
                site: half_found(
                    np.array([t[1] for t in trials if t[0] == site]),
                    np.array([t[2] for t in trials if t[0] == site]),
                )
                for site in CALIBRATED_REGIONS
            }
            halves.append({"face": base.name, "quality": quality, "half": half, "by_site": by_site})
            print(f"{base.name:9} {quality:12} {len(trials):4d} {half:5.2f}   "
                  + "  ".join(f"{site} {h:.2f}" for site, h in by_site.items()))  # fmt: skip
    return {"rows": rows, "half_found": halves}


def _row(wanted: tuple[Base, str, str]) -> dict[str, Any]:
    base, warp, quality = wanted
    ones = _twitches(base.seed, [1.0, 1.0], D_PRIME_REGIONS)
    brief = _shifted(_of_the_mouth(0.1, EVERY_S), ones)
    long = _shifted(_of_the_mouth(0.4, 2 * EVERY_S), brief)
    graded = _twitches(base.seed + 9, list(SIZES_MM), CALIBRATED_REGIONS)
    signals, _, truth = _seen(base, warp, quality, [*ones, *brief, *long], base.seed + 300)
    d = _d_primes(signals, truth[: len(ones)], truth)
    kept = _kept(signals, truth[len(ones) : len(ones) + len(brief)])
    kept_long = _kept(signals, truth[len(ones) + len(brief) :])
    signals, found, truth = _seen(base, warp, quality, graded, base.seed + 400)
    hit = {p.truth.event_id for p in match(truth, found) if p.truth.side == p.found.side}
    trials = [
        (
            plan.event_id.split("-")[0],
            (event.amplitude or 0) / _printed_mm(signals, plan),
            float(event.event_id in hit),
        )
        for plan, event in zip(graded, truth, strict=True)
        if _is_seen(signals, plan)
    ]
    return {
        "face": base.name,
        "native_px": base.native_px,
        "warp": warp,
        "quality": quality,
        "d": d,
        "kept_100_ms": kept,
        "kept_of_400_ms": kept / kept_long,
        "trials": trials,
    }


def half_found(sizes: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    """The size found half of the time: a logistic curve in the logarithm of the size.

    NaN where all or none were found.
    """
    if found.all() or not found.any():
        return float("nan")

    def misfit(at: NDArray[np.float64]) -> float:
        slope = np.exp(at[1])
        p = 1 / (1 + np.exp(-np.clip(slope * (np.log(sizes) - at[0]), -30, 30)))
        p = np.clip(p, 0.01, 0.99)
        return float(-(found * np.log(p) + (1 - found) * np.log(1 - p)).sum())

    best = minimize(misfit, np.array([np.log(sizes).mean(), 2.0]), method="Nelder-Mead")
    return float(np.exp(best.x[0]))


def _twitches(seed: int, sizes_mm: list[float], regions: tuple[str, ...]) -> list[Event]:
    """Every size in every region on both sides, in an order drawn by the seed."""
    cases = [(site, side, mm) for site in regions for side in (Side.RIGHT, Side.LEFT)
             for mm in sizes_mm]  # fmt: skip
    order = np.random.default_rng(seed).permutation(len(cases))
    return [
        _twitch(1.0 + EVERY_S * place, 0.15, f"{cases[i][0]}-{place:03d}", *cases[i])
        for place, i in enumerate(order.tolist())
    ]


def _of_the_mouth(duration_s: float, every_s: float) -> list[Event]:
    """Twitches of 3 mm of a corner of the mouth, right and left in turn."""
    name = f"mouth_{1000 * duration_s:.0f}_ms"
    return [
        _twitch(1.0 + every_s * place, duration_s, f"{name}-{place}", "mouth_corner", side, 3.0)
        for place, side in enumerate((Side.RIGHT, Side.LEFT) * 3)
    ]


def _shifted(events: list[Event], after: list[Event]) -> list[Event]:
    by_s = after[-1].offset_s
    return [replace(event, onset_s=round(event.onset_s + by_s, 3)) for event in events]


def _twitch(
    onset_s: float, duration_s: float, name: str, site: str, side: Side, mm: float
) -> Event:
    return Event(
        onset_s=round(onset_s, 3),
        duration_s=duration_s,
        event_id=name,
        trial_type="spasm_clonic",
        side=side,
        sites=(REGION_MUSCLE[site],),
        amplitude=mm,
        amplitude_unit="mm",
    )


def _seen(
    base: Base, warp: str, quality: str, plan: list[Event], seed: int
) -> tuple[xr.Dataset, list[Event], list[Event]]:
    seconds = plan[-1].offset_s + 1.0
    with TemporaryDirectory() as name:
        folder = Path(name)
        planted = plant(
            still_of(base, folder),
            plan,
            folder / "planted.mp4",
            camera=QUALITIES[quality](seconds, seed),
            face_model=FaceModel(warp=warp),
        )
        result = measure(planted.video)
    found = [event for event in result.events if event.family == "spasm"]
    return result.signals["face"], found, list(planted.events)


def _site_of(event: Event) -> str:
    return next(site for site, muscle in REGION_MUSCLE.items() if muscle == event.sites[0])


def _is_seen(signals: xr.Dataset, event: Event) -> bool:
    """Whether the region was measured at all; an unmeasured one is told, and never counts."""
    return signal_of(_site_of(event), event.side) in signals


def _printed_mm(signals: xr.Dataset, event: Event) -> float:
    name = signal_of(_site_of(event), event.side)
    return float(signals[name].attrs["smallest_detectable"])


def _peak_mm(signals: xr.Dataset, event: Event) -> float:
    """Peak above where the signal was just before and just after."""
    times_s = signals["time"].values
    values = signals[signal_of(_site_of(event), event.side)].values
    inside = (times_s >= event.onset_s) & (times_s <= event.offset_s)
    before = (times_s > event.onset_s - 0.2) & (times_s < event.onset_s - 0.03)
    after = (times_s > event.offset_s + 0.03) & (times_s < event.offset_s + 0.2)
    return float(np.nanmax(values[inside]) - np.nanmedian(values[before | after]))


def _d_primes(
    signals: xr.Dataset, ones: list[Event], planted: list[Event]
) -> dict[str, tuple[float, float]]:
    """Of each region d' and the share of the movement that is seen.

    Noise is what the signal does away from all that was planted: a twitch is not noise.
    """
    times_s = signals["time"].values
    away = np.ones(times_s.size, dtype=bool)
    for event in planted:
        away &= ~((times_s > event.onset_s - 0.1) & (times_s < event.offset_s + 0.1))
    result = {}
    for site in D_PRIME_REGIONS:
        own = [event for event in ones if _site_of(event) == site and _is_seen(signals, event)]
        if not own:
            result[site] = (float("nan"), float("nan"))
            continue
        peaks = [_peak_mm(signals, event) for event in own]
        spread = []
        for side in sorted({event.side for event in own}):
            values = signals[signal_of(site, side)]
            slow = values.rolling(time=max(3, round(0.5 * signals.attrs["frame_rate_hz"])),
                                  center=True, min_periods=1).median()  # fmt: skip
            spread.append(float(np.nanstd((values - slow).values[away])))
        seen = [mm / (event.amplitude or 1) for mm, event in zip(peaks, own, strict=True)]
        result[site] = (float(np.mean(peaks) / np.mean(spread)), float(np.mean(seen)))
    return result


def _kept(signals: xr.Dataset, twitches: list[Event]) -> float:
    kept = [_peak_mm(signals, e) / (e.amplitude or 1) for e in twitches if _is_seen(signals, e)]
    return float(np.median(kept)) if kept else float("nan")
