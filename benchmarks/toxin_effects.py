"""Made-up courses of improvement: stable, by luck good at first, and truly lost.

Improvements are beta distributed and rounded to 10 %, as people answer; failures come by chance
with a probability of the patient's own. The fitted model has Student's t and no rounding.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.wearing_off.cycles import Cycle

__all__ = ["cycles_with", "lost", "lucky_first", "stable"]


def cycles_with(effects: list[float], units: list[float] | None = None) -> tuple[Cycle, ...]:
    """Cycles of one patient and product with these improvements, 12 weeks apart."""
    doses = units or [25.0] * len(effects)
    return tuple(
        Cycle(
            patient="p",
            number=number,
            started_on=date(2020, 1, 6) + timedelta(days=84 * number),
            dose=ToxinDose(product="botox", units=doses[number]),
            improvement_percent=effect,
        )
        for number, effect in enumerate(effects)
    )


def _beta(mean: float, concentration: float, count: int, rng: np.random.Generator) -> list[float]:
    drawn = rng.beta(mean * concentration, (1 - mean) * concentration, count)
    return [float(one) for one in 10 * np.round(10 * drawn)]


def stable(rng: np.random.Generator, cycles: int) -> list[float]:
    """A patient of any level and spread who keeps them; about 1 cycle in 18 fails."""
    mean = float(rng.beta(6, 2))
    effects = _beta(mean, float(rng.uniform(3, 25)), cycles, rng)
    fails = rng.random(cycles) < rng.beta(1, 17)
    return [0.0 if failed else effect for effect, failed in zip(effects, fails, strict=True)]


def lucky_first(rng: np.random.Generator, cycles: int, *, first: int = 3) -> list[float]:
    """A patient whose cycles differ much and whose first ones were, by luck, of the best.

    Drawn again until the first cycles all reach 80 %: what follows can only go down.
    """
    mean, concentration = float(rng.uniform(0.35, 0.65)), float(rng.uniform(1.5, 6))
    while True:
        starts = np.reshape(_beta(mean, concentration, 500 * first, rng), (500, first))
        lucky = starts[starts.min(axis=1) >= 80]
        if len(lucky):
            return [*lucky[0].tolist(), *_beta(mean, concentration, cycles - first, rng)]


def lost(rng: np.random.Generator, cycles: int, after: int) -> list[float]:
    """A patient as in `stable` until some cycle, and at most a fifth of his level after it."""
    while True:
        before = stable(rng, after)
        if np.median(before) >= 40:
            break
    rest = [float(10 * round(np.median(before) * rng.uniform(0, 0.2) / 10)) for _ in range(cycles)]
    return before + rest[: cycles - after]
