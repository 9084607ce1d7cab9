"""What a response looks like: two families of templates that share nothing.

Two, so that a detector is not judged on the shape on which it was built. A template has a
peak-to-peak amplitude of 1; its time 0 is its onset, the crossing of 10 % of its first peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.ends import ends_of, phases_of

__all__ = ["FAMILIES", "Family", "Shape", "Template", "template"]

Values = NDArray[np.float64]
Family = Literal["motor_units", "gabor"]
FAMILIES: tuple[Family, ...] = ("motor_units", "gabor")
"""``motor_units``: potentials that are differences of two gamma functions, each arriving at its
own time. ``gabor``: cosines under Gaussians."""

_POINTS = 600
_TRIES = 16
_BURST = 12  # Groups of units in a burst.
_RIPPLE = 0.12  # of the largest peak, before the onset; the onset itself may stand at 0.1


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A shape by name; equal shapes give the same template.

    Parameters
    ----------
    duration_ms
        From the first crossing of 10 % (of the first peak) to the last (of the largest).
    phases
        How many lobes it is to have. The seed is varied until it has; where that does not
        succeed the nearest is taken, and the truth of a recording counts what is there.
        0 is a burst of a dozen potentials, with as many lobes as it comes to.
    """

    family: Family = "motor_units"
    duration_ms: float
    phases: int = 2
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Template:
    """Values at evenly spaced times; 0 outside of them."""

    times_ms: Values
    values: Values

    def at(self, times_ms: Values) -> Values:
        """The template at any times."""
        return np.interp(times_ms, self.times_ms, self.values, left=0.0, right=0.0)


def template(shape: Shape) -> Template:
    """The template of a shape.

    It is drawn in units of its own, and its time is then stretched to the duration asked for.
    """
    drawn = _drawn(shape.family, shape.phases, shape.seed)
    return Template(times_ms=drawn.times_ms * shape.duration_ms, values=drawn.values)


@lru_cache(maxsize=4096)
def _drawn(family: Family, phases: int, seed: int) -> Template:
    """A template that lasts 1 ms: the first of some tries that is as wanted, or the nearest."""
    make = _motor_units if family == "motor_units" else _gabor
    best: tuple[int, Template] | None = None
    for attempt in range(_TRIES):
        rng = np.random.default_rng([seed, attempt])
        times, values = make(rng, phases)
        onset, end = ends_of(times, values)
        one = Template(times_ms=(times - onset) / (end - onset), values=values / np.ptp(values))
        amiss = abs(phases_of(values) - phases) if phases else 0
        amiss += _is_doubtful(one)
        if best is None or amiss < best[0]:
            best = (amiss, one)
        if amiss == 0:
            break
    if best is None:
        raise ValueError("no template was drawn")
    return best[1]


def _is_doubtful(one: Template) -> bool:
    """Whether careful readers could differ by a whole lobe about where the wave begins."""
    before = np.abs(one.values[one.times_ms < 0])
    return bool(before.max(initial=0.0) > _RIPPLE * np.abs(one.values).max())


def _motor_units(rng: np.random.Generator, phases: int) -> tuple[Values, Values]:
    """Groups of motor unit potentials; a group has two phases, its units arrive dispersed."""
    groups = max(1, (phases + 1) // 2) if phases else _BURST
    units = 6
    spacing = rng.uniform(0.9, 1.3, groups) if phases else rng.gamma(2.0, 0.4, groups)
    starts = np.cumsum(spacing) - spacing[0]
    strength = np.concatenate([[1.0], rng.uniform(0.5, 1.0, groups - 1)])
    # An odd number of phases ends on the first phase of its last group.
    second = np.full(groups, 0.75) * rng.uniform(0.8, 1.2, groups)
    if phases % 2:
        second[-1] = 0.0
    arrival = starts[:, None] + rng.gamma(2.0, 0.05, (groups, units))
    weight = strength[:, None] * rng.uniform(0.5, 1.5, (groups, units))
    times = np.linspace(-0.05, float(starts[-1]) + 3.2, _POINTS)
    after = times[None, :] - arrival.reshape(-1, 1)
    first_lobe = _gamma(after, 0.07)
    second_lobe = _gamma(after, 0.16) * np.repeat(second, units)[:, None]
    values = weight.reshape(-1) @ (first_lobe - second_lobe)
    return times, values * rng.choice([-1.0, 1.0])


def _gamma(after: Values, scale: float) -> Values:
    """A gamma function of order 3 with a peak of 1, 3 scales after its start."""
    x = np.maximum(after, 0.0) / (3.0 * scale)
    return np.asarray(x**3 * np.exp(3.0 * (1.0 - x)))


def _gabor(rng: np.random.Generator, phases: int) -> tuple[Values, Values]:
    """A wave packet whose envelope covers the phases asked for, and a weaker one after it."""
    times = np.linspace(-4.0, 6.0, _POINTS)
    width = rng.uniform(0.9, 1.1)
    phases = phases or 2 * _BURST
    frequency = (0.12 if phases < 3 else 0.155) * (phases - 1) * rng.uniform(0.8, 1.2) / width
    turn = rng.uniform(0, 2 * np.pi)
    if phases < 3:  # one lobe is a cosine, two are a sine
        turn = np.pi / 2 * (phases - 1) + rng.uniform(-0.2, 0.2)
    values = _packet(times, 0.0, width, frequency, turn)
    if phases > 2:
        later = rng.uniform(0.5, 1.5)
        values = values + rng.uniform(0.1, 0.4) * _packet(
            times, later, width * 0.7, frequency * rng.uniform(0.8, 1.3), turn
        )
    return times, values * rng.choice([-1.0, 1.0])


def _packet(times: Values, middle: float, width: float, frequency: float, turn: float) -> Values:
    after = times - middle
    # It rises faster than it falls: else its first lobes are small and its onset is doubtful.
    envelope = np.exp(-0.5 * (after / np.where(after < 0, 0.5 * width, width)) ** 2)
    return np.asarray(envelope * np.cos(2 * np.pi * frequency * after + turn))
