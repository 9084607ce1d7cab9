"""How often the interval of a rate holds the truth, over processes with and without clusters.

Each line is a process drawn many times; the share of draws whose 95 % interval holds the
expected number of events, ours and the plain exact Poisson one beside it, and how much wider
ours is. Nothing here was measured on a patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.signals.rates import clustered_count, poisson_interval

__all__ = ["bursts", "clusters", "excited", "run", "single"]

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator], Floats]

_DRAWS = 1000
_SEED = 20_261_122
_DURATIONS_S = (60.0, 180.0, 600.0)


def single(per_s: float, duration_s: float) -> Draw:
    """Events that know nothing of each other."""
    return lambda chance: chance.uniform(0, duration_s, chance.poisson(per_s * duration_s))


def clusters(per_s: float, size: float, spread_s: float, duration_s: float) -> Draw:
    """Neyman and Scott: parents by Poisson, geometric sizes, exponential distances from them."""

    def draw(chance: np.random.Generator) -> Floats:
        margin_s = 8 * spread_s
        count = chance.poisson(per_s * (duration_s + margin_s))
        parents = chance.uniform(-margin_s, duration_s, count)
        children = np.repeat(parents, chance.geometric(1 / size, parents.size))
        onsets = children + chance.exponential(spread_s, children.size)
        return onsets[(onsets >= 0) & (onsets < duration_s)]

    return draw


def bursts(per_s: float, size: float, interval_s: float, duration_s: float) -> Draw:
    """Runs of twitches at fairly even intervals, as in a clonic burst."""

    def draw(chance: np.random.Generator) -> Floats:
        margin_s = 4 * size * interval_s
        count = chance.poisson(per_s * (duration_s + margin_s))
        onsets = [
            start + np.cumsum(np.append(0.0, chance.gamma(4, interval_s / 4, length - 1)))
            for start, length in zip(
                chance.uniform(-margin_s, duration_s, count),
                chance.geometric(1 / size, count),
                strict=True,
            )
        ]
        every = np.concatenate(onsets) if onsets else np.zeros(0)
        return every[(every >= 0) & (every < duration_s)]

    return draw


def excited(per_s: float, ratio: float, decay_s: float, duration_s: float) -> Draw:
    """Hawkes: each event brings on `ratio` others soon after."""

    def draw(chance: np.random.Generator) -> Floats:
        margin_s = 8 * decay_s / (1 - ratio)
        count = chance.poisson(per_s * (duration_s + margin_s))
        born = chance.uniform(-margin_s, duration_s, count)
        everyone = [born]
        while born.size:
            born = np.repeat(born, chance.poisson(ratio, born.size))
            born = born + chance.exponential(decay_s, born.size)
            everyone.append(born)
        onsets = np.concatenate(everyone)
        return onsets[(onsets >= 0) & (onsets < duration_s)]

    return draw


def _processes(duration_s: float) -> Iterator[tuple[str, Draw, float, float | None]]:
    """Name, how to draw, events expected, clusters expected (None where there are none)."""
    for per_min in (2, 6, 20, 60):
        expected = per_min * duration_s / 60
        yield f"single, {per_min} a minute", single(per_min / 60, duration_s), expected, None
    for per_min in (2, 4, 8):
        count = per_min * duration_s / 60
        for size, spread_s in ((3, 1.0), (6, 2.0)):
            draw = clusters(per_min / 60, size, spread_s, duration_s)
            yield f"clusters of {size}, {per_min} a minute", draw, count * size, count
        draw = bursts(per_min / 60, 5, 0.25, duration_s)
        yield f"bursts of 5 at 4 Hz, {per_min} a minute", draw, count * 5, count
    for per_min, ratio, decay_s in ((4, 0.5, 1.0), (4, 0.7, 1.0), (12, 0.6, 0.5), (12, 0.5, 3.0)):
        count = per_min * duration_s / 60
        draw = excited(per_min / 60, ratio, decay_s, duration_s)
        yield f"self-exciting {ratio}, {per_min} a minute", draw, count / (1 - ratio), count


def run() -> dict[str, Any]:
    """Coverage of every process and duration."""
    gap_s = FaceCriteria.read()["cluster_gap_s"]
    lines = []
    print(f"{'process':34}{'s':>5}{'events':>8}{'clusters':>9}{'ours':>7}{'plain':>7}{'wider':>7}")
    for duration_s in _DURATIONS_S:
        for name, draw, expected, clustered in _processes(duration_s):
            ours, plain, wider = _coverage(draw, expected, duration_s, gap_s)
            lines.append(
                {
                    "process": name,
                    "duration_s": duration_s,
                    "events": expected,
                    "clusters": clustered,
                    "coverage": ours,
                    "plain_coverage": plain,
                    "times_wider": wider,
                }
            )
            count = "" if clustered is None else f"{clustered:.0f}"
            print(
                f"{name:34}{duration_s:5.0f}{expected:8.0f}{count:>9}"
                f"{ours:7.3f}{plain:7.3f}{wider:7.1f}",
                flush=True,
            )
    return {"draws": _DRAWS, "gap_s": gap_s, "lines": lines}


def _coverage(
    draw: Draw, expected: float, duration_s: float, gap_s: float
) -> tuple[float, float, float]:
    chance = np.random.default_rng(_SEED)
    ours = plain = 0
    widths = np.zeros(2)
    for _ in range(_DRAWS):
        onsets = list(draw(chance))
        found = clustered_count(onsets, duration_s=duration_s, gap_s=gap_s)
        low, high = poisson_interval(len(onsets))
        ours += found.low <= expected <= found.high
        plain += low <= expected <= high
        widths += (found.high - found.low, high - low)
    return ours / _DRAWS, plain / _DRAWS, float(widths[0] / widths[1])
