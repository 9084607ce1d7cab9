"""Discharges as a recording: what fires, what is written, and what is said to be true of it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.formats.events_table import read_events
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.kinds import Kind
from hemifacial.twin.electro.plan import Site, Stimulus
from hemifacial.twin.electro.setup import Artefact, Noise, Setup
from hemifacial.twin.nerve.emg import (
    Discharges,
    MotorUnits,
    belly_tendon,
    motor_units,
    nerve_signals,
    write_nerve_recording,
)
from hemifacial.twin.nerve.emg.discharges import firings
from hemifacial.twin.nerve.emg.recording import FILES
from hemifacial.twin.nerve.emg.unit_potentials import STEP_MS, unit_potentials

Floats = NDArray[np.float64]

SILENT = Setup(
    rate_hz=10_000.0,
    noise=Noise(white_uv=0.0, pink_uv=0.0),
    artefact=Artefact(spike_uv=0.0, tail_uv=0.0),
)


@cache
def face() -> tuple[MotorUnits, ...]:
    """Six units of zygomaticus, then four of mentalis."""
    return (
        motor_units("zygomaticus_major", Side.RIGHT, np.linspace(6.0, 10.0, 6), 1),
        motor_units("mentalis", Side.RIGHT, np.linspace(6.0, 10.0, 4), 1),
    )


def shocks(count: int, *currents_ma: float) -> tuple[Stimulus, ...]:
    currents_ma = currents_ma or (10.0,)
    return tuple(
        Stimulus(
            onset_s=0.2 + 0.2 * (len(currents_ma) * index + which),
            branch="zygomatic_branch",
            side=Side.RIGHT,
            intensity_ma=current,
            polarity=1,
        )
        for index in range(count)
        for which, current in enumerate(currents_ma)
    )


def answers(stimuli: tuple[Stimulus, ...], unit: list[int], after_ms: float) -> Discharges:
    times = [one.onset_s * 1000 + after_ms for one in stimuli for _ in unit]
    return Discharges.of(unit * len(stimuli), times)


# -- what fires --------------------------------------------------------------------------------


def test_the_end_branches_delay_and_the_end_plates_jitter() -> None:
    # Far apart, so that nothing is refractory.
    times = np.arange(4000) * 10.0
    fired = firings(Discharges.of(np.full(4000, 7), times), face(), 3)
    mentalis = face()[1]
    late = fired.time_ms - times
    assert late.mean() == pytest.approx(mentalis.terminal_delay_ms[1], abs=1e-3)
    expected = mentalis.jitter_ms / np.sqrt(mentalis.muscle_fibres[1])
    assert late.std() == pytest.approx(expected, rel=0.1)
    assert firings(Discharges.none(), face(), 3).time_ms.size == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 60)), max_size=60))
def test_muscle_fibres_follow_no_faster_than_they_can(pairs: list[tuple[int, float]]) -> None:
    given_ = Discharges.of([one for one, _ in pairs], [time for _, time in pairs])
    fired = firings(given_, face(), 1)
    assert fired.unit.size <= len(pairs)
    assert (np.diff(fired.unit) >= 0).all()
    for unit in set(fired.unit.tolist()):
        times = fired.time_ms[fired.unit == unit]
        assert (np.diff(times) >= 2.2).all()
    # The first of each unit always passes.
    assert set(fired.unit.tolist()) == {one for one, _ in pairs}


def test_discharges_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="2 units and 1 times"):
        Discharges.of([1, 2], [0.5])
    with pytest.raises(UsageError, match="units 3 to 10 of 10"):
        firings(Discharges.of([3, 10], [0.0, 0.0]), face(), 1)


# -- signals -----------------------------------------------------------------------------------


def test_signals_are_the_sum_of_potentials_where_their_units_fire() -> None:
    discharges = Discharges.of([0, 3, 8, 8], [300.013, 300.4, 310.0, 340.0])
    made = nerve_signals(face(), discharges, (), SILENT, seed=4)
    assert made.duration_s == 1.0
    times_ms = np.arange(10_000) / 10.0
    leads = [belly_tendon(one.site) for one in face()]
    by_hand = np.zeros((2, 10_000))
    for unit, fired_ms in zip(made.fired.unit, made.fired.time_ms, strict=True):
        units, within = (face()[0], unit) if unit < 6 else (face()[1], unit - 6)
        potentials = unit_potentials(units, leads)
        values = potentials.values_uv[within]
        known = fired_ms + potentials.from_ms + np.arange(values.shape[1]) * STEP_MS
        by_hand += [np.interp(times_ms, known, row, left=0, right=0) for row in values]
    assert np.abs(made.clean_uv - by_hand).max() < 0.005 * np.abs(by_hand).max()
    assert made.clean_uv == pytest.approx(made.values_uv)


def test_equal_calls_give_equal_recordings_and_other_seeds_other_noise() -> None:
    discharges = answers(shocks(3), [0, 1, 2, 6, 7], 3.0)
    rough = replace(SILENT, noise=Noise())
    one, same, other = (
        nerve_signals(face(), discharges, shocks(3), rough, seed=seed) for seed in (5, 5, 6)
    )
    assert np.array_equal(one.values_uv, same.values_uv)
    assert one.truth == same.truth
    assert not np.array_equal(one.values_uv, other.values_uv)
    assert np.std(one.values_uv[:, :1500]) > 3


def test_the_artefact_is_on_its_sample_and_turns_with_the_polarity() -> None:
    both = tuple(
        replace(one, polarity=1 if index % 2 else -1) for index, one in enumerate(shocks(2))
    )
    made = nerve_signals(
        face(), Discharges.none(), both, replace(SILENT, artefact=Artefact(asymmetry=0.0))
    )
    first, second = (round(one.onset_s * 10_000) for one in both)
    assert np.abs(made.values_uv[:, : first - 1]).max() == 0
    assert (np.abs(made.values_uv[:, first]) > 500).all()
    assert made.values_uv[:, first : first + 500] == pytest.approx(
        -made.values_uv[:, second : second + 500]
    )


# -- truth -------------------------------------------------------------------------------------


def test_truth_says_what_answers_where_and_when() -> None:
    stimuli = shocks(5, 5.0, 10.0)
    strong = tuple(one for one in stimuli if one.intensity_ma == 10.0)
    discharges = answers(stimuli, [0, 1, 2, 3, 4, 5], 3.0).joined(
        answers(strong[:4], [6, 7], 8.0).joined(answers(strong[:2], [6], 12.0))
    )
    truth = nerve_signals(face(), discharges, stimuli, SILENT).truth
    direct = truth.find("direct", "zygomatic_branch", "zygomaticus_major")
    assert direct.present
    assert direct.sweeps == direct.sweeps_present == 5
    assert direct.threshold_ma == 5.0
    assert direct.onset_ms == pytest.approx(3.8, abs=0.4)  # 3 ms and what end branches take
    spread = truth.find("spread", "zygomatic_branch", "mentalis")
    assert (spread.present, spread.sweeps, spread.sweeps_present) == (True, 5, 4)
    assert spread.sweeps_with_afterdischarge == 2
    assert spread.onset_ms == pytest.approx(8.8, abs=0.4)
    assert spread.threshold_ma == 10.0
    weak = truth.find("spread", "zygomatic_branch", "mentalis", 5.0)
    assert (weak.present, weak.onset_ms, weak.sweeps) == (False, None, 5)
    conducted = truth.find("conducted", "zygomatic_branch", "mentalis")
    assert conducted.present
    assert conducted.amplitude_uv is not None
    assert direct.amplitude_uv is not None
    assert 0 < conducted.amplitude_uv < 0.1 * direct.amplitude_uv


def test_truth_of_one_sweep_is_the_wave_itself_and_dropout_lowers_it() -> None:
    stimuli = shocks(4)
    whole = nerve_signals(face(), answers(stimuli, [6, 7, 8, 9], 9.0), stimuli, SILENT)
    half = nerve_signals(face(), answers(stimuli[:2], [6, 7, 8, 9], 9.0), stimuli, SILENT)
    first = round(stimuli[0].onset_s * 10_000)
    # The rate of the recording is coarser than the grid of the truth.
    height = np.ptp(whole.clean_uv[1, first : first + 400])
    full, part = (
        one.truth.find("spread", "zygomatic_branch", "mentalis").amplitude_uv
        for one in (whole, half)
    )
    assert full == pytest.approx(height, rel=0.01)
    assert part == pytest.approx(height / 2, rel=0.02)


def test_the_second_of_a_pair_counts_and_the_first_does_not() -> None:
    pair = (shocks(1)[0], replace(shocks(1)[0], onset_s=0.205))
    truth = nerve_signals(face(), answers(pair, [0, 1], 3.0), pair, SILENT).truth
    direct = truth.find("direct", "zygomatic_branch", "zygomaticus_major")
    assert (direct.sweeps, direct.sweeps_present) == (1, 1)
    assert len(truth.stimuli) == 2


def test_bursts_are_events_where_no_stimulus_came_before() -> None:
    starts = 300 + 66.0 * np.arange(20)
    times = (starts[:, None] + 3.6 * np.arange(4)).ravel()
    lonely = 2500.0
    discharges = Discharges.of(np.full(times.size, 7), times).joined(Discharges.of([7], [lonely]))
    made = nerve_signals(face(), discharges, (), replace(SILENT, rate_hz=5000.0))
    bursts = [one for one in made.events if one.trial_type == "emg_burst"]
    (tonic,) = (one for one in made.events if one.trial_type == "emg_tonic")
    assert len(bursts) == 20
    assert {one.parent_id for one in bursts} == {tonic.event_id}
    assert all(one.sites == ("mentalis",) for one in bursts)
    onsets = np.array([one.onset_s for one in bursts]) * 1000
    assert np.abs(onsets - starts - 0.8).max() < 1.5
    assert tonic.duration_s == pytest.approx(19 * 0.066 + 0.025, abs=0.02)
    # The same after a stimulus is an answer to it.
    stimulus = replace(shocks(1)[0], onset_s=0.299)
    after = nerve_signals(face(), discharges, (stimulus,), replace(SILENT, rate_hz=5000.0))
    kinds = [one.trial_type for one in after.events]
    assert kinds.count("stimulus") == 1
    assert kinds.count("emg_burst") < 20


# -- files -------------------------------------------------------------------------------------


def test_a_folder_holds_the_recording_and_its_truth(tmp_path: Path) -> None:
    stimuli = shocks(3)
    discharges = answers(stimuli, [0, 1, 2, 6], 3.0)
    folder = tmp_path / "made"
    written = write_nerve_recording(folder, face(), discharges, stimuli, SILENT, seed=2)
    made = nerve_signals(face(), discharges, stimuli, SILENT, seed=2)
    edf = edfio.read_edf(written.path)
    assert [one.label for one in edf.signals] == ["R zyg. major", "R mentalis"]
    for values, one in zip(made.values_uv, edf.signals, strict=True):
        assert np.abs(values - one.data).max() <= 10_000 / 65535
    assert {one.name for one in folder.iterdir()} == {*FILES, "recording.edf"}
    table = read_events(folder / "truth_events.tsv")
    assert [one.trial_type for one in table.events] == ["stimulus"] * 3
    assert table.recording_duration_s == written.duration_s
    document = json.loads((folder / "truth_responses.json").read_text(encoding="utf-8"))
    assert document["method"] == "twin.nerve.emg"
    assert len(document["responses"]) == len(written.truth.responses) == 3
    with (folder / "truth_spikes.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 12
    assert {(row["unit"], row["muscle"]) for row in rows} >= {("6", "mentalis")}
    times = np.array([float(row["onset"]) for row in rows])
    assert times == pytest.approx(np.sort(made.fired.time_ms) / 1000, abs=1e-6)
    with (folder / "stimuli.tsv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter="\t"))) == 3


@pytest.mark.parametrize("kind", ["bdf", "xdf", "bids_emg"])
def test_every_kind_of_file_holds_the_same(tmp_path: Path, kind: Kind) -> None:
    stimuli = shocks(2)
    discharges = answers(stimuli, [0, 6], 3.0)
    written = write_nerve_recording(
        tmp_path / "made", face(), discharges, stimuli, SILENT, kind=kind, seed=2
    )
    made = nerve_signals(face(), discharges, stimuli, SILENT, seed=2)
    read = open_recording(written.path)
    assert [(one.site, one.side) for one in read.channels] == [
        ("zygomaticus_major", Side.RIGHT),
        ("mentalis", Side.RIGHT),
    ]
    for channel, values in enumerate(made.values_uv):
        found = read.read(channel, 0, 0, values.size)
        assert np.abs(found - values).max() < 0.01
    # Written again into the same folder, it takes the place of the old one.
    write_nerve_recording(tmp_path / "made", face(), discharges, stimuli, SILENT, seed=2)
    assert not (tmp_path / "made" / "recording.xdf").exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "recording.edf").write_text("a real one", encoding="utf-8")
    with pytest.raises(UsageError, match=r"was not made here, since no truth_spikes\.tsv"):
        write_nerve_recording(folder, face(), Discharges.none(), (), SILENT)
    assert (folder / "recording.edf").read_text(encoding="utf-8") == "a real one"


def test_recordings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    nothing = Discharges.none()
    cases = {
        "3600 s of 2 channels at 10000 Hz": {"seconds": 3600.0},
        "1.5 s": {"seconds": 1.5},
        "no motor units for the lead of L mentalis": {
            "leads": [belly_tendon(Site(muscle="mentalis", side=Side.LEFT))]
        },
    }
    for message, more in cases.items():
        with pytest.raises(UsageError, match=message):
            nerve_signals(face(), nothing, (), SILENT, **more)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="0 muscles"):
        nerve_signals((), nothing, (), SILENT)
    with pytest.raises(UsageError, match="a stimulus of 'nerve'"):
        nerve_signals(face(), nothing, (replace(shocks(1)[0], branch="nerve"),), SILENT)
    assert not list(tmp_path.iterdir())
