"""Whatever bytes come, a reader answers or says one message: no traceback, no hang, no flood."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brainvision_files as brainvision
from hemifacial.errors import InputError
from hemifacial.formats.channel_names import read_channel_names
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_table import TableMapping, read_mapping
from hemifacial.formats.smartep import read_smartep
from hemifacial.formats.trigger_names import read_trigger_names
from recording_bytes import Edf, Lists, Trace, edf, floats, labelled, stream, tal, words, xdf
from test_recording_smartep import export

Read = Callable[[Path], Any]

TIMED = TableMapping(columns=((2, "Ment re", "mV"),), time_column=1, part_by=3, mark_columns=(3,))


def everything(path: Path, mapping: TableMapping | None = None) -> None:
    """Open and read all of it."""
    recording = open_recording(path, mapping=mapping)
    for channel in range(len(recording.channels)):
        for stretch in range(len(recording.stretches)):
            count = recording.count(channel, stretch)
            assert len(recording.read(channel, stretch, 0, count)) == count


def plus(sample_bytes: int) -> bytes:
    lists = Lists(records=[tal("+0", "", "x"), tal("+1", ""), tal("+9", "") + tal("+9.5", "é@@a")])
    traces = [Trace(label="a", values=[[k, 2, 3]] * 3) for k in range(2)]
    return edf(Edf(signals=[*traces, lists], reserved="EDF+D", sample_bytes=sample_bytes))


def beside(name: str, *others: tuple[str, bytes]) -> Read:
    """Opens the file under this name, with others beside it."""

    def read(path: Path) -> None:
        for other, content in others:
            path.with_name(other).write_bytes(content)
        everything(path.rename(path.with_name(name)))

    return read


def _sidecar(path: Path, name: str) -> None:
    """A file of BIDS-EMG is read with this beside it."""
    path.rename(path.with_name(name))
    recording = path.with_name(BIDS_EDF[0])
    recording.write_bytes(BIDS_EDF[1])
    everything(recording)


def _markers(path: Path) -> None:
    """A BrainVision recording is read with these markers."""
    path.rename(path.with_name("a.vmrk"))
    path.write_bytes(BRAINVISION)
    beside("a.vhdr", NUMBERS)(path)


BRAINVISION = brainvision.header("Ment re,,0.5,mV", "b,,1", binary="IEEE_FLOAT_32").encode()
NUMBERS = ("a.eeg", b"\1\2\3\4" * 60)
MARKERS = brainvision.markers("New Segment,,1,1,0", "Stimulus,S1,9,1,1", "New Segment,,11,1,0")
BIDS_EDF = ("s_emg.edf", plus(2))

VALID: dict[str, tuple[bytes, Read]] = {
    "edf": (plus(2), everything),
    "bdf": (plus(3), everything),
    "xdf": (
        xdf(
            stream(1, channels=2, desc=labelled("a", "b")),
            stream(2, kind="string", rate="0"),
            floats(1, 5, [[k, k] for k in range(6)]),
            words(2, [(5.001, "pulse")]),
            floats(1, 7, [[k, k] for k in range(6)]),
        ),
        everything,
    ),
    "table": (
        b"time,emg,part\n0,1,a\n1,2,a\n2,3,a\n0,4,b\n1,5,b\n2,6,b\n",
        lambda path: everything(path, TIMED),
    ),
    "mapping": (
        b'{"columns": [{"column": 2, "name": "a", "unit": "mV"}], "rate_hz": 10}',
        read_mapping,
    ),
    "names": (b"name,site,side\nch1,mentalis,left\n", read_channel_names),
    "brainvision": (BRAINVISION, beside("a.vhdr", NUMBERS, ("a.vmrk", MARKERS.encode()))),
    "markers": (MARKERS.encode(), lambda path: _markers(path)),
    "settings": (
        b'{"SamplingFrequency": 3, "RecordingDuration": 9, "RecordingType": "continuous"}',
        lambda path: _sidecar(path, "s_emg.json"),
    ),
    "channels": (
        b"name\ttype\tunits\tside\tlow_cutoff\na\tEMG\tuV\tleft\t10\na\tEMG\tuV\tleft\t9\n",
        lambda path: _sidecar(path, "s_channels.tsv"),
    ),
    "events": (
        b"onset\tduration\ttrial_type\tvalue\n0.5\t0.1\tmark\tdura open\n9.5\t0\tstimulus\tn/a\n",
        lambda path: _sidecar(path, "s_events.tsv"),
    ),
    "triggers": (
        b"trigger,branch,side,intensity_ma\nS 1,zygomatic_branch,left,12\nZ {mA},zygomatic_branch,"
        b"right,\n",
        read_trigger_names,
    ),
    "smartep": (export().encode("latin-1"), read_smartep),
}


@pytest.mark.parametrize("kind", VALID)
def test_the_files_that_are_spoilt_below_are_sound(tmp_path: Path, kind: str) -> None:
    content, read = VALID[kind]
    path = tmp_path / "a"
    path.write_bytes(content)
    read(path)


@pytest.mark.parametrize("kind", VALID)
@settings(max_examples=80)
@given(data=st.data())
def test_flipped_and_cut_bytes(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    content, read = VALID[kind]
    spoilt = bytearray(content)
    places = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(places, max_size=6)):
        spoilt[place] = value
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, len(content)))
    how = data.draw(st.sampled_from(["whole", "cut", "removed", "doubled"]))
    if how == "cut":
        del spoilt[end:]
    elif how == "removed":
        del spoilt[begin:end]
    elif how == "doubled":
        spoilt[begin:begin] = spoilt[begin:end]
    path = tmp_path_factory.mktemp("spoilt") / "a"
    path.write_bytes(spoilt)
    _answers(path, read)


@pytest.mark.parametrize("kind", VALID)
@settings(max_examples=40)
@given(data=st.data())
def test_digits_of_a_header(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    """Other digits where digits are, so that counts and rates are large, zero or negative."""
    content, read = VALID[kind]
    digits = [k for k, byte in enumerate(content) if chr(byte).isdigit()]
    spoilt = bytearray(content)
    places = st.tuples(st.sampled_from(digits), st.sampled_from(b"0123456789-+.e "))
    for place, value in data.draw(st.lists(places, min_size=1, max_size=8)):
        spoilt[place] = value
    path = tmp_path_factory.mktemp("digits") / "a"
    path.write_bytes(spoilt)
    _answers(path, read)


def _answers(path: Path, read: Read) -> None:
    said = None
    tracemalloc.start()
    try:
        read(path)
    except InputError as error:
        said = error
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert said is None or (said.problem and said.next_step)
    assert peak < 30_000_000


@pytest.mark.parametrize("kind", ["edf", "bdf", "xdf"])
def test_every_cut_is_refused_or_read(tmp_path: Path, kind: str) -> None:
    content, read = VALID[kind]
    path = tmp_path / "a"
    for length in range(1, len(content), 7):
        path.write_bytes(content[:length])
        _answers(path, read)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.edf", b"", "the file is empty"),
        ("a.edf", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 400, "not a recording of a kind that"),
        ("a.edf", b"0       ", "not a whole EDF"),
        ("a.xdf", b"XDF:", "it has no stream"),
        ("a.acq", b"\0" * 100, "not a recording of a kind that is read"),
        ("a.csv", b"1,2\n", "a.mapping.json is not there"),
    ],
)
def test_what_is_no_recording(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_recording(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert caught.value.next_step


def test_the_next_step_lists_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    with pytest.raises(InputError) as caught:
        open_recording(path)
    for kind in ("EDF", "BDF", "XDF", "BrainVision", "BIDS-EMG", ".csv"):
        assert kind in caught.value.next_step


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_recording(tmp_path / "none.edf")
    with pytest.raises(InputError, match="a folder without a recording of BIDS-EMG"):
        open_recording(tmp_path)


def test_other_formats_of_the_torture_set_are_refused(shared_data: Path) -> None:
    folder = shared_data / "electro" / "formats"
    others = [path for path in folder.rglob("*") if path.suffix in {".acq", ".head"}]
    assert len(others) == 3
    for path in others:
        with pytest.raises(InputError, match="not a recording of a kind that is read"):
            open_recording(path)
