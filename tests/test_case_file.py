"""The file: its settings, earlier schemas, what is refused, and what a failing disk leaves."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from case_records import ANNA, SCHEMAS, everything, new_record, of_schema, with_patient
from case_rights import as_somebody_without_rights, read_only_record
from hemifacial.case import create_record, mounts, open_record
from hemifacial.case.bodies import Note
from hemifacial.case.database import NEWEST_SCHEMA, SETTINGS, migrations
from hemifacial.case.mounts import linux_type, macos_type
from hemifacial.case.placing import APPLICATION_ID
from hemifacial.errors import HemifacialError, InputError, UsageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = new_record(tmp_path)
    with_patient(made)
    return made


def said_when_opening(path: Path, key: str | None = None) -> HemifacialError:
    with pytest.raises(HemifacialError) as told, open_record(path, key=key):
        pass
    assert str(path) in told.value.problem
    assert told.value.next_step
    return told.value


def setting(record: object, name: str) -> object:
    return record._connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_what_is_acknowledged_is_on_the_disk(path: Path) -> None:
    with open_record(path) as record:
        assert setting(record, "journal_mode") == "wal"
        assert setting(record, "synchronous") == 2  # FULL
        for name in ("foreign_keys", "secure_delete", "fullfsync", "checkpoint_fullfsync"):
            assert setting(record, name) == 1, name
        assert setting(record, "temp_store") == 2  # memory
        assert setting(record, "application_id") == APPLICATION_ID
        assert setting(record, "user_version") == NEWEST_SCHEMA
        assert setting(record, "wal_autocheckpoint") == 0
    assert len(SETTINGS) == 12


def test_a_log_that_grows_is_brought_into_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Path(f"{path}-wal")
    monkeypatch.setattr("hemifacial.case.database.LOG_BYTES", 100_000)
    monkeypatch.setattr("hemifacial.case.record.LOG_BYTES", 100_000)
    with open_record(path) as record:
        for number in range(30):
            record.add("P1", "note", Note(text=f"{number} " * 2000), by="anna")
        assert log.stat().st_size < 200_000
        with open_record(path) as other:  # a reader keeps it from being begun anew
            other._connection.execute("BEGIN")
            other.entries("P1")
            record._connection.execute("PRAGMA busy_timeout = 20")
            for number in range(10):
                record.add("P1", "note", Note(text=f"{number} " * 2000), by="anna")
            assert len(other.entries("P1")) == 35
        assert len(record.entries("P1")) == 45
        assert record.verify().faults == ()


def test_every_table_is_strict(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        tables = raw.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        strict = {name: bool(flag) for name, flag in tables if not name.startswith("sqlite_")}
    raw.close()
    assert strict == {"patient": True, "entry": True, "unfinished": True}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode")
def test_others_of_the_computer_cannot_read_it(path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_it_is_one_file_when_nobody_has_it_open(path: Path) -> None:
    assert [one.name for one in path.parent.iterdir()] == ["clinic.db"]


# -- schemas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_record_of_every_earlier_schema_opens_whole(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "old.db"
    of_schema(path, schema)
    with open_record(path) as record:
        assert record.schema_before == schema
        assert [entry.body for entry in record.entries("A")][1:] == [
            Note(text=f"note {n}") for n in range(5)
        ]
        (line,) = record.patients()
        assert (line.code, line.entries) == ("A", 6)
        assert line.last_on == record.entries("A")[-1].happened_on
        record.add("A", "note", Note(text="today"), by="anna")
        assert record.patients()[0].entries == 7
        answer = record.verify()
        assert (answer.faults, answer.erased, answer.entries) == ((), 2, 12)
    with open_record(path) as record:
        assert record.schema_before == NEWEST_SCHEMA


def test_there_is_more_than_one_migration_and_their_numbers_follow() -> None:
    assert NEWEST_SCHEMA == len(migrations()) == len(SCHEMAS) >= 2


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    of_schema(path, 1)
    before = path.read_bytes()
    broken = (migrations()[0], (*migrations()[1][:3], "CREATE TABLE entry (x)"))
    monkeypatch.setattr("hemifacial.case.database.migrations", lambda: broken)
    assert "the database refuses" in said_when_opening(path).problem
    monkeypatch.undo()
    assert path.read_bytes() == before
    with open_record(path) as record:
        assert record.verify().faults == ()


def test_a_newer_schema_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {NEWEST_SCHEMA + 1}")
    raw.close()
    told = said_when_opening(path)
    assert f"newer program (schema {NEWEST_SCHEMA + 1}; this one knows" in told.problem
    assert "Install the newest" in told.next_step


# -- what is no record ---------------------------------------------------------------------------


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    assert "there is no such record" in said_when_opening(path).problem
    path.write_bytes(b"")
    assert "is empty; making it was interrupted" in said_when_opening(path).problem
    path.write_bytes(b"words " * 100)
    assert "not a record, or an encrypted one" in said_when_opening(path).problem
    path.unlink()
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE t (x)")
    raw.close()
    assert "a database of another program" in said_when_opening(path).problem
    assert said_when_opening(tmp_path).exit_code == 3


def test_a_damaged_record_is_told_as_such(path: Path) -> None:
    data = bytearray(path.read_bytes())
    (page,) = struct.unpack(">H", data[16:18])
    data[page : 4 * page] = os.urandom(3 * page)
    path.write_bytes(data)
    with open_record(path) as record, pytest.raises(InputError) as told:
        record.entries("P1")
    assert "the record is damaged" in told.value.problem
    assert "latest backup" in told.value.next_step


def test_a_cut_file_is_found(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])
    assert "the record is damaged" in said_when_opening(path).problem


def test_a_new_record_is_never_made_over_a_file(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is there already, and is not written over"):
        create_record(path, clinic="", profile=ANNA)
    assert path.read_bytes() == before


# -- network -------------------------------------------------------------------------------------

LINUX = r"""22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 28 0:50 / /srv/share rw shared:3 master:2 - nfs4 server:/share rw,vers=4.2
31 28 0:51 / /srv/with\040space rw - cifs //server/x rw
32 30 259:3 / /srv/share/local rw - xfs /dev/sdb1 rw
33 28 0:60 / /mnt/x rw - ext4 /dev/sdc1 rw
34 33 0:61 / /mnt/x rw - fuse.sshfs me@server: rw
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/var/clinic", ""),
        ("/srv/share", "nfs4"),
        ("/srv/share/a/b", "nfs4"),
        ("/srv/shared", ""),
        ("/srv/with space/a", "cifs"),
        ("/srv/share/local/a", ""),
        ("/mnt/x/a", "fuse.sshfs"),
    ],
)
def test_the_mount_of_a_path_is_found_on_linux(path: str, found: str) -> None:
    assert linux_type(path, LINUX) == found


MACOS = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//me@server/share on /Volumes/share (smbfs, nodev, nosuid, mounted by me)
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [("/Applications", ""), ("/Volumes/share/a", "smbfs"), ("/Volumes/share 2", "")],
)
def test_the_mount_of_a_path_is_found_on_macos(path: str, found: str) -> None:
    assert macos_type(path, MACOS) == found


def test_a_record_on_a_network_is_refused_and_none_is_made_there(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"30 28 0:50 / {tmp_path.resolve()} rw - nfs4 server:/share rw\n")
    monkeypatch.setattr(mounts, "_MOUNT_INFO", table)
    assert "lies on a network drive (nfs4)" in said_when_opening(path).problem
    with pytest.raises(InputError, match="network drive"):
        create_record(tmp_path / "new.db", clinic="", profile=ANNA)
    assert not (tmp_path / "new.db").exists()


# -- a disk that refuses -------------------------------------------------------------------------


def test_a_full_disk_leaves_the_record_as_it_was(path: Path) -> None:
    with open_record(path) as record:
        head = record.head
        pages = setting(record, "page_count")
        record._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(InputError, match="the disk is full") as told:
            record.add("P1", "note", Note(text="word " * 20000), by="anna")
        assert "nothing of this was written" in told.value.next_step
        assert record.head == head
        assert record.verify().faults == ()
        assert record.add("P1", "note", Note(text="short"), by="anna").number == 8


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to let any file grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_refuses_leaves_the_record_as_it_was(path: Path, tmp_path: Path) -> None:
    with open_record(path) as record:
        before = everything(record, "P1")
        with files_of_at_most(40_000):
            with pytest.raises(InputError, match="the disk"):
                record.add("P1", "note", Note(text="word " * 20000), by="anna")
            with files_of_at_most(8_000), pytest.raises(InputError, match="the disk"):
                record.backup(tmp_path / "copy.db", by="anna")
            with pytest.raises(InputError):
                create_record(tmp_path / "new.db", clinic="x" * 100_000, profile=ANNA)
        assert everything(record, "P1") == before
        assert record.verify().faults == ()
    assert [one.name for one in tmp_path.iterdir()] == ["clinic.db"]


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    with read_only_record(tmp_path) as path:
        yield path


def test_a_read_only_folder_can_be_read_and_says_why_not_written(read_only: Path) -> None:
    with as_somebody_without_rights(), open_record(read_only) as record:
        assert record.only_read
        assert len(record.entries("P1")) == 5
        assert record.verify().faults == ()
        for write in (
            lambda: record.add("P1", "note", Note(text="x"), by="anna"),
            lambda: record.erase("P1", by="anna", why="x"),
            lambda: record.backup(read_only.with_name("copy.db"), by="anna"),
        ):
            with pytest.raises(InputError, match="cannot be written") as told:
                write()
            assert "copy the record" in told.value.next_step
    assert [one.name for one in read_only.parent.iterdir()] == ["clinic.db"]


def test_a_record_cannot_be_made_where_nothing_can(read_only: Path) -> None:
    with as_somebody_without_rights(), pytest.raises(InputError, match="cannot be written"):
        create_record(read_only.with_name("new.db"), clinic="", profile=ANNA)


# -- copies --------------------------------------------------------------------------------------


def test_a_backup_is_whole_and_noted(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with open_record(path) as record:
        head = record.head
        entry = record.backup(copy, by="anna")
        assert (entry.kind, entry.body.file_name) == ("backup", "copy.db")
        assert (entry.body.head_number, entry.body.head) == (head.number, head.link)
        before = everything(record, "P1")
    assert copy.read_bytes()[18:20] == b"\x01\x01", "no log beside it"
    with open_record(copy) as record:
        assert everything(record, "P1") == before
        assert record.verify(anchor=head.link).anchored == head.number
        record.add("P1", "note", Note(text="goes on from the copy"), by="anna")


def test_a_backup_is_never_written_over_a_file(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    with open_record(path) as record, pytest.raises(UsageError, match="is not written over"):
        record.backup(copy, by="anna")
    assert copy.read_text() == "mine"


def test_a_backup_of_an_edited_record_is_refused(path: Path, tmp_path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"words 1", b"words 7"))
    copy = tmp_path / "copy.db"
    with open_record(path) as record, pytest.raises(InputError, match="does not verify: entry 5"):
        record.backup(copy, by="anna")
    assert [one.name for one in tmp_path.iterdir()] == ["clinic.db"]


def test_a_copy_of_an_open_record_with_its_log_opens(path: Path, tmp_path: Path) -> None:
    """Not the way to copy, but a machine that stops leaves just this."""
    with open_record(path) as record:
        record.add("P1", "note", Note(text="in the log"), by="anna")
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{tmp_path / 'copy.db'}{end}")
    with open_record(tmp_path / "copy.db") as record:
        assert record.entries("P1")[-1].body == Note(text="in the log")


# -- encryption ----------------------------------------------------------------------------------

KEY = "an open sesame's key"


def test_an_encrypted_record_is_the_same_record_behind_a_key(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    path, copy = tmp_path / "e.db", tmp_path / "copy.db"
    create_record(path, clinic="Hidden words", profile=ANNA, key=KEY)
    with open_record(path, key=KEY) as record:
        assert record.encrypted
        for code in ("P1", "P2"):
            from hemifacial.case.bodies import Patient

            record.add("", "patient", Patient(code=code), by="anna")
            record.add(code, "note", Note(text=f"words of {code}"), by="anna")
        record.backup(copy, by="anna")
        record.erase("P2", by="anna", why="asked")
        assert record.verify().faults == ()
        assert [line.code for line in record.patients()] == ["P1"]
    for file in (path, copy):
        data = file.read_bytes()
        assert not data.startswith(b"SQLite")
        assert b"words" not in data
        with open_record(file, key=KEY) as record:
            assert record.entries("P1")[1].body == Note(text="words of P1")


def test_without_its_key_an_encrypted_record_says_so(tmp_path: Path, path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    encrypted = tmp_path / "e.db"
    create_record(encrypted, clinic="", profile=ANNA, key=KEY)
    assert "encrypted" in said_when_opening(encrypted).problem
    assert "another key" in said_when_opening(encrypted, "wrong key, long enough").problem
    assert "is not encrypted" in said_when_opening(path, KEY).problem
