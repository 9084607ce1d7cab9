"""A made-up spasm EMG holds what its truth says, and its file holds the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.formats.events_table import read_events
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.emg_firing import firing_of, trains_of
from hemifacial.twin.electro.emg_plan import CONDITIONS, EmgPlan, emg_parameters
from hemifacial.twin.electro.emg_recording import FILES, write_emg
from hemifacial.twin.electro.emg_signal import made_emg
from hemifacial.twin.electro.setup import Noise

SILENT = Noise(white_uv=0.0, pink_uv=0.0)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_equal_plans_are_equal_and_other_seeds_are_not(condition: str) -> None:
    plan = EmgPlan(condition=condition, seed=4, duration_s=10.0)  # type: ignore[arg-type]
    one, same, other = made_emg(plan), made_emg(plan), made_emg(replace(plan, seed=5))
    assert np.array_equal(one.values_uv, same.values_uv)
    assert one.events == same.events
    assert not np.array_equal(one.values_uv, other.values_uv)


def test_an_event_begins_and_ends_where_a_tenth_of_its_peak_is_crossed() -> None:
    plan = EmgPlan(condition="myokymia", seed=9, duration_s=10.0, noise=SILENT, blinks_per_minute=0)
    made = made_emg(plan)
    assert made.events
    for one in made.events:
        site = next(i for i, site in enumerate(plan.sites) if (site.muscle,) == one.sites)
        first, last = round(one.onset_s * 5000), round(one.offset_s * 5000)
        size = np.abs(made.clean_uv[site])
        assert size[first : last + 1].max() == pytest.approx(one.amplitude)
        assert size[first] >= 0.0999 * (one.amplitude or 0.0) > size[first - 1]
        assert size[last] >= 0.0999 * (one.amplitude or 0.0) > size[last + 1]


def test_muscles_of_a_spasm_share_volleys_within_two_milliseconds() -> None:
    groups = firing_of(EmgPlan(condition="hemifacial_spasm", seed=2, blinks_per_minute=0))
    assert {one.site for one in groups} == {0, 1, 2}
    starts = [np.array([one.times_s.min() for one in groups if one.site == s]) for s in (0, 1)]
    nearest = np.abs(starts[0][:, None] - starts[1][None, :]).min(axis=1)
    assert np.mean(nearest < 0.003) > 0.8
    alone = firing_of(
        EmgPlan(condition="hemifacial_spasm", seed=2, blinks_per_minute=0, synchronous=False)
    )
    starts = [np.array([one.times_s.min() for one in alone if one.site == s]) for s in (0, 1)]
    nearest = np.abs(starts[0][:, None] - starts[1][None, :]).min(axis=1)
    assert np.mean(nearest < 0.003) < 0.4


def test_spikes_of_a_spasm_have_the_published_rate() -> None:
    groups = firing_of(EmgPlan(condition="hemifacial_spasm", seed=2, blinks_per_minute=0))
    intervals = np.concatenate([np.diff(np.sort(g.times_s[g.units == 0])) for g in groups])
    low, high = emg_parameters()["spasm_spike_rate"].low, emg_parameters()["spasm_spike_rate"].high
    assert low <= 1 / np.median(intervals) <= high


@pytest.mark.parametrize("snr_db", [6.0, 20.0])
def test_potentials_are_scaled_to_the_ratio_that_is_asked_for(snr_db: float) -> None:
    """The noise is measured here from the recording itself, within the same band."""
    from scipy.signal import butter, sosfiltfilt

    made = made_emg(EmgPlan(condition="tic", seed=6, snr_db=snr_db, blinks_per_minute=0))
    band = butter(4, (20, 2000), "bandpass", fs=5000, output="sos")
    noise_uv = sosfiltfilt(band, made.values_uv - made.clean_uv).std()
    mine = [one for one in made.events if one.sites == ("mentalis",)]
    inside = np.zeros(made.clean_uv.shape[1], bool)
    for one in mine:
        inside[round(one.onset_s * 5000) : round(one.offset_s * 5000) + 1] = True
    level_uv = np.sqrt(np.mean(made.clean_uv[2, inside] ** 2))
    assert 20 * np.log10(level_uv / noise_uv) == pytest.approx(snr_db, abs=0.7)


def test_an_a_train_is_a_sine_of_its_rate() -> None:
    plan = EmgPlan(condition="a_trains", seed=1, noise=SILENT)
    trains = trains_of(plan)
    assert trains
    one = max(trains, key=lambda train: train.duration_s)
    made = made_emg(plan)
    first, stop = round(one.start_s * 5000), round((one.start_s + one.duration_s) * 5000)
    spectrum = np.abs(np.fft.rfft(made.clean_uv[one.site, first:stop]))
    peak_hz = spectrum.argmax() * 5000 / (stop - first)
    assert peak_hz == pytest.approx(one.rate_hz, rel=0.06)
    events = [event for event in made.events if event.trial_type == "a_train"]
    assert len(events) == len(trains)


def test_the_file_holds_the_recording_and_the_truth_beside_it(tmp_path: Path) -> None:
    plan = EmgPlan(condition="hemifacial_spasm", seed=8, side=Side.LEFT, duration_s=6.0)
    made = write_emg(plan, tmp_path / "made")
    assert {path.name for path in (tmp_path / "made").iterdir()} == set(FILES)
    read = open_recording(tmp_path / "made" / "recording.edf")
    assert [(one.site, one.side) for one in read.channels] == [
        (one.muscle, one.side) for one in plan.sites
    ]
    step_uv = 2 * plan.amplifier_range_uv / 65535
    for channel, values in enumerate(made.values_uv):
        assert np.abs(read.read(channel, 0, 0, values.size) - values).max() <= 0.51 * step_uv
    table = read_events(tmp_path / "made" / "truth_events.tsv")
    assert table.recording_duration_s == 6.0
    assert {one.event_id for one in table.events} == {one.event_id for one in made.events}
    truth = json.loads((tmp_path / "made" / "truth_emg.json").read_text(encoding="utf-8"))
    assert (truth["condition"], truth["side"]) == ("hemifacial_spasm", "left")


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        write_emg(EmgPlan(condition="healthy", seed=1, duration_s=2.0), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duration_s": 1.5}, "1.5 s at 5000 Hz cannot be written"),
        ({"rate_hz": 500.0}, "30 s at 500 Hz cannot be written"),
        ({"condition": "hiccup"}, "no condition 'hiccup'"),
        ({"side": Side.BOTH}, "side both"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        replace(EmgPlan(condition="healthy", seed=1), **change)  # type: ignore[arg-type]
