"""The way into the network's square and back, on pictures and shapes whose answer is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemifacial.landmarks.detector import Detection, region_of_detection
from hemifacial.landmarks.mesh import MIRROR, RIGID
from hemifacial.landmarks.region import (
    Region,
    is_near,
    region_of_mesh,
    sample,
    to_frame,
    whole_frame,
)

REGIONS = st.builds(
    Region,
    centre_x_px=st.floats(60, 200),
    centre_y_px=st.floats(60, 200),
    size_px=st.floats(40, 800),
    rotation_rad=st.floats(-math.pi, math.pi),
)


def ramps() -> npt.NDArray[np.uint8]:
    """A picture, 256 by 256, whose first channel counts the columns and whose second the rows."""
    rows, columns = np.mgrid[:256, :256]
    return np.stack([columns, rows, np.full_like(rows, 7)], axis=-1).astype(np.uint8)


def flat_face() -> npt.NDArray[np.float64]:
    """Points at random, but mirrored at x = 0 as a face is."""
    points = np.random.default_rng(3).normal(size=(478, 3)) * (40, 50, 20)
    points[:, 0] = np.abs(points[:, 0])
    points[RIGID, 1] -= 20
    right = np.arange(478) < MIRROR
    points[right] = points[MIRROR[right]] * (-1, 1, 1)
    points[np.arange(478) == MIRROR, 0] = 0
    return points


@given(REGIONS)
@settings(deadline=None)
def test_corners_of_a_region_are_a_square_of_its_size(region: Region) -> None:
    corners = to_frame(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), region)
    sides = np.hypot(*(corners - np.roll(corners, 1, axis=0)).T)
    assert sides == pytest.approx([region.size_px] * 4)
    assert corners.mean(axis=0) == pytest.approx([region.centre_x_px, region.centre_y_px])
    turned = math.atan2(*(corners[1] - corners[0])[::-1])
    assert math.remainder(turned - region.rotation_rad, math.tau) == pytest.approx(0, abs=1e-9)


@given(REGIONS)
@example(Region(centre_x_px=60, centre_y_px=60, size_px=799, rotation_rad=0.0))
@settings(max_examples=40, deadline=None)
def test_what_is_sampled_is_what_lies_where_it_is_said_to_come_from(region: Region) -> None:
    seen = sample(ramps(), region, 64).astype(float)
    middles = (np.arange(64) + 0.5) / 64
    places = to_frame(np.stack(np.meshgrid(middles, middles), axis=-1), region)
    # Beyond the frame it is black; a last block that is not whole is left out, and half a
    # block further the warp still mixes it in.
    margin = 1.5 * region.size_px / 64 + 2
    inside = ((places > margin) & (places < 255 - margin)).all(axis=-1)
    # The value of a ramp is its place, but for the rounding to whole values, which is done
    # once for the mean of a block and once for the warp.
    wrong = np.abs(seen[..., :2][inside] - places[inside])
    # The warp also reads between blocks in 32nds of a block.
    fineness = region.size_px / 64 / 64
    assert wrong.max(initial=0) < 1 + fineness + 0.01
    # The mean of an even number of steps ends in a half and is always rounded up; the warp's
    # rounding is a quarter on average.
    assert wrong.sum() <= (0.75 + fineness / 2) * wrong.size + 1 or region.size_px < 3 * 64
    assert (seen[..., 2][inside] == 7).all()


def test_a_region_that_is_the_picture_gives_the_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    assert np.array_equal(sample(picture, whole_frame(64, 64), 64), picture)


def test_a_wide_frame_has_black_bars_above_and_below() -> None:
    white = np.full((100, 200, 3), 255, dtype=np.uint8)
    seen = sample(white, whole_frame(200, 100), 100)[:, :, 0]
    assert seen[:24].max() == 0 == seen[-24:].max()
    assert seen[26:-26].min() == 255


def test_blocks_are_averaged_where_the_frame_has_more_pixels() -> None:
    noise = np.random.default_rng(1).normal(128, 20, (1024, 1024, 3)).clip(0, 255).astype(np.uint8)
    seen = sample(noise, whole_frame(1024, 1024), 256)
    assert seen.std() == pytest.approx(20 / 4, rel=0.05)


@pytest.mark.parametrize("centre", [(-5_000.0, 50.0), (50.0, 90_000.0), (-120.0, -120.0)])
def test_a_region_beside_the_frame_is_black(centre: tuple[float, float]) -> None:
    away = Region(centre_x_px=centre[0], centre_y_px=centre[1], size_px=200)
    assert sample(ramps(), away, 64).max() == 0


@settings(deadline=None)
@given(
    scale=st.floats(0.2, 20),
    turn=st.floats(-math.pi, math.pi),
    x=st.floats(-1_000, 1_000),
    y=st.floats(-1_000, 1_000),
)
def test_the_region_goes_with_the_face(scale: float, turn: float, x: float, y: float) -> None:
    points = flat_face()
    moved = points * scale
    cos, sin = math.cos(turn), math.sin(turn)
    moved[:, :2] = moved[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    at_rest, found = region_of_mesh(points), region_of_mesh(moved)
    centre = to_frame(
        np.array([at_rest.centre_x_px, at_rest.centre_y_px]) / scale + 0.5,
        Region(centre_x_px=x, centre_y_px=y, size_px=scale**2, rotation_rad=turn),
    )
    assert (found.centre_x_px, found.centre_y_px) == pytest.approx(tuple(centre), abs=1e-6)
    assert found.size_px == pytest.approx(at_rest.size_px * scale)
    away = math.remainder(found.rotation_rad - at_rest.rotation_rad - turn, math.tau)
    assert away == pytest.approx(0, abs=1e-9)


def test_the_region_of_a_symmetric_upright_face_is_level_and_central() -> None:
    region = region_of_mesh(flat_face())
    assert region.rotation_rad == pytest.approx(0)
    assert region.centre_x_px == pytest.approx(0)


def test_a_turn_of_the_head_leaves_the_size_alone() -> None:
    points = flat_face()
    cos, sin = math.cos(0.7), math.sin(0.7)
    turned = points.copy()
    turned[:, 0], turned[:, 2] = (
        points[:, 0] * cos + points[:, 2] * sin,
        points[:, 2] * cos - points[:, 0] * sin,
    )
    assert region_of_mesh(turned).size_px == pytest.approx(region_of_mesh(points).size_px)


def test_a_movement_of_the_face_leaves_the_region_alone() -> None:
    points = flat_face()
    moved = points + 30
    moved[RIGID] = points[RIGID]
    assert region_of_mesh(moved) == region_of_mesh(points)


def test_a_detection_gives_one_and_a_half_times_its_box_level_with_its_eyes() -> None:
    eyes = np.array([[40, 50], [60, 70], [0, 0], [0, 0], [0, 0], [0, 0]], dtype=np.float32)
    found = region_of_detection(
        Detection(
            centre_x_px=50,
            centre_y_px=80,
            width_px=40,
            height_px=60,
            keypoints_px=eyes,
            score=1,
        )
    )
    assert (found.centre_x_px, found.centre_y_px, found.size_px) == (50, 80, 90)
    assert found.rotation_rad == pytest.approx(math.pi / 4)


def test_near_is_near_in_place_size_and_rotation_and_round_the_circle() -> None:
    region = Region(centre_x_px=10, centre_y_px=20, size_px=100, rotation_rad=math.pi - 0.01)
    assert is_near(region, region)
    assert is_near(replace(region, rotation_rad=-math.pi + 0.005), region)
    assert is_near(replace(region, centre_x_px=11.5), region)
    for other in (
        replace(region, centre_x_px=13),
        replace(region, centre_y_px=17),
        replace(region, size_px=103),
        replace(region, size_px=97),
        replace(region, rotation_rad=math.pi - 0.04),
    ):
        assert not is_near(other, region)
        assert is_near(other, region, tolerance=0.06)
