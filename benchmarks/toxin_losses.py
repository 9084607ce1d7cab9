"""What the judge of a lost effect says of made-up patients of each kind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.toxin_effects import cycles_with, lost, lucky_first, stable
from hemifacial.care.toxin.wearing_off.loss import Answer, judge_loss

__all__ = ["loss_rates", "losses", "proportion"]

Make = Callable[[np.random.Generator], list[float]]


def proportion(found: int, of: int) -> tuple[float, float, float]:
    """A proportion with its 95 % interval by Wilson, of independent trials."""
    z, share = 1.96, found / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return share, max(middle - half, 0.0), min(middle + half, 1.0)


def loss_rates(name: str, make: Make, count: int, first_seed: int) -> dict[str, Any]:
    """What is said of so many patients of one kind, and how often the published rule alone says."""
    answers: Counter[Answer] = Counter()
    rule = 0
    for seed in range(first_seed, first_seed + count):
        verdict = judge_loss(cycles_with(make(np.random.default_rng(seed))))
        answers[verdict.answer] += 1
        rule += verdict.rule_met
    return {
        "kind": name,
        "patients": count,
        "yes": proportion(answers[Answer.YES], count),
        "cannot_tell": proportion(answers[Answer.CANNOT_TELL], count),
        "rule_alone": proportion(rule, count),
    }


def losses(first_seed: int) -> list[dict[str, Any]]:
    """Every kind of patient that docs/toxin.md tells of."""
    kinds: list[tuple[str, Make, int]] = [
        (f"stable, {n} cycles", partial(stable, cycles=n), 2000) for n in (6, 12)
    ]
    kinds += [
        (f"first 3 lucky, {n} cycles", partial(lucky_first, cycles=n), 1000) for n in (5, 6, 8)
    ]
    kinds += [
        (f"lost after {k}, {n} failed", partial(lost, cycles=k + n, after=k), 100)
        for k in (3, 6, 12)
        for n in (2, 3, 4)
    ]
    return [loss_rates(name, make, count, first_seed) for name, make, count in kinds]
