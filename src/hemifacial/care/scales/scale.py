"""The scales: how many items, of which range, in which direction; never the wording of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from hemifacial.vocabulary import read_table

__all__ = ["Direction", "Grade", "Scale", "grades", "scale_called", "scales"]

_PACKAGE = "hemifacial.care.scales"


class Direction(StrEnum):
    """What more of a scale means."""

    HIGHER_WORSE = "higher_worse"
    HIGHER_BETTER = "higher_better"
    PROFILE = "profile"
    """Items are not summed: each level stands for itself."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A row of ``scales.tsv``; `missing_allowed` items are filled with the mean of the others."""

    word: str
    label: str
    items: int
    item_low: int
    item_high: int
    answered_by: str
    direction: Direction
    missing_allowed: int
    subscales: tuple[str, ...]
    licence: str
    source: str
    verified: bool

    @property
    def total_low(self) -> int:
        """The lowest total."""
        return self.items * self.item_low

    @property
    def total_high(self) -> int:
        """The highest total."""
        return self.items * self.item_high


@dataclass(frozen=True, kw_only=True)
class Grade:
    """What a total means from here upwards, in words of this project."""

    scale: str
    from_total: int
    meaning: str
    source: str
    verified: bool


@cache
def scales() -> dict[str, Scale]:
    """Every scale by its word."""
    return {
        row["word"]: Scale(
            word=row["word"],
            label=row["label"],
            items=int(row["items"]),
            item_low=int(row["item_low"]),
            item_high=int(row["item_high"]),
            answered_by=row["answered_by"],
            direction=Direction(row["direction"]),
            missing_allowed=int(row["missing_allowed"]),
            subscales=tuple(filter(None, row["subscales"].split(", "))),
            licence=row["licence"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "scales.tsv")
    }


def scale_called(name: str) -> Scale | None:
    """The scale of this word however it is spelt (HFS-7, hfs7, hfs_7), or None."""
    return _by_letters().get(_letters(name))


@cache
def _by_letters() -> dict[str, Scale]:
    return {_letters(word): one for word, one in scales().items()}


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


@cache
def grades(scale: str) -> tuple[Grade, ...]:
    """The grades of a scale from the lowest up; empty where it has none."""
    return tuple(
        Grade(
            scale=row["scale"],
            from_total=int(row["from_total"]),
            meaning=row["meaning"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table(_PACKAGE, "grades.tsv")
        if row["scale"] == scale
    )
