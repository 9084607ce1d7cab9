"""A schema number that does not fit its tables: one message says what was found and what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from case_records import SCHEMAS, new_record, of_schema, with_patient
from command_line import CommandLine
from hemifacial.case import open_record
from hemifacial.case.database import NEWEST_SCHEMA
from hemifacial.errors import InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = new_record(tmp_path)
    with_patient(made)
    return made


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            raw.execute(statement)


@pytest.mark.parametrize("stated", [0, 1, -5, NEWEST_SCHEMA + 1, 2**31 - 1])
def test_a_number_that_was_changed(path: Path, hemifacial: CommandLine, stated: int) -> None:
    tamper(path, f"PRAGMA user_version = {stated}")
    before = path.read_bytes()
    ended = hemifacial("case", "show", path)
    assert (ended.status, ended.out) == (3, "")
    assert ended.err.count("hemifacial: ") == 1, "one message"
    assert f"schema {stated}" in ended.err
    assert f"its tables are those of schema {NEWEST_SCHEMA}" in ended.err
    assert "latest backup" in ended.err
    assert ("newer program" in ended.err) is (stated > NEWEST_SCHEMA)
    assert path.read_bytes() == before, "nothing is repaired in silence"


def test_the_way_back_that_the_message_names_leads_back(path: Path) -> None:
    tamper(path, "PRAGMA user_version = 0")
    with pytest.raises(InputError) as told, open_record(path):
        pass
    (statement,) = (part for part in told.value.next_step.split("'") if "PRAGMA" in part)
    tamper(path, statement)
    with open_record(path) as record:
        assert record.verify().faults == ()
        assert len(record.entries("P1")) == 5


@pytest.mark.parametrize("schema", SCHEMAS[:-1])
def test_an_older_record_that_claims_to_be_new(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "old.db"
    of_schema(path, schema)
    tamper(path, f"PRAGMA user_version = {NEWEST_SCHEMA}")
    with pytest.raises(InputError, match=f"its tables are those of schema {schema}"):
        open_record(path)
    tamper(path, f"PRAGMA user_version = {schema}")
    with open_record(path) as record:
        assert record.verify().faults == ()


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE unfinished",),
        ("ALTER TABLE patient RENAME COLUMN code TO name",),
        ("DROP TRIGGER entry_stays", "DROP TABLE entry"),
    ],
)
def test_tables_of_no_schema(path: Path, statements: tuple[str, ...]) -> None:
    tamper(path, *statements)
    with pytest.raises(InputError) as told, open_record(path):
        pass
    assert f"states that it is of schema {NEWEST_SCHEMA}" in told.value.problem
    assert "its tables are those of no schema" in told.value.problem
    assert "latest backup" in told.value.next_step
    assert "user_version" not in told.value.next_step, "there is no number to put back"


def test_what_was_only_added_is_for_verifying_to_tell(path: Path) -> None:
    tamper(path, "CREATE TABLE mine (x)", "ALTER TABLE patient ADD COLUMN name TEXT")
    with open_record(path) as record:
        assert any("'mine' was changed, added" in one.what for one in record.verify().faults)
