"""``hemifacial electro`` from the outside: a made-up recording to a folder, a page and a review."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from command_line import CommandLine
from hemifacial.commands.check import check
from hemifacial.commands.electro import Tables, measure_electro
from hemifacial.commands.results import review
from hemifacial.electro.measure import Options, Study, measure, studies_of
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Result, Status
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Recording
from hemifacial.formats.result_folder import read_result
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

_BASE = LateralSpreadPlan(
    branches=("zygomatic_branch",),
    muscles=("orbicularis_oculi", "mentalis"),
    control_muscles=("mentalis",),
    sweeps=8,
)
_SITES = ("zygomatic_branch", "mentalis")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up patient with a lateral spread on the right."""
    folder = tmp_path_factory.mktemp("made")
    return write_recording(lateral_spread_plan(12, base=_BASE), folder / "case").path


@pytest.fixture(scope="module")
def measured(recording: Path) -> tuple[Path, Result]:
    """Its result folder."""
    folder = recording.parent.parent / "case.hemifacial"
    return folder, measure_electro(recording, folder, Options(), Tables())


def _value(result: Result, quantity: str) -> float:
    (one,) = (
        f for f in result.findings
        if f.quantity == quantity and f.sites == _SITES and f.side.value == "right"
    )  # fmt: skip
    assert one.value is not None
    return one.value


def test_the_folder_keeps_the_contract(measured: tuple[Path, Result]) -> None:
    folder, result = measured
    assert check(folder) == ()
    again = read_result(folder)
    assert again.findings == result.findings
    assert {event.trial_type for event in again.events} == {
        "stimulus",
        "direct_response",
        "lateral_spread",
    }
    assert {"lateral_spread_averages", "lateral_spread_sweeps"} <= set(again.signals)
    assert sorted(p.name for p in (folder / "figures").iterdir())


def test_the_page_says_what_was_found_and_what_it_is_not(measured: tuple[Path, Result]) -> None:
    folder, _ = measured
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in (
        "Lateral spread response in mentalis (right) after the zygomatic branch",
        "No lateral spread response in mentalis (left)",
        "Research use only",
        "does not exclude hemifacial spasm",
        "µV a division",
        "Negative is up",
        "20 to 3000 Hz without delay",
    ):
        assert words in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_a_moved_cursor_is_a_correction(
    measured: tuple[Path, Result], recording: Path, tmp_path: Path
) -> None:
    folder, result = measured
    event = next(e for e in result.events if e.trial_type == "lateral_spread")
    before = _value(result, "lateral_spread_latency")
    lines = _review(result, [("move", event, replace(event, onset_s=event.onset_s + 0.0005))])
    brought = tmp_path / "review.json"
    brought.write_text(json.dumps(lines), encoding="utf-8")
    standing, applied = review(folder, brought)
    assert len(applied.applied) == 1
    assert _value(standing, "lateral_spread_latency") == pytest.approx(before + 0.5, abs=1e-3)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "As reviewed by A. Reader" in page
    assert check(folder) == ()
    again = measure_electro(recording, folder, Options(), Tables())  # keeps the review
    assert _value(again, "lateral_spread_latency") == pytest.approx(before + 0.5, abs=1e-3)


def test_a_rejected_response_is_gone_from_the_findings(recording: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rejected"
    result = measure_electro(recording, folder, Options(), Tables())
    event = next(e for e in result.events if e.trial_type == "lateral_spread")
    brought = tmp_path / "review.json"
    brought.write_text(json.dumps(_review(result, [("reject", event, None)])), encoding="utf-8")
    standing, _ = review(folder, brought)
    told = [
        f for f in standing.findings
        if f.sites == event.sites and f.side == event.side
        and f.quantity.startswith("lateral_spread")
    ]  # fmt: skip
    assert told
    assert all(f.status is Status.NOT_JUDGED for f in told)


def _review(result: Result, lines: list[tuple[str, object, object]]) -> dict[str, object]:
    from hemifacial.formats.events_table import event_to_record

    return {
        "schema_version": 1,
        "input_sha256": result.provenance.input_sha256,
        "method": "electro",
        "corrections": [
            {
                "action": action,
                "before": event_to_record(before),  # type: ignore[arg-type]
                "after": None if after is None else event_to_record(after),  # type: ignore[arg-type]
                "who": "A. Reader",
                "when": "2026-11-22T12:00:00+00:00",
                "why": "clearer there",
            }
            for action, before, after in lines
        ],
    }


def test_what_cannot_be_measured_is_refused_with_the_next_step(
    recording: Path, tmp_path: Path, hemifacial: CommandLine
) -> None:
    with pytest.raises(InputError, match="no such file"):
        measure_electro(tmp_path / "nothing.edf", tmp_path / "a", Options(), Tables())
    with pytest.raises(UsageError, match="--study is 'lsr'"):
        studies_of(["lsr"])
    assert studies_of(["baep"]) == (Study.BAEP,)
    damaged = tmp_path / "damaged.edf"
    damaged.write_bytes(recording.read_bytes()[:3000])
    said = hemifacial("electro", damaged, "--out", tmp_path / "b")
    assert said.status == 3
    assert str(damaged) in said.err
    assert "Next:" in said.err
    assert not (tmp_path / "b").exists()
    baep = hemifacial("electro", recording, "--study", "baep", "--out", tmp_path / "c")
    assert baep.status == 3
    assert "click" in baep.err
    assert not (tmp_path / "c").exists()


def test_json_holds_the_findings(recording: Path, tmp_path: Path, hemifacial: CommandLine) -> None:
    said = hemifacial("electro", recording, "--out", tmp_path / "json", "--json")
    assert said.status == 0
    document = json.loads(said.out)
    assert {f["quantity"] for f in document["findings"]} >= {
        "lateral_spread_latency",
        "direct_response_amplitude",
    }


def _with_flat(recording: Recording, channel: int, until_s: float) -> Recording:
    """One channel of a recording held at 0 until a time."""

    def samples(asked: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        values = recording.samples(asked, stretch, first, stop).copy()
        if asked == channel:
            times_s = np.arange(first, stop) / recording.channels[channel].rate_hz
            values[times_s < until_s] = 0.0
        return values

    return replace(recording, samples=samples)


def test_a_channel_that_was_not_connected_is_told_and_left_out(recording: Path) -> None:
    opened = open_recording(recording)
    stimuli = stimuli_of(opened)
    for until_s in (1e9, max(one.onset_s for one in stimuli)):
        result = measure(_with_flat(opened, 1, until_s), stimuli, sha256="0" * 64)
        flat = opened.channels[1]
        told = " ".join(result.provenance.parameters["problems"])
        assert f"{flat.name!r} is flat before the stimuli" in told
        read = {(f.sites[-1], f.side) for f in result.findings if f.sites}
        assert (flat.site, flat.side) not in read
        assert read
