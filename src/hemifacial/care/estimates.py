"""A number that was worked out, with its interval and how it was made."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with the 95 % interval that belongs to it.

    Parameters
    ----------
    value, low, high
        In `unit`; the interval is None where there is none, and `how` says why.
    how
        How value and interval were made, with its source.
    n
        From how many observations.
    """

    value: float
    unit: str
    low: float | None
    high: float | None
    how: str
    n: int | None = None
