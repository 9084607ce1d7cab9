"""What is fuzzed: a sound small file of each kind, and how it is read with its neighbours."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import read_channel_names
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_bdf_layout import BdfLabel
from hemifacial.formats.recording_bdf_writing import write_bdf
from hemifacial.formats.recording_facts import Channel, Mark, Recording
from hemifacial.formats.recording_memory import recording_in_memory
from hemifacial.formats.recording_table import TableMapping, read_mapping
from hemifacial.formats.smartep import read_smartep
from hemifacial.formats.trigger_names import read_trigger_names
from hemifacial.twin.electro.xdf import write_xdf

__all__ = ["NAMES", "Target", "target_of"]

_SAMPLES = 60
_TIMED = TableMapping(columns=((2, "Ment re", "mV"),), time_column=1, part_by=3, mark_columns=(3,))
_HEADER = """Brain Vision Data Exchange Header File Version 1.0
[Common Infos]
Codepage=UTF-8
DataFile=a.eeg
MarkerFile=a.vmrk
DataFormat=BINARY
DataOrientation=MULTIPLEXED
NumberOfChannels=2
SamplingInterval=100
[Binary Infos]
BinaryFormat=IEEE_FLOAT_32
[Channel Infos]
Ch1=Ment re,,0.5,mV
Ch2=b,,1,
"""
_MARKERS = """Brain Vision Data Exchange Marker File, Version 1.0
[Marker Infos]
Mk1=New Segment,,1,1,0,20260302083000250000
Mk2=Stimulus,S  1,9,1,1
Mk3=New Segment,,31,1,0,20260302083010250000
"""
_NUMBERS = np.arange(2 * _SAMPLES, dtype="<f4").tobytes()
_SETTINGS = b'{"SamplingFrequency": 9, "RecordingDuration": 6, "RecordingType": "continuous"}'
_CHANNELS = b"name\ttype\tunits\tside\tlow_cutoff\na\tEMG\tuV\tleft\t10\nb\tTRIG\tV\tn/a\tn/a\n"
_EVENTS = b"onset\tduration\ttrial_type\tvalue\n0.5\t0.1\tmark\tdura open\n9\t0\tstimulus\tn/a\n"
_TRIGGERS = (
    b"trigger,branch,side,intensity_ma\nS 1,zygomatic_branch,left,12\n"
    b"Z {mA},zygomatic_branch,right,\n"
)
_TABLE = b"time,emg,part\n0,1,a\n1,2,a\n2,3,a\n0,4,b\n1,5,b\n2,6,b\n"
_MAPPING = b'{"columns": [{"column": 2, "name": "a", "unit": "mV"}], "rate_hz": 10}'
_SMARTEP = Path(__file__).parents[2] / "shared/data/electro/human_abr_smartep"

Read = Callable[[Path, bytes], None]


class Target:
    """A kind of file: a sound one, and a call that answers or says one message.

    Called with bytes it returns whether they could be read. Anything but an `InputError` with a
    problem and a next step comes out of the call as the fault that it is.
    """

    def __init__(self, name: str, seed: bytes, read: Read) -> None:
        self.name, self.seed, self._read = name, seed, read

    def __call__(self, content: bytes) -> bool:
        """Read bytes in a folder of their own, which must hold nothing new afterwards."""
        with TemporaryDirectory() as folder:
            try:
                self._read(Path(folder), content)
            except InputError as error:
                if not (error.problem and error.next_step):
                    raise RuntimeError(f"{self.name}: a message that says nothing") from error
                return False
            return True


def target_of(name: str) -> Target:
    """The target of this name; FileNotFoundError where the real recordings are not there."""
    return _TARGETS[name]()


def _file(name: str, neighbours: dict[str, bytes] | None = None, opened: str = "") -> Read:
    """Write the bytes under this name beside others, and open and read one of them in full."""

    def read(folder: Path, content: bytes) -> None:
        for other, its in {**(neighbours or {}), name: content}.items():
            (folder / other).write_bytes(its)
        _everything(open_recording(folder / (opened or name)))

    return read


def _by(reader: Callable[[Path], object], name: str) -> Read:
    def read(folder: Path, content: bytes) -> None:
        (folder / name).write_bytes(content)
        reader(folder / name)

    return read


def _everything(recording: Recording) -> None:
    for channel in range(len(recording.channels)):
        for stretch in range(len(recording.stretches)):
            count = recording.count(channel, stretch)
            if len(recording.read(channel, stretch, 0, count)) != count:
                raise RuntimeError("fewer samples than there are said to be")


def _sound() -> Recording:
    return recording_in_memory(
        Path("a"),
        [
            Channel(name=name, unit="uV", rate_hz=10.0, microvolts_per_unit=1.0)
            for name in ("a", "b")
        ],
        [np.arange(_SAMPLES) * 1.0, np.arange(_SAMPLES) * -2.0],
        marks=[Mark(onset_s=0.5, text="stimulus branch=zygomatic_branch side=left")],
        recorded_at="2026-03-02T08:30:00",
    )


def _bdf() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.bdf"
        write_bdf(path, _sound(), 0, [BdfLabel(label=one, unit="uV") for one in ("a", "b")])
        return path.read_bytes()


def _edf() -> bytes:
    """A short EDF+D of the same layout: sixteen bits, a gap before its second record."""
    rows = [[b"a", b"EDF Annotations"], [b""] * 2, [b"uV", b""], [b"-100", b"-1"], [b"100", b"1"],
            [b"-32768"] * 2, [b"32767"] * 2, [b""] * 2, [b"5", b"20"], [b""] * 2]  # fmt: skip
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    main = [(b"0", 8), (b"X X X X", 80), (b"Startdate 02-MAR-2026 X X X", 80), (b"02.03.26", 8),
            (b"08.30.00", 8), (b"768", 8), (b"EDF+D", 44), (b"2", 8), (b"1", 8),
            (b"2", 4)]  # fmt: skip
    cells = [(cell, width) for row, width in zip(rows, widths, strict=True) for cell in row]
    records = [
        struct.pack("<5h", *range(5)) + text.ljust(40, b"\0")
        for text in (b"+0\x14\x14\0+0.5\x14pulse@@a\x14\0", b"+9\x14\x14\0")
    ]
    return b"".join(one.ljust(width) for one, width in (*main, *cells)) + b"".join(records)


def _xdf() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xdf"
        write_xdf(path, _sound())
        return path.read_bytes()


def _smartep() -> bytes:
    path = next(iter(sorted(_SMARTEP.rglob("*.TXT"))), None)
    if path is None:
        raise FileNotFoundError("the real recordings are not in ../shared/data")
    return path.read_bytes()


def _table(folder: Path, content: bytes) -> None:
    (folder / "a.csv").write_bytes(content)
    _everything(open_recording(folder / "a.csv", mapping=_TIMED))


_TARGETS: dict[str, Callable[[], Target]] = {
    "edf": lambda: Target("edf", _edf(), _file("a.edf")),
    "bdf": lambda: Target("bdf", _bdf(), _file("a.bdf")),
    "xdf": lambda: Target("xdf", _xdf(), _file("a.xdf")),
    "brainvision": lambda: Target(
        "brainvision",
        _HEADER.encode(),
        _file("a.vhdr", {"a.eeg": _NUMBERS, "a.vmrk": _MARKERS.encode()}),
    ),
    "brainvision markers": lambda: Target(
        "brainvision markers",
        _MARKERS.encode(),
        _file("a.vmrk", {"a.eeg": _NUMBERS, "a.vhdr": _HEADER.encode()}, opened="a.vhdr"),
    ),
    "bids settings": lambda: Target(
        "bids settings", _SETTINGS, _file("s_emg.json", {"s_emg.bdf": _bdf()}, opened="s_emg.bdf")
    ),
    "bids channels": lambda: Target(
        "bids channels",
        _CHANNELS,
        _file("s_channels.tsv", {"s_emg.bdf": _bdf()}, opened="s_emg.bdf"),
    ),
    "bids events": lambda: Target(
        "bids events", _EVENTS, _file("s_events.tsv", {"s_emg.bdf": _bdf()}, opened="s_emg.bdf")
    ),
    "table": lambda: Target("table", _TABLE, _table),
    "mapping": lambda: Target("mapping", _MAPPING, _by(read_mapping, "a.mapping.json")),
    "channel names": lambda: Target(
        "channel names", b"name,site,side\nch1,mentalis,left\n", _by(read_channel_names, "a.csv")
    ),
    "triggers": lambda: Target("triggers", _TRIGGERS, _by(read_trigger_names, "a.csv")),
    "smartep": lambda: Target("smartep", _smartep(), _by(read_smartep, "a.TXT")),
}

NAMES = tuple(_TARGETS)
"""Every reader of electrical recordings that is ours."""
