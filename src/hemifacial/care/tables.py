"""The tables of a room of care: rows as they stand, and numbers that decide; each is read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hemifacial.findings import Limit
from hemifacial.formats.criteria import read_criteria
from hemifacial.vocabulary import read_table

__all__ = ["limits", "rows"]


@cache
def rows(package: str, name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this package."""
    return tuple(read_table(package, name))


@cache
def limits(package: str, name: str = "criteria.tsv") -> Mapping[str, Limit]:
    """The numbers of a table of criteria, each with its source."""
    return read_criteria(package, name)
