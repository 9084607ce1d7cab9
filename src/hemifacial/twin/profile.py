"""How a movement rises and falls in time, built so that its 10 % crossings are exact."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FASTEST_FALL_S", "FASTEST_RISE_S", "RISING_SHARE", "Profile", "profile_between"]

RISING_SHARE = 0.35
"""Share of a short movement that is rise; a lid closes faster than it opens."""

FASTEST_RISE_S = 0.15
"""The longest ramp up; what lasts longer is held at its peak."""

FASTEST_FALL_S = 0.25
"""The longest ramp down."""

_TENTH = math.acos(0.8) / math.pi
"""Where along a raised-cosine ramp, as a share of it, 10 % of the peak is reached."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A raised-cosine ramp up, a plateau, a raised-cosine ramp down; peak 1, no units.

    Parameters
    ----------
    start_s
        Where the movement leaves zero: earlier than its onset, which is the 10 % crossing.
    """

    start_s: float
    rise_s: float
    hold_s: float
    fall_s: float

    @property
    def stop_s(self) -> float:
        """Where the movement is back at zero: later than its offset."""
        return self.start_s + self.rise_s + self.hold_s + self.fall_s

    @property
    def onset_s(self) -> float:
        """The crossing of 10 % of the peak on the way up."""
        return self.start_s + _TENTH * self.rise_s

    @property
    def offset_s(self) -> float:
        """The crossing of 10 % of the peak on the way down."""
        return self.stop_s - _TENTH * self.fall_s

    @property
    def peak_s(self) -> float:
        """The peak, or the middle of the plateau."""
        return self.start_s + self.rise_s + self.hold_s / 2

    def level(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Activation from 0 to 1 at these times, of the same shape."""
        since = np.asarray(time_s, dtype=float) - self.start_s
        rising = since / self.rise_s
        falling = (self.stop_s - self.start_s - since) / self.fall_s
        ramp = np.clip(np.minimum(rising, falling), 0.0, 1.0)
        return np.asarray((1 - np.cos(np.pi * ramp)) / 2)


def profile_between(onset_s: float, duration_s: float) -> Profile:
    """The movement whose 10 % crossings are `onset_s` and `onset_s + duration_s`.

    A short one is a skewed raised cosine. From about 0.3 s on, the ramps stop growing and
    a plateau appears between them, so that a tonic spasm starts as briskly as a clonic one.

    Raises
    ------
    ValueError
        If the duration is not positive.
    """
    if not duration_s > 0:
        raise ValueError(f"a movement cannot last {duration_s} s")
    rise_s = min(FASTEST_RISE_S, RISING_SHARE * duration_s / (1 - _TENTH))
    fall_s = min(FASTEST_FALL_S, (1 - RISING_SHARE) * duration_s / (1 - _TENTH))
    hold_s = max(0.0, duration_s - (rise_s + fall_s) * (1 - _TENTH))
    return Profile(start_s=onset_s - _TENTH * rise_s, rise_s=rise_s, hold_s=hold_s, fall_s=fall_s)
