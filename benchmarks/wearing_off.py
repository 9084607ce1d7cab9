"""The model of wearing off on made-up clinics with known truth, and the judge of a lost effect.

Tier 1 alone: what clinics do and how effects decline is made up (`toxin_clinics`,
`toxin_effects`), by other formulas than those that are fitted. Seeds below 100,000 were looked at
while the model was built; everything here is from 500,000 up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.toxin_clinics import Clinic, make_clinic
from benchmarks.toxin_losses import losses, proportion
from hemifacial.care.toxin.wearing_off.answers import trend
from hemifacial.care.toxin.wearing_off.cycles import cycles_of
from hemifacial.care.toxin.wearing_off.fit import Fit, fit_cycles

__all__ = [
    "fitted",
    "next_date",
    "patient_trend",
    "run",
    "trend_found",
]

FIRST_SEED = 500_000
TRENDS = (
    (10, 6, -5.0),
    (20, 6, -5.0),
    (20, 10, -5.0),
    (40, 8, -5.0),
    (20, 6, 0.0),
    (40, 8, 0.0),
)
_LIMITS = (0.025, 0.5, 0.975)


def fitted(clinic: Clinic, seed: int, *, kept: int = 600) -> Fit:
    """The model on everything that a clinic knows."""
    cycles = [
        cycle
        for one in clinic.patients
        for cycle in cycles_of(one.name, one.sessions, one.responses)
    ]
    return fit_cycles(cycles, seed=seed, kept=kept, warm_up=200)


def next_date(clinics: int, *, patients: int, cycles: int, first_seed: int) -> dict[str, Any]:
    """How often the interval of the next cycle holds its true day, and how far the day is off.

    The interval of a coverage is from whole clinics drawn anew, since patients of one clinic share
    a fit.
    """
    half, began, wide, off, off_own, off_84 = [], [], [], [], [], []
    for seed in range(first_seed, first_seed + clinics):
        clinic = make_clinic(seed, patients=patients, cycles=cycles)
        fit = fitted(clinic, seed)
        of_half, of_began = [], []
        for one in clinic.patients:
            at, last = fit.cycles_of(one.name)[-1], len(one.sessions) - 1
            low, middle, high = np.quantile(fit.days_until(at, 0.5), _LIMITS)
            of_half.append(low <= one.half_days[last] <= high)
            wide.append(high / low)
            low, middle, high = np.quantile(fit.days_until(at, 0.75), _LIMITS)
            true_day = one.began_days[last]
            of_began.append(low <= true_day <= high)
            off.append(abs(middle - true_day))
            off_84.append(abs(84 - true_day))
            told = [
                (response.wearing_off_on - response.session_on).days
                for response in one.responses
                if response.wearing_off_on is not None
            ]
            off_own.append(abs((float(np.mean(told)) if told else 84.0) - true_day))
        half.append(of_half)
        began.append(of_began)
    return {
        "clinics": clinics,
        "patients": sum(len(one) for one in half),
        "coverage_of_half": _pooled(half),
        "coverage_of_wearing_off": _pooled(began),
        "high_over_low": float(np.median(wide)),
        "off_days": float(np.median(off)),
        "off_days_of_own_mean": float(np.median(off_own)),
        "off_days_of_84": float(np.median(off_84)),
    }


def _pooled(groups: list[list[bool]]) -> tuple[float, float, float]:
    rng = np.random.default_rng(1)
    hits, sizes = np.array([sum(one) for one in groups]), np.array([len(one) for one in groups])
    drawn = rng.integers(len(groups), size=(2000, len(groups)))
    means = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(hits.sum() / sizes.sum()), float(low), float(high)


def trend_found(
    clinics: int, *, patients: int, cycles: int, percent: float, first_seed: int
) -> dict[str, Any]:
    """How often a clinic's trend is told from none, and how often the interval holds the truth."""
    found, held, values = 0, 0, []
    for seed in range(first_seed, first_seed + clinics):
        clinic = make_clinic(seed, patients=patients, cycles=cycles, trend_percent=percent)
        answer = trend(fitted(clinic, seed, kept=400))
        estimate = answer.percent_per_cycle
        down = estimate.high is not None and estimate.high < 0
        found += down if percent < 0 else answer.excludes_none
        held += (estimate.low or 0.0) <= percent <= (estimate.high or 0.0)
        values.append(estimate.value)
    return {
        "patients": patients,
        "cycles": cycles,
        "planted": percent,
        "clinics": clinics,
        "found": proportion(found, clinics),
        "held": proportion(held, clinics),
        "mean": float(np.mean(values)),
    }


def patient_trend(clinics: int, *, cycles: int, percent: float, first_seed: int) -> dict[str, Any]:
    """Of clinics in which 6 of 30 patients decline: who is told to, among these and the others."""
    told: dict[bool, list[bool]] = {True: [], False: []}
    for seed in range(first_seed, first_seed + clinics):
        clinic = make_clinic(
            seed, cycles=cycles, trend_percent=percent, trend_patients=6, dropout_share=0.0
        )
        fit = fitted(clinic, seed, kept=400)
        for number, one in enumerate(clinic.patients):
            high = trend(fit, one.name).percent_per_cycle.high
            told[number < 6].append(high is not None and high < 0)
    return {
        "cycles": cycles,
        "planted": percent,
        "found": proportion(sum(told[True]), len(told[True])),
        "false": proportion(sum(told[False]), len(told[False])),
    }


def run() -> dict[str, Any]:
    """Every table of docs/toxin.md that is measured."""
    dates = [
        next_date(clinics, patients=patients, cycles=cycles, first_seed=FIRST_SEED)
        for clinics, patients, cycles in ((40, 30, 8), (40, 12, 4), (200, 1, 5))
    ]
    print("The interval of the next cycle holds the true day")
    for row in dates:
        print(
            f"{row['clinics']:4d} clinics {row['patients']:5d} patients"
            f"  half {_text(row, 'coverage_of_half')}"
            f"  wearing off {_text(row, 'coverage_of_wearing_off')}"
            f"  high/low {row['high_over_low']:.1f}"
            f"  off by {row['off_days']:.0f} d (own mean {row['off_days_of_own_mean']:.0f},"
            f" 84 d {row['off_days_of_84']:.0f})"
        )
    trends = [
        trend_found(24, patients=patients, cycles=cycles, percent=percent, first_seed=FIRST_SEED)
        for patients, cycles, percent in TRENDS
    ]
    print("Trend of a clinic")
    for row in trends:
        print(
            f"{row['patients']:3d} patients {row['cycles']:2d} cycles"
            f" planted {row['planted']:4.0f} %  found {_text(row, 'found')}"
            f"  interval holds it {_text(row, 'held')}  mean {row['mean']:.1f} %"
        )
    single = [
        patient_trend(6, cycles=cycles, percent=-5.0, first_seed=FIRST_SEED)
        for cycles in (8, 16, 24)
    ]
    print("Trend of a patient, where 6 of 30 decline by 5 % a cycle")
    for row in single:
        found, false = _text(row, "found"), _text(row, "false")
        print(f"{row['cycles']:3d} cycles  found {found}  false {false}")
    lost = losses(FIRST_SEED)
    print("Lost effect")
    for row in lost:
        print(
            f"{row['kind']:28} {row['patients']:5d}  yes {_text(row, 'yes')}"
            f"  cannot tell {_text(row, 'cannot_tell')}  rule alone {_text(row, 'rule_alone')}"
        )
    return {"next_date": dates, "trend": trends, "patient_trend": single, "loss": lost}


def _text(row: dict[str, Any], name: str) -> str:
    value, low, high = row[name]
    return f"{100 * value:5.1f} % ({100 * low:.1f}-{100 * high:.1f})"
