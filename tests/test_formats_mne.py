"""What MNE-Python reads: units, gaps, marks and warnings come through; without it, who to ask."""

from __future__ import annotations

import importlib.util
import sys
import types
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import lacking
from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording

MARKS = [
    {"onset": 100.5, "duration": 0.25, "description": "dura open"},
    {"onset": 101.0, "duration": 2.0, "description": "BAD_ACQ_SKIP"},
    {"onset": 104.0, "duration": 0.0, "description": "boundary"},
]


class Annotations(list[Any]):
    orig_time = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


class StandIn:
    """What is used of a Raw of MNE, over 10 s at 100 Hz; its first sample is at 100 s."""

    info: dict[str, Any]
    n_times = 1000
    first_time = 100.0
    annotations = Annotations(MARKS)

    def __init__(self) -> None:
        chs = [
            {"ch_name": "Ment re", "unit": 107},
            {"ch_name": "resp", "unit": 0},
        ]
        self.info = {
            "chs": chs,
            "sfreq": 100.0,
            "highpass": 10.0,
            "lowpass": 50.0,
            "meas_date": datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        }
        self.values = np.arange(2000.0).reshape(2, 1000)

    def get_data(self, picks: list[int], start: int, stop: int, **_: str) -> np.ndarray:
        print("Reading header...")  # noqa: T201 (as some readers of MNE do)
        return self.values[picks, start:stop]


@pytest.fixture
def raw(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    made = StandIn()

    def read_raw(path: str, *, preload: bool, verbose: str) -> StandIn:
        print("Reading header...")  # noqa: T201 (as some readers of MNE do)
        warnings.warn("a limit was\n guessed", RuntimeWarning, stacklevel=1)
        if path.endswith("bad.fif"):
            raise ValueError("no such\n  thing")
        return made

    io = types.SimpleNamespace(read_raw=read_raw)
    monkeypatch.setitem(sys.modules, "mne", types.SimpleNamespace(__version__="9.9", io=io))  # type: ignore[arg-type]
    return made


def some(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"some bytes of another kind")
    return path


def test_nothing_is_said_on_the_terminal(
    tmp_path: Path, raw: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    open_recording(some(tmp_path, "a.fif")).read(0, 0, 0, 5)
    assert capsys.readouterr() == ("", "")


def test_channels_marks_gaps_and_warnings_come_through(tmp_path: Path, raw: StandIn) -> None:
    recording = open_recording(some(tmp_path, "a.fif"))
    first, second = recording.channels
    assert (first.site, first.side, first.unit) == ("mentalis", Side.RIGHT, "V")
    assert (first.microvolts_per_unit, second.microvolts_per_unit) == (1e6, None)
    assert first.filters == "10 to 50 Hz"
    assert [(one.start_s, one.stop_s) for one in recording.stretches] == [(0, 1), (3, 4), (4, 10)]
    assert recording.read(0, 1, 10, 12).tolist() == [310e6, 311e6]
    assert recording.read(1, 2, 0, 2).tolist() == [1400, 1401]
    assert [(one.onset_s, one.text, one.duration_s) for one in recording.marks] == [
        (0.5, "dura open", 0.25)
    ]
    assert recording.recorded_at == "2026-03-02T08:31:40"
    assert recording.problems == (
        "Read by MNE-Python 9.9.",
        "MNE: a limit was guessed",
        "1 places where parts were laid together: how long the time between them was is not known.",
    )


def test_what_mne_cannot_read_is_one_message(tmp_path: Path, raw: StandIn) -> None:
    with pytest.raises(InputError, match="nor by MNE-Python: no such thing") as caught:
        open_recording(some(tmp_path, "bad.fif"))
    assert "BrainVision" in caught.value.next_step


def test_a_voltage_that_is_no_number_is_refused(tmp_path: Path, raw: StandIn) -> None:
    raw.values[:, 5] = np.nan
    recording = open_recording(some(tmp_path, "a.fif"))
    with pytest.raises(InputError, match="channel 'Ment re' has values that are no finite"):
        recording.read(0, 0, 0, 10)
    assert np.isnan(recording.read(1, 0, 5, 6)).all()


@pytest.mark.parametrize("name", ["a.edf", "a.bdf", "a.xdf", "a.vhdr"])
def test_our_own_kinds_are_never_given_to_mne(tmp_path: Path, raw: StandIn, name: str) -> None:
    """It would read them by their name, and pass over gaps."""
    with pytest.raises(InputError, match="not a recording of a kind that is read") as caught:
        open_recording(some(tmp_path, name))
    assert "nor by MNE" not in caught.value.problem


def test_without_mne_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mne", None)
    with pytest.raises(InputError) as caught:
        open_recording(some(tmp_path, "a.fif"))
    assert "pip install mne" in caught.value.next_step


def test_a_nicolet_recording(shared_data: Path) -> None:
    """With MNE-Python itself."""
    if importlib.util.find_spec("mne") is None:
        lacking("MNE-Python")
    path = shared_data / "electro" / "formats" / "mne" / "test_nicolet_raw.data"
    recording = open_recording(path)
    counts = np.fromfile(path, "<i2").reshape(-1, 29)
    assert [channel.name for channel in recording.channels][:2] == ["FP1", "FP2"]
    for channel in range(29):
        values = recording.read(channel, 0, 0, recording.count(channel, 0))
        np.testing.assert_allclose(values, counts[:, channel] * 0.179, rtol=1e-9)
