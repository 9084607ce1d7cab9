"""The tables of this room: numbers that decide, published rates and anchors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hemifacial.care import tables
from hemifacial.findings import Limit

__all__ = ["Anchor", "anchors", "limits", "rows"]

_PACKAGE = "hemifacial.care.decompression"


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A published figure that is printed beside ours and never pooled with it."""

    about: str
    what: str
    value: str
    n: int | None
    source: str
    verified: bool


def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this room."""
    return tables.rows(_PACKAGE, name)


def limits() -> Mapping[str, Limit]:
    """The numbers of ``criteria.tsv``, each with its source."""
    return tables.limits(_PACKAGE)


def anchors(about: str) -> tuple[Anchor, ...]:
    """What is published about relief, recurrence, efficacy, repeat, technique ...; may be empty."""
    return tuple(
        Anchor(
            about=row["about"],
            what=row["what"],
            value=row["value"],
            n=int(row["n"]) if row["n"] else None,
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows("anchors.tsv")
        if row["about"] == about
    )
