"""Figures of spasm EMG: what a reader needs stands on them, and every burst is drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.measure import measure
from hemifacial.formats.recording import open_recording
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.spasm_emg.figures import spasm_emg_figures
from hemifacial.twin.electro.emg_plan import EmgPlan
from hemifacial.twin.electro.emg_recording import write_emg


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("emg") / "made"
    write_emg(EmgPlan(condition="hemifacial_spasm", seed=77, duration_s=12.0), folder)
    return measure(open_recording(folder / "recording.edf"), ElectroCriteria.read())


def named(figures: tuple[Figure, ...], name: str) -> ET.Element:
    (one,) = (figure for figure in figures if figure.name == name)
    assert one.said
    return ET.fromstring(one.svg)


def words(root: ET.Element) -> str:
    return " ".join(text for text in root.itertext() if text)


def test_every_burst_is_a_mark_of_the_raster(outcome: Outcome) -> None:
    root = named(spasm_emg_figures(outcome), "spasm_emg_raster")
    tips = set(re.findall(r"(\w+\d_\d+):", words(root)))
    assert tips == {one.event_id for one in outcome.events}
    assert "right orbicularis oculi" in words(root)
    assert "left mentalis" in words(root)


def test_gain_sweep_and_band_are_printed_on_the_traces(outcome: Outcome) -> None:
    root = named(spasm_emg_figures(outcome), "spasm_emg_traces")
    said = words(root)
    assert re.search(r"gain \d+ µV/div, sweep 200 ms/div, 20 to 2000 Hz", said)
    paths = [one for one in root.iter() if one.tag.endswith("path")]
    assert len(paths) == 6
    assert all("nan" not in one.attrib["d"] for one in paths)


def test_the_correlogram_peaks_near_zero(outcome: Outcome) -> None:
    root = named(spasm_emg_figures(outcome), "spasm_emg_correlogram")
    bars = re.findall(r"(-?\d+) ms: (\d+)", words(root))
    tallest = max(bars, key=lambda one: int(one[1]))
    assert abs(int(tallest[0])) <= 3


def test_without_a_synchronous_pair_there_is_no_correlogram(outcome: Outcome) -> None:
    without = replace(
        outcome,
        findings=tuple(one for one in outcome.findings if one.quantity != "emg_coincidence_index"),
    )
    names = [one.name for one in spasm_emg_figures(without)]
    assert names == ["spasm_emg_raster", "spasm_emg_traces"]
    assert spasm_emg_figures(Outcome()) == ()


def test_a_recording_without_a_burst_has_figures_too(tmp_path: Path) -> None:
    plan = EmgPlan(condition="healthy", seed=1, duration_s=2.0, blinks_per_minute=0)
    write_emg(plan, tmp_path / "made")
    found = measure(open_recording(tmp_path / "made" / "recording.edf"), ElectroCriteria.read())
    assert len(spasm_emg_figures(found)) == 2
