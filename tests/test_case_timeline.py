"""A patient's course on one axis, and how fast it is drawn from a large record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from benchmarks.case_scale import course, measure

import results
from case_records import DAY, new_record
from hemifacial.anatomy import Side
from hemifacial.care.decompression.complications import Complication
from hemifacial.care.decompression.follow_up import Outcome as OperationOutcome
from hemifacial.care.decompression.operation import Operation
from hemifacial.care.decompression.outcome import Spasm
from hemifacial.care.drugs.facts import ChangeKind, DrugChange, LaboratoryValue
from hemifacial.care.scales.diary import Diary, DiaryDay
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.case import Record, open_record
from hemifacial.case.bodies import (
    AdverseEvent,
    MeasuredResult,
    Note,
    Outcome,
    Patient,
    Purpose,
    Scale,
    Severity,
    Visit,
)
from hemifacial.case.drawing import SHOWN
from hemifacial.findings import Finding, Status, quantities


@pytest.fixture
def record(tmp_path: Path) -> Record:
    path = new_record(tmp_path)
    with open_record(path) as opened:
        patient = Patient(code="P1", side=Side.LEFT)
        opened.add("", "patient", patient, by="anna", happened_on=DAY)
        yield opened


def finding(quantity: str, **details: object) -> Finding:
    given = {"value": 1.0, "side": Side.LEFT, "unit": quantities()[quantity].unit, **details}
    return Finding(quantity=quantity, method="face", method_version="1", **given)


def result(*findings: Finding) -> MeasuredResult:
    return MeasuredResult(provenance=results.small_result().provenance, findings=findings)


def put(record: Record, day: str, kind: str, body: object) -> int:
    return record.add("P1", kind, body, by="anna", happened_on=date.fromisoformat(day)).number


def test_measured_findings_are_series_by_side_and_place(record: Record) -> None:
    spread = finding("lateral_spread_amplitude", sites=("mentalis",), value=80.0)
    put(record, "2026-03-01", "result", result(finding("spasm_rate", value=12.0, low=9, high=15)))
    put(record, "2026-01-10", "result", result(finding("spasm_rate", value=30.0), spread))
    both = [(one.quantity, one.side, one.sites) for one in record.timeline("P1").series]
    assert both == [
        ("spasm_rate", Side.LEFT, ()),
        ("lateral_spread_amplitude", Side.LEFT, ("mentalis",)),
    ]
    rate = record.timeline("P1").series[0]
    assert (rate.unit, rate.label) == ("1/min", quantities()["spasm_rate"].label)
    assert [(point.day.isoformat(), point.value) for point in rate.points] == [
        ("2026-01-10", 30.0),
        ("2026-03-01", 12.0),
    ]
    assert (rate.points[1].low, rate.points[1].high) == (9, 15)


def test_a_negative_answer_keeps_its_detection_limit(record: Record) -> None:
    gone = finding(
        "lateral_spread_amplitude",
        value=None,
        status=Status.BELOW_DETECTION_LIMIT,
        detection_limit=8.0,
    )
    put(record, "2026-01-10", "result", result(gone))
    (point,) = record.timeline("P1").series[0].points
    assert (point.value, point.status, point.detection_limit) == (
        None,
        Status.BELOW_DETECTION_LIMIT,
        8.0,
    )


def test_findings_of_a_phase_and_others_are_left_out(record: Record) -> None:
    others = (finding("spasm_rate", phase="rest"), finding("blink_count"))
    put(record, "2026-01-10", "result", result(finding("spasm_rate"), *others))
    assert len(record.timeline("P1").series) == 1
    assert set(SHOWN) <= set(quantities())


def test_what_was_reviewed_is_drawn_as_it_stands_after_review(record: Record) -> None:
    body = replace(
        result(finding("spasm_rate", value=30.0)),
        reviewed_findings=(finding("spasm_rate", value=10.0),),
    )
    put(record, "2026-01-10", "result", body)
    assert record.timeline("P1").series[0].points[0].value == 10.0


def test_scales_outcomes_and_laboratory_are_series(record: Record) -> None:
    put(record, "2026-01-10", "scale", Scale(scale="hfs7", total=12))
    put(record, "2026-01-11", "scale", Scale(scale="jrs", items={"1": 3, "2": 2}))
    put(record, "2026-01-12", "outcome", Outcome(measure="relief", value=90, unit="%"))
    sodium = LaboratoryValue(what="sodium", value=131, unit="mmol/L", on=date(2026, 1, 13))
    record.add("P1", "laboratory_value", sodium, by="anna")
    found = {one.quantity: (one.unit, one.points[0].value) for one in record.timeline("P1").series}
    assert found == {
        "hfs_7": ("1", 12.0),
        "jrs": ("1", 5.0),
        "relief": ("%", 90.0),
        "sodium": ("mmol/L", 131.0),
    }


def test_injections_and_events_are_marks_in_order(record: Record) -> None:
    dose = ToxinDose(product="botox", units=2.5)
    injections = (
        Injection(muscle="mentalis", side=Side.LEFT, dose=dose),
        Injection(muscle="risorius", side=Side.LEFT, dose=dose),
    )
    session = Session(happened_on=date(2026, 2, 1), product="botox", injections=injections)
    put(record, "2026-02-10", "adverse_event", AdverseEvent(what="ptosis", severity=Severity.MILD))
    record.add("P1", "toxin_session", session, by="anna")
    put(record, "2026-02-01", "visit", Visit(purpose=Purpose.INJECTION))
    put(record, "2026-02-20", "outcome", Outcome(measure="kondo", grade="E-0"))
    put(record, "2026-02-21", "note", Note(text="not drawn"))
    drawn = [(mark.label, mark.detail, mark.side.value) for mark in record.timeline("P1").marks]
    assert drawn == [
        ("Botulinum toxin", "5 units of botox, 2 injections", "left"),
        ("Visit", "injection", "n/a"),
        ("Adverse event", "ptosis (mild)", "n/a"),
        ("Outcome", "kondo: E-0", "n/a"),
    ]


def test_drugs_are_spans_of_a_dose(record: Record) -> None:
    for kind, day, mg in (
        (ChangeKind.START, 1, 200),
        (ChangeKind.CHANGE, 10, 400),
        (ChangeKind.STOP, 20, None),
    ):
        change = DrugChange(drug="carbamazepine", kind=kind, on=date(2026, 1, day), mg_per_day=mg)
        record.add("P1", "drug_change", change, by="anna")
    still = DrugChange(drug="baclofen", kind=ChangeKind.START, on=date(2026, 1, 5), mg_per_day=15)
    record.add("P1", "drug_change", still, by="anna")
    spans = [
        (span.label, span.detail, span.start.day, span.end and span.end.day)
        for span in record.timeline("P1").spans
    ]
    assert spans == [
        ("carbamazepine", "200 mg a day", 1, 9),
        ("carbamazepine", "400 mg a day", 10, 19),
        ("baclofen", "15 mg a day", 5, None),
    ]


def test_an_operation_its_outcome_and_the_diary_are_drawn(record: Record) -> None:
    day = date(2026, 2, 1)
    for kind, body in (
        ("operation", Operation(on=day, side=Side.LEFT)),
        ("complication", Complication(kind="facial_palsy", began_on=day, ended_on=day)),
        ("operation_outcome", OperationOutcome(on=day, spasm=Spasm.BETTER, smc_grade=1)),
        ("diary", Diary(patient="P1", written_on=day, days=(DiaryDay(day=DAY, spasm_count=7),))),
    ):
        record.add("P1", kind, body, by="anna")
    drawn = record.timeline("P1")
    assert [(mark.label, mark.detail, mark.side) for mark in drawn.marks] == [
        ("Operation", "", Side.LEFT),
        ("Complication", "facial palsy, until 2026-02-01", Side.NOT_APPLICABLE),
        ("Outcome of the operation", "spasm better", Side.NOT_APPLICABLE),
    ]
    assert {one.quantity: (one.points[0].day, one.points[0].value) for one in drawn.series} == {
        "smc_grade": (day, 1.0),
        "diary_spasm_count": (DAY, 7.0),
    }


def test_what_was_replaced_or_withdrawn_is_not_drawn(record: Record) -> None:
    first = put(record, "2026-01-10", "scale", Scale(scale="hfs7", total=12))
    second = put(record, "2026-01-11", "scale", Scale(scale="hfs7", total=20))
    record.replace(first, Scale(scale="hfs7", total=3), by="anna", why="typing")
    record.withdraw(second, by="anna", why="another patient")
    (series,) = record.timeline("P1").series
    assert [point.value for point in series.points] == [3.0]


def test_the_axis_spans_what_is_drawn(record: Record) -> None:
    course_ = record.timeline("P1")
    assert (course_.first, course_.last, course_.series, course_.marks) == (DAY, DAY, (), ())
    put(record, "2026-01-10", "visit", Visit())
    put(record, "2026-06-10", "visit", Visit())
    course_ = record.timeline("P1")
    assert (course_.first, course_.last) == (date(2026, 1, 10), date(2026, 6, 10))
    assert course_.patient.code == "P1"


def test_events_of_a_recording_are_not_read_for_a_timeline(record: Record) -> None:
    """They are most of a record; the entries themselves still have them."""
    measured = results.small_result(*(results.event(f"e{n}") for n in range(50)))
    body = MeasuredResult(
        provenance=measured.provenance, findings=measured.findings, events=measured.events
    )
    put(record, "2026-01-10", "result", body)
    assert len(record.entries("P1")[-1].body.events) == 50
    assert record.timeline("P1").series[0].points[0].value == 6.0


def test_two_hundred_patients_of_thirty_visits(tmp_path: Path) -> None:
    """A small form of ``python -m benchmarks case_scale``: the limit is that of 20,000 patients.

    Of the processor alone, since tests share their machine.
    """
    few = measure(tmp_path, 50, timelines=2)
    many = measure(tmp_path, 200, timelines=40)
    assert many["entries"] == 4 * few["entries"] == 200 * 63
    assert many["timeline_cpu_p50_ms"] < 100
    assert many["import_cpu_s"] < 4 * 2 * few["import_cpu_s"], "the import is linear in its number"


def test_the_course_of_the_benchmark_is_a_valid_one(tmp_path: Path) -> None:
    import random

    with open_record(new_record(tmp_path)) as record:
        record.add_many(course("P1", random.Random(1)), by="anna")
        drawn = record.timeline("P1")
        assert record.verify().faults == ()
    assert {one.quantity for one in drawn.series} == {"hfs_7", "spasm_rate", "time_in_spasm"}
    assert len(drawn.marks) == 45
