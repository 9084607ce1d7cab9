"""A batch: its manifest, blinding, going on, faults of single files, the table, the command."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import CommandLine
from hemifacial.commands.batch.one import Settings
from hemifacial.commands.batch.run import Batch, key_path, run
from hemifacial.commands.batch.tables import PROBLEMS, TABLE
from hemifacial.errors import InputError, UsageError
from hemifacial.face.measure import Options
from hemifacial.findings import Result
from hemifacial.formats.manifest import Entry, blinded, read_key, read_manifest, write_key
from hemifacial.formats.result_folder import read_result
from whole_face import WholeFace

PLAIN = Settings(stills=False)
BLIND = Settings(stills=False, blind=True)


def manifest(folder: Path, *lines: str, header: str = "file\tsubject\tvisit") -> Path:
    path = folder / "manifest.tsv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


# -- manifest and key --------------------------------------------------------------------------


def test_manifest_is_read(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "a.mp4\tP 01\tbefore\tyes\tp.tsv\tBonn",
        "sub/b.mp4\tP02\tafter\t\tn/a\t",
        header="file\tsubject\tvisit\tmirrored\tphases\tclinic",
    )
    first, second = read_manifest(path)
    assert first.recording == "P-01_before"
    assert (first.file, first.phases) == (tmp_path / "a.mp4", tmp_path / "p.tsv")
    assert first.mirrored
    assert first.others == {"clinic": "Bonn"}
    assert (second.file, second.phases, second.mirrored) == (tmp_path / "sub/b.mp4", None, False)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a.mp4\t\t1"], "line 2: subject is empty"),
        (["a.mp4\tA"], "line 2: the row does not have as many cells as the header"),
        (["a.mp4\tA\t1", "b.mp4\tA\t1"], "A_1 (subject and visit) stands 2 times"),
        (["a.mp4\t../A\t1", "b.mp4\tA\t1"], "A_1 (subject and visit) stands 2 times"),
        ([], "it names no recording"),
    ],
)
def test_bad_manifest_names_its_rows(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_manifest(manifest(tmp_path, *lines))
    assert said in str(caught.value)
    assert "manifest.tsv" in str(caught.value)


def test_mirrored_is_yes_or_no(tmp_path: Path) -> None:
    path = manifest(tmp_path, "a.mp4\tA\t1\tmaybe", header="file\tsubject\tvisit\tmirrored")
    with pytest.raises(InputError, match="mirrored is 'maybe', not yes or no"):
        read_manifest(path)


def test_manifest_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the column visit is missing"):
        read_manifest(manifest(tmp_path, header="file\tsubject"))


def test_folder_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    (entry,) = read_manifest(manifest(tmp_path, "a.mp4\t../../etc\tv/1"))
    assert "/" not in entry.recording
    assert not entry.recording.startswith(".")


def entries(count: int) -> list[Entry]:
    return [
        Entry(recording=f"S{n}_1", file=Path(f"{n}.mp4"), subject=f"S{n}", visit="1")
        for n in range(count)
    ]


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_blinding_loses_nobody_and_is_the_same_for_a_seed(seed: int, count: int) -> None:
    hidden = blinded(entries(count), seed=seed)
    assert hidden == blinded(entries(count)[::-1], seed=seed)
    assert {entry.subject for entry in hidden} == {f"S{n}" for n in range(count)}
    assert len({entry.recording for entry in hidden}) == count
    assert [entry.recording for entry in hidden] == sorted(entry.recording for entry in hidden)
    others = [replace(entry, subject=f"T{entry.subject}") for entry in entries(count)]
    told_by_names = {entry.recording for entry in blinded(others, seed=seed)}
    assert told_by_names == {entry.recording for entry in hidden}


def test_order_is_that_of_chance() -> None:
    """Who comes first is spread over all, whatever the order of the manifest."""
    first = Counter(blinded(entries(4), seed=seed)[0].subject for seed in range(400))
    assert set(first) == {"S0", "S1", "S2", "S3"}
    assert min(first.values()) > 60


def test_key_keeps_names_that_were_given(tmp_path: Path) -> None:
    hidden = blinded(entries(3), seed=1)
    write_key(tmp_path / "key.tsv", hidden)
    known = read_key(tmp_path / "key.tsv")
    later = blinded(entries(5), seed=99, key=known)
    names = {entry.subject: entry.recording for entry in later}
    assert all(names[entry.subject] == entry.recording for entry in hidden)
    assert len(set(names.values())) == 5


def test_something_else_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "key.tsv"
    path.write_text("recording\tfile\tsubject\tvisit\n../x\ta\tA\t1\n", encoding="utf-8")
    with pytest.raises(InputError, match="not the key of a blinded batch"):
        read_key(path)


# -- the batch, with a stand-in for the measurement --------------------------------------------


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files measured; the contents of a file say how it goes."""
    names: list[str] = []
    lock = threading.Lock()

    def measure(path: Path, options: Options, *, sha256: str, progress: object = None) -> Result:
        with lock:
            names.append(path.name)
        text = path.read_text(encoding="utf-8")
        if text.startswith("broken"):
            raise InputError(f"{path}: not a video", next_step="Record it again.")
        if text.startswith("fault"):
            raise ZeroDivisionError("nobody thought of this")
        face = WholeFace(seconds=30, rate_hz=30)
        for k in range(int(text)):
            face.spasm("right", 2 + 4.0 * k)
        made: dict[str, Any] = {"input_sha256": sha256, "recorded_at": "2026-01-01T09:00:00"}
        result = face.result(path.name, **made)
        parameters = {**result.provenance.parameters, "mirrored": options.mirrored}
        return replace(result, provenance=replace(result.provenance, parameters=parameters))

    monkeypatch.setattr("hemifacial.face.measure.measure", measure)
    return names


def in_threads(path: Path, out: Path, settings: Settings = PLAIN, **more: Any) -> Batch:
    with ThreadPoolExecutor(2) as pool:
        return run(path, out, settings, executor=pool, **more)


def three(folder: Path) -> Path:
    for name, text in (("a.mp4", "2"), ("b.mp4", "0"), ("c.mp4", "5")):
        (folder / name).write_text(text, encoding="utf-8")
    return manifest(
        folder,
        "a.mp4\tA\tbefore\tBonn",
        "b.mp4\tA\tafter\tBonn",
        "c.mp4\tB\tbefore\tLima",
        header="file\tsubject\tvisit\tclinic",
    )


def test_one_row_a_finding(tmp_path: Path, measured: list[str]) -> None:
    done = in_threads(three(tmp_path), tmp_path / "out")
    assert sorted(measured) == ["a.mp4", "b.mp4", "c.mp4"]
    assert [one.entry.recording for one in done.outcomes] == ["A_before", "A_after", "B_before"]
    rows = table(tmp_path / "out" / TABLE)
    counts = {
        (row["subject"], row["visit"], row["clinic"]): row["value"]
        for row in rows
        if (row["quantity"], row["side"], row["phase"]) == ("spasm_count", "right", "n/a")
    }
    assert counts == {
        ("A", "before", "Bonn"): "2", ("A", "after", "Bonn"): "0", ("B", "before", "Lima"): "5",
    }  # fmt: skip
    expected = sum(len(read_result(one.folder).findings) for one in done.outcomes)
    assert len(rows) == expected
    assert len({row["criteria_sha256"] for row in rows}) == 1
    assert {row["method_version"] for row in rows} == {
        WholeFace().result().provenance.method_version
    }
    assert all(row["value"] == "n/a" for row in rows if row["status"] != "measured")


def test_run_again_keeps_what_stands(tmp_path: Path, measured: list[str]) -> None:
    path = three(tmp_path)
    in_threads(path, tmp_path / "out")
    before = (tmp_path / "out" / TABLE).read_text(encoding="utf-8")
    measured.clear()
    done = in_threads(path, tmp_path / "out")
    assert measured == []
    assert all(one.was_kept for one in done.outcomes)
    assert (tmp_path / "out" / TABLE).read_text(encoding="utf-8") == before


@pytest.mark.parametrize("what", ["mirrored", "criteria", "phases", "version"])
def test_what_was_measured_otherwise_is_measured_again(
    tmp_path: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    (tmp_path / "a.mp4").write_text("2", encoding="utf-8")
    header = "file\tsubject\tvisit\tmirrored\tphases"
    path = manifest(tmp_path, "a.mp4\tA\t1\tno\tn/a", header=header)
    in_threads(path, tmp_path / "out")
    settings = PLAIN
    if what == "mirrored":
        manifest(tmp_path, "a.mp4\tA\t1\tyes\tn/a", header=header)
    elif what == "phases":
        (tmp_path / "p.tsv").write_text("onset\tduration\tphase\n0\t20\trest\n", encoding="utf-8")
        manifest(tmp_path, "a.mp4\tA\t1\tno\tp.tsv", header=header)
    elif what == "version":
        monkeypatch.setattr("hemifacial.commands.batch.one.METHOD_VERSION", "99")
    else:
        own = tmp_path / "own.tsv"
        own.write_text(
            "name\tvalue\tunit\tmeaning\tsource\tverified\n"
            "burst_gap_s\t0.7\ts\tgap\tour clinic\tyes\n",
            encoding="utf-8",
        )
        settings = replace(PLAIN, own_criteria=own)
    measured.clear()
    done = in_threads(path, tmp_path / "out", settings)
    assert measured == ["a.mp4"]
    assert not done.outcomes[0].was_kept
    if what == "phases":
        measured.clear()
        assert in_threads(path, tmp_path / "out").outcomes[0].was_kept
        rows = table(tmp_path / "out" / TABLE)
        assert {row["phase"] for row in rows} == {"n/a", "rest", "unassigned"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("broken", "not a video"),
        ("fault", "a fault of the program: ZeroDivisionError"),
        (None, "not exist"),
    ],
)
def test_one_bad_file_does_not_stop_the_rest(
    tmp_path: Path, measured: list[str], text: str | None, said: str
) -> None:
    path = three(tmp_path)
    if text is None:
        (tmp_path / "b.mp4").unlink()
    else:
        (tmp_path / "b.mp4").write_text(text, encoding="utf-8")
    done = in_threads(path, tmp_path / "out")
    assert [one.entry.recording for one in done.failed] == ["A_after"]
    assert said in done.failed[0].problem
    rows = table(tmp_path / "out" / TABLE)
    assert {row["recording"] for row in rows} == {"A_before", "B_before"}
    (told,) = table(tmp_path / "out" / PROBLEMS)
    assert (told["subject"], told["visit"]) == ("A", "after")
    assert said in told["problem"]
    (tmp_path / "b.mp4").write_text("1", encoding="utf-8")
    measured.clear()
    assert in_threads(path, tmp_path / "out").failed == ()
    assert measured == ["b.mp4"]
    assert not (tmp_path / "out" / PROBLEMS).exists()


def test_blinded_batch_tells_nobody(tmp_path: Path, measured: list[str]) -> None:
    path = three(tmp_path)
    (tmp_path / "b.mp4").write_text("broken", encoding="utf-8")
    out = tmp_path / "reading"
    done = in_threads(path, out, BLIND, seed=5)
    key = read_key(key_path(out))
    assert key_path(out).parent == tmp_path
    assert set(key) == {("A", "before"), ("A", "after"), ("B", "before")}
    everything = "\n".join(
        file.read_text(encoding="utf-8", errors="replace")
        for file in out.rglob("*")
        if file.is_file()
    )
    for telling in ("a.mp4", "b.mp4", "c.mp4", "Bonn", "Lima", "2026-01-01"):
        assert telling not in everything
    assert {folder.name.removesuffix(".hemifacial") for folder in out.glob("*.hemifacial")} == {
        one.entry.recording for one in done.outcomes if not one.problem
    }
    measured.clear()
    again = in_threads(path, out, BLIND, seed=77)
    assert measured == ["b.mp4"]
    assert [one.entry.recording for one in again.outcomes] == [
        one.entry.recording for one in done.outcomes
    ]


def test_progress_counts_to_the_end(tmp_path: Path, measured: list[str]) -> None:
    seen: list[tuple[float, float | None]] = []
    in_threads(
        three(tmp_path), tmp_path / "out", report=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_no_jobs_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--jobs is 0"):
        run(three(tmp_path), tmp_path / "out", PLAIN, jobs=0)


def _die(*_: object) -> None:
    os._exit(9)


def test_process_that_dies_takes_nobody_along(tmp_path: Path, monkeypatch: Any) -> None:
    """Every process dies, as when memory runs out; each is told of by itself, and we go on."""
    monkeypatch.setattr("hemifacial.commands.batch.processes.measure_one", _die)
    done = run(three(tmp_path), tmp_path / "out", PLAIN, jobs=2)
    assert len(done.failed) == 3
    assert all("stopped by the system" in one.problem for one in done.failed)
    assert table(tmp_path / "out" / TABLE) == []


# -- the command, on real recordings -----------------------------------------------------------


@pytest.mark.timeout(300)
def test_command_on_real_recordings(
    tmp_path: Path, shared_data: Path, hemifacial: CommandLine
) -> None:
    clips = shared_data / "video" / "permissive"
    (tmp_path / "bad.mp4").write_bytes(b"not a video")
    path = manifest(
        tmp_path,
        f"{clips / 'pyfeat_single_face.mp4'}\tA\t1",
        "bad.mp4\tB\t1",
    )
    ended = hemifacial("batch", path, "--out", tmp_path / "out", "--without-stills")
    assert ended.status == 1
    assert ended.out.strip().endswith("findings.tsv")
    assert "1 measured, 0 kept from before, 1 not measured" in ended.err
    assert "B_1: " in ended.err
    assert "1 of 2 recordings could not be measured" in ended.err
    assert "Traceback" not in ended.err
    rows = table(tmp_path / "out" / "findings.tsv")
    frames = next(row for row in rows if row["quantity"] == "recording_duration")
    assert float(frames["value"]) == pytest.approx(2.4, abs=0.1)
    manifest(tmp_path, f"{clips / 'pyfeat_single_face.mp4'}\tA\t1")
    again = hemifacial("batch", path, "--out", tmp_path / "out", "--without-stills", "--json")
    assert again.status == 0, again.err
    told = json.loads(again.out)
    assert [one["kept"] for one in told["recordings"]] == [True]
    assert told["key"] is None


def test_command_with_a_bad_manifest_is_bad_input(tmp_path: Path, hemifacial: CommandLine) -> None:
    ended = hemifacial("batch", manifest(tmp_path, "a.mp4\t\t1"), "--out", tmp_path / "out")
    assert ended.status == 3
    assert "subject is empty" in ended.err
    assert not (tmp_path / "out").exists()


def test_phases_of_the_command_are_checked_before_the_work(
    tmp_path: Path, shared_data: Path, hemifacial: CommandLine
) -> None:
    phases = tmp_path / "phases.tsv"
    phases.write_text("onset\tduration\tphase\n0\t1\tgrin\n", encoding="utf-8")
    clip = shared_data / "video" / "permissive" / "jefapato_2sec.mp4"
    ended = hemifacial("face", clip, "--out", tmp_path / "out", "--phases", phases)
    assert ended.status == 3
    assert "'grin' is not a phase" in ended.err
    assert not (tmp_path / "out").exists()


def test_blinded_batch_does_not_name_a_table_of_phases(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("any", encoding="utf-8")
    phases = tmp_path / "MUELLER.tsv"
    phases.write_text("onset\tduration\tphase\n0\t3\tsleep\n", encoding="utf-8")
    path = manifest(
        tmp_path, "a.mp4\tA\tbefore\tMUELLER.tsv", header="file\tsubject\tvisit\tphases"
    )
    done = in_threads(path, tmp_path / "reading", BLIND, seed=5)
    (failed,) = done.failed
    assert "sleep" in failed.problem
    for text in (failed.problem, (tmp_path / "reading/not_measured.tsv").read_text("utf-8")):
        assert "MUELLER" not in text


ORPHAN = """
import sys, time
from pathlib import Path
from hemifacial.commands.batch.processes import pool

def wait(path):
    import os
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)

if __name__ == "__main__":
    with pool(1) as started:
        started.submit(wait, sys.argv[1]).result()
"""


def test_a_batch_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script, told = tmp_path / "orphan.py", tmp_path / "pid"
    script.write_text(ORPHAN, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script), str(told)]) as running:
        assert _soon(lambda: told.is_file() and told.read_text("utf-8") != "", within_s=40)
        running.kill()
    worker = int(told.read_text("utf-8"))
    assert _soon(lambda: not _is_alive(worker), within_s=10)


def _soon(holds: Callable[[], bool], *, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")  # one that ended and that nobody waited for is no more
    return not (state.is_file() and state.read_text("utf-8").rpartition(")")[2].split()[0] == "Z")
