"""A made-up recording as a file holds the responses of its sweeps, its stimuli and its truth."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest
from scipy import signal

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.formats.events_table import read_events
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.blink_reflex import blink_reflex_plan
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.noise import steady_noise
from hemifacial.twin.electro.recording import FILES, write_recording
from hemifacial.twin.electro.setup import Noise, Setup
from hemifacial.twin.electro.study import sweeps

SILENT = Setup(noise=Noise(white_uv=0.0, pink_uv=0.0))


def small(setup: Setup = SILENT) -> LateralSpreadPlan:
    """A patient on the left, few sweeps."""
    base = LateralSpreadPlan(side=Side.LEFT, sweeps=2, intensities_ma=(3.5, 12.0), setup=setup)
    return lateral_spread_plan(21, base=base)


def test_the_file_holds_the_sweeps_within_its_quantisation(tmp_path: Path) -> None:
    plan = small()
    written = write_recording(plan, tmp_path / "study")
    made = sweeps(plan)
    assert written.truth == made.truth
    edf = edfio.read_edf(written.path)
    step_uv = 2 * plan.setup.amplifier_range_uv / 65535
    assert [one.label for one in edf.signals] == [
        "L frontalis",
        "L orb. oculi",
        "L orb. oris",
        "L mentalis",
    ]
    for channel, one in enumerate(edf.signals):
        assert (one.physical_dimension, one.sampling_frequency) == ("uV", 20_000)
        for index, stimulus in enumerate(made.truth.stimuli):
            first = round((stimulus.onset_s + made.latency_ms[0] / 1000) * 20_000)
            read = one.data[first : first + made.latency_ms.size]
            assert np.abs(read - made.values_uv[index, channel]).max() <= 0.51 * step_uv


def test_stimuli_are_annotations_events_and_a_table(tmp_path: Path) -> None:
    plan = small()
    written = write_recording(plan, tmp_path / "study")
    stimuli = written.truth.stimuli
    edf = edfio.read_edf(written.path)
    assert [one.text for one in edf.annotations] == [one.text for one in stimuli]
    assert (
        stimuli[2].text == "stimulus branch=zygomatic_branch side=left intensity_ma=12 polarity=+"
    )
    onsets = [one.onset for one in edf.annotations]
    assert onsets == pytest.approx([one.onset_s for one in stimuli], abs=1e-7)
    table = read_events(tmp_path / "study" / "truth_events.tsv")
    assert table.recording_duration_s == written.duration_s == edf.duration
    assert [one.onset_s for one in table.events] == pytest.approx(onsets, abs=1e-6)
    assert table.events[0].sites == ("zygomatic_branch",)
    assert (table.events[0].amplitude, table.events[0].amplitude_unit) == (3.5, "mA")
    with (tmp_path / "study" / "stimuli.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert list(rows[0].values())[1:] == ["zygomatic_branch", "left", "3.5", "+"]
    assert len(rows) == 8


def test_our_own_reader_knows_channels_and_stimuli(tmp_path: Path) -> None:
    written = write_recording(blink_reflex_plan(1, affected=Side.LEFT), tmp_path / "blink")
    read = open_recording(written.path)
    assert [(one.site, one.side) for one in read.channels] == [
        (site.muscle, site.side) for site in written.truth.sites
    ]
    assert [one.text for one in read.marks] == [one.text for one in written.truth.stimuli]
    assert read.marks[0].text.startswith("stimulus branch=supraorbital_nerve side=right")
    assert read.problems == ()


def test_truth_as_json_says_what_the_truth_says(tmp_path: Path) -> None:
    written = write_recording(small(), tmp_path / "study")
    assert {path.name for path in (tmp_path / "study").iterdir()} == set(FILES)
    text = (tmp_path / "study" / "truth_responses.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert len(document["responses"]) == len(written.truth.responses)
    for row, one in zip(document["responses"], written.truth.responses, strict=True):
        assert (row["branch"], row["muscle"], row["present"]) == (
            one.branch,
            one.muscle,
            one.present,
        )
        assert row["onset_ms"] == one.onset_ms
        assert row["threshold_ma"] == one.threshold_ma
    assert document["plan"]["seed"] == 21
    assert document["channels"][1]["muscle"] == "orbicularis_oculi"
    assert "NaN" not in text


def test_the_noise_of_a_file_is_that_of_its_plan_and_of_its_seed(tmp_path: Path) -> None:
    plan = replace(small(replace(SILENT, noise=Noise(white_uv=6.0, pink_uv=8.0))), responses=())
    read = {}
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        written = write_recording(replace(plan, seed=seed), tmp_path / name)
        read[name] = written.path.read_bytes()
    assert read["one"] == read["again"] != read["other"]
    data = edfio.read_edf(tmp_path / "one" / "recording.edf").signals[3].data[:10_000]
    frequency_hz, power = signal.welch(data, 20_000, nperseg=2000)
    inside = (frequency_hz >= 10) & (frequency_hz < 10_000)
    # The first half second has no stimulus in it; half a second does not settle 1/f closely.
    assert power[inside].sum() * 10 == pytest.approx(100.0, rel=0.3)


def test_long_noise_has_no_seams() -> None:
    noise = Noise(white_uv=1.0, pink_uv=3.0)
    values = steady_noise(noise, np.random.default_rng(3), 1, 1_200_000, 20_000.0)[0]
    steps = np.diff(values)
    seam = (1 << 19) - (1 << 13)
    around = steps[seam - 20_000 : seam + 20_000]
    assert around.std() == pytest.approx(steps.std(), rel=0.03)
    assert np.abs(around).max() <= np.abs(steps).max()
    # 10 µV² between 10 Hz and 10 kHz, and what 1/f noise has below, down to 26 s.
    below = 9.0 * np.log(10.0 * 26.0) / np.log(1000.0)
    assert values.std() == pytest.approx(np.sqrt(10.0 + below), rel=0.25)


def test_a_recording_replaces_its_own_kind_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    write_recording(small(), folder)
    write_recording(replace(small(), seed=3), folder)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="it holds notes.txt"):
        write_recording(small(), folder)
    assert (folder / "notes.txt").read_text() == "mine"
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "recording.edf").write_bytes(b"a patient")
    with pytest.raises(UsageError, match="was not made here"):
        write_recording(small(), theirs)
    assert (theirs / "recording.edf").read_bytes() == b"a patient"


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    long = replace(small(), sweeps=1000)
    with pytest.raises(UsageError, match="at 20000 Hz cannot be written"):
        write_recording(long, tmp_path / "long")
    odd = replace(small(), setup=replace(SILENT, rate_hz=10_000.5))
    with pytest.raises(UsageError, match="at 10000.5 Hz cannot be written"):
        write_recording(odd, tmp_path / "odd")
    assert not list(tmp_path.iterdir())
