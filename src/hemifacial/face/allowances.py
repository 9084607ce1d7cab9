"""What a movement of one side has to be larger by than its threshold, frame by frame.

A head that turns shows one side smaller than the other, and a hand on the face drags the mesh: both
look one-sided. Smooth skin that the codec draws anew every few frames jumps to and fro for seconds,
and the quietest quarter of the recording knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.geometry import FaceFixed
from hemifacial.signals.levels import flicker_sd, rolling_quantile

__all__ = ["of_flicker", "of_the_head"]

Floats = NDArray[np.float64]


def of_the_head(times_s: Floats, face: FaceFixed, criteria: FaceCriteria) -> Floats:
    """In mm, because the head is turned or half hidden; the same for every region, shape (n,)."""
    window_s = criteria["resting_window_s"]
    usual = [
        rolling_quantile(times_s, axis, window_s=window_s, quantile=0.5)
        for axis in (face.facing.real, face.facing.imag)
    ]
    turned_deg = np.degrees(np.hypot(face.facing.real - usual[0], face.facing.imag - usual[1]))
    known = np.isfinite(face.misfit_mm)
    usual_mm = float(np.median(face.misfit_mm[known])) if known.any() else float("nan")
    return np.asarray(
        criteria["turn_allowance_mm"] * np.maximum(0, turned_deg - criteria["turn_free_deg"])
        + criteria["misfit_allowance"]
        * np.maximum(0, face.misfit_mm - usual_mm - criteria["misfit_free_mm"])
    )


def of_flicker(
    times_s: Floats, moved_mm: Iterable[Floats], threshold_mm: float, criteria: FaceCriteria
) -> Floats:
    """In mm, because a region jumps to and fro from frame to frame on one of its sides, (n,).

    Parameters
    ----------
    moved_mm
        The excursions of the region, of each side, shape (n,), NaN where lost.
    threshold_mm
        Of the region: flicker that it covers costs nothing.
    """
    most = np.zeros(times_s.size)
    for values in moved_mm:
        local = flicker_sd(
            times_s,
            values,
            window_s=criteria["flicker_window_s"],
            quantile=criteria["flicker_quantile"],
        )
        most = np.fmax(most, local)
    return np.asarray(np.maximum(0, criteria["noise_multiple"] * most - threshold_mm))
