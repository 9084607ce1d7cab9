"""The class of hearing by pure-tone average and speech discrimination, before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hemifacial.care.decompression.tables import limits

__all__ = ["Audiogram", "HearingClass", "hearing_class"]


class HearingClass(StrEnum):
    """AAO-HNS 1995; A and B are serviceable."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, kw_only=True)
class Audiogram:
    """Pure-tone average and speech discrimination of one ear on one day."""

    on: date
    pure_tone_average_db: float
    speech_discrimination_percent: float

    def __post_init__(self) -> None:
        if not (
            math.isfinite(self.pure_tone_average_db) and -20 <= self.pure_tone_average_db <= 130
        ):
            raise ValueError(f"{self.pure_tone_average_db} dB is no pure-tone average")
        if not 0 <= self.speech_discrimination_percent <= 100:
            raise ValueError(f"{self.speech_discrimination_percent} % is no discrimination")


def hearing_class(audiogram: Audiogram) -> HearingClass:
    """The class of an ear: D by discrimination alone, then by both.

    References
    ----------
    Committee on Hearing and Equilibrium of AAO-HNS 1995; the limits are rows of ``criteria.tsv``.
    """
    numbers = limits()
    average = audiogram.pure_tone_average_db
    words = audiogram.speech_discrimination_percent
    if words < numbers["hearing_d_sds"].value:
        return HearingClass.D
    if average <= numbers["hearing_a_pta"].value and words >= numbers["hearing_a_sds"].value:
        return HearingClass.A
    return HearingClass.B if average <= numbers["hearing_b_pta"].value else HearingClass.C
