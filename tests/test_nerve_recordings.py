"""A simulated nerve on disk, read by `electro` as any file: what went in comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.nerve_round_trip import read, told

from command_line import CommandLine
from hemifacial.errors import UsageError
from hemifacial.twin.nerve.recordings import (
    DIRECT,
    SPREAD,
    StudyPlan,
    write_lateral_spread,
    write_spasm,
)
from hemifacial.twin.nerve.settings import Settings, Tools

pytestmark = pytest.mark.timeout(300)  # The first test compiles the solver.

BRANCH = "marginal_mandibular_branch"


def test_the_bursts_of_a_lesion_are_found_in_its_recording(tmp_path: Path) -> None:
    # Bursts come twelve times a second, near what `electro` takes for one contraction: how often
    # they are told apart is the bench's (`nerve_round_trip`), this seed is one where they are.
    written = write_spasm(tmp_path / "spasm", Settings(seed=90_001), seconds=1.5)
    result = read(written)
    true, found = (
        [one for one in events if one.trial_type == "emg_burst" and one.sites == (SPREAD,)]
        for events in (written.events, result.events)
    )
    assert len(found) == len(true) > 10
    off_s = [abs(a.onset_s - b.onset_s) for a, b in zip(found, true, strict=True)]
    assert np.median(off_s) < 0.006  # The first potential of a burst may be small.
    rate = told(result, "emg_intraburst_rate", SPREAD)
    assert rate is not None
    assert rate.value is not None
    assert 250 < rate.value < 350


def test_a_shock_comes_back_as_direct_response_and_lateral_spread(tmp_path: Path) -> None:
    plan = StudyPlan(pairs=8, healthy=20, sweeps=12)
    written = write_lateral_spread(tmp_path / "study", Settings(seed=500_101), Tools(), plan)
    result = read(written)
    direct = told(result, "direct_response_latency", DIRECT)
    truth = written.truth.find("direct", BRANCH, DIRECT)
    assert direct is not None
    assert direct.value == pytest.approx(truth.onset_ms, abs=0.2)
    spread = written.truth.find("spread", BRANCH, SPREAD)
    assert spread.present
    assert 7.0 < spread.onset_ms < 12.0
    probability = told(result, "lateral_spread_probability", SPREAD)
    assert probability is not None
    assert probability.value is not None
    assert probability.value > 0.8


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    plan = StudyPlan(pairs=2, healthy=2, sweeps=2)
    one, other = (
        write_lateral_spread(tmp_path / name, Settings(seed=3), Tools(), plan)
        for name in ("one", "other")
    )
    assert one.path.read_bytes() == other.path.read_bytes()


@pytest.mark.parametrize("wrong", [{"pairs": 0}, {"sweeps": 401}, {"intensity_ma": 0.0}])
def test_a_study_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        StudyPlan(**wrong)  # type: ignore[arg-type]


def test_electrodes_go_with_two_experiments_only(hemifacial: CommandLine) -> None:
    told_ = hemifacial("twin", "nerve", "velocity", "--recording", "edf")
    assert told_.status == 2
    assert "lateral_spread and spontaneous" in told_.err
    told_ = hemifacial("twin", "nerve", "spontaneous", "--recording", "wav")
    assert told_.status == 2
    assert "edf" in told_.err


def test_the_command_writes_a_recording_beside_the_folder(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "spread"
    words = ("--small", "--workers", "1", "--recording", "bdf", "--out", out)
    made = hemifacial("twin", "nerve", "lateral_spread", *words)
    assert made.status == 0
    recording = tmp_path / "spread.recording" / "recording.bdf"
    assert recording.is_file()
    assert str(recording) in made.out
    assert (recording.parent / "truth_responses.json").is_file()
