"""Erasing a patient in the browser: entries, files beside the record, lines of jobs in memory."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hemifacial.case import open_record
from hemifacial.case.bodies import Patient
from hemifacial.web.files import Files
from hemifacial.web.job import Job, State, read_jobs
from hemifacial.web.jobs import Jobs
from web_server import Served, record_with, served

WORDS = b"words, no video"
SHA256 = hashlib.sha256(WORDS).hexdigest()
SLOW = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    path = record_with(tmp_path)
    with open_record(path) as record:
        record.add("", "patient", Patient(code="P2"), by="anna")
    with served(path) as running:
        yield running


def erase(server: Served, **values: str) -> str:
    said = {"code": "P1", "why": "asked for", **values}
    answer = server.change("/patients/P1/erase", said)
    assert answer.status == 200, answer.text
    return str(answer.values["go"])


def kept(server: Served) -> str:
    return server.office.files.jobs.read_text(encoding="utf-8")


def test_a_patient_goes_with_files_and_lines_and_does_not_come_back(server: Served) -> None:
    server.until("failed", server.put("P1", "a.mp4", WORDS).values["job"])
    recording = server.office.files.recording(SHA256, ".mp4")
    assert recording.exists()
    assert "Erase for good" in server.ask("/patients/P1/erase").text
    told = server.ask(erase(server)).text
    assert "Removed beside the record: 1 line of jobs, 1 recording." in told
    assert "P1" not in told
    assert not recording.exists()
    assert server.ask("/patients/P1").status == 400
    assert server.jobs() == []
    # The next job writes the whole list anew, from memory.
    server.until("failed", server.put("P2", "b.mp4", WORDS + b"!").values["job"])
    assert SHA256 not in kept(server)
    assert len(json.loads(kept(server))["jobs"]) == 1
    assert server.office.records.run(lambda record: record.verify()).faults == ()


@pytest.mark.parametrize(
    ("values", "problem"), [({"code": "P2"}, "not that of this patient"), ({"why": " "}, "reason")]
)
def test_nothing_goes_without_the_code_and_a_reason(
    server: Served, values: dict[str, str], problem: str
) -> None:
    answer = server.change("/patients/P1/erase", {"code": "P1", "why": "asked for", **values})
    assert answer.status == 400
    assert problem in answer.text
    assert server.ask("/patients/P1").status == 200


def test_what_is_being_measured_is_stopped_first(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hemifacial.web.worker._COMMAND", SLOW)
    first = server.put("P1", "a.mp4", WORDS).values["job"]
    server.until("running", first)
    server.put("P1", "b.mp4", WORDS + b"?")
    began = time.monotonic()
    erase(server)
    assert time.monotonic() - began < 20
    assert server.jobs() == []
    assert not list((server.office.files.folder / "recordings").iterdir())
    monkeypatch.undo()
    later = server.put("P2", "c.mp4", WORDS).values["job"]  # the line goes on
    assert "not a video" in server.until("failed", later)["problem"]


def test_a_line_without_an_entry_is_kept_however_old_it_is(tmp_path: Path) -> None:
    files = Files.of(tmp_path / "clinic.db")
    done = Job(
        number=1,
        sha256="0" * 64,
        suffix=".mp4",
        patient_entry=3,
        by="anna",
        received_on="2026-01-01",
        state=State.DONE,
        result_entry=5,
    )
    failed = replace(done, number=2, state=State.FAILED, result_entry=None, sha256="1" * 64)
    jobs = Jobs(files, lambda _: 1)
    try:
        for number in range(1, 300):
            job = failed if number == 2 else done
            jobs._jobs[number] = replace(job, number=number)
        with jobs._changed:
            jobs._keep()
    finally:
        jobs.close()
    numbers = [one.number for one in read_jobs(files.jobs)]
    assert numbers == [2, *range(100, 300)]


def test_a_record_that_is_reached_by_a_link_has_one_folder_of_files(tmp_path: Path) -> None:
    record = record_with(tmp_path)
    link = tmp_path / "other.db"
    link.symlink_to(record)
    assert Files.of(link).folder == Files.of(record).folder
