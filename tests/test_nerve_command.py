"""``hemifacial twin nerve``: whole folders, runs that go on after a kill, what is refused."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import CommandLine
from hemifacial.commands import nerve
from hemifacial.commands.nerve import OPTIONS, command_of, run_experiment, settings_with
from hemifacial.commands.nerve_folder import check_outcome, read_outcome
from hemifacial.commands.nerve_solver import compile_solver, is_compiled
from hemifacial.errors import InputError, SetupError, UsageError
from hemifacial.formats.result_folder import read_result
from hemifacial.twin.nerve.limits import ranges
from hemifacial.twin.nerve.outcome import Outcome
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from nerve_outcome import made_up_outcome
from nerve_small import ITEMS, SMALL
from web_server import record_with

pytestmark = pytest.mark.timeout(300)  # the solver may have to be compiled

MADE_UP = Experiment(
    word="made_up",
    title="Cross-talk between two fibres",
    question="Does an impulse cross?",
    run=lambda _settings, _tools: made_up_outcome(),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a made-up experiment."""
    run_experiment(MADE_UP, Settings(), tmp_path / "result", workers=1)
    return tmp_path / "result"


def same(one: Outcome, other: Outcome) -> None:
    """Everything equal; NaN in a line is itself, arrays to the last bit but of a time in s."""
    for left, right in zip(one.plots, other.plots, strict=True):
        for a, b in zip(left.lines, right.lines, strict=True):
            assert (a.label, a.x, a.points) == (b.label, b.x, b.points)
            np.testing.assert_array_equal(a.y, b.y)
        assert replace(left, lines=()) == replace(right, lines=())
    for before, after in zip(one.space_times, other.space_times, strict=True):
        np.testing.assert_array_equal(before.voltage_mv, after.voltage_mv)
        np.testing.assert_array_equal(before.place_mm, after.place_mm)
        np.testing.assert_allclose(before.time_ms, after.time_ms, rtol=1e-15, atol=0)
        assert (before.name, before.title, before.lesion_mm, before.caption) == (
            (after.name, after.title, after.lesion_mm, after.caption)
        )
    assert replace(one, plots=(), space_times=()) == replace(other, plots=(), space_times=())


# -- the folder --------------------------------------------------------------------------------


def test_what_is_written_is_read_back(folder: Path) -> None:
    same(read_outcome(folder), made_up_outcome())
    assert check_outcome(folder) == ()


def test_the_findings_are_those_of_any_result_folder(folder: Path) -> None:
    result = read_result(folder)
    assert result.findings == made_up_outcome().findings
    assert result.events == ()
    assert result.provenance.method == "twin.nerve"
    assert result.provenance.parameters["lesion"]["length_mm"] == 1.15
    assert result.provenance.parameters["of_the_experiment"]["pair_um"] == [10.0, 10.0]
    assert list(result.signals) == ["voltage"]
    assert result.signals["voltage"]["place_0001"].attrs["unit"] == "mV"


def test_tables_are_plain_text_with_the_axes_in_their_heads(folder: Path) -> None:
    lines = (folder / "delay.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["line", "label", "cleft, um2", "delay, ms"]
    assert lines[1].split("\t") == ["1", "10 to 10 um", "1.0", "0.02"]
    assert sum(line.endswith("\tn/a") for line in lines) == 1 + 1 + 4
    rows = (folder / "trains.tsv").read_text(encoding="utf-8").splitlines()
    silent = [one for one in made_up_outcome().rasters[0].rows if not one.times_ms]
    assert silent
    assert sum(row.endswith("\tn/a") for row in rows) == len(silent)


def test_an_open_cleft_is_no_number_of_json(tmp_path: Path) -> None:
    settings = settings_with({"--cleft-area-um2": math.inf})
    run_experiment(MADE_UP, settings, tmp_path / "open", workers=1)
    document = json.loads((tmp_path / "open" / "findings.json").read_text(encoding="utf-8"))
    assert document["provenance"]["parameters"]["cleft"]["area_um2"] == "infinite"


@pytest.mark.parametrize(
    "gone", ["findings.json", "outcome.json", "report.html", "delay.tsv", "figures/trains.svg"]
)
def test_what_is_missing_is_named(folder: Path, gone: str) -> None:
    (folder / gone).unlink()
    (mistake,) = check_outcome(folder)
    assert gone in mistake


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("outcome.json", '"verdict": "missed"', '"verdict": "met"', "its numbers say missed"),
        ("outcome.json", '"verified": true', '"verified": 7', "verified"),
        ("delay.tsv", "0.02", "much", "'much' is not a number"),
        ("delay.tsv", "line\tlabel", "line\tname", "does not begin with the columns"),
        ("trains.tsv", "1\tzygomatic_branch\t", "1\t", "a line without 3 cells"),
        ("findings.json", '"schema_version": 1', '"schema_version": 2', "schema_version"),
    ],
)
def test_what_was_altered_is_found(
    folder: Path, file: str, before: str, after: str, said: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    (mistake,) = check_outcome(folder)
    assert said in mistake
    assert file in mistake


def test_a_folder_with_anything_else_is_left_alone(folder: Path) -> None:
    (folder / "notes.tsv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="it holds notes.tsv, which would be removed"):
        run_experiment(MADE_UP, Settings(), folder, workers=1)
    assert (folder / "notes.tsv").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_other_settings_is_left_alone_and_of_the_same_replaced(folder: Path) -> None:
    (folder / "report.html").write_text("old", encoding="utf-8")
    with pytest.raises(UsageError, match="an experiment with other settings, made_up"):
        run_experiment(MADE_UP, Settings(seed=1), folder, workers=1)
    assert (folder / "report.html").read_text(encoding="utf-8") == "old"
    run_experiment(MADE_UP, Settings(), folder, workers=1)
    assert "Cross-talk" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="not the folder of an experiment"):
        run_experiment(MADE_UP, Settings(), tmp_path, workers=1)


def test_an_experiment_that_fails_leaves_what_stood(folder: Path) -> None:
    def diverges(_settings: Settings, _tools: Tools) -> Outcome:
        raise InputError("the simulation diverged at 3 ms")

    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError):
        run_experiment(replace(MADE_UP, run=diverges), Settings(), folder, workers=1)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["delay", "events", "Two Words"])
def test_two_figures_of_one_name_are_a_fault_of_the_experiment(tmp_path: Path, name: str) -> None:
    outcome = made_up_outcome()
    double = replace(outcome, rasters=(replace(outcome.rasters[0], name=name),))
    with pytest.raises(ValueError, match="cannot name a figure, or names two"):
        run_experiment(replace(MADE_UP, run=lambda *_: double), Settings(), tmp_path / "a",
                       workers=1)  # fmt: skip
    assert not (tmp_path / "a").exists()


# -- broken off, and on from there ---------------------------------------------------------------


def items_in(kept: Path) -> list[Path]:
    """What is done of a sweep; what a kill has left half written is none of it."""
    return [path for path in kept.glob("*.json") if not path.name.startswith(".")]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path: Path, sign: int) -> None:
    if not is_compiled():
        compile_solver()
    out = tmp_path / "result"
    kept = tmp_path / "result.kept"
    program = Path(__file__).with_name("nerve_small.py")
    started = subprocess.Popen(
        [sys.executable, str(program), str(out), "1"],
        env={**os.environ, "PYTHONPATH": str(program.parent)},
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 240
    while not items_in(kept):
        assert started.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    started.send_signal(sign)
    assert started.wait(timeout=60) != 0
    assert not out.exists()
    done = {path: path.stat().st_mtime_ns for path in items_in(kept)}
    assert 0 < len(done) < ITEMS

    told: list[tuple[float, float]] = []
    run_experiment(SMALL, Settings(), out, workers=1, progress=lambda a, b: told.append((a, b)))
    assert [told[0], told[-1]] == [(len(done) + 1, ITEMS), (ITEMS, ITEMS)]
    assert {path: path.stat().st_mtime_ns for path in done} == done
    run_experiment(SMALL, Settings(), tmp_path / "unbroken", workers=1)
    same(read_outcome(out), read_outcome(tmp_path / "unbroken"))
    values = read_outcome(out).plots[0].lines[0]
    assert all(y > x for x, y in zip(values.x, values.y, strict=True))


def test_an_interrupt_says_how_to_go_on(
    hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_settings: Settings, _tools: Tools) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(nerve, "experiments", lambda: {"made_up": replace(MADE_UP, run=stopped)})
    ended = hemifacial("twin", "nerve", "made_up", "--out", tmp_path / "a", "--workers", 1)
    assert ended.status == 130
    assert f"What is done is kept in {tmp_path / 'a.kept'}; the same command goes on" in ended.err
    assert not (tmp_path / "a").exists()


def test_a_process_that_dies_is_told_in_words(tmp_path: Path) -> None:
    def dies(_settings: Settings, tools: Tools) -> Outcome:
        assert tools.workers is not None
        tools.workers.submit(os._exit, 9).result()
        raise AssertionError

    with pytest.raises(SetupError, match="ended from outside") as raised:
        run_experiment(replace(MADE_UP, run=dies), Settings(), tmp_path / "a", workers=2)
    assert "fewer --workers" in raised.value.next_step


@pytest.mark.parametrize("address", ["nowhere", "tcp://127.0.0.1:1"])
def test_a_cluster_that_does_not_answer_is_told_in_words(tmp_path: Path, address: str) -> None:
    pytest.importorskip("distributed")  # with it come the settings of its own
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        pytest.raises(UsageError, match=f"--dask {address}: no cluster answers"),
    ):
        run_experiment(MADE_UP, Settings(), tmp_path / "a", dask=address)


# -- the command -------------------------------------------------------------------------------


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up experiment in place of the real ones."""
    monkeypatch.setattr(nerve, "experiments", lambda: {"made_up": MADE_UP})


def test_without_an_experiment_all_of_them_are_told(hemifacial: CommandLine) -> None:
    from hemifacial.twin.nerve.experiments.catalogue import EXPERIMENTS

    for words in ((), ("--list",)):
        ended = hemifacial("twin", "nerve", *words)
        assert ended.status == 0
        for word, one in EXPERIMENTS.items():
            assert word in ended.out
            assert one.question in ended.out
    listed = json.loads(hemifacial("twin", "nerve", "--json").out)
    assert [one["word"] for one in listed] == list(EXPERIMENTS)


def test_an_experiment_ends_with_its_answers_and_the_report(
    hemifacial: CommandLine, tmp_path: Path, made_up: None
) -> None:
    out = tmp_path / "a"
    ended = hemifacial("twin", "nerve", "made_up", "--out", out, "--workers", 1)
    assert ended.status == 0
    assert "a simulation, no patient" in ended.out
    assert "crosses up to a cleft of 20 µm²" in ended.out
    assert "Of 3 published numbers that nothing was tuned to: 1 met, 1 missed" in ended.out
    assert "missed: lateral spread response: published 7.9 to 10.1 ms, simulated 6.8 ms" in (
        ended.out
    )
    assert "met, tuned: path to the root zone" in ended.out
    assert ended.out.splitlines()[-1] == f"Report: {out / 'report.html'}"
    assert (out / "report.html").is_file()


def test_as_json_all_of_it_is_one_document(
    hemifacial: CommandLine, tmp_path: Path, made_up: None
) -> None:
    out = tmp_path / "a"
    ended = hemifacial("twin", "nerve", "made_up", "--out", out, "--workers", 1, "--json")
    document = json.loads(ended.out)
    assert document["folder"] == str(out)
    assert document["outcome"]["targets"][1]["verdict"] == "missed"
    assert document["findings"][0]["value"] == 9.2


def test_a_word_that_is_no_experiment_is_refused(hemifacial: CommandLine) -> None:
    ended = hemifacial("twin", "nerve", "kindling")
    assert ended.status == 2
    assert "there is no experiment 'kindling'" in ended.err
    assert "cross_talk" in ended.err


def test_every_option_beyond_its_range_is_refused_with_the_reason(
    hemifacial: CommandLine, tmp_path: Path, made_up: None
) -> None:
    for option, place in OPTIONS.items():
        allowed = ranges()[place]
        for value in (allowed.low - 0.01 - abs(allowed.low), allowed.high * 1.01, math.nan):
            ended = hemifacial("twin", "nerve", "made_up", option, value, "--out", tmp_path / "a")
            assert ended.status == 2, (option, value)
            assert allowed.reason in ended.err
            assert f"Give {allowed.low:g} to {allowed.high:g}" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--workers", 0), "--workers is 0"), (("--out", ""), "the name is empty")],
)
def test_what_cannot_be_is_refused(
    hemifacial: CommandLine, tmp_path: Path, made_up: None, words: tuple[Any, ...], said: str
) -> None:
    ended = hemifacial("twin", "nerve", "made_up", *words, *(
        ("--out", tmp_path / "a") if "--out" not in words else ()
    ))  # fmt: skip
    assert ended.status == 2
    assert said in ended.err


@given(
    st.fixed_dictionaries(
        {},
        optional={
            option: st.floats(ranges()[place].low, ranges()[place].high)
            for option, place in OPTIONS.items()
        },
    ),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_the_command_of_the_report_gives_the_same_settings(
    values: dict[str, float], seed: int, small: bool
) -> None:
    settings = settings_with(values, seed=seed, small=small)
    words = command_of("cross_talk", settings).split()
    assert words[:4] == ["hemifacial", "twin", "nerve", "cross_talk"]
    rest = words[4:]
    back: dict[str, float | None] = {
        word: float(rest[n + 1]) for n, word in enumerate(rest) if word in OPTIONS
    }
    again = settings_with(
        back,
        seed=int(rest[rest.index("--seed") + 1]) if "--seed" in rest else 0,
        small="--small" in rest,
    )
    assert again == settings


def test_the_page_tells_every_range_as_it_is() -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "nerve_command.md"
    cells = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `--")
    ]
    assert {option: (float(low), float(high)) for option, _, low, high in cells} == {
        option: (ranges()[place].low, ranges()[place].high) for option, place in OPTIONS.items()
    }


def test_every_option_is_one_of_the_command(hemifacial: CommandLine) -> None:
    told = hemifacial("twin", "nerve", "--help").out
    for option in (*OPTIONS, "--seed", "--small", "--workers", "--dask", "--list", "--json"):
        assert option in told


@pytest.mark.parametrize("words", [["--help"], ["twin", "nerve", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from hemifacial.cli import app\n"
        f"try: app({words!r})\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "nerve" in done.stdout or words == ["--help"]
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded & {"numpy", "numba", "scipy", "pandas", "xarray", "jinja2"} == set()


def test_a_copy_of_the_folder_is_as_good(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    assert check_outcome(tmp_path / "copy") == ()


@pytest.mark.parametrize("call", [("report",), ("review",), ("case", "add-result")])
def test_a_simulation_is_no_recording(
    hemifacial: CommandLine, tmp_path: Path, call: tuple[str, ...]
) -> None:
    """Nothing in it is a patient's: it cannot be reviewed, nor enter a record."""
    run_experiment(MADE_UP, Settings(), tmp_path / "result", workers=1)
    folder = tmp_path / "result"
    assert hemifacial("check", folder).status == 0
    words = [str(folder)]
    if call[0] == "report":
        words += ["--without-stills", str(tmp_path / "page.html")]
    if call[0] == "case":
        record = record_with(tmp_path)
        words = [str(record), "P1", str(folder), "--by", "anna", "--on", "2026-01-01"]
    told = hemifacial(*call, *words)
    assert told.status == 3
    assert "simulated nerve" in told.err
