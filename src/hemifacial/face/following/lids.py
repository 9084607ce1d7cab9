"""When the lids of both sides have to be read each from its own half of the face.

The whole face says that something differs between the eyes long before it says how much. From a
quarter of a second before that until a third of a second after, every frame is read by halves, so
that the reader is never changed at an onset, and rest is read both ways.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.landmarks import mesh as points
from hemifacial.landmarks.networks import Mesh

__all__ = ["LIDS", "LidWatch", "Apart"]


def _lids() -> Mapping[Side, NDArray[np.intp]]:
    return MappingProxyType(
        {side: np.array([*points.UPPER_LID[side], *points.LOWER_LID[side]]) for side in SIDES}
    )


LIDS = _lids()
"""Of each side the three points of the upper lid, then those of the lower one that face them."""

_BEFORE_S, _AFTER_S = 0.25, 0.35
_MEMORY_S = 10.0  # of time at rest, over which it is known how the eyes usually differ
# A difference that lasts longer than this, or than so many times all the rest there was before,
# is how the eyes differ from now on: a head that leans, or a recording that began in a spasm.
_LONGEST_S, _LONGEST_TIMES = 30.0, 3.0
_LEAST = 0.0035  # of the distance between the outer canthi: 0.3 mm
_TIMES_NOISE = 6.0
_RENEWED_EVERY = 8  # frames
_LONGEST_STEP_S = 0.1  # of the clock of rest, across frames without a face


@dataclass(frozen=True, kw_only=True, eq=False)
class Apart:
    """A frame whose lids are to be read by halves."""

    index: int
    mesh: Mesh


class LidWatch:
    """Watches how the eyes differ, frame by frame, and says which frames to read by halves."""

    def __init__(self) -> None:
        self._usual: deque[tuple[float, float]] = deque()
        self._level, self._noise = float("nan"), float("nan")
        self._rested_s, self._last_rest_s, self._last_s = 0.0, -np.inf, -np.inf
        self._count = 0
        self._kept: deque[tuple[float, Apart]] = deque()
        self._until_s = -np.inf

    def note(self, index: int, time_s: float, mesh: Mesh | None) -> Iterator[Apart]:
        """The next frame; yields those that are to be read by halves now, the earliest first."""
        if mesh is None:
            self._kept.clear()
            return
        self._kept.append((time_s, Apart(index=index, mesh=mesh)))
        while self._kept and self._kept[0][0] < time_s - _BEFORE_S:
            self._kept.popleft()
        differs = self._difference(time_s, _difference(mesh))
        if differs:
            self._until_s = time_s + _AFTER_S
        if time_s <= self._until_s:
            while self._kept:
                yield self._kept.popleft()[1]

    def _difference(self, time_s: float, value: float) -> bool:
        """Whether the eyes differ by more than they usually do."""
        differs = abs(value - self._level) > max(_LEAST, _TIMES_NOISE * self._noise)
        lasted_s = time_s - self._last_rest_s
        if differs and lasted_s > min(_LONGEST_S, _LONGEST_TIMES * self._rested_s):
            self._usual.clear()
            self._rested_s, differs = 0.0, False
        if not differs:
            # Only rest is remembered, or an eye that stays shut would become what is usual.
            self._rested_s += min(time_s - self._last_s, _LONGEST_STEP_S)
            self._usual.append((self._rested_s, value))
            self._last_rest_s = time_s
            self._renew()
        self._last_s = time_s
        return differs

    def _renew(self) -> None:
        while self._usual[0][0] < self._rested_s - _MEMORY_S:
            self._usual.popleft()
        if self._count % _RENEWED_EVERY == 0 or len(self._usual) == 1:
            values = np.array([v for _, v in self._usual])
            self._level = float(np.median(values))
            steps = np.abs(np.diff(values))
            # From one frame to the next: a spasm does not raise what is taken for noise.
            self._noise = float(np.median(steps)) * 1.05 if steps.size > 8 else 0.0
        self._count += 1


def _difference(mesh: Mesh) -> float:
    """Right aperture less left, over the distance between the outer canthi."""
    xy = mesh.points_px[:, :2].astype(np.float64)
    aperture = [
        np.hypot(*(xy[list(points.UPPER_LID[side])] - xy[list(points.LOWER_LID[side])]).T).mean()
        for side in SIDES
    ]
    right, left = (xy[index] for index in points.OUTER_CANTHUS.values())
    return float((aperture[0] - aperture[1]) / np.hypot(*(left - right)))
