"""Time stamps of a recording as seconds that only go forwards."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hemifacial.errors import InputError

__all__ = ["Clock"]

_LONGEST_GAP_S = 3600.0
"""A stamp further ahead is a damaged one; taken for true, all that follow would look late."""


class Clock:
    """Seconds since the first picture of one pass through a recording.

    A stamp that repeats, goes back or leaps out of the recording is answered with None and
    counted: such a picture has no moment at which it was seen. A picture without a stamp is
    placed one nominal interval after the one before, and counted.
    """

    def __init__(self, path: Path, *, rate_hz: float | None = None) -> None:
        self._path = path
        self._interval_s = 1 / rate_hz if rate_hz else None
        self._origin_s: Fraction | None = None
        self.newest_s: float | None = None
        self.newest_stamp_s: float | None = None
        self.step_s = self._interval_s or 0.0
        self.non_monotonic = 0
        self.missing = 0

    def time_of(self, pts: int | None, time_base: Fraction | None) -> float | None:
        """The time of the next picture, or None if its stamp does not go forwards."""
        if pts is None or not time_base:
            self.missing += 1
            stamp_s = None
            time_s = self._expected_s()
        else:
            stamp_s = pts * time_base
            if self._origin_s is None:
                self._origin_s = stamp_s - Fraction(self._expected_s())
            time_s = float(stamp_s - self._origin_s)
        if self.newest_s is not None:
            if not self.newest_s < time_s <= self.newest_s + _LONGEST_GAP_S:
                self.non_monotonic += 1
                return None
            self.step_s = time_s - self.newest_s
        self.newest_s = time_s
        self.newest_stamp_s = None if stamp_s is None else float(stamp_s)
        return time_s

    def _expected_s(self) -> float:
        if self.newest_s is None:
            return 0.0
        if self._interval_s is None:
            raise InputError(
                f"{self._path} states neither time stamps nor a frame rate",
                next_step="export the recording as MP4, which keeps the time of each picture",
            )
        return self.newest_s + self._interval_s
