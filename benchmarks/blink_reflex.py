"""Generated blink reflexes and F waves: how often what is there is found, and what is not.

Seeds from 500,000 up, on which nothing was tuned; both families of shapes in turn. Everything is
read from the findings, as a reader would. Where a study lacks a response, everything else stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.studies import evoked, wide
from hemifacial.anatomy import Side
from hemifacial.electro.blink_reflex.measure import measure as measure_blink
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.f_wave.measure import measure as measure_f_wave
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.study import EvokedStudy
from hemifacial.findings import Finding, Status
from hemifacial.twin.electro.blink_reflex import blink_reflex_plan
from hemifacial.twin.electro.blink_sweeps import paired, with_conduction
from hemifacial.twin.electro.f_wave import f_wave_study
from hemifacial.twin.electro.shapes import FAMILIES
from hemifacial.twin.electro.study import sweeps
from hemifacial.twin.electro.truth import TrueResponse

__all__ = ["found", "run"]

FIRST = 500_000
STUDIES, PAIRED, F_WAVES = 150, 40, 80
RECOVERY = {0.21: 0.2, 0.3: 0.4, 0.5: 0.65}
_WORDS = {"r1": "blink_r1", "r2": "blink_r2", "r2_contralateral": "blink_r2c"}


def found(outcome: Outcome, quantity: str, muscle: str, side: Side) -> Finding | None:
    """The finding of a muscle with a value, or None."""
    for one in outcome.findings:
        if (one.quantity, one.side, one.sites[1:]) == (quantity, side, (muscle,)):
            return one if one.status is Status.MEASURED else None
    return None


def run() -> dict[str, Any]:
    """Every table."""
    criteria = ElectroCriteria.read()
    tables = {
        "responses": [_responses(kind, criteria) for kind in ("patient", "conducted", "none")],
        "recovery": _recovery(criteria),
        "f_wave": [_f_waves(name, criteria) for name in ("affected", "healthy", "absent")],
    }
    return {"blink_reflex": tables}


def _study(kind: str, seed: int) -> tuple[EvokedStudy, tuple[TrueResponse, ...]]:
    family = FAMILIES[seed % len(FAMILIES)]
    affected = Side.RIGHT if kind == "patient" else None
    plan = blink_reflex_plan(seed, affected=affected, family=family, base=wide())
    if kind == "none":
        plan = replace(plan, responses=())
    made = sweeps(plan)
    values = with_conduction(plan).values_uv if kind == "conducted" else made.values_uv
    study = evoked(values, made.latency_ms, plan.sites, made.truth.stimuli)
    return study, made.truth.responses


def _responses(kind: str, criteria: ElectroCriteria) -> dict[str, Any]:
    """Patients with synkinesis; healthy people whose lower face sees the eye; no reflex at all."""
    counts: dict[str, list[bool]] = {}
    errors: dict[str, list[float]] = {}
    inside: dict[str, list[bool]] = {}
    for seed in range(FIRST, FIRST + STUDIES):
        study, truth = _study(kind, seed)
        outcome = measure_blink(study, criteria)
        for one in truth:
            where = "eye" if one.muscle == "orbicularis_oculi" else "lower face"
            word = _WORDS[one.kind]
            name = f"{one.kind}, {where}, {'there' if one.present else 'absent'}"
            amplitude = found(outcome, f"{word}_amplitude", one.muscle, one.side)
            counts.setdefault(name, []).append(amplitude is not None)
            onset = "latency" if one.kind == "r1" else "average_latency"
            latency = found(outcome, f"{word}_{onset}", one.muscle, one.side)
            if one.present and latency is not None and latency.value is not None:
                true_ms = one.onset_ms or float("nan")
                errors.setdefault(name, []).append(latency.value - true_ms)
                held = (latency.low or 0) <= true_ms <= (latency.high or 0)
                inside.setdefault(name, []).append(held)
    print(f"\n{kind}: called, of how many; onset error in ms (median, 90 %); interval holds")
    rows = {}
    for name in sorted(counts):
        row: dict[str, float] = {"called": sum(counts[name]), "of": len(counts[name])}
        if name in errors:
            size = np.abs(errors[name])
            row["median_ms"] = float(np.median(size))
            row["bias_ms"] = float(np.median(errors[name]))
            row["ninety_ms"] = float(np.quantile(size, 0.9))
            row["interval_share"] = float(np.mean(inside[name]))
        rows[name] = row
        print(f"{name:40} " + "  ".join(f"{key} {value:.3g}" for key, value in row.items()))
    return {"kind": kind, "rows": rows}


def _recovery(criteria: ElectroCriteria) -> dict[str, float]:
    """The R2 index of pairs against the planned one, and how often intervals hold."""
    errors, held = [], []
    wanted = 100 * float(np.mean(list(RECOVERY.values())))
    for seed in range(FIRST, FIRST + PAIRED):
        plan = blink_reflex_plan(
            seed, affected=None, family=FAMILIES[seed % len(FAMILIES)], base=wide()
        )
        made = paired(plan, RECOVERY)
        study = evoked(made.values_uv, made.latency_ms, plan.sites, made.stimuli)
        for one in measure_blink(study, criteria).findings:
            if one.quantity == "blink_r2_index" and one.value is not None:
                errors.append(one.value - wanted)
            if one.quantity == "blink_r2_recovery" and one.sites[1:] == ("orbicularis_oculi",):
                true = 100 * RECOVERY[float(one.phase.split()[0])]
                held.append((one.low or 0) <= true <= (one.high or 0))
    row = {
        "indices": len(errors),
        "of": 2 * PAIRED,
        "median_points": float(np.median(np.abs(errors))),
        "bias_points": float(np.median(errors)),
        "ninety_points": float(np.quantile(np.abs(errors), 0.9)),
        "interval_share": float(np.mean(held)),
    }
    print("\nR2 index, in points of 100: " + "  ".join(f"{k} {v:.3g}" for k, v in row.items()))
    return row


def _f_waves(name: str, criteria: ElectroCriteria) -> dict[str, Any]:
    """Persistence, duration, ratio and latency against the truth."""
    differences: dict[str, list[float]] = {}
    called = 0
    for seed in range(FIRST, FIRST + F_WAVES):
        made = f_wave_study(
            seed,
            affected=name == "affected",
            present=name != "absent",
            family=FAMILIES[seed % len(FAMILIES)],
        )
        study = evoked(made.values_uv, made.latency_ms, made.sites, made.stimuli)
        outcome = measure_f_wave(study, criteria)
        truth = made.truth
        values = {
            "persistence": (100 * truth.persistence_share),
            "duration": truth.duration_ms,
            "mean_latency": truth.onset_ms,
            "ratio": 100 * truth.ratio_share,
        }
        called += found(outcome, "f_wave_amplitude", "mentalis", Side.RIGHT) is not None
        for word, true in values.items():
            one = found(outcome, f"f_wave_{word}", "mentalis", Side.RIGHT)
            if one is not None and one.value is not None:
                here = np.asarray(true, dtype=np.float64)
                if np.isfinite(here).any():
                    differences.setdefault(word, []).append(one.value - float(np.nanmean(here)))
    rows = {
        word: {
            "bias": float(np.median(values)),
            "median": float(np.median(np.abs(values))),
            "ninety": float(np.quantile(np.abs(values), 0.9)),
        }
        for word, values in differences.items()
    }
    print(f"\nF wave, {name}: called {called} of {F_WAVES}")
    for word, row in rows.items():
        print(f"{word:14} " + "  ".join(f"{key} {value:.3g}" for key, value in row.items()))
    return {"name": name, "called": called, "of": F_WAVES, "rows": rows}
