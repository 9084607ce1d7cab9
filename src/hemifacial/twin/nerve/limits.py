"""What parameters are possible: `limits.tsv`, each range with its reason and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hemifacial.errors import UsageError
from hemifacial.vocabulary import read_table

__all__ = ["Range", "check_limits", "ranges"]


@dataclass(frozen=True, kw_only=True)
class Range:
    """What a parameter may be, and why not more."""

    low: float
    high: float
    unit: str
    reason: str


@cache
def ranges() -> Mapping[tuple[str, str], Range]:
    """Every range by what it belongs to and its name."""
    return {
        (row["of"], row["name"]): Range(
            low=float(row["low"]),
            high=float(row["high"]),
            unit="" if row["unit"] == "1" else row["unit"],
            reason=row["reason"],
        )
        for row in read_table("hemifacial.twin.nerve", "limits.tsv")
    }


def check_limits(of: str, facts: object, *, free: Sequence[str] = ()) -> None:
    """Refuse what cannot be; what is named in `free` may be anything.

    Raises
    ------
    UsageError
        Naming the parameter, its range and the reason of the range.
    """
    for (owner, name), one in ranges().items():
        if owner != of or name in free:
            continue
        value = getattr(facts, name)
        if not one.low <= value <= one.high:
            raise UsageError(
                f"{of}: {name} is {value:g}{' ' * bool(one.unit)}{one.unit}: {one.reason}",
                next_step=f"Give {one.low:g} to {one.high:g}{' ' * bool(one.unit)}{one.unit}.",
            )
