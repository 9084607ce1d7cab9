"""Each half of the face by itself: the other one has no say in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.face.following.lids import LIDS
from hemifacial.formats.video import open_video
from hemifacial.landmarks import mesh
from hemifacial.landmarks.halves import each_half, symmetric_faces
from hemifacial.landmarks.networks import Mesh
from landmarks_pictures import (
    Picture,
    Points,
    apart_px,
    astronaut,
    carried,
    face,
    networks,
    seen_alone,
    similar,
)

CANTHI_PX = 60  # between the outer canthi of the photograph
SIDES = (Side.RIGHT, Side.LEFT)
OPEN, CLOSED = 10, 27  # frames of the clip in which somebody blinks


def halves(picture: Picture) -> dict[Side, Points]:
    return dict(each_half(networks(), seen(picture), LIDS))


def seen(picture: Picture) -> Mesh:
    found = seen_alone(picture)
    assert found is not None
    return found


def aperture_px(lids: Points) -> float:
    """The mean distance of three points of the upper lid from those that face them."""
    return float(apart_px(lids[:3], lids[3:]).mean())


def whole_aperture_px(picture: Picture, side: Side) -> float:
    return aperture_px(face(picture)[LIDS[side]])


# --- the two symmetric faces ----------------------------------------------------------------------


def test_each_face_is_its_own_mirror_image_and_shows_its_own_half() -> None:
    faces, into = symmetric_faces(seen(astronaut()))
    assert into.shape == (2, 3)
    for side in SIDES:
        assert faces[side].shape == (256, 256, 3)
        assert np.array_equal(faces[side], faces[side][:, ::-1])
    # The right of the patient is the left of the picture; together they are the whole.
    whole = np.hstack([faces[Side.RIGHT][:, :128], faces[Side.LEFT][:, 128:]]).astype(float)
    steps = np.abs(np.diff(whole, axis=1)).mean(axis=(0, 2))
    assert steps[127] < 2 * np.median(steps)


def test_the_line_between_the_halves_runs_down_the_middle_of_the_face() -> None:
    for turn_deg in (-50, 0, 25):
        picture, _ = similar(astronaut(), turn_deg=turn_deg)
        found = seen(picture)
        _, into = symmetric_faces(found)
        # From the frame into the picture of the whole face, by the corners of that picture.
        region = found.region
        cos, sin = np.cos(region.rotation_rad), np.sin(region.rotation_rad)
        to = np.array([[cos, sin], [-sin, cos]]) * 256 / region.size_px
        inside = (found.points_px[:, :2] - (region.centre_x_px, region.centre_y_px)) @ to.T + 127.5
        laid = inside @ into[:, :2].T + into[:, 2]
        assert laid[[168, 6, 8, 9], 0].mean() == pytest.approx(127.5, abs=0.6)
        right, left = (laid[[mesh.OUTER_CANTHUS[side]]][0] for side in SIDES)
        assert right[0] < 127.5 < left[0]
        assert right[1] == pytest.approx(left[1], abs=4)


def test_whatever_is_done_to_one_half_leaves_the_other_exactly_as_it_was() -> None:
    found = seen(astronaut())
    _, into = symmetric_faces(found)
    untouched = each_half(networks(), found, LIDS)
    # Columns of the picture that come to lie beyond the midline, by a few pixels of its warp.
    columns = np.arange(256) * into[0, 0] + into[0, 2] + into[0, 1] * 128
    for side, beyond in ((Side.RIGHT, columns > 145), (Side.LEFT, columns < 110)):
        noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3), dtype=np.uint8)
        picture = np.where(beyond[np.newaxis, :, np.newaxis], noise, found.picture)
        spoilt = each_half(networks(), replace(found, picture=picture), LIDS)
        assert np.array_equal(spoilt[side], untouched[side]), side
        assert apart_px(spoilt[side.opposite], untouched[side.opposite]).max() > 1


# --- where the points lie -------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_an_even_face_reads_the_same_by_halves_as_whole(side: Side) -> None:
    by_half, whole = halves(astronaut())[side], face(astronaut())[LIDS[side]]
    assert by_half.dtype == np.float32
    assert by_half.shape == (6, 3)
    assert apart_px(by_half, whole).mean() < 0.02 * CANTHI_PX
    assert aperture_px(by_half) == pytest.approx(aperture_px(whole), rel=0.05)


@pytest.mark.parametrize("side", SIDES)
def test_a_mirrored_face_gives_mirrored_halves(side: Side) -> None:
    mirrored = halves(np.ascontiguousarray(astronaut()[:, ::-1]))[side.opposite].copy()
    mirrored[:, 0] = 511 - mirrored[:, 0]
    here = halves(astronaut())[side]
    assert apart_px(mirrored, here).mean() < 0.02 * CANTHI_PX
    assert aperture_px(mirrored) == pytest.approx(aperture_px(here), rel=0.05)


@pytest.mark.parametrize("turn_deg", [-75, 20, 180])
def test_halves_turn_with_the_picture(turn_deg: float) -> None:
    picture, to = similar(astronaut(), turn_deg=turn_deg)
    for side, points in halves(picture).items():
        expected = halves(astronaut())[side]
        assert apart_px(points, carried(expected, to)).mean() < 0.005 * CANTHI_PX
        assert aperture_px(points) == pytest.approx(aperture_px(expected), rel=0.04)


@pytest.mark.parametrize(("scale", "tolerance"), [(0.7, 0.12), (1.3, 0.04), (4.0, 0.04)])
def test_halves_grow_with_the_picture(scale: float, tolerance: float) -> None:
    picture, to = similar(astronaut(), scale=scale)
    for side, points in halves(picture).items():
        expected = halves(astronaut())[side]
        assert apart_px(points, carried(expected, to)).mean() < 0.01 * scale * CANTHI_PX
        assert aperture_px(points) / scale == pytest.approx(aperture_px(expected), rel=tolerance)


# --- one eye that closes --------------------------------------------------------------------------


@cache
def clip(path: Path) -> dict[int, Picture]:
    with open_video(path) as video:
        frames = islice(video.frames(), CLOSED + 1)
        return {frame.index: frame.rgb for frame in frames if frame.index in (OPEN, CLOSED)}


def one_eye_closed(open_face: Picture, closed_face: Picture, side: Side) -> Picture:
    """The open face with one eye of the moment in which both were closed, edges softened."""
    import cv2

    there, here = face(closed_face), face(open_face)
    to, _ = cv2.estimateAffinePartial2D(
        there[mesh.RIGID, :2].astype(np.float32), here[mesh.RIGID, :2].astype(np.float32)
    )
    height, width = open_face.shape[:2]
    laid = cv2.warpAffine(closed_face, to, (width, height))
    x, y = here[list(mesh.EYE[side]), :2].mean(axis=0)
    corners = here[[mesh.OUTER_CANTHUS[side], mesh.INNER_CANTHUS[side]], :2]
    across = float(np.hypot(*(corners[0] - corners[1])))
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot(columns - x, (rows - y) / 0.8) / across
    share = np.clip((1 - away) / 0.25, 0, 1)[..., np.newaxis]
    return np.asarray((open_face * (1 - share) + laid * share).round(), dtype=np.uint8)


@pytest.mark.parametrize("side", SIDES)
def test_an_eye_that_closes_does_not_close_the_other(shared_data: Path, side: Side) -> None:
    """The whole face reads the open eye a sixth smaller, its half does not."""
    frames = clip(shared_data / "video" / "permissive" / "pyfeat_single_face.mp4")
    winking = one_eye_closed(frames[OPEN], frames[CLOSED], side)
    before, after = halves(frames[OPEN]), halves(winking)
    other = side.opposite
    whole = whole_aperture_px(winking, other) / whole_aperture_px(frames[OPEN], other)
    by_halves = aperture_px(after[other]) / aperture_px(before[other])
    assert whole < 0.88
    assert by_halves == pytest.approx(1, abs=0.02)
    assert aperture_px(after[side]) < 0.25 * aperture_px(before[side])
    assert whole_aperture_px(winking, side) > 0.35 * whole_aperture_px(frames[OPEN], side)
