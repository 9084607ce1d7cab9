"""Complications of a decompression, each beside the rates that were published for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from hemifacial.care.decompression.tables import anchors, limits, rows
from hemifacial.care.estimates import Estimate
from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.scoring.intervals import share

__all__ = [
    "Complication",
    "PublishedRate",
    "check_complication",
    "complication_kinds",
    "delayed_palsy",
    "rates_of",
]


@dataclass(frozen=True, kw_only=True)
class Complication:
    """Something that happened after an operation; `kind` is a word of ``complications.tsv``."""

    kind: str
    began_on: date
    ended_on: date | None = None
    lasting: bool | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in complication_kinds():
            raise ValueError(
                f"{self.kind!r} is no complication; there are {', '.join(complication_kinds())}"
            )
        if self.ended_on is not None and self.ended_on < self.began_on:
            raise ValueError(f"{self.kind} cannot end before it begins")


@dataclass(frozen=True, kw_only=True)
class PublishedRate:
    """How often one source saw a complication; None where it gives no rate."""

    kind: str
    course: str
    percent: float | None
    low: float | None
    high: float | None
    n: int | None
    source: str
    verified: bool

    def estimate(self) -> Estimate | None:
        """The rate with the paper's interval, or Wilson's where there is none and n is known."""
        if self.percent is None:
            return None
        low, high, how = self.low, self.high, "as published, with the interval of the paper"
        if low is None and self.n is None:
            how = "as published; no interval, the number of patients is not known"
        elif low is None and self.n is not None:
            found = share(round(self.percent / 100 * self.n), self.n)
            low, high = 100 * (found.low or 0.0), 100 * (found.high or 0.0)
            how = "as published; Wilson interval of the count that follows from it, 95 %"
        return Estimate(
            value=self.percent, unit="%", low=low, high=high, how=f"{how} ({self.source})", n=self.n
        )


@cache
def complication_kinds() -> tuple[str, ...]:
    """The kinds of complications, in the order of the table."""
    return tuple(dict.fromkeys(row["kind"] for row in rows("complications.tsv")))


def rates_of(kind: str) -> tuple[PublishedRate, ...]:
    """Every published rate of a complication; where sources disagree, all of them."""
    return tuple(
        PublishedRate(
            kind=row["kind"],
            course=row["course"],
            percent=float(row["percent"]) if row["percent"] else None,
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            n=int(row["n"]) if row["n"] else None,
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows("complications.tsv")
        if row["kind"] == kind
    )


def delayed_palsy(operation_on: date, began_on: date) -> str:
    """A facial palsy that began later, in plain words; empty where it began on the day itself."""
    numbers = limits()
    days = (began_on - operation_on).days
    if days < numbers["delayed_palsy_from_days"].value:
        return ""
    rates = [one.percent for one in rates_of("delayed_facial_palsy") if one.percent is not None]
    told = " ".join(f"{one.what}." for one in anchors("delayed_palsy"))
    said = (
        f"The face became weak {days} days after the operation. A palsy that comes late was seen "
        f"in {min(rates):g} to {max(rates):g} % ({len(rates)} series). {told}"
    )
    if days > numbers["delayed_palsy_until_days"].value:
        said += " So late a beginning was not in these series: look for another cause."
    return said


def check_complication(one: Complication, operation_on: date) -> tuple[CareWarning, ...]:
    """What has to be said when a complication is entered."""
    found = []
    if one.began_on < operation_on:
        found.append(
            CareWarning(
                rule="complication_before_operation",
                severity=Severity.WARN,
                text="It began before the operation.",
                source="this project, docs/decompression.md",
                verified=False,
                subject=one.kind,
            )
        )
    if one.kind in ("facial_palsy", "delayed_facial_palsy"):
        said = delayed_palsy(operation_on, one.began_on)
        if said:
            found.append(_seen_late(said, one.kind))
    found += [
        CareWarning(
            rule=f"complication_{row['rule']}",
            severity=Severity(row["severity"]),
            text=row["text"],
            source=row["source"],
            verified=row["verified"] == "yes",
            subject=one.kind,
        )
        for row in rows("advice.tsv")
        if row["kind"] == one.kind
    ]
    return tuple(found)


def _seen_late(said: str, kind: str) -> CareWarning:
    """That a palsy came late, with how large the series are that it is held against."""
    rates, told = rates_of("delayed_facial_palsy"), anchors("delayed_palsy")
    sizes = [one.n for one in rates if one.n is not None]
    return CareWarning(
        rule="complication_delayed_palsy",
        severity=Severity.NOTE,
        text=said,
        source=f"{len(rates)} series of {min(sizes)} to {max(sizes)} patients (complications.tsv); "
        + "; ".join(dict.fromkeys(one.source for one in told)),
        verified=all(one.verified for one in rates) and all(one.verified for one in told),
        subject=kind,
    )
