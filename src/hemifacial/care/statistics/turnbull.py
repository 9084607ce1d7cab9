"""Turnbull's estimate of when something happened that is only known to lie between two visits.

Each observation is ``(after, by]``: not yet at the first time, happened by the second; `by` is
infinite where it had not happened when last seen. Where `after` equals `by` the time is exact.
The estimate puts mass on intervals only (the innermost ones) and cannot say where within them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Between", "LifeTable", "turnbull"]

_GAP = 1e-10
_STEPS = 500
_NEGLIGIBLE = 1e-12
_HALVINGS = 40
_EXACT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Between:
    """So many people in whom it happened after one time and by another.

    Raises
    ------
    ValueError
        Where the times are not in order, the first is infinite, or nobody is counted.
    """

    after: float
    by: float
    count: int = 1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.after) and self.after <= self.by):
            raise ValueError(f"({self.after}, {self.by}] is no interval of time")
        if self.count < 1:
            raise ValueError(f"({self.after}, {self.by}] has {self.count} people")


@dataclass(frozen=True, kw_only=True)
class LifeTable:
    """Shares of people on intervals of time; they sum to 1.

    `after` and `by` are the ends of the innermost intervals in their order, `shares` what
    happens in each.
    """

    after: tuple[float, ...]
    by: tuple[float, ...]
    shares: tuple[float, ...]
    n: int
    log_likelihood: float

    def share_by(self, time: float) -> tuple[float, float]:
        """The least and the largest share to whom it had happened by a time.

        They differ within an interval, where the estimate does not say when.
        """
        rows = list(zip(self.after, self.by, self.shares, strict=True))
        surely = sum(share for _, by, share in rows if by <= time)
        possibly = sum(
            share
            for after, by, share in rows
            if by <= time or after < time or (after == by == time)
        )
        return min(1.0, surely), min(1.0, possibly)

    def line_at(self, time: float) -> float:
        """The share by a time if people are spread evenly over each interval: a convention.

        An interval without an end keeps its people until it ends, which is never.
        """
        total = 0.0
        for after, by, share in zip(self.after, self.by, self.shares, strict=True):
            if by <= time:
                total += share
            elif after < time and math.isfinite(by):
                total += share * (time - after) / (by - after)
        return min(1.0, total)

    def median(self) -> tuple[float, float]:
        """Between which times half of the people have been reached; the second may be infinite."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> tuple[float, float]:
        """Between which times this share has been reached."""
        total = 0.0
        for after, by, mass in zip(self.after, self.by, self.shares, strict=True):
            total += mass
            if total >= share - _EXACT:
                return after, by
        return self.by[-1], math.inf


def turnbull(observations: Sequence[Between]) -> LifeTable:
    """The distribution of times under which these observations are likeliest.

    Self-consistency steps (Turnbull), then constrained Newton steps until the likelihood is
    within 1e-10 of its greatest, which the gradient bounds for a concave likelihood.

    Raises
    ------
    ValueError
        Without an observation.

    References
    ----------
    Turnbull 1976, doi:10.1111/j.2517-6161.1976.tb01597.x; Gentleman and Geyer 1994,
    doi:10.1093/biomet/81.3.618 (when an estimate is the greatest); Wang 2008,
    doi:10.1016/j.csda.2007.10.018 (constrained Newton).
    """
    import numpy as np

    if not observations:
        raise ValueError("no observation, no life table")
    places = _innermost(observations)
    inside = np.array(
        [[_holds(one, after, by) for after, by in places] for one in observations], dtype=float
    )
    weights = np.array([one.count for one in observations], dtype=float)
    shares = maximise(inside, weights)
    likelihood = float(weights @ np.log(inside @ shares))
    kept = shares > _NEGLIGIBLE
    return LifeTable(
        after=tuple(after for (after, _), keep in zip(places, kept, strict=True) if keep),
        by=tuple(by for (_, by), keep in zip(places, kept, strict=True) if keep),
        shares=tuple(float(share) for share in shares[kept] / shares[kept].sum()),
        n=int(weights.sum()),
        log_likelihood=likelihood,
    )


def _innermost(observations: Sequence[Between]) -> list[tuple[float, float]]:
    """Intervals from a left end to the next right end: where alone mass can help."""
    # At one time an exact observation begins, others end, and then open ones begin.
    ends = sorted(
        {(one.after, 0 if one.after == one.by else 2, "left") for one in observations}
        | {(one.by, 1, "right") for one in observations}
    )
    return [
        (first[0], second[0])
        for first, second in itertools.pairwise(ends)
        if first[2] == "left" and second[2] == "right"
    ]


def _holds(one: Between, after: float, by: float) -> bool:
    if after == by:
        return one.after < after <= one.by or one.after == one.by == after
    return one.after <= after and by <= one.by


def maximise(inside: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of intervals, shape (m,), of greatest likelihood.

    Parameters
    ----------
    inside
        1 where an observation holds an interval, shape (n, m).
    weights
        People of each observation, shape (n,).
    """
    import numpy as np

    shares = np.full(inside.shape[1], 1 / inside.shape[1])
    total = weights.sum()
    for step in range(_STEPS):
        slope = inside / (inside @ shares)[:, None]
        gradient = weights @ slope
        if gradient.max() - total <= _GAP:
            break
        aim = shares * gradient / total if step < 3 else _newton(slope, weights)
        further = _towards(shares, aim, inside, weights)
        if further is shares:
            break  # rounding is all that is left to gain
        shares = further
    return shares


def _newton(slope: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the quadratic through this point has its top among shares that sum to 1."""
    import numpy as np
    from scipy.optimize import nnls

    root = np.sqrt(weights / weights.sum())[:, None]
    rows = np.vstack([root * (slope - 2.0), np.ones((1, slope.shape[1]))])
    wanted = np.zeros(rows.shape[0])
    wanted[-1] = 1.0
    found, _ = nnls(rows, wanted)
    result: NDArray[np.float64] = found / found.sum()
    return result


def _towards(
    shares: NDArray[np.float64],
    aim: NDArray[np.float64],
    inside: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """As far towards the aim as the likelihood gains."""
    import numpy as np

    now = float(weights @ np.log(inside @ shares))
    length = 1.0
    for _ in range(_HALVINGS):
        tried = (1 - length) * shares + length * aim
        reached = inside @ tried
        if (reached > 0).all() and float(weights @ np.log(reached)) >= now:
            return tried
        length /= 2
    return shares
