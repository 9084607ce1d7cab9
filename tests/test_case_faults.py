"""Killed writers and crashed disks: nothing acknowledged is lost, every record opens.

A small form of ``python -m benchmarks case_faults``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from benchmarks.case_disk import Crash, Disk, Operation, crashes
from benchmarks.case_faults import kill_writers, noted_migration, noted_work, replay

from case_records import SCHEMAS, of_schema
from hemifacial.case import open_record


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    found = kill_writers(tmp_path, 25, seed=11)
    assert found.faults == []
    assert found.kills == 25
    assert found.acknowledged > 25, "most were killed after something had been acknowledged"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Disk:
    return noted_work(tmp_path_factory.mktemp("noted"))


def test_every_record_that_a_crash_leaves_opens_with_all_that_was_acknowledged(
    disk: Disk, tmp_path: Path
) -> None:
    states, faults = replay(disk, tmp_path, subsets=2, share=0.15, seed=5)
    assert faults == []
    assert states > 50


@pytest.mark.parametrize("schema", SCHEMAS[:-1])
def test_a_crash_in_the_midst_of_a_migration_loses_nothing(tmp_path: Path, schema: int) -> None:
    older = tmp_path / "written_then.db"
    of_schema(older, schema)
    noted = noted_migration(tmp_path, older)
    states, faults = replay(noted, tmp_path, subsets=2, share=0.3, seed=6)
    assert faults == []
    assert states > 10


def test_the_notes_are_of_a_disk_that_was_asked_to_sync(disk: Disk) -> None:
    """Every acknowledgement stands right behind a sync of the log that it rests on."""
    for at, _ in disk.acknowledged:
        before = disk.log[:at]
        last_sync = max(i for i, one in enumerate(before) if one.what == "sync")
        unsynced = [one for one in before[last_sync:] if one.what == "write" and one.file == "-wal"]
        assert unsynced == []


def test_a_disk_that_forgets_a_sync_would_be_found(disk: Disk, tmp_path: Path) -> None:
    """The check can fail: without the syncs, entries that were acknowledged are lost."""
    careless = Disk(
        path=disk.path,
        start=disk.start,
        log=[one if one.what != "sync" else _nothing() for one in disk.log],
        acknowledged=disk.acknowledged,
    )
    found = False
    for crash in crashes(careless, seed=1, subsets=0, share=0.2):
        if crash.how == "lost" and crash.acknowledged:
            found = found or _lost(crash, tmp_path / "careless.db")
    assert found


def _nothing() -> Operation:
    return Operation(what="write", file="-wal", offset=0, data=b"")


def _lost(crash: Crash, path: Path) -> bool:
    crash.lay_out(path)
    with open_record(path) as record:
        return record.head.number < crash.acknowledged[-1].number
