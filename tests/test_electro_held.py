"""``hemifacial check`` on an electrical result: what was edited is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import CommandLine
from hemifacial.commands.electro import Tables, measure_electro
from hemifacial.electro.held import differences
from hemifacial.electro.measure import Options
from hemifacial.formats.result_folder import read_result
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

_BASE = LateralSpreadPlan(
    branches=("zygomatic_branch",), muscles=("orbicularis_oculi", "mentalis"), sweeps=8
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result folder of a made-up patient with a lateral spread."""
    folder = tmp_path_factory.mktemp("held")
    made = write_recording(lateral_spread_plan(12, base=_BASE), folder / "case")
    measure_electro(made.path, folder / "case.hemifacial", Options(), Tables())
    return folder / "case.hemifacial"


def _changed(quantity: str, value: float) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        document = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        (one,) = (f for f in document["findings"] if f["quantity"] == quantity)
        assert one["value"] != value
        one["value"] = value
        (folder / "findings.json").write_text(json.dumps(document), encoding="utf-8")

    return edit


def _without_event(folder: Path) -> None:
    table = folder / "events.tsv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "\tdirect_response\t" not in line]
    assert len(kept) == len(lines) - 1
    table.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_changed("direct_response_latency", 99.0), "direct_response_latency (right zygomatic"),
        (_changed("lateral_spread_latency", 9.0), "lateral_spread_latency (right zygomatic"),
        (_changed("lateral_spread_amplitude", 1.0), "lateral_spread_amplitude (right zygomatic"),
        (_without_event, "by its event not there"),
    ],
)
def test_what_was_edited_is_found(
    measured: Path,
    tmp_path: Path,
    hemifacial: CommandLine,
    edit: Callable[[Path], None],
    said: str,
) -> None:
    shutil.copytree(measured, tmp_path / "copy")
    assert hemifacial("check", tmp_path / "copy").status == 0
    edit(tmp_path / "copy")
    ended = hemifacial("check", tmp_path / "copy")
    assert ended.status == 1
    assert said in ended.out
    assert "findings.json does not follow from events.tsv" in ended.out


def test_stimuli_of_both_sides_may_have_answers_of_one_place(measured: Path) -> None:
    """Then two findings and two events have the same words."""
    once = read_result(measured)
    assert list(differences(once)) == []
    twice = replace(
        once,
        findings=(
            *once.findings,
            *(
                replace(one, value=one.value + 1)
                for one in once.findings
                if one.quantity.endswith("_latency") and one.value is not None
            ),
            *(one for one in once.findings if one.quantity.endswith("_amplitude")),
        ),
        events=(
            *once.events,
            *(
                replace(one, onset_s=one.onset_s + (60.001 if one.family == "response" else 60))
                for one in once.events
            ),
        ),
    )
    assert list(differences(twice)) == []
    (told,) = list(differences(replace(twice, findings=twice.findings[:-1])))
    assert "_amplitude" in told
