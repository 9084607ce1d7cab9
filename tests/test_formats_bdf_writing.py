"""BDF+ as it is written: edfio reads the same values, times and texts; nothing is half written."""

from __future__ import annotations

import math
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_bdf_layout import BdfLabel, scale_of
from hemifacial.formats.recording_bdf_writing import write_bdf
from hemifacial.formats.recording_facts import Channel, Mark
from hemifacial.formats.recording_memory import recording_in_memory
from hemifacial.formats.recording_parts import some_channels
from recording_bytes import Edf, Lists, Trace, edf, floats, labelled, stream, tal, xdf


def channel(rate_hz: float, name: str = "a", scale: float | None = 1.0) -> Channel:
    unit = {1.0: "uV", 1e3: "mV", None: "degC"}[scale]
    return Channel(name=name, unit=unit, rate_hz=rate_hz, microvolts_per_unit=scale)


A = [BdfLabel(label="a", unit="uV")]


@settings(max_examples=25)
@given(
    rate=st.sampled_from([1000.0, 20_000.0, 512.0, 12.8, 4800.0]),
    samples=st.integers(2000, 7000),
    size=st.floats(1e-3, 1e5),
    offset=st.floats(-1e5, 1e5),
    seed=st.integers(0, 99),
)
def test_any_number_of_samples_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rate: float,
    samples: int,
    size: float,
    offset: float,
    seed: int,
) -> None:
    values = offset + size * np.random.default_rng(seed).standard_normal(samples)
    path = tmp_path_factory.mktemp("bdf") / "a.bdf"
    made = recording_in_memory(path, [channel(rate)], [values])
    write_bdf(path, made, 0, A)
    read = open_recording(path)
    assert read.problems == ()
    assert read.count(0, 0) == samples
    exact = 1e-6 if samples >= rate else 1e-5  # Eight letters say less of a short while.
    assert read.channels[0].rate_hz == pytest.approx(rate, rel=exact)
    signal = edfio.read_bdf(path).signals[0]
    wide = signal.physical_max - signal.physical_min
    # Limits of eight letters lie a little outside of the values; one value alone gets some room.
    assert wide <= np.ptp(values) + 1e-5 * max(1, np.abs(values).max()) or np.ptp(values) < 1e-2
    step = wide / (2**24 - 1)
    np.testing.assert_allclose(read.read(0, 0, 0, samples), values, rtol=0, atol=0.51 * step)
    np.testing.assert_allclose(signal.data, read.read(0, 0, 0, samples), rtol=0, atol=0.01 * step)


def test_rates_units_marks_and_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    made = recording_in_memory(
        path,
        [channel(1000), channel(100, "b", 1e3), channel(10, "c", None)],
        [np.arange(3000.0), np.linspace(-1, 1, 300), np.full(30, 36.6)],
        marks=[
            Mark(onset_s=2.5, text="tab\there @ é", duration_s=0.25, channel=1),
            Mark(onset_s=-0.5, text="before"),
            Mark(onset_s=7.25, text="after"),
        ],
        recorded_at="2026-03-02T08:30:00.25",
    )
    units = ["uV", "uV", "degC"]
    labels = [BdfLabel(label=one, unit=unit) for one, unit in zip("abc", units, strict=True)]
    write_bdf(path, made, 0, labels)
    read = open_recording(path)
    assert read.recorded_at == "2026-03-02T08:30:00.250000"
    assert [(m.onset_s, m.text, m.duration_s, m.channel) for m in read.marks] == [
        (-0.5, "before", 0.0, -1),
        (2.5, "tab here @ é", 0.25, 1),
        (7.25, "after", 0.0, -1),
    ]
    assert [c.rate_hz for c in read.channels] == [1000, 100, 10]
    assert read.read(1, 0, 0, 300) == pytest.approx(np.linspace(-1000, 1000, 300), abs=1e-3)
    assert read.read(2, 0, 0, 30) == pytest.approx(36.6, abs=1e-5)
    theirs = edfio.read_bdf(path)
    assert theirs.startdatetime.isoformat() == "2026-03-02T08:30:00.250000"
    assert [one.text for one in theirs.annotations] == ["before", "tab here @ é@@b", "after"]


def test_a_gap_parts_the_recording_and_its_marks(tmp_path: Path) -> None:
    source = tmp_path / "gap.edf"
    lists = Lists(records=[tal("+0", "") + tal("+0.5", "x"), tal("+9", "") + tal("+9.5", "y")])
    trace = Trace(label="a", values=[[1, 2, 3, 4], [5, 6, 7, 8]])
    source.write_bytes(edf(Edf(signals=[trace, lists], reserved="EDF+D")))
    recording = open_recording(source)
    for stretch, (text, values) in enumerate([("x", [1, 2, 3, 4]), ("y", [5, 6, 7, 8])]):
        path = tmp_path / f"{stretch}.bdf"
        marks = write_bdf(path, recording, stretch, A)
        read = open_recording(path)
        assert [(one.onset_s, one.text) for one in read.marks] == [(0.5, text)]
        assert marks == read.marks
        assert read.read(0, 0, 0, 4) == pytest.approx(np.array(values) * 0.1, abs=1e-6)
        assert read.recorded_at == f"2026-03-02T08:30:0{9 * stretch}"


@given(low=st.floats(-1e6, 1e6), size=st.floats(0, 1e6))
def test_limits_are_eight_letters_and_outside(low: float, size: float) -> None:
    scale = scale_of(low, low + size)
    assert max(len(scale.low), len(scale.high)) <= 8
    assert float(scale.low) <= low <= low + size <= float(scale.high)
    assert float(scale.high) > float(scale.low)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([np.array([1.0, math.nan, 3.0])], "channel 'a' has values that are no finite numbers"),
        ([np.array([1.0, math.inf, 3.0])], "channel 'a' has values that are no finite numbers"),
        ([np.empty(0)], "it has no sample"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(
    tmp_path: Path, values: list[np.ndarray], message: str
) -> None:
    path = tmp_path / "a.bdf"
    made = recording_in_memory(path, [channel(10)], values)
    with pytest.raises(InputError, match=message):
        write_bdf(path, made, 0, A)
    assert list(tmp_path.iterdir()) == []


def test_a_moment_too_short_for_its_rate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    with pytest.raises(InputError, match="no duration of eight letters"):
        write_bdf(path, recording_in_memory(path, [channel(4800.0)], [np.ones(1)]), 0, A)
    write_bdf(path, recording_in_memory(path, [channel(20_000.0)], [np.ones(1)]), 0, A)
    assert open_recording(path).channels[0].rate_hz == pytest.approx(20_000)


def test_channels_that_do_not_end_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="channels last"):
        recording_in_memory(
            tmp_path, [channel(10), channel(10, "b")], [np.arange(3.0), np.arange(4.0)]
        )
    source = open_recording(_two_rates(tmp_path))
    with pytest.raises(InputError, match="its channels end 0.333 ms apart"):
        write_bdf(tmp_path / "b.bdf", source, 0, [*A, BdfLabel(label="b", unit="uV")])
    assert not (tmp_path / "b.bdf").exists()
    write_bdf(tmp_path / "b.bdf", some_channels(source, [0]), 0, A)
    assert open_recording(tmp_path / "b.bdf").count(0, 0) == source.count(0, 0)


def _two_rates(folder: Path) -> Path:
    """An XDF in which the slow channel ends between two samples of the fast one."""
    path = folder / "two.xdf"
    parts = [
        stream(1, desc=labelled("a")),
        stream(2, rate="3", desc=labelled("b")),
        floats(1, 5.0, [[float(k)] for k in range(3000)]),
        floats(2, 5.0, [[float(k)] for k in range(8)]),
    ]
    path.write_bytes(xdf(*parts))
    return path
