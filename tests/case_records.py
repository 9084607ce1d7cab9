"""Small records that tests build on, and a way to edit one behind its back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hemifacial.anatomy import Side
from hemifacial.case import Record, create_record, open_record
from hemifacial.case.acts import Clinic, Profile
from hemifacial.case.bodies import Note, Patient, Scale, Visit
from hemifacial.case.database import build, migrations
from hemifacial.case.drivers import driver_for
from hemifacial.case.erasure import erase, finish
from hemifacial.case.reading import patient_key
from hemifacial.case.writing import Draft, append

ANNA = Profile(word="anna", name="Dr Example")
DAY = date(2026, 1, 5)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def new_record(folder: Path, name: str = "clinic.db") -> Path:
    """A record with the profile anna and nothing else: entries 1 and 2."""
    path = folder / name
    create_record(path, clinic="Clinic of this test", profile=ANNA)
    return path


def with_patient(path: Path, code: str = "P1") -> None:
    """A patient of a few entries: 3 to 7 in a new record."""
    with open_record(path) as record:
        record.add("", "patient", Patient(code=code, side=Side.RIGHT), by="anna", happened_on=DAY)
        for number in range(2):
            record.add(code, "note", Note(text=f"words {number}"), by="anna", happened_on=DAY)
        record.add(code, "visit", Visit(), by="anna", happened_on=DAY)
        record.add(code, "scale", Scale(scale="hfs7", total=12), by="anna", happened_on=DAY)


@contextmanager
def behind_its_back(path: Path) -> Iterator[sqlite3.Connection]:
    """The file without its rules, to be edited; they are put back, so that only the edit shows."""
    with sqlite3.connect(path) as raw:
        rules = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in rules:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, sql in rules:
            raw.execute(sql)
    raw.close()


def of_schema(path: Path, schema: int) -> None:
    """A record as the program of an earlier schema left it, with two patients and an erasure."""

    def now() -> datetime:
        return datetime.now(UTC)

    path.touch()
    connection = build(path, driver_for(None), schema=schema)
    drafts = [
        Draft(kind="clinic", body=Clinic(record_id="0" * 32, name="Earlier")),
        Draft(kind="profile", body=ANNA),
        Draft(kind="patient", body=Patient(code="A"), happened_on=DAY),
        Draft(kind="patient", body=Patient(code="B"), happened_on=DAY),
        *(Draft(kind="note", patient="A", body=Note(text=f"note {n}")) for n in range(5)),
        Draft(kind="note", patient="B", body=Note(text="gone")),
    ]
    append(connection, drafts, by="anna", clock=now)
    erase(connection, patient_key(connection, "B"), by="anna", why="asked", clock=now)
    finish(connection)
    connection.close()


SCHEMAS = range(1, len(migrations()) + 1)


def everything(record: Record, code: str) -> list[object]:
    """What the entries of a patient say."""
    return [entry.body for entry in record.entries(code)]
