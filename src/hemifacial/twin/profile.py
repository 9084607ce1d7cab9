"""How a movement rises and falls in time, built so that its 10 % crossings are exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FASTEST_FALL_S",
    "FASTEST_RISE_S",
    "RISING_SHARE",
    "Course",
    "Profile",
    "Syllables",
    "profile_between",
    "syllables_between",
]

RISING_SHARE = 0.35
"""Share of a short movement that is rise; a lid closes faster than it opens."""

FASTEST_RISE_S = 0.15
"""The longest ramp up; what lasts longer is held at its peak."""

FASTEST_FALL_S = 0.25
"""The longest ramp down."""

_TENTH = math.acos(0.8) / math.pi
"""Where along a raised-cosine ramp, as a share of it, 10 % of the peak is reached."""


class Course(Protocol):
    """A movement in time: 0 before `start_s` and after `stop_s`, 1 at its peak."""

    @property
    def start_s(self) -> float:
        """Where it leaves zero, before the onset."""

    @property
    def stop_s(self) -> float:
        """Where it is back at zero, after the offset."""

    @property
    def peak_s(self) -> float:
        """The peak, or the middle of the plateau."""

    def level(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Activation from 0 to 1 at these times, of the same shape."""


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


@dataclass(frozen=True, kw_only=True)
class Syllables:
    """The mouth in speech: one raised cosine a syllable, the largest of height 1.

    Parameters
    ----------
    centres_s, half_widths_s, heights
        Of each syllable, shape (n,).
    """

    centres_s: tuple[float, ...]
    half_widths_s: tuple[float, ...]
    heights: tuple[float, ...]

    @property
    def start_s(self) -> float:
        """Where the first syllable begins: earlier than the onset."""
        return self.centres_s[0] - self.half_widths_s[0]

    @property
    def stop_s(self) -> float:
        """Where the last syllable ends: later than the offset."""
        return self.centres_s[-1] + self.half_widths_s[-1]

    @property
    def peak_s(self) -> float:
        """The middle of the largest syllable."""
        return self.centres_s[int(np.argmax(self.heights))]

    def level(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Opening from 0 to 1 at these times, of the same shape."""
        since = np.asarray(time_s, dtype=float)[..., None] - np.array(self.centres_s)
        share = np.clip(np.abs(since) / np.array(self.half_widths_s), 0, 1)
        return np.asarray((np.array(self.heights) * (1 + np.cos(np.pi * share)) / 2).max(axis=-1))


def syllables_between(onset_s: float, duration_s: float, seed: int) -> Syllables:
    """Speech whose 10 % crossings are `onset_s` and `onset_s + duration_s`; 3 to 6 syllables/s.

    Rate, heights and lengths of the syllables are drawn; neighbours overlap, so that the
    mouth does not close fully after each.

    Raises
    ------
    ValueError
        If the duration is not positive.
    """
    if not duration_s > 0:
        raise ValueError(f"a movement cannot last {duration_s} s")
    chance = np.random.default_rng(seed)
    count = max(1, round(duration_s * float(chance.uniform(3, 6))))
    heights = chance.uniform(0.35, 1.0, count)
    heights /= heights.max()
    relative = np.cumsum(chance.uniform(0.8, 1.2, count))
    widths = chance.uniform(0.5, 0.62, count)
    # From a syllable's middle to where it is a tenth of the largest one, in half widths.
    first, last = (math.acos(0.2 / height - 1) / math.pi for height in heights[[0, -1]])
    length = relative[-1] - relative[0] + first * widths[0] + last * widths[-1]
    beat_s = duration_s / length
    centres = onset_s + (relative - relative[0] + first * widths[0]) * beat_s
    return Syllables(
        centres_s=tuple(centres.tolist()),
        half_widths_s=tuple((widths * beat_s).tolist()),
        heights=tuple(heights.tolist()),
    )
