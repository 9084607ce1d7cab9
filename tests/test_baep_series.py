"""Series of averages from files and recordings, what is measured of them, and their figure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.baep import averages_of
from benchmarks.baep_ear import altered, ear_files, left_out

from hemifacial.anatomy import Side
from hemifacial.electro.baep.ears import ears_of
from hemifacial.electro.baep.measure import measure
from hemifacial.electro.baep.series import clicks_of, of_study
from hemifacial.electro.baep.tracking import tracker_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.study import cut
from hemifacial.errors import InputError
from hemifacial.findings import Status
from hemifacial.formats.recording_facts import Channel, Mark, Recording, Stretch
from hemifacial.report.electro.baep import baep_stack
from hemifacial.twin.electro.baep import baep_plan
from hemifacial.twin.electro.baep_waves import response_uv

CRITERIA = ElectroCriteria.read()
RATE_HZ = 20_000.0


def recording(marks: tuple[Mark, ...], values: np.ndarray) -> Recording:
    """One channel of voltage without gaps."""
    return Recording(
        path=Path("made_up.edf"),
        channels=(Channel(name="Cz-A2", unit="uV", rate_hz=RATE_HZ, microvolts_per_unit=1.0),),
        marks=marks,
        stretches=(Stretch(start_s=0.0, stop_s=values.size / RATE_HZ),),
        samples=lambda channel, stretch, first, stop: values[first:stop],
    )


def test_clicks_of_a_recording_become_averages_of_each_ear() -> None:
    plan = baep_plan(500_100)
    rng = np.random.default_rng(0)
    values = rng.normal(0.0, 0.5, round(20 * RATE_HZ))
    starts = np.arange(1000, values.size - 2000, 1000)
    wave = response_uv(plan.ear, np.arange(400) / 20)
    for number, start in enumerate(starts):
        values[start : start + 400] += wave * (1 if number % 2 else 0.5)
    marks = tuple(
        Mark(onset_s=start / RATE_HZ, text=f"click side={side} polarity={sign}")
        for number, start in enumerate(starts)
        for side, sign in [("left", "-") if number % 2 else ("right", "+")]
    )
    marks += (Mark(onset_s=3.0, text="dura open"),)
    one = recording(marks, values)
    study = cut(one, clicks_of(one), [0], before_ms=5, after_ms=19)
    averages = of_study(study, sweeps=90)
    assert [average.side for average in averages] == [Side.RIGHT, Side.LEFT] * 2
    assert {average.sweeps for average in averages} == {90}
    assert averages[0].polarity == 1
    assert averages[1].polarity == -1
    assert averages[1].stimulus_rate_hz == pytest.approx(10.0)
    assert averages[2].start_s == pytest.approx(9.0)
    left = averages[1].values_uv[averages[1].latency_ms >= 0][:380]
    assert np.std(left - wave[:380]) == pytest.approx(0.5 / np.sqrt(90), rel=0.15)
    assert averages[1].difference_uv is not None
    assert np.std(averages[1].difference_uv) == pytest.approx(0.5 / np.sqrt(90), rel=0.15)


@pytest.mark.parametrize(
    "text", ["click", "click side=up polarity=+", "click side=left polarity=x"]
)
def test_a_click_without_a_side_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="known are right and left") as caught:
        clicks_of(recording((Mark(onset_s=0.5, text=text),), np.zeros(100)))
    assert text in caught.value.problem
    assert "click side=right" in caught.value.next_step


def two_ears() -> tuple[object, ...]:
    """A right ear that changes, and a left one with a late wave V."""
    right = replace(baep_plan(500_110, "step", blocks=13, change_at=9), sweep_noise_uv=0.6)
    left = replace(baep_plan(500_110, blocks=7), sweep_noise_uv=0.6)
    late = tuple(replace(state, iii_v_ms=0.9) for state in left.states)
    return (*averages_of(right), *averages_of(replace(left, states=late), Side.LEFT))


def test_what_is_found_of_two_ears() -> None:
    found = measure(two_ears(), CRITERIA)  # type: ignore[arg-type]
    by_side = {(one.quantity, one.side): one for one in found.findings}
    plan = baep_plan(500_110)
    five = by_side["baep_v_latency", Side.RIGHT]
    assert five.value == pytest.approx(plan.ear.latency_ms["V"], abs=0.15)
    assert five.low is not None
    assert five.high is not None
    assert five.low < five.value < five.high
    interval = by_side["baep_iii_v_interval", Side.LEFT]
    assert interval.limit is not None
    assert interval.value is not None
    assert interval.value > interval.limit.value == 2.35
    difference = by_side["baep_v_latency_difference", Side.BOTH]
    assert difference.value == pytest.approx(-0.9, abs=0.2)
    delay = by_side["baep_v_delay", Side.RIGHT]
    assert delay.value == pytest.approx(0.6, abs=0.25)
    assert by_side["baep_averages_read", Side.RIGHT].value == 100
    watch = [event for event in found.events if event.trial_type == "baep_watch"]
    assert [event.side for event in watch] == [Side.RIGHT]
    # The change is at the tenth average of 9.1 s, and a call needs two of them.
    assert watch[0].onset_s == pytest.approx(9 * 9.1, abs=2.1 * 9.1)
    assert found.signals["baep_right"]["baep_v_delay_right"].attrs["unit"] == "ms"
    assert len({event.event_id for event in found.events}) == len(found.events)


def test_one_average_is_a_baseline_and_nothing_more() -> None:
    (average, *_) = two_ears()
    found = measure([average], CRITERIA)  # type: ignore[list-item]
    assert found.events == ()
    assert set(found.signals) == {"baep_averages"}  # no course to draw
    quantities = {one.quantity for one in found.findings}
    assert "baep_v_latency" in quantities
    assert "baep_v_delay" not in quantities


def test_a_dead_average_at_the_start_is_no_part_of_the_baseline() -> None:
    averages = averages_of(baep_plan(500_120, blocks=14))
    dead = replace(averages[0], values_uv=0 * averages[0].values_uv, difference_uv=None)
    (ear,) = ears_of([dead, *averages[1:]], CRITERIA)
    assert ear.baseline == averages[1:7]
    assert len(ear.readings) == 7
    with pytest.raises(InputError, match="flat where its noise is measured"):
        measure([dead], CRITERIA)


def test_the_figure_shows_every_average_with_its_settings() -> None:
    (ear, *_) = ears_of(two_ears(), CRITERIA)  # type: ignore[arg-type]
    figure = baep_stack(ear, CRITERIA)
    root = ET.fromstring(figure.svg)
    words = "\n".join(part for part in root.itertext() if part.strip())
    for said in ("rarefaction", "100 to 3000 Hz", "150 to 1500 Hz", "43.9 a second", "\u00b5V"):
        assert said in words
    assert "Vertex positive up" in figure.said
    traces = [one for one in root.iter() if one.get("fill") == "none" and one.tag.endswith("path")]
    assert len(traces) == 1 + len(ear.readings)
    cursors = [one for one in root.iter() if one.get("class") == "cursor"]
    assert {one.get("data-wave") for one in cursors} >= {"V"}
    assert "warning" in words


# -- the real ear ------------------------------------------------------------------------------


def test_no_change_is_seen_in_the_real_ear_and_most_of_it_is_read(shared_data: Path) -> None:
    files = ear_files(shared_data / "electro" / "human_abr_smartep")
    assert [len(one) for one in files] == [9, 9, 9]
    for averages in files:
        found = measure(averages, CRITERIA)
        assert found.events == ()
        (five,) = (one for one in found.findings if one.quantity == "baep_v_latency")
        assert five.status is Status.MEASURED
        assert five.value is not None
        assert 5 < five.value < 8
    rows = left_out(files[:1], CRITERIA)
    errors = [abs(row.error_ms) for row in rows if row.error_ms is not None]
    assert len(errors) >= 7
    assert np.mean(errors) < np.mean([abs(row.peer_error_ms) for row in rows])


def test_an_altered_average_is_late_and_small_and_as_noisy_as_before(shared_data: Path) -> None:
    (averages, *_) = ear_files(shared_data / "electro" / "human_abr_smartep")
    one, other = averages[6:8]
    five = tracker_of(averages, CRITERIA).template.waves[-1]
    changed = altered(one, other, five.latency_ms - 2.5)
    before = one.latency_ms < five.latency_ms - 2.6
    np.testing.assert_allclose(changed.values_uv[before], one.values_uv[before])
    assert not np.allclose(changed.values_uv[~before], one.values_uv[~before])
