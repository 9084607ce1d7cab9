"""The numbers of muscles, motor units and tissue: `motor_units.tsv`, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hemifacial.errors import UsageError
from hemifacial.vocabulary import read_table

__all__ = ["Row", "muscles", "rows", "spread_of", "value_of"]

_COMMON = "all"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A number of one muscle, or of ``all``; `spread` is a standard deviation, 0 where none."""

    muscle: str
    word: str
    value: float
    spread: float
    unit: str
    source: str
    verified: bool


@cache
def rows() -> Mapping[tuple[str, str], Row]:
    """Every number by its muscle and its word."""
    return {
        (row["muscle"], row["word"]): Row(
            muscle=row["muscle"],
            word=row["word"],
            value=float(row["value"]),
            spread=float(row["spread"] or 0.0),
            unit=row["unit"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_table("hemifacial.twin.nerve.emg", "motor_units.tsv")
    }


@cache
def muscles() -> tuple[str, ...]:
    """The muscles that can be made, from the forehead down."""
    return tuple(dict.fromkeys(muscle for muscle, _ in rows() if muscle != _COMMON))


def value_of(word: str, muscle: str = _COMMON) -> float:
    """The number of a word, of one muscle or of all.

    Raises
    ------
    UsageError
        If this muscle is not one of `muscles`.
    """
    return _row(word, muscle).value


def spread_of(word: str, muscle: str = _COMMON) -> float:
    """The standard deviation that goes with the number."""
    return _row(word, muscle).spread


def _row(word: str, muscle: str) -> Row:
    if muscle not in (_COMMON, *muscles()):
        raise UsageError(
            f"no motor units are known here for the muscle {muscle!r}",
            next_step="Take one of " + ", ".join(muscles()) + ".",
        )
    return rows()[muscle, word]
