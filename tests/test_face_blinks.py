"""Blinks from aperture alone: known shapes, faults, and the human labels of Eyeblink8."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hemifacial.face.blinks import Blink, blinks
from hemifacial.face.criteria import FaceCriteria

Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[1]
CRITERIA = FaceCriteria.read()
RATES_HZ = (15, 30, 60, 240)


@dataclass(frozen=True)
class Eye:
    """An eye over `seconds`: what its lids do is added to it by hand."""

    rate_hz: float = 60
    seconds: float = 30
    noise: float = 0.01
    seed: int = 1

    @property
    def times_s(self) -> Floats:
        return np.arange(0, self.seconds, 1 / self.rate_hz)

    def open(self) -> Floats:
        chance = np.random.default_rng(self.seed)
        return 1 + chance.normal(0, self.noise, self.times_s.size)


def blink_shape(times_s: Floats, at_s: float, *, depth: float, closing_s: float = 0.09) -> Floats:
    """Down within `closing_s` and up twice as slowly, `at_s` being where it is deepest."""
    down = np.clip((times_s - at_s) / closing_s, -1, 0)
    up = np.clip((times_s - at_s) / (2 * closing_s), 0, 1)
    return depth * (1 + np.cos(np.pi * np.where(times_s < at_s, down, up))) / 2


def held(times_s: Floats, start_s: float, stop_s: float, *, depth: float, ramp_s: float) -> Floats:
    """Lowered from `start_s` to `stop_s`, with straight ramps inside."""
    up = np.clip((times_s - start_s) / ramp_s, 0, 1)
    return depth * np.minimum(up, np.clip((stop_s - times_s) / ramp_s, 0, 1))


def kinds(found: tuple[Blink, ...]) -> list[str]:
    return [blink.kind for blink in found]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_known_blinks_have_their_times_at_every_frame_rate(rate_hz: float) -> None:
    """The flanks pass 10 % at acos(0.8) / pi = 0.205 of their length from the open end."""
    eye = Eye(rate_hz=rate_hz, noise=1e-4)
    planted_s = 2 + 2.7 * np.arange(10) + np.linspace(0, 0.07, 10)
    lids = sum(blink_shape(eye.times_s, at, depth=0.9) for at in planted_s)
    found = blinks(eye.times_s, [eye.open() - lids], CRITERIA)
    assert kinds(found) == ["blink_complete"] * 10
    share = np.arccos(0.8) / np.pi
    frame_s = 1 / rate_hz
    onset_s = np.array([b.onset_s for b in found]) - (planted_s - 0.09 * (1 - share))
    offset_s = np.array([b.offset_s for b in found]) - (planted_s + 0.18 * (1 - share))
    peak_s = np.array([b.peak_time_s for b in found]) - planted_s
    # What the lids do at 10 % is read through a Gaussian of 8 ms: 2 ms early, at any rate.
    for late_s, bias_s in ((onset_s, 0.002), (offset_s, 0.002), (peak_s, 0.005)):
        assert abs(np.median(late_s)) < frame_s / 3 + bias_s
        assert np.abs(late_s).max() < frame_s / 2 + bias_s
    assert all(b.onset_s < b.peak_time_s < b.offset_s and not b.cut for b in found)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("noise", [0.01, 0.03])
def test_drift_lowered_gaze_and_partial_blinks(rate_hz: float, noise: float) -> None:
    """Noise of 0.03 is that of Eyeblink8; a face at rest in a good video has 0.01."""
    eye = Eye(rate_hz=rate_hz, seconds=120, noise=noise, seed=int(1000 * noise + rate_hz))
    times_s = eye.times_s
    chance = np.random.default_rng(7)
    planted_s = np.arange(2, 118, 3.1) + chance.uniform(0, 0.5, 38)
    depths = chance.choice([0.9, 0.6, 0.35], planted_s.size)
    gaze = sum(
        held(times_s, at, at + 2.2, depth=0.35, ramp_s=0.25) for at in np.arange(6, 110, 12.4)
    )
    lids = sum(
        blink_shape(times_s, at, depth=d * (1 - np.interp(at, times_s, gaze)))
        for at, d in zip(planted_s, depths, strict=True)
    )
    aperture = (1.1 - 0.002 * times_s) * (eye.open() - gaze - lids)
    found_s = np.array([b.peak_time_s for b in blinks(times_s, [aperture], CRITERIA)])
    near = np.abs(found_s[:, None] - planted_s[None, :]) < 0.1
    hit = int(near.any(axis=0).sum())
    assert 2 * hit / (found_s.size + planted_s.size) >= 0.95


def test_complete_and_partial_are_told_by_the_eye_that_closes_less() -> None:
    eye = Eye()
    lids = blink_shape(eye.times_s, 10, depth=1)
    (uneven,) = blinks(eye.times_s, [eye.open() - 0.9 * lids, eye.open() - 0.6 * lids], CRITERIA)
    assert uneven.kind == "blink_partial"
    assert uneven.lowest_shares == (pytest.approx(0.1, abs=0.04), pytest.approx(0.4, abs=0.04))
    assert uneven.lowest_share == max(uneven.lowest_shares)
    (even,) = blinks(eye.times_s, [eye.open() - 0.9 * lids, eye.open() - 0.8 * lids], CRITERIA)
    assert even.kind == "blink_complete"


@pytest.mark.parametrize("leak", [0.0, 0.17, 0.4])
def test_one_eye_alone_is_no_blink(leak: float) -> None:
    """The landmark network lowers the open eye by 17 % when the other closes."""
    eye = Eye()
    lids = blink_shape(eye.times_s, 10, depth=0.9) + held(
        eye.times_s, 15, 18, depth=0.9, ramp_s=0.1
    )
    other = Eye(seed=2).open() - leak * lids
    assert blinks(eye.times_s, [eye.open() - lids, other], CRITERIA) == ()
    assert blinks(eye.times_s, [other, eye.open() - lids], CRITERIA) == ()


def test_blink_of_the_free_eye_during_a_tonic_spasm_is_a_blink() -> None:
    eye = Eye()
    spasm = held(eye.times_s, 8, 14, depth=0.85, ramp_s=0.1)
    lids = blink_shape(eye.times_s, 11, depth=0.9)
    found = blinks(eye.times_s, [eye.open() - np.maximum(spasm, lids), eye.open() - lids], CRITERIA)
    assert kinds(found) == ["blink_complete"]
    assert found[0].peak_time_s == pytest.approx(11, abs=0.02)


@pytest.mark.parametrize("gaze", [0.0, 0.4])
@pytest.mark.parametrize(
    ("length_s", "kind"), [(0.3, "blink_complete"), (0.62, "blink_complete"),
                           (0.85, "closure_voluntary"), (6.0, "closure_voluntary")],
)  # fmt: skip
def test_longer_closures_are_told_from_blinks(length_s: float, kind: str, gaze: float) -> None:
    eye = Eye(seconds=60)
    lowered = held(eye.times_s, 20, 40, depth=gaze, ramp_s=0.3)
    lids = held(eye.times_s, 28, 28 + length_s, depth=0.95, ramp_s=0.08)
    found = blinks(eye.times_s, [eye.open() - np.maximum(lowered, lids)], CRITERIA)
    assert kinds(found) == [kind]
    # The ramps begin at rest; the lids only come away from the lowered gaze a part up.
    foot_s = 2 * 0.08 * (gaze + 0.1 * (0.95 - gaze)) / 0.95
    assert found[0].duration_s == pytest.approx(length_s - foot_s, abs=0.03)


@pytest.mark.parametrize("depth", [0.3, 0.5])
@pytest.mark.parametrize("length_s", [0.5, 1.0, 5.0])
def test_lids_that_look_down_do_not_blink(depth: float, length_s: float) -> None:
    eye = Eye()
    lowered = held(eye.times_s, 10, 10 + length_s, depth=depth, ramp_s=0.08)
    assert blinks(eye.times_s, [eye.open() - lowered], CRITERIA) == ()


def test_slow_and_shallow_movements_are_no_blinks() -> None:
    eye = Eye()
    slow = blink_shape(eye.times_s, 10, depth=0.5, closing_s=0.4)
    shallow = blink_shape(eye.times_s, 20, depth=0.15)
    assert blinks(eye.times_s, [eye.open() - slow - shallow], CRITERIA) == ()


def test_nothing_is_called_within_the_noise() -> None:
    for rate_hz in RATES_HZ:
        eye = Eye(rate_hz=rate_hz, seconds=300, noise=0.06)
        assert blinks(eye.times_s, [eye.open()], CRITERIA) == ()


def test_short_gap_is_bridged_and_a_long_one_ends_a_blink() -> None:
    eye = Eye()
    aperture = eye.open() - blink_shape(eye.times_s, 10, depth=0.9)
    aperture[np.abs(eye.times_s - 10.06) < 0.04] = np.nan
    (one,) = blinks(eye.times_s, [aperture], CRITERIA)
    assert one.kind == "blink_complete"
    aperture[(eye.times_s > 10) & (eye.times_s < 12)] = np.nan
    assert blinks(eye.times_s, [aperture], CRITERIA) == ()


def test_closed_at_the_beginning_is_a_closure_that_was_not_seen_whole() -> None:
    eye = Eye()
    aperture = eye.open() - held(eye.times_s, -1, 3, depth=0.9, ramp_s=0.1)
    (one,) = blinks(eye.times_s, [aperture], CRITERIA)
    assert (one.kind, one.cut, one.onset_s) == ("closure_voluntary", True, 0.0)
    assert one.offset_s == pytest.approx(2.99, abs=0.02)


def test_uneven_time_stamps_move_nothing() -> None:
    eye = Eye(rate_hz=60, noise=0.002)
    keep = np.random.default_rng(3).random(eye.times_s.size) > 0.4
    lids = sum(blink_shape(eye.times_s, at, depth=0.8) for at in (5, 11.3, 20.2))
    whole = blinks(eye.times_s, [eye.open() - lids], CRITERIA)
    thinned = blinks(eye.times_s[keep], [(eye.open() - lids)[keep]], CRITERIA)
    assert len(whole) == len(thinned) == 3
    for one, other in zip(whole, thinned, strict=True):
        assert other.onset_s == pytest.approx(one.onset_s, abs=0.02)
        assert other.peak_time_s == pytest.approx(one.peak_time_s, abs=0.02)


def test_known_rest_is_taken_as_it_is() -> None:
    """Eyes that are closed most of the time: the aperture alone would call that rest."""
    eye = Eye()
    aperture = eye.open() - held(eye.times_s, 3, 29, depth=0.9, ramp_s=0.1)
    rest = np.ones_like(aperture)
    (one,) = blinks(eye.times_s, [aperture], CRITERIA, resting=[rest])
    assert one.kind == "closure_voluntary"
    assert one.duration_s == pytest.approx(26, abs=0.05)


@pytest.mark.parametrize("values", [[], [np.nan] * 5, [1.0], [0.0] * 40, [1.0, 0.2, 1.0]])
def test_too_little_to_judge_is_no_blink(values: list[float]) -> None:
    times_s = np.arange(len(values)) / 30
    assert blinks(times_s, [np.array(values)], CRITERIA) == ()


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.5, 8, 128]), st.sampled_from([-64, 0, 512]))
def test_unit_and_time_origin_do_not_matter(seed: int, unit: float, shift_s: float) -> None:
    chance = np.random.default_rng(seed)
    eye = Eye(rate_hz=64, seconds=12, noise=0.02, seed=seed)
    lids = sum(
        blink_shape(eye.times_s, at, depth=d)
        for at, d in zip(chance.uniform(0, 12, 6), chance.uniform(0, 1, 6), strict=True)
    )
    aperture = np.maximum(eye.open() - lids, 0)
    plain = blinks(eye.times_s, [aperture], CRITERIA)
    other = blinks(eye.times_s + shift_s, [aperture * unit], CRITERIA)
    assert [one.peak_index for one in plain] == [one.peak_index for one in other]
    for one, two in zip(plain, other, strict=True):
        assert two.onset_s - shift_s == pytest.approx(one.onset_s, abs=1e-6)
        assert two.lowest_share == pytest.approx(one.lowest_share)
    for one, following in pairwise(plain):
        assert one.offset_s <= following.onset_s
    for one in plain:
        assert one.onset_s <= one.peak_time_s <= one.offset_s
        assert one.depth_share >= CRITERIA["blink_least_share"]


def test_ten_minutes_take_less_than_a_second() -> None:
    eye = Eye(seconds=600, noise=0.03)
    lids = sum(blink_shape(eye.times_s, at, depth=0.8) for at in np.arange(2, 598, 3.0))
    began = time.process_time()
    assert len(blinks(eye.times_s, [eye.open() - lids] * 2, CRITERIA)) == 199
    assert time.process_time() - began < 1


def test_criteria_of_blinks_are_explained() -> None:
    page = (ROOT / "docs" / "blinks.md").read_text(encoding="utf-8")
    own = [name for name in CRITERIA.limits if name.startswith("blink_")]
    assert len(own) == 6
    assert [name for name in own if f"`{name}`" not in page] == []


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.blinks")


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.peers")


@pytest.mark.parametrize("rate_hz", [30, 60, 240])
def test_human_labels_of_eyeblink8(bench: ModuleType, shared_data: Path, rate_hz: float) -> None:
    recordings = bench.read_recordings(shared_data)
    assert [len(one.truth) for one in recordings] == [87, 65, 31]
    found = bench.scores(recordings, rate_hz, lambda t, a: bench.ours(t, a, CRITERIA))
    assert bench.pool(found).family("blink").tally.f1 >= 0.97
    assert all(one.family("blink").tally.f1 >= 0.97 for one in found)


def test_peer_on_the_same_labels(bench: ModuleType, peers: ModuleType, shared_data: Path) -> None:
    """The field's comparison has 0.963 for it at its best; a weak copy would flatter us."""
    recordings = bench.read_recordings(shared_data)
    f1 = {}
    for name, rule in peers.JEFAPATO.items():
        found = bench.scores(recordings, 30, lambda t, a, rule=rule: peers.jefapato(t, a, a, rule))
        f1[name] = bench.pool(found).family("blink").tally.f1
    assert max(f1.values()) == pytest.approx(0.963, abs=0.005)
    assert f1["as published"] < 0.3


def test_real_blinks_at_240_hz_are_found_in_every_eighth_frame_too(shared_data: Path) -> None:
    """Nobody labelled these: the frame rates are only held against each other."""
    path = shared_data / "video" / "annotations" / "jefapato_ear" / "jef_short.csv"
    eyes = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(2, 1))
    times_s = np.arange(len(eyes)) / 240
    whole = blinks(times_s, [eyes[:, 0], eyes[:, 1]], CRITERIA)
    assert len(whole) == 6
    for step in (4, 8):
        thinned = blinks(times_s[::step], [eyes[::step, 0], eyes[::step, 1]], CRITERIA)
        assert kinds(thinned) == kinds(whole)
        for one, other in zip(whole, thinned, strict=True):
            assert other.onset_s == pytest.approx(one.onset_s, abs=1 / 30)


def test_peer_pairs_the_eyes_and_keeps_its_frames(peers: ModuleType) -> None:
    eye = Eye(rate_hz=240, noise=0.002, seconds=20)
    right = 0.3 * (eye.open() - blink_shape(eye.times_s, 5, depth=0.9))
    left = 0.3 * (
        eye.open()
        - blink_shape(eye.times_s, 5.03, depth=0.9)
        - blink_shape(eye.times_s, 12, depth=0.9)
    )
    found = peers.jefapato(eye.times_s, right, left, peers.JEFAPATO["as published"])
    assert [str(event.side) for event in found] == ["both", "left"]
    assert [event.family for event in found] == ["blink", "blink"]
    every = slice(None, None, 8)
    thinned = [eye.times_s[every], right[every], left[every]]
    assert peers.jefapato(*thinned, peers.JEFAPATO["as published"]) == ()
    narrow = replace(peers.JEFAPATO["as published"], widest=5)
    assert peers.jefapato(eye.times_s, right, left, narrow) == ()


def test_published_spasm_threshold_finds_spasms_and_invents_them(peers: ModuleType) -> None:
    """Its threshold is half the spread of the recording itself, so noise alone reaches it."""
    eye = Eye(noise=0.001)
    spasms = sum(blink_shape(eye.times_s, at, depth=0.6) for at in (8, 15, 22))
    blink = blink_shape(eye.times_s, 11, depth=0.9)
    right, left = eye.open() - spasms - blink, Eye(noise=0.001, seed=2).open() - blink
    found = peers.nomura_sakai(eye.times_s, right, left)
    assert {str(event.side) for event in found} == {"right"}
    peaks = [8, 15, 22]
    assert [any(e.onset_s <= at <= e.offset_s for e in found) for at in peaks] == [True] * 3
    assert not any(e.onset_s <= 11 <= e.offset_s for e in found)
    assert all(event.duration_s >= 4 / 60 - 1e-6 for event in found)

    slow = np.cumsum(np.random.default_rng(4).normal(0, 0.002, (2, 3600)), axis=1)
    resting = 1 + slow - np.linspace(slow[:, 0], slow[:, -1], 3600).T
    times_s = np.arange(3600) / 60
    assert len(peers.nomura_sakai(times_s, resting[0], resting[1])) > 10
    assert blinks(times_s, list(resting), CRITERIA) == ()


def test_published_spasm_threshold_on_nothing(peers: ModuleType) -> None:
    nothing = np.full(300, np.nan)
    times_s = np.arange(300) / 60
    assert peers.nomura_sakai(times_s, nothing, nothing, affected=peers.Side.RIGHT) == ()
    assert peers.nomura_sakai(times_s[:60], np.ones(60), np.ones(60)) == ()
    assert peers.jefapato(times_s, nothing, nothing, peers.PeakRule()) == ()
