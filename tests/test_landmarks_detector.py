"""The detector's raw answer, decoded by hand for a few cells."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.landmarks.detector import Detection, decode
from hemifacial.landmarks.region import Region

PICTURE = Region(centre_x_px=64, centre_y_px=64, size_px=128)
NEVER = -50.0
Answers = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def answers(*given: tuple[int, float, tuple[float, float, float, float]]) -> Answers:
    """Raw answers: index, logit, and the box as offset x, offset y, width, height."""
    offsets = np.zeros((896, 16), dtype=np.float32)
    logits = np.full(896, NEVER, dtype=np.float32)
    for index, logit, box in given:
        offsets[index, :4] = box
        offsets[index, 4:] = np.arange(12)
        logits[index] = logit
    return offsets, logits


def box(face: Detection) -> tuple[float, float, float, float]:
    return face.centre_x_px, face.centre_y_px, face.width_px, face.height_px


def test_nothing_above_half_is_nothing() -> None:
    assert decode(*answers(), PICTURE) == ()
    assert decode(*answers((5, -0.01, (0, 0, 30, 30))), PICTURE) == ()
    assert len(decode(*answers((5, 0.01, (0, 0, 30, 30))), PICTURE)) == 1


@pytest.mark.parametrize(
    ("index", "middle"),
    [
        (0, (4, 4)),  # the two answers of the first cell of 8 pixels
        (1, (4, 4)),
        (2, (12, 4)),
        (32, (4, 12)),  # the first of the second row
        (511, (124, 124)),
        (512, (8, 8)),  # six answers on each cell of 16 pixels
        (517, (8, 8)),
        (518, (24, 8)),
        (560, (8, 24)),
        (895, (120, 120)),
    ],
)
def test_an_answer_counts_from_the_middle_of_its_cell(
    index: int, middle: tuple[float, float]
) -> None:
    (face,) = decode(*answers((index, 3, (5, -2, 30, 20))), PICTURE)
    assert box(face) == pytest.approx((middle[0] + 5, middle[1] - 2, 30, 20))
    steps = np.arange(12).reshape(6, 2)
    assert face.keypoints_px == pytest.approx(steps + middle, abs=1e-4)
    assert face.score == pytest.approx(1 / (1 + math.exp(-3)))


def test_answers_that_overlap_are_one_face_at_their_weighted_mean() -> None:
    raw = answers((0, 0, (40, 40, 30, 30)), (1, 3, (44, 40, 30, 30)))
    (face,) = decode(*raw, PICTURE)
    strong, weak = 1 / (1 + math.exp(-3)), 0.5
    assert face.score == pytest.approx(strong)
    assert face.centre_x_px == pytest.approx((48 * strong + 44 * weak) / (strong + weak))


def test_answers_that_hardly_overlap_are_two_faces_the_surest_first() -> None:
    raw = answers((0, 1, (20, 20, 30, 30)), (1, 3, (41, 20, 30, 30)))
    first, second = decode(*raw, PICTURE)
    assert (first.centre_x_px, second.centre_x_px) == pytest.approx((45, 24))
    assert first.score > second.score


def test_an_overflowing_logit_is_certainty() -> None:
    (face,) = decode(*answers((7, 3e38, (0, 0, 9, 9)), (100, -3e38, (0, 0, 9, 9))), PICTURE)
    assert face.score == 1


def test_a_box_without_size_is_kept_apart_and_breaks_nothing() -> None:
    assert len(decode(*answers((0, 2, (0, 0, 0, 0)), (600, 1, (0, 0, 0, 0))), PICTURE)) == 2


@settings(deadline=None)
@given(x=st.floats(-500, 500), size=st.floats(10, 5_000), turn=st.floats(-math.pi, math.pi))
def test_the_frame_is_reached_through_the_region(x: float, size: float, turn: float) -> None:
    region = Region(centre_x_px=x, centre_y_px=50, size_px=size, rotation_rad=turn)
    (face,) = decode(*answers((512, 1, (88, 56, 64, 64))), region)
    # 32 pixels of the picture to the right of its middle, in the region's own direction.
    away = size * 32 / 128
    assert face.centre_x_px == pytest.approx(x + away * math.cos(turn), abs=1e-3)
    assert face.centre_y_px == pytest.approx(50 + away * math.sin(turn), abs=1e-3)
    assert face.width_px == pytest.approx(size / 2)
