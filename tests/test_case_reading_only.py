"""A record that cannot be written here, while somebody else writes in it, or begins to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from case_records import new_record, with_patient
from case_rights import as_somebody_without_rights, closed_to_writing, read_only_record
from command_line import CommandLine
from hemifacial.case import open_record
from hemifacial.case.bodies import Note
from hemifacial.case.drivers import Access
from hemifacial.case.placing import access_to
from hemifacial.errors import InputError

WRITER = """
import sys
from pathlib import Path
from hemifacial.case import open_record
from hemifacial.case.bodies import Note
with open_record(Path(sys.argv[1])) as record:
    print("open", flush=True)
    for line in sys.stdin:
        if line == "empty the log\\n":
            record._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        else:
            record.add("P1", "note", Note(text=line), by="anna")
        print("done", flush=True)
"""


class Writer:
    """A process that holds a record open and writes what it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        self.answer()

    def answer(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the writer has ended"


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        writer = Writer(process)
        writer.answer()
        yield writer
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "disc"
    folder.mkdir()
    made = new_record(folder)
    with_patient(made)
    return made


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    with read_only_record(tmp_path) as path:
        yield path


def test_whoever_only_reads_sees_what_a_live_writer_writes(path: Path) -> None:
    """The last entries stand in the writer's log alone: read as it lies they would be missing."""
    with writing(path) as writer:
        writer("in the log")
        with closed_to_writing(path), as_somebody_without_rights():
            assert access_to(path) is Access.READ
            with open_record(path) as record:
                assert (record.only_read, record.as_it_lies) == (True, False)
                assert record.entries("P1")[-1].body == Note(text="in the log\n")
                for number in range(20):
                    writer(f"note {number}" * 500)
                    if number % 5 == 0:
                        writer("empty the log")
                    assert len(record.entries("P1")) == 7 + number
                    assert record.verify().faults == ()
                with pytest.raises(InputError, match="cannot be written"):
                    record.add("P1", "note", Note(text="x"), by="anna")
    with open_record(path) as record:
        assert len(record.entries("P1")) == 26
        assert record.verify().faults == ()


def test_a_log_that_a_crash_left_is_read_along(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        writer = Writer(process)
        writer.answer()
        writer("in the log")
        process.kill()
    with (
        closed_to_writing(path),
        as_somebody_without_rights(),
        open_record(path) as record,
    ):
        assert record.entries("P1")[-1].body == Note(text="in the log\n")
        assert not record.as_it_lies


def test_nobody_there_it_is_read_as_it_lies_and_leaves_nothing(
    read_only: Path, hemifacial: CommandLine
) -> None:
    with as_somebody_without_rights():
        with open_record(read_only) as record:
            assert record.as_it_lies
            assert record.verify().faults == ()
        shown = hemifacial("case", "show", read_only)
    assert shown.status == 0
    assert "The record cannot be written here" in shown.err
    assert [one.name for one in read_only.parent.iterdir()] == ["clinic.db"]


@pytest.mark.parametrize("does", ["opens", "writes", "empties the log"])
def test_a_writer_who_comes_is_noticed_and_then_read_along_with(read_only: Path, does: str) -> None:
    """Read as it lies, a record that somebody writes would be half old and half new."""
    with as_somebody_without_rights():
        record = open_record(read_only)
    read_only.chmod(0o644)
    read_only.parent.chmod(0o755)
    with writing(read_only) as writer:
        if does != "opens":
            writer("new")
        if does == "empties the log":
            writer("empty the log")
        with closed_to_writing(read_only), as_somebody_without_rights():
            for read in (lambda: record.entries("P1"), record.verify, record.patients):
                with pytest.raises(InputError, match="another program has opened the record") as no:
                    read()
                assert "Open it again" in no.value.next_step
            record.close()
            with open_record(read_only) as again:
                assert len(again.entries("P1")) == 5 + (does != "opens")
                assert again.verify().faults == ()


def test_a_file_that_is_closed_to_writing_in_an_open_folder_gets_no_helpers(path: Path) -> None:
    """SQLite would make its log and map as the reader's own, and lock the owner out."""
    path.chmod(0o444)
    path.parent.chmod(0o777)
    for parent in path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    with as_somebody_without_rights(), open_record(path) as record:
        assert record.as_it_lies
        assert len(record.entries("P1")) == 5
        assert [one.name for one in path.parent.iterdir()] == ["clinic.db"]
    path.chmod(0o644)
    with open_record(path) as record:
        record.add("P1", "note", Note(text="the owner goes on"), by="anna")


def test_a_log_without_its_map_has_to_be_worked_in(path: Path) -> None:
    with open_record(path) as record:
        record.add("P1", "note", Note(text="in the log"), by="anna")
        log = Path(f"{path}-wal").read_bytes()
    Path(f"{path}-wal").write_bytes(log)
    with (
        closed_to_writing(path),
        as_somebody_without_rights(),
        pytest.raises(InputError, match="its log beside it has to be worked in first"),
        open_record(path),
    ):
        pass
