"""The probability that a loss of effect lasts, by adding up two explanations over a grid.

Stable: every cycle lies about the patient's own level with Student's t, and
fails with the patient's own probability. Lost: the same until some cycle, and after it only failed
cycles. Level, spread and probability of failure are the patient's own and are integrated out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Limit

__all__ = ["probability_of_loss"]

Floats = NDArray[np.float64]


def probability_of_loss(effects: Sequence[float], criteria: Mapping[str, Limit]) -> float:
    """The posterior probability that the effect was lost at some cycle and has not come back.

    Parameters
    ----------
    effects
        Improvement of each cycle in percent, in order of time.
    criteria
        Of `read_wearing_off_criteria`: usual improvement, how far patients and cycles differ, share
        of cycles that fail, share of patients in whom toxin stops working.
    """
    number = {name: limit.value for name, limit in criteria.items()}
    level, spread, fails, weight = _grid(number)
    y = np.asarray(effects, dtype=np.float64)[:, None, None, None]
    usual = _student((y - level) / spread, number["cycle_improvement_degrees"]) / spread
    failed = _failed(y, level, number["remaining_share"], number["failed_improvement_sd"])
    each = np.log((1 - fails) * usual + fails * failed)
    gone = np.log(np.broadcast_to(failed, each.shape))
    # Lost after k cycles: the first k as always, all later ones failed.
    before = np.cumsum(each, axis=0)
    after = np.cumsum(gone[::-1], axis=0)[::-1]
    stable = _logsum(before[-1] + weight)
    lost = [_logsum(before[k - 1] + after[k] + weight) for k in range(1, len(effects))]
    share = number["lost_share"]
    for_loss = math.log(share / len(lost)) + float(np.logaddexp.reduce(lost))
    against = math.log1p(-share) + stable
    return 1 / (1 + math.exp(min(against - for_loss, 700.0)))


def _grid(number: Mapping[str, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """Level, spread and share of failures with the logarithm of their prior weight."""
    level = np.linspace(15, 105, 19)[:, None, None]
    spread = number["cycle_improvement_sd"] * np.exp(np.linspace(-1.5, 1.5, 9))[:, None]
    fails = (np.arange(24) + 0.5) / 48
    share, weight = number["failure_share"], number["failure_weight"]
    prior = (
        -((level - number["usual_improvement"]) ** 2) / (2 * number["patient_improvement_sd"] ** 2)
        - np.log(spread / number["cycle_improvement_sd"]) ** 2
        / (2 * number["cycle_improvement_log_sd"] ** 2)
        + (share * weight - 1) * np.log(fails)
        + ((1 - share) * weight - 1) * np.log1p(-fails)
    )
    return level, spread, fails, prior - _logsum(prior)


def _student(z: Floats, degrees: float) -> Floats:
    scale = math.gamma((degrees + 1) / 2) / math.gamma(degrees / 2)
    return np.asarray(
        scale / math.sqrt(degrees * math.pi) * (1 + z**2 / degrees) ** (-(degrees + 1) / 2)
    )


def _failed(y: Floats, level: Floats, most: float, sd: float) -> Floats:
    """Of a failed cycle: anything from nothing to `most` of the level, and it strays by `sd`."""
    parts = np.linspace(0, most, 4)
    scale = 1 / (sd * math.sqrt(2 * math.pi))
    each = [scale * np.exp(-(((y - part * level) / sd) ** 2) / 2) for part in parts]
    return np.asarray(sum(each) / len(parts) + 1e-12)


def _logsum(values: Floats) -> float:
    return float(np.logaddexp.reduce(values, axis=None))
