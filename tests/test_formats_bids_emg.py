"""BIDS-EMG: sidecars and what they inherit, what is written, and the examples of BIDS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conftest import lacking
from hemifacial.anatomy import Kind, Side, structures
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.bids_electrodes import read_electrodes
from hemifacial.formats.bids_emg_writing import BidsAbout, write_bids_emg
from hemifacial.formats.bids_sidecars import entities_of
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Channel, Mark, Recording
from hemifacial.formats.recording_memory import recording_in_memory
from recording_bytes import Edf, Lists, Trace, edf, tal

STEM = "sub-07_task-blink"


def dataset(folder: Path, *signals: Trace | Lists, **tables: str) -> Path:
    """A dataset with one recording; a table is named by its suffix."""
    inner = folder / "sub-07" / "emg"
    inner.mkdir(parents=True)
    path = inner / f"{STEM}_emg.edf"
    path.write_bytes(edf(Edf(signals=signals or (trace("EMG1"),))))
    for suffix, text in tables.items():
        ending = ".json" if text.startswith("{") else ".tsv"
        path.with_name(f"{STEM}_{suffix}{ending}").write_text(text, encoding="utf-8")
    return path


def trace(label: str, unit: str = "uV") -> Trace:
    return Trace(label=label, values=[[1, 2, 3, 4]], unit=unit)


def rows(*cells: str) -> str:
    return "\n".join("\t".join(line.split("|")) for line in cells) + "\n"


def whole(recording: Recording, channel: int) -> np.ndarray:
    return recording.read(channel, 0, 0, recording.count(channel, 0))


# -- reading -----------------------------------------------------------------------------------


def test_channels_take_muscle_side_status_type_and_filters_from_their_table(
    tmp_path: Path,
) -> None:
    table = rows(
        "name|type|units|target_muscle|side|status|status_description|low_cutoff|high_cutoff",
        "E1|EMG|uV|orbicularis oculi|left|bad|loose|10|3000",
        "E2|EMG|uV|Mentalis (right)|n/a|good|n/a|n/a|n/a",
        "E3|TRIG|V|n/a|n/a|n/a|n/a|n/a|n/a",
        "E4|EMG|mV|Biceps brachii|n/a|good|n/a|n/a|n/a",
    )
    signals = [trace("E1"), trace("E2"), trace("E3", "V"), trace("E4", "")]
    recording = open_recording(dataset(tmp_path, *signals, channels=table))
    first, second, third, fourth = recording.channels
    assert (first.site, first.side) == ("orbicularis_oculi", Side.LEFT)
    assert (second.site, second.side) == ("mentalis", Side.RIGHT)
    assert third.microvolts_per_unit is None  # a trigger line, whatever unit it states
    assert (fourth.unit, fourth.microvolts_per_unit, fourth.site) == ("mV", 1000.0, "")
    assert recording.problems == ("Channel 'E1' is called bad: loose",)


def test_filters_of_the_table_fill_in_for_the_file(tmp_path: Path) -> None:
    table = rows("name|type|units|low_cutoff|high_cutoff|notch", "EMG1|EMG|uV|10|3000|50")
    path = dataset(tmp_path, channels=table)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"HP:10Hz LP:5kHz", b" " * 15))
    assert open_recording(path).channels[0].filters == "HP:10Hz LP:3000Hz N:50Hz"


def test_the_unit_of_the_file_counts_where_both_state_a_voltage(tmp_path: Path) -> None:
    """MNE-BIDS and the examples of BIDS write V beside files that are in µV."""
    table = rows("name|type|units", "EMG1|EMG|V")
    recording = open_recording(dataset(tmp_path, channels=table))
    assert recording.channels[0].microvolts_per_unit == 1.0
    assert recording.problems == (
        "1 channels (EMG1) are in uV by the file and in V by _channels.tsv: that of the file is "
        "used.",
    )


def test_rows_and_channels_that_do_not_fit_are_said(tmp_path: Path) -> None:
    table = rows("name|type|units|sampling_frequency", "EMG9|EMG|uV|4", "a|EMG|uV|2000")
    recording = open_recording(dataset(tmp_path, trace("a"), trace("b"), channels=table))
    assert recording.problems == (
        "Channel 'a' has 4 Hz by the file and 2000 Hz by _channels.tsv: that of the file is used.",
        "_channels.tsv has no rows of channel 'b'.",
        "_channels.tsv names what the file does not have: EMG9.",
    )


def test_events_are_marks_and_the_same_annotation_is_one(tmp_path: Path) -> None:
    lists = Lists(
        records=[
            tal("+0", "") + tal("+0.25", "cough") + tal("+0.5", "only here") + tal("+0.8", "jump")
        ],
        samples=60,
    )
    events = rows(
        "onset|duration|trial_type|value|branch|side|intensity_ma|polarity|channel",
        "0.25|0|mark|cough|n/a|n/a|n/a|n/a|EMG1",
        "0.1|0.5|stimulus|n/a|zygomatic_branch|left|12|-|n/a",
        "0.7|n/a|stimulus|pull_right|n/a|n/a|n/a|n/a|n/a",
        "0.8|0|jump|3|n/a|n/a|n/a|n/a|n/a",
        "0.9|0|stimulus|n/a|n/a|n/a|n/a|n/a|n/a",
        "n/a|0|nowhere|n/a|n/a|n/a|n/a|n/a|n/a",
        "5|0|late|n/a|n/a|n/a|n/a|n/a|n/a",
    )
    recording = open_recording(dataset(tmp_path, trace("EMG1"), lists, events=events))
    assert [(m.onset_s, m.text, m.duration_s, m.channel) for m in recording.marks] == [
        (0.1, "stimulus branch=zygomatic_branch side=left intensity_ma=12 polarity=-", 0.5, -1),
        (0.25, "cough", 0.0, 0),
        (0.5, "only here", 0.0, -1),
        (0.7, "stimulus/pull_right", 0.0, -1),
        (0.8, "jump", 0.0, -1),
        (0.9, "trial_type/stimulus", 0.0, -1),
        (5.0, "late", 0.0, -1),
    ]
    assert recording.problems == (f"1 events of {STEM}_events.tsv lie after the last sample.",)
    (stimulus,) = stimuli_of(recording)
    assert (stimulus.side, stimulus.polarity) == (Side.LEFT, -1)


def test_sidecars_are_inherited_and_the_nearer_one_wins(tmp_path: Path) -> None:
    path = dataset(tmp_path, trace("a"))
    (tmp_path / "dataset_description.json").write_text("{}")
    (tmp_path / "task-blink_emg.json").write_text('{"SamplingFrequency": 9, "RecordingType": "x"}')
    (tmp_path / "task-other_emg.json").write_text('{"RecordingDuration": 500}')
    (tmp_path / "sub-07" / "sub-07_emg.json").write_text('{"SamplingFrequency": 4}')
    (tmp_path / "task-blink_channels.tsv").write_text(
        rows("name|type|units|target_muscle", "a|EMG|uV|frontalis")
    )
    recording = open_recording(path)
    assert recording.channels[0].site == "frontalis"
    assert recording.problems == ("_emg.json calls the recording 'x'.",)
    path.with_name(f"{STEM}_channels.tsv").write_text(
        rows("name|type|units|target_muscle", "a|EMG|uV|mentalis")
    )
    assert open_recording(path).channels[0].site == "mentalis"


def test_what_the_settings_say_and_the_file_does_not(tmp_path: Path) -> None:
    text = json.dumps({"SamplingFrequency": 2000, "RecordingDuration": 60, "other": [1]})
    assert open_recording(dataset(tmp_path, emg=text)).problems == (
        "_emg.json says that it lasts 60 s; it lasts 1 s.",
        "_emg.json says 2000 Hz; the channels have 4 Hz.",
    )


def test_a_folder_stands_for_its_one_recording(tmp_path: Path) -> None:
    path = dataset(tmp_path / "one")
    for folder in (tmp_path / "one", path.parents[1], path.parent):
        assert open_recording(folder).path == path
    shutil.copyfile(path, path.with_name("sub-07_task-smile_emg.edf"))
    with pytest.raises(InputError, match="a folder with 2 recordings: sub-07/emg/sub-07_task-bl"):
        open_recording(tmp_path / "one")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="a folder without a recording of BIDS-EMG"):
        open_recording(tmp_path / "empty")


@pytest.mark.parametrize(
    ("suffix", "text", "message"),
    [
        ("emg", "{", "not JSON"),
        ("emg", "{" * 5000, "not JSON"),
        ("channels", "a\tb\n1\t2\n", "no column name, type, units"),
        ("channels", "name\ttype\tunits\nE\tEMG\tuV\tmore\n", "line 2 has more cells"),
        ("channels", "", "no column name, type, units"),
        ("events", "time\n1\n", "no column onset"),
    ],
)
def test_a_spoilt_sidecar_is_named(tmp_path: Path, suffix: str, text: str, message: str) -> None:
    path = dataset(tmp_path, **{suffix: text})
    with pytest.raises(InputError) as caught:
        open_recording(path)
    assert message in caught.value.problem
    assert f"{STEM}_{suffix}" in caught.value.problem
    assert caught.value.next_step


def test_a_list_in_place_of_settings_is_refused(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    path.with_suffix(".json").write_text("[1]")
    with pytest.raises(InputError, match="not a JSON object"):
        open_recording(path)


def test_a_name_taken_apart() -> None:
    found = entities_of(Path("sub-01_task-jump_recording-hd_emg.edf"))
    assert found.pairs == (("sub", "01"), ("task", "jump"), ("recording", "hd"))
    assert found.suffix == "emg"


EXAMPLES = {
    "emg_CustomBipolarFace": (6, 1, {"orbicularis_oris", "platysma", ""}),
    "emg_CustomBipolar": (1, 0, {""}),
    "emg_IndependentMod": (6, 0, {""}),
    "emg_MultiBodyParts": (2, 0, {""}),
    "emg_TwoHDsEMG": (128, 0, {""}),
    "emg_TwoWristbands": (32, 0, {""}),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_bids(shared_data: Path, name: str) -> None:
    channels, marks, sites = EXAMPLES[name]
    recording = open_recording(shared_data / "electro" / "formats" / "bids_emg" / name)
    assert (len(recording.channels), len(recording.marks)) == (channels, marks)
    assert {channel.site for channel in recording.channels} == sites
    assert all(channel.rate_hz == 2000 for channel in recording.channels)
    assert "are in uV by the file and in V by _channels.tsv" in recording.problems[0]
    assert len(recording.problems) == 1


def test_examples_with_two_recordings_and_with_a_damaged_one(shared_data: Path) -> None:
    folder = shared_data / "electro" / "formats" / "bids_emg"
    units = folder / "emg_ConcurrentIndependentUnits"
    with pytest.raises(InputError, match="a folder with 2 recordings"):
        open_recording(units)
    path = units / "sub-01" / "emg" / "sub-01_task-jumping_recording-bipolar_emg.edf"
    recording = open_recording(path)
    assert [mark.text for mark in recording.marks[:2]] == ["jump_start", "jump_peak"]
    assert recording.stretches[-1].stop_s == 0.5  # and its first event is said to be there
    assert recording.problems[-1].startswith("15 events of sub-01_task-jumping_events.tsv lie aft")
    with pytest.raises(InputError, match="where signals should be a number"):
        open_recording(folder / "emg_Multimodal")


# -- writing -----------------------------------------------------------------------------------


def made(path: Path) -> Recording:
    """Two muscles and a temperature, at two rates, with a long and a repeated name."""
    rng = np.random.default_rng(3)

    def channel(name: str, site: str, side: Side, rate_hz: float = 1000.0) -> Channel:
        return Channel(
            name=name, unit="mV", rate_hz=rate_hz, microvolts_per_unit=1e3, site=site, side=side,
            filters="HP:10Hz LP:3000Hz",
        )  # fmt: skip

    warmth = Channel(name="oesophagus", unit="°C", rate_hz=10.0, microvolts_per_unit=None)
    return recording_in_memory(
        path,
        [
            channel("orbicularis oculi of the left side", "orbicularis_oculi", Side.LEFT),
            channel("orbicularis oculi of the right side", "orbicularis_oculi", Side.RIGHT),
            warmth,
        ],
        [rng.standard_normal(2500), rng.standard_normal(2500), 36 + rng.random(25)],
        marks=[
            Mark(onset_s=0.5, text="stimulus branch=zygomatic_branch side=left intensity_ma=7.5"),
            Mark(onset_s=1.25, text="dura open", duration_s=0.125, channel=1),
        ],
        recorded_at="2026-03-02T08:30:00",
    )


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    source = made(tmp_path)
    (path,) = write_bids_emg(source, tmp_path / "set", BidsAbout(subject="A7", task="mvd"))
    assert path == tmp_path / "set" / "sub-A7" / "emg" / "sub-A7_task-mvd_emg.bdf"
    back = open_recording(tmp_path / "set")
    assert back.problems == ()
    assert back.recorded_at == source.recorded_at
    for ours, theirs in zip(back.channels, source.channels, strict=True):
        assert (ours.site, ours.side, ours.rate_hz) == (theirs.site, theirs.side, theirs.rate_hz)
        assert ours.filters == theirs.filters
    assert [one.microvolts_per_unit for one in back.channels] == [1.0, 1.0, None]
    assert back.channels[2].unit == "°C"
    for channel in range(3):
        values = whole(source, channel)
        np.testing.assert_allclose(
            whole(back, channel), values, rtol=0, atol=1.01 * np.ptp(values) / 2**24
        )
    assert back.marks == source.marks
    assert stimuli_of(back) == stimuli_of(source)


def test_a_gap_makes_two_runs(tmp_path: Path) -> None:
    source = tmp_path / "gap.edf"
    lists = Lists(records=[tal("+0", ""), tal("+9", "") + tal("+9.5", "y")])
    traces = Trace(label="Ment re", values=[[1, 2, 3, 4], [5, 6, 7, 8]])
    source.write_bytes(edf(Edf(signals=[traces, lists], reserved="EDF+D")))
    written = write_bids_emg(open_recording(source), tmp_path / "set")
    assert [path.name for path in written] == [
        "sub-01_task-face_run-1_emg.bdf",
        "sub-01_task-face_run-2_emg.bdf",
    ]
    second = open_recording(written[1])
    assert [(mark.onset_s, mark.text) for mark in second.marks] == [(0.5, "y")]
    assert whole(second, 0) == pytest.approx([0.5, 0.6, 0.7, 0.8], abs=1e-6)
    assert second.recorded_at == "2026-03-02T08:30:09"


def test_settings_have_the_keys_that_bids_requires(tmp_path: Path, shared_data: Path) -> None:
    """Those that every example has; and the columns of the tables begin as theirs do."""
    (path,) = write_bids_emg(made(tmp_path), tmp_path / "set")
    ours = json.loads(path.with_name(path.name.replace("_emg.bdf", "_emg.json")).read_text())
    examples = shared_data / "electro" / "formats" / "bids_emg"
    common: set[str] | None = None
    for sidecar in examples.glob("*/sub-01/emg/*_emg.json"):
        above = sidecar.parents[2].glob("task-*_emg.json")
        keys = {key for one in (sidecar, *above) for key in json.loads(one.read_text())}
        common = keys if common is None else common & keys
    assert common is not None
    assert {"EMGReference", "EMGPlacementScheme", "SamplingFrequency"} <= common
    # Who made the amplifier is not known of a recording.
    assert common - set(ours) == {"Manufacturer", "ManufacturersModelName"}
    assert ours["EMGChannelCount"] == 2
    assert ours["MiscChannelCount"] == 1
    table = path.with_name(path.name.replace("_emg.bdf", "_channels.tsv")).read_text()
    assert table.startswith("name\ttype\tunits\t")
    description = json.loads((tmp_path / "set" / "dataset_description.json").read_text())
    assert description["BIDSVersion"].startswith("1.11")
    assert {"Name", "BIDSVersion"} <= set(description)


def test_the_validator_of_bids_finds_no_error(tmp_path: Path) -> None:
    beside = Path(sys.executable).parent
    program = shutil.which("bids-validator-deno", path=beside) or shutil.which(
        "bids-validator-deno"
    )
    if program is None:
        lacking("bids-validator-deno")
    write_bids_emg(made(tmp_path), tmp_path / "set", BidsAbout(authors=("A", "B")))
    done = subprocess.run(
        [program, "--format", "json", str(tmp_path / "set")],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={**os.environ, "DENO_DIR": str(tmp_path / "deno")},  # its cache, not the user's
    )
    found = json.loads(done.stdout)["issues"]["issues"]
    assert [one for one in found if one.get("severity") == "error"] == []
    assert done.returncode == 0


def test_every_muscle_that_is_written_is_read(tmp_path: Path) -> None:
    muscles = [word for word, one in structures().items() if one.kind is Kind.MUSCLE]
    names = ChannelNames()
    assert {word: names.of(word.replace("_", " "))[0] for word in muscles} == {
        word: word for word in muscles
    }


def test_nothing_is_written_of_what_cannot_be(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for about in (BidsAbout(subject="Jane Doe"), BidsAbout(task="a_b")):
        with pytest.raises(UsageError, match="not of letters and digits alone"):
            write_bids_emg(made(tmp_path), folder, about)
    nothing = recording_in_memory(tmp_path / "x", [], [])
    with pytest.raises(InputError, match="x: has no channel"):
        write_bids_emg(nothing, folder)
    bad = recording_in_memory(
        tmp_path / "x",
        [Channel(name="a", unit="uV", rate_hz=10, microvolts_per_unit=1.0)],
        [np.array([1.0, np.nan])],
    )
    with pytest.raises(InputError, match="no finite numbers"):
        write_bids_emg(bad, folder)
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_replaces_its_own_kind_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write_bids_emg(made(tmp_path), folder)
    write_bids_emg(made(tmp_path), folder)
    (folder / "sub-02").mkdir()
    with pytest.raises(UsageError, match="it holds sub-02"):
        write_bids_emg(made(tmp_path), folder)
    assert (folder / "sub-02").is_dir()


# -- electrodes --------------------------------------------------------------------------------


def test_electrodes_of_a_recording(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "electro" / "formats" / "bids_emg"
    face = read_electrodes(folder / "emg_CustomBipolarFace")
    assert len(face) == 12
    assert (face[2].name, face[2].place) == ("E3", (10.0, 90.0, 40.0))
    bands = read_electrodes(folder / "emg_TwoWristbands")
    assert [one.coordinate_system for one in bands] == ["leftForearm"] * 16 + ["rightForearm"] * 16
    path = dataset(tmp_path)
    assert read_electrodes(path) == ()
    table = path.with_name("sub-07_electrodes.tsv")
    table.write_text(rows("name|x|impedance", "a|n/a|4.5", "b|1|n/a"))
    first, second = read_electrodes(path)
    assert (first.impedance_kohm, second.impedance_kohm, second.place[0]) == (4.5, None, 1.0)
    table.write_text(rows("name|x|impedance", "a|left|4.5"))
    with pytest.raises(InputError, match="line 2: x 'left' is no number"):
        read_electrodes(path)
