"""A backup that is killed leaves nothing behind for longer than until the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from case_records import new_record, with_patient
from hemifacial.case import open_record, placing
from hemifacial.case.placing import remove_stale
from hemifacial.errors import UsageError

CHILD = """
import os, signal, sys
from pathlib import Path
from hemifacial.case import backup, open_record
def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def half(source, target):
    source.backup(target, pages=1, progress=dies)
backup._fill = half
with open_record(Path(sys.argv[1])) as record:
    record.backup(Path(sys.argv[2]), by="anna")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = new_record(tmp_path)
    with_patient(made)
    return made


def killed_backup(path: Path, into: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(into)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("next_name", ["copy.db", "later.db"])
def test_the_next_backup_removes_what_a_killed_one_left(
    path: Path, tmp_path: Path, next_name: str
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    killed_backup(path, folder / "copy.db")
    left = names(folder)
    assert len(left) >= 2, left
    assert left[0].startswith(".copy.db.partial-")
    assert (folder / "copy.db").stat().st_size == 0
    with open_record(path) as record:
        record.backup(folder / next_name, by="anna")
    assert names(folder) == [next_name]
    with open_record(folder / next_name) as copy:
        assert len(copy.entries("P1")) == 5


def test_erasing_removes_a_half_copy_beside_the_record(path: Path, tmp_path: Path) -> None:
    killed_backup(path, tmp_path / "copy.db")
    with open_record(path) as record:
        record.erase("P1", by="anna", why="asked")
    assert names(tmp_path) == ["clinic.db"]


def test_what_a_running_program_writes_stays(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        theirs = tmp_path / f".copy.db.partial-{running.pid}"
        theirs.write_bytes(b"half")
        (tmp_path / "copy.db").touch()
        assert remove_stale(tmp_path) == 0
        assert names(tmp_path) == [theirs.name, "copy.db"]
        running.communicate(b"\n")
    assert remove_stale(tmp_path) == 1
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [".copy.db.partial-x", ".copy.partial-abc_1234.db", "copy.db.partial-1", ".partial-4194303"],
)
def test_files_of_others_stay(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    assert remove_stale(tmp_path) == 0
    assert names(tmp_path) == [name]


def test_a_name_that_holds_something_is_not_given_free(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".copy.db.partial-{gone.pid}").touch()
    (tmp_path / "copy.db").write_text("mine")
    remove_stale(tmp_path)
    assert (tmp_path / "copy.db").read_text() == "mine"
    with (
        pytest.raises(UsageError, match="is not written over"),
        placing.reserved(tmp_path / "copy.db"),
    ):
        pass
    assert names(tmp_path) == ["copy.db"]


def test_only_the_owner_can_read_what_is_reserved(tmp_path: Path) -> None:
    with placing.reserved(tmp_path / "new.db") as partial:
        assert partial.stat().st_mode & 0o077 == 0
        assert partial.name.endswith(f"-{os.getpid()}")
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0
