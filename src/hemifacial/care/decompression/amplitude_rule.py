"""How much of the lateral spread was lost, against the one published rule for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hemifacial.care.decompression.tables import limits
from hemifacial.findings import Limit

__all__ = ["AmplitudeRule", "amplitude_rule"]

_CAUTION = (
    "A published rule of one series, not tried on another; how often relief follows in your own "
    "clinic is not known from it."
)


@dataclass(frozen=True, kw_only=True)
class AmplitudeRule:
    """The lost share of the amplitude of mentalis, and which published limit it reaches."""

    lost_percent: float
    reached: Limit | None
    text: str


def amplitude_rule(lost_percent: float) -> AmplitudeRule:
    """What the published limits (86.5 and 48.5 %) say of a loss from baseline to the end.

    Parameters
    ----------
    lost_percent
        ``lateral_spread_change_ratio`` of mentalis; negative where the response grew.

    Raises
    ------
    ValueError
        Above 100 %, or where it is no number.
    """
    if not (math.isfinite(lost_percent) and lost_percent <= 100):
        raise ValueError(f"{lost_percent} % cannot be lost")
    numbers = limits()
    relief, better = numbers["amplitude_relief_percent"], numbers["amplitude_better_percent"]
    if lost_percent >= relief.value:
        reached, said = relief, "complete relief at 6 months is expected by the rule"
    elif lost_percent >= better.value:
        reached, said = better, "improvement at 6 months is expected by the rule, not relief"
    else:
        reached, said = None, "below both limits of the rule"
    return AmplitudeRule(
        lost_percent=lost_percent,
        reached=reached,
        text=f"{lost_percent:.0f} % of the amplitude was lost: {said}. {_CAUTION}",
    )
