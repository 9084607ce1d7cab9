"""Following brainstem potentials: made-up ears with known truth, faults, and streams."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from benchmarks.baep import averages_of
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.electro.baep.amplitudes import amplitudes
from hemifacial.electro.baep.measure import measure
from hemifacial.electro.baep.noise import conditioned, pooled
from hemifacial.electro.baep.reading import Reading
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.baep.tracking import Tracker, followed, tracked, tracker_of
from hemifacial.electro.baep.waves import labelled
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.errors import InputError
from hemifacial.findings import Status
from hemifacial.twin.electro.baep import BaepPlan, Course, baep_plan
from hemifacial.twin.electro.baep_waves import FAMILIES, BaepState, WaveFamily

CRITERIA = ElectroCriteria.read()
BASELINE = 6


@cache
def plan_of(
    seed: int, course: Course, family: WaveFamily = "derivative", noise_uv: float = 0.8
) -> BaepPlan:
    """Six averages of baseline, three more, and four after the change; little noise."""
    plan = baep_plan(seed, course, blocks=13, change_at=9, family=family)
    return replace(plan, sweep_noise_uv=noise_uv)


def series(
    seed: int, course: Course, family: WaveFamily = "derivative", noise_uv: float = 0.8
) -> tuple[BaepAverage, ...]:
    return averages_of(plan_of(seed, course, family, noise_uv))


def read(averages: tuple[BaepAverage, ...]) -> tuple[Reading, ...]:
    return followed(tracker_of(averages[:BASELINE], CRITERIA), averages[BASELINE:], CRITERIA)


@cache
def stable() -> tuple[Tracker, tuple[BaepAverage, ...]]:
    averages = series(500_001, "stable")
    return tracker_of(averages[:BASELINE], CRITERIA), averages[BASELINE:]


@pytest.mark.parametrize("family", FAMILIES)
def test_waves_of_a_baseline_with_little_noise_are_named(family: WaveFamily) -> None:
    right = total = 0
    for seed in range(500_000, 500_012):
        averages = series(seed, "stable", family, 0.3)[:BASELINE]
        waves = labelled(pooled(tuple(conditioned(one, CRITERIA) for one in averages)), CRITERIA)
        truth = plan_of(seed, "stable", family, 0.3).ear.latency_ms
        for name in ("I", "III", "V"):
            total += 1
            # Neighbours and the filter move a peak by up to a fifth of a millisecond.
            right += name in waves and abs(waves[name].latency_ms - truth[name]) < 0.2
    assert right >= 0.9 * total


@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_is_followed_and_called(family: WaveFamily) -> None:
    called = 0
    for seed in range(500_020, 500_023):
        plan = plan_of(seed, "step", family)
        readings = read(series(seed, "step", family))
        assert not any(reading.calls for reading in readings[:3])
        called += any("watch" in reading.calls for reading in readings[3:6])
        five = readings[-1].wave("V")
        assert five is not None
        assert five.delay_ms is not None
        assert five.share is not None
        assert five.delay_ms.value == pytest.approx(plan.states[-1].shift_ms("V"), abs=0.25)
        assert five.share.value == pytest.approx(plan.states[-1].share("V"), abs=0.35)
        assert five.latency_ms is not None
        assert five.latency_ms.low < five.latency_ms.value < five.latency_ms.high
    assert called == 3


def test_a_wave_v_that_is_lost_is_called_and_its_latency_is_not_read() -> None:
    readings = read(series(500_031, "lost", noise_uv=0.5))
    assert any("critical" in one.calls for one in readings[3:6])
    assert any("lost" in one.calls for one in readings[3:])
    last = readings[-1].wave("V")
    assert last is not None
    assert last.latency_ms is None
    assert "times the noise" in last.why
    assert last.share is not None
    assert last.share.high < 0.5


def test_a_delay_between_i_and_iii_is_told_from_one_between_iii_and_v() -> None:
    for part, expected in (("i_iii_ms", True), ("iii_v_ms", False)):
        plan = plan_of(500_040, "stable", noise_uv=0.4)
        late = tuple(replace(state, **{part: 0.8}) for state in plan.states[9:])
        averages = averages_of(replace(plan, states=plan.states[:9] + late))
        calls = {kind for reading in read(averages) for kind in reading.calls}
        assert "watch" in calls
        assert ("i_iii_delay" in calls) is expected


def test_one_average_alone_is_never_called() -> None:
    plan = plan_of(500_050, "stable", noise_uv=0.4)
    gone = BaepState(iii_share=0.0, v_share=0.0)
    states = (*plan.states[:8], gone, *plan.states[9:])
    assert not any(reading.calls for reading in read(averages_of(replace(plan, states=states))))


def test_noise_is_not_read_and_never_called() -> None:
    state, later = stable()
    rng = np.random.default_rng(3)
    loud = [
        replace(
            one,
            values_uv=rng.normal(0, 5, one.values_uv.size),
            difference_uv=rng.normal(0, 5, one.values_uv.size),
        )
        for one in later[:2]
    ]
    for reading in followed(state, loud, CRITERIA):
        assert not reading.is_read
        assert reading.probability == {}
        assert reading.calls == ()
        five = reading.wave("V")
        assert five is not None
        assert "nV of noise" in five.why


def test_what_cannot_be_used_leaves_the_state_as_it_was() -> None:
    state, later = stable()
    missing = later[0].values_uv.copy()
    missing[100] = np.nan
    for bad in (
        replace(later[0], values_uv=missing),
        replace(later[0], values_uv=0 * missing, difference_uv=None),
        replace(later[0], latency_ms=later[0].latency_ms * 0.5),
        replace(
            later[0],
            latency_ms=later[0].latency_ms[:50],
            values_uv=later[0].values_uv[:50],
            difference_uv=None,
        ),
    ):
        after, reading = tracked(state, bad, CRITERIA)
        assert after is state
        assert not reading.is_read
        assert reading.why


def test_one_by_one_is_the_same_as_all_at_once() -> None:
    state, later = stable()
    whole = followed(state, later, CRITERIA)
    for cut in (1, 4):
        now, parts = state, []
        for one in later[:cut]:
            now, reading = tracked(now, one, CRITERIA)
            parts.append(reading)
        parts += followed(now, later[cut:], CRITERIA)
        assert [one.waves for one in parts] == [one.waves for one in whole]
        assert [one.probability for one in parts] == [one.probability for one in whole]


@pytest.mark.parametrize(("scale", "side"), [(0.1, Side.LEFT), (10.0, Side.RIGHT)])
def test_gain_and_side_do_not_matter(scale: float, side: Side) -> None:
    averages = series(500_060, "step")[:9]
    other = tuple(
        replace(
            one,
            side=side,
            values_uv=scale * one.values_uv,
            difference_uv=scale * one.difference_uv if one.difference_uv is not None else None,
        )
        for one in averages
    )
    one, two = read(averages)[-1].wave("V"), read(other)[-1].wave("V")
    assert one is not None
    assert two is not None
    assert one.share is not None
    assert two.share is not None
    assert two.share.value == pytest.approx(one.share.value, rel=1e-6)
    assert two.snr == pytest.approx(one.snr, rel=1e-6)


@given(seed=st.integers(0, 10_000), waves=st.integers(1, 3))
@settings(max_examples=20)
def test_amplitudes_are_those_of_ordinary_regression(seed: int, waves: int) -> None:
    """Against the normal equations solved one by one."""
    rng = np.random.default_rng(seed)
    shapes, values = rng.normal(size=(4, waves, 30)), rng.normal(size=30)
    covariance = np.diag(rng.uniform(0.1, 2.0, waves))
    mean = rng.uniform(0.2, 1.0, waves)
    products = np.einsum("cis,cjs->ijc", shapes, shapes)
    _, share, spread = amplitudes(
        products, np.einsum("cis,s->ic", shapes, values), mean, covariance
    )
    for cell in range(4):
        precision = shapes[cell] @ shapes[cell].T + np.linalg.inv(covariance)
        expected = np.linalg.solve(
            precision, shapes[cell] @ values + np.linalg.solve(covariance, mean)
        )
        np.testing.assert_allclose(share[:, cell], expected, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(spread[..., cell], np.linalg.inv(precision), rtol=1e-8)


def test_a_baseline_without_a_wave_is_refused_and_measured_as_not_there() -> None:
    plan = plan_of(500_070, "stable")
    silent = BaepState(i_share=0.0, iii_share=0.0, v_share=0.0)
    ear = replace(plan.ear, amplitude_uv=dict.fromkeys(plan.ear.amplitude_uv, 0.0))
    averages = averages_of(replace(plan, ear=ear, states=(silent,) * 13))
    with pytest.raises(InputError, match="no wave V above its noise") as caught:
        tracker_of(averages[:BASELINE], CRITERIA)
    assert "electrode" in caught.value.next_step
    found = {one.quantity: one for one in measure(averages, CRITERIA).findings}
    five = found["baep_v_amplitude"]
    assert five.status is Status.BELOW_DETECTION_LIMIT
    assert five.detection_limit is not None
    assert 10 < five.detection_limit < 300
    assert found["baep_v_latency"].status is Status.NOT_JUDGED
    with pytest.raises(InputError, match="there is no baseline average"):
        tracker_of([], CRITERIA)
    with pytest.raises(InputError, match="there are no averages"):
        measure([], CRITERIA)
