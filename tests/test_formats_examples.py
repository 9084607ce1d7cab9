"""Every example of every format in the shared folder is read with its content, or refused clearly.

Values are held against edfio, pyxdf and numpy in the tests of each format; here no file may be
passed over, and none may come to something else than before.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording

RECORDINGS = {".edf", ".bdf", ".xdf", ".vhdr", ".eeg", ".vmrk", ".data", ".head", ".acq"}

# Channels, marks, seconds.
READ = {
    "edf/edfio_SC4001EC-Hypnogram.bdf": (0, 154, 0),
    "edf/edfio_SC4001EC-Hypnogram.edf": (0, 154, 0),
    "edf/edfio_mne_test.bdf": (139, 5, 6),
    "edf/edfio_mne_test.edf": (139, 5, 6),
    "edf/edfio_short_psg.bdf": (7, 0, 300),
    "edf/edfio_short_psg.edf": (7, 0, 300),
    "edf/edfio_test_subsecond.bdf": (1, 4, 698),
    "edf/edfio_test_subsecond.edf": (1, 4, 698),
    "edf/pyedflib_test_generator.bdf": (5, 0, 30),
    "edf/pyedflib_test_generator.edf": (11, 2, 600),
    "edf/pyedflib_test_generator_datarec_generator_0_5.bdf": (5, 0, 30),
    "edf/pyedflib_test_generator_datarec_generator_2.bdf": (5, 0, 30),
    "edf/pyedflib_test_legacy.edf": (11, 2, 600),
    "edf/pyedflib_test_utf8.edf": (1, 5, 698),
    "mne/duplicate_channel_labels.edf": (3, 0, 10),
    "mne/test_bdf_stim_channel.bdf": (4, 0, 10),
    "mne/test_stim_channel.edf": (3, 0, 600),
    "mne/test_uneven_samp.edf": (2, 0, 110),
    "xdf/clock_resets.xdf": (8, 175, 573.16),
    "xdf/empty_streams.xdf": (1, 1, 10),
    "xdf/minimal.xdf": (3, 9, 0.9),
    "sub-01_task-jumping_recording-bipolar_emg.edf": (1, 15, 0.5),
    "sub-01_task-jumping_recording-highDensity_emg.edf": (128, 15, 0.5),
    "sub-01_task-holdWeight_emg.edf": (1, 0, 1),
    "sub-01_task-talking_emg.edf": (6, 1, 1),
    "sub-01_task-grasping_emg.edf": (6, 0, 1),
    "sub-01_task-mechPerturbations_emg.edf": (2, 0, 0.5),
    "sub-01_task-isometric_emg.edf": (128, 0, 0.5),
    "sub-01_task-typing_emg.edf": (32, 0, 0.5),
}
REFUSED = {
    "acq/physio-3.9.1-c.acq": "not a recording of a kind that is read",
    "acq/physio-5.0.1-c.acq": "not a recording of a kind that is read",
    "mne/test_nicolet_raw.head": "not a recording of a kind that is read",
    "mne/test.vhdr": "channel 'CP5': the unit 'BS' is not known",
    "mne/test.eeg": "a part of a BrainVision recording",
    "mne/test.vmrk": "a part of a BrainVision recording",
    "sub-01_task-pullstand_eeg.edf": "its header has '31 E' where signals should be a number",
    "sub-01_task-pullstand_emg.edf": "its header has '0  E' where signals should be a number",
}
BY_MNE = {"mne/test_nicolet_raw.data": (29, 0, 2)}


def found(folder: Path) -> dict[str, Path]:
    """Of BIDS by the name alone, which is unique."""
    paths = [path for path in folder.rglob("*") if path.suffix in RECORDINGS]
    return {
        path.name if "bids_emg" in path.parts else path.relative_to(folder).as_posix(): path
        for path in paths
    }


def test_no_file_is_passed_over(shared_data: Path) -> None:
    paths = found(shared_data / "electro" / "formats")
    assert len(paths) == 38
    assert set(paths) == {*READ, *REFUSED, *BY_MNE}


def test_files_that_are_read_hold_what_they_hold(shared_data: Path) -> None:
    paths = found(shared_data / "electro" / "formats")
    by_mne = BY_MNE if importlib.util.find_spec("mne") else {}
    for name, (channels, marks, lasts_s) in {**READ, **by_mne}.items():
        recording = open_recording(paths[name])
        stop_s = recording.stretches[-1].stop_s if recording.stretches else 0
        assert (name, len(recording.channels), len(recording.marks)) == (name, channels, marks)
        assert stop_s == pytest.approx(lasts_s, abs=0.01), name


def test_files_that_are_refused_say_why(shared_data: Path) -> None:
    paths = found(shared_data / "electro" / "formats")
    without = {} if importlib.util.find_spec("mne") else dict.fromkeys(BY_MNE, "not a recording")
    for name, why in {**REFUSED, **without}.items():
        with pytest.raises(InputError) as caught:
            open_recording(paths[name])
        assert why in caught.value.problem
        assert str(paths[name]) in caught.value.problem
        assert caught.value.next_step
