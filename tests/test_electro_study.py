"""Stimuli are read as they were told, and sweeps are cut where they lie, gaps left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.stimuli import Stimulus, read_stimuli, stimuli_of
from hemifacial.electro.study import cut
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch
from hemifacial.twin.electro.lateral_spread import lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

RATE_HZ = 1000.0
TOLD = "stimulus branch=zygomatic_branch side=right intensity_ma=12 polarity=+"


def recording(*texts: str, stretches: tuple[tuple[float, float], ...] = ((0, 10),)) -> Recording:
    """Two channels whose samples are their own number (and twice it), marked every second."""

    def samples(channel: int, stretch: int, first: int, stop: int) -> NDArray[np.float64]:
        start = round(stretches[stretch][0] * RATE_HZ)
        return (channel + 1) * np.arange(start + first, start + stop, dtype=np.float64)

    return Recording(
        path=Path("made.edf"),
        channels=tuple(
            Channel(name=name, unit="mV", rate_hz=RATE_HZ, microvolts_per_unit=1000.0)
            for name in ("one", "two")
        ),
        marks=tuple(Mark(onset_s=1.0 + i, text=text) for i, text in enumerate(texts)),
        stretches=tuple(Stretch(start_s=a, stop_s=b) for a, b in stretches),
        samples=samples,
    )


def at(*onsets_s: float) -> list[Stimulus]:
    return [
        Stimulus(onset_s=onset_s, branch="zygomatic_branch", side=Side.RIGHT)
        for onset_s in onsets_s
    ]


def test_marks_tell_stimuli_and_other_marks_do_not() -> None:
    found = stimuli_of(
        recording("cautery", TOLD, "stimulus branch=buccal_branch side=left", "stimulus-free")
    )
    assert found == (
        Stimulus(
            onset_s=2.0, branch="zygomatic_branch", side=Side.RIGHT, intensity_ma=12.0, polarity=1
        ),
        Stimulus(onset_s=3.0, branch="buccal_branch", side=Side.LEFT),
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (TOLD.replace("zygomatic_branch", "mentalis"), "mentalis branch; known are temporal"),
        (TOLD.replace("right", "dexter"), "side dexter; it is right or left"),
        (TOLD.replace("=+", "=up"), "polarity up; it is"),
        (TOLD.replace("12", "nan"), "intensity_ma nan is not a number"),
        ("stimulus", "no branch; known are"),
    ],
)
def test_a_stimulus_that_cannot_be_read_is_refused_with_its_words(changed: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        stimuli_of(recording(changed))
    assert said in str(refused.value)
    assert changed in str(refused.value)


def test_a_table_tells_the_same(tmp_path: Path) -> None:
    table = tmp_path / "stimuli.tsv"
    table.write_text(
        "onset\tbranch\tside\tintensity_ma\tpolarity\n"
        "3.5\tbuccal_branch\tleft\tn/a\t-\n"
        "2\tzygomatic_branch\tright\t12\t+\n"
    )
    first, second = read_stimuli(table)
    assert (first.onset_s, first.intensity_ma, first.polarity) == (2.0, 12.0, 1)
    assert (second.onset_s, second.intensity_ma, second.polarity) == (3.5, None, -1)
    for row, said in (("\tbuccal_branch\tleft\t1\t+", "row 2: onset missing"),
                      ("-1\tbuccal_branch\tleft\t1\t+", "row 2: onset -1")):  # fmt: skip
        table.write_text("onset\tbranch\tside\tintensity_ma\tpolarity\n" + row + "\n")
        with pytest.raises(InputError, match=said):
            read_stimuli(table)
    with pytest.raises(InputError, match="cannot be read as a table of stimuli"):
        read_stimuli(tmp_path / "none.tsv")


def test_sweeps_lie_where_their_stimuli_are_and_are_in_microvolts() -> None:
    study = cut(recording(), at(2.0, 5.0), [0, 1], before_ms=10, after_ms=30)
    assert study.sweeps_uv.shape == (2, 2, 41)
    assert study.latency_ms[0] == -10
    assert study.latency_ms[-1] == 30
    assert study.rate_hz == pytest.approx(RATE_HZ)
    assert np.array_equal(study.sweeps_uv[0, 0], 1000.0 * np.arange(1990, 2031))
    assert np.array_equal(study.sweeps_uv[1, 1], 2000.0 * np.arange(4990, 5031))


def test_sweeps_that_a_gap_or_an_end_interrupts_are_left_out_and_counted() -> None:
    with_gap = recording(stretches=((0, 4), (6, 10)))
    study = cut(
        with_gap, at(0.005, 3.0, 3.99, 5.0, 6.005, 7.0, 9.98), [0], before_ms=10, after_ms=30
    )
    assert [stimulus.onset_s for stimulus in study.stimuli] == [3.0, 7.0]
    assert study.left_out == 5
    assert np.array_equal(study.sweeps_uv[1, 0], 1000.0 * np.arange(6990, 7031))
    nothing = cut(with_gap, [], [0], before_ms=10, after_ms=30)
    assert nothing.sweeps_uv.shape == (0, 1, 41)


def test_part_of_a_study_and_channels_of_two_rates() -> None:
    study = cut(recording(), at(2.0, 5.0, 7.0), [0], before_ms=10, after_ms=30)
    late = study.where(lambda stimulus: stimulus.onset_s > 4)
    assert np.array_equal(late.sweeps_uv, study.sweeps_uv[1:])
    made = recording()
    slower = replace(made.channels[1], rate_hz=500.0)
    two = replace(made, channels=(made.channels[0], slower))
    with pytest.raises(ValueError, match="channels of"):
        cut(two, at(2.0), [0, 1], before_ms=10, after_ms=30)


def test_a_recording_with_known_truth_is_read_from_its_file(tmp_path: Path) -> None:
    """From the generator's EDF+ to sweeps: every stimulus, and direct responses where they are."""
    plan = lateral_spread_plan(3)
    written = write_recording(plan, tmp_path / "made")
    opened = open_recording(written.path)
    stimuli = stimuli_of(opened)
    assert len(stimuli) == plan.sweeps * len(plan.branches)
    named = [i for i, channel in enumerate(opened.channels) if channel.site]
    assert {opened.channels[i].site for i in named} == set(plan.muscles)
    study = cut(opened, stimuli, named, before_ms=10, after_ms=40)
    assert study.left_out == 0
    own = study.where(lambda stimulus: stimulus.branch == "zygomatic_branch")
    (eye,) = [i for i, channel in enumerate(own.channels) if channel.site == "orbicularis_oculi"]
    mean_uv = own.sweeps_uv[:, eye].mean(axis=0)
    later = own.latency_ms > 2.5
    top_ms = own.latency_ms[later][np.argmax(np.abs(mean_uv[later]))]
    (direct,) = [
        r
        for r in plan.responses
        if (r.kind, r.branch, r.muscle) == ("direct", "zygomatic_branch", "orbicularis_oculi")
    ]
    assert direct.onset_ms < top_ms < direct.onset_ms + direct.shape.duration_ms
