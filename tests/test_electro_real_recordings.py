"""Real recordings of other muscles give what their origin says and what is there by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks import mouse
from benchmarks.real_recordings import (
    MOUSE,
    face_rows,
    mouse_rows,
    needle_rows,
    surface_rows,
)
from numpy.typing import NDArray

from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.measure import measure
from hemifacial.formats.recording_facts import Channel, Recording, Stretch

NEEDLE = "needle_emg/emgdb_emg_healthy.csv"
MAPPING = {
    "header_rows": 0,
    "time_column": 1,
    "columns": [{"column": 2, "name": "R tibialis anterior", "unit": "mV"}],
}


@pytest.fixture
def electro(shared_data: Path) -> Path:
    """The folder of real electrical recordings."""
    return shared_data / "electro"


@pytest.fixture
def needle(electro: Path, tmp_path: Path) -> Path:
    """The needle recording with its mapping beside it, as a user would lay them."""
    path = tmp_path / "needle.csv"
    path.write_bytes((electro / NEEDLE).read_bytes())
    (tmp_path / "needle.mapping.json").write_text(json.dumps(MAPPING), encoding="utf-8")
    return path


@pytest.mark.parametrize("rows_of", [mouse_rows, needle_rows, surface_rows, face_rows])
def test_what_the_origin_says_is_found_as_it_is_by_hand(rows_of: object, electro: Path) -> None:
    assert callable(rows_of)
    rows = rows_of(electro)
    assert [one for one in rows if one.right is False] == []
    assert any(one.right for one in rows)


def test_a_mouse_that_is_changed_is_read_as_changed(electro: Path, tmp_path: Path) -> None:
    """Every fourth sweep, as it is, and twice as large and 0.2 ms later."""
    with (electro / MOUSE).open(encoding="utf-8") as file:
        head = file.readline().strip()
        table = np.loadtxt(file, delimiter=",").reshape(80, 80, 5)[3::4]
    read = []
    for name, size, later in (("was.csv", 1, 0), ("now.csv", 2, 2)):
        changed = table.copy()
        changed[:, :, 4] = size * np.roll(table[:, :, 4], later, axis=1)
        changed[:, :later, 4] = changed[:, later : later + 1, 4]
        path = tmp_path / name
        np.savetxt(path, changed.reshape(-1, 5), "%.10g", ",", header=head, comments="")
        read.append(mouse.ours(path))
    was, now = read
    assert now.m_max_uv / was.m_max_uv == pytest.approx(2, rel=0.01)
    assert now.m_onset_ms - was.m_onset_ms == pytest.approx(0.2, abs=0.02)
    assert now.h_onset_ms - was.h_onset_ms == pytest.approx(0.2, abs=0.05)


def test_the_needle_from_the_command_line(
    needle: Path, tmp_path: Path, hemifacial: CommandLine
) -> None:
    """A muscle that is none of the face: without a study there is nothing to ask of it."""
    out = tmp_path / "out"
    refused = hemifacial("electro", needle, "--out", out)
    assert refused.status == 3
    assert "no channel names a muscle of the face; its channels are R tibialis anterior" in (
        refused.err
    )
    assert not out.exists()
    ended = hemifacial("electro", needle, "--study", "spasm_emg", "--out", out)
    assert ended.status == 0, ended.err
    events = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    told = {one["quantity"]: one for one in events["findings"]}
    assert told["emg_a_train_count"]["value"] == 0
    assert told["emg_time_active"]["value"] > 95
    assert all(not one["sites"] for one in told.values())
    rows = (out / "events.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split("\t")[3] for row in rows] == ["emg_tonic"]


def test_a_leg_is_no_word_of_the_anatomy_and_a_stand_in_is_taken_at_its_word(
    needle: Path, tmp_path: Path, hemifacial: CommandLine
) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out"
    names.write_text("name,site,side\ntibialis anterior,tibialis_anterior,\n", encoding="utf-8")
    refused = hemifacial("electro", needle, "--names", names, "--out", out)
    assert refused.status == 3
    assert "'tibialis_anterior' is no word of the anatomy" in refused.err
    # A stand-in, for this test alone: the muscle is of the leg, and no mentalis.
    names.write_text("name,site,side\ntibialis anterior,mentalis,\n", encoding="utf-8")
    ended = hemifacial("electro", needle, "--names", names, "--out", out)
    assert ended.status == 0, ended.err
    (row,) = (out / "events.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert row.split("\t")[3:6] == ["emg_tonic", "right", "mentalis"]


def long_potential(after_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """A motor unit beside a needle: a slow swing up, a spike, a slow swing back from below."""
    up = 500 * np.exp(np.minimum(after_ms, 0) / 3) * (after_ms < 0)
    spike = 400 * np.exp(-0.5 * ((after_ms + 0.2) / 0.4) ** 2)
    back = -450 * np.exp(-np.maximum(after_ms, 0) / 15) * (after_ms >= 0)
    return np.asarray(up + spike + back)


def step(after_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """An electrode that pops, as high as the potential."""
    return np.asarray(-950 * np.exp(-np.maximum(after_ms, 0) / 50) * (after_ms >= 0))


@pytest.mark.parametrize(("wave", "artefacts"), [(long_potential, 0), (step, 1)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_long_potential_is_no_pop_of_an_electrode(
    wave: object, artefacts: int, sign: int
) -> None:
    assert callable(wave)
    rate_hz = 5000.0
    values = 4 * np.random.default_rng(11).standard_normal(round(12 * rate_hz))
    after_ms = 1000 * (np.arange(values.size) / rate_hz - 6.0)
    values += sign * wave(after_ms)
    recording = Recording(
        path=Path("made.edf"),
        channels=(
            Channel(
                name="R mentalis",
                unit="uV",
                rate_hz=rate_hz,
                microvolts_per_unit=1.0,
                site="mentalis",
                side=Side.RIGHT,
            ),
        ),
        marks=(),
        stretches=(Stretch(start_s=0.0, stop_s=12.0),),
        samples=lambda channel, stretch, first, stop: values[first:stop],
    )
    events = measure(recording, ElectroCriteria.read()).events
    assert sum(one.trial_type == "artefact" for one in events) == artefacts
