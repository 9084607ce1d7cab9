"""Log of doses, sodium, what does not go together, and drugs of the day of an operation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cattrs import Converter
from cattrs.preconf.json import make_converter
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.care.drugs.catalogue import drugs, group_of, rows
from hemifacial.care.drugs.checks import check_order, check_standing
from hemifacial.care.drugs.facts import (
    Allele,
    AlleleResult,
    ChangeKind,
    Circumstance,
    Circumstances,
    DrugChange,
    DrugRecord,
    GeneticResult,
    LaboratoryValue,
    Reaction,
    ReactionKind,
    circumstances_known,
)
from hemifacial.care.drugs.log import courses, taken_on
from hemifacial.care.drugs.operation import operation_warnings
from hemifacial.care.drugs.sodium import Control, ControlState, limits, sodium_schedule
from hemifacial.care.warnings import CareWarning, Severity

DAY = date(2026, 3, 2)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def start(days: int, dose: float = 200.0, drug: str = "carbamazepine") -> DrugChange:
    return DrugChange(drug=drug, kind=ChangeKind.START, on=on(days), mg_per_day=dose)


def change(days: int, dose: float, drug: str = "carbamazepine") -> DrugChange:
    return DrugChange(drug=drug, kind=ChangeKind.CHANGE, on=on(days), mg_per_day=dose)


def stop(days: int, drug: str = "carbamazepine") -> DrugChange:
    return DrugChange(drug=drug, kind=ChangeKind.STOP, on=on(days))


def sodium(days: int, value: float = 140.0) -> LaboratoryValue:
    return LaboratoryValue(what="sodium", value=value, unit="mmol/L", on=on(days))


def rules(found: tuple[CareWarning, ...]) -> dict[str, Severity]:
    return {one.rule: one.severity for one in found}


# -- the log -----------------------------------------------------------------------------------


def test_what_was_taken_on_a_day() -> None:
    log = (start(0), change(10, 400), stop(30), start(5, 600, "gabapentin"))
    assert taken_on(log, on(-1)) == ()
    assert [(one.drug, one.mg_per_day) for one in taken_on(log, on(12))] == [
        ("carbamazepine", 400),
        ("gabapentin", 600),
    ]
    (left,) = taken_on(log, on(30))  # the day of the stop is without the drug
    assert left.drug == "gabapentin"
    (carbamazepine, _) = taken_on(log, on(12))
    assert (carbamazepine.since, carbamazepine.at_this_dose_since) == (on(0), on(10))


@given(st.permutations([start(0), change(10, 400), stop(30), start(50, 100), change(60, 50)]))
def test_the_order_of_lines_changes_nothing(log: list[DrugChange]) -> None:
    assert courses(log) == courses(sorted(log, key=lambda one: one.on))


@given(
    st.lists(st.tuples(st.sampled_from(ChangeKind), st.integers(0, 40), st.integers(1, 9))),
    st.integers(-5, 50),
)
def test_a_log_of_any_kind_gives_at_most_one_dose_a_day(
    lines: list[tuple[ChangeKind, int, int]], day: int
) -> None:
    log = [
        DrugChange(
            drug="baclofen",
            kind=kind,
            on=on(days),
            mg_per_day=None if kind is ChangeKind.STOP else float(dose),
        )
        for kind, days, dose in lines
    ]
    taken = taken_on(log, on(day))
    assert len(taken) <= 1
    given_by_then = {one.mg_per_day for one in log if one.on <= on(day)}
    assert all(one.mg_per_day in given_by_then for one in taken)


@pytest.mark.parametrize(
    ("log", "rule"),
    [
        ((start(0), start(3)), "drug_started_twice"),
        ((change(0, 400),), "drug_not_running"),
        ((stop(0),), "drug_not_running"),
        ((start(5),), "drug_in_future"),
        ((start(0, 1600),), "dose_above_usual"),
        ((start(0, 20, "aspirin"),), "drug_not_known"),
    ],
)
def test_a_log_that_does_not_hold_together_is_told(log: tuple[DrugChange, ...], rule: str) -> None:
    assert rule in rules(check_standing(DrugRecord(changes=log), on(4)))


def test_a_log_that_holds_together_is_not_told() -> None:
    found = rules(check_standing(DrugRecord(changes=(start(0), change(3, 400), stop(4))), on(9)))
    assert not [rule for rule in found if rule.startswith(("drug_", "dose_"))]


@pytest.mark.parametrize(
    ("kind", "dose"),
    [
        (ChangeKind.START, None),
        (ChangeKind.START, 0.0),
        (ChangeKind.CHANGE, float("nan")),
        (ChangeKind.STOP, 200.0),
    ],
)
def test_a_line_without_its_dose_is_refused(kind: ChangeKind, dose: float | None) -> None:
    with pytest.raises(ValueError, match="dose"):
        DrugChange(drug="carbamazepine", kind=kind, on=DAY, mg_per_day=dose)


def test_stopping_warns_of_withdrawal() -> None:
    order = stop(0, "baclofen")
    assert rules(check_order(order, DrugRecord(), DAY)) == {"withdrawal": Severity.WARN}
    assert check_order(stop(0), DrugRecord(), DAY) == ()


# -- sodium ------------------------------------------------------------------------------------


def states(record: DrugRecord, days: int) -> dict[str, ControlState]:
    return {one.why: one.state for one in sodium_schedule(record, on(days))}


def test_controls_fall_due_and_overdue() -> None:
    record = DrugRecord(changes=(start(0),), laboratory=(sodium(-3),))
    assert states(record, 0) == {
        "baseline": ControlState.DONE,
        "2 to 4 weeks": ControlState.COMING,
        "3 months": ControlState.COMING,
    }
    for days, early in ((13, "coming"), (14, "due"), (28, "due"), (29, "overdue")):
        assert states(record, days)["2 to 4 weeks"] == early
    for days, late in ((76, "coming"), (77, "due"), (105, "due"), (106, "overdue")):
        assert states(record, days)["3 months"] == late


def test_a_late_control_counts_and_a_late_baseline_does_not() -> None:
    record = DrugRecord(changes=(start(0),), laboratory=(sodium(40),))
    found = states(record, 41)
    assert found["2 to 4 weeks"] is ControlState.DONE
    assert found["baseline"] is ControlState.MISSED
    assert "sodium_no_baseline" in rules(check_standing(record, on(41)))


def test_every_rise_of_the_dose_asks_for_one_and_a_fall_does_not() -> None:
    record = DrugRecord(changes=(start(0), change(40, 400), change(60, 300), change(90, 600)))
    raised = [one for one in sodium_schedule(record, on(91)) if one.why.startswith("dose raised")]
    assert [one.first_day for one in raised] == [on(54), on(104)]


def test_nothing_is_asked_for_after_the_end_or_of_drugs_that_do_not_lower_it() -> None:
    ended = DrugRecord(changes=(start(0), stop(10)))
    assert [one.why for one in sodium_schedule(ended, on(200))] == ["baseline"]
    other = DrugRecord(changes=(start(0, 900, "gabapentin"),))
    assert sodium_schedule(other, on(200)) == ()


def test_a_control_not_made_before_the_end_is_missed() -> None:
    record = DrugRecord(changes=(start(0), stop(20)))
    assert states(record, 60)["2 to 4 weeks"] is ControlState.MISSED


@given(st.integers(-40, 200), st.lists(st.integers(-60, 200), max_size=6))
def test_a_value_in_the_future_makes_nothing_done(today: int, days: list[int]) -> None:
    record = DrugRecord(changes=(start(0),), laboratory=tuple(sodium(one) for one in days))
    known = DrugRecord(
        changes=record.changes, laboratory=tuple(sodium(one) for one in days if one <= today)
    )
    assert sodium_schedule(record, on(today)) == sodium_schedule(known, on(today))


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (124.9, "sodium_very_low"),
        (125.0, "sodium_low"),
        (129.9, "sodium_low"),
        (130.0, None),
        (140.0, None),
    ],
)
def test_limits_of_sodium(value: float, rule: str | None) -> None:
    record = DrugRecord(changes=(start(0),), laboratory=(sodium(-2), sodium(20, value)))
    found = rules(check_standing(record, on(21)))
    low = {one for one in found if one in ("sodium_low", "sodium_very_low")}
    assert low == ({rule} if rule else set())
    if rule == "sodium_very_low":
        assert found[rule] is Severity.STOP
    rise = change(21, 600)
    assert (rule in rules(check_order(rise, record, on(21)))) is (rule is not None)


def test_the_last_value_counts_and_of_one_day_the_lower() -> None:
    better = DrugRecord(changes=(start(0),), laboratory=(sodium(20, 120), sodium(21, 138)))
    assert "sodium_very_low" not in rules(check_standing(better, on(22)))
    same_day = DrugRecord(changes=(start(0),), laboratory=(sodium(21, 138), sodium(21, 120)))
    assert "sodium_very_low" in rules(check_standing(same_day, on(22)))


def test_without_the_drug_sodium_is_not_its_affair() -> None:
    record = DrugRecord(changes=(start(0), stop(10)), laboratory=(sodium(20, 120),))
    assert check_standing(record, on(21)) == ()


def test_a_start_without_a_baseline_is_told() -> None:
    order = start(0)
    assert "sodium_baseline_missing" in rules(check_order(order, DrugRecord(), DAY))
    for days, told in ((-30, False), (-31, True), (0, False)):
        record = DrugRecord(laboratory=(sodium(days),))
        assert ("sodium_baseline_missing" in rules(check_order(order, record, DAY))) is told


def test_sodium_in_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="mmol/L"):
        LaboratoryValue(what="sodium", value=3.2, unit="g/L", on=DAY)


def test_risk_is_told_of_older_people_on_a_diuretic() -> None:
    who = Circumstances(age_years=71, other_drugs=("Indapamide",))
    record = DrugRecord(changes=(start(0),), circumstances=who)
    assert "sodium_risk" in rules(check_standing(record, on(1)))


# -- what does not go together -----------------------------------------------------------------


def interactions(drug: str, *others: str) -> list[CareWarning]:
    record = DrugRecord(circumstances=Circumstances(other_drugs=others))
    found = check_order(start(0, 100, drug), record, DAY)
    return [one for one in found if one.rule == "interaction"]


def test_an_inhibitor_of_monoamine_oxidase_stops_carbamazepine() -> None:
    (found,) = interactions("carbamazepine", "Phenelzine")
    assert (found.severity, found.verified) == (Severity.STOP, True)


@pytest.mark.parametrize(
    ("drug", "other"),
    [
        ("carbamazepine", "contraceptive pill"),
        ("carbamazepine", "apixaban"),
        ("carbamazepine", "warfarin"),
        ("carbamazepine", "clarithromycin"),
        ("carbamazepine", "grapefruit"),
        ("oxcarbazepine", "furosemide"),
        ("lamotrigine", "valproate"),
        ("gabapentin", "oxycodone"),
    ],
)
def test_cited_interactions_are_told(drug: str, other: str) -> None:
    found = interactions(drug, other)
    assert found
    assert all(one.source for one in found)


def test_what_is_not_in_the_table_is_told_as_not_checked() -> None:
    record = DrugRecord(circumstances=Circumstances(other_drugs=("mistletoe",)))
    found = check_order(start(0), record, DAY)
    (one,) = [one for one in found if one.rule == "other_drug_not_checked"]
    assert "mistletoe" in one.text
    assert group_of("mistletoe") is None


def test_two_drugs_of_the_log_are_held_against_each_other_either_way() -> None:
    for first, second in (("carbamazepine", "oxcarbazepine"), ("oxcarbazepine", "carbamazepine")):
        record = DrugRecord(changes=(start(-5, 300, first),))
        found = check_order(start(0, 300, second), record, DAY)
        assert "interaction" in rules(found)
    standing = DrugRecord(changes=(start(-5), start(-5, 300, "oxcarbazepine")))
    assert sum(one.rule == "interaction" for one in check_standing(standing, DAY)) == 1


@pytest.mark.parametrize("circumstance", Circumstance)
def test_every_circumstance_speaks_of_some_drug(circumstance: Circumstance) -> None:
    who = Circumstances(present=(circumstance,))
    found = [
        one
        for drug in drugs()
        for one in check_order(start(0, 1, drug), DrugRecord(circumstances=who), DAY)
        if one.rule == circumstance
    ]
    assert found


@pytest.mark.parametrize(
    "circumstance",
    [
        Circumstance.PREGNANCY,
        Circumstance.AV_BLOCK,
        Circumstance.MARROW_DEPRESSION,
        Circumstance.PORPHYRIA,
    ],
)
def test_what_forbids_carbamazepine_stops_and_is_asked_for(circumstance: Circumstance) -> None:
    order = start(0)
    present = DrugRecord(circumstances=Circumstances(present=(circumstance,)))
    assert rules(check_order(order, present, DAY))[circumstance] is Severity.STOP
    absent = DrugRecord(circumstances=Circumstances(absent=(circumstance,)))
    asked = {one.rule: one.text for one in check_order(order, absent, DAY)}
    assert circumstance not in asked
    plain = circumstance.replace("_", " ")
    assert plain not in asked["not_asked"]
    nothing = {one.rule: one.text for one in check_order(order, DrugRecord(), DAY)}
    assert plain in nothing["not_asked"]


def test_ancestry_changes_nothing() -> None:
    order = start(0)
    said = DrugRecord(circumstances=Circumstances(ancestry="Han Chinese"))
    assert check_order(order, said, DAY) == check_order(order, DrugRecord(), DAY)


@pytest.mark.parametrize(
    ("clearance", "rule"),
    [(None, "renal_clearance_unknown"), (59.9, "renal_dose"), (60.0, None), (0.0, "renal_dose")],
)
def test_the_kidneys_are_asked_for_gabapentin(clearance: float | None, rule: str | None) -> None:
    who = Circumstances(renal_clearance_ml_per_min=clearance)
    order = start(0, 900, "gabapentin")
    found = rules(check_order(order, DrugRecord(circumstances=who), DAY))
    assert {one for one in found if one.startswith("renal")} == ({rule} if rule else set())


def test_a_circumstance_cannot_be_there_and_not() -> None:
    with pytest.raises(ValueError, match="both present and absent"):
        Circumstances(present=(Circumstance.FALLS,), absent=(Circumstance.FALLS,))


def test_warnings_come_gravest_first() -> None:
    who = Circumstances(present=(Circumstance.AV_BLOCK,), other_drugs=("warfarin", "mistletoe"))
    found = check_order(start(0, 2000), DrugRecord(circumstances=who), DAY)
    order = [list(Severity).index(one.severity) for one in found]
    assert order == sorted(order)
    assert {0, 1, 2} == set(order)


# -- the day of an operation -------------------------------------------------------------------


def test_drugs_of_the_day_of_an_operation_are_told_with_their_dose() -> None:
    log = (start(0), change(5, 600), start(0, 900, "gabapentin"), stop(8, "gabapentin"))
    found = operation_warnings(log, on(9))
    assert [one.subject for one in found] == ["carbamazepine"]
    assert "600 mg" in found[0].text
    assert found[0].verified
    assert len(operation_warnings(log, on(7))) == 2
    assert operation_warnings(log, on(-1)) == ()


# -- tables and storage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "drugs.tsv",
        "cpic.tsv",
        "interactions.tsv",
        "circumstances.tsv",
        "renal.tsv",
        "withdrawal.tsv",
        "operation.tsv",
        "criteria.tsv",
    ],
)
def test_every_row_has_a_source_and_says_whether_it_was_read(name: str) -> None:
    for row in rows(name):
        assert row["source"]
        assert row["verified"] in ("yes", "no")
        if "general knowledge" in row["source"] or "this project, docs" in row["source"]:
            assert row["verified"] == "no" or "is general knowledge" in row["source"]
        if "drug" in row:
            assert row["drug"] in {*drugs(), "any_listed"}


def test_every_criterion_says_its_unit() -> None:
    assert limits()["sodium_low"].value == 130
    assert limits()["sodium_very_low"].value == 125
    assert all(one.unit and one.source for one in limits().values())


def converter() -> Converter:
    return make_converter()


def test_facts_go_to_json_and_back() -> None:
    record = DrugRecord(
        changes=(start(0), change(5, 400), stop(9)),
        laboratory=(sodium(3),),
        genetics=(GeneticResult(allele=Allele.B1502, result=AlleleResult.NEGATIVE, on=DAY),),
        reactions=(Reaction(drug="phenytoin", kind=ReactionKind.RASH),),
        circumstances=Circumstances(present=(Circumstance.FALLS,), age_years=60.0),
    )
    text = converter().dumps(record)
    assert converter().loads(text, DrugRecord) == record
    controls = sodium_schedule(record, on(10))
    again = converter().loads(converter().dumps(controls), tuple[Control, ...])
    assert again == controls


@pytest.mark.parametrize("name", ["Carbamazepine", "TEGRETOL", "Tegretol"])
def test_a_drug_is_known_however_it_is_written(name: str) -> None:
    one = DrugChange(drug=name, kind=ChangeKind.START, on=on(0), mg_per_day=200)
    assert one.drug == "carbamazepine"
    assert "hla_result_missing" in rules(check_order(one, DrugRecord(), on(0)))
    assert "interaction" in rules(
        check_order(
            start(0, drug="oxcarbazepine"),
            DrugRecord(circumstances=Circumstances(other_drugs=(name,))),
            on(0),
        )
    )


def test_a_drug_of_a_group_meets_its_partner_from_either_side() -> None:
    order = start(0, drug="phenelzine")
    found = check_order(order, DrugRecord(changes=(start(-200),)), on(0))
    assert rules(found)["interaction"] is Severity.STOP


def test_alleles_and_reactions_that_come_later_hold_for_what_is_taken() -> None:
    allele = GeneticResult(allele=Allele.B1502, result=AlleleResult.POSITIVE, on=on(5))
    taken = DrugRecord(changes=(start(0),), genetics=(allele,))
    assert rules(check_standing(taken, on(10)))["hla_do_not_use"] is Severity.STOP
    assert rules(check_standing(taken, on(200)))["hla_consider_cautiously"] is Severity.WARN
    assert not {
        one
        for one in rules(check_standing(DrugRecord(changes=(start(0),)), on(10)))
        if one.startswith("hla")
    }
    rash = Reaction(drug="Tegretol", kind=ReactionKind.RASH)
    reacted = DrugRecord(changes=(start(0),), reactions=(rash,))
    assert rules(check_standing(reacted, on(200)))["hla_do_not_use"] is Severity.STOP


def test_what_was_told_once_stands_until_it_is_told_otherwise() -> None:
    ill = Circumstances(present=(Circumstance.PORPHYRIA,), other_drugs=("warfarin",), age_years=60)
    well = Circumstances(renal_clearance_ml_per_min=70.0)
    known = circumstances_known([ill, well])
    assert known == Circumstances(
        present=(Circumstance.PORPHYRIA,),
        other_drugs=("warfarin",),
        age_years=60,
        renal_clearance_ml_per_min=70.0,
    )
    over = Circumstances(absent=(Circumstance.PORPHYRIA,))
    assert circumstances_known([ill, well, over]).absent == (Circumstance.PORPHYRIA,)
    assert circumstances_known([ill, well, over]).present == ()
    assert circumstances_known([]) == Circumstances()
