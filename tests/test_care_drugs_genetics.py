"""The guideline on alleles row by row, held against a second statement of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product

import pytest

from hemifacial.care.drugs.catalogue import drugs, rows
from hemifacial.care.drugs.checks import check_order, exposure_from_log
from hemifacial.care.drugs.facts import (
    Allele,
    AlleleResult,
    Alternative,
    ChangeKind,
    DrugChange,
    DrugRecord,
    Exposure,
    GeneticResult,
    Reaction,
    ReactionKind,
)
from hemifacial.care.drugs.genetics import allele_result, genetic_warnings, recommendation
from hemifacial.care.warnings import CareWarning, Severity

DAY = date(2026, 3, 2)
POSITIVE, NEGATIVE, UNKNOWN = AlleleResult.POSITIVE, AlleleResult.NEGATIVE, AlleleResult.UNKNOWN
AROMATIC = {
    "carbamazepine",
    "oxcarbazepine",
    "eslicarbazepine",
    "lamotrigine",
    "phenytoin",
    "fosphenytoin",
    "phenobarbital",
}
ALL = list(product(AlleleResult, AlleleResult, Exposure, Alternative))


def expected(
    drug: str, b: AlleleResult, a: AlleleResult, exposure: Exposure, alternative: Alternative
) -> tuple[str, str, Severity] | None:
    """What CPIC 2017 says, and where it is silent what docs/drugs.md says, written a second time.

    Advice, strength as the guideline gives it, and how grave.
    """
    stop, warn, note = Severity.STOP, Severity.WARN, Severity.NOTE
    if exposure is Exposure.REACTED:
        return "do_not_use", "", stop
    tolerated, naive = exposure is Exposure.TOLERATED, exposure is Exposure.NAIVE
    if drug not in ("carbamazepine", "oxcarbazepine"):
        if drug not in AROMATIC:
            return None
        if b is POSITIVE:
            strict = drug in ("phenytoin", "fosphenytoin") and naive
            return ("do_not_use", "", stop) if strict else ("caution", "", warn)
        return ("no_recommendation", "", note) if a is POSITIVE else None
    if b is POSITIVE:
        if tolerated:
            return "consider_cautiously", "optional", warn
        return "do_not_use", "strong" if naive else "", stop
    if b is UNKNOWN:
        return "result_missing", "", warn if tolerated else stop
    if drug == "oxcarbazepine" or a is NEGATIVE:
        return "standard", "strong", note
    if a is UNKNOWN:
        return "result_missing", "", warn if tolerated else stop
    if tolerated:
        return "consider_cautiously", "optional", warn
    if alternative is Alternative.NO:
        return "use_with_monitoring", "optional" if naive else "", warn
    of_guideline = naive and alternative is Alternative.YES
    return "do_not_use", "strong" if of_guideline else "", stop


@pytest.mark.parametrize("drug", [*sorted(drugs()), "aspirin"])
def test_the_whole_table(drug: str) -> None:
    for b, a, exposure, alternative in ALL:
        found = recommendation(drug, b1502=b, a3101=a, exposure=exposure, alternative=alternative)
        told = found and (found.advice, found.strength, found.severity)
        wanted = expected(drug, b, a, exposure, alternative) if drug in drugs() else None
        assert told == wanted, (b, a, exposure, alternative)


def test_every_row_of_the_table_is_reached_by_some_patient() -> None:
    reached = {
        (found.drug, found.text)
        for drug in drugs()
        for b, a, exposure, alternative in ALL
        if (
            found := recommendation(
                drug, b1502=b, a3101=a, exposure=exposure, alternative=alternative
            )
        )
    }
    for row in rows("cpic.tsv"):
        of = drugs() if row["drug"] == "any_listed" else [row["drug"]]
        assert any((drug, row["text"]) in reached for drug in of), row["text"]


def test_what_is_of_the_guideline_is_verified_and_names_it() -> None:
    for row in rows("cpic.tsv"):
        if row["strength"]:
            assert "10.1002/cpt.1004" in row["source"]
            assert row["verified"] == "yes"
        if "this project" in row["source"]:
            assert row["verified"] == "no"
            assert not row["strength"]


def test_the_aromatic_drugs_are_those_of_the_guideline() -> None:
    assert {word for word, one in drugs().items() if one.aromatic} == AROMATIC


def order(drug: str = "carbamazepine") -> DrugChange:
    return DrugChange(drug=drug, kind=ChangeKind.START, on=DAY, mg_per_day=200.0)


def stops(found: Iterable[CareWarning]) -> list[str]:
    return [one.rule for one in found if one.severity is Severity.STOP]


def of_alleles(b: AlleleResult, a: AlleleResult) -> tuple[GeneticResult, ...]:
    return (
        GeneticResult(allele=Allele.B1502, result=b, on=DAY),
        GeneticResult(allele=Allele.A3101, result=a, on=DAY),
    )


def test_an_order_without_a_result_stops() -> None:
    found = check_order(order(), DrugRecord(), DAY)
    assert stops(found) == ["hla_result_missing"]
    assert found[0].severity is Severity.STOP


def test_two_negative_results_leave_no_stop() -> None:
    record = DrugRecord(genetics=of_alleles(NEGATIVE, NEGATIVE))
    found = check_order(order(), record, DAY)
    assert stops(found) == []
    assert "hla_standard" in {one.rule for one in found}


def test_results_that_disagree_count_as_positive_and_are_told() -> None:
    genetics = (*of_alleles(NEGATIVE, NEGATIVE), *of_alleles(POSITIVE, NEGATIVE))
    assert allele_result(genetics, Allele.B1502) is POSITIVE
    rules = {one.rule for one in check_order(order(), DrugRecord(genetics=genetics), DAY)}
    assert {"hla_results_disagree", "hla_do_not_use"} <= rules


@pytest.mark.parametrize(
    ("before", "after", "kind", "severity"),
    [
        ("carbamazepine", "lamotrigine", ReactionKind.SEVERE, Severity.STOP),
        ("lamotrigine", "oxcarbazepine", ReactionKind.RASH, Severity.WARN),
        ("carbamazepine", "gabapentin", ReactionKind.SEVERE, None),
        ("zonisamide", "carbamazepine", ReactionKind.SEVERE, None),
    ],
)
def test_reactions_are_shared_among_aromatic_drugs_alone(
    before: str, after: str, kind: ReactionKind, severity: Severity | None
) -> None:
    record = DrugRecord(
        genetics=of_alleles(NEGATIVE, NEGATIVE), reactions=(Reaction(drug=before, kind=kind),)
    )
    found = [
        one.severity
        for one in check_order(order(after), record, DAY)
        if one.rule == "aromatic_cross_reaction"
    ]
    assert found == ([] if severity is None else [severity])


def test_a_reaction_to_the_drug_itself_stops_whatever_the_genes() -> None:
    record = DrugRecord(
        genetics=of_alleles(NEGATIVE, NEGATIVE),
        reactions=(Reaction(drug="carbamazepine", kind=ReactionKind.RASH),),
    )
    assert stops(check_order(order(), record, DAY)) == ["hla_do_not_use"]
    told = genetic_warnings("carbamazepine", Exposure.TOLERATED, record)
    assert stops(told) == ["hla_do_not_use"]


@pytest.mark.parametrize(
    ("days", "exposure"), [(91, Exposure.SHORT), (92, Exposure.TOLERATED), (1, Exposure.SHORT)]
)
def test_the_log_says_how_long_a_drug_was_borne(days: int, exposure: Exposure) -> None:
    start = date.fromordinal(DAY.toordinal() - days)
    record = DrugRecord(
        changes=(
            DrugChange(drug="carbamazepine", kind=ChangeKind.START, on=start, mg_per_day=200),
            DrugChange(drug="carbamazepine", kind=ChangeKind.STOP, on=DAY),
        )
    )
    assert exposure_from_log("carbamazepine", record, DAY) is exposure
    assert exposure_from_log("oxcarbazepine", record, DAY) is Exposure.NAIVE


def test_a_change_of_what_is_borne_asks_the_log() -> None:
    long_ago = date.fromordinal(DAY.toordinal() - 200)
    start = DrugChange(drug="carbamazepine", kind=ChangeKind.START, on=long_ago, mg_per_day=200)
    rise = DrugChange(drug="carbamazepine", kind=ChangeKind.CHANGE, on=DAY, mg_per_day=400)
    record = DrugRecord(changes=(start,))
    assert stops(check_order(rise, record, DAY)) == []
    told = genetic_warnings("carbamazepine", Exposure.SHORT, record)
    assert stops(told) == ["hla_result_missing"]
