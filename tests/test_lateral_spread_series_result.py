"""A whole series: findings, events, signals and figures of a made-up operation."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from benchmarks.gone import patient, runs_of_operation, runs_of_plan

from hemifacial.anatomy import Side
from hemifacial.electro.conditioning import conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.series.measure import AVERAGES, COURSE, STATES, measure_runs, measure_series
from hemifacial.electro.series.runs import stage_labels
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.findings import Finding, Provenance, Result, Status
from hemifacial.formats.result_folder import read_result, write_result
from hemifacial.report.electro.series import figures
from hemifacial.twin.electro.lateral_spread import with_spread_share, without_spread

CRITERIA = ElectroCriteria.read()
SEED = 520_000
ROOT = Path(__file__).resolve().parents[1]


@cache
def outcome() -> Outcome:
    runs, _ = runs_of_operation(SEED, "reappearing", "gabor", CRITERIA)
    return measure_runs(runs, CRITERIA)


def result() -> Result:
    found = outcome()
    return Result(
        provenance=Provenance(
            method="electro",
            method_version="1.0",
            program_version="0",
            input_name="operation.edf",
            input_sha256="0" * 64,
            created_at="2026-11-22T14:00:00+00:00",
        ),
        findings=found.findings,
        events=found.events,
        signals=found.signals,
    )


def only(quantity: str, phase: str = "") -> Finding:
    (found,) = (one for one in outcome().findings if (one.quantity, one.phase) == (quantity, phase))
    return found


def test_it_goes_with_the_vessel_and_comes_back() -> None:
    kinds = [one.trial_type.removeprefix("lateral_spread_") for one in outcome().events]
    phases = [one.phase for one in outcome().events]
    assert {kind for kind, phase in zip(kinds, phases, strict=True) if phase == "dura_open"} == {
        "present"
    }
    assert "gone" in kinds
    assert kinds[-1] == "present"
    assert only("lateral_spread_reappearances").value == 1
    gone = only("lateral_spread_left", "vessel_off")
    assert gone.status is Status.BELOW_DETECTION_LIMIT
    assert gone.detection_limit is not None
    assert gone.detection_limit < 5
    back = only("lateral_spread_left", "dura_closed")
    assert back.value is not None
    assert back.low is not None
    assert back.low > 0
    for event in outcome().events:
        assert (event.amplitude is None) is (event.trial_type != "lateral_spread_present")
        assert event.confidence is None or event.confidence > 0.9


def test_the_published_limits_stand_beside_the_loss_of_mentalis() -> None:
    change = only("lateral_spread_change_ratio", "dura_closed")
    left = outcome().signals[COURSE]
    (name,) = (str(one) for one in left.data_vars if str(one).endswith("_amplitude"))
    baseline = only("lateral_spread_amplitude", "baseline")
    assert baseline.value is not None
    assert change.value == pytest.approx(
        100 * (1 - float(left[name].values[-1]) / baseline.value), abs=1e-6
    )
    assert change.sites[1] == "mentalis"
    assert change.limit is not None
    assert change.limit.value in (48.5, 86.5)
    assert change.limit.verified
    assert "not that a patient is cured" in change.note


def test_signals_hold_every_run() -> None:
    course, averages = outcome().signals[COURSE], outcome().signals[AVERAGES]
    runs = len(outcome().events)
    (state,) = (course[one] for one in course.data_vars if str(one).endswith("_state"))
    told = [f"lateral_spread_{STATES[int(code)]}" for code in state.values]
    assert told == [one.trial_type for one in outcome().events]
    assert sum("run" in one.attrs and one.attrs["run"] > 0 for one in averages.values()) == runs
    for one in (*course.values(), *averages.values()):
        assert {"unit", "side", "site", "quantity"} <= set(one.attrs)


def test_the_result_is_kept_and_drawn(tmp_path: Path) -> None:
    write_result(tmp_path / "out", result(), recording_duration_s=4000.0, pages={})
    back = read_result(tmp_path / "out")
    assert [one.trial_type for one in back.events] == [one.trial_type for one in result().events]
    drawn, stacked = figures(back)
    root = ET.fromstring(drawn.svg)
    marks = [one.get("class") for one in root.iter() if one.get("class") in STATES]
    kinds = [one.trial_type.removeprefix("lateral_spread_") for one in outcome().events]
    assert sorted(marks) == sorted(kinds)
    words = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert {"Dura open", "Vessel off", "Dura closed"} <= set(words)
    stack_words = " ".join(one.text or "" for one in ET.fromstring(stacked.svg).iter())
    assert "baseline, locked" in stack_words
    assert "present again" in stack_words
    assert "gone" in stack_words
    assert "Hz" in stacked.said
    for figure in (drawn, stacked):
        assert "style=" not in figure.svg
        assert "nan" not in figure.svg


def test_what_was_done_to_the_sweeps_is_what_is_printed() -> None:
    runs, _ = runs_of_operation(SEED, "reappearing", "gabor", CRITERIA)
    done = conditioned(runs[0].study, conditioning_of(CRITERIA))[1].in_words()
    assert "polarity" in done
    tables = outcome().signals
    assert {one.attrs["conditioning"] for one in tables.values()} == {done}
    assert done in figures(result())[0].said
    last = runs[1].study
    plain = replace(last, stimuli=tuple(replace(one, polarity=0) for one in last.stimuli))
    mixed = measure_runs((runs[0], replace(runs[1], study=plain)), CRITERIA)
    said = mixed.signals[COURSE].attrs["conditioning"]
    assert f"1 of 2 runs: {done}; 1 of 2 runs: 20 to 3000 Hz" in said


def test_a_result_without_a_series_has_no_figures() -> None:
    one = result()
    assert figures(Result(provenance=one.provenance, findings=(), events=())) == ()


def test_no_stimuli_are_refused() -> None:
    empty = EvokedStudy(
        sweeps_uv=np.empty((0, 0, 10)), latency_ms=np.arange(10.0), stimuli=(), channels=()
    )
    with pytest.raises(InputError, match="no run of stimuli"):
        measure_series(empty, [], CRITERIA)


def test_a_muscle_without_a_response_is_told_once() -> None:
    plan = without_spread(patient(SEED + 1, "gabor"))
    runs = [
        run
        for at_s in (0.0, 300.0)
        for run in runs_of_plan(plan, CRITERIA, at_s=at_s, stage="baseline")
    ]
    found = measure_runs(runs, CRITERIA)
    (one,) = found.findings
    assert one.status is Status.BELOW_DETECTION_LIMIT
    assert one.side is Side.RIGHT
    assert "nothing to follow" in one.note
    assert found.events == ()
    assert found.signals == {}


@pytest.mark.parametrize(("share", "status"), [(0.0, Status.BELOW_DETECTION_LIMIT), (0.1, None)])
def test_runs_that_tell_nothing_alone_may_do_so_together(
    share: float, status: Status | None
) -> None:
    """Four sweeps, again and again."""
    plan = patient(SEED + 2, "motor_units", 28.0)
    later = replace(with_spread_share(plan, share), sweeps=4)
    runs = list(runs_of_plan(plan, CRITERIA, stage="baseline"))
    for number in range(1, 21):
        one = replace(later, seed=number)
        runs += runs_of_plan(one, CRITERIA, at_s=30.0 * number + 60, stage="vessel_off")
    found = measure_runs(runs, CRITERIA)
    (left,) = (one for one in found.findings if one.quantity == "lateral_spread_left")
    if status is None:
        assert left.status is not Status.BELOW_DETECTION_LIMIT
    else:
        assert found.events[-1].trial_type == "lateral_spread_cannot_tell"
        assert left.status is status
        assert "runs together" in left.note


def test_the_page_names_every_criterion_and_stage() -> None:
    page = (ROOT / "docs" / "lateral_spread_series.md").read_text(encoding="utf-8")
    mine = [name for name in CRITERIA.limits if name.startswith("series_")]
    assert len(mine) > 10
    assert [name for name in mine if f"`{name}`" not in page] == []
    assert [word for word in stage_labels() if word not in page] == []
