"""What the record knows of a patient's drugs: one way for the page, the browser and the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hemifacial.care.drugs.facts import Circumstances, DrugRecord, circumstances_known
from hemifacial.case.kinds import kind_of, type_of
from hemifacial.case.reading import Entry

__all__ = ["age_years", "bodies", "circumstances_of", "drug_record"]


def drug_record(standing: Sequence[Entry], today: date, *, more: Sequence[Any] = ()) -> DrugRecord:
    """All that is known of the drugs, by day and then by number.

    Parameters
    ----------
    standing
        The entries of one patient that stand.
    today
        The age of a patient of whom nobody told it is that of this day, by the year of birth.
    more
        Facts that are about to be entered, of any kind; those of other kinds are left out.
    """
    known = circumstances_of(standing, more=more)
    if known.age_years is None:
        known = replace(known, age_years=age_years(standing, today.year))
    return DrugRecord(
        changes=_with(standing, "drug_change", more),
        laboratory=_with(standing, "laboratory_value", more),
        genetics=_with(standing, "genetic_result", more),
        reactions=_with(standing, "drug_reaction", more),
        circumstances=known,
    )


def circumstances_of(standing: Sequence[Entry], *, more: Sequence[Any] = ()) -> Circumstances:
    """What is known of the patient beside the drugs, from all that was told."""
    return circumstances_known(_with(standing, "circumstances", more))


def age_years(standing: Sequence[Entry], year: int) -> float | None:
    """From the year of birth alone; the younger of the two ages that it allows."""
    born = [one.birth_year for one in bodies(standing, "patient")]
    return float(max(0, year - born[0] - 1)) if born and born[0] is not None else None


def bodies(standing: Sequence[Entry], kind: str) -> list[Any]:
    """The facts of a kind in the order of their days, those of one day as they were entered."""
    found = [entry for entry in standing if entry.kind == kind]
    return [one.body for one in sorted(found, key=lambda one: (one.happened_on, one.number))]


def _with(standing: Sequence[Entry], kind: str, more: Sequence[Any]) -> tuple[Any, ...]:
    of_kind = type_of(kind_of(kind))
    return (*bodies(standing, kind), *(one for one in more if isinstance(one, of_kind)))
