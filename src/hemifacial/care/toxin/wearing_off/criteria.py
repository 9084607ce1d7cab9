"""The numbers that the model of wearing off starts from; a clinic may have its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hemifacial.findings import Limit
from hemifacial.formats.criteria import read_criteria

__all__ = ["read_wearing_off_criteria"]

_PACKAGE = "hemifacial.care.toxin.wearing_off"


def read_wearing_off_criteria(own: Path | None = None) -> Mapping[str, Limit]:
    """The criteria that we carry, with the rows of a clinic's own table in their place."""
    return _carried() if own is None else read_criteria(_PACKAGE, "criteria.tsv", own)


@cache
def _carried() -> Mapping[str, Limit]:
    return read_criteria(_PACKAGE, "criteria.tsv")
