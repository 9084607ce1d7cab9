"""Skin less what goes along with where the head is turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.signals.levels import rolling_quantile

__all__ = ["without_turns"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_FIT_ROUNDS = 12
_LEAST_FRAMES = 60  # of a fit of three numbers
_NO_SPREAD = 1e-9


def without_turns(
    times_s: Floats, moved_mm: Complexes, facing: Complexes, criteria: FaceCriteria
) -> Complexes:
    """What patches did, less what goes along with where the head is turned.

    The depth of a face is known roughly, so that a turn leaves a share of itself in the skin, the
    same for each patch throughout a recording. That share is fitted; movements of the skin itself,
    which do not go along with the head, lose their weight in the fit, and the share is bounded by
    how wrong a depth can be: a spasm that seems to turn the head a little would else take itself
    away. Turns beyond `turn_free_deg` count as that: further away the share is another.

    Parameters
    ----------
    moved_mm
        (n, patches), from any origin.
    facing
        (n,), where the face looks, to the right and upwards, in radians.
    """
    result = moved_mm.copy()
    if not moved_mm.size:
        return result
    turned = _from_usual(times_s, facing, criteria)
    known = np.isfinite(turned)
    free_rad = np.radians(criteria["turn_free_deg"])
    # A head that is elsewhere for most of the time has no usual place to count from.
    if not known.any() or np.median(np.abs(turned[known])) > free_rad:
        return result
    turned = _limited(turned, free_rad)
    turns = np.stack([turned.real, turned.imag], axis=1)
    scale = turns[known].std(axis=0) + _NO_SPREAD
    for index, patch in enumerate(moved_mm.T):
        fitted = known & np.isfinite(patch)
        if np.count_nonzero(fitted) < _LEAST_FRAMES:
            continue
        shift = _from_usual(times_s, patch, criteria)[fitted]
        columns = np.column_stack([np.ones(shift.size), turns[fitted] / scale])
        amount = _without_outliers(columns, shift)
        per_rad = _limited(amount[1:] / scale, criteria["largest_depth_error_mm"])
        result[fitted, index] -= turns[fitted] @ per_rad
    return result


def _limited(values: NDArray[np.complexfloating], largest: float) -> Complexes:
    """The values, none of them larger than that, in their directions."""
    size = np.abs(values)
    return np.asarray(values * np.minimum(1, largest / np.maximum(size, _NO_SPREAD)))


def _from_usual(times_s: Floats, values: Complexes, criteria: FaceCriteria) -> Complexes:
    across, up = (
        rolling_quantile(times_s, axis, window_s=criteria["resting_window_s"], quantile=0.5)
        for axis in (values.real, values.imag)
    )
    return values - (across + 1j * up)


def _without_outliers(columns: Floats, values: Complexes) -> NDArray[np.complexfloating]:
    """Weighted least squares of complex values, the weights from what the fit before left over."""
    weight: Floats = np.ones(values.size)
    ridge = 1e-6 * values.size * np.eye(columns.shape[1])
    amount: NDArray[np.complexfloating] = np.zeros(columns.shape[1], dtype=np.complex128)
    for _ in range(_FIT_ROUNDS):
        weighed = columns * weight[:, None]
        amount = np.linalg.solve(weighed.T @ columns + ridge, weighed.T @ values)
        off = np.abs(values - columns @ amount)
        weight = 1 / (1 + (off / (3 * np.median(off) + _NO_SPREAD)) ** 2) ** 2
    return amount
