"""XDF: the published examples give what their README says; breaks, clocks, rates, faults."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Recording
from recording_bytes import chunk, floats, labelled, stream, words, xdf


def written(folder: Path, *chunks: bytes) -> Path:
    path = folder / "a.xdf"
    path.write_bytes(xdf(*chunks))
    return path


def ramp(number: int, start_s: float, first: int, stop: int) -> bytes:
    return floats(number, start_s, [[float(k)] for k in range(first, stop)])


def whole(recording: Recording, channel: int, stretch: int = 0) -> list[float]:
    return recording.read(channel, stretch, 0, recording.count(channel, stretch)).tolist()


def test_minimal_example(shared_data: Path) -> None:
    recording = open_recording(shared_data / "electro/formats/xdf/minimal.xdf")
    assert [channel.rate_hz for channel in recording.channels] == [10.0] * 3
    assert whole(recording, 0) == [192, 12, 13, 14, 15, 12, 13, 14, 15]
    assert whole(recording, 2) == [238, 32, 33, 34, 35, 32, 33, 34, 35]
    texts = [mark.text for mark in recording.marks]
    assert texts[0].startswith("<?xml")
    assert texts[1:] == ["Hello", "World", "from", "LSL"] * 2
    # The clock of the numbers is 0.1 s ahead of that of the words, which has no offset.
    assert recording.marks[1].onset_s == pytest.approx(0.2)


def test_empty_streams_are_no_error(shared_data: Path) -> None:
    recording = open_recording(shared_data / "electro/formats/xdf/empty_streams.xdf")
    assert [channel.name for channel in recording.channels] == ["ch:00"]
    assert whole(recording, 0) == list(range(10))
    assert [mark.text for mark in recording.marks] == ['{"state": 2}']
    assert sum("is empty" in problem for problem in recording.problems) == 2


def test_clock_resets_part_the_recording(shared_data: Path) -> None:
    recording = open_recording(shared_data / "electro/formats/xdf/clock_resets.xdf")
    assert [recording.count(0, k) for k in range(len(recording.stretches))] == [12876, 14939]
    assert recording.stretches[1].start_s == pytest.approx(412.4, abs=0.5)
    assert len(recording.marks) == 175
    assert recording.marks[0].text == recording.marks[-1].text == "XXX"
    assert any("was set anew" in problem for problem in recording.problems)
    assert any("states 100 Hz" in problem for problem in recording.problems)


def test_labels_units_and_marks(tmp_path: Path) -> None:
    desc = labelled("R o.oculi", "Ment li", unit="millivolts")
    path = written(
        tmp_path,
        stream(1, channels=2, desc=desc),
        stream(2, kind="string", rate="0"),
        floats(1, 50.0, [[k, -k] for k in range(1000)]),
        words(2, [(50.25, "dura open"), (49.0, "skin")]),
    )
    recording = open_recording(path)
    assert [(c.name, c.site, c.side, c.unit) for c in recording.channels] == [
        ("R o.oculi", "orbicularis_oculi", Side.RIGHT, "millivolts"),
        ("Ment li", "mentalis", Side.LEFT, "millivolts"),
    ]
    assert recording.read(1, 0, 2, 4).tolist() == [-2000, -3000]
    assert [(m.onset_s, m.text) for m in recording.marks] == [(-1.0, "skin"), (0.25, "dura open")]
    assert recording.problems == ()


def test_a_break_is_a_stretch(tmp_path: Path) -> None:
    desc = labelled("a")
    path = written(tmp_path, stream(1, desc=desc), ramp(1, 10, 0, 500), ramp(1, 10.8, 500, 900))
    recording = open_recording(path)
    assert [recording.count(0, k) for k in (0, 1)] == [500, 400]
    assert recording.stretches[1].start_s == pytest.approx(0.8, abs=1e-6)
    assert whole(recording, 0, 1) == list(range(500, 900))


def test_the_measured_rate_is_used_where_it_tells(tmp_path: Path) -> None:
    """Blocks of 100 samples, each stamped: the clock of the amplifier runs 0.2 % fast."""
    blocks = [ramp(1, 7 + k * 0.1 * 0.998, 100 * k, 100 * k + 100) for k in range(50)]
    recording = open_recording(written(tmp_path, stream(1, desc=labelled("a")), *blocks))
    assert recording.channels[0].rate_hz == pytest.approx(1000 / 0.998, rel=1e-4)
    assert recording.count(0, 0) == 5000
    assert "states 1000 Hz; its time stamps are of 100" in recording.problems[0]


def test_streams_share_the_time_in_which_all_voltages_are_there(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        stream(1, desc=labelled("fast")),
        stream(2, rate="100", desc=labelled("slow")),
        stream(3, rate="10", desc=labelled("oesophagus", unit="degC")),
        ramp(1, 10.0, 0, 4000),
        ramp(2, 11.0, 0, 500),
        floats(3, 12.0, [[36.5], [36.6]]),
    )
    recording = open_recording(path)
    ((start_s, stop_s),) = [(s.start_s, s.stop_s) for s in recording.stretches]
    assert (start_s, stop_s) == (0.0, pytest.approx(3.0))
    assert whole(recording, 0) == list(range(1000, 4000))
    assert whole(recording, 1) == list(range(300))
    warmth = whole(recording, 2)
    assert warmth[10:12] == pytest.approx([36.5, 36.6])
    assert np.isnan(warmth[:10] + warmth[12:]).all()
    assert recording.problems == (
        "1.0 s of stream 's1' are left out: another stream does not record then.",
        "2.0 s of stream 's2' are left out: another stream does not record then.",
    )


def test_streams_that_never_meet_are_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        stream(1, desc=labelled("a")),
        stream(2, desc=labelled("b")),
        ramp(1, 10, 0, 100),
        ramp(2, 20, 0, 100),
    )
    with pytest.raises(InputError, match="its streams 's1', 's2' never record at the same time"):
        open_recording(path)


def test_a_voltage_that_is_no_number_is_refused_and_a_temperature_is_named(tmp_path: Path) -> None:
    rows = [[1.0], [float("nan")], [3.0]]
    path = written(tmp_path, stream(1, desc=labelled("a")), floats(1, 5, rows))
    with pytest.raises(InputError, match="1 of 3 values of channel 'a' .* the first is sample 2"):
        open_recording(path)
    path = written(tmp_path, stream(1, desc=labelled("a", unit="degC")), floats(1, 5, rows))
    assert "no finite numbers" in open_recording(path).problems[0]


def test_numbers_without_a_rate_are_marks(tmp_path: Path) -> None:
    path = written(tmp_path, stream(1, rate="0"), floats(1, 5, [[7]]), floats(1, 6, [[8]]))
    recording = open_recording(path)
    assert recording.channels == recording.stretches == ()
    assert [(mark.onset_s, mark.text) for mark in recording.marks] == [(0, "7.0"), (1, "8.0")]


SAMPLES = ramp(1, 5, 0, 20)
HUNDRED_HZ = [ramp(1, 5 + k / 100, k, k + 1) for k in range(30)]


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([stream(1), SAMPLES[:-1]], "are left"),
        ([SAMPLES], "stream 1 without a header"),
        ([], "it has no stream"),
        ([stream(1, channels=10**9)], "a stream of 1000000000 channels"),
        ([stream(1, rate="inf")], "a stream of inf Hz"),
        ([stream(1, kind="quaternion")], "'quaternion', not one of int8"),
        ([stream(1), b"\x08" + struct.pack("<Q", 2**62) + b"\3\0"], "are left"),
        ([stream(1), chunk(3, struct.pack("<IBI", 1, 4, 2**31))], "2147483648 samples in 0 bytes"),
        ([stream(1), ramp(1, float("nan"), 0, 3)], "a time of nan s"),
        ([stream(1), stream(1)], "a second header of stream 1"),
        ([chunk(2, b"\1\0\0\0<!DOCTYPE a><info/>")], "declarations in a header"),
        ([stream(1, rate="10"), *HUNDRED_HZ], "states 10 Hz, and its time stamps are of 100 Hz"),
        ([stream(1), SAMPLES, ramp(1, 3, 0, 20)], "the clock of stream"),
        ([stream(1, desc=labelled("a", unit="parsec")), SAMPLES], "'parsec' is not known"),
        ([b"\7"], "a length of 7 bytes"),
    ],
)
def test_a_fault_has_one_message(tmp_path: Path, chunks: list[bytes], message: str) -> None:
    path = written(tmp_path, *chunks)
    with pytest.raises(InputError) as caught:
        open_recording(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert caught.value.next_step


def test_nothing_is_said_on_the_terminal(
    shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    open_recording(shared_data / "electro/formats/xdf/clock_resets.xdf")
    assert capfd.readouterr() == ("", "")
