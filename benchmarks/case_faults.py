"""Faults of the record: writers killed at random points, and crash states replayed from a log.

After each the record must open, verify, and hold every entry that was acknowledged; what was erased
and acknowledged must be gone. See `benchmarks.case_disk` for what is simulated of a crash, and
docs/case.md for what is not.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.case_disk import Crash, Disk, crashes
from hemifacial.case import Draft, Record, create_record, open_record
from hemifacial.case.acts import Profile
from hemifacial.case.bodies import Note, Patient

__all__ = ["Killed", "kill_writers", "new_record", "noted_migration", "noted_work", "replay", "run"]

KILLS = 1000
_KILLS_A_RECORD = 40
_MOST_ACTS = 4
_LONGEST_S = 0.02
_MARKER = "ERASED-WORDS-OF-A-PATIENT"


@dataclass(kw_only=True)
class Killed:
    """What the kills showed; `faults` must stay empty."""

    kills: int = 0
    acknowledged: int = 0
    erased: int = 0
    lost_unacknowledged: int = 0
    faults: list[str] = field(default_factory=list)


def new_record(path: Path) -> None:
    """A record with the profile anna."""
    create_record(path, clinic="bench", profile=Profile(word="anna", name="Dr Example"))


def kill_writers(folder: Path, kills: int, *, seed: int, longest_s: float = _LONGEST_S) -> Killed:
    """Kill a writing process at `kills` random moments, and look at the record after each."""
    chance, found = random.Random(seed), Killed()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child_case"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as forking:
        path = folder / "none"
        for number in range(kills):
            if number % _KILLS_A_RECORD == 0:
                path = folder / f"killed{number}.db"
                new_record(path)
            _kill_once(forking, path, chance, longest_s, found)
        if forking.stdin is not None:
            forking.stdin.close()
    return found


def _kill_once(
    forking: subprocess.Popen[str],
    path: Path,
    chance: random.Random,
    longest_s: float,
    found: Killed,
) -> None:
    if forking.stdin is None or forking.stdout is None:
        raise RuntimeError("the process has no pipes")
    forking.stdin.write(f"{path}\t{chance.getrandbits(32)}\n")
    forking.stdin.flush()
    told: list[str] = []
    process, wanted = 0, chance.randint(0, _MOST_ACTS)
    # So many acts later, however slow the machine is, and somewhere within the next one.
    while not process or "open" not in told or _acts(told) < wanted:
        line = forking.stdout.readline().rstrip("\n")
        if not line:
            raise RuntimeError("the writer did not begin, or ended by itself")
        if line.startswith("process "):
            process = int(line.removeprefix("process "))
        told.append(line)
    time.sleep(chance.uniform(0, longest_s))
    os.kill(process, signal.SIGKILL)
    while (line := forking.stdout.readline().rstrip("\n")) != "gone":
        told.append(line)
    found.kills += 1
    _look(path, told, found)


def _acts(told: list[str]) -> int:
    return sum(line.startswith("entry ") for line in told)


def _look(path: Path, told: list[str], found: Killed) -> None:
    numbers = [int(one.removeprefix("entry ")) for one in told if one.startswith("entry ")]
    erased = {one.removeprefix("erased ") for one in told if one.startswith("erased ")}
    found.acknowledged += len(numbers)
    found.erased += len(erased)
    with open_record(path) as record:
        answer = record.verify()
        found.faults += [f"{path.name}: {fault.number} {fault.what}" for fault in answer.faults]
        last = max(numbers, default=0)
        if answer.head.number < last:
            found.faults.append(f"{path.name}: entry {last} was acknowledged and is lost")
        found.lost_unacknowledged += answer.head.number > last > 0
        left = erased & {line.code for line in record.patients()}
        found.faults += [f"{path.name}: {code} was erased and is there" for code in left]


def noted_work(folder: Path) -> Disk:
    """Days of a clinic in small, over a disk that notes: entries, a table, an erasure, closing."""
    path = folder / "noted.db"
    new_record(path)
    disk = Disk(path=path)
    driver = disk.driver()
    with open_record(path, driver=driver) as record:
        for code in ("A", "B"):
            _told(
                disk,
                record,
                lambda r, code=code: r.add("", "patient", Patient(code=code), by="anna"),
            )
        for number in range(4):
            words = Note(text=f"{_MARKER} {number} " * 40)
            _told(disk, record, lambda r, words=words: r.add("A", "note", words, by="anna"))
        many = [Draft(kind="note", patient="B", body=Note(text=f"row {n}")) for n in range(40)]
        _told(disk, record, lambda r: r.add_many(many, by="anna"))
        record._log_limit = 0  # the log is brought in after this, as after four megabytes
        _told(disk, record, lambda r: r.replace(5, Note(text=_MARKER), by="anna", why="typing"))
    with open_record(path, driver=driver) as record:
        _told(disk, record, lambda r: r.add("B", "note", Note(text="next day"), by="anna"))
        _told(disk, record, lambda r: r.erase("A", by="anna", why="asked"))
        _told(disk, record, lambda r: r.add("B", "note", Note(text="after"), by="anna"))
    return disk


def _told(disk: Disk, record: Record, act: Callable[[Record], object]) -> None:
    act(record)
    disk.acknowledge(record.head)


def noted_migration(folder: Path, older: Path) -> Disk:
    """A record of an older schema brought to the newest, over a disk that notes."""
    path = folder / "older.db"
    path.write_bytes(older.read_bytes())
    disk = Disk(path=path)
    with open_record(path, driver=disk.driver()) as record:
        disk.acknowledge(record.head)
        _told(disk, record, lambda r: r.add("A", "note", Note(text="after"), by="anna"))
    return disk


def check_crash(crash: Crash, path: Path) -> list[str]:
    """What is wrong with the record that a crash left; empty if nothing is."""
    crash.lay_out(path)
    where = f"after {crash.after} operations, {crash.how}"
    with open_record(path) as record:
        answer = record.verify()
        faults = [f"{where}: {fault.number} {fault.what}" for fault in answer.faults]
        if crash.acknowledged:
            head = crash.acknowledged[-1]
            again = record.verify(anchor=head.link)
            if again.anchored != head.number:
                faults.append(f"{where}: entry {head.number} was acknowledged and is lost")
        erased = bool(record.clinic_entries("erasure"))
    if erased:
        for end in ("", "-wal", "-shm"):
            file = Path(f"{path}{end}")
            if file.exists() and _MARKER.encode() in file.read_bytes():
                faults.append(f"{where}: erased words are in the file{end}")
    return faults


def replay(
    disk: Disk, folder: Path, *, subsets: int, share: float = 1.0, seed: int = 1
) -> tuple[int, list[str]]:
    """How many crash states were looked at, and what was wrong with them."""
    states, faults = 0, []
    for crash in crashes(disk, seed=seed, subsets=subsets, share=share):
        states += 1
        faults += check_crash(crash, folder / "crashed.db")
    return states, faults


def run() -> dict[str, Any]:
    """A thousand kills, and every point of the log with twenty random remainders each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        killed = kill_writers(folder, KILLS, seed=1)
        print(
            f"kills {killed.kills}, acts acknowledged {killed.acknowledged}, erasures "
            f"{killed.erased}, records with more than was acknowledged "
            f"{killed.lost_unacknowledged}, faults {len(killed.faults)}, "
            f"{time.monotonic() - began:.0f} s"
        )
        began = time.monotonic()
        disk = noted_work(folder)
        states, faults = replay(disk, folder, subsets=20)
        print(
            f"operations on the disk {len(disk.log)}, crash states {states}, "
            f"faults {len(faults)}, {time.monotonic() - began:.0f} s"
        )
    for fault in [*killed.faults, *faults][:20]:
        print(fault)
    return {
        "kills": killed.kills,
        "acknowledged": killed.acknowledged,
        "erasures": killed.erased,
        "faults_of_kills": len(killed.faults),
        "operations": len(disk.log),
        "crash_states": states,
        "faults_of_crashes": len(faults),
    }
