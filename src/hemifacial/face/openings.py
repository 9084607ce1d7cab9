"""Openings of the mouth that follow each other closely, as in speech and in counting aloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.signals.excursions import Excursion, excursions
from hemifacial.signals.runs import close_runs

__all__ = ["Syllables"]


@dataclass(frozen=True, kw_only=True)
class Syllables:
    """What counts as syllables: how far, how long and how close the mouth opens, how often.

    A mouth that stays open for longer than `longest_s` says nothing.
    """

    least_mm: float
    longest_s: float
    gap_s: float
    least_count: float
    valley_share: float

    def runs(
        self, times_s: NDArray[np.float64], opened_mm: NDArray[np.float64]
    ) -> list[list[Excursion]]:
        """The openings, run by run, each in order of onset; both arrays of shape (n,)."""
        openings = [
            one
            for one in excursions(
                times_s, opened_mm, threshold=self.least_mm, valley_share=self.valley_share
            )
            if one.duration_s <= self.longest_s
        ]
        onsets_s, offsets_s = [o.onset_s for o in openings], [o.offset_s for o in openings]
        runs = [openings[run] for run in close_runs(onsets_s, offsets_s, self.gap_s)]
        return [run for run in runs if len(run) >= self.least_count]
