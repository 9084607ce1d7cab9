"""Trigger words and trigger lines of a laboratory become stimuli by the table that it gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainvision_files import header, ramp, write
from hemifacial.anatomy import Side
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Channel, Mark, Recording
from hemifacial.formats.recording_memory import recording_in_memory
from hemifacial.formats.trigger_names import (
    TriggerNames,
    read_trigger_names,
    unknown_triggers,
    with_line,
    with_stimuli,
)

TABLE = """trigger,branch,side,intensity_ma,polarity
S  1,zygomatic_branch,left,12,+
S  2,zygomatic_branch,left,12,-
Mand R {mA} mA,marginal_mandibular_branch,right,,
"""


def table(folder: Path, text: str = TABLE) -> TriggerNames:
    path = folder / "triggers.csv"
    path.write_text(text, encoding="utf-8")
    return read_trigger_names(path)


def marked(*texts: str) -> Recording:
    return recording_in_memory(
        Path("x"),
        [Channel(name="a", unit="uV", rate_hz=10, microvolts_per_unit=1.0)],
        [np.zeros(100)],
        marks=[Mark(onset_s=float(k), text=text) for k, text in enumerate(texts)],
    )


def test_words_of_a_laboratory_become_stimuli(tmp_path: Path) -> None:
    """As BrainVision writes them; blanks and capitals do not count."""
    marks = ("Stimulus,S  1,11,1,0", "Stimulus,s 2,21,1,0", "Comment,mand r 7\\15 MA,31,1,0")
    path = write(tmp_path, header("a,,1,µV"), ramp(100), *marks)
    recording = with_stimuli(open_recording(path), table(tmp_path))
    found = [
        (one.onset_s, one.branch, one.side, one.intensity_ma, one.polarity)
        for one in stimuli_of(recording)
    ]
    assert found == [
        (0.001, "zygomatic_branch", Side.LEFT, 12.0, 1),
        (0.002, "zygomatic_branch", Side.LEFT, 12.0, -1),
        (0.003, "marginal_mandibular_branch", Side.RIGHT, 7.5, 0),
    ]
    # What the recording itself said is still there.
    assert [mark.text for mark in recording.marks][::2] == ["S  1", "s 2", "mand r 7,5 MA"]


def test_a_table_parted_by_tabs_and_without_strengths(tmp_path: Path) -> None:
    triggers = table(tmp_path, "trigger\tbranch\tside\nVEP\tzygomatic_branch\tright\n")
    assert triggers.of("vep") == "stimulus branch=zygomatic_branch side=right"
    assert triggers.of("vep 2") == ""
    assert triggers.of("xvep") == ""


def test_what_no_table_names_is_told_once(tmp_path: Path) -> None:
    recording = marked("S 1", "cough", "stimulus branch=zygomatic_branch side=left", "cough", "S 9")
    assert unknown_triggers(recording, table(tmp_path)) == ("cough", "S 9")


def test_capitals_make_no_other_trigger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3: this trigger stands in a line before"):
        table(tmp_path, "trigger,branch,side\na,zygomatic_branch,left\nA,zygomatic_branch,left\n")


def test_signs_in_a_trigger_are_letters_like_any_other(tmp_path: Path) -> None:
    triggers = table(tmp_path, "trigger,branch,side\n.*(a+),zygomatic_branch,left\n")
    assert triggers.of(".*(a+)")
    assert not triggers.of("aaaa")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("S1,zygomatic,left,,", "line 2: 'zygomatic' is no word of the anatomy"),
        ("S1,zygomatic_branch,links,,", "line 2: 'links' is no side"),
        ("S1,zygomatic_branch,both,,", "line 2: 'both' is no side"),
        ("S1,zygomatic_branch,left,a lot,", "line 2: intensity_ma 'a lot' is no number"),
        ("S1,zygomatic_branch,left,-3,", "line 2: intensity_ma '-3' is no number"),
        ("S1,zygomatic_branch,left,nan,", "line 2: intensity_ma 'nan' is no number"),
        ("S1,zygomatic_branch,left,1,up", "line 2: polarity 'up'"),
        (",zygomatic_branch,left,1,", "line 2: the trigger is empty"),
        ("{mA}{mA},zygomatic_branch,left,,", "has {mA} more than once"),
        (
            "a b,zygomatic_branch,left,,\na  b,zygomatic_branch,left,,",
            "line 3: this trigger stands",
        ),
    ],
)
def test_a_fault_of_a_table_names_its_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        table(tmp_path, f"trigger,branch,side,intensity_ma,polarity\n{row}\n")
    assert message in caught.value.problem
    assert "triggers.csv" in caught.value.problem
    assert caught.value.next_step


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    for text in ("", "name,site,side\n", "trigger,branch,side\n"):
        with pytest.raises(InputError, match="a table of triggers has the columns"):
            table(tmp_path, text)


def test_a_trigger_line_tells_its_changes() -> None:
    values = np.zeros(100)
    values[10:12], values[40:42], values[42:45], values[90] = 3, 0x10001, 5, 0x10000
    line = Channel(name="TTL", unit="", rate_hz=100, microvolts_per_unit=None)
    recording = recording_in_memory(Path("x"), [line], [values], marks=[Mark(onset_s=0, text="a")])
    assert [(one.onset_s, one.text) for one in with_line(recording, "TTL").marks] == [
        (0.0, "a"),
        (0.1, "TTL 3"),
        (0.4, "TTL 1"),
        (0.42, "TTL 5"),
    ]
    assert len(with_line(recording, "TTL", bits=0x10000).marks) == 3
    with pytest.raises(InputError, match="no channels are called 'Status'") as caught:
        with_line(recording, "Status")
    assert "TTL" in caught.value.next_step


def test_the_status_channel_of_a_bdf(shared_data: Path, tmp_path: Path) -> None:
    """The samples and numbers that MNE-Python 1.13 finds in this file of theirs."""
    path = shared_data / "electro" / "formats" / "mne" / "test_bdf_stim_channel.bdf"
    recording = with_line(open_recording(path), "Status")
    assert [(round(one.onset_s * 500), one.text) for one in recording.marks] == [
        (242, "Status 4"), (310, "Status 2"), (952, "Status 1"), (1606, "Status 1"),
        (2249, "Status 1"), (2900, "Status 1"), (3537, "Status 1"), (4162, "Status 1"),
        (4790, "Status 1"),
    ]  # fmt: skip
    triggers = table(tmp_path, "trigger,branch,side\nStatus 1,temporal_branch,left\n")
    assert len(stimuli_of(with_stimuli(recording, triggers))) == 7
    assert unknown_triggers(recording, triggers) == ("Status 4", "Status 2")
