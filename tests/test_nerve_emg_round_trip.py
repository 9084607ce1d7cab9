"""Discharges are written to disk, read as any file, and give back what fired.

What a stimulus or a burst evoked is known to the sample; `hemifacial.electro` is told nothing
but the file. Seeds are from 500000 on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.electro.studies import Asked, Study, made
from hemifacial.findings import Finding, Status
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.plan import Stimulus
from hemifacial.twin.electro.setup import Noise, Setup
from hemifacial.twin.nerve.emg import (
    Discharges,
    MotorUnits,
    WrittenNerveRecording,
    belly_tendon,
    concentric_needle,
    motor_units,
    write_nerve_recording,
)

CRITERIA = ElectroCriteria.read()
_BRANCH = "zygomatic_branch"
_COUNTS = {"frontalis": 30, "zygomaticus_major": 60, "mentalis": 40}


@cache
def face(seed: int) -> tuple[MotorUnits, ...]:
    rng = np.random.default_rng(seed)
    return tuple(
        motor_units(muscle, Side.RIGHT, np.clip(rng.normal(8.0, 1.8, count), 4.0, 14.0), seed)
        for muscle, count in _COUNTS.items()
    )


def read(written: WrittenNerveRecording, study: Study) -> Outcome:
    recording = open_recording(written.path)
    asked = Asked(
        recording=recording,
        stimuli=tuple(stimuli_of(recording)),
        criteria=CRITERIA,
        tell=None,
        problems=[],
    )
    return made(study, asked)


def of(outcome: Outcome, quantity: str, muscle: str) -> Finding:
    (one,) = (f for f in outcome.findings if f.quantity == quantity and f.sites[-1:] == (muscle,))
    return one


def shocked(folder: Path, seed: int, *, spread: bool, needle: bool) -> WrittenNerveRecording:
    """60 units of zygomaticus 3.5 ms after each of 20 shocks, and 15 of mentalis after 9.0 ms."""
    rng = np.random.default_rng([seed, 1])
    units = face(seed)
    stimuli = tuple(
        Stimulus(
            onset_s=round(0.6 + 1.03 * index, 6),
            branch=_BRANCH,
            side=Side.RIGHT,
            intensity_ma=10.0,
            polarity=-1 if index % 2 else 1,
        )
        for index in range(20)
    )
    near, late = np.arange(30, 90), 90 + rng.permutation(40)[:15]
    unit, time_ms = [], []
    for one in stimuli:
        # 0.8 ms of each are the end branches.
        unit.append(near)
        time_ms.append(one.onset_s * 1000 + 2.7 + 0.15 * rng.normal(size=near.size))
        if spread:
            unit.append(late)
            time_ms.append(one.onset_s * 1000 + 8.2 + 0.2 * rng.normal(size=late.size))
    discharges = Discharges.of(np.concatenate(unit), np.concatenate(time_ms))
    leads = [(concentric_needle if needle else belly_tendon)(one.site) for one in units]
    return write_nerve_recording(
        folder / "made", units, discharges, stimuli, Setup(), leads=leads, seed=seed
    )


def test_a_lateral_spread_comes_back_with_its_latency_and_amplitude(tmp_path: Path) -> None:
    written = shocked(tmp_path, 500_100, spread=True, needle=False)
    outcome = read(written, Study.LATERAL_SPREAD)
    true = written.truth.find("spread", _BRANCH, "mentalis")
    direct = written.truth.find("direct", _BRANCH, "zygomaticus_major")
    assert of(outcome, "lateral_spread_probability", "mentalis").value > 0.99  # type: ignore[operator]
    # Stated of 12 dB: 0.14 ms and 0.90 to 1.02 of the amplitude; these are far above the noise.
    latency = of(outcome, "lateral_spread_latency", "mentalis").value
    assert latency == pytest.approx(true.onset_ms, abs=0.14)
    amplitude = of(outcome, "lateral_spread_amplitude", "mentalis").value
    assert amplitude == pytest.approx(true.amplitude_uv, rel=0.12)
    assert of(outcome, "lateral_spread_persistence", "mentalis").value == 100
    m_wave = of(outcome, "direct_response_latency", "zygomaticus_major")
    assert m_wave.value == pytest.approx(direct.onset_ms, abs=0.1)
    height = of(outcome, "direct_response_amplitude", "zygomaticus_major").value
    assert height == pytest.approx(direct.amplitude_uv, rel=0.06)
    frontalis = of(outcome, "lateral_spread_amplitude", "frontalis")
    assert frontalis.status is Status.BELOW_DETECTION_LIMIT
    assert not written.truth.find("spread", _BRANCH, "frontalis").present


def test_with_needles_it_is_there_or_not(tmp_path: Path) -> None:
    there = shocked(tmp_path / "there", 500_101, spread=True, needle=True)
    found = of(read(there, Study.LATERAL_SPREAD), "lateral_spread_amplitude", "mentalis")
    assert found.value == pytest.approx(
        there.truth.find("spread", _BRANCH, "mentalis").amplitude_uv, rel=0.25
    )
    gone = shocked(tmp_path / "gone", 500_101, spread=False, needle=True)
    for muscle in ("mentalis", "frontalis"):
        one = of(read(gone, Study.LATERAL_SPREAD), "lateral_spread_amplitude", muscle)
        assert one.status is Status.BELOW_DETECTION_LIMIT
        assert one.detection_limit is not None
        assert one.detection_limit < 20


@pytest.mark.xfail(
    reason="zygomaticus ends at its tendons 8 ms after it fired: what chin electrodes see of that "
    "is no copy of its M wave, which is all that electro knows of conduction (docs/nerve_emg.md)"
)
def test_the_end_of_the_m_wave_seen_from_afar_is_no_lateral_spread(tmp_path: Path) -> None:
    written = shocked(tmp_path, 500_006, spread=False, needle=False)
    outcome = read(written, Study.LATERAL_SPREAD)
    one = of(outcome, "lateral_spread_amplitude", "mentalis")
    assert one.status is Status.BELOW_DETECTION_LIMIT


def test_bursts_come_back_with_their_rates(tmp_path: Path) -> None:
    rng = np.random.default_rng([500_102, 2])
    muscles = ("zygomaticus_major", "mentalis")
    units = tuple(
        motor_units(one, Side.RIGHT, np.clip(rng.normal(8.0, 1.8, 12), 4.0, 14.0), 500_102)
        for one in muscles
    )
    starts: list[float] = []
    for spasm in (1.0, 5.0, 9.0):
        starts += list(spasm + np.cumsum(rng.normal(1 / 15, 0.003, 30)))
    times_s = np.add.outer(np.array(starts), np.arange(4) / 280.0).ravel()
    unit = np.repeat(np.arange(24), times_s.size)
    time_ms = np.tile(times_s, 24) * 1000 + 0.15 * rng.normal(size=unit.size)
    written = write_nerve_recording(
        tmp_path / "made",
        units,
        Discharges.of(unit, time_ms),
        (),
        Setup(rate_hz=5000.0, noise=Noise(white_uv=4.0, pink_uv=3.0)),
        leads=[concentric_needle(one.site) for one in units],
        seed=5,
    )
    outcome = read(written, Study.SPASM_EMG)
    for muscle in muscles:
        true = [e for e in written.events if e.sites == (muscle,) and e.trial_type == "emg_burst"]
        found = [e for e in outcome.events if e.sites == (muscle,) and e.trial_type == "emg_burst"]
        assert len(true) == 90
        assert len(found) == pytest.approx(90, abs=5)
        onsets_s = np.array([e.onset_s for e in found])
        error_s = [np.abs(onsets_s - e.onset_s).min() for e in true]
        assert np.median(error_s) < 0.001
        assert np.mean(np.array(error_s) < 0.02) > 0.89  # recall as stated of 12 dB
        assert of(outcome, "emg_burst_repetition", muscle).value == pytest.approx(15, rel=0.03)
        assert of(outcome, "emg_intraburst_rate", muscle).value == pytest.approx(280, rel=0.1)
        assert of(outcome, "emg_burst_potentials", muscle).value == pytest.approx(4, abs=1)
