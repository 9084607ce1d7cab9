"""Everything that is checked: before an order, and on any day for what is being taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hemifacial.care.drugs.catalogue import drugs
from hemifacial.care.drugs.circumstances import (
    circumstance_warnings,
    interaction_warnings,
    renal_warnings,
)
from hemifacial.care.drugs.facts import (
    ChangeKind,
    DrugChange,
    DrugRecord,
    Exposure,
)
from hemifacial.care.drugs.genetics import genetic_warnings
from hemifacial.care.drugs.log import (
    courses,
    dose_warnings,
    log_warnings,
    taken_on,
    withdrawal_warnings,
)
from hemifacial.care.drugs.sodium import limits, sodium_warnings
from hemifacial.care.warnings import CareWarning, Severity, gravest_first

__all__ = ["check_order", "check_standing", "check_today", "exposure_from_log"]


def check_order(change: DrugChange, record: DrugRecord, today: date) -> tuple[CareWarning, ...]:
    """Every warning that an order raises, the gravest first, before it is written into the log.

    A stop among them needs a reason that is stated with the entry. An order to stop a drug raises
    only what stopping can do.
    """
    if change.kind is ChangeKind.STOP:
        return gravest_first(list(withdrawal_warnings(change)))
    drug, who = change.drug, record.circumstances
    taken = [one.drug for one in taken_on(record.changes, change.on)]
    found = [
        *genetic_warnings(drug, exposure_from_log(drug, record, change.on), record),
        *circumstance_warnings(drug, who),
        *renal_warnings(drug, who),
        *interaction_warnings(drug, taken, who),
        *dose_warnings(change),
        *_before_sodium(change, record),
    ]
    after = DrugRecord(
        changes=(*record.changes, change),
        laboratory=record.laboratory,
        circumstances=who,
    )
    found += [one for one in sodium_warnings(after, max(today, change.on)) if _too_low(one)]
    return gravest_first(_once(found))


def check_today(record: DrugRecord, today: date) -> tuple[CareWarning, ...]:
    """All that stands of what is being taken: `check_standing`, and what its orders still lack.

    What an order lacked, the result of an allele or a sodium before it, is asked for until it is
    there: with what was known when it was entered alone, an answered question would stand on.
    """
    found = list(check_standing(record, today))
    changes = sorted((one for one in record.changes if one.on <= today), key=lambda one: one.on)
    for taken in taken_on(changes, today):
        place = max(at for at, one in enumerate(changes) if one.drug == taken.drug)
        order, before = changes[place], replace(record, changes=tuple(changes[:place]))
        exposure = exposure_from_log(taken.drug, before, order.on)
        found += genetic_warnings(taken.drug, exposure, record)
        found += _before_sodium(order, record)
    return gravest_first(_once(found))


def check_standing(record: DrugRecord, today: date) -> tuple[CareWarning, ...]:
    """What holds today for what is being taken: the log, sodium, interactions, alleles, reactions.

    An allele or a reaction may come to be known after the drug was begun. A result that is missing
    was asked for with the order, and is not asked for again.
    """
    found = [*log_warnings(record.changes, today), *sodium_warnings(record, today)]
    taken = [one.drug for one in taken_on(record.changes, today)]
    for drug in taken:
        exposure = exposure_from_log(drug, record, today)
        genetic = genetic_warnings(drug, exposure, record)
        found += [
            *(one for one in genetic if one.rule not in ("hla_result_missing", "hla_standard")),
            *circumstance_warnings(drug, record.circumstances),
            *renal_warnings(drug, record.circumstances),
            *interaction_warnings(drug, taken, record.circumstances),
        ]
    return gravest_first(_once(found))


def exposure_from_log(drug: str, record: DrugRecord, today: date) -> Exposure:
    """What the log alone says of an earlier use; another clinic may know more."""
    if any(one.drug == drug for one in record.reactions):
        return Exposure.REACTED
    longest = max(
        (
            (min(one.stopped_on or today, today) - one.started_on).days
            for one in courses(record.changes)
            if one.drug == drug
        ),
        default=None,
    )
    if longest is None:
        return Exposure.NAIVE
    long_enough = longest > limits()["tolerated_days"].value
    return Exposure.TOLERATED if long_enough else Exposure.SHORT


def _before_sodium(order: DrugChange, record: DrugRecord) -> list[CareWarning]:
    """A drug that lowers sodium is not begun without one."""
    known = drugs().get(order.drug)
    if known is None or not known.lowers_sodium or order.kind is not ChangeKind.START:
        return []
    limit = limits()["baseline_days"]
    age_days = [(order.on - one.on).days for one in record.laboratory if one.what == "sodium"]
    if any(0 <= days <= limit.value for days in age_days):
        return []
    return [
        CareWarning(
            rule="sodium_baseline_missing",
            severity=Severity.WARN,
            text=f"{known.label} is to begin without a sodium of the {limit.value:g} days before.",
            next_step="Measure sodium first.",
            source=limit.source,
            verified=limit.verified,
            subject=known.word,
        )
    ]


def _too_low(warning: CareWarning) -> bool:
    return warning.rule in ("sodium_low", "sodium_very_low")


def _once(warnings: Sequence[CareWarning]) -> list[CareWarning]:
    """Without repetition, as two drugs of one interaction would each tell it."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for one in warnings:
        key = (one.rule, one.text)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept
