"""Recordings in line: measured to the end, cancelled, failed, interrupted; whoever looks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dropped_files import small_plan
from hemifacial.case import open_record
from hemifacial.case.verifying import Verification
from hemifacial.errors import InputError
from hemifacial.twin.electro.recording import write_recording
from hemifacial.web.job import Job, State, read_jobs, write_jobs
from web_server import Served, record_with, served

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def clip(shared_data: Path) -> bytes:
    return (shared_data / "video" / "permissive" / "jefapato_2sec.mp4").read_bytes()


def entries(server: Served) -> list[str]:
    return server.office.records.run(lambda record: [one.kind for one in record.entries("P1")])


def verified(path: Path) -> Verification:
    with open_record(path) as record:
        return record.verify()


def test_a_video_is_measured_to_the_end_and_entered_while_another_waits_and_is_cancelled(
    tmp_path: Path, clip: bytes
) -> None:
    record = record_with(tmp_path)
    with served(record) as server:
        first = server.put("P1", "first%20visit.mp4", clip, "?on=2026-03-01").values["job"]
        second = server.put("P1", "second.mp4", clip + b"\0").values["job"]
        assert [one["name"] for one in server.jobs()] == ["second.mp4", "first visit.mp4"]
        running = server.until("running", first)
        assert running["result"] is None
        assert next(one for one in server.jobs() if one["number"] == second)["state"] == "waiting"
        assert server.change(f"/line/{second}/cancel", {}).status == 200
        shares = set()
        while (job := next(one for one in server.jobs() if one["number"] == first))["open"]:
            shares.add(job["share"])
            time.sleep(0.1)
        assert job["state"] == "done", job
        assert shares - {None, 0}, "no progress was told"
        assert server.jobs()[0]["state"] == "cancelled"
        assert entries(server) == ["patient", "recording", "result"]
        page = server.ask(f"/results/{job['result']}")
        assert "2026-03-01" in page.text
        assert 'sandbox="allow-scripts' in page.text
        report = server.ask(f"/results/{job['result']}/report")
        assert report.headers["content-security-policy"].startswith("sandbox")
        assert "frame-ancestors 'self'" in report.headers["content-security-policy"]
        assert "allow-same-origin" not in report.headers["content-security-policy"]
        assert "Method" in report.text
        title = re.search(r"<h1[^>]*>(.*?)</h1>", report.text, re.DOTALL)
        assert title is not None
        assert re.fullmatch(r"[0-9a-f]{12}\.mp4", title[1].strip())
        assert server.change(f"/line/{first}/again", {}).status == 400
        server.change(f"/line/{second}/again", {})
        later = server.until("done", server.jobs()[0]["number"])
        beside = f"first={later['result']}&later={job['result']}"
        assert "2026-03-01, entry" in server.ask(f"/compare?{beside}").text
        compared = server.ask(f"/compare/page?{beside}").text
        assert "Comparison of 2 videos of one patient" in compared
        assert f"2026-03-01 (entry {job['result']})" in compared
        assert server.ask(f"/compare?first={job['result']}&later=3").status == 400
        recording = server.office.records.run(lambda one: one.entries("P1")[1].body)
        assert recording.file_name == f"{recording.sha256}.mp4"  # the name was not kept
    assert verified(record).faults == ()


def test_one_that_is_being_measured_is_stopped_and_leaves_no_result(
    tmp_path: Path, clip: bytes
) -> None:
    with served(record_with(tmp_path)) as server:
        number = server.put("P1", "x.mp4", clip).values["job"]
        server.until("running", number)
        server.change(f"/line/{number}/cancel", {})
        (job,) = server.jobs()
        assert job["state"] == "cancelled"
        broken = server.put("P1", "notes.mp4", b"these are words, no video").values["job"]
        failed = server.until("failed", broken)
        assert failed["problem"]
        assert str(tmp_path) not in failed["problem"]
        assert "Traceback" not in failed["problem"]
        assert entries(server) == ["patient"]
        assert list((server.office.files.folder / "results").glob("*.hemifacial")) == []


def test_a_start_after_an_end_tells_which_were_interrupted(tmp_path: Path, clip: bytes) -> None:
    record = record_with(tmp_path)
    with served(record) as server:
        running = server.put("P1", "a.mp4", clip).values["job"]
        waiting = server.put("P1", "b.mp4", clip + b"\0").values["job"]
        server.until("running", running)
    with served(record) as server:
        jobs = {one["number"]: one for one in server.jobs()}
        assert {jobs[one]["state"] for one in (running, waiting)} == {"interrupted"}
        assert jobs[running]["problem"] == "The program ended before this recording was measured."
        assert jobs[running]["code"] == "P1"
        assert jobs[running]["again"] is True
        server.change(f"/line/{running}/again", {})
        (fresh,) = (one for one in server.jobs() if one["open"])
        server.until("running", fresh["number"])
        server.change(f"/line/{fresh['number']}/cancel", {})
        server.office.files.recording(*_place(server, waiting)).unlink()
        gone = server.change(f"/line/{waiting}/again", {})
        assert gone.status == 400
        assert "Drop the file again" in gone.values["next_step"]
    assert verified(record).faults == ()


def _place(server: Served, number: int) -> tuple[str, str]:
    (job,) = (one.job for one in server.office.jobs.all() if one.job.number == number)
    return job.sha256, job.suffix


def test_an_electrical_recording_goes_the_same_way(tmp_path: Path) -> None:
    made = write_recording(small_plan(12), tmp_path / "made").path
    with served(record_with(tmp_path)) as server:
        number = server.put("P1", made.name, made.read_bytes()).values["job"]
        job = server.until("done", number)
        entry = server.office.records.run(lambda record: record.entry(job["result"]))
        assert entry.body.provenance.method == "electro"
        assert {"lateral_spread_probability"} <= {one.quantity for one in entry.body.findings}
        assert "Electrical recording" in server.ask(f"/results/{job['result']}").text


def test_the_state_file_outlives_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "jobs.json"
    assert read_jobs(path) == ()
    for text in ("", "{", "[]", '{"jobs": [{"number": 1}]}', '{"jobs": [{"state": "odd"}]}'):
        path.write_text(text, encoding="utf-8")
        assert read_jobs(path) == ()
    job = Job(
        number=3,
        sha256="0" * 64,
        suffix=".mp4",
        patient_entry=3,
        by="anna",
        received_on="2026-01-01",
        state=State.RUNNING,
    )
    write_jobs(path, (job,))
    assert json.loads(path.read_text(encoding="utf-8"))["jobs"][0]["state"] == "running"
    (back,) = read_jobs(path)
    assert back.state is State.INTERRUPTED


def test_a_state_file_that_is_refused_does_not_stop_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread of the line lives on; it once died here, and every later recording waited."""
    with served(record_with(tmp_path)) as server:

        def full(path: Path, jobs: tuple[Job, ...]) -> None:
            if any(one.state is State.RUNNING for one in jobs):
                cause = OSError(28, "No space left on device")
                raise InputError(f"{path}: cannot be written") from cause

        with monkeypatch.context() as patched:
            patched.setattr("hemifacial.web.jobs.write_jobs", full)
            number = server.put("P1", "a.mp4", b"anything").values["job"]
            job = server.until("failed", number)
            assert "No space left on device" in job["problem"]
            assert str(tmp_path) not in job["problem"]
        again = server.put("P1", "words.mp4", b"words").values["job"]
        assert "not a video" in server.until("failed", again)["problem"]

        def none(*_: object) -> None:
            raise InputError("cannot be written")

        with monkeypatch.context() as patched:
            patched.setattr("hemifacial.web.jobs.write_jobs", none)
            assert server.put("P1", "b.mp4", b"more words").status == 400
        assert "b.mp4" not in [one["name"] for one in server.jobs()]  # as it was told


PRINTING = """
import os, subprocess, sys
from hemifacial.web import measuring
def measure(asked, told):
    os.write(1, b"a library greets\\n")
    print("another one")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(200)"])
    open(sys.argv[1], "w").write(str(child.pid))
measuring._measure = measure
measuring.main()
"""


def test_what_others_print_and_children_that_live_on_do_not_reach_who_listens(
    tmp_path: Path,
) -> None:
    """A child that held the pipe open kept the line waiting, though its recording was measured."""
    process = subprocess.Popen(
        [sys.executable, "-c", PRINTING, str(tmp_path / "child")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(json.dumps({"recording": "a", "folder": "b"}) + "\n")
        process.stdin.flush()
        lines = process.stdout.readlines()
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    os.kill(child, signal.SIGTERM)  # it was still there: nobody waited for it
    assert [json.loads(one) for one in lines] == [{"ok": True}]


def test_a_disk_that_refuses_does_not_stop_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(record_with(tmp_path)) as server:

        def refuse(*_: object) -> int:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(server.office.jobs, "_measured", refuse)
            number = server.put("P1", "a.mp4", b"anything").values["job"]
            server.until("failed", number)
        job = server.until("failed", number)
        assert "No space left on device" in job["problem"]
        assert str(tmp_path) not in job["problem"]
        again = server.put("P1", "words.mp4", b"words").values["job"]
        assert "not a video" in server.until("failed", again)["problem"]
