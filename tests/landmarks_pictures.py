"""The networks, a photograph, and what the tests of the landmarks do to it."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from conftest import lacking
from hemifacial.formats.video import Frame
from hemifacial.landmarks.networks import FaceNetworks, Mesh
from hemifacial.landmarks.track import FaceTracker

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.floating]


@cache
def networks() -> FaceNetworks:
    """The networks, loaded once for all tests of a process."""
    return FaceNetworks()


@cache
def astronaut() -> Picture:
    """A public-domain photograph, 512 by 512, with one face of 89 by 105 pixels."""
    try:
        from skimage.data import astronaut as photograph
    except ImportError:
        lacking("scikit-image, which carries the photograph")
    picture = np.asarray(photograph())  # type: ignore[no-untyped-call]
    picture.setflags(write=False)
    return picture


def seen_alone(picture: Picture) -> Mesh | None:
    """The mesh of a picture of which nothing came before."""
    return FaceTracker(networks()).follow(picture)


def face(picture: Picture) -> Points:
    """The points of the one face of a picture of which nothing came before."""
    mesh = seen_alone(picture)
    assert mesh is not None
    return mesh.points_px


def apart_px(one: Points, other: Points) -> npt.NDArray[np.floating]:
    """How far each point of one mesh is from its fellow in the picture."""
    return np.hypot(one[:, 0] - other[:, 0], one[:, 1] - other[:, 1])


def canvas(picture: Picture, width: int, height: int, left: int, top: int) -> Picture:
    """A grey picture into which another is pasted, cut off at the edges."""
    whole = np.full((height, width, 3), 90, dtype=np.uint8)
    part = picture[max(0, -top) : height - top, max(0, -left) : width - left]
    whole[max(0, top) : top + picture.shape[0], max(0, left) : left + picture.shape[1]] = part
    return whole


def similar(
    picture: Picture, *, scale: float = 1.0, turn_deg: float = 0.0
) -> tuple[Picture, Points]:
    """The picture scaled and turned about the face, and the matrix (2, 3) for its points."""
    import cv2

    radians = math.radians(turn_deg)
    cos, sin = math.cos(radians) * scale, math.sin(radians) * scale
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([225.0, 125.0])
    side = round(512 * max(1.0, scale))
    to = np.column_stack([turn, middle * max(1.0, scale) - turn @ middle])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.warpAffine(picture, to, (side, side), flags=method), np.uint8), to


def carried(points: Points, to: Points) -> Points:
    """Points in the picture after `similar`."""
    return np.asarray(points[:, :2] @ to[:, :2].T + to[:, 2])


def shots(*pictures: Picture, rate_hz: float = 30.0) -> list[Frame]:
    """Pictures as the frames of a video."""
    return [
        Frame(index=index, time_s=index / rate_hz, pixels=picture)
        for index, picture in enumerate(pictures)
    ]
