"""What is written down at a visit before or after an operation, and all of it side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hemifacial.care.decompression.hearing import Audiogram, HearingClass, hearing_class
from hemifacial.care.decompression.outcome import Kondo, Look, Spasm, Verdict, judge, kondo
from hemifacial.care.scales.scale import scales
from hemifacial.care.scales.scoring import Change, ScaleAnswers, change, score

__all__ = ["Outcome", "Summary", "summary"]

_GRADES = {
    "kondo_efficacy": "kondo_e",
    "kondo_complication": "kondo_c",
    "smc_grade": "smc",
    "house_brackmann": "house_brackmann",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One visit; what was not looked at is None.

    Raises
    ------
    ValueError
        Where a grade is none of its scale, or the HFS-7 is another scale.
    """

    on: date
    spasm: Spasm | None = None
    kondo_efficacy: int | None = None
    kondo_complication: int | None = None
    smc_grade: int | None = None
    house_brackmann: int | None = None
    hfs_7: ScaleAnswers | None = None
    audiogram: Audiogram | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for name, word in _GRADES.items():
            grade, scale = getattr(self, name), scales()[word]
            if grade is not None and not scale.item_low <= grade <= scale.item_high:
                raise ValueError(
                    f"{scale.label} {grade} is not within {scale.item_low} to {scale.item_high}"
                )
        if self.hfs_7 is not None and self.hfs_7.scale != "hfs_7":
            raise ValueError(f"{self.hfs_7.scale} is not the HFS-7")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Before and after, each thing by the last visit that looked at it; None where none did."""

    verdict: Verdict
    kondo: Kondo | None
    hfs_7: Change | None
    smc_grade: tuple[int | None, int | None]
    house_brackmann: tuple[int | None, int | None]
    hearing: tuple[HearingClass | None, HearingClass | None]


def summary(operated_on: date, visits: Sequence[Outcome], today: date) -> Summary:
    """What the visits until today say, those until the day of the operation being before it."""
    seen = sorted((one for one in visits if one.on <= today), key=lambda one: one.on)
    before = [one for one in seen if one.on <= operated_on]
    after = [one for one in seen if one.on > operated_on]
    looks = [Look(on=one.on, spasm=one.spasm) for one in after if one.spasm is not None]
    return Summary(
        verdict=judge(operated_on, looks, today),
        kondo=_kondo(operated_on, after),
        hfs_7=_hfs_7(before, after),
        smc_grade=(_last(before, "smc_grade"), _last(after, "smc_grade")),
        house_brackmann=(_last(before, "house_brackmann"), _last(after, "house_brackmann")),
        hearing=(_hearing(before), _hearing(after)),
    )


def _last(visits: Sequence[Outcome], name: str) -> int | None:
    known: list[int] = [value for one in visits if (value := getattr(one, name)) is not None]
    return known[-1] if known else None


def _kondo(operated_on: date, after: Sequence[Outcome]) -> Kondo | None:
    """Of the last visit with both grades: those of two visits make no sum."""
    for one in reversed(after):
        if one.kondo_efficacy is not None and one.kondo_complication is not None:
            return kondo(one.kondo_efficacy, one.kondo_complication, operated_on, one.on)
    return None


def _hfs_7(before: Sequence[Outcome], after: Sequence[Outcome]) -> Change | None:
    first = [one.hfs_7 for one in before if one.hfs_7 is not None]
    last = [one.hfs_7 for one in after if one.hfs_7 is not None]
    return change(score(first[-1]), score(last[-1])) if first and last else None


def _hearing(visits: Sequence[Outcome]) -> HearingClass | None:
    known = [one.audiogram for one in visits if one.audiogram is not None]
    return hearing_class(known[-1]) if known else None
