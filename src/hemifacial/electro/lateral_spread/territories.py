"""Which muscles a branch of the facial nerve supplies."""

from __future__ import annotations

from functools import cache

from hemifacial.vocabulary import read_table

__all__ = ["territory"]


@cache
def territory(branch: str) -> frozenset[str]:
    """The muscles that a branch of the facial nerve moves, in the words of the anatomy."""
    rows = read_table("hemifacial.electro.lateral_spread", "territories.tsv")
    return frozenset(row["muscle"] for row in rows if row["branch"] == branch)
