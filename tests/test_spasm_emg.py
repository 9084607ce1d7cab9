"""Spasm EMG against recordings whose truth is known: bursts, synchrony, trains, likelihoods."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.likelihoods import CONDITIONS, rows
from hemifacial.electro.spasm_emg.measure import measure
from hemifacial.electro.spasm_emg.signals import ENVELOPE, STRETCH
from hemifacial.errors import InputError
from hemifacial.findings import Event, Finding, Status
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Channel, Recording, Stretch
from hemifacial.formats.recording_table import TableMapping
from hemifacial.formats.signals_table import write_signals
from hemifacial.scoring import match
from hemifacial.twin.electro.emg_plan import EmgPlan
from hemifacial.twin.electro.emg_signal import EmgRecording, made_emg
from hemifacial.twin.electro.setup import Electrocardiogram, Mains, Noise

Floats = NDArray[np.float64]
CRITERIA = ElectroCriteria.read()
QUIET = Noise(white_uv=4.0, pink_uv=3.0)
ROUGH = replace(QUIET, mains=Mains(amplitude_uv=20.0), heart=Electrocardiogram(amplitude_uv=80.0))


def recording_of(values: Floats, channels: tuple[Channel, ...]) -> Recording:
    """A recording in memory without a gap."""
    stop_s = values.shape[1] / channels[0].rate_hz
    return Recording(
        path=Path("memory.edf"),
        channels=channels,
        marks=(),
        stretches=(Stretch(start_s=0.0, stop_s=stop_s),),
        samples=lambda channel, stretch, first, stop: values[channel, first:stop],
    )


def channels_of(plan: EmgPlan) -> tuple[Channel, ...]:
    return tuple(
        Channel(
            name=site.label,
            unit="uV",
            rate_hz=plan.rate_hz,
            microvolts_per_unit=1.0,
            site=site.muscle,
            side=site.side,
        )
        for site in plan.sites
    )


@cache
def study(plan: EmgPlan) -> tuple[EmgRecording, Outcome]:
    made = made_emg(plan)
    in_theatre = plan.condition == "a_trains"
    recording = recording_of(made.values_uv, channels_of(plan))
    return made, measure(recording, CRITERIA, in_theatre=in_theatre)


def spasm(seed: int = 71, family: str = "gabor", **more: object) -> EmgPlan:
    base = EmgPlan(condition="hemifacial_spasm", seed=seed, snr_db=12.0, duration_s=15.0)
    return replace(base, family=family, noise=ROUGH, **more)  # type: ignore[arg-type]


def silent(seconds: float = 12.0, rate_hz: float = 5000.0) -> Floats:
    return 3.0 * np.random.default_rng(5).standard_normal((1, round(seconds * rate_hz)))


def one_channel(values: Floats, rate_hz: float = 5000.0, unit: str = "uV") -> Recording:
    channel = Channel(
        name="R mentalis",
        unit=unit,
        rate_hz=rate_hz,
        microvolts_per_unit=1.0 if unit == "uV" else None,
        site="mentalis",
        side=Side.RIGHT,
    )
    return recording_of(values, (channel,))


def of(outcome: Outcome, quantity: str) -> list[Finding]:
    return [one for one in outcome.findings if one.quantity == quantity]


def bursts(outcome: Outcome) -> list[Event]:
    return [one for one in outcome.events if one.event_id.startswith("burst")]


# -- bursts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["motor_units", "gabor"])
def test_bursts_of_a_spasm_are_found_where_they_are(family: str) -> None:
    made, outcome = study(spasm(family=family))
    true = right = 0
    errors_ms = []
    for site in made.plan.sites[:3]:
        mine = [
            replace(one, trial_type="emg_burst")
            for one in made.events
            if (one.side, one.sites) == (site.side, (site.muscle,))
            and one.event_id.startswith("truth")
        ]
        found = [
            replace(one, trial_type="emg_burst")
            for one in bursts(outcome)
            if (one.side, one.sites) == (site.side, (site.muscle,))
        ]
        pairs = [p for p in match(mine, found, families=("emg",)) if abs(p.onset_error_s) < 0.02]
        true, right = true + len(mine), right + len(pairs)
        errors_ms += [1000 * abs(pair.onset_error_s) for pair in pairs]
        assert len(found) <= 1.1 * len(mine)
    assert right >= 0.88 * true
    assert np.median(errors_ms) < 1.5


def test_the_rate_within_bursts_is_the_true_one_though_potentials_overlap() -> None:
    made, outcome = study(spasm())
    true = [
        1 / np.median(np.diff(np.sort(one.times_s[one.units == 0])))
        for one in made.groups
        if one.firing == "spasm" and one.site == 0
    ]
    (found,) = (
        one
        for one in of(outcome, "emg_intraburst_rate")
        if one.sites == ("orbicularis_oculi",) and one.side is Side.RIGHT and "spasm" in one.note
    )
    assert found.value == pytest.approx(float(np.median(true)), rel=0.08)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


def test_bursts_that_follow_each_other_for_a_second_have_a_tonic_parent() -> None:
    made, outcome = study(spasm(seed=3))
    parents = {one.event_id: one for one in outcome.events if one.event_id.startswith("tonic")}
    assert any(one.event_id.startswith("tonic") for one in made.events)
    assert parents
    for one in bursts(outcome):
        if one.parent_id:
            parent = parents[one.parent_id]
            assert parent.trial_type == "emg_tonic"
            assert parent.duration_s >= 1.0
            assert parent.onset_s <= one.onset_s <= one.offset_s <= parent.offset_s + 1e-9


def test_noise_hum_and_heart_are_no_bursts() -> None:
    times_s = np.arange(60_000) / 5000
    values = silent()
    values[0] += 20 * np.sin(2 * np.pi * 50.02 * times_s) + 6 * np.sin(2 * np.pi * 150.06 * times_s)
    for beat_s in np.arange(0.4, 11.5, 0.85):
        values[0] += 80 * np.exp(-0.5 * ((times_s - beat_s) / 0.008) ** 2)
    outcome = measure(one_channel(values), CRITERIA)
    assert bursts(outcome) == []
    (largest,) = of(outcome, "emg_largest_burst")
    assert largest.status is Status.BELOW_DETECTION_LIMIT
    assert largest.detection_limit is not None
    assert 3 < largest.detection_limit < 12


def test_a_burst_just_above_the_detection_limit_is_found_and_one_far_below_is_not() -> None:
    (limit,) = of(measure(one_channel(silent()), CRITERIA), "emg_largest_burst")
    for factor, found in ((2.0, True), (0.3, False)):
        values = silent()
        at = np.arange(500) / 5000  # 0.1 s of a sine of 300 Hz
        values[0, 30_000:30_500] += (
            factor * float(limit.detection_limit or 0.0) * np.sin(2 * np.pi * 300 * at)
        )
        assert bool(bursts(measure(one_channel(values), CRITERIA))) is found


def test_a_pop_is_an_artefact_and_no_burst() -> None:
    values = silent()
    after = np.arange(values.shape[1] - 20_000) / 5000
    values[0, 20_000:] += 500 * np.exp(-after / 0.05)
    outcome = measure(one_channel(values), CRITERIA)
    assert bursts(outcome) == []
    (artefact,) = outcome.events
    assert artefact.trial_type == "artefact"
    assert artefact.onset_s < 4.0 < artefact.offset_s


def test_the_floor_does_not_grow_with_the_spasm() -> None:
    """Two thirds of this recording are spasm."""
    rng = np.random.default_rng(8)
    values = silent()
    for start in range(2_000, 56_000, 3_000):
        values[0, start : start + 2_000] += 100 * rng.standard_normal(2_000)
    quiet, busy = (
        of(measure(one_channel(one), CRITERIA), "emg_noise_floor")[0].value
        for one in (silent(), values)
    )
    assert busy == pytest.approx(quiet, rel=0.15)


def test_a_gap_stays_a_gap_and_pieces_do_not_show() -> None:
    """A burst at every border of the pieces of 10 s; the recording is in two stretches."""
    values = silent(40.0)
    at = np.arange(200) / 5000
    onsets_s = (9.98, 19.99, 29.97)
    for onset_s in onsets_s:
        first = round(onset_s * 5000)
        values[0, first : first + 200] += 100 * np.sin(2 * np.pi * 300 * at)
    whole = one_channel(values)
    outcome = measure(whole, CRITERIA)
    assert [one.onset_s for one in bursts(outcome)] == pytest.approx(onsets_s, abs=0.003)
    parted = replace(
        whole,
        stretches=(Stretch(start_s=0.0, stop_s=15.0), Stretch(start_s=60.0, stop_s=85.0)),
        samples=lambda c, s, first, stop: values[c, first + 75_000 * s : stop + 75_000 * s],
    )
    outcome = measure(parted, CRITERIA)
    moved = (9.98, 64.99, 74.97)
    assert [one.onset_s for one in bursts(outcome)] == pytest.approx(moved, abs=0.003)
    envelope = outcome.signals[ENVELOPE]["mentalis_right"]
    assert np.isnan(envelope.sel(time=slice(20, 55)).values).all()
    (judged,) = of(outcome, "judged_time")
    assert judged.value == pytest.approx(40.0, abs=0.01)


# -- synchrony ---------------------------------------------------------------------------------


def test_muscles_of_a_spasm_are_synchronous_and_those_that_fire_alone_are_not() -> None:
    for synchronous in (True, False):
        _, outcome = study(spasm(seed=74, synchronous=synchronous))
        pairs = [one for one in of(outcome, "emg_coincidence_index") if one.side is Side.RIGHT]
        assert len(pairs) == 3
        for one in pairs:
            if synchronous:
                assert one.value is not None
                assert one.value > 50
            else:
                assert one.status is Status.BELOW_DETECTION_LIMIT
                assert one.detection_limit is not None
                assert 0 < one.detection_limit < 100


def test_too_few_bursts_are_not_judged() -> None:
    _, outcome = study(spasm(seed=74))
    left = [one for one in of(outcome, "emg_coincidence_index") if one.side is Side.LEFT]
    assert {one.status for one in left} == {Status.NOT_JUDGED}
    assert all("fewer than 10 bursts" in one.note for one in left)


# -- trains ------------------------------------------------------------------------------------


def test_a_trains_are_found_with_their_time_and_rate() -> None:
    values = silent()
    at = np.arange(5000) / 5000
    values[0, 20_000:25_000] += 100 * np.sin(2 * np.pi * 120 * at)
    outcome = measure(one_channel(values), CRITERIA, in_theatre=True)
    (train,) = outcome.events
    assert train.trial_type == "a_train"
    assert train.onset_s == pytest.approx(4.0, abs=0.015)
    assert train.duration_s == pytest.approx(1.0, abs=0.03)
    (total,) = of(outcome, "emg_train_time_total")
    assert total.value == pytest.approx(1.0, abs=0.03)
    assert "schwannoma" in total.note
    assert of(outcome, "emg_evidence_hemifacial_spasm") == []


def test_hum_at_twice_the_mains_is_no_a_train() -> None:
    values = silent()
    times_s = np.arange(values.shape[1]) / 5000
    values[0] += 100 * np.sin(2 * np.pi * 100 * times_s)
    assert measure(one_channel(values), CRITERIA).events == ()


def test_trains_on_most_channels_are_a_cluster() -> None:
    rng = np.random.default_rng(2)
    values = 3.0 * rng.standard_normal((4, 60_000))
    at = np.arange(2500) / 5000
    for channel in range(3):
        first = 20_000 + 3_000 * channel
        values[channel, first : first + 2500] += 100 * np.sin(2 * np.pi * (90 + channel) * at)
    names = ("frontalis", "orbicularis_oculi", "orbicularis_oris", "mentalis")
    base = one_channel(values).channels[0]
    recording = recording_of(values, tuple(replace(base, site=one, name=one) for one in names))
    outcome = measure(recording, CRITERIA, in_theatre=True)
    (clusters,) = of(outcome, "emg_train_clusters")
    assert clusters.value == 1
    alone = measure(one_channel(values[:1]), CRITERIA, in_theatre=True)
    assert of(alone, "emg_train_clusters")[0].status is Status.NOT_JUDGED


# -- likelihoods -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "first"),
    [
        ("hemifacial_spasm", "hemifacial_spasm"),
        ("synkinesis", "postparalytic_synkinesis"),
        ("blepharospasm", "blepharospasm"),
        ("myokymia", "facial_myokymia"),
        ("tic", "tic_or_functional"),
    ],
)
def test_features_speak_most_for_what_was_made(condition: str, first: str) -> None:
    plan = EmgPlan(condition=condition, seed=24, snr_db=15.0, noise=QUIET)  # type: ignore[arg-type]
    _, outcome = study(plan)
    balance = {name: of(outcome, f"emg_evidence_{name}")[0].value or 0.0 for name in CONDITIONS}
    assert max(balance, key=lambda name: balance[name]) == first
    note = of(outcome, f"emg_evidence_{first}")[0].note
    assert note.startswith("for: ")
    assert "scilit 506120b6" in note


def test_the_table_says_one_thing_of_every_condition_for_every_observation() -> None:
    seen = {(one.feature, one.observation) for one in rows()}
    told = [(one.feature, one.observation, one.condition) for one in rows()]
    assert sorted(told) == sorted((*pair, name) for pair in seen for name in CONDITIONS)
    assert {one.says for one in rows()} == {"for", "against", "nothing"}
    assert all(one.source for one in rows())
    assert all(one.ratio_over in CONDITIONS for one in rows() if one.ratio is not None)
    assert not any(one.verified for one in rows() if one.source.startswith("general knowledge"))


# -- channels, signals, refusals ---------------------------------------------------------------


def test_signals_are_labelled_and_can_be_written(tmp_path: Path) -> None:
    _, outcome = study(spasm())
    for name in (ENVELOPE, STRETCH):
        table = outcome.signals[name]
        assert next(iter(table.data_vars)) == "orbicularis_oculi_right"
        assert table["orbicularis_oculi_right"].attrs["unit"] == "µV"
        write_signals(tmp_path / f"{name}.parquet", table)
    step_s = np.diff(outcome.signals[ENVELOPE]["time"].values)
    assert step_s == pytest.approx(0.005)


def test_a_slow_channel_is_not_judged_with_the_reason() -> None:
    outcome = measure(one_channel(silent(5.0, 100.0), 100.0), CRITERIA)
    assert outcome.events == ()
    (one,) = outcome.findings[:1]
    assert one.status is Status.NOT_JUDGED
    assert "100 samples per second are fewer than the 400" in one.note


def test_a_flat_line_is_not_judged() -> None:
    outcome = measure(one_channel(np.zeros((1, 20_000))), CRITERIA)
    (one,) = of(outcome, "emg_burst_count")
    assert one.status is Status.NOT_JUDGED
    assert "flat" in one.note


def test_a_recording_without_channels_is_refused() -> None:
    empty = replace(one_channel(silent(1.0)), channels=())
    with pytest.raises(InputError, match=r"memory\.edf: it has no channels"):
        measure(empty, CRITERIA)


def test_channels_of_different_rates_are_measured_each_at_its_own() -> None:
    values = {5000: silent(), 2000: silent(12.0, 2000.0)}
    for rate, one in values.items():
        first = 4 * rate
        at = np.arange(rate // 20) / rate
        one[0, first : first + at.size] += 80 * np.sin(2 * np.pi * 300 * at)
    base = one_channel(values[5000])
    slow = replace(base.channels[0], rate_hz=2000.0, site="frontalis", name="R frontalis")
    recording = replace(
        base,
        channels=(base.channels[0], slow),
        samples=lambda c, s, first, stop: values[(5000, 2000)[c]][0, first:stop],
    )
    found = bursts(measure(recording, CRITERIA))
    assert [one.onset_s for one in found] == pytest.approx([4.0, 4.0], abs=0.003)
    assert {one.sites for one in found} == {("mentalis",), ("frontalis",)}


def test_healthy_needle_emg_is_one_sustained_contraction(shared_data: Path) -> None:
    path = shared_data / "electro" / "needle_emg" / "emgdb_emg_healthy.csv"
    mapping = TableMapping(
        header_rows=0, time_column=1, columns=((2, "R tibialis anterior", "mV"),)
    )
    outcome = measure(open_recording(path, mapping=mapping), CRITERIA)
    kinds = [one.trial_type for one in outcome.events if one.trial_type != "artefact"]
    assert kinds == ["emg_tonic"]
    (active,) = of(outcome, "emg_time_active")
    assert active.value is not None
    assert active.value > 90
    assert of(outcome, "emg_a_train_count")[0].value == 0
    (floor,) = of(outcome, "emg_noise_floor")
    assert "never at rest" in floor.note


def test_an_undersampled_face_is_said_to_be_so(shared_data: Path) -> None:
    path = shared_data / "electro" / "facial_emg" / "09_FMOV_preprocessed.txt"
    mapping = TableMapping(
        header_rows=0,
        rate_hz=100,
        delimiter="tab",
        columns=((2, "zygomaticus", "V"), (3, "corrugator", "V")),
    )
    outcome = measure(open_recording(path, mapping=mapping), CRITERIA)
    assert outcome.events == ()
    reasons = [one.note for one in of(outcome, "emg_burst_count")]
    assert len(reasons) == 2
    assert all("100 samples per second" in one for one in reasons)
