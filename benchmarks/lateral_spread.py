"""Lateral spreads that are there and that are not: error rates, onsets, intervals, conduction.

Generated studies of ten sweeps at a stated signal-to-noise ratio, half of them with a lateral
spread and half of the same patients without, artefact tail and volume-conducted M wave in all of
them; two families of shapes. SNR is RMS of the response over RMS of the residual noise of the
average, in the true window of the response, after the filter. Seeds from 500000 on
were never looked at before.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.studies import study_of
from hemifacial.electro.conditioning import conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.lateral_spread.cells import Cell, cells_of
from hemifacial.electro.study import EvokedStudy
from hemifacial.twin.electro.lateral_spread import (
    lateral_spread_plan,
    only_conducted,
    without_spread,
)
from hemifacial.twin.electro.muscles import recorded_muscle
from hemifacial.twin.electro.plan import PlannedResponse
from hemifacial.twin.electro.snr import scaled_to_snr

__all__ = ["run"]

FIRST_SEED = 500_000
PAIRS = 1000
LEVELS_DB = (0.0, 6.0, 12.0)
CONDUCTED = 400
PROCESSES = 2


def run() -> dict[str, Any]:
    """Error rates at each level, and of pure volume conduction."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    results: dict[str, Any] = {}
    head = ("SNR", "n", "found", "false", "right", "onset error", "bias", "interval holds", "width")
    print("{:>6} {:>6} {:>7} {:>7} {:>7} {:>12} {:>7} {:>15} {:>7}".format(*head))
    print("       and, below each, amplitude found over true with its quartiles")
    with ProcessPoolExecutor(PROCESSES) as pool:
        for level in LEVELS_DB:
            wanted = [(FIRST_SEED + number, level) for number in range(PAIRS)]
            rows = [row for row in pool.map(_pair, wanted, chunksize=20) if row is not None]
            results[f"{level:g} dB"] = _told(level, rows)
        seeds = [FIRST_SEED + 200_000 + number for number in range(CONDUCTED)]
        called = list(pool.map(_conducted, seeds, chunksize=20))
    cells = sum(count for _, count in called)
    false = sum(count for count, _ in called)
    print(f"\npure volume conduction: {false} of {cells} muscles called a lateral spread")
    results["pure_conduction"] = {"called": false, "muscles": cells}
    return results


def _told(level: float, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found = np.array([row["found"] for row in rows])
    false = np.array([row["false"] for row in rows])
    off = np.array([row["off_ms"] for row in rows if row["found"]])
    held = np.array([row["held"] for row in rows if row["found"]])
    width = np.array([row["width_ms"] for row in rows if row["found"]])
    size = np.array([row["size"] for row in rows if row["found"]])
    size_held = np.array([row["size_held"] for row in rows if row["found"]])
    right = (found.mean() + 1 - false.mean()) / 2
    print(
        f"{level:4g} dB {2 * len(rows):6d} {found.mean():7.3f} {false.mean():7.3f} {right:7.3f} "
        f"{np.median(np.abs(off)):9.2f} ms {np.median(off):+7.2f} {held.mean():15.3f} "
        f"{np.median(width):7.2f}",
        flush=True,
    )
    by_family = {
        family: float(
            np.median([abs(r["off_ms"]) for r in rows if r["found"] and r["family"] == family])
        )
        for family in ("motor_units", "gabor")
    }
    print("       onset error by family of shapes:", by_family)
    low, middle, high = (float(value) for value in np.quantile(size, [0.25, 0.5, 0.75]))
    print(
        f"       amplitude {middle:.2f} ({low:.2f} to {high:.2f}), "
        f"its interval holds {size_held.mean():.3f}",
        flush=True,
    )
    return {
        "studies": 2 * len(rows),
        "found": float(found.mean()),
        "false": float(false.mean()),
        "right": float(right),
        "onset_error_ms": float(np.median(np.abs(off))),
        "onset_bias_ms": float(np.median(off)),
        "interval_holds": float(held.mean()),
        "interval_width_ms": float(np.median(width)),
        "onset_error_by_family_ms": by_family,
        "amplitude_ratio": [low, middle, high],
        "amplitude_interval_holds": float(size_held.mean()),
    }


def _pair(wanted: tuple[int, float]) -> dict[str, Any] | None:
    """One patient with the spread and without; None where none of the sweeps has it."""
    seed, level = wanted
    family = "motor_units" if seed % 2 else "gabor"
    plan = lateral_spread_plan(seed, family=family)
    spreads = [one for one in plan.responses if one.kind == "spread"]
    one = spreads[seed % len(spreads)]
    criteria = ElectroCriteria.read()
    scaled = scaled_to_snr(plan, one, level, (criteria["low_hz"], criteria["high_hz"]))
    study, truth = study_of(scaled)
    true = truth.find("spread", one.branch, one.muscle)
    if not true.present or true.onset_ms is None or true.amplitude_uv is None:
        return None
    true_uv = true.amplitude_uv
    reading = _cell(study, one, criteria).reading
    absent, _ = study_of(without_spread(scaled))
    empty = _cell(absent, one, criteria).reading
    if reading is None or empty is None:
        raise ValueError(f"{one.muscle} was not read")
    response = reading.response
    return {
        "family": family,
        "found": response is not None,
        "false": empty.response is not None,
        "off_ms": response.onset_ms - true.onset_ms if response else float("nan"),
        "held": bool(response and response.onset_low_ms <= true.onset_ms <= response.onset_high_ms),
        "size": response.amplitude_uv / true_uv if response else float("nan"),
        "size_held": bool(
            response and response.amplitude_low_uv <= true_uv <= response.amplitude_high_uv
        ),
        "width_ms": response.onset_high_ms - response.onset_low_ms if response else float("nan"),
    }


def _conducted(seed: int) -> tuple[int, int]:
    """Of one patient with nothing but conducted waves: muscles called, muscles read."""
    criteria = ElectroCriteria.read()
    plan = lateral_spread_plan(seed, family="motor_units" if seed % 2 else "gabor")
    direct = [one for one in plan.responses if one.kind == "direct"]
    bare = only_conducted(plan)
    # The direct responses stay where they belong: a study without them is no study.
    bare = type(bare)(**{**vars(bare), "responses": (*direct, *bare.responses)})
    study, _ = study_of(bare)
    ready, how = conditioned(study, conditioning_of(criteria))
    readings = [cell.reading for cell in cells_of(ready, how, criteria) if cell.reading is not None]
    return sum(one.response is not None for one in readings), len(readings)


def _cell(study: EvokedStudy, one: PlannedResponse, criteria: ElectroCriteria) -> Cell:
    """The cell of one response; of the far muscles only its own is read."""
    own = study.where(lambda stimulus: stimulus.branch == one.branch)
    kept = [
        index
        for index, channel in enumerate(own.channels)
        if channel.site == one.muscle or one.branch in recorded_muscle(channel.site).branches
    ]
    part = own.of_channels(kept)
    ready, how = conditioned(part, conditioning_of(criteria))
    return next(c for c in cells_of(ready, how, criteria) if c.muscle == one.muscle)
