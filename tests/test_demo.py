"""The demonstration as it ships: every planted spasm found on its side, and no false one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.demo import SMALLEST_MM
from hemifacial.formats.events_table import read_events
from hemifacial.formats.result_folder import read_result


@pytest.mark.timeout(600)
def test_demonstration_finds_what_it_planted(hemifacial: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    ended = hemifacial("demo", "--out", folder)
    assert ended.status == 0, ended.err
    assert str(folder / "planted.hemifacial" / "report.html") in ended.err.splitlines()[-1]
    truth = [e for e in read_events(folder / "truth_events.tsv").events if e.family == "spasm"]
    assert len(truth) >= 10
    assert min(e.amplitude or 0 for e in truth) >= SMALLEST_MM
    assert {e.side for e in truth} == {Side.RIGHT}
    found = [e for e in read_result(folder / "planted.hemifacial").events if e.family == "spasm"]
    assert len(found) == len(truth)
    said = hemifacial(
        "score", folder / "truth_events.tsv", folder / "planted.hemifacial", "--json"
    ).out
    spasm = next(row for row in json.loads(said)["families"] if row["tally"]["name"] == "spasm")
    assert spasm["tally"]["recall"]["value"] == 1
    assert spasm["tally"]["precision"]["value"] == 1
    assert spasm["side_accuracy"]["value"] == 1
    assert hemifacial("check", folder / "planted.hemifacial").status == 0


def test_demonstration_does_not_touch_a_foreign_folder(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "planted.mp4").write_bytes(b"of an earlier demonstration")
    (tmp_path / "thesis.txt").write_text("mine")
    ended = hemifacial("demo", "--out", tmp_path)
    assert ended.status == 2
    assert "is there already and is not a demonstration" in ended.err
    assert "thesis.txt" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["planted.mp4", "thesis.txt"]


def test_demonstration_keeps_what_was_put_into_its_result(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    notes = tmp_path / "planted.hemifacial" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("mine")
    ended = hemifacial("demo", "--out", tmp_path)
    assert ended.status == 2
    assert "it holds planted.hemifacial/notes.txt" in ended.err
    assert notes.read_text() == "mine"
