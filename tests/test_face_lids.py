"""Which frames are read by halves: never a change of reader at an onset, and none at rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.following.lids import LIDS, LidWatch
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import Mesh
from hemifacial.landmarks.region import Region
from landmarks_pictures import astronaut, face

Floats = NDArray[np.float64]
Shares = Callable[[float], tuple[float, float]]

NO_SWITCH_S = 0.2  # from an onset and from an end
TREMBLE_SHARE = 0.0007  # of the outer canthal distance, as the lids of the resting clips have it
SEEN_SHARE = 0.45  # what the whole face shows of one eye that closes, and the other for it
LEAK_SHARE = 0.17


@cache
def shape() -> NDArray[np.float32]:
    """The mesh of a face, at a size of 250 px between the outer canthi."""
    points = face(astronaut()).astype(np.float32)
    right, left = (points[index, :2] for index in mesh.OUTER_CANTHUS.values())
    return np.asarray(points * (250 / np.hypot(*(left - right))), dtype=np.float32)


def meshed(open_right: float, open_left: float, chance: np.random.Generator) -> Mesh:
    """A mesh whose eyes are open by these shares, as the whole face says it, with its tremble."""
    points = shape().copy()
    for side, share in ((Side.RIGHT, open_right), (Side.LEFT, open_left)):
        upper, lower = LIDS[side][:3], LIDS[side][3:]
        points[upper] = points[lower] + share * (points[upper] - points[lower])
        points[upper, 1] += chance.normal(0, TREMBLE_SHARE * 250)
    region = Region(centre_x_px=0, centre_y_px=0, size_px=1)
    picture = np.zeros((1, 1, 3), dtype=np.uint8)
    return Mesh(points_px=points, presence=1, region=region, picture=picture)


def by_halves(
    seconds: float,
    shares: Shares,
    *,
    rate_hz: float = 60,
    lost: tuple[int, ...] = (),
    seed: int = 0,
) -> tuple[Floats, NDArray[np.bool_]]:
    """When the frames were, and which of them are read by halves."""
    chance = np.random.default_rng(seed)
    watch = LidWatch()
    times_s = np.arange(0, seconds, 1 / rate_hz)
    asked: list[int] = []
    for index, time_s in enumerate(times_s):
        seen = None if index in lost else meshed(*shares(time_s), chance)
        for apart in watch.note(index, time_s, seen):
            assert apart.index <= index
            assert times_s[apart.index] >= time_s - 0.3  # few pictures wait
            asked.append(apart.index)
    assert asked == sorted(set(asked))
    read = np.zeros(times_s.size, dtype=bool)
    read[asked] = True
    return times_s, read


def wink(
    onset_s: float, lasts_s: float, *, depth: float = 1.0, rise_s: float = 0.06, right: bool = True
) -> Shares:
    """One eye closes by `depth`; the whole face shows part of it, and lowers the other."""

    def shares(time_s: float) -> tuple[float, float]:
        up = np.clip((time_s - onset_s) / rise_s, 0, 1)
        down = np.clip((onset_s + lasts_s - time_s) / rise_s, 0, 1)
        closed = depth * (1 - np.cos(np.pi * min(up, down))) / 2
        own, other = 1 - SEEN_SHARE * closed, 1 - LEAK_SHARE * closed
        return (own, other) if right else (other, own)

    return shares


def resting(time_s: float) -> tuple[float, float]:
    return 1.0, 1.0


@pytest.mark.parametrize("rate_hz", [15, 30, 60, 240])
def test_a_quiet_face_is_never_read_by_halves(rate_hz: float) -> None:
    for seed in range(3):
        _, read = by_halves(20, resting, rate_hz=rate_hz, seed=seed)
        assert not read.any()


def living(time_s: float) -> tuple[float, float]:
    """Eyes that look down for four seconds and blink every three, both alike."""
    lids = 0.1 if time_s % 3 < 0.15 else 0.7 if 4 < time_s < 8 else 1.0
    return lids, lids


def test_what_both_eyes_do_alike_is_read_whole() -> None:
    own = [width(shape(), side) for side in LIDS]
    assert own[0] == pytest.approx(own[1], rel=0.1)
    _, read = by_halves(20, lambda time_s: (living(time_s)[0] * own[1] / own[0], living(time_s)[1]))
    assert not read.any()


def test_eyes_unlike_by_nature_are_read_whole_but_around_blinks() -> None:
    """Where one is always narrower, a blink makes them differ less than they do."""
    times_s, read = by_halves(20, lambda t: (0.7, 1.0) if t % 3 > 0.15 else (0.1, 0.1))
    near_blink = (times_s % 3 < 0.15 + 0.4) | (times_s % 3 > 3 - 0.3)
    assert not read[~near_blink & (times_s > 3)].any()
    assert read[(times_s > 3) & (times_s % 3 < 0.15)].all()


def width(points: NDArray[np.float32], side: Side) -> float:
    return float(np.hypot(*(points[LIDS[side][:3], :2] - points[LIDS[side][3:], :2]).T).mean())


@pytest.mark.parametrize("rate_hz", [30, 60, 240])
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize(
    ("lasts_s", "rise_s", "depth"),
    [(0.1, 0.05, 1), (0.1, 0.05, 0.4), (0.4, 0.1, 0.6), (2.0, 0.15, 1), (2.0, 0.15, 0.5)],
)
def test_the_reader_is_never_changed_near_an_onset_or_an_end(
    right: bool, lasts_s: float, rise_s: float, depth: float, rate_hz: float
) -> None:
    shares = wink(6.0, lasts_s, depth=depth, rise_s=rise_s, right=right)
    times_s, read = by_halves(10, shares, rate_hz=rate_hz)
    first_s, last_s = times_s[read][[0, -1]]
    assert first_s <= 6.0 - NO_SWITCH_S + 0.06  # by then it has moved by a tenth
    assert last_s >= 6.0 + lasts_s + NO_SWITCH_S
    assert read[(times_s >= first_s) & (times_s <= last_s)].all()
    assert last_s < 6.0 + lasts_s + 0.6


@settings(max_examples=15)
@given(
    st.lists(st.floats(0.15, 2.5), min_size=1, max_size=5),
    st.sampled_from([0.4, 0.7, 1.0]),
    st.sampled_from([25.0, 60.0]),
)
def test_each_of_many_twitches_is_read_by_halves_from_before_it_to_after_it(
    pauses_s: list[float], depth: float, rate_hz: float
) -> None:
    onsets_s = 4 + np.cumsum([pause + 0.15 for pause in pauses_s])
    twitches = [wink(onset_s, 0.15, depth=depth) for onset_s in onsets_s]

    def shares(time_s: float) -> tuple[float, float]:
        each = [twitch(time_s) for twitch in twitches]
        return min(right for right, _ in each), min(left for _, left in each)

    times_s, read = by_halves(onsets_s[-1] + 1, shares, rate_hz=rate_hz)
    for onset_s in onsets_s:
        during = (times_s >= onset_s - 0.1) & (times_s <= onset_s + 0.15 + NO_SWITCH_S)
        assert read[during].all()


@pytest.mark.parametrize("lasts_s", [4.0, 9.0, 20.0])
def test_an_eye_that_stays_shut_is_read_by_halves_to_the_end(lasts_s: float) -> None:
    times_s, read = by_halves(8 + lasts_s + 4, wink(8.0, lasts_s), rate_hz=30)
    shut = (times_s > 8.0) & (times_s < 8.0 + lasts_s + NO_SWITCH_S)
    assert read[shut].all()
    assert not read[times_s < 7.5].any()
    assert not read[times_s > 8 + lasts_s + 1].any()


def test_eyes_that_differ_from_now_on_are_read_whole_again_in_the_end() -> None:
    """Someone leans to one side and stays there: what differs then is the view, not a spasm."""
    times_s, read = by_halves(110, lambda t: (0.85 if t > 10 else 1.0, 1.0), rate_hz=15)
    assert read[(times_s > 10) & (times_s < 14)].all()
    assert not read[times_s > 100].any()


def test_nothing_from_before_a_gap_is_read_after_it() -> None:
    lost = tuple(range(355, 360))
    times_s, read = by_halves(10, wink(6.0, 0.3), lost=lost)
    assert not read[: lost[-1] + 1].any()
    assert read[(times_s >= 6.02) & (times_s <= 6.4)].all()


def test_the_first_frames_of_a_face_are_no_difference() -> None:
    _, read = by_halves(0.5, lambda _: (0.8, 1.0))
    assert not read.any()
