"""The command line: results to stdout, the rest to stderr, exit status, no traceback, no crumbs."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from command_line import CommandLine
from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.formats.events_table import write_events
from hemifacial.formats.result_folder import write_result
from hemifacial.formats.review_file import write_review
from results import event, small_result
from video_making import jpeg, make_sound, make_video

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
    from hemifacial.face.summary import summarise
    from hemifacial.findings import Result
    from test_face_detect import CRITERIA, Face

    face = Face().move("mouth_excursion", "right", 2.0, 0.2, 4.0)
    signals = face.move("mouth_excursion", "right", 6.0, 0.2, 4.0).signals()
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
            }
        ),
        findings=summarise(signals, events, CRITERIA),
        events=events,
        signals={"face": signals},
    )
    write_result(tmp_path / "r", result, recording_duration_s=10.0, pages={"report.html": "old"})
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
    assert "there is no family winks" in ended.err


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
