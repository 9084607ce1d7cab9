"""The command line: results to stdout, the rest to stderr, exit status, no traceback, no crumbs."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from command_line import CommandLine
from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.formats.events_table import write_events
from hemifacial.formats.result_folder import write_result
from hemifacial.formats.review_file import write_review
from hemifacial.formats.signals_table import write_signals
from results import event, small_result
from video_making import jpeg, make_sound, make_video

PAGES: dict[str, str | bytes] = {"report.html": "old", "figures/timeline.svg": "<svg/>"}
DATA = Path(__file__).parent / "data"


def test_help_answers_within_three_tenths_of_a_second() -> None:
    """Processor time, median of ten whole processes: what else the machine does is no matter."""
    took_s = []
    for _ in range(10):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "hemifacial", "--help"], capture_output=True, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert b"Measure hemifacial spasm" in done.stdout
    assert median(took_s) < 0.3


def test_version(hemifacial: CommandLine) -> None:
    assert hemifacial("--version").out == f"{__version__}\n"


def test_every_command_has_its_help(hemifacial: CommandLine) -> None:
    for words in (["face"], ["review"], ["check"], ["score"], ["twin"], ["twin", "face"], ["demo"]):
        ended = hemifacial(*words, "--help")
        assert ended.status == 0
        assert "Usage: hemifacial " + " ".join(words) in ended.out


@pytest.mark.parametrize("words", [["nonsense"], ["face"], ["score", "only-one"], ["face", "--x"]])
def test_wrong_usage_is_two(hemifacial: CommandLine, words: list[str]) -> None:
    ended = hemifacial(*words)
    assert ended.status == 2
    assert "Traceback" not in ended.err


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no video of a face, and a word of what should be said of each."""
    make_video(folder / "whole.mp4", 30)
    whole = (folder / "whole.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "photo.mp4").write_bytes(jpeg(1))
    (folder / "text.mp4").write_text("this is not a video")
    make_sound(folder / "sound.mp4")
    return {
        "truncated": (folder / "cut.mp4", "cut"),
        "zero bytes": (folder / "empty.mp4", "empty"),
        "audio only": (folder / "sound.mp4", "sound"),
        "a JPEG": (folder / "photo.mp4", "still"),
        "text": (folder / "text.mp4", "video"),
        "no face": (folder / "whole.mp4", "no face in any of its 30 frames"),
        "missing": (folder / "none.mp4", "none.mp4"),
        "a folder": (folder, str(folder.name)),
    }


@pytest.mark.parametrize(
    "kind",
    ["truncated", "zero bytes", "audio only", "a JPEG", "text", "no face", "missing", "a folder"],
)
def test_bad_input_is_three_with_one_message_and_no_crumbs(
    hemifacial: CommandLine, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    path, word = bad_files(tmp_path / "in")[kind]
    ended = hemifacial("face", path, "--out", tmp_path / "out" / "result")
    assert ended.status == 3, ended.err
    assert ended.out == ""
    assert ended.err.startswith("hemifacial: ")
    assert word in ended.err
    assert ended.err.count("Next:") == 1
    assert "Traceback" not in ended.err
    assert list((tmp_path / "out").iterdir()) == []


def test_bad_input_in_a_process_of_its_own(tmp_path: Path) -> None:
    path, _ = bad_files(tmp_path)["zero bytes"]
    done = subprocess.run(
        [sys.executable, "-m", "hemifacial", "face", str(path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.hemifacial"))


def test_missing_model_says_the_one_command_that_brings_it(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    make_video(tmp_path / "a.mp4", 5)
    (tmp_path / "model.task").write_bytes(b"other")
    ended = hemifacial("face", tmp_path / "a.mp4", "--model", tmp_path / "model.task")
    assert ended.status == 2
    assert "model.task" in ended.err
    assert "Traceback" not in ended.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result folder made from real signals of nothing much."""
    from hemifacial.face.detect import detect
    from hemifacial.face.summary import METHOD_VERSION, summarise
    from hemifacial.findings import Result
    from test_face_detect import CRITERIA, Face

    face = Face().move("mouth_corner_excursion", "right", 2.0, 0.2, 4.0)
    signals = face.move("mouth_corner_excursion", "right", 6.0, 0.2, 4.0).signals()
    for name in signals.data_vars:
        signals[name].attrs |= {"unit": "mm", "side": "n/a", "site": "n/a"} | signals[name].attrs
        signals[name].attrs.setdefault("quantity", "state")
    events = detect(signals, CRITERIA)
    result = Result(
        provenance=small_result().provenance.__class__(
            **{
                **{
                    name: getattr(small_result().provenance, name)
                    for name in small_result().provenance.__dataclass_fields__
                },
                "parameters": {"criteria": CRITERIA.values()},
                "method_version": METHOD_VERSION,
            }
        ),
        findings=summarise(signals, events, CRITERIA),
        events=events,
        signals={"face": signals},
    )
    write_result(tmp_path / "r", result, recording_duration_s=10.0, pages=PAGES)
    return tmp_path / "r"


def corrections_for(folder: Path, path: Path) -> None:
    from hemifacial.formats.result_folder import read_result

    result = read_result(folder)
    line = Correction(
        action=Action.REJECT,
        before=result.events[0],
        after=None,
        who="Dr Example",
        when="2026-11-22T14:00:00+00:00",
        why="chewing",
    )
    write_review(path, result.provenance, [line])


def test_review_changes_the_findings_and_stays(
    hemifacial: CommandLine, folder: Path, tmp_path: Path
) -> None:
    def spasms(said: str) -> float:
        (one,) = [
            f["value"]
            for f in json.loads(said)["findings"]
            if f["quantity"] == "spasm_count" and f["side"] == "right"
        ]
        return float(one)

    assert spasms(hemifacial("review", folder, "--json").out) == 2
    corrections_for(folder, tmp_path / "download.json")
    ended = hemifacial("review", folder, "--corrections", tmp_path / "download.json", "--json")
    assert ended.status == 0
    assert spasms(ended.out) == 1
    assert "1 corrections stand" in ended.err
    assert spasms(hemifacial("review", folder, "--json").out) == 1
    assert "chewing" in (folder / "report.html").read_text()
    assert hemifacial("check", folder).status == 0


def test_check_finds_what_was_edited(hemifacial: CommandLine, folder: Path) -> None:
    assert hemifacial("check", folder).status == 0
    table = folder / "events.tsv"
    table.write_text(table.read_text().replace("spasm_clonic", "wink"))
    ended = hemifacial("check", folder)
    assert ended.status == 1
    assert "unknown trial_type 'wink'" in ended.out


@pytest.mark.parametrize("name", ["events.json", "report.html", "figures/timeline.svg"])
def test_check_names_the_file_that_is_missing(
    hemifacial: CommandLine, folder: Path, name: str
) -> None:
    (folder / name).unlink()
    ended = hemifacial("check", folder, "--json")
    assert ended.status == 1
    assert json.loads(ended.out) == {
        "folder": str(folder),
        "mistakes": [f"{folder}: {name} is missing"],
    }


def test_check_names_every_missing_file_once(hemifacial: CommandLine, tmp_path: Path) -> None:
    ended = hemifacial("check", tmp_path)
    names = "findings.json events.tsv events.json report.html"  # those of every method
    assert ended.out == "".join(f"{tmp_path}: {name} is missing\n" for name in names.split())


def change_findings(folder: Path, change: Callable[[Any], object]) -> None:
    document = json.loads((folder / "findings.json").read_text())
    change(document)
    (folder / "findings.json").write_text(json.dumps(document))


def without_signals(folder: Path) -> str:
    (folder / "face.parquet").unlink()
    return "face.parquet is missing"


def without_criteria(folder: Path) -> str:
    change_findings(folder, lambda document: document["provenance"]["parameters"].clear())
    return "does not state the criteria"


def with_another_table(folder: Path) -> str:
    write_signals(folder / "face.parquet", small_result().signals["face"])
    return "face.parquet does not hold what findings need"


@pytest.mark.parametrize("spoil", [without_signals, without_criteria, with_another_table])
def test_a_folder_that_lacks_what_findings_are_made_of_is_refused_with_a_word(
    hemifacial: CommandLine, folder: Path, spoil: Callable[[Path], str]
) -> None:
    said = spoil(folder)
    checked = hemifacial("check", folder)
    assert (checked.status, checked.out.count(said)) == (1, 1)
    for words in (["review", folder], ["score", DATA / "score_truth.tsv", folder]):
        ended = hemifacial(*words)
        assert ended.status == 3
        assert said in ended.err
        assert "Next: Measure the recording again" in ended.err


def test_check_makes_the_findings_anew(hemifacial: CommandLine, folder: Path) -> None:
    def more_spasms(document: Any) -> None:
        for one in document["findings"]:
            if (one["quantity"], one["side"]) == ("spasm_count", "right"):
                one["value"] += 1

    change_findings(folder, more_spasms)
    ended = hemifacial("check", folder)
    assert ended.status == 1
    assert (
        "findings.json does not follow from events.tsv and face.parquet: "
        "spasm_count (right) is 3, made anew 2"
    ) in ended.out
    change_findings(folder, lambda document: document["provenance"].update(method_version="0.0"))
    assert hemifacial("check", folder).status == 0  # another version may have counted otherwise


def test_check_finds_an_event_that_was_taken_out(hemifacial: CommandLine, folder: Path) -> None:
    table = folder / "events.tsv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:-1]) + "\n")
    assert "does not follow from events.tsv" in hemifacial("check", folder).out


def test_the_folder_of_the_contract_page_can_be_checked(
    hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (DATA.parents[1] / "docs" / "contract.md").read_text(encoding="utf-8")
    exec(page.split("```python\n")[1].split("```")[0], {})
    ended = hemifacial("check", "visit1.hemifacial")
    assert ended.status == 1
    assert "report.html is missing" in ended.out


def test_an_interrupt_says_what_was_written(
    hemifacial: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hemifacial.commands.check.check", interrupted)
    ended = hemifacial("check", folder)
    assert (ended.status, ended.out) == (130, "")
    assert "hemifacial: stopped; " in ended.err
    assert "what was not finished was not written" in ended.err


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_reader_that_has_gone_is_no_error(form: list[str]) -> None:
    command = [sys.executable, "-m", "hemifacial", "score"]
    command += [str(DATA / "score_truth.tsv"), str(DATA / "score_found.tsv"), *form]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait() == 0


@pytest.mark.parametrize("duration", ["0", "-3", "nan", "inf"])
def test_score_refuses_a_recording_without_length(hemifacial: CommandLine, duration: str) -> None:
    ended = hemifacial(
        "score", DATA / "score_truth.tsv", DATA / "score_found.tsv", f"--duration={duration}"
    )
    assert ended.status == 2
    assert f"--duration is {float(duration):g} s" in ended.err


def test_score_refuses_two_recordings_of_different_length(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    words: list[object] = ["score"]
    for name, length_s in (("truth", 60.0), ("found", 61.5)):
        write_events(tmp_path / f"{name}.tsv", [event()], recording_duration_s=length_s)
        words.append(tmp_path / f"{name}.tsv")
    ended = hemifacial(*words)
    assert ended.status == 3
    assert f"{words[1]} states a recording of 60 s, {words[2]} one of 61.5 s" in ended.err
    assert hemifacial(*words, "--duration", 60).status == 0
    write_events(tmp_path / "found.tsv", [event()], recording_duration_s=60.9)
    assert hemifacial(*words).status == 0


@pytest.mark.parametrize("out", [".", "r/..", "../in"])
def test_the_folder_of_the_video_is_not_replaced(
    hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    Path("visit.mp4").write_bytes(b"a video, were it read")
    ended = hemifacial("face", "visit.mp4", "--out", out)
    assert ended.status == 2
    assert "holds the input visit.mp4, which the result must not replace" in ended.err
    assert [path.name for path in Path().iterdir()] == ["visit.mp4"]


def test_a_current_folder_with_other_things_is_refused_before_any_work(
    hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visit.mp4").write_bytes(b"a video, were it read")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("notes.txt").write_text("mine")
    ended = hemifacial("face", "../visit.mp4", "--out", ".")
    assert ended.status == 2
    assert "it holds notes.txt, which would be removed" in ended.err
    assert Path("notes.txt").read_text() == "mine"


def test_score_as_table_and_as_json(hemifacial: CommandLine) -> None:
    words = ["score", DATA / "score_truth.tsv", DATA / "score_found.tsv", "--duration", 600]
    table = hemifacial(*words)
    assert table.status == 0
    assert "Found, with the right side" in table.out
    document = json.loads(hemifacial(*words, "--json").out)
    families = {row["tally"]["name"]: row for row in document["families"]}
    assert "spasm" in families
    only = json.loads(hemifacial(*words, "--json", "--family", "spasm").out)
    assert [row["tally"]["name"] for row in only["families"]] == ["spasm"]


def test_score_refuses_an_unknown_family(hemifacial: CommandLine) -> None:
    ended = hemifacial(
        "score", DATA / "score_truth.tsv", DATA / "score_found.tsv", "--family", "winks"
    )
    assert ended.status == 2
    assert "events of the family 'winks' cannot be scored" in ended.err


def test_score_of_a_folder_takes_its_corrected_events(
    hemifacial: CommandLine, folder: Path, tmp_path: Path
) -> None:
    write_events(
        tmp_path / "truth.tsv",
        [event("t1", onset_s=6.0, side=Side.RIGHT)],
        recording_duration_s=10.0,
    )

    def false_spasms() -> int:
        said = hemifacial(
            "score", tmp_path / "truth.tsv", folder, "--json", "--family", "spasm"
        ).out
        precision = json.loads(said)["families"][0]["tally"]["precision"]
        return int(precision["n"] - precision["k"])

    assert false_spasms() == 1
    corrections_for(folder, tmp_path / "review.json")
    hemifacial("review", folder, "--corrections", tmp_path / "review.json")
    assert false_spasms() == 0


def test_terminal_shows_sides_and_where_the_report_lies(
    hemifacial: CommandLine, folder: Path
) -> None:
    ended = hemifacial("review", folder)
    assert "sides are the patient's own" in ended.out
    assert str(folder / "report.html") in ended.out
    assert "\x1b[" not in ended.out


def test_brackets_in_a_name_are_no_markup(
    hemifacial: CommandLine, folder: Path, tmp_path: Path
) -> None:
    change_findings(folder, lambda found: found["provenance"].update(input_name="a[/b] [red].mp4"))
    table = folder / "events.tsv"
    table.write_text(table.read_text().replace("e0001", "[red]e[/x]"))
    ended = hemifacial("review", folder)
    assert ended.status == 0, ended.err
    assert "a[/b] [red].mp4: sides" in ended.out
    assert "[red]e[/x]" in ended.out


def test_what_limits_a_recording_stands_above_the_table(folder: Path, capsys: Any) -> None:
    from dataclasses import replace

    from hemifacial import terminal
    from hemifacial.formats.result_folder import read_result

    result = read_result(folder)
    limited = replace(result.findings[0], quality="limited", note="The picture is [very] dark.")
    terminal.print_result(replace(result, findings=(limited,)), folder)
    assert capsys.readouterr().out.startswith("The picture is [very] dark.\n")


def test_two_people_who_sign_at_once_lose_no_line(folder: Path, tmp_path: Path) -> None:
    from hemifacial.formats.result_folder import read_corrections, read_result

    result = read_result(folder)
    runs = []
    for number in range(2):
        line = Correction(
            action=Action.ADD,
            before=None,
            after=event(f"n{number}", onset_s=0.5 + number, peak_time_s=None),
            who=f"Reader {number}",
            when="2026-11-22T14:00:00+00:00",
        )
        write_review(tmp_path / f"{number}.json", result.provenance, [line])
        words = ["review", str(folder), "--corrections", str(tmp_path / f"{number}.json")]
        command = [sys.executable, "-m", "hemifacial", *words]
        runs.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [run.wait() for run in runs] == [0, 0]
    standing = read_corrections(folder, result.provenance)
    assert {line.who for line in standing} == {f"Reader {n}" for n in range(2)}
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("command", ["review", "check"])
def test_an_interrupted_exchange_is_put_back_before_reading(
    hemifacial: CommandLine, folder: Path, command: str
) -> None:
    folder.rename(folder.with_name(".r.previous"))
    assert hemifacial(command, folder).status == 0
    assert (folder / "findings.json").is_file()
    assert not folder.with_name(".r.previous").exists()


def test_a_pipe_is_refused_and_not_waited_for(hemifacial: CommandLine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    ended = hemifacial("face", tmp_path / "pipe.mp4", "--out", tmp_path / "r")
    assert ended.status == 3
    assert "is a device or a pipe" in ended.err


@pytest.mark.parametrize(
    ("out", "status", "said"),
    [
        ("", 2, "the name is empty"),
        ("visit.mp4/x", 3, "visit.mp4 is a file, not a folder"),
        ("n" * 300, 3, "File name too long"),
        ("new/" + "n" * 300, 3, "File name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_the_work(
    hemifacial: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    out: str,
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("visit.mp4").write_bytes(b"a video, were it read")
    ended = hemifacial("face", "visit.mp4", "--out", out)
    assert (ended.status, ended.out) == (status, "")
    assert said in ended.err
    assert [path.name for path in Path().iterdir()] == ["visit.mp4"]


def test_a_broken_review_is_found_before_the_work(
    hemifacial: CommandLine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "visit.mp4").write_bytes(b"a video, were it read")
    sha = json.loads((folder / "findings.json").read_text())["provenance"]["input_sha256"]
    monkeypatch.setattr("hemifacial.commands.face.sha256_of", lambda _: sha)
    (folder / "review.json").write_text("{")
    ended = hemifacial("face", tmp_path / "visit.mp4", "--out", folder)
    assert ended.status == 3
    assert "review.json: not a JSON file" in ended.err


def test_a_terminal_that_lacks_a_letter_still_gets_an_answer(folder: Path) -> None:
    change_findings(folder, lambda found: found["provenance"].update(input_name="visité.mp4"))
    surroundings = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    for form in (["--json"], []):
        command = [sys.executable, "-m", "hemifacial", "review", str(folder), *form]
        done = subprocess.run(command, capture_output=True, env=surroundings, check=True)
        if form:
            assert json.loads(done.stdout)["provenance"]["input_name"] == "visité.mp4"
        else:
            assert b"visit\\xe9.mp4" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_a_full_disk_behind_stdout_is_one_message() -> None:
    command = [sys.executable, "-m", "hemifacial", "score", "--json"]
    command += [str(DATA / "score_truth.tsv"), str(DATA / "score_found.tsv"), "--duration=600"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(b"hemifacial: the output: No space left on device\n  Next:")
    assert done.stderr.count(b"\n") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed=-1"], "seed is -1"),
        (["--smallest-mm=inf"], "above 0 and up to 30 mm"),
        (["--smallest-mm=1e300"], "above 0 and up to 30 mm"),
        (["--out=new/planted.txt"], "new/planted.txt: the ending '.txt'"),
        (["--out=face.png"], "face.png: the ending '.png'"),
        (["--out=plan.mp4", "--plan=plan.mp4"], "the plan plan.mp4 would be replaced"),
        (["--out=base.mp4"], "base.mp4: is the base itself"),
        (["--out=other.mp4"], "other.mp4: is there already"),
        (["--out=rated/new.mp4"], "rated/truth_events.tsv: is there already"),
    ],
)
def test_planting_refuses_before_the_work(
    hemifacial: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_events(Path("plan.mp4"), [event(sites=("zygomaticus_major",))])
    Path("rated").mkdir()
    write_events(Path("rated/truth_events.tsv"), [event()])
    for name in ("base.mp4", "other.mp4"):
        Path(name).write_bytes(jpeg(1))
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    ended = hemifacial("twin", "face", "base.mp4", *words)
    assert ended.status == 2
    assert said in ended.err
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    assert not Path("new").exists()


@pytest.mark.parametrize("same", [True, False])
def test_a_review_signed_on_the_demonstration_is_carried_over_or_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    from hemifacial import demo
    from hemifacial.errors import UsageError
    from hemifacial.scoring import score

    standing = tmp_path / "demo" / "planted.hemifacial"
    standing.parent.mkdir()
    shutil.copytree(folder, standing)
    corrections_for(folder, standing / "review.json")
    signed = (standing / "review.json").read_bytes()
    sha = json.loads(signed)["input_sha256"] if same else "f" * 64

    monkeypatch.setattr(demo, "plant", lambda _, __, video, **___: video.write_bytes(b"x"))
    monkeypatch.setattr(demo, "sha256_of", lambda _: sha)
    monkeypatch.setattr(
        demo, "measure_face", lambda _, out, *__, **___: shutil.copytree(folder, out)
    )
    monkeypatch.setattr(demo, "score", lambda *_: score([], [], recording_duration_s=1.0))
    if same:
        demo.run(standing.parent)
    else:
        with pytest.raises(UsageError, match=r"review\.json: holds corrections signed on another"):
            demo.run(standing.parent)
    assert (standing / "review.json").read_bytes() == signed
