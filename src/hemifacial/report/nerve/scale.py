"""A scale of a drawing: values to places, with round ticks, straight or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Scale", "around"]

_MOST_TICKS = 8


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Values from `low` to `high` on places from `start` to `stop`; log ones above 0."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where a value stands."""
        low, high, here = (self._told(one) for one in (self.low, self.high, value))
        return round(self.start + (self.stop - self.start) * (here - low) / (high - low), 2)

    def holds(self, value: float) -> bool:
        """Whether a value has a place; not-a-number has none."""
        return self.low <= value <= self.high

    def ticks(self) -> tuple[float, ...]:
        """Round values within the scale, at most about eight."""
        return self._decades() if self.log else self._even()

    def _told(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def _even(self) -> tuple[float, ...]:
        step = _round_step((self.high - self.low) / _MOST_TICKS)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(float(f"{n * step:.12g}") for n in range(first, last + 1))

    def _decades(self) -> tuple[float, ...]:
        first, last = (math.floor(math.log10(one)) for one in (self.low, self.high))
        found: tuple[float, ...] = ()
        for parts in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            all_of_them = (part * 10.0**n for n in range(first, last + 1) for part in parts)
            found = tuple(one for one in all_of_them if self.holds(one))
            if len(found) <= _MOST_TICKS + 1:
                # Within less than a decade there may be none of them.
                return found if len(found) > 1 else self._even()
        return found[:: math.ceil(len(found) / _MOST_TICKS)]


def around(
    values: Iterable[float], start: float, stop: float, *, log: bool = False, edge: float = 0.03
) -> Scale:
    """The scale that holds every finite value, with a margin of `edge` at both ends.

    A straight scale begins at 0 where all values are above it and none is far; a logarithmic
    one passes over what is not above 0.
    """
    known = [one for one in values if math.isfinite(one) and (one > 0 or not log)]
    if not known:
        known = [1.0, 10.0] if log else [0.0, 1.0]
    low, high = min(known), max(known)
    if log:
        room = max((high / low) ** edge, 1.05)
        return Scale(low=low / room, high=high * room, start=start, stop=stop, log=True)
    if low > 0 and low < 0.4 * high:
        low = 0.0
    size = max(abs(low), abs(high))
    if high - low <= max(1e-9 * size, 1e-30):
        low, high = low - 0.1 * (size or 1.0), high + 0.1 * (size or 1.0)
        if high - low <= 1e-30:
            low, high = low - 1e-30, high + 1e-30
    room = (high - low) * edge
    return Scale(low=low if low == 0 else low - room, high=high + room, start=start, stop=stop)


def _round_step(least: float) -> float:
    unit = 10.0 ** math.floor(math.log10(least))
    return next(unit * part for part in (1, 2, 5, 10) if unit * part >= least * (1 - 1e-9))
