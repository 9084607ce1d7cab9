"""The names of the points: each side is the mirror image of the other, and the patient's own."""

from __future__ import annotations

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh
from landmarks_pictures import astronaut, face

BY_SIDE = {
    name: value
    for name in mesh.__all__
    if hasattr(value := getattr(mesh, name), "keys") and Side.RIGHT in value
}


def indices(value: int | tuple[int, ...]) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


def test_the_mirror_of_the_mirror_is_every_point_itself() -> None:
    assert mesh.MIRROR.shape == (478,)
    assert np.array_equal(mesh.MIRROR[mesh.MIRROR], np.arange(478))


def test_the_midline_is_its_own_mirror_image_and_the_eyes_are_not() -> None:
    assert all(mesh.MIRROR[point] == point for point in (*mesh.NOSE, *mesh.CHIN, 0, 13, 14, 17, 10))
    assert mesh.MIRROR[468] == 473
    assert np.count_nonzero(np.arange(478) == mesh.MIRROR) == 28


@pytest.mark.parametrize("name", sorted(BY_SIDE))
def test_left_is_the_mirror_image_of_right_in_the_same_order(name: str) -> None:
    right, left = indices(BY_SIDE[name][Side.RIGHT]), indices(BY_SIDE[name][Side.LEFT])
    assert mesh.MIRROR[right].tolist() == left
    assert not set(right) & set(left)


def test_published_indices_of_the_eyes_and_the_mouth() -> None:
    left = Side.LEFT
    assert {Side.RIGHT: 33, left: 263} == mesh.OUTER_CANTHUS
    assert {Side.RIGHT: 133, left: 362} == mesh.INNER_CANTHUS
    assert {Side.RIGHT: 61, left: 291} == mesh.MOUTH_CORNER
    assert {Side.RIGHT: 468, left: 473} == mesh.IRIS_CENTRE
    assert mesh.UPPER_LID_MARGIN[left] == (263, 466, 388, 387, 386, 385, 384, 398, 362)
    assert mesh.LOWER_LID_MARGIN[left] == (263, 249, 390, 373, 374, 380, 381, 382, 362)
    assert mesh.LIPS_INNER[10] == 14
    assert mesh.FACE_OVAL[1] == 109
    assert mesh.FACE_OVAL[-1] == 338


@pytest.mark.parametrize("name", sorted(BY_SIDE))
def test_the_right_of_the_patient_is_on_the_left_of_the_picture(name: str) -> None:
    points = face(astronaut())
    right, left = (points[indices(BY_SIDE[name][side]), 0] for side in (Side.RIGHT, Side.LEFT))
    assert right.max() < left.min()


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
def test_upper_and_lower_lid_face_each_other(side: Side) -> None:
    points = face(astronaut())
    upper = points[list(mesh.UPPER_LID_MARGIN[side])][1:-1]
    lower = points[list(mesh.LOWER_LID_MARGIN[side])][1:-1]
    assert (upper[:, 1] < lower[:, 1]).all()
    across = abs(points[33, 0] - points[133, 0])
    assert np.abs(upper[:, 0] - lower[:, 0]).max() < 0.2 * across
    assert set(mesh.UPPER_LID[side]) < set(mesh.UPPER_LID_MARGIN[side])
    assert set(mesh.LOWER_LID[side]) < set(mesh.LOWER_LID_MARGIN[side])


LINES = {
    "face oval": (mesh.FACE_OVAL, True),
    "lips, outer": (mesh.LIPS_OUTER, True),
    "lips, inner": (mesh.LIPS_INNER, True),
    "nose": (mesh.NOSE, False),
    **{f"{side} eye": (line, True) for side, line in mesh.EYE.items()},
    **{f"{side} iris": (line, True) for side, line in mesh.IRIS_RING.items()},
    **{f"{side} brow": (line, False) for side, line in mesh.BROW_UPPER_EDGE.items()},
}


def test_a_face_is_drawn_by_lines_that_keep_to_their_neighbours() -> None:
    points = face(astronaut())[:, :2]
    height = np.hypot(*(points[10] - points[152]))
    for name, (line, closed) in LINES.items():
        assert len(set(line)) == len(line), name
        ends = points[[*line, line[0]] if closed else list(line)]
        assert np.hypot(*np.diff(ends, axis=0).T).max() < 0.2 * height, name


def test_rigid_points_are_22_and_their_own_mirror_image() -> None:
    assert len(set(mesh.RIGID.tolist())) == 22
    assert set(mesh.MIRROR[mesh.RIGID].tolist()) == set(mesh.RIGID.tolist())


KEPT_OF_SIDES = (
    "OUTER_CANTHUS",
    "INNER_CANTHUS",
    "UPPER_LID",
    "LOWER_LID",
    "IRIS_CENTRE",
    "IRIS_WIDTH",
    "BROW_UPPER_EDGE",
    "BROW_LOWER_EDGE",
    "MOUTH_CORNER",
)


def test_what_is_kept_holds_every_measured_point_once_and_in_order() -> None:
    kept = mesh.MEASURED.tolist()
    assert kept == sorted(set(kept))
    assert set(mesh.RIGID.tolist()) | set(mesh.LIPS_MIDDLE) | set(mesh.CHIN) <= set(kept)
    assert set(mesh.MIRROR[kept].tolist()) == set(kept)
    for name in KEPT_OF_SIDES:
        sides = BY_SIDE[name]
        assert set(indices(sides[Side.RIGHT]) + indices(sides[Side.LEFT])) <= set(kept), name
    # A frame leaves about a kilobyte: twelve bytes a point.
    assert len(kept) <= 72


def test_tables_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        mesh.MIRROR[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        mesh.RIGID[0] = 1
    with pytest.raises(TypeError):
        mesh.MOUTH_CORNER[Side.RIGHT] = 1  # type: ignore[index]
