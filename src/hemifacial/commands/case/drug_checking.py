"""What the rules of drugs say of a fact before it is entered, beside all that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case.reading import Entry

if TYPE_CHECKING:
    from hemifacial.care.drugs.facts import Circumstances, DrugRecord

__all__ = [
    "age_years",
    "bodies",
    "circumstances_of",
    "drug_change",
    "drug_record",
    "of_drugs",
    "today",
]


def drug_change(change: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    """A dose that is begun, changed or stopped."""
    from hemifacial.care.drugs.checks import check_order
    from hemifacial.care.drugs.facts import DrugOrder

    return check_order(DrugOrder(change=change), drug_record(standing), today())


def of_drugs(body: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    """A value, an allele, a reaction or a circumstance: what it changes for what is taken."""
    from hemifacial.care.drugs.checks import check_standing
    from hemifacial.care.drugs.facts import (
        Circumstances,
        GeneticResult,
        LaboratoryValue,
        Reaction,
    )

    before = drug_record(standing)
    told = _by_day(standing, "circumstances")
    after = drug_record(
        standing,
        laboratory=(body,) if isinstance(body, LaboratoryValue) else (),
        genetics=(body,) if isinstance(body, GeneticResult) else (),
        reactions=(body,) if isinstance(body, Reaction) else (),
        circumstances=(*told, body) if isinstance(body, Circumstances) else tuple(told),
    )
    old = {(one.rule, one.text) for one in check_standing(before, today())}
    new = check_standing(after, today())
    return tuple(one for one in new if (one.rule, one.text) not in old)


def drug_record(
    standing: Sequence[Entry],
    *,
    laboratory: tuple[Any, ...] = (),
    genetics: tuple[Any, ...] = (),
    reactions: tuple[Any, ...] = (),
    circumstances: tuple[Any, ...] | None = None,
) -> DrugRecord:
    """All that the record knows of a patient's drugs, and facts that are about to be entered."""
    from hemifacial.care.drugs.facts import DrugRecord, circumstances_known

    known = (
        circumstances_of(standing) if circumstances is None else circumstances_known(circumstances)
    )
    if known.age_years is None:
        known = replace(known, age_years=age_years(standing, today().year))
    return DrugRecord(
        changes=tuple(bodies(standing, "drug_change")),
        laboratory=(*bodies(standing, "laboratory_value"), *laboratory),
        genetics=(*bodies(standing, "genetic_result"), *genetics),
        reactions=(*bodies(standing, "drug_reaction"), *reactions),
        circumstances=known,
    )


def circumstances_of(standing: Sequence[Entry]) -> Circumstances:
    """What is known of the patient beside the drugs, from all that was told."""
    from hemifacial.care.drugs.facts import circumstances_known

    return circumstances_known(_by_day(standing, "circumstances"))


def bodies(standing: Sequence[Entry], kind: str) -> list[Any]:
    """The bodies of a kind, in the order in which they were entered."""
    return [entry.body for entry in standing if entry.kind == kind]


def _by_day(standing: Sequence[Entry], kind: str) -> list[Any]:
    found = [entry for entry in standing if entry.kind == kind]
    return [one.body for one in sorted(found, key=lambda entry: (entry.happened_on, entry.number))]


def age_years(standing: Sequence[Entry], year: int) -> float | None:
    """From the year of birth alone; the younger of the two ages that it allows."""
    (patient,) = bodies(standing, "patient")
    return None if patient.birth_year is None else float(max(0, year - patient.birth_year - 1))


def today() -> date:
    """The day by the clock of the clinic."""
    return datetime.now().astimezone().date()
