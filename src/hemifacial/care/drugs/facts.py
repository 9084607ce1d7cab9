"""What is written down of drugs: changes of dose, laboratory, alleles, reactions, circumstances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hemifacial.care.drugs.catalogue import word_of

__all__ = [
    "Allele",
    "AlleleResult",
    "Alternative",
    "ChangeKind",
    "Circumstance",
    "Circumstances",
    "DrugChange",
    "DrugRecord",
    "Exposure",
    "GeneticResult",
    "LaboratoryValue",
    "Reaction",
    "ReactionKind",
    "circumstances_known",
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
    """Whether another drug or treatment would do: the table of the guideline asks for it."""

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

    A drug that the tables have is kept by its word, whatever capitals or brand it was written in.

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
        object.__setattr__(self, "drug", word_of(self.drug))
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

    def __post_init__(self) -> None:
        if not self.drug.strip():
            raise ValueError("a reaction names its drug")
        object.__setattr__(self, "drug", word_of(self.drug))


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


def circumstances_known(told: Sequence[Circumstances]) -> Circumstances:
    """What is known of a patient from what was told on several days, the latest last.

    Each circumstance is as it was told last; a number or a list that a later day does not state
    stays as it was. So an illness that was told once is not forgotten when a clearance is entered.
    """
    so: dict[Circumstance, bool] = {}
    known = Circumstances()
    for one in told:
        so.update({**dict.fromkeys(one.present, True), **dict.fromkeys(one.absent, False)})
        clearance, age = one.renal_clearance_ml_per_min, one.age_years
        known = Circumstances(
            present=tuple(word for word, there in so.items() if there),
            absent=tuple(word for word, there in so.items() if not there),
            renal_clearance_ml_per_min=(
                known.renal_clearance_ml_per_min if clearance is None else clearance
            ),
            age_years=known.age_years if age is None else age,
            other_drugs=one.other_drugs or known.other_drugs,
            ancestry=one.ancestry or known.ancestry,
        )
    return known


@dataclass(frozen=True, kw_only=True)
class DrugRecord:
    """All that is known of one patient's drugs."""

    changes: tuple[DrugChange, ...] = ()
    laboratory: tuple[LaboratoryValue, ...] = ()
    genetics: tuple[GeneticResult, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    circumstances: Circumstances = Circumstances()
