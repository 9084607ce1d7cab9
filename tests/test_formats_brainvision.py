"""BrainVision: every layout, units, markers and segments; what does not fit is one message."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainvision_files import DTYPES, header, onsets, ramp, write
from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Recording

START = "New Segment,,1,1,0,20260302083000250000"


def whole(recording: Recording, channel: int, stretch: int = 0) -> np.ndarray:
    return recording.read(channel, stretch, 0, recording.count(channel, stretch))


@given(
    binary=st.sampled_from(sorted(DTYPES)),
    orientation=st.sampled_from(["MULTIPLEXED", "VECTORIZED"]),
    channels=st.integers(1, 4),
    samples=st.integers(1, 40),
    data=st.data(),
)
def test_every_layout_gives_its_numbers(
    tmp_path_factory: pytest.TempPathFactory,
    binary: str,
    orientation: str,
    channels: int,
    samples: int,
    data: st.DataObject,
) -> None:
    values = np.array(
        data.draw(
            st.lists(
                st.lists(st.integers(-32768, 32767), min_size=channels, max_size=channels),
                min_size=samples,
                max_size=samples,
            )
        )
    )
    head = header(
        *(f"c{k},,{k + 1},µV" for k in range(channels)), binary=binary, orientation=orientation
    )
    path = write(tmp_path_factory.mktemp("bv"), head, values)
    recording = open_recording(path)
    first = data.draw(st.integers(0, samples))
    stop = data.draw(st.integers(first, samples))
    for channel in range(channels):
        found = recording.read(channel, 0, first, stop)
        assert found.tolist() == (values[first:stop, channel] * (channel + 1)).tolist()


def test_names_units_and_what_is_left_out(tmp_path: Path) -> None:
    """A unit that is left out is µV and a resolution 1, as the format says."""
    head = header("Ment\\1 re,,0.5", "OrbOculi_L,Ref,,mV", "c,,2,V", "d,,1,nV", "T,,0.1,C", "e,,,")
    recording = open_recording(write(tmp_path, head, ramp(5, 6)))
    assert [(c.name, c.unit, c.microvolts_per_unit) for c in recording.channels] == [
        ("Ment, re", "µV", 1.0),
        ("OrbOculi_L", "mV", 1e3),
        ("c", "V", 1e6),
        ("d", "nV", 1e-3),
        ("T", "C", None),
        ("e", "µV", 1.0),
    ]
    assert [(c.site, c.side) for c in recording.channels[:2]] == [
        ("mentalis", Side.RIGHT),
        ("orbicularis_oculi", Side.LEFT),
    ]
    assert recording.channels[0].rate_hz == 10_000
    assert whole(recording, 0).tolist() == [-3.5, -0.5, 2.5, 5.5, 8.5]
    assert whole(recording, 2)[0] == -5 * 2e6
    assert recording.problems == ()


def test_markers_are_marks(tmp_path: Path) -> None:
    marks = (
        START,
        "Comment,stimulus branch=zygomatic_branch side=left intensity_ma=9 polarity=+,11,1,0",
        "Stimulus,S  1,21,5,2",
        "Response,,31,1,0",
        "Comment,one\\1 two,41,1,0",
    )
    recording = open_recording(write(tmp_path, header("a,,1,µV", "b,,1,µV"), ramp(100, 2), *marks))
    assert onsets(recording.marks) == [
        (0.001, "stimulus branch=zygomatic_branch side=left intensity_ma=9 polarity=+"),
        (0.002, "S  1"),
        (0.003, "Response"),
        (0.004, "one, two"),
    ]
    assert (recording.marks[1].duration_s, recording.marks[1].channel) == (5e-4, 1)
    assert recording.recorded_at == "2026-03-02T08:30:00.250000"


def test_new_segments_are_stretches_at_their_times(tmp_path: Path) -> None:
    marks = (START, "New Segment,,41,1,0,20260302083010250000", "Stimulus,S1,51,1,0")
    recording = open_recording(write(tmp_path, header("a,,1,µV"), ramp(100), *marks))
    assert [(one.start_s, one.stop_s) for one in recording.stretches] == [
        (0.0, pytest.approx(0.004)),
        (10.0, pytest.approx(10.006)),
    ]
    assert whole(recording, 0, 0).tolist() == list(range(-7, 33))
    assert whole(recording, 0, 1).tolist() == list(range(33, 93))
    assert onsets(recording.marks) == [(10.001, "S1")]
    assert recording.problems == ()


@pytest.mark.parametrize("date", ["", "20260302083000250100", "99999999999999999999"])
def test_segments_without_a_time_are_kept_apart_and_said(tmp_path: Path, date: str) -> None:
    """Also where the date would lay one segment over the one before."""
    recording = open_recording(
        write(tmp_path, header("a,,1,µV"), ramp(100), START, f"New Segment,,41,1,0,{date}")
    )
    assert recording.stretches[1].start_s == pytest.approx(1.004)
    assert "1 of its segments do not say when they begin" in recording.problems[0]


def test_an_ansi_header_and_a_file_name_by_the_stem(tmp_path: Path) -> None:
    path = write(tmp_path, header("Stirn é,,1,µV", data="$b.eeg"), ramp(3))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    (channel,) = open_recording(path).channels
    assert (channel.name, channel.unit) == ("Stirn é", "µV")


def test_markers_that_are_not_there_are_said(tmp_path: Path) -> None:
    path = write(tmp_path, header("a,,1,µV"), ramp(9))
    path.with_name("a.vmrk").unlink()
    assert "a.vmrk, is not there" in open_recording(path).problems[0]
    path.write_text(header("a,,1,µV", marks=""), encoding="utf-8")
    assert open_recording(path).problems == ()


def test_what_is_amiss_and_can_be_read_is_said(tmp_path: Path) -> None:
    marks = ("Stimulus,S1,0,1,0", "Stimulus,S2,500,1,0", "Stimulus,S3,x,1,0")
    path = write(tmp_path, header("a,,1,µV", "b,,1,µV"), ramp(9, 2).astype("<i2").tobytes() + b"x")
    path.with_name("a.vmrk").write_text(
        "[Marker Infos]\n" + "\n".join(f"Mk{k}={one}" for k, one in enumerate(marks)),
        encoding="utf-8",
    )
    recording = open_recording(path)
    assert recording.problems == (
        "2 markers of a.vmrk could not be read.",
        "The file ends within a sample, which is left out.",
        "1 markers lie after the last sample.",
    )
    assert recording.count(0, 0) == 9
    assert recording.marks == ()


def test_a_float_that_is_no_number_is_refused_when_it_is_read(tmp_path: Path) -> None:
    values = ramp(20).astype(float)
    values[11] = np.nan
    path = write(tmp_path, header("a,,1,µV", binary="IEEE_FLOAT_32"), values)
    recording = open_recording(path)
    assert recording.read(0, 0, 0, 11).tolist() == list(range(-7, 4))
    with pytest.raises(InputError, match="channel 'a' has values that are no finite numbers"):
        whole(recording, 0)


def test_a_file_that_shrinks_after_it_was_opened(tmp_path: Path) -> None:
    path = write(tmp_path, header("a,,1,µV"), ramp(20))
    recording = open_recording(path)
    path.with_name("a.eeg").write_bytes(b"\0" * 30)
    with pytest.raises(InputError, match="has become shorter since it was opened"):
        whole(recording, 0)


A = "a,,1,µV"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (header(A, count="0"), "NumberOfChannels is 0"),
        (header(A, count="-3"), "numberofchannels is -3"),
        (header(A, count="nan"), "'nan', no number"),
        (header(A, count="2"), "describes no Ch2"),
        (header(A, interval_us="0"), "no rate"),
        (header(A, interval_us="-5"), "no rate"),
        (header(A, interval_us="inf"), "'inf', no number"),
        (header("a,,nan,µV"), "the resolution of Ch1 is 'nan'"),
        (header("a,,0,µV"), "the resolution of Ch1 is '0'"),
        (header("a,,1,furlong"), "the unit 'furlong' is not known"),
        (header(A, binary="UINT_8"), "BinaryFormat is 'UINT_8', not one of INT_16"),
        (header(A, orientation="SPIRAL"), "DataOrientation is 'SPIRAL'"),
        (header(A, more="DataType=FREQUENCYDOMAIN"), "FREQUENCYDOMAIN"),
        (header(A).replace("BINARY", "ASCII"), "'ASCII'; what is read is BINARY"),
        (header(A, data="../a.eeg"), "no name of a file beside it"),
        (header(A, data=".."), "no name of a file beside it"),
        (header(A, data=""), "no name of a file beside it"),
        (header(A, data="b.eeg"), "its samples, b.eeg, cannot be read"),
        (header(A, more="DataPoints=99"), "it says 99 samples and a.eeg holds 20"),
        ("Brain Vision Data Exchange Header File Version 1.0", "numberofchannels is 'missing'"),
    ],
)
def test_a_fault_has_one_message(tmp_path: Path, head: str, message: str) -> None:
    path = tmp_path / "a.vhdr"
    path.write_text(head, encoding="utf-8")
    path.with_name("a.eeg").write_bytes(ramp(20).astype("<i2").tobytes())
    path.with_name("a.vmrk").write_text("")
    with pytest.raises(InputError) as caught:
        open_recording(path)
    assert message.lower() in caught.value.problem.lower()
    assert str(path) in caught.value.problem
    assert caught.value.next_step


def test_samples_and_markers_by_themselves_name_their_header(tmp_path: Path) -> None:
    path = write(tmp_path, header(A), ramp(20))
    for name in ("a.eeg", "a.vmrk"):
        with pytest.raises(InputError, match="a part of a BrainVision recording") as caught:
            open_recording(path.with_name(name))
        assert "a.vhdr" in caught.value.next_step
    path.with_name("a.eeg").write_bytes(b"")
    with pytest.raises(InputError, match="holds 0 bytes: no sample"):
        open_recording(path)


def test_the_example_of_mne(shared_data: Path, tmp_path: Path) -> None:
    """One of its channels has a unit that means nothing; with another one it is read."""
    folder = shared_data / "electro" / "formats" / "mne"
    with pytest.raises(InputError, match="channel 'CP5': the unit 'BS' is not known"):
        open_recording(folder / "test.vhdr")
    for name in ("test.eeg", "test.vmrk"):
        shutil.copyfile(folder / name, tmp_path / name)
    text = (folder / "test.vhdr").read_text(encoding="utf-8")
    path = tmp_path / "test.vhdr"
    path.write_text(text.replace("CP5,,0.5,BS", "CP5,,0.5,n/a"), encoding="utf-8")
    recording = open_recording(path)
    raw = np.fromfile(folder / "test.eeg", "<i2").reshape(-1, 32)
    assert len(recording.channels) == 32
    for channel in range(32):
        np.testing.assert_array_equal(whole(recording, channel), raw[:, channel] * 0.5)
    assert [c.unit for c in recording.channels if c.microvolts_per_unit is None] == [
        *("n/a", "µS", "ARU", "uS", "S", "C"),
    ]
    assert len(recording.marks) == 13
    assert onsets(recording.marks)[:2] == [(0.486, "S253"), (0.496, "S255")]
    assert recording.recorded_at == "2013-11-13T16:14:03.794232"
