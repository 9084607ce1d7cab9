"""Drugs of the day of an operation, and what they do to what is monitored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hemifacial.care.drugs.catalogue import rows
from hemifacial.care.drugs.facts import DrugChange
from hemifacial.care.drugs.log import taken_on
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["operation_warnings"]


def operation_warnings(changes: Sequence[DrugChange], day: date) -> tuple[CareWarning, ...]:
    """What the drugs of this day mean for a lateral spread that persists."""
    taken = {one.drug: one for one in taken_on(changes, day)}
    return tuple(
        CareWarning(
            rule="drug_and_lateral_spread",
            severity=Severity.NOTE,
            text=f"{row['text']}. Taken that day: {taken[row['drug']].mg_per_day:g} mg.",
            source=row["source"],
            verified=row["verified"] == "yes",
            subject=row["drug"],
        )
        for row in rows("operation.tsv")
        if row["drug"] in taken
    )
