"""Text tables with the mappings that the docs show, on the recordings that they are for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_table import TableMapping, read_mapping

PAGE = Path(__file__).resolve().parents[1] / "docs" / "recordings.md"
ONE: tuple[tuple[int | str, str, str], ...] = ((1, "Ment re", "mV"),)


@pytest.fixture
def shown(tmp_path: Path) -> list[TableMapping]:
    """The mappings on the page, in its order."""
    mappings = []
    for k, block in enumerate(re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)):
        path = tmp_path / f"{k}.json"
        path.write_text(block, encoding="utf-8")
        mappings.append(read_mapping(path))
    return mappings


def test_needle_recording(shared_data: Path, shown: list[TableMapping]) -> None:
    path = shared_data / "electro/needle_emg/emgdb_emg_healthy.csv"
    recording = open_recording(path, mapping=shown[0])
    (channel,) = recording.channels
    assert channel.rate_hz == 4000.0
    counts = [recording.count(0, k) for k in range(len(recording.stretches))]
    # Two samples are missing from the file; by hand with its times: after 0.1595 and 10.3658 s.
    assert counts == [638, 40824, 9396]
    assert sum(counts) == 50858
    np.testing.assert_allclose(recording.read(0, 0, 0, 3), [-33.3, -35.0, -35.0])
    assert recording.read(0, 2, 9395, 9396).tolist() == [pytest.approx(8.3)]
    assert recording.stretches[2].stop_s == pytest.approx(12.715, abs=0.001)


def test_counts(shared_data: Path, shown: list[TableMapping]) -> None:
    recording = open_recording(
        shared_data / "electro/surface_emg/biosppy_emg.txt", mapping=shown[1]
    )
    assert recording.channels[0].microvolts_per_unit is None
    assert recording.count(0, 0) == 100_000
    values = recording.read(0, 0, 0, 100_000)
    assert values[:5].tolist() == [2055, 2056, 2055, 2057, 2051]
    assert 0 <= values.min() <= values.max() < 2**12


def test_recruitment(shared_data: Path, shown: list[TableMapping]) -> None:
    (path,) = (shared_data / "electro/mouse_cmap_hreflex").glob("*.csv")
    recording = open_recording(path, mapping=shown[2])
    assert recording.channels[0].rate_hz == 10_000
    assert len(recording.stretches) == len(recording.marks) == 80
    assert {recording.count(0, k) for k in range(80)} == {80}
    assert recording.marks[0].text == "stimulus_V=0.32"
    for mark, stretch in zip(recording.marks, recording.stretches, strict=True):
        assert mark.onset_s - stretch.start_s == pytest.approx(0.001, abs=1e-6)
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    np.testing.assert_allclose(
        np.concatenate([recording.read(0, k, 0, 80) for k in range(80)]), table[:, 4] * 1000
    )
    assert "80 parts" in recording.problems[0]


def test_a_mapping_beside_the_table_is_found(tmp_path: Path) -> None:
    table = tmp_path / "emg.csv"
    table.write_text("Zeit;Ment re\n0;1,5\n1;-2,25\n2;3\n", encoding="utf-8-sig")
    with pytest.raises(InputError, match="emg.mapping.json is not there"):
        open_recording(table)
    mapping: dict[str, Any] = {
        "delimiter": ";",
        "decimal": ",",
        "time_column": "Zeit",
        "time_unit": "ms",
        "columns": [{"column": "Ment re", "name": "Ment re", "unit": "µV"}],
    }
    (tmp_path / "emg.mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    recording = open_recording(table)
    assert recording.channels[0].rate_hz == 1000
    assert recording.channels[0].site == "mentalis"
    assert recording.read(0, 0, 0, 3).tolist() == [1.5, -2.25, 3.0]


@pytest.mark.parametrize(("delimiter", "sign"), [("tab", "\t"), ("blank", "   "), (";", ";")])
def test_delimiters(tmp_path: Path, delimiter: str, sign: str) -> None:
    table = tmp_path / "a.txt"
    table.write_text(f"1{sign}2\n3{sign}4\n\n")
    mapping = TableMapping(
        columns=((2, "a", "nV"), (1, "b", "%")), rate_hz=2, header_rows=0, delimiter=delimiter
    )
    recording = open_recording(table, mapping=mapping)
    assert recording.read(0, 0, 0, 2).tolist() == pytest.approx([0.002, 0.004])
    assert recording.read(1, 0, 0, 2).tolist() == [1, 3]


@given(
    rate=st.sampled_from([100, 128, 999.5, 1000, 4000, 19531.25, 20000, 30303]),
    count=st.integers(3, 3000),
    digits=st.integers(6, 9),
)
def test_the_rate_keeps_every_sample_at_its_time(
    tmp_path_factory: pytest.TempPathFactory, rate: float, count: int, digits: int
) -> None:
    table = tmp_path_factory.mktemp("rate") / "a.csv"
    table.write_text("".join(f"{k / rate:.{digits}f},{k}\n" for k in range(count)))
    mapping = TableMapping(columns=((2, "a", "uV"),), time_column=1, header_rows=0)
    recording = open_recording(table, mapping=mapping)
    assert len(recording.stretches) == 1
    last_s = (count - 1) / recording.channels[0].rate_hz
    assert abs(last_s - (count - 1) / rate) <= 0.3 / rate + 2 * 10.0**-digits


@pytest.mark.parametrize(
    ("text", "details", "message"),
    [
        ("1\nx\n", {}, "line 2 has 'x' where a number should be"),
        ("1\nnan\n", {}, "1 of its 2 rows have a value that is no finite number"),
        ("1\n1e999\n", {}, "no finite number"),
        ("1\n1_0\n", {}, "line 2 has '1_0'"),
        ("1.5\n", {"decimal": ",", "delimiter": ";"}, "where the decimal sign is a comma"),
        ("1\n", {"header_rows": 1}, "no line after the 1 of its header"),
        ("1,2\n3\n", {"time_column": 2}, "line 2 has 1 cells, not 2"),
        ("1,2\n1,2\n", {"time_column": 2}, "its times do not go up"),
        ("1,1\n1,2\n1,1\n1,2\n1,3\n", {"time_column": 2}, "after 2 s comes 1 s"),
        ("1,1\n1,2\n1,3\n", {"time_column": 2, "rate_hz": 7}, "states 7 Hz, and the rows are 1 s"),
        ("a\n1\n", {"header_rows": 1, "time_column": "t"}, "0 columns 't'; it has a"),
        ("1\0\n", {}, "line 1 is no plain text"),
        ("1\n", {"columns": ((1, "a", "stone"),)}, "'stone' is not known"),
    ],
)
def test_a_table_that_does_not_fit(
    tmp_path: Path, text: str, details: dict[str, Any], message: str
) -> None:
    table = tmp_path / "a.csv"
    table.write_text(text)
    given_ = {"columns": ONE, "header_rows": 0, **details}
    if "time_column" not in details:
        given_.setdefault("rate_hz", 100)
    with pytest.raises(InputError) as caught:
        open_recording(table, mapping=TableMapping(**given_))
    assert message in caught.value.problem
    assert str(table) in caught.value.problem
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[]", 'no object with a list "columns"'),
        ('{"columns": []}', "it names no column"),
        ('{"columns": [{"column": 1}]}', "columns[1] does not have just"),
        ('{"columns": [{"column": 0, "name": "a", "unit": "V"}]}', "is not a column"),
        ('{"columns": [{"column": 1, "name": "a", "unit": 7}]}', "is not a column"),
        ('{"columns": [{"column": 1, "name": "a", "unit": "V"}]}', "neither rate_hz nor"),
        ('{"columns": [{"column": 1, "name": "a", "unit": "V"}], "rate": 1}', "'rate' is not"),
    ],
)
def test_a_mapping_that_cannot_be_meant(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.mapping.json"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_mapping(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert "docs/recordings.md" in caught.value.next_step


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"rate_hz": 0}, "rate_hz is 0"),
        ({"rate_hz": float("nan")}, "rate_hz is nan"),
        ({"rate_hz": 10**400}, "rate_hz is 1000"),
        ({"rate_hz": True}, "rate_hz is True"),
        ({"header_rows": -1}, "header_rows is -1"),
        ({"delimiter": "|"}, "delimiter is '|'; known are"),
        ({"decimal": ","}, "a comma cannot part cells and be the decimal sign"),
        ({"time_unit": "h"}, "time_unit is 'h'"),
        ({"part_by": 0}, "0 is neither the number of a column"),
    ],
)
def test_a_mapping_made_in_python_is_held_to_the_same(
    details: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        TableMapping(**{"columns": ONE, "rate_hz": 1000, **details})
    assert message in caught.value.problem
