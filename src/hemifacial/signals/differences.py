"""Whether two measured values differ: the interval of a difference from two intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Bounded", "Difference", "difference"]


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A later value less an earlier one.

    `smallest_detectable` is the size that a change in this direction must exceed for its
    interval to leave zero, given how well both values are known.
    """

    value: float
    low: float
    high: float
    smallest_detectable: float

    @property
    def is_detected(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def difference(before: Bounded, after: Bounded) -> Difference:
    """The change from `before` to `after` with its interval.

    The two intervals need not be symmetric, nor made in the same way: each bound of the
    difference takes the arms of the two intervals that point that way (the method of variance
    estimates recovery, Zou and Donner 2008, doi:10.1002/sim.3095). The two values are taken for
    independent, as those of two recordings are.
    """
    change = after.value - before.value
    down = math.hypot(after.value - after.low, before.high - before.value)
    up = math.hypot(after.high - after.value, before.value - before.low)
    return Difference(
        value=change,
        low=change - down,
        high=change + up,
        smallest_detectable=down if change >= 0 else up,
    )
