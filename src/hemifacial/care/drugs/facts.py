"""What is written down of drugs: changes of dose, laboratory, alleles, reactions, circumstances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = [
    "Allele",
    "AlleleResult",
    "Alternative",
    "ChangeKind",
    "Circumstance",
    "Circumstances",
    "DrugChange",
    "DrugOrder",
    "DrugRecord",
    "Exposure",
    "GeneticResult",
    "LaboratoryValue",
    "Reaction",
    "ReactionKind",
    "StatedReason",
]


class ChangeKind(StrEnum):
    """What was done to a drug on a day."""

    START = "start"
    CHANGE = "change"
    STOP = "stop"


class Allele(StrEnum):
    """The alleles that the guideline asks for."""

    B1502 = "HLA-B*15:02"
    A3101 = "HLA-A*31:01"


class AlleleResult(StrEnum):
    """What the laboratory said, or that nobody asked it."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"


class Exposure(StrEnum):
    """Whether the patient has had this drug before, and how that went."""

    NAIVE = "naive"
    SHORT = "short"
    """Taken, for 3 months at most or nobody knows for how long."""
    TOLERATED = "tolerated"
    """Taken steadily for more than 3 months without a reaction of the skin."""
    REACTED = "reacted"


class Alternative(StrEnum):
    """Whether another drug or treatment would do."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ReactionKind(StrEnum):
    """A reaction of skin or blood to a drug."""

    RASH = "rash"
    SEVERE = "severe"
    """Stevens-Johnson syndrome, toxic epidermal necrolysis, DRESS; or fever, or blisters."""


class Circumstance(StrEnum):
    """What else is true of the patient and changes what may be given."""

    PREGNANCY = "pregnancy"
    BREASTFEEDING = "breastfeeding"
    AV_BLOCK = "av_block"
    MARROW_DEPRESSION = "marrow_depression"
    PORPHYRIA = "porphyria"
    NARROW_ANGLE_GLAUCOMA = "narrow_angle_glaucoma"
    SLEEP_APNOEA = "sleep_apnoea"
    FALLS = "falls"
    DEPENDENCE = "dependence"
    MOOD_DISORDER = "mood_disorder"
    KIDNEY_STONES = "kidney_stones"
    SULFONAMIDE_ALLERGY = "sulfonamide_allergy"


@dataclass(frozen=True, kw_only=True)
class DrugChange:
    """One line of the dose log; the dose is that of a whole day.

    Raises
    ------
    ValueError
        Where a start or change has no dose above 0, or a stop has one.
    """

    drug: str
    kind: ChangeKind
    on: date
    mg_per_day: float | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if not self.drug or self.drug != self.drug.strip():
            raise ValueError(f"{self.drug!r} is no name of a drug")
        if self.kind is ChangeKind.STOP:
            if self.mg_per_day is not None:
                raise ValueError(f"{self.drug}: what is stopped has no dose")
        elif self.mg_per_day is None or not (
            math.isfinite(self.mg_per_day) and self.mg_per_day > 0
        ):
            raise ValueError(f"{self.drug}: a {self.kind} needs a dose above 0 mg a day")


@dataclass(frozen=True, kw_only=True)
class LaboratoryValue:
    """A value of the laboratory; of sodium, mmol/L is asked for.

    Raises
    ------
    ValueError
        Where the value is no finite number, or sodium is in another unit.
    """

    what: str
    value: float
    unit: str
    on: date

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value >= 0):
            raise ValueError(f"{self.what} {self.value} is no value of a laboratory")
        if self.what == "sodium" and self.unit != "mmol/L":
            raise ValueError(f"sodium is in mmol/L (as many mEq/L), not {self.unit}")


@dataclass(frozen=True, kw_only=True)
class GeneticResult:
    """The result of one allele on one day."""

    allele: Allele
    result: AlleleResult
    on: date
    laboratory: str = ""


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """A reaction to a drug, as the patient tells it or the record has it."""

    drug: str
    kind: ReactionKind
    on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What else is known of the patient on a day; nothing of it is required.

    Parameters
    ----------
    present, absent
        What was asked for and is, or is not, so; what stands in neither was not asked.
    other_drugs
        By their international names; what is not in the table is told as not checked.
    ancestry
        As the patient states it, or empty. No rule reads it: the alleles are measured.
    """

    present: tuple[Circumstance, ...] = ()
    absent: tuple[Circumstance, ...] = ()
    renal_clearance_ml_per_min: float | None = None
    age_years: float | None = None
    other_drugs: tuple[str, ...] = ()
    ancestry: str = ""

    def __post_init__(self) -> None:
        both = set(self.present) & set(self.absent)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} cannot be both present and absent")
        for number in (self.renal_clearance_ml_per_min, self.age_years):
            if number is not None and not (math.isfinite(number) and number >= 0):
                raise ValueError(f"{number} is neither an age nor a clearance")


@dataclass(frozen=True, kw_only=True)
class StatedReason:
    """Why a stop was passed: by its rule and what it is about, and who says so."""

    rule: str
    subject: str
    reason: str
    by: str

    def __post_init__(self) -> None:
        if not (self.reason.strip() and self.by.strip()):
            raise ValueError(f"{self.rule}: a stop is passed with a reason and a name")


@dataclass(frozen=True, kw_only=True)
class DrugOrder:
    """A start or a change that somebody wants, before it is written into the log.

    `exposure` is what the patient or another clinic says; None is as the log has it.
    """

    change: DrugChange
    exposure: Exposure | None = None
    alternative: Alternative = Alternative.UNKNOWN
    reasons: tuple[StatedReason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DrugRecord:
    """All that is known of one patient's drugs."""

    changes: tuple[DrugChange, ...] = ()
    laboratory: tuple[LaboratoryValue, ...] = ()
    genetics: tuple[GeneticResult, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    circumstances: Circumstances = Circumstances()
