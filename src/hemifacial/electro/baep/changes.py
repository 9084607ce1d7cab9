"""How late and how small a wave is, and how likely it has changed by more than a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.posterior import Spread
from hemifacial.electro.baep.template import STEP_MS
from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["INTERVAL", "KINDS", "Estimate", "calls_of", "probabilities", "shares", "shifts"]

Floats = NDArray[np.float64]

INTERVAL = "95 % of the posterior probability, given the baseline and the averages before"

KINDS: Mapping[str, str] = {
    "watch": "wave V late or small: to be watched",
    "warning": "wave V late or small: warning",
    "critical": "wave V late or small: critical",
    "critical_both": "wave V late and small: critical",
    "lost": "wave V lost",
    "i_iii_delay": "interval I-III longer while wave I stays",
}
"""The kinds of change that can be called; their limits are criteria."""

_LEVELS = ("watch", "warning", "critical")
_MOST_PARTS = 3000
_SHARES = np.linspace(0.0, 3.0, 151)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    def plus(self, constant: float) -> Estimate:
        """The same, moved."""
        return Estimate(
            value=self.value + constant, low=self.low + constant, high=self.high + constant
        )


def shifts(spread: Spread, wave: int) -> Estimate:
    """The delay of a wave in ms."""
    from scipy.special import ndtr

    column = spread.shifts_ms[:, wave]
    first, sd = float(column.min()), float(spread.shift_sd_ms[wave])
    index = np.rint((column - first) / STEP_MS).astype(np.intp)
    probability = np.bincount(index, spread.weight)
    places = first + STEP_MS * np.arange(probability.size)
    fine = np.arange(first - 4 * sd, places[-1] + 4 * sd, STEP_MS / 5)
    below = ndtr((fine[:, np.newaxis] - places) / sd) @ probability
    low, high = np.interp((0.025, 0.975), below, fine)
    return Estimate(value=float(spread.weight @ column), low=float(low), high=float(high))


def shares(spread: Spread, wave: int) -> Estimate:
    """The amplitude of a wave as a share of that at baseline; not below 0."""
    from scipy.special import ndtr

    part = _largest(spread)
    weight = spread.weight[part] / spread.weight[part].sum()
    mean, sd = spread.share[part, wave], spread.share_sd[part, wave]
    below = ndtr((_SHARES[:, np.newaxis] - mean) / sd) @ weight
    low, high = np.interp((0.025, 0.975), below, _SHARES)
    middle = max(float(spread.weight @ spread.share[:, wave]), 0.0)
    return Estimate(value=middle, low=float(low), high=float(high))


def probabilities(
    spread: Spread,
    names: Sequence[str],
    *,
    latency_read: Sequence[bool],
    share_read: Sequence[bool],
    criteria: ElectroCriteria,
) -> dict[str, float]:
    """By kind of change the probability that the true change exceeds its limit.

    A level (watch, warning, critical) is exceeded where the latency or the amplitude is beyond
    its limit; where only one of them was read it rests on that one.
    """
    five = names.index("V")
    found = {}
    late_read, small_read = latency_read[five], share_read[five]
    for level in _LEVELS:
        late = _later(spread, five, criteria[f"baep_v_delay_{level}"])
        small = _smaller(spread, five, criteria[f"baep_v_drop_{level}"])
        if late_read and small_read:
            found[level] = float(spread.weight @ (late + small - late * small))
            if level == "critical":
                found["critical_both"] = float(spread.weight @ (late * small))
        elif late_read or small_read:
            found[level] = float(spread.weight @ (late if late_read else small))
    if small_read:
        found["lost"] = float(spread.weight @ _smaller(spread, five, criteria["baep_v_lost_drop"]))
    if "I" in names and "III" in names:
        one, three = names.index("I"), names.index("III")
        if latency_read[one] and latency_read[three]:
            limit = criteria["baep_i_iii_delay_warning"]
            longer = spread.shifts_ms[:, three] - spread.shifts_ms[:, one] > limit
            stable = np.abs(spread.shifts_ms[:, one]) < limit
            found["i_iii_delay"] = float(spread.weight @ (longer & stable))
    # Sums of many small weights may exceed 1 by rounding.
    return {kind: min(max(value, 0.0), 1.0) for kind, value in found.items()}


def _later(spread: Spread, wave: int, limit_ms: float) -> Floats:
    """(parts,): the probability that the delay is longer than this."""
    from scipy.special import ndtr

    return np.asarray(ndtr((spread.shifts_ms[:, wave] - limit_ms) / spread.shift_sd_ms[wave]))


def _smaller(spread: Spread, wave: int, drop_percent: float) -> Floats:
    """(parts,): the probability that the amplitude has dropped by more than this."""
    from scipy.special import ndtr

    left = 1 - drop_percent / 100
    return np.asarray(ndtr((left - spread.share[:, wave]) / spread.share_sd[:, wave]))


def _largest(spread: Spread) -> NDArray[np.intp]:
    """The parts that hold nearly all of the probability."""
    if spread.weight.size <= _MOST_PARTS:
        return np.arange(spread.weight.size)
    return np.argpartition(spread.weight, -_MOST_PARTS)[-_MOST_PARTS:]


def calls_of(recent: Sequence[Mapping[str, float]], criteria: ElectroCriteria) -> tuple[str, ...]:
    """The kinds of change that the newest average says, and enough of the last three support."""
    nearly, needed = criteria["baep_call_support_share"], criteria["baep_call_blocks"]
    calls = []
    for kind, newest in recent[-1].items():
        word = "watch" if kind == "watch" else "call"
        supported = sum(one.get(kind, 0.0) >= nearly for one in recent) >= needed
        if newest >= criteria[f"baep_{word}_probability_share"] and supported:
            calls.append(kind)
    return tuple(calls)
