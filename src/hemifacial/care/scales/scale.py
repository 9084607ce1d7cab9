"""The scales: how many items, of which range, in which direction; never the wording of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.clinic_table import read_clinic_table
from hemifacial.vocabulary import read_table

__all__ = ["Direction", "Grade", "Scale", "grades", "read_item_texts", "scale_called", "scales"]

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
    plain = _letters(name)
    return next((one for word, one in scales().items() if _letters(word) == plain), None)


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


def read_item_texts(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The wording of items from a clinic's own table, which holds the licence for it.

    Columns ``scale``, ``item`` (from 1) and ``text``, parted by tabs or commas.

    Raises
    ------
    InputError
        Where a scale is unknown, or its items are not 1 to the last, each once and with a text.
    """
    rows = read_clinic_table(
        path,
        ("scale", "item", "text"),
        what="a table of the wording of items",
        next_step="Write the columns scale, item and text.",
    )
    texts: dict[str, dict[int, str]] = {}
    for where, row in rows:
        scale = scales().get(row["scale"])
        if scale is None:
            raise InputError(
                f"{where}: there is no scale {row['scale'][:40]!r}",
                next_step=f"Write one of {', '.join(scales())}.",
            )
        number = int(row["item"]) if row["item"].isascii() and row["item"].isdigit() else 0
        of_scale = texts.setdefault(scale.word, {})
        if not 1 <= number <= scale.items or number in of_scale or not row["text"].strip():
            raise InputError(
                f"{where}: item {row['item'][:40]!r} of {scale.label}, which has {scale.items}",
                next_step="Give each item once, numbered from 1, with its text.",
            )
        of_scale[number] = row["text"].strip()
    for word, found in texts.items():
        if len(found) != scales()[word].items:
            raise InputError(
                f"{path}: {scales()[word].label} has {scales()[word].items} items, "
                f"the table has {len(found)}",
                next_step="Give every item.",
            )
    return {word: tuple(found[n] for n in sorted(found)) for word, found in texts.items()}
