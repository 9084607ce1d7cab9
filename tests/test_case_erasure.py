"""Erasing a patient leaves no byte of it in the file, and the chain still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from case_records import DAY, new_record, with_patient
from hemifacial.case import Record, erasure, open_record
from hemifacial.case.bodies import Note, Patient, Scale
from hemifacial.case.erasure import runs_of
from hemifacial.errors import InputError, UsageError

CODE = "CODE-OF-THE-ERASED"
WORDS = "WORDS-OF-THE-ERASED"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two patients in turns; one has bodies of all lengths, small and beyond a page."""
    made = new_record(tmp_path)
    with_patient(made, "P1")
    with open_record(made) as record:
        record.add("", "patient", Patient(code=CODE, note=WORDS), by="anna", happened_on=DAY)
        for length in (1, 10, 300, 5000):
            record.add(CODE, "note", Note(text=f"{WORDS} " * length), by="anna", why=WORDS)
            record.add("P1", "note", Note(text=f"stays {length}"), by="anna")
        record.replace(9, Note(text=f"{WORDS} again"), by="anna", why=WORDS)
        record.add(CODE, "scale", Scale(scale=WORDS, total=3), by="anna")
    return made


def left_of(path: Path) -> list[str]:
    """The files beside and of the record in which something of the erased patient stands."""
    return [
        file.name
        for file in path.parent.iterdir()
        if any(word.encode() in file.read_bytes() for word in (CODE, WORDS))
    ]


def test_the_words_are_there_before(path: Path) -> None:
    assert left_of(path) == ["clinic.db"]


def test_no_byte_is_left_while_the_record_is_still_open(path: Path) -> None:
    with open_record(path) as record:
        record.add(CODE, "note", Note(text=f"{WORDS} in the log"), by="anna")
        assert "clinic.db-wal" in left_of(path)
        entry = record.erase(CODE, by="anna", why="the patient asked")
        assert left_of(path) == []
        assert (entry.kind, entry.why, entry.patient) == ("erasure", "the patient asked", "")
        assert Path(f"{path}-wal").exists()
    assert left_of(path) == []


def test_the_chain_and_the_others_stay(path: Path) -> None:
    with open_record(path) as record:
        before, head = record.entries("P1"), record.head
        record.erase(CODE, by="anna", why="asked")
        assert record.entries("P1") == before
        answer = record.verify(anchor=head.link)
        assert (answer.faults, answer.anchored) == ((), head.number)
        assert (answer.entries, answer.erased) == (head.number + 1, 7)
        assert [line.code for line in record.patients()] == ["P1"]
        with pytest.raises(UsageError, match="no patient of this record"):
            record.entries(CODE)
        with pytest.raises(UsageError, match="entry 9 was erased with its patient"):
            record.entry(9)
        with pytest.raises(UsageError, match="was erased"):
            record.replace(9, Note(text="x"), by="anna", why="x")


def test_all_that_is_left_of_an_entry_is_its_hash(path: Path) -> None:
    with open_record(path) as record:
        record.erase(CODE, by="anna", why="asked")
        rows = record._connection.execute("SELECT * FROM entry WHERE number = 9").fetchall()
    ((number, *emptied, commitment, link),) = rows
    assert number == 9
    assert emptied == [None] * 12
    assert (len(commitment), len(link)) == (32, 32)


def test_an_erasure_is_signed_and_has_a_reason(path: Path) -> None:
    with open_record(path) as record:
        with pytest.raises(UsageError, match="without a reason"):
            record.erase(CODE, by="anna", why=" ")
        with pytest.raises(UsageError, match="no active profile"):
            record.erase(CODE, by="bert", why="asked")
        assert len(record.entries(CODE)) == 7


def test_a_code_can_be_used_again_and_finds_nothing(path: Path) -> None:
    with open_record(path) as record:
        record.erase(CODE, by="anna", why="asked")
        record.add("", "patient", Patient(code=CODE), by="anna")
        assert len(record.entries(CODE)) == 1
        assert record.verify().faults == ()


def test_an_interrupted_erasure_is_finished_by_the_next_opening(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(erasure, "finish", stops)
    record = open_record(path)
    with pytest.raises(KeyboardInterrupt):
        record.erase(CODE, by="anna", why="asked")
    monkeypatch.undo()
    with open_record(path) as again:
        assert left_of(path) == []
        assert again.verify().faults == ()
    record.close()


def reading(path: Path) -> Record:
    """Somebody who is in the middle of reading."""
    record = open_record(path)
    record._connection.execute("BEGIN")
    record.entries("P1")
    return record


def test_whoever_reads_meanwhile_hinders_it_and_that_is_said(path: Path) -> None:
    other = reading(path)
    with open_record(path) as record:
        record._connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(InputError, match="another program is reading it") as told:
            record.erase(CODE, by="anna", why="asked")
        assert "that finishes the work" in told.value.next_step
        with pytest.raises(UsageError, match="no patient"):
            record.entries(CODE)
    other.close()
    with open_record(path):
        pass
    assert left_of(path) == []


def test_a_copy_made_before_keeps_what_it_holds(path: Path, tmp_path: Path) -> None:
    with open_record(path) as record:
        record.backup(tmp_path / "copy.db", by="anna")
        record.erase(CODE, by="anna", why="asked")
        assert [entry.body.file_name for entry in record.clinic_entries("backup")] == ["copy.db"]
    assert left_of(path) == ["copy.db"]


def test_runs_of_numbers() -> None:
    assert runs_of([3, 1, 2, 9, 7, 8]) == ((1, 3), (7, 9))
    assert runs_of([]) == ()
