"""The networks against MediaPipe's own use of them, and against the symmetries of the plane."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hemifacial.errors import SetupError
from hemifacial.landmarks.detector import KEYPOINTS, region_of_detection
from hemifacial.landmarks.mesh import MIRROR
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.region import Region, region_of_mesh, whole_frame
from landmarks_pictures import (
    Picture,
    Points,
    apart_px,
    astronaut,
    canvas,
    carried,
    face,
    networks,
    similar,
)

REFERENCE = Path(__file__).parent / "data" / "mediapipe_astronaut.json"
CANTHI_PX = 60  # between the outer canthi of the photograph


def mediapipe_points() -> tuple[list[int], Points]:
    """Its points in our coordinates: from pixels of the network, which begin at their corner."""
    points = json.loads(REFERENCE.read_text(encoding="utf-8"))["points_px"]
    return [int(index) for index in points], np.array(list(points.values()))


# --- an independent implementation ----------------------------------------------------------------


def test_within_a_pixel_of_mediapipe_in_the_region_that_it_uses() -> None:
    indices, expected = mediapipe_points()
    (seen,) = networks().detect(astronaut())
    found = networks().mesh(astronaut(), region_of_detection(seen)).points_px[indices]
    apart = apart_px(found, expected)
    assert apart.max() < 1.0
    assert apart.mean() < 0.55


def test_what_differs_from_mediapipe_is_the_half_pixel_of_the_network() -> None:
    indices, expected = mediapipe_points()
    (seen,) = networks().detect(astronaut())
    region = region_of_detection(seen)
    found = networks().mesh(astronaut(), region).points_px[indices]
    half_px = region.size_px / 256 / 2
    assert (found[:, :2] - expected).mean(axis=0) == pytest.approx([-half_px] * 2, abs=0.1)
    assert apart_px(found, expected - half_px).mean() < 0.35


def test_a_face_that_is_followed_stays_with_mediapipe() -> None:
    indices, expected = mediapipe_points()
    assert np.median(apart_px(face(astronaut())[indices], expected)) < 0.7


# --- the detector ---------------------------------------------------------------------------------


def test_one_face_with_its_keypoints_where_the_mesh_has_them() -> None:
    (seen,) = networks().detect(astronaut())
    assert seen.score > 0.9
    points = face(astronaut())
    at = dict(zip(KEYPOINTS, seen.keypoints_px, strict=True))
    for name, index in (("right_eye", 468), ("left_eye", 473), ("nose_tip", 4), ("mouth", 13)):
        assert np.hypot(*(at[name] - points[index, :2])) < 6, name
    assert at["right_ear"][0] < at["left_ear"][0]


def test_noise_grey_and_black_hold_no_face() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for picture in (noise, np.full_like(noise, 128), np.zeros_like(noise)):
        assert networks().detect(picture) == ()


def test_two_faces_are_two() -> None:
    part = astronaut()[20:240, 110:340]
    first, second = networks().detect(np.concatenate([part, part], axis=1))
    assert abs(first.centre_x_px - second.centre_x_px) == pytest.approx(230, abs=6)


@pytest.mark.parametrize(("quarters", "direction"), [(1, -1), (3, 1)])
def test_a_face_lying_on_its_side_is_found_and_turned_the_right_way(
    quarters: int, direction: int
) -> None:
    # What is behind her may be taken for a face too, at the least score that counts (0.5).
    seen, *others = networks().detect(np.rot90(astronaut(), quarters))
    assert all(other.score < 0.6 < seen.score for other in others)
    # The detector underestimates a large rotation; the mesh then finds the rest by itself.
    assert 0.5 < direction * region_of_detection(seen).rotation_rad < math.pi / 2 + 0.3


def test_detection_in_a_region_is_in_pixels_of_the_frame() -> None:
    (alone,) = networks().detect(astronaut())
    wide = canvas(astronaut(), 2400, 900, 1700, 300)
    part = Region(centre_x_px=1700 + 255.5, centre_y_px=300 + 255.5, size_px=512)
    (seen,) = networks().detect(wide, part)
    assert seen.centre_x_px == pytest.approx(alone.centre_x_px + 1700, abs=0.5)
    assert seen.centre_y_px == pytest.approx(alone.centre_y_px + 300, abs=0.5)


# --- the mesh -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "top"), [(0, 0), (137, 41), (-60, -20), (311, 222)])
def test_the_mesh_moves_with_the_picture(left: int, top: int) -> None:
    moved = face(canvas(astronaut(), 900, 800, left, top))
    assert apart_px(moved - (left, top, 0), face(astronaut())).max() < 0.02 * CANTHI_PX
    assert apart_px(moved - (left, top, 0), face(astronaut())).mean() < 0.004 * CANTHI_PX


@pytest.mark.parametrize("turn_deg", [-170, -75, -20, 10, 45, 90, 180])
def test_the_mesh_turns_with_the_picture(turn_deg: float) -> None:
    picture, to = similar(astronaut(), turn_deg=turn_deg)
    apart = apart_px(face(picture), carried(face(astronaut()), to))
    assert apart.mean() < 0.008 * CANTHI_PX
    assert apart.max() < 0.03 * CANTHI_PX


@pytest.mark.parametrize("scale", [0.7, 1.3, 2.0, 4.0])
def test_the_mesh_grows_with_the_picture(scale: float) -> None:
    picture, to = similar(astronaut(), scale=scale)
    points = face(picture)
    apart = apart_px(points, carried(face(astronaut()), to)) / scale
    assert apart.mean() < 0.02 * CANTHI_PX
    depth = np.ptp(points[:, 2]) / scale
    assert depth == pytest.approx(np.ptp(face(astronaut())[:, 2]), rel=0.05)


def test_a_mirrored_picture_gives_the_mirrored_mesh() -> None:
    points = face(astronaut()).copy()
    back = face(astronaut()[:, ::-1])[MIRROR]
    back[:, 0] = 511 - back[:, 0]
    apart = apart_px(points, back)
    assert apart.mean() < 0.012 * CANTHI_PX
    # Nothing systematic: half a pixel of the network, forgotten, would be 0.3 px here.
    assert abs((back[:, 0] - points[:, 0]).mean()) < 0.15


def test_depth_grows_away_from_the_camera() -> None:
    points = face(astronaut())
    assert points[4, 2] < points[33, 2] < points[234, 2]


def test_a_grey_picture_gives_nearly_the_same_mesh() -> None:
    grey = astronaut().mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2)
    assert apart_px(face(grey), face(astronaut())).mean() < 0.01 * CANTHI_PX


def test_presence_tells_a_face_from_none() -> None:
    region = region_of_mesh(face(astronaut()))
    assert networks().mesh(astronaut(), region).presence > 0.99
    beside = replace(region, centre_x_px=420, centre_y_px=420)
    assert networks().mesh(astronaut(), beside).presence < 0.01


def test_points_are_float32_in_the_region_that_is_told() -> None:
    region = region_of_mesh(face(astronaut()))
    mesh = networks().mesh(astronaut(), region)
    assert mesh.points_px.dtype == np.float32
    assert mesh.points_px.shape == (478, 3)
    assert mesh.region is region


def test_what_came_before_changes_nothing() -> None:
    region = region_of_mesh(face(astronaut()))
    alone = networks().mesh(astronaut(), region).points_px
    networks().mesh(astronaut()[::-1], region)
    networks().detect(astronaut()[:, ::-1])
    assert np.array_equal(networks().mesh(astronaut(), region).points_px, alone)


# --- what is given wrongly ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (np.zeros((10, 10), np.uint8), "uint8 of \\(10, 10\\)"),
        (np.zeros((10, 10, 4), np.uint8), "uint8 of \\(10, 10, 4\\)"),
        (np.zeros((10, 10, 3), np.float32), "float32 of \\(10, 10, 3\\)"),
        (np.zeros((0, 10, 3), np.uint8), "uint8 of \\(0, 10, 3\\)"),
    ],
)
def test_another_array_than_a_picture_is_refused(picture: Picture, says: str) -> None:
    with pytest.raises(ValueError, match=f"not {says}"):
        networks().detect(picture)
    with pytest.raises(ValueError, match=f"not {says}"):
        networks().mesh(picture, whole_frame(10, 10))


def test_views_of_any_strides_are_read_as_what_they_show() -> None:
    wide = canvas(astronaut(), 700, 600, 50, 30)
    view = wide[::-1, ::-1][58:570, 138:650][::-1, ::-1]
    assert np.array_equal(view, astronaut())
    assert np.array_equal(face(view), face(astronaut()))
    assert np.array_equal(face(np.asfortranarray(astronaut())), face(astronaut()))


def test_a_missing_model_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="none.task"):
        FaceNetworks(tmp_path / "none.task")


def test_loading_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    FaceNetworks()
    assert capfd.readouterr() == ("", "")
