"""The drugs that are known here, and the tables of rules about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hemifacial.care import tables
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["ABOUT", "Drug", "drugs", "group_of", "label", "rows", "warning_of", "word_of"]

ABOUT = "hemifacial.care.drugs"
"""The package whose tables these are."""


@dataclass(frozen=True, kw_only=True)
class Drug:
    """A row of ``drugs.tsv``; doses are of a whole day, None where none was read."""

    word: str
    label: str
    aromatic: bool
    lowers_sodium: bool
    dose_low_mg: float | None
    dose_high_mg: float | None
    atc: str
    evidence: str
    source: str
    verified: bool


@cache
def drugs() -> dict[str, Drug]:
    """Every drug by its word."""
    return {
        row["word"]: Drug(
            word=row["word"],
            label=row["label"],
            aromatic=row["aromatic"] == "yes",
            lowers_sodium=row["lowers_sodium"] == "yes",
            dose_low_mg=float(row["dose_low_mg"]) if row["dose_low_mg"] else None,
            dose_high_mg=float(row["dose_high_mg"]) if row["dose_high_mg"] else None,
            atc=row["atc"],
            evidence=row["evidence"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows("drugs.tsv")
    }


def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this room."""
    return tables.rows(ABOUT, name)


@cache
def _groups() -> dict[str, str]:
    return {row["name"]: row["group"] for row in rows("other_drugs.tsv")}


@cache
def _names() -> dict[str, str]:
    known = {row["name"].lower(): row["word"] for row in rows("drug_names.tsv")}
    known.update({one.label.lower(): one.word for one in drugs().values()})
    return {**known, **{word: word for word in drugs()}}


def word_of(name: str) -> str:
    """The word of a drug however it was written (capitals, brand, salt); else the name itself.

    A rule that does not know a drug is silent, so that ``Carbamazepine`` has to be carbamazepine.
    """
    return _names().get(" ".join(name.split()).lower(), name)


def group_of(name: str) -> str | None:
    """The group of another drug, a group's own name, or None where the table does not have it."""
    plain = name.strip().lower()
    if plain in _groups().values():
        return plain
    return _groups().get(plain)


def label(word: str) -> str:
    """How a drug is said; one that the table does not have by its own name."""
    known = drugs().get(word)
    return known.label if known else word


def warning_of(rule: str, row: dict[str, str], subject: str) -> CareWarning:
    """A row with text, severity and source as a warning."""
    return CareWarning(
        rule=rule,
        severity=Severity(row["severity"]),
        text=row["text"],
        next_step=row.get("next_step", ""),
        source=row["source"],
        verified=row["verified"] == "yes",
        subject=subject,
    )
