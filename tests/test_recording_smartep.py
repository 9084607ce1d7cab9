"""SmartEP exports: every file of the ear that is there, and exports with a fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.smartep import read_smartep

SETTINGS = (
    ("Identifier:", "X"),
    ("File Name:", "A.1"),
    ("Ear:", "L"),
    ("Channel:", "1"),
    ("Buffer:", "0"),
    ("Intensity:", "55"),
    ("Stim. Rate:", " 37.10"),
    ("Stim. Mode:", "0"),
    ("Sweeps:", "400"),
    ("Artifacts:", "3"),
    ("Smp. Period:", "50.00"),
    ("Amp. Gain:", "100.00"),
    ("Low Pass:", "3000.00"),
    ("High Pass:", "100.00"),
    ("Notch Filter:", "TRUE"),
    ("Stimulus:", "1"),
    ("Stim. Freq.", "0"),
    ("Stim. Dur.:", "4"),
    ("Masking:", "0"),
    ("Zero Position:", "3"),
)
HEADINGS = "Data Pnt:,Average:,Average(uV):,Buffer1:,Buffer1(uV):,Buffer2:,Buffer2(uV):,"
ROWS = ("1,0,0.0,0,0.0,0,0.0,", "2,0,1.0,0,0.5,0,1.5,", "3,0,2.0,0,2.0,0,2.0,", "4,0,3,0,2,0,4,")


def export(**changed: str) -> str:
    """A small export; `changed` replaces what stands after a setting's name."""
    lines = [f"{name},{changed.get(name, value)},,,,,," for name, value in SETTINGS]
    return "\r\n".join([*lines, HEADINGS, *ROWS]) + "\r\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "a.TXT"
    path.write_text(text, encoding="latin-1", newline="")
    return path


def test_every_export_that_is_there(shared_data: Path) -> None:
    paths = sorted((shared_data / "electro" / "human_abr_smartep").rglob("*.TXT"))
    assert len(paths) >= 13
    for path in paths:
        averages = read_smartep(path).averages
        level = float(path.stem.rpartition("-")[2].removesuffix("db"))
        assert [one.sweeps for one in averages].count(500) == 3
        assert sorted(one.sweeps for one in averages) == [500] * 3 + [1000] * 3 + [2000] * 3
        for one in averages:
            assert (one.intensity, one.rate_hz, one.ear) == (level, 20_000.0, Side.RIGHT)
            assert one.latency_ms[one.click_sample] == 0.0
            assert one.latency_ms[-1] == pytest.approx(24.7)
            assert one.values_uv.shape == (1024,)
            # The average is that of its halves, to the four digits that are printed.
            np.testing.assert_allclose(one.halves_uv.mean(axis=0), one.values_uv, atol=1e-4)
            assert not one.values_uv[: one.first_sample].any()
            assert one.first_sample == 485


def test_wave_v_of_the_loudest_level_is_where_the_literature_has_it(shared_data: Path) -> None:
    """Elberling 2010, 60 dB nHL: 5.88 +- 0.25 ms; the level here is no nHL, so 5 to 8 ms."""
    (path,) = (shared_data / "electro" / "human_abr_smartep").rglob("*-60db.TXT")
    averages = [one for one in read_smartep(path).averages if one.sweeps == 2000]
    mean = np.mean([one.values_uv for one in averages], axis=0)
    latency = averages[0].latency_ms
    window = (latency > 3) & (latency < 10)
    assert 5 < latency[window][np.argmax(mean[window])] < 8


def test_what_an_export_says(tmp_path: Path) -> None:
    (one,) = read_smartep(written(tmp_path, export())).averages
    assert (one.name, one.ear, one.channel, one.intensity) == ("A.1", Side.LEFT, 1, 55.0)
    assert (one.sweeps, one.rejected, one.stimulus_rate_hz) == (400, 3, 37.1)
    assert (one.rate_hz, one.band_hz, one.notch) == (20_000.0, (100.0, 3000.0), True)
    assert (one.click_sample, one.first_sample) == (2, 1)
    assert one.values_uv.tolist() == [0, 1, 2, 3]
    assert one.halves_uv.tolist() == [[0, 0.5, 2, 2], [0, 1.5, 2, 4]]
    np.testing.assert_allclose(one.latency_ms, [-0.1, -0.05, 0, 0.05])


def test_averages_are_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="averages of SmartEP, not a recording") as caught:
        open_recording(written(tmp_path, export()))
    assert "read_smartep" in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line of 'Zero Position'"),
        (export().replace("Average(uV)", "Mean"), "no column 'Average(uV):'"),
        (export(**{"Ear:": "Q"}), "'Ear' is 'Q', not R, L or B"),
        (export(**{"Smp. Period:": "0"}), "'Smp. Period' of average 1 is 0, not 0.1 to"),
        (export(**{"Sweeps:": ""}), "its average 1 has no 'Sweeps'"),
        (export(**{"Sweeps:": "many"}), "'Sweeps' of average 1 has 'many'"),
        (export(**{"Zero Position:": "9"}), "'Zero Position' of average 1 is 9, not 1 to 4"),
        (export()[:-12], "cells for 1 averages"),
        (export().replace("2,0,1.0", "2,0,nan"), "line 23 has 'nan' where a number"),
        (export().replace("\n3,", "\n9,"), "line 24 is data point '9', not 3"),
        (export().partition("1,0,0.0")[0], "it has no data points"),
    ],
)
def test_a_fault_has_one_message(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_smartep(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert caught.value.next_step


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_smartep(tmp_path / "none.TXT")
