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
    check_made_up_case(hemifacial, folder, ended.err)
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


def check_made_up_case(hemifacial: CommandLine, folder: Path, told: str) -> None:
    """The demonstration ends with a case: a record in order, and its page beside the reports."""
    page, record = folder / "made_up_patient.html", folder / "made_up.db"
    assert f"A made-up patient: {page}" in told
    assert hemifacial("case", "verify", record).status == 0
    said = json.loads(hemifacial("case", "show", record, "MADE-UP-1", "--json").out)
    kinds = [entry["kind"] for entry in said]
    assert kinds.count("result") == 2
    assert kinds.count("toxin_session") == 2
    assert kinds.count("toxin_response") == 2
    assert {"operation", "operation_outcome", "drug_change", "genetic_result", "scale"} <= set(
        kinds
    )
    methods = {one["body"]["provenance"]["method"] for one in said if one["kind"] == "result"}
    assert methods == {"face", "electro"}
    html = page.read_text(encoding="utf-8")
    assert "This patient is made up by hemifacial demo" in html
    head = json.loads(hemifacial("case", "show", record, "--json").out)["head"]
    assert head["link"] in html


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
