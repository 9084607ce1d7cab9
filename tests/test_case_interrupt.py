"""An interrupt says what is true: on either side of the commit, by a real signal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from case_records import new_record, with_patient
from hemifacial.case import open_record

CHILD = """
import os, signal, sys
from hemifacial.case import database, drivers, record, writing
from hemifacial.cli import main

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

class Interrupted:
    def __init__(self, connection, place):
        self._connection, self._place = connection, place
    def __getattr__(self, name):
        return getattr(self._connection, name)
    def execute(self, sql, *parameters):
        if sql == "COMMIT" and self._place == "before":
            interrupt()
        found = self._connection.execute(sql, *parameters)
        if sql == "COMMIT" and self._place == "after":
            interrupt()
        if sql.startswith("BEGIN") and self._place == "begun":
            interrupt()
        return found

place = sys.argv.pop(1)
if place == "answering":
    entry = record.Record.entry
    record.Record.entry = lambda self, number: (interrupt(), entry(self, number))[1]
else:
    connect = drivers._connect
    def connected(path, access):
        opened = connect(path, access)
        copying = "backup" in sys.argv and ".partial-" in path.name  # SQLite copies to its own kind
        return opened if copying else Interrupted(opened, place)
    drivers._connect = connected
main()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = new_record(tmp_path)
    with_patient(made)
    return made


def interrupted(place: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, place, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HEMIFACIAL_PROFILE": "anna"},
    )


def count(path: Path) -> int:
    with open_record(path) as record:
        assert record.verify().faults == ()
        return record.head.number


@pytest.mark.parametrize(
    ("place", "written"),
    [("begun", False), ("before", False), ("after", True), ("answering", True)],
)
def test_an_interrupt_at_either_side_of_the_commit(path: Path, place: str, written: bool) -> None:
    before = count(path)
    ended = interrupted(place, "case", "visit", path, "P1")
    assert (ended.returncode, ended.stdout) == (130, ""), ended.stderr
    assert "Traceback" not in ended.stderr
    assert count(path) - before == written
    if written:
        assert f"is in the record and stays, the last as entry {before + 1}\n" in ended.stderr
        assert "Next: See it with hemifacial case show" in ended.stderr
        assert "not" not in ended.stderr.split("stopped;")[1].split("Next")[0]
    else:
        assert "stopped; nothing was entered in the record;" in ended.stderr


@pytest.mark.parametrize(("place", "written"), [("before", 0), ("after", 3)])
def test_an_interrupted_import_is_whole_or_not_at_all(
    path: Path, tmp_path: Path, place: str, written: int
) -> None:
    table = tmp_path / "t.tsv"
    table.write_text("patient\tday\n" + "P1\t2026-01-05\n" * 3)
    before = count(path)
    ended = interrupted(place, "case", "import", path, "visit", table)
    assert count(path) - before == written
    said = f"the last as entry {before + 3}" if written else "nothing was entered"
    assert said in ended.stderr


def test_a_record_that_was_not_finished_is_not_there_and_nothing_else_is_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new.db"
    ended = interrupted("after", "case", "create", path, "--profile", "anna", "--name", "A")
    assert ended.returncode == 130, ended.stderr
    assert "is in the record" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("place", "noted"), [("before", False), ("after", True)])
def test_no_copy_stands_of_which_the_record_knows_nothing(
    path: Path, tmp_path: Path, place: str, noted: bool
) -> None:
    ended = interrupted(place, "case", "backup", path, tmp_path / "copy.db")
    assert ended.returncode == 130, ended.stderr
    assert ("is in the record and stays" in ended.stderr) is noted
    with open_record(path) as record:
        assert bool(record.clinic_entries("backup")) is noted
    assert not (tmp_path / "copy.db").exists()


def test_a_server_that_is_stopped_does_not_say_that_nothing_was_entered(path: Path) -> None:
    script = CHILD.replace(
        "main()",
        "from hemifacial.web import serving\n"
        "def one(start, ready):\n"
        "    from hemifacial.case import open_record\n"
        "    from hemifacial.case.bodies import Visit\n"
        "    with open_record(start.case) as record:\n"
        "        record.add('P1', 'visit', Visit(), by='anna')\n"
        "    interrupt()\n"
        "serving.serving = one\n"
        "main()",
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, "none", "serve", str(path), "--no-browser"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 130, ended.stderr
    assert "the last as entry 8" in ended.stderr
    assert "nothing was" not in ended.stderr
