"""One made-up recording in every kind of file: the same samples, stimuli and truth."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest
import pyxdf

from hemifacial.anatomy import Side
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.errors import UsageError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Recording
from hemifacial.twin.electro.kinds import KINDS
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import WrittenRecording, write_recording
from hemifacial.twin.electro.setup import Noise, Setup
from hemifacial.twin.electro.study import sweeps

SETUP = Setup(noise=Noise(white_uv=2.0, pink_uv=3.0), rate_hz=10_000.0)
STEP_UV = {"edf": 2 * SETUP.amplifier_range_uv / 65535}
"""How finely a kind writes; the others have 24 bits, or 32 bits of which 24 are digits."""
FINE_UV = 2 * SETUP.amplifier_range_uv / 2**23


def small() -> LateralSpreadPlan:
    base = LateralSpreadPlan(side=Side.LEFT, sweeps=2, intensities_ma=(3.5, 12.0), setup=SETUP)
    return lateral_spread_plan(31, base=base)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenRecording]:
    folder = tmp_path_factory.mktemp("kinds")
    return {kind: write_recording(small(), folder / kind, kind=kind) for kind in KINDS}  # type: ignore[arg-type]


def whole(recording: Recording, channel: int) -> np.ndarray:
    return recording.read(channel, 0, 0, recording.count(channel, 0))


@pytest.mark.parametrize("kind", KINDS)
def test_our_readers_find_the_same_in_every_kind(
    written: dict[str, WrittenRecording], kind: str
) -> None:
    first, read = (open_recording(written[one].path) for one in ("edf", kind))
    assert read.problems == ()
    assert [(one.name, one.site, one.side, one.rate_hz) for one in read.channels] == [
        (one.name, one.site, one.side, one.rate_hz) for one in first.channels
    ]
    assert all(one.microvolts_per_unit == 1.0 for one in read.channels)
    assert [read.count(k, 0) for k in range(4)] == [first.count(k, 0) for k in range(4)]
    told, true = stimuli_of(read), written[kind].truth.stimuli
    assert [(one.branch, one.side, one.intensity_ma, one.polarity) for one in told] == [
        (one.branch, one.side, one.intensity_ma, one.polarity) for one in true
    ]
    onsets_s = [one.onset_s for one in told]
    assert onsets_s == pytest.approx([one.onset_s for one in true], abs=1e-7)
    for channel in range(4):
        off_uv = np.abs(whole(read, channel) - whole(first, channel)).max()
        assert off_uv <= 0.51 * STEP_UV["edf"] + FINE_UV


@pytest.mark.parametrize("kind", ["bdf", "xdf", "bids_emg"])
def test_the_fine_kinds_hold_the_sweeps(written: dict[str, WrittenRecording], kind: str) -> None:
    """Noise of files and of sweeps is drawn anew, so without it."""
    assert written[kind].truth == written["edf"].truth == sweeps(small()).truth
    read = [open_recording(written[one].path) for one in ("bdf", kind)]
    for channel in range(4):
        a, b = (whole(one, channel) for one in read)
        assert np.abs(a - b).max() <= FINE_UV


def test_bdf_is_read_by_edfio_and_xdf_by_pyxdf(written: dict[str, WrittenRecording]) -> None:
    ours = open_recording(written["bdf"].path)
    theirs = edfio.read_bdf(written["bdf"].path)
    assert [one.text for one in theirs.annotations] == [one.text for one in ours.marks]
    for channel, signal in enumerate(theirs.signals):
        assert (signal.label, signal.physical_dimension) == (ours.channels[channel].name, "uV")
        np.testing.assert_allclose(signal.data, whole(ours, channel), rtol=0, atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numbers, words = pyxdf.load_xdf(str(written["xdf"].path))[0]
    xdf = open_recording(written["xdf"].path)
    assert [text for (text,) in words["time_series"]] == [one.text for one in xdf.marks]
    onsets_s = words["time_stamps"] - numbers["time_stamps"][0]
    np.testing.assert_allclose(onsets_s, [one.onset_s for one in xdf.marks], atol=1e-6)
    assert numbers["info"]["effective_srate"] == pytest.approx(10_000)
    assert int(numbers["footer"]["info"]["sample_count"][0]) == xdf.count(0, 0)
    np.testing.assert_array_equal(numbers["time_series"][:, 2], whole(xdf, 2))


def test_every_kind_has_its_truth_beside_it(written: dict[str, WrittenRecording]) -> None:
    for kind, one in written.items():
        folder = next(parent for parent in one.path.parents if parent.name == kind)
        document = json.loads((folder / "truth_responses.json").read_text(encoding="utf-8"))
        assert folder / document["recording"] == one.path
        assert (folder / "stimuli.tsv").is_file()


def test_a_folder_is_rewritten_in_another_kind(tmp_path: Path) -> None:
    plan = replace(small(), sweeps=1, intensities_ma=(12.0,))
    for kind in ("bids_emg", "xdf"):
        path = write_recording(plan, tmp_path / "study", kind=kind).path
        assert path.is_file()
    assert not (tmp_path / "study" / "bids").exists()


def test_an_unknown_kind_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kind 'wav': a recording is not written so"):
        write_recording(small(), tmp_path / "study", kind="wav")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
