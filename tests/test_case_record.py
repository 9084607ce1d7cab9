"""The record's verbs: what is entered is there, signed, in order, and never changed."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from case_records import ANNA, DAY, Clock, new_record, with_patient
from hemifacial.anatomy import Side
from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.case import Draft, Record, create_record, open_record
from hemifacial.case.acts import Profile
from hemifacial.case.bodies import AdverseEvent, Note, Patient, Scale, Visit
from hemifacial.case.bodies import Severity as Grade
from hemifacial.errors import InputError, UsageError


@pytest.fixture
def record(tmp_path: Path) -> Record:
    path = new_record(tmp_path)
    with_patient(path)
    with open_record(path) as opened:
        yield opened


STOP = CareWarning(
    rule="hla", severity=Severity.STOP, text="No.", source="this test", verified=True
)


def test_a_new_record_holds_its_clinic_and_its_first_profile(tmp_path: Path) -> None:
    with open_record(new_record(tmp_path)) as record:
        (clinic,) = record.clinic_entries("clinic")
        assert clinic.body.name == "Clinic of this test"
        assert record.profiles() == (ANNA,)
        assert record.patients() == ()
        assert (record.head.number, record.encrypted, record.only_read) == (2, False, False)


def test_an_entry_says_what_when_and_by_whom(record: Record) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    body = AdverseEvent(what="ptosis", severity=Grade.MILD, side=Side.RIGHT, ended_on=DAY)
    entry = record.add("P1", "adverse_event", body, by="anna", happened_on=DAY)
    assert record.entry(entry.number) == entry
    assert entry.number == 8
    assert (entry.patient, entry.kind, entry.version) == ("P1", "adverse_event", 1)
    assert (entry.body, entry.happened_on, entry.entered_by) == (body, DAY, "anna")
    assert before <= entry.entered_at <= datetime.now(UTC)
    assert (entry.replaces, entry.replaced_by, entry.clock_behind_s, entry.why) == (
        None,
        None,
        0,
        "",
    )


def test_the_day_is_today_unless_it_is_said(record: Record) -> None:
    entry = record.add("P1", "visit", Visit(), by="anna")
    assert entry.happened_on == datetime.now().astimezone().date()


def test_a_treatment_says_its_own_day(record: Record) -> None:
    from hemifacial.care.drugs.facts import ChangeKind, DrugChange

    change = DrugChange(drug="carbamazepine", kind=ChangeKind.START, on=DAY, mg_per_day=200)
    assert record.add("P1", "drug_change", change, by="anna").happened_on == DAY
    with pytest.raises(UsageError, match="says another day than was given"):
        record.add("P1", "drug_change", change, by="anna", happened_on=DAY + timedelta(days=1))


def test_a_replaced_entry_stays_and_says_by_what(record: Record) -> None:
    new = record.replace(7, Scale(scale="hfs7", total=9), by="anna", why="misread")
    old = record.entry(7)
    assert (new.replaces, old.replaced_by, old.standing, new.standing) == (7, 8, False, True)
    assert (old.body.total, new.body.total, new.why) == (12, 9, "misread")
    assert new.happened_on == old.happened_on
    with pytest.raises(UsageError, match="was replaced by entry 8"):
        record.replace(7, Scale(scale="hfs7", total=1), by="anna", why="again")


def test_a_withdrawn_entry_no_longer_stands(record: Record) -> None:
    record.withdraw(4, by="anna", why="of another patient")
    standing = [entry.number for entry in record.entries("P1") if entry.standing]
    assert standing == [3, 5, 6, 7]
    with pytest.raises(UsageError, match=r"entry 3 \(patient\) cannot be withdrawn"):
        record.withdraw(3, by="anna", why="x")


def test_a_patient_keeps_its_entries_when_its_code_is_corrected(record: Record) -> None:
    record.replace(3, Patient(code="P-1", side=Side.LEFT), by="anna", why="typing")
    assert [line.code for line in record.patients()] == ["P-1"]
    assert len(record.entries("P-1")) == 6
    with pytest.raises(UsageError, match="no patient of this record has that code"):
        record.entries("P1")
    record.add("", "patient", Patient(code="P1"), by="anna")
    with pytest.raises(UsageError, match="another patient has this code"):
        record.replace(8, Patient(code="P1"), by="anna", why="x")


def test_the_list_of_patients_says_how_many_entries_and_the_last_day(record: Record) -> None:
    record.add("P1", "visit", Visit(), by="anna", happened_on=date(2026, 3, 1))
    record.add("P1", "visit", Visit(), by="anna", happened_on=date(2025, 3, 1))
    (line,) = record.patients()
    assert (line.code, line.entries, line.last_on) == ("P1", 7, date(2026, 3, 1))
    assert record.patients(starting_with="p") == ()
    assert record.patients(starting_with="P") == (line,)


@pytest.mark.parametrize(
    ("draft", "by", "problem"),
    [
        (Draft(kind="note", patient="P1", body=Note(text="x")), "", "by whom"),
        (Draft(kind="note", patient="P1", body=Note(text="x")), "bert", "'bert' is no active"),
        (
            Draft(kind="note", patient="P2", body=Note(text="x")),
            "anna",
            "no patient of this record",
        ),
        (
            Draft(kind="notes", patient="P1", body=Note(text="x")),
            "anna",
            "no kind of entry 'notes'",
        ),
        (Draft(kind="patient", body=Patient(code="P1")), "anna", "is there already"),
        (
            Draft(kind="visit", patient="P1", body=Visit(), happened_on=date(2100, 1, 1)),
            "anna",
            "2100-01-01 is in the future",
        ),
        (
            Draft(kind="note", patient="P1", body=Note(text="x"), warnings=(STOP,)),
            "anna",
            r"a stop is passed \(hla\) without a reason",
        ),
        (
            Draft(kind="note", patient="P1", body=Note(text="x"), replaces=4),
            "anna",
            "entry 4 is replaced without a reason",
        ),
    ],
)
def test_what_must_not_be_entered_is_refused_and_leaves_nothing(
    record: Record, draft: Draft, by: str, problem: str
) -> None:
    head = record.head
    with pytest.raises(UsageError, match=problem):
        record.add_many([Draft(kind="visit", patient="P1", body=Visit()), draft], by=by)
    assert record.head == head
    assert record.verify().faults == ()


def test_a_stop_that_is_passed_is_kept_with_its_reason(record: Record) -> None:
    entry = record.add("P1", "note", Note(text="x"), by="anna", why="tested twice", warnings=[STOP])
    assert record.entry(entry.number).warnings == (STOP,)
    assert entry.why == "tested twice"


def test_a_retired_profile_no_longer_signs(record: Record) -> None:
    record.add("", "profile", Profile(word="bert", name="Bert"), by="anna")
    record.replace(2, Profile(word="anna", name="Dr Example", active=False), by="bert", why="left")
    with pytest.raises(UsageError, match="'anna' is no active profile"):
        record.add("P1", "note", Note(text="x"), by="anna")
    with pytest.raises(UsageError, match="keeps its word"):
        record.replace(8, Profile(word="otto", name="Bert"), by="bert", why="x")


def test_a_body_of_another_kind_is_a_mistake_of_the_caller(record: Record) -> None:
    with pytest.raises(TypeError, match="the body of note is a Note"):
        record.add("P1", "note", Visit(), by="anna")


def test_half_a_character_is_refused(record: Record) -> None:
    with pytest.raises(InputError, match="not a note: a text holds half a character"):
        record.add("P1", "note", Note(text="\ud800"), by="anna")


# -- the clock -----------------------------------------------------------------------------------


def test_a_clock_that_went_back_is_stated_and_the_order_holds(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "c.db"
    create_record(path, clinic="", profile=ANNA, clock=clock)
    behind = []
    with open_record(path, clock=clock) as record:
        for seconds in (0, -3600, 60, 7200, 1):
            clock.go(seconds)
            entry = record.add("", "profile", Profile(word=f"w{seconds}", name="x"), by="anna")
            behind.append(entry.clock_behind_s)
        answer = record.verify()
    assert behind == [0, 3600, 3540, 0, 0]
    assert answer.faults == ()
    assert answer.clock_behind == (4, 5)


# -- two writers ---------------------------------------------------------------------------------


def test_two_writers_at_once_both_succeed_without_gaps(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    with_patient(path)
    written: list[int] = []

    def write(word: str) -> None:
        with open_record(path) as own:
            for number in range(25):
                body = Note(text=f"{word} {number}")
                written.append(own.add("P1", "note", body, by="anna").number)

    threads = [threading.Thread(target=write, args=(word,)) for word in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == list(range(8, 83))
    with open_record(path) as record:
        assert record.verify().faults == ()
        texts = {entry.body.text for entry in record.entries("P1") if entry.kind == "note"}
    assert len(texts) == 77


def test_who_finds_the_record_occupied_is_told_so(record: Record) -> None:
    record._connection.execute("PRAGMA busy_timeout = 50")
    with sqlite3.connect(record.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match="is being written elsewhere") as told:
            record.add("P1", "note", Note(text="x"), by="anna")
        other.execute("ROLLBACK")
    other.close()
    assert "try again" in told.value.next_step
    assert record.add("P1", "note", Note(text="x"), by="anna").number == 8
