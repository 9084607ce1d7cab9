"""Erasing a patient reaches the files beside the record, whatever happens in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import results
from case_records import DAY, new_record
from case_rights import as_somebody_without_rights, closed_to_writing
from command_line import CommandLine
from hemifacial.case import Record, beside, open_record
from hemifacial.case.bodies import MeasuredResult, Medium, Patient, Recording
from hemifacial.errors import InputError, UsageError
from hemifacial.web.files import Files
from hemifacial.web.job import Job, State, read_jobs, write_jobs

OWN, SHARED, OTHERS, FAILED, WAITS, NOBODYS, REPLACED = (letter * 64 for letter in "abcdef0")


class Clinic:
    """A record with P1, who is to be erased, and P2; and all that lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.path = new_record(folder)
        self.files = Files.of(self.path)
        with open_record(self.path) as record:
            for code in ("P1", "P2"):
                record.add("", "patient", Patient(code=code), by="anna", happened_on=DAY)
            self.first = {code: record.entries(code)[0].number for code in ("P1", "P2")}
            for code, sha256 in (("P1", OWN), ("P1", SHARED), ("P2", SHARED), ("P2", OTHERS)):
                recording = Recording(sha256=sha256, medium=Medium.VIDEO)
                record.add(code, "recording", recording, by="anna", happened_on=DAY)
            self.add_result(record, "P1", OWN)
            old = record.add("P1", "note", decoded_note(), by="anna", happened_on=DAY)
            assert old.number == 10
            before = self.add_result(record, "P1", REPLACED)
            body = replace(before.body, events=())
            record.replace(before.number, body, by="anna", why="again")
        for sha256 in (OWN, SHARED, OTHERS, FAILED, WAITS, NOBODYS, REPLACED):
            recording_ = self.files.recording(sha256, ".mp4")
            recording_.parent.mkdir(parents=True, exist_ok=True)
            recording_.write_bytes(sha256.encode())
            if sha256 not in (FAILED, WAITS):
                folder_ = self.files.result(sha256)
                folder_.mkdir(parents=True)
                (folder_ / "findings.json").write_text("{}")
        half = self.files.folder / "results" / f".{OWN}.hemifacial.partial-x"
        half.mkdir()
        self.jobs = (
            self.job(1, "P1", OWN, State.DONE),
            self.job(2, "P2", OTHERS, State.DONE),
            self.job(3, "P1", FAILED, State.FAILED),
            self.job(4, "P2", WAITS, State.INTERRUPTED),
        )
        write_jobs(self.files.jobs, self.jobs)

    def add_result(self, record: Record, code: str, sha256: str) -> object:
        measured = results.small_result(results.event("e1"))
        body = MeasuredResult(
            provenance=replace(measured.provenance, input_sha256=sha256),
            findings=measured.findings,
            events=measured.events,
        )
        return record.add(code, "result", body, by="anna", happened_on=DAY)

    def job(self, number: int, code: str, sha256: str, state: State) -> Job:
        return Job(
            number=number,
            sha256=sha256,
            suffix=".mp4",
            patient_entry=self.first[code],
            by="anna",
            received_on=DAY.isoformat(),
            state=state,
        )

    @property
    def recordings(self) -> set[str]:
        return {one.stem for one in (self.files.folder / "recordings").iterdir()}

    @property
    def results(self) -> set[str]:
        return {one.name for one in (self.files.folder / "results").iterdir()}

    def check_erased(self) -> None:
        """Nothing of P1 alone is there, everything of everybody else is."""
        assert self.recordings == {SHARED, OTHERS, WAITS, NOBODYS}
        assert self.results == {f"{one}.hemifacial" for one in (SHARED, OTHERS, NOBODYS)}
        assert read_jobs(self.files.jobs) == (self.jobs[1], self.jobs[3])
        for file in self.path.parent.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                for sha256 in (OWN, FAILED, REPLACED):
                    assert sha256.encode() not in content, file


def decoded_note() -> object:
    from hemifacial.case.bodies import Note

    return Note(text=f"a note may name a recording, {OTHERS}, and holds none")


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


def test_the_folder_is_where_the_web_keeps_it(clinic: Clinic, tmp_path: Path) -> None:
    assert beside.folders_of(clinic.path) == (clinic.files.folder,)
    kept = set(beside.kept_in(clinic.files.folder))
    assert ("recording", OWN, clinic.files.recording(OWN, ".mp4")) in kept
    assert ("result folder", OWN, clinic.files.result(OWN)) in kept
    assert [one["patient_entry"] for one in beside.jobs_in(clinic.files.folder)] == [3, 4, 3, 4]
    link = tmp_path / "link.db"
    link.symlink_to(clinic.path)
    assert clinic.files.folder in beside.folders_of(link)


def test_erasing_removes_what_is_the_patients_alone(clinic: Clinic) -> None:
    with open_record(clinic.path) as record:
        assert record.swept is None
        record.erase("P1", by="anna", why="asked")
        clinic.check_erased()
        assert record.swept is not None
        assert record.swept.removed == {"recording": 3, "result folder": 3, "line of jobs": 2}
        assert record.swept.shared == {"recording": 1, "result folder": 1}
        assert record.swept.nobodys == {"recording": 1, "result folder": 1}
        assert (record.swept.left, record.swept.elsewhere) == ({}, 0)
        assert record.verify().faults == ()
        record.erase("P2", by="anna", why="asked")
    assert clinic.recordings == {NOBODYS}
    assert read_jobs(clinic.files.jobs) == ()


def test_the_command_says_what_is_gone_by_kind_and_number(
    clinic: Clinic, hemifacial: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    shutil.rmtree(clinic.files.result(REPLACED))
    clinic.files.recording(REPLACED, ".mp4").unlink()
    (clinic.files.folder / "incoming").mkdir()
    for name, age_s in (("now", 0), ("old", 7200)):
        part = clinic.files.folder / "incoming" / f"{name}.part"
        part.write_bytes(b"half a video")
        os.utime(part, (part.stat().st_mtime - age_s,) * 2)
    ended = hemifacial("case", "erase", clinic.path, "P1", "--why", "asked", "--yes")
    assert ended.status == 0, ended.err
    assert (
        "Removed beside the record: 2 lines of jobs, 2 recordings, 2 result folders, "
        "1 unfinished upload." in ended.err
    )
    assert "same recording: 1 recording, 1 result folder." in ended.err
    assert "also 1 recording, 1 result folder, 1 unfinished upload of no entry" in ended.err
    assert "1 recording of the patient was measured elsewhere" in ended.err
    for sha256 in (OWN, SHARED, NOBODYS):
        assert sha256[:8] not in ended.err
    clinic.check_erased()
    assert "Files of an erased" not in hemifacial("case", "verify", clinic.path).err


CHILD = """
import os, signal, sys
from pathlib import Path
from hemifacial.case import beside, erasure, open_record, sweeping
place, path = sys.argv[1], sys.argv[2]
def dies(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
with open_record(Path(path)) as one:
    if place == "before the files":
        erasure.sweep = dies
    elif place == "after the first file":
        removed = beside.remove_kept
        def once(path, done=[]):
            dies() if done else done.append(removed(path))
        beside.remove_kept = once
    elif place == "before the notes go":
        sweeping._forget = dies
    elif place == "before the file is written anew":
        erasure.finish = dies
    one.erase("P1", by="anna", why="asked")
"""


def killed_while_erasing(path: Path, place: str) -> None:
    """A real process is killed at this place; the record was being erased then."""
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, place, str(path)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.parametrize(
    "place",
    [
        "before the files",
        "after the first file",
        "before the notes go",
        "before the file is written anew",
    ],
)
def test_a_killed_erasure_is_finished_by_the_next_command(
    clinic: Clinic, hemifacial: CommandLine, place: str
) -> None:
    killed_while_erasing(clinic.path, place)
    if place == "before the files":
        assert OWN in clinic.recordings, "the kill came before"
    verified = hemifacial("case", "verify", clinic.path)
    assert verified.status == 0, verified.err
    assert ("Files of an erased patient were left" in verified.err) is (
        place != "before the file is written anew"
    )
    assert "in order" in verified.out
    clinic.check_erased()
    assert hemifacial("case", "show", clinic.path).err == ""


def test_a_second_erasing_of_what_was_interrupted_finishes_it(
    clinic: Clinic, hemifacial: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    killed_while_erasing(clinic.path, "before the files")
    again = hemifacial("case", "erase", clinic.path, "P1", "--why", "asked", "--yes")
    assert "no patient of this record has that code" in again.err
    assert "They were removed now: 2 lines of jobs, 3 recordings, 3 result folders" in again.err
    clinic.check_erased()


def test_the_server_finishes_it_before_it_reads_the_jobs(clinic: Clinic) -> None:
    from hemifacial.web.serving import Start, office_of

    killed_while_erasing(clinic.path, "before the files")
    office = office_of(Start(case=clinic.path))
    try:
        assert [one.job.number for one in office.jobs.all()] == [4, 2]
        office.records.run(lambda record: record.erase("P2", by="anna", why="asked"))
        assert clinic.recordings == {NOBODYS}
    finally:
        office.close()


@pytest.fixture
def stubborn(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Result folders that somebody has open: as Windows refuses them."""
    removed = beside.remove_kept

    def refuses(path: Path) -> None:
        if path.is_dir():
            raise PermissionError(13, "Permission denied")
        removed(path)

    with monkeypatch.context() as patched:
        patched.setattr(beside, "remove_kept", refuses)
        yield patched


def test_what_cannot_be_removed_is_said_and_tried_again(
    clinic: Clinic, hemifacial: CommandLine, stubborn: pytest.MonkeyPatch
) -> None:
    stubborn.setenv("HEMIFACIAL_PROFILE", "anna")
    ended = hemifacial("case", "erase", clinic.path, "P1", "--why", "asked", "--yes")
    assert ended.status == 3
    assert "there are still 3 result folders of the patient (Permission denied)" in ended.err
    assert "open the record once" in ended.err
    assert "Removed beside the record: 2 lines of jobs, 3 recordings." in ended.err
    again = hemifacial("case", "verify", clinic.path)
    assert "Still there: 3 result folders (Permission denied)" in again.err
    stubborn.undo()
    assert "removed now: 3 result folders" in hemifacial("case", "verify", clinic.path).err
    clinic.check_erased()


def test_a_folder_on_a_disk_that_is_not_there_is_not_forgotten(clinic: Clinic) -> None:
    away = clinic.path.with_name("other disk")
    clinic.files.folder.rename(away)
    clinic.files.folder.symlink_to(clinic.path.with_name("not mounted"))
    with open_record(clinic.path) as record, pytest.raises(InputError, match="1 folder of files"):
        record.erase("P1", by="anna", why="asked")
    clinic.files.folder.unlink()
    clinic.files.folder.symlink_to(away)
    with open_record(clinic.path):
        clinic.check_erased()


def test_a_record_that_cannot_be_written_says_what_is_left(
    clinic: Clinic, hemifacial: CommandLine
) -> None:
    killed_while_erasing(clinic.path, "before the files")
    for one in clinic.files.folder.rglob("*"):  # as a clinic shares it, to be read
        one.chmod(0o755)
    clinic.files.folder.chmod(0o755)
    with closed_to_writing(clinic.path), as_somebody_without_rights():
        ended = hemifacial("case", "verify", clinic.path)
    assert "Files of an erased patient were left beside the record." in ended.err
    assert "Still there: 2 lines of jobs, 3 recordings, 3 result folders" in ended.err
    assert "cannot be written here" in ended.err
    assert OWN in clinic.recordings


def test_an_older_copy_that_is_put_back_takes_nothing_of_a_later_patient(clinic: Clinic) -> None:
    with open_record(clinic.path) as record:
        record.backup(clinic.path.with_name("copy.db"), by="anna")
        record.add("", "patient", Patient(code="P3"), by="anna", happened_on=DAY)
        number = record.entries("P3")[0].number
    later = replace(clinic.jobs[3], number=5, patient_entry=number + 7)
    write_jobs(clinic.files.jobs, (*clinic.jobs, later))
    clinic.path.unlink()
    clinic.path.with_name("copy.db").rename(clinic.path)
    with open_record(clinic.path) as record:
        assert record.swept is None
        record.erase("P2", by="anna", why="asked")
    assert WAITS in clinic.recordings, "a job of somebody whom this record does not know uses it"
    assert read_jobs(clinic.files.jobs)[-1] == later


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"jobs": 3}', '{"jobs": [3]}', '{"jobs": [{"patient_entry": 9e99}]}',
     json.dumps({"jobs": [{"patient_entry": 10**30, "sha256": OWN}, {"patient_entry": 3}]})],
)  # fmt: skip
def test_a_list_of_jobs_that_is_none_hinders_nothing(clinic: Clinic, content: str) -> None:
    clinic.files.jobs.write_text(content)
    with open_record(clinic.path) as record:
        record.erase("P1", by="anna", why="asked")
    assert OWN not in clinic.recordings
    assert FAILED in clinic.recordings, "nobody can tell whose it is, which is said"


def test_a_refused_erasing_removes_nothing(clinic: Clinic) -> None:
    with open_record(clinic.path) as record, pytest.raises(UsageError, match="without a reason"):
        record.erase("P1", by="anna", why="")
    assert len(clinic.recordings) == 7
    assert len(read_jobs(clinic.files.jobs)) == 4


def test_a_link_is_taken_away_and_not_followed(clinic: Clinic, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("stays")
    shutil.rmtree(clinic.files.result(OWN))
    clinic.files.result(OWN).symlink_to(elsewhere)
    with open_record(clinic.path) as record:
        record.erase("P1", by="anna", why="asked")
    clinic.check_erased()
    assert (elsewhere / "mine.txt").read_text() == "stays"
