"""One pass over the frames: what each leaves, whoever is faster, and that nothing else stays."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from hemifacial.errors import SetupError
from hemifacial.face.following.follow import Followed, follow
from hemifacial.face.following.rows import Rows
from hemifacial.face.following.skin import N_PATCHES
from hemifacial.formats.ahead import read_ahead
from hemifacial.formats.video import Frame, open_video
from hemifacial.landmarks.mesh import MEASURED, MOUTH_CORNER
from hemifacial.landmarks.networks import FaceNetworks, Mesh
from hemifacial.landmarks.track import FaceTracker
from hemifacial.landmarks.workers import TOGETHER, Workers, workers
from landmarks_pictures import (
    Picture,
    apart_px,
    astronaut,
    canvas,
    networks,
    seen_alone,
    shots,
    similar,
)

BYTES_A_FRAME = 1500
RIGHT_CORNER = MEASURED.tolist().index(next(iter(MOUTH_CORNER.values())))


@pytest.fixture(scope="module")
def looking() -> Iterator[Workers]:
    astronaut()
    with workers() as both:
        yield both


def nowhere() -> Picture:
    return np.full((512, 512, 3), 90, dtype=np.uint8)


def swaying(n: int) -> list[Picture]:
    """A head that turns in the picture, a little more in each."""
    return [similar(astronaut(), turn_deg=8 * np.sin(i / 3))[0] for i in range(n)]


def seen(followed: Followed) -> list[bool]:
    return np.isfinite(followed.track.points_px).all(axis=(1, 2)).tolist()


def same(one: Followed, other: Followed) -> bool:
    names = ("damaged", "lids_px", "skin_px", "skin_residual_px", "light")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    pairs += [
        (getattr(one.track, name), getattr(other.track, name))
        for name in ("times_s", "points_px", "acquired", "kept")
    ]
    return all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in pairs)


# --- what a frame leaves --------------------------------------------------------------------------


def test_a_track_says_what_it_holds(looking: Workers) -> None:
    followed = follow(shots(astronaut(), astronaut(), rate_hz=50), looking)
    track = followed.track
    assert track.times_s.tolist() == [0.0, 0.02]
    assert track.points_px.dtype == np.float32
    assert track.points_px.shape == (2, MEASURED.size, 3)
    assert np.array_equal(track.kept, MEASURED)
    assert (track.width_px, track.height_px) == (512, 512)
    assert track.acquired.tolist() == [True, False]
    alone = seen_alone(astronaut())
    assert alone is not None
    assert np.array_equal(track.points_px[0], alone.points_px[MEASURED])
    assert followed.skin_px.shape == (2, N_PATCHES, 2)
    # The first frame is the one that skin is looked for in; the second is the same picture.
    assert np.isnan(followed.skin_px[0]).all()
    assert np.abs(followed.skin_px[1]).max() < 0.2
    grey, lost, edge_px = followed.light[0]
    assert 60 < grey < 200
    assert 0 <= lost < 0.2
    assert 1 < edge_px < 4  # the face is 230 px wide, and sharp
    assert np.isnan(followed.lids_px).all()  # both eyes are open


def test_no_frames_are_an_empty_track(looking: Workers) -> None:
    followed = follow([], looking)
    assert followed.track.points_px.shape == (0, MEASURED.size, 3)
    assert followed.track.times_s.shape == followed.track.acquired.shape == (0,)
    assert followed.lids_px.shape == (0, 12, 3)
    assert followed.skin_px.shape == (0, N_PATCHES, 2)
    assert (followed.track.width_px, followed.track.height_px) == (0, 0)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_an_odd_last_frame_is_a_frame(looking: Workers, count: int) -> None:
    followed = follow(shots(*[astronaut()] * count), looking)
    assert seen(followed) == [True] * count
    assert np.isfinite(followed.skin_residual_px).tolist() == [False] + [True] * (count - 1)


def test_damage_is_handed_on(looking: Workers) -> None:
    frames = [
        Frame(index=i, time_s=i / 30, pixels=astronaut(), damaged=i in (1, 4)) for i in range(5)
    ]
    assert follow(frames, looking).damaged.tolist() == [False, True, False, False, True]


def test_where_one_eye_closes_the_lids_are_read_by_halves(looking: Workers) -> None:
    lid = astronaut().copy()
    found = seen_alone(astronaut())
    assert found is not None
    x, y = found.points_px[[33, 133, 159, 145], :2].mean(axis=0)
    lid = np.asarray(cv2.ellipse(lid, (round(x), round(y)), (9, 4), 0, 0, 360, (205, 160, 140), -1))
    followed = follow(shots(*[astronaut()] * 20, *[lid] * 5, *[astronaut()] * 20), looking)
    read = np.isfinite(followed.lids_px).all(axis=(1, 2))
    assert read[20 - 7 : 25 + 7].all()
    assert not read[:10].any()
    assert not read[-6:].any()


# --- the face goes and comes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "there",
    ["011001", "100110", "000", "0101", "1001", "110", "1011", "01"],
    ids=lambda there: there,
)
def test_frames_without_a_face_are_told_and_the_face_is_found_as_it_comes(
    looking: Workers, there: str
) -> None:
    pictures = [astronaut() if one == "1" else nowhere() for one in there]
    followed = follow(shots(*pictures), looking)
    expected = [one == "1" for one in there]
    assert seen(followed) == expected
    lost = ~np.array(expected)
    assert np.isnan(followed.track.points_px[lost]).all()
    assert np.isnan(followed.skin_px[lost]).all()
    before = [False, *expected[:-1]]
    anew = [here and not earlier for here, earlier in zip(expected, before, strict=True)]
    assert followed.track.acquired.tolist() == anew


def test_a_cut_within_a_pair_of_frames_is_over_in_one_frame(looking: Workers) -> None:
    one, other = canvas(astronaut(), 860, 740, 0, 0), canvas(astronaut(), 860, 740, 300, 200)
    alone = seen_alone(other)
    assert alone is not None
    for before in (2, 3):
        points = follow(shots(*[one] * before, other, other), looking).track.points_px
        for after in points[before:]:
            assert apart_px(after, alone.points_px[MEASURED]).mean() < 0.35


# --- two at once ----------------------------------------------------------------------------------


def test_two_frames_at_once_are_read_as_one_by_one(looking: Workers) -> None:
    pictures = swaying(13)
    together = follow(shots(*pictures), looking).track.points_px
    tracker = FaceTracker(networks())
    for picture, points in zip(pictures, together, strict=True):
        mesh = tracker.follow(picture)
        assert mesh is not None
        assert apart_px(points, mesh.points_px[MEASURED]).mean() < 0.3


def test_a_twitch_of_one_frame_is_read_whole_in_either_place_of_a_pair(looking: Workers) -> None:
    found = seen_alone(astronaut())
    assert found is not None
    corner = found.points_px[61]
    rows, columns = np.mgrid[:512, :512].astype(np.float32)
    near = np.exp(-((columns - corner[0]) ** 2 + (rows - corner[1]) ** 2) / (2 * 9**2))
    twitch = np.asarray(
        cv2.remap(astronaut(), columns + 5 * near, rows + 2.5 * near, cv2.INTER_CUBIC), np.uint8
    )
    sizes = []
    for before in (3, 4):
        frames = shots(*[astronaut()] * before, twitch, *[astronaut()] * 2)
        corner_px = follow(frames, looking).track.points_px[:, RIGHT_CORNER, :2]
        away = np.hypot(*(corner_px - corner_px[before - 1]).T)
        sizes.append(away[before])
        assert away[before] > 2.5
        assert np.delete(away, before).max() < 0.12 * away[before]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def test_the_same_frames_give_the_same_numbers(shared_data: Path) -> None:
    """Also in threads that are slower at some frames than at others, and with one eye closed."""
    path = shared_data / "video" / "permissive" / "pyfeat_single_face.mp4"

    def once() -> Followed:
        with (
            open_video(path) as video,
            workers() as looking,
            closing(read_ahead(video.frames())) as frames,
        ):
            return follow(islice(frames, 40), looking)

    one = once()
    assert len(seen(one)) == 40
    assert same(one, once())


# --- faults ---------------------------------------------------------------------------------------


def broken(good: int, error: Exception) -> Generator[Frame, None, None]:
    yield from shots(*[astronaut()] * good)
    raise error


@pytest.mark.parametrize("good", [0, 1, 4, 5])
@pytest.mark.parametrize("ahead", [False, True])
def test_an_error_of_the_reader_is_passed_on_and_leaves_no_thread(good: int, ahead: bool) -> None:
    before = set(threading.enumerate())
    frames = broken(good, OSError("the disk is gone"))
    given = read_ahead(frames) if ahead else frames
    with (
        pytest.raises(OSError, match="the disk is gone"),
        workers() as looking,
        closing(given),
    ):
        follow(given, looking)
    assert set(threading.enumerate()) == before


def test_an_error_while_looking_is_passed_on_and_leaves_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = set(threading.enumerate())
    whole = FaceNetworks.mesh
    left = iter(range(9))

    def failing(self: FaceNetworks, rgb: Picture, region: object) -> Mesh:
        if next(left, None) is None:
            raise RuntimeError("the network failed")
        return whole(self, rgb, region)  # type: ignore[arg-type]

    monkeypatch.setattr(FaceNetworks, "mesh", failing)
    with pytest.raises(RuntimeError, match="the network failed"), workers() as looking:
        follow(shots(*[astronaut()] * 40), looking)
    assert set(threading.enumerate()) == before


def test_opencv_has_its_own_threads_back_afterwards() -> None:
    threads = cv2.getNumThreads()
    with workers():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == threads
    with pytest.raises(KeyError), workers():
        raise KeyError
    assert cv2.getNumThreads() == threads


def test_without_the_model_no_thread_is_begun(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    threads = cv2.getNumThreads()
    with pytest.raises(SetupError, match="none.task"), workers(tmp_path / "none.task"):
        pytest.fail("there is nothing to look with")
    assert set(threading.enumerate()) == before
    assert cv2.getNumThreads() == threads


def test_networks_are_never_used_by_two_threads_at_a_time() -> None:
    """As many are lent as there are threads, and one that failed comes back."""
    inside: list[int] = []
    most: list[int] = []

    def look(networks: FaceNetworks, number: int) -> int:
        assert id(networks) not in inside
        inside.append(id(networks))
        most.append(len(inside))
        networks.mesh(astronaut(), region)
        inside.remove(id(networks))
        if number % 5 == 0:
            raise ValueError(number)
        return number

    found = seen_alone(astronaut())
    assert found is not None
    region = found.region
    with workers() as looking:
        futures = [looking.look(look, number) for number in range(20)]
        for number, future in enumerate(futures):
            if number % 5 == 0:
                with pytest.raises(ValueError, match=str(number)):
                    future.result()
            else:
                assert future.result() == number
    assert max(most) <= TOGETHER


# --- memory ---------------------------------------------------------------------------------------


def test_rows_take_one_and_a_half_kilobytes_a_frame_and_are_never_copied() -> None:
    rows, found = Rows(), seen_alone(astronaut())
    first, last = 512, 512 * 5
    frame = Frame(index=0, time_s=0.0, pixels=astronaut())
    tracemalloc.start()
    try:
        for index in range(last):
            rows.add(frame, found, acquired=False)
            if index == first - 1:
                before, _ = tracemalloc.get_traced_memory()
                tracemalloc.reset_peak()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / (last - first) <= BYTES_A_FRAME
    assert peak - after < 1e6  # a list that is copied when it grows would show here
    assert rows.points_px().shape == (last, MEASURED.size, 3)
    assert len(rows) == last


def test_following_keeps_nothing_of_a_picture(looking: Workers) -> None:
    held: dict[int, int] = {}

    def watched(frames: list[Frame]) -> Iterator[Frame]:
        for frame in frames:
            if frame.index in (60, 200):
                held[frame.index], _ = tracemalloc.get_traced_memory()
            yield frame

    small = np.ascontiguousarray(astronaut()[:260, 90:360])
    tracemalloc.start()
    try:
        follow(watched(shots(*[small] * 202, rate_hz=60)), looking)
    finally:
        tracemalloc.stop()
    # A picture of the face as the network sees it has 196 kB.
    assert (held[200] - held[60]) / 140 < BYTES_A_FRAME


def test_rows_are_completed_after_they_were_added() -> None:
    rows, found = Rows(), seen_alone(astronaut())
    for number in range(600):
        frame = Frame(index=number, time_s=number / 60, pixels=astronaut(), damaged=number == 7)
        assert rows.add(frame, None if number == 3 else found, number == 4) == number
    rows.set_lids(511, np.full((12, 3), 5, dtype=np.float32))
    rows.set_skin(512, np.full((N_PATCHES, 2), 2.0), 0.5)
    assert rows.times_s() == pytest.approx(np.arange(600) / 60)
    assert np.flatnonzero(rows.acquired()).tolist() == [4]
    assert np.flatnonzero(rows.damaged()).tolist() == [7]
    assert np.flatnonzero(np.isnan(rows.points_px()[:, 0, 0])).tolist() == [3]
    assert np.flatnonzero(np.isfinite(rows.lids_px()).all(axis=(1, 2))).tolist() == [511]
    assert np.flatnonzero(np.isfinite(rows.skin_px()).all(axis=(1, 2))).tolist() == [512]
    assert np.flatnonzero(np.isfinite(rows.skin_residual_px())).tolist() == [512]
    assert np.flatnonzero(np.isfinite(rows.light()[:, 0])).tolist() == list(range(0, 600, 15))
