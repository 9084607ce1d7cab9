"""What is asked of a recording and what it holds: chosen, refused in words, and asked again."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from command_line import CommandLine
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.cutting import sweeps_of
from hemifacial.electro.measure import Options, Study, measure
from hemifacial.electro.stimuli import Stimulus, stimuli_of
from hemifacial.electro.studies import Asked, possible
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Result
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Mark, Recording
from hemifacial.formats.result_folder import read_result
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

CRITERIA = ElectroCriteria.read()
VESSEL = "anterior_inferior_cerebellar_artery"
_BASE = LateralSpreadPlan(
    branches=("zygomatic_branch",), muscles=("orbicularis_oculi", "mentalis"), sweeps=8
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up recording, the zygomatic branch stimulated, with its table of stimuli beside it."""
    folder = tmp_path_factory.mktemp("asked")
    return write_recording(lateral_spread_plan(12, base=_BASE), folder / "case").path


@pytest.fixture(scope="module")
def recording(path: Path) -> Recording:
    return open_recording(path)


@pytest.fixture(scope="module")
def stimuli(recording: Recording) -> tuple[Stimulus, ...]:
    return stimuli_of(recording)


def _measured(recording: Recording, stimuli: list[Stimulus], *studies: Study) -> Result:
    return measure(recording, stimuli, Options(studies=studies), sha256="0" * 64)


def _command(page: Path) -> list[str]:
    """The command that a report gives to measure its recording again."""
    (told,) = re.findall(r"<pre><code>(hemifacial electro .*?)</code>", page.read_text("utf-8"))
    return shlex.split(unescape(told))


def test_the_command_in_the_report_gives_the_same_findings(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hemifacial: CommandLine
) -> None:
    shutil.copytree(path.parent, tmp_path / "case")
    monkeypatch.chdir(tmp_path / "case")
    asked = ["--study", "lateral_spread", "--artefact", "local_polynomial"]
    tables = ["--stimuli", "stimuli.tsv"]
    assert hemifacial("electro", path.name, *asked, *tables, "--out", "first").status == 0
    first = read_result(Path("first"))
    command = _command(Path("first/report.html"))
    assert "STIMULI.tsv" in command
    assert "STIMULI.tsv: the table that was given" in Path("first/report.html").read_text("utf-8")
    shutil.copy("stimuli.tsv", "STIMULI.tsv")
    assert hemifacial(*command[1:], "--out", "again").status == 0
    again = read_result(Path("again"))
    assert again.findings == first.findings
    assert again.provenance.parameters == first.provenance.parameters
    chosen = hemifacial("electro", path.name, "--out", "chosen")
    assert chosen.status == 0
    assert read_result(Path("chosen")).findings != first.findings  # so that this proves something


def test_a_study_that_cannot_be_made_is_refused(
    path: Path, tmp_path: Path, hemifacial: CommandLine
) -> None:
    for study in ("blink_reflex", "f_wave"):
        said = hemifacial("electro", path, "--study", study, "--out", tmp_path / study)
        assert said.status == 2
        assert f"{path}: holds no stimulus and muscle for the study {study}" in said.err
        assert not (tmp_path / study).exists()


def test_f_waves_need_the_muscle_on_the_stimulated_side(
    recording: Recording, stimuli: tuple[Stimulus, ...]
) -> None:
    branch = [replace(one, branch="marginal_mandibular_branch") for one in stimuli]
    other = "left" if branch[0].side == "right" else "right"
    assert _measured(recording, branch, Study.F_WAVE).findings
    crossed = [replace(one, side=type(one.side)(other)) for one in branch]
    with pytest.raises(UsageError, match="for the study f_wave"):
        _measured(recording, crossed, Study.F_WAVE)


def test_stimuli_on_a_vessel_make_no_series(
    recording: Recording, stimuli: tuple[Stimulus, ...]
) -> None:
    """Stage marks alone do not: a series follows a branch."""
    vessel = [replace(one, branch=VESSEL) for one in stimuli]
    staged = replace(recording, marks=(Mark(onset_s=0.1, text="stage baseline"), *recording.marks))
    assert _measured(staged, vessel).provenance.parameters["studies"] == ["lateral_spread"]
    both = Asked(
        recording=staged,
        stimuli=(*stimuli, *vessel),
        criteria=CRITERIA,
        tell=None,
        problems=[],
    )
    assert possible(both) == (Study.LATERAL_SPREAD, Study.SERIES)


def test_a_stimulus_that_is_marked_twice_shortens_no_sweep(
    recording: Recording, stimuli: tuple[Stimulus, ...]
) -> None:
    spare = replace(stimuli[3], onset_s=stimuli[3].onset_s + 0.010)
    doubled = [*stimuli[:4], spare, *stimuli[4:]]
    alone = sweeps_of(recording, stimuli, CRITERIA, study="lateral_spread")
    found = sweeps_of(recording, doubled, CRITERIA, study="lateral_spread")
    assert found.study.latency_ms.tolist() == alone.study.latency_ms.tolist()
    assert found.study.stimuli == (*stimuli[:3], *stimuli[4:])
    (told,) = found.problems
    assert f"{stimuli[3].onset_s:.3f} s and {spare.onset_s:.3f} s are only 10 ms apart" in told
    assert alone.problems == ()
    assert told in _measured(recording, doubled).provenance.parameters["problems"]


def test_stimuli_that_are_all_too_near_are_named(
    recording: Recording, stimuli: tuple[Stimulus, ...]
) -> None:
    """Then it cannot be told which of them was none."""
    near = [
        one
        for stimulus in stimuli
        for one in (stimulus, replace(stimulus, onset_s=stimulus.onset_s + 0.010))
    ]
    with pytest.raises(InputError) as refused:
        _measured(recording, near)
    said = str(refused.value)
    assert str(recording.path) in said
    pairs = [f"{one.onset_s:.3f} s and {one.onset_s + 0.010:.3f} s are 10 ms" for one in stimuli]
    assert any(pair in said for pair in pairs)
    assert "export sweeps" not in said


def test_a_template_is_refused_before_anything_is_measured(
    recording: Recording, stimuli: tuple[Stimulus, ...]
) -> None:
    staged = replace(recording, marks=(Mark(onset_s=0.1, text="stage baseline"), *recording.marks))
    options = Options(artefact=Artefact.TEMPLATE)
    with pytest.raises(UsageError, match="for the study series") as refused:
        measure(staged, stimuli, options, sha256="0" * 64)
    assert str(recording.path) in str(refused.value)
    # Of a study that may have one, what is wrong is said with its file.
    with pytest.raises(InputError, match="two stated currents") as lacking:
        measure(recording, stimuli, options, sha256="0" * 64)
    assert f"{recording.path}, study lateral_spread" in str(lacking.value)
