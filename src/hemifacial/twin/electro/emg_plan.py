"""What a made-up recording without stimuli holds: muscles, condition, noise; makes nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.parameters import Parameter
from hemifacial.twin.electro.plan import Site
from hemifacial.twin.electro.setup import Noise
from hemifacial.twin.electro.shapes import FAMILIES, Family
from hemifacial.vocabulary import read_table

__all__ = [
    "CONDITIONS",
    "Condition",
    "EmgPlan",
    "drawn",
    "drawn_on_log_scale",
    "emg_parameters",
    "usual_sites",
]

Condition = Literal[
    "hemifacial_spasm", "synkinesis", "blepharospasm", "myokymia", "tic", "healthy", "a_trains"
]
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
"""What can be made. ``healthy`` is voluntary movement of both sides; ``a_trains`` an operation."""

_MUSCLES = ("orbicularis_oculi", "zygomaticus_major", "mentalis")
_LONGEST_S = 1800.0


def usual_sites() -> tuple[Site, ...]:
    """Three muscles of the right, then the same of the left."""
    return tuple(
        Site(muscle=one, side=side) for side in (Side.RIGHT, Side.LEFT) for one in _MUSCLES
    )


@dataclass(frozen=True, kw_only=True)
class EmgPlan:
    """A recording of muscles without stimuli.

    Parameters
    ----------
    side
        The affected side, of a condition that has one.
    blinks_per_minute
        Of both eyes, with voluntary rates of firing; none in an operation.
    snr_db
        RMS of the potentials within the true bursts over the RMS of the steady noise, both
        between 20 and 2000 Hz, on every channel; the potentials are scaled to it. None leaves
        them as drawn.
    synchronous
        False lets every muscle fire at its own times: the control of a test of synchrony.
    """

    condition: Condition
    seed: int
    side: Side = Side.RIGHT
    duration_s: float = 30.0
    rate_hz: float = 5000.0
    sites: tuple[Site, ...] = field(default_factory=usual_sites)
    family: Family = "motor_units"
    noise: Noise = field(default_factory=lambda: Noise(white_uv=4.0, pink_uv=3.0))
    snr_db: float | None = None
    blinks_per_minute: float = 6.0
    synchronous: bool = True
    amplifier_range_uv: float = 5000.0

    def __post_init__(self) -> None:
        if self.condition not in CONDITIONS or self.family not in FAMILIES:
            raise UsageError(
                f"plan: no condition {self.condition!r} or family {self.family!r} is known",
                next_step="Known are " + ", ".join((*CONDITIONS, *FAMILIES)) + ".",
            )
        if self.side not in (Side.RIGHT, Side.LEFT) or not self.sites:
            raise UsageError(
                f"plan: side {self.side.value}, {len(self.sites)} muscles",
                next_step="Name right or left, and at least one muscle.",
            )
        whole = self.duration_s == round(self.duration_s) and self.rate_hz == round(self.rate_hz)
        if not (whole and 1 <= self.duration_s <= _LONGEST_S and 1000 <= self.rate_hz < math.inf):
            raise UsageError(
                f"plan: {self.duration_s:g} s at {self.rate_hz:g} Hz cannot be written",
                next_step=f"Use whole seconds, 1 to {_LONGEST_S:g}, and a whole rate from 1000 Hz.",
            )


@cache
def emg_parameters() -> Mapping[str, Parameter]:
    """Every number of these recordings by its word, from ``emg_parameters.tsv``."""
    return {
        row["word"]: Parameter(
            word=row["word"],
            mean=None,
            sd=None,
            low=float(row["low"]),
            high=float(row["high"]),
            unit=row["unit"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table("hemifacial.twin.electro", "emg_parameters.tsv")
    }


def drawn(word: str, rng: np.random.Generator) -> float:
    """A value between the limits of its row, each as likely."""
    one = emg_parameters()[word]
    return float(rng.uniform(one.low, one.high))


def drawn_on_log_scale(word: str, rng: np.random.Generator) -> float:
    """A value between the limits of its row; each doubling is as likely as another."""
    one = emg_parameters()[word]
    return math.exp(rng.uniform(math.log(one.low), math.log(one.high)))
