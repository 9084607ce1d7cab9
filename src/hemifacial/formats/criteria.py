"""Criteria and limits as tables with a source and a verified mark per row, editable by a clinic."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Self

from hemifacial.errors import InputError
from hemifacial.findings import Limit
from hemifacial.formats.files import read_text

__all__ = ["Criteria", "read_criteria"]

_SHARES = ("_share", "_quantile")
"""Endings of the names of criteria that are parts of a whole."""

_COLUMNS = ("name", "value", "unit", "meaning", "source", "verified")


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Every number that decides what a wing calls; meanings and sources in its table."""

    limits: Mapping[str, Limit]
    own: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The rows that a clinic's own table changed, with value and source."""

    @classmethod
    def of(cls, package: str, own: Path | None = None) -> Self:
        """The ``criteria.tsv`` of a wing, with a clinic's own rows in their place."""
        ours = read_criteria(package, "criteria.tsv")
        limits = read_criteria(package, "criteria.tsv", own)
        changed = {
            name: {"value": limit.value, "source": limit.source}
            for name, limit in limits.items()
            if limit != ours[name]
        }
        return cls(limits=limits, own=changed)

    def as_used(self, values: Mapping[str, float]) -> Self:
        """These criteria with the values that an earlier measurement was made with."""
        limits = {
            name: limit
            if values.get(name, limit.value) == limit.value
            else replace(
                limit, value=values[name], source="as the measurement states it", verified=False
            )
            for name, limit in self.limits.items()
        }
        return type(self)(limits=limits)

    def __getitem__(self, name: str) -> float:
        return self.limits[name].value

    def values(self) -> dict[str, float]:
        """Every value by its name, for the provenance."""
        return {name: limit.value for name, limit in self.limits.items()}


def read_criteria(package: str, name: str, own: Path | None = None) -> dict[str, Limit]:
    """The criteria of a package's table, with the rows of a clinic's own table in their place.

    Parameters
    ----------
    package, name
        Where the table lies that we carry.
    own
        A table of the same columns with only the rows that differ.

    Raises
    ------
    InputError
        If a row of `own` is unknown, has another unit, lacks a source, or has a value that is
        not finite and above 0 (and at most 1 where the name ends in ``_share`` or
        ``_quantile``): such a value would call everything an event, or nothing.
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    criteria = _rows(name, text)
    if own is not None:
        for word, limit in _rows(str(own), read_text(own)).items():
            _check_own(own, word, limit, criteria)
            criteria[word] = limit
    return criteria


def _rows(origin: str, text: str) -> dict[str, Limit]:
    reader = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    lacking = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if lacking:
        raise InputError(
            f"{origin}: not a table of criteria, the column {', '.join(lacking)} is missing",
            next_step="Give a tab-separated table with the columns " + " ".join(_COLUMNS) + ".",
        )
    criteria = {}
    for number, row in enumerate(reader, start=2):
        try:
            criteria[row["name"]] = Limit(
                value=_value(row["name"], row["value"]),
                unit=row["unit"],
                meaning=row["meaning"],
                source=row["source"],
                verified=row["verified"] == "yes",
            )
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{origin}: line {number}: {error}",
                next_step="Write the value as a number within its range.",
            ) from error
    return criteria


def _value(name: str, text: str) -> float:
    value = float(text)
    highest = 1.0 if name.endswith(_SHARES) else math.inf
    if not (math.isfinite(value) and 0 < value <= highest):
        limit = " and at most 1" if highest == 1 else " and finite"
        raise ValueError(f"{name} is {text}; it must be above 0{limit}")
    return value


def _check_own(own: Path, word: str, limit: Limit, criteria: Mapping[str, Limit]) -> None:
    known = criteria.get(word)
    if known is None:
        problem = f"there is no criterion {word!r}"
    elif limit.unit != known.unit:
        problem = f"{word} is in {known.unit}, not {limit.unit}"
    elif not limit.source:
        problem = f"{word} names no source"
    else:
        return
    raise InputError(f"{own}: {problem}", next_step="The criteria are: " + " ".join(criteria) + ".")
