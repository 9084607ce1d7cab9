"""How wide an edge is in the picture of a face, and what a blurred one costs."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.face.following.rows import Rows
from hemifacial.formats.video import Frame
from hemifacial.landmarks.networks import MESH_SIDE, Mesh
from hemifacial.landmarks.region import Region

SIZE_PX = 512  # of the region in the frame: two of its pixels to one of the network


def edge_px(picture: NDArray[np.uint8]) -> float:
    """What a frame with this picture of the face leaves behind."""
    region = Region(centre_x_px=256, centre_y_px=256, size_px=SIZE_PX)
    mesh = Mesh(
        points_px=np.random.default_rng(1).uniform(100, 400, (478, 3)).astype(np.float32),
        presence=1.0,
        region=region,
        picture=picture,
    )
    rows = Rows()
    rows.add(Frame(index=0, time_s=0.0, pixels=picture), mesh, acquired=True)
    return float(rows.light()[0, 2])


def bars(blur_px: float) -> NDArray[np.uint8]:
    """Dark and light bars whose edges are blurred by a bell, in pixels of the network."""
    row = np.where(np.arange(MESH_SIDE) // 32 % 2, 200.0, 60.0)
    picture: Any = np.repeat(row[np.newaxis], MESH_SIDE, axis=0)
    if blur_px:
        picture = cv2.GaussianBlur(picture, (0, 0), blur_px)
    return np.repeat(np.rint(picture)[..., np.newaxis], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("blur_px", [1.0, 1.5, 2.5])
def test_width_of_an_edge_is_known_in_pixels_of_the_frame(blur_px: float) -> None:
    expected_px = 2.563 * blur_px * SIZE_PX / MESH_SIDE
    assert edge_px(bars(blur_px)) == pytest.approx(expected_px, rel=0.12)


def test_a_picture_of_one_grey_has_no_edge() -> None:
    assert np.isnan(edge_px(np.full((MESH_SIDE, MESH_SIDE, 3), 90, dtype=np.uint8)))
