"""EDF and BDF: every value and annotation as edfio gives it; rates, units, names, headers."""

from __future__ import annotations

import resource
import subprocess
import sys
import warnings
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import lacking
from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording import open_recording, unmapped
from hemifacial.formats.recording_edf import open_edf
from hemifacial.formats.recording_facts import Recording
from recording_bytes import Edf, Lists, Trace, edf, tal

ODD = "emg_Multimodal"
"""Two examples of BIDS whose header is a byte too short."""


def torture(shared_data: Path) -> list[Path]:
    folder = shared_data / "electro" / "formats"
    return sorted(path for path in folder.rglob("*.[eb]df") if ODD not in path.parts)


def written(folder: Path, form: Edf, name: str = "a.edf") -> Path:
    path = folder / name
    path.write_bytes(edf(form))
    return path


def whole(recording: Recording, channel: int, stretch: int = 0) -> np.ndarray:
    return recording.read(channel, stretch, 0, recording.count(channel, stretch))


def test_every_value_and_annotation_is_that_of_edfio(shared_data: Path) -> None:
    files = torture(shared_data)
    assert len(files) == 26
    for path in files:
        ours = open_edf(path, ChannelNames())  # The file alone, without sidecars of BIDS.
        read = edfio.read_bdf if path.read_bytes()[:1] == b"\xff" else edfio.read_edf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = read(path, header_encoding="latin-1")
        assert [channel.name for channel in ours.channels] == [one.label for one in theirs.signals]
        assert [(mark.onset_s, mark.text) for mark in ours.marks] == [
            (one.onset, one.text) for one in theirs.annotations
        ]
        for k, signal in enumerate(theirs.signals):
            assert ours.channels[k].rate_hz == pytest.approx(signal.sampling_frequency)
            values = ours.samples(k, 0, 0, ours.count(k, 0))
            np.testing.assert_allclose(values, signal.data, rtol=0, atol=1e-9 * np.ptp(signal.data))


def test_what_the_names_of_the_torture_set_say(shared_data: Path) -> None:
    folder = shared_data / "electro" / "formats"
    uneven = open_recording(folder / "mne" / "test_uneven_samp.edf")
    assert [channel.rate_hz for channel in uneven.channels] == [100.0, 12.8]
    assert [channel.microvolts_per_unit for channel in uneven.channels] == [1e6, 1.0]
    assert whole(uneven, 0).max() == pytest.approx(5e6, rel=1e-3)  # "+5/-5 V" in the name

    utf8 = open_recording(folder / "edf" / "pyedflib_test_utf8.edf")
    assert any(not mark.text.isascii() for mark in utf8.marks)

    sub = open_recording(folder / "edf" / "edfio_test_subsecond.bdf")
    assert sub.recorded_at.startswith("2020-01-24T04:05:56.39")

    notes = open_recording(folder / "edf" / "edfio_SC4001EC-Hypnogram.edf")
    assert notes.channels == notes.stretches == ()
    assert len(notes.marks) == 154
    assert notes.marks[0].duration_s == 30630.0

    twice = open_recording(folder / "mne" / "duplicate_channel_labels.edf")
    assert [channel.name for channel in twice.channels] == [
        "EEG F1-Ref",
        "EEG F2-Ref",
        "EEG F1-Ref",
    ]
    assert not np.array_equal(whole(twice, 0), whole(twice, 2))

    psg = open_recording(folder / "edf" / "edfio_short_psg.edf")
    assert {c.unit for c in psg.channels if c.microvolts_per_unit is None} == {"", "DegC"}
    assert 30 < whole(psg, 5).mean() < 42  # of a rectum


def test_headers_that_are_a_byte_short_are_refused(shared_data: Path) -> None:
    paths = [path for path in (shared_data / "electro").rglob("*.edf") if ODD in path.parts]
    assert len(paths) == 2
    for path in paths:
        with pytest.raises(InputError, match="where signals should be a number"):
            open_recording(path)


def test_a_piece_is_a_part_of_the_whole(shared_data: Path) -> None:
    path = (
        shared_data
        / "electro"
        / "formats"
        / "edf"
        / "pyedflib_test_generator_datarec_generator_0_5.bdf"
    )
    recording = open_recording(path)
    for channel in range(len(recording.channels)):
        everything = whole(recording, channel)
        for first, stop in [
            (0, 0),
            (0, 1),
            (3, 999),
            (700, 2111),
            (len(everything) - 1, len(everything)),
        ]:
            piece = recording.read(channel, 0, first, stop)
            np.testing.assert_array_equal(piece, everything[first:stop])
        with pytest.raises(IndexError):
            recording.read(channel, 0, 0, len(everything) + 1)


@given(
    rows=st.lists(
        st.lists(st.integers(-(2**23), 2**23 - 1), min_size=3, max_size=3), min_size=1, max_size=4
    ),
    wide=st.sampled_from([1, 3, 200]),
)
def test_whole_numbers_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[int]], wide: int
) -> None:
    """Both sample widths, and both ways of reading: by seeks and by blocks."""
    folder = tmp_path_factory.mktemp("numbers")
    for sample_bytes in (2, 3):
        top = 2 ** (8 * sample_bytes - 1)
        values = [[value % top - (value < 0) * top for value in row] * wide for row in rows]
        limits = (str(-top), str(top - 1))
        trace = Trace(label="Ment re", values=values, physical=limits, digital=limits)
        other = Trace(label="x", values=[[1]] * len(rows))
        path = written(
            folder, Edf(signals=[other, trace], sample_bytes=sample_bytes), f"{sample_bytes}"
        )
        recording = open_recording(path)
        assert whole(recording, 1).tolist() == [value for row in values for value in row]
        assert recording.read(1, 0, 1, 3).tolist() == [v for row in values for v in row][1:3]


def test_scale_unit_name_and_filters_of_a_channel(tmp_path: Path) -> None:
    trace = Trace(
        label="Mentalis-R",
        values=[[-32768, 0, 32767]],
        unit="mV",
        physical=("3.2768", "-3.2767"),
    )
    recording = open_recording(written(tmp_path, Edf(signals=[trace])))
    (channel,) = recording.channels
    assert (channel.site, channel.side, channel.rate_hz) == ("mentalis", Side.RIGHT, 3.0)
    assert (channel.unit, channel.microvolts_per_unit) == ("mV", 1000.0)
    assert channel.filters == "HP:10Hz LP:5kHz"
    assert recording.recorded_at == "2026-03-02T08:30:00"
    # Limits the other way round are allowed, and turn the polarity.
    np.testing.assert_allclose(whole(recording, 0), [3276.8, 0.0, -3276.7], atol=1e-9)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_header_may_be_utf8_or_latin1(tmp_path: Path, encoding: str) -> None:
    trace = Trace(label="Stirn li é", values=[[5, 6]], unit="µV")
    recording = open_recording(written(tmp_path, Edf(signals=[trace], encoding=encoding)))
    assert recording.channels[0].name == "Stirn li é"
    assert recording.channels[0].microvolts_per_unit == 1.0


def test_a_date_that_was_taken_out_is_not_told_as_one(tmp_path: Path) -> None:
    path = written(tmp_path, Edf(signals=[Trace(label="a", values=[[1, 2, 3]])]))
    header = bytearray(path.read_bytes())
    assert open_recording(path).recorded_at
    for place, text in ((168, b"01.01.8500.00.00"), (88, b"Startdate X X X X".ljust(80))):
        changed = header.copy()
        changed[place : place + len(text)] = text
        path.write_bytes(changed)
        assert not open_recording(path).recorded_at


def test_a_channel_without_scale_is_given_raw_and_named(tmp_path: Path) -> None:
    trace = Trace(label="unused", values=[[7, 8]], physical=("0", "0"))
    recording = open_recording(written(tmp_path, Edf(signals=[trace])))
    assert whole(recording, 0).tolist() == [7, 8]
    assert recording.channels[0].microvolts_per_unit is None
    assert recording.problems == (
        "Channel 'unused' states no scale (its limits are equal): its values are raw.",
    )


def test_unmapped_channels_are_listed_once(tmp_path: Path) -> None:
    signals = [
        Trace(label=label, values=[[1]], unit=unit)
        for label, unit in [("R Ment", "uV"), ("EMG 7", "uV"), ("EMG 7", "uV"), ("Temp", "degC")]
    ]
    assert unmapped(open_recording(written(tmp_path, Edf(signals=signals)))) == ("EMG 7",)


def test_a_file_that_was_never_closed_is_read_and_says_so(tmp_path: Path) -> None:
    form = Edf(signals=[Trace(label="a", values=[[1, 2], [3, 4]])], records="-1", tail=b"\1")
    recording = open_recording(written(tmp_path, form))
    assert recording.count(0, 0) == 4
    assert recording.problems == (
        "The recorder never closed this file: its 2 whole data records are read.",
    )


def test_what_follows_the_stated_records_is_named(tmp_path: Path) -> None:
    form = Edf(signals=[Trace(label="a", values=[[1, 2], [3, 4]])], records="1")
    recording = open_recording(written(tmp_path, form))
    assert recording.count(0, 0) == 2
    assert "what follows is not read" in recording.problems[0]


TRACE = Trace(label="a", values=[[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Edf(signals=[TRACE], records="3"), "it says 3 data records and ends after 2"),
        (Edf(signals=[TRACE], records="0"), "there is no signal"),
        (Edf(signals=[TRACE], record_s="0"), "no rate"),
        (Edf(signals=[TRACE], record_s="nan"), "'nan' where record_s should be a number"),
        (Edf(signals=[TRACE], count="9999"), "9999 signals"),
        (Edf(signals=[TRACE], count="-1"), "-1 signals"),
        (Edf(signals=[TRACE], header_bytes="99999999"), "99999999 bytes"),
        (Edf(signals=[Trace(label="a", values=[[], []]), TRACE]), "'a' has a rate of zero"),
        (Edf(signals=[Trace(label="a", values=[[1]], unit="furlong")]), "'furlong' is not known"),
        (Edf(signals=[Trace(label="a", values=[[1]], unit="MV")]), "Known voltages: µV"),
        (Edf(signals=[Trace(label="a", values=[[1]], physical=("nan", "1"))]), "physical_min"),
        (Edf(signals=[Trace(label="a", values=[[1]], digital=("0.5", "1"))]), "a whole number"),
    ],
)
def test_a_fault_has_one_message(tmp_path: Path, form: Edf, message: str) -> None:
    path = written(tmp_path, form)
    with pytest.raises(InputError) as caught:
        open_recording(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert caught.value.next_step


def test_a_file_that_shrinks_after_it_was_opened(tmp_path: Path) -> None:
    path = written(tmp_path, Edf(signals=[TRACE]))
    recording = open_recording(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(InputError, match="has become shorter since it was opened"):
        whole(recording, 0)


MEMORY = """
import resource, sys
from pathlib import Path
from hemifacial.formats.recording import open_recording
recording = open_recording(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for channel in range(len(recording.channels)):
    count = recording.count(channel, 0)
    for first in range(0, count, 20000):
        recording.read(channel, 0, first, min(first + 20000, count))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("sample_bytes", [2, 3])
@pytest.mark.parametrize("wide", [2, 5000])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, sample_bytes: int, wide: int) -> None:
    """40 MB are read in pieces within 16 MB, however long the data records are."""
    if sys.platform != "linux":
        lacking("the unit of ru_maxrss of Linux")
    assert resource.getpagesize() > 0
    records = 40_000_000 // (4 * wide * sample_bytes)
    one = edf(
        Edf(
            signals=[Trace(label=f"c{k}", values=[[1] * wide]) for k in range(4)],
            records=str(records),
            sample_bytes=sample_bytes,
        )
    )
    path = tmp_path / "long.edf"
    head = 256 * 5
    path.write_bytes(one[:head] + one[head:] * records)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 16_000


def test_annotations_of_channels_and_spans(tmp_path: Path) -> None:
    lists = Lists(
        records=[
            tal("+0", "", "begin") + tal("+0.25", "pulse@@Ment re", "second"),
            tal("+1", "") + tal("+1.5", "relaxant@@nowhere", duration="2.5") + b"+x\x14bad\x14\0",
        ],
        samples=60,
    )
    recording = open_recording(
        written(
            tmp_path,
            Edf(signals=[Trace(label="Ment re", values=[[1], [2]]), lists], reserved="EDF+C"),
        )
    )
    assert [(m.onset_s, m.text, m.duration_s, m.channel) for m in recording.marks] == [
        (0.0, "begin", 0.0, -1),
        (0.25, "pulse", 0.0, 0),
        (0.25, "second", 0.0, -1),
        (1.5, "relaxant@@nowhere", 2.5, -1),
    ]
    assert recording.problems == ("1 annotations of the file could not be read.",)
