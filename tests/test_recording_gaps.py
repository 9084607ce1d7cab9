"""Gaps in EDF+D and BDF+D, against files written byte by byte: never joined, never moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from recording_bytes import Edf, Lists, Trace, edf, tal


def opened(folder: Path, onsets: list[str], reserved: str = "EDF+D", sample_bytes: int = 2):  # noqa: ANN201
    """Four samples a record at 4 Hz: record k holds 10 k to 10 k + 3."""
    values = [[10 * k + i for i in range(4)] for k in range(len(onsets))]
    limits = ("-32768", "32767")
    path = folder / "gaps.edf"
    path.write_bytes(
        edf(
            Edf(
                signals=[
                    Trace(label="Ment li", values=values, physical=limits),
                    Lists(
                        records=[
                            tal(onset, "") + tal(onset, f"r{k}") for k, onset in enumerate(onsets)
                        ]
                    ),
                ],
                reserved=reserved,
                sample_bytes=sample_bytes,
            )
        )
    )
    return open_recording(path)


@pytest.mark.parametrize(("reserved", "sample_bytes"), [("EDF+D", 2), ("BDF+D", 3)])
def test_each_run_is_a_stretch(tmp_path: Path, reserved: str, sample_bytes: int) -> None:
    recording = opened(tmp_path, ["+2", "+3", "+10.5", "+11.5", "+100"], reserved, sample_bytes)
    assert [(s.start_s, s.stop_s) for s in recording.stretches] == [(0, 2), (8.5, 10.5), (98, 99)]
    assert [recording.count(0, k) for k in range(3)] == [8, 8, 4]
    assert recording.read(0, 1, 2, 6).tolist() == [22, 23, 30, 31]
    assert recording.read(0, 2, 0, 4).tolist() == [40, 41, 42, 43]
    assert [mark.onset_s for mark in recording.marks] == [0, 1, 8.5, 9.5, 98]
    assert recording.recorded_at == "2026-03-02T08:30:02"
    assert recording.problems == ()
    with pytest.raises(IndexError):
        recording.read(0, 0, 0, 9)


def test_a_file_that_only_calls_itself_continuous(tmp_path: Path) -> None:
    recording = opened(tmp_path, ["+0", "+5"], "EDF+C")
    assert len(recording.stretches) == 2
    assert recording.problems == (
        "The file calls itself continuous and has 1 gaps; they are kept.",
    )


def test_less_than_half_a_sample_is_no_gap(tmp_path: Path) -> None:
    assert len(opened(tmp_path, ["+0", "+1.124", "+2.124"]).stretches) == 1
    assert len(opened(tmp_path, ["+0", "+1.126", "+2.126"]).stretches) == 2


def test_overlapping_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"data record 2 begins at 0.5 s, before the one before it"
    ):
        opened(tmp_path, ["+0", "+0.5"])
    assert len(opened(tmp_path, ["+0", "+0.5"], "EDF+C").stretches) == 1


def test_records_without_a_time_are_refused_where_there_are_gaps(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    trace = Trace(label="a", values=[[1], [2]])
    lists = Lists(records=[tal("+0", ""), b"\0"])
    path.write_bytes(edf(Edf(signals=[trace, lists], reserved="EDF+D")))
    with pytest.raises(InputError, match="1 of its 2 data records do not say when they begin"):
        open_recording(path)
    path.write_bytes(edf(Edf(signals=[trace], reserved="EDF+D")))
    with pytest.raises(InputError, match="all of its 2 data records do not say"):
        open_recording(path)
    path.write_bytes(edf(Edf(signals=[trace, lists], reserved="EDF+C")))
    assert open_recording(path).problems == ("1 of 2 data records do not say when they begin.",)


@given(steps=st.lists(st.sampled_from([0, 0, 0, 1, 7, 3600]), min_size=1, max_size=12))
def test_every_sample_keeps_its_time(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    begins = np.cumsum([0, *(1 + step for step in steps)])
    recording = opened(tmp_path_factory.mktemp("gaps"), [f"+{begin}" for begin in begins])
    found = [
        (stretch.start_s + i / 4, value)
        for k, stretch in enumerate(recording.stretches)
        for i, value in enumerate(recording.read(0, k, 0, recording.count(0, k)))
    ]
    assert found == [
        (begin + i / 4, 10 * k + i) for k, begin in enumerate(begins.tolist()) for i in range(4)
    ]
    assert len(recording.stretches) == 1 + sum(step > 0 for step in steps)
