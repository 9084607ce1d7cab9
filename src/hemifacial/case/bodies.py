"""The facts that the record itself knows; those of treatments are types of `hemifacial.care`.

No name, no full date of birth, no address: a patient is a code, whose key the clinic keeps apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hemifacial.anatomy import Side
from hemifacial.care.scales.scale import scale_called
from hemifacial.corrections import Correction
from hemifacial.findings import Event, Finding, Provenance

__all__ = [
    "EARLIEST_YEAR",
    "AdverseEvent",
    "MeasuredResult",
    "Medium",
    "Note",
    "Outcome",
    "Patient",
    "Purpose",
    "Recording",
    "Scale",
    "Severity",
    "Sex",
    "Visit",
]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_YEAR, _MONTH, _DAY = r"(19|20)\d\d", r"[01]\d", r"[0-3]\d"
_DATE_IN_CODE = re.compile(rf"{_YEAR}[-._]?{_MONTH}[-._]?{_DAY}|{_DAY}[-._]?{_MONTH}[-._]?{_YEAR}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
EARLIEST_YEAR = 1900
"""Nothing that is entered of a patient is older."""
_LATEST_YEAR = 2199


def _refuse(wrong: bool, mistake: str) -> None:
    if wrong:
        raise ValueError(mistake)


class Sex(StrEnum):
    """As the clinic states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a visit was for."""

    FIRST = "first"
    FOLLOW_UP = "follow_up"
    INJECTION = "injection"
    OPERATION = "operation"
    TELEPHONE = "telephone"
    OTHER = "other"


class Medium(StrEnum):
    """What a recording is."""

    VIDEO = "video"
    ELECTRICAL = "electrical"
    IMAGE = "image"
    OTHER = "other"


class Severity(StrEnum):
    """How grave an adverse event was."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A pseudonymous patient.

    Parameters
    ----------
    code
        Of letters, digits, point, dash, underscore; neither a name nor a date of birth.
    side
        That of the spasm.
    onset_year, onset_month
        When it began, as well as the patient knows.
    onset_site
        A region of the face, a word of the anatomy.
    """

    code: str
    birth_year: int | None = None
    sex: Sex = Sex.UNKNOWN
    side: Side = Side.NOT_APPLICABLE
    onset_year: int | None = None
    onset_month: int | None = None
    onset_site: str = ""
    earlier_palsy: bool | None = None
    hypertension: bool | None = None
    family_history: bool | None = None
    note: str = ""

    def __post_init__(self) -> None:
        _refuse(
            not _WORD.fullmatch(self.code),
            "the code of a patient is of letters, digits, point, dash or underscore, at most 32",
        )
        _refuse(bool(_DATE_IN_CODE.search(self.code)), "the code of a patient holds a full date")
        # That a year has come is asked when it is entered: a computer whose clock has lost the
        # year must still be able to read what others wrote.
        for name, year in (("birth_year", self.birth_year), ("onset_year", self.onset_year)):
            _refuse(
                year is not None and not EARLIEST_YEAR <= year <= _LATEST_YEAR,
                f"{name} is not within {EARLIEST_YEAR} and this year",
            )
        _refuse(
            self.birth_year is not None
            and self.onset_year is not None
            and self.onset_year < self.birth_year,
            "the spasm began before the birth",
        )
        _refuse(
            self.onset_month is not None
            and (self.onset_year is None or not 1 <= self.onset_month <= 12),
            "onset_month is 1 to 12, and goes with onset_year",
        )


@dataclass(frozen=True, kw_only=True)
class Visit:
    """The patient was seen."""

    purpose: Purpose = Purpose.FOLLOW_UP
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A file that stays where it is, named by its SHA-256; `file_name` without its folder."""

    sha256: str
    medium: Medium
    file_name: str = ""
    recorded_at: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _refuse(not _SHA256.fullmatch(self.sha256), "sha256 is 64 hexadecimal digits")
        _refuse("/" in self.file_name or "\\" in self.file_name, "file_name holds a folder")
        if self.recorded_at:
            datetime.fromisoformat(self.recorded_at)


@dataclass(frozen=True, kw_only=True)
class MeasuredResult:
    """A result folder: findings and events as measured, and what a person corrected.

    `reviewed_findings` and `reviewed_events` are what follows from the corrections; None where
    nobody corrected anything.
    """

    provenance: Provenance
    findings: tuple[Finding, ...]
    events: tuple[Event, ...] = ()
    corrections: tuple[Correction, ...] = ()
    reviewed_findings: tuple[Finding, ...] | None = None
    reviewed_events: tuple[Event, ...] | None = None

    @property
    def standing_findings(self) -> tuple[Finding, ...]:
        """The findings after review, or as measured where there was none."""
        return self.findings if self.reviewed_findings is None else self.reviewed_findings


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A scale as it was filled in: its word, the answers by item, the total where one was given.

    A scale that the table has is kept by its word, however it was spelt (HFS-7, hfs7, hfs_7); any
    other by the name that it was given.
    """

    scale: str
    items: Mapping[str, int | None] = field(default_factory=dict)
    total: float | None = None
    side: Side = Side.NOT_APPLICABLE
    rater: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _refuse(not self.scale.strip(), "a scale has a name")
        known = scale_called(self.scale)
        if known is not None:
            object.__setattr__(self, "scale", known.word)
        _refuse(self.total is None and not self.items, "a scale has a total or items")


@dataclass(frozen=True, kw_only=True)
class AdverseEvent:
    """Something unwanted; `related_to` is the number of the entry that it is ascribed to."""

    what: str
    severity: Severity
    side: Side = Side.NOT_APPLICABLE
    sites: tuple[str, ...] = ()
    ended_on: date | None = None
    related_to: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        _refuse(not self.what.strip(), "an adverse event has a name")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it stands on a day, by a named measure: a number, a grade, or both."""

    measure: str
    value: float | None = None
    unit: str = ""
    grade: str = ""
    side: Side = Side.NOT_APPLICABLE
    note: str = ""

    def __post_init__(self) -> None:
        _refuse(not self.measure.strip(), "an outcome names its measure")
        _refuse(self.value is None and not self.grade, "an outcome has a value or a grade")


@dataclass(frozen=True, kw_only=True)
class Note:
    """Free words."""

    text: str

    def __post_init__(self) -> None:
        _refuse(not self.text.strip(), "a note has words")
