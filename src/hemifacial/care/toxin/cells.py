"""Cells of a table as texts, numbers and words."""

from __future__ import annotations

import math

from hemifacial.anatomy import Kind, structures

__all__ = ["Row", "check_muscle", "number", "seen", "texts"]

Row = dict[str, str]


def texts(row: Row, names: str) -> dict[str, str]:
    """The cells of these columns, and the source, by name."""
    return {name: row[name].strip() for name in (*names.split(), "source")}


def seen(row: Row) -> bool:
    """Whether the row was looked up in its source."""
    return row["verified"] == "yes"


def number(text: str) -> float:
    """A finite number above 0; `ValueError` if it is none."""
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{text} is not a finite number above 0")
    return value


def check_muscle(word: str) -> None:
    """Raise `ValueError` where a word is no muscle of the anatomy."""
    known = structures().get(word)
    if known is None or known.kind is not Kind.MUSCLE:
        raise ValueError(f"{word!r} is no muscle of the anatomy")
