"""One face through a video: nothing smoothed, nothing dragged along, nothing made up."""

from __future__ import annotations

import numpy as np
import pytest

from hemifacial.landmarks.mesh import MOUTH_CORNER
from hemifacial.landmarks.region import region_of_mesh
from hemifacial.landmarks.search import squares
from hemifacial.landmarks.track import FaceTracker, mesh_near
from landmarks_pictures import (
    Picture,
    Points,
    apart_px,
    astronaut,
    canvas,
    face,
    networks,
    similar,
)

RIGHT_CORNER = next(iter(MOUTH_CORNER.values()))


def followed(*pictures: Picture) -> list[Points | None]:
    tracker = FaceTracker(networks())
    meshes = map(tracker.follow, pictures)
    return [None if mesh is None else mesh.points_px for mesh in meshes]


def pulled_mouth(pull_px: float) -> Picture:
    """The photograph with the right mouth corner drawn outwards and up."""
    import cv2

    y, x = np.mgrid[:512, :512].astype(np.float32)
    corner = face(astronaut())[RIGHT_CORNER]
    near = np.exp(-((x - corner[0]) ** 2 + (y - corner[1]) ** 2) / (2 * 9**2))
    shift = (pull_px * near).astype(np.float32)
    return np.asarray(cv2.remap(astronaut(), x + shift, y + shift / 2, cv2.INTER_CUBIC), np.uint8)


def nowhere() -> Picture:
    return np.full((512, 512, 3), 90, dtype=np.uint8)


# --- no memory but where to look ------------------------------------------------------------------


def test_a_face_displaced_for_one_frame_is_displaced_in_that_frame_and_wholly() -> None:
    still, moved = canvas(astronaut(), 540, 540, 0, 0), canvas(astronaut(), 540, 540, 4, 3)
    points = followed(still, still, still, moved, still, still)
    before, there, after = points[2], points[3], points[4]
    assert before is not None
    assert there is not None
    assert after is not None
    assert (there - before)[:, :2].mean(axis=0) == pytest.approx([4, 3], abs=0.15)
    assert apart_px(after, before).mean() < 0.15


def test_a_twitch_of_one_frame_is_seen_at_the_size_that_it_has_when_it_stays() -> None:
    rest, twitch = astronaut(), pulled_mouth(5)
    once = followed(rest, rest, rest, twitch, rest)
    stays = followed(rest, *[twitch] * 4)
    assert all(points is not None for points in (*once, *stays))
    there = [points[RIGHT_CORNER, :2] for points in once if points is not None]
    held = [points[RIGHT_CORNER, :2] for points in stays if points is not None]
    full = np.hypot(*(held[-1] - there[0]))
    assert full > 2.5
    assert np.hypot(*(there[3] - there[2])) == pytest.approx(full, rel=0.12)
    assert np.hypot(*(there[4] - there[2])) < 0.1 * full


def test_a_twitch_does_not_move_the_region_under_itself() -> None:
    rest, twitch = region_of_mesh(face(astronaut())), region_of_mesh(face(pulled_mouth(5)))
    assert twitch.centre_x_px == pytest.approx(rest.centre_x_px, abs=0.005 * rest.size_px)
    assert twitch.centre_y_px == pytest.approx(rest.centre_y_px, abs=0.005 * rest.size_px)
    assert twitch.size_px == pytest.approx(rest.size_px, rel=0.01)


@pytest.mark.parametrize(("left", "top"), [(12, 5), (40, 0), (95, 60), (300, 200)])
def test_a_cut_is_over_in_one_frame(left: int, top: int) -> None:
    one, other = canvas(astronaut(), 860, 740, 0, 0), canvas(astronaut(), 860, 740, left, top)
    alone = face(other)
    for points in followed(one, one, other, other)[2:]:
        assert points is not None
        assert apart_px(points, alone).mean() < 0.35


def test_a_cut_to_another_size_and_angle_is_over_in_one_frame() -> None:
    small = canvas(astronaut(), 1024, 1024, 300, 500)
    large, _ = similar(astronaut(), scale=2.0, turn_deg=25)
    alone = face(large)
    points = followed(small, small, large)[2]
    assert points is not None
    assert apart_px(points, alone).mean() < 0.6


def test_following_a_swaying_head_is_looking_at_each_frame_alone() -> None:
    turns = 6 * np.sin(np.arange(8) / 2)
    sway = [similar(astronaut(), turn_deg=turn)[0] for turn in turns]
    for picture, points in zip(sway, followed(*sway), strict=True):
        assert points is not None
        assert apart_px(points, face(picture)).mean() < 0.3


# --- where there is no face, and when it comes ----------------------------------------------------


def test_frames_without_a_face_are_told_and_the_face_is_found_as_it_comes() -> None:
    tracker = FaceTracker(networks())
    pictures = [nowhere(), astronaut(), astronaut(), nowhere(), nowhere(), astronaut()]
    found, acquired, known_where = [], [], []
    for picture in pictures:
        known_where.append(tracker.where is not None)
        found.append(tracker.follow(picture))
        acquired.append(tracker.acquired)
    assert [mesh is not None for mesh in found] == [False, True, True, False, False, True]
    assert acquired == [False, True, False, False, False, True]
    assert known_where == [False, False, True, True, False, False]
    for mesh in found:
        if mesh is not None:
            assert mesh.points_px.shape == (478, 3)
            assert mesh.presence > 0.99
            assert mesh.picture.shape == (256, 256, 3)


def test_a_frame_looked_at_elsewhere_and_noted_is_as_good_as_followed() -> None:
    """Two frames at once are looked at in threads; the tracker is told what they saw."""
    one, other = FaceTracker(networks()), FaceTracker(networks())
    moved = canvas(astronaut(), 512, 512, 3, 2)
    for tracker in (one, other):
        assert tracker.follow(astronaut()) is not None
    assert one.where == other.where
    assert one.where is not None
    seen = mesh_near(networks(), moved, one.where)
    assert seen is not None
    one.note(seen)
    followed_there = other.follow(moved)
    assert followed_there is not None
    assert np.array_equal(seen.points_px, followed_there.points_px)
    assert one.where == other.where
    assert not one.acquired
    assert mesh_near(networks(), nowhere(), other.where) is None


def test_squares_cover_the_frame_and_share_a_third() -> None:
    for width, height in ((1920, 1080), (640, 480), (400, 400), (1080, 1920), (3000, 300)):
        every = squares(width, height)
        sides = sorted({round(square.size_px) for square in every})
        assert sides == [max(width, height) // 4, max(width, height) // 2]
        for side in sides:
            lefts = sorted({s.centre_x_px for s in every if round(s.size_px) == side})
            assert lefts[0] - side / 2 <= 0
            assert lefts[-1] + side / 2 >= width - 1
            assert max(np.diff(lefts), default=0) <= side * 2 / 3 + 1e-9


def test_a_small_face_is_found_in_the_first_frame() -> None:
    small, _ = similar(astronaut(), scale=0.6)
    wide = canvas(small[60:200, 110:330], 1280, 720, 900, 500)
    assert networks().detect(wide) == ()
    assert followed(wide)[0] is not None


def test_a_small_face_that_enters_is_found_within_seven_frames() -> None:
    small, _ = similar(astronaut(), scale=0.6)
    empty = np.full((720, 1280, 3), 90, dtype=np.uint8)
    wide = canvas(small[60:200, 110:330], 1280, 720, 900, 500)
    found = followed(empty, empty, *[wide] * 7)
    assert found[:2] == [None, None]
    assert any(points is not None for points in found)


# --- which face -----------------------------------------------------------------------------------


def pair(left_scale: float, right_scale: float) -> Picture:
    """Two faces side by side in a frame of 1000 by 500."""
    frame = np.full((500, 1000, 3), 90, dtype=np.uint8)
    for scale, left in ((left_scale, 0), (right_scale, 500)):
        part = similar(astronaut(), scale=scale)[0][20:240, 110:340]
        frame[140:360, left + 130 : left + 360] = part
    return frame


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.75), (0.75, 1.0)])
def test_of_two_faces_the_larger_is_followed(left: float, right: float) -> None:
    points = followed(pair(left, right))[0]
    assert points is not None
    assert bool(points[4, 0] < 500) is (left > right)


def test_a_face_that_was_followed_is_taken_up_again_though_another_is_larger() -> None:
    tracker = FaceTracker(networks())
    assert tracker.follow(pair(1.0, 0.75)) is not None
    assert tracker.follow(np.full((500, 1000, 3), 90, dtype=np.uint8)) is None
    again = tracker.follow(pair(0.75, 1.0))
    assert again is not None
    assert tracker.acquired
    assert again.points_px[4, 0] < 500


def test_of_two_alike_the_more_central_is_followed() -> None:
    part = astronaut()[20:240, 110:340]
    frame = np.full((500, 1000, 3), 90, dtype=np.uint8)
    frame[140:360, 20:250] = part
    frame[140:360, 450:680] = part
    points = followed(frame)[0]
    assert points is not None
    assert points[4, 0] > 450


def test_an_upside_down_face_is_taken_for_what_it_is() -> None:
    points = followed(np.ascontiguousarray(astronaut()[::-1, ::-1]))[0]
    assert points is not None
    expected = face(astronaut()) * (-1, -1, 1) + (511, 511, 0)
    assert apart_px(points, expected).mean() < 0.4
