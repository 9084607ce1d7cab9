"""Each side of the face by itself: one half and its mirror image, shown to the network as a face.

The network has learnt that eyes close together. Of a face that closes one eye it reads the closed
one as half open and the open one as half closed. A face that is made of one half and its own mirror
image leaves it nothing to couple: what it reads of the half is what the half does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from hemifacial.anatomy import Side
from hemifacial.landmarks.networks import MESH_SIDE, FaceNetworks, Mesh
from hemifacial.landmarks.region import to_frame

__all__ = ["each_half", "symmetric_faces"]

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_BETWEEN_EYES = (168, 6, 8, 9)
"""Points of the midline at the height of the eyes, which no expression moves aside."""
_TEMPLES = np.array([(127, 356), (234, 454), (93, 323)])
"""Right and left, level in an upright head.

Not the corners of the eyes: one of them sinks with lids that close, and the face that is made of
the other half would be made anew. An eye that stayed open then read 2.8 % smaller; so it is 0.7 %.
"""


def each_half(
    networks: FaceNetworks, seen: Mesh, wanted: Mapping[Side, npt.NDArray[np.intp]]
) -> Mapping[Side, npt.NDArray[np.float32]]:
    """Points of each side, read from that side alone.

    Parameters
    ----------
    seen
        The face as the network saw it whole; its picture is cut in two.
    wanted
        Of each side the points that are asked for, shape (k,).

    Returns
    -------
    Of each side (k, 3) in pixels of the frame, as in `Mesh`.
    """
    faces, into = symmetric_faces(seen)
    back = cv2.invertAffineTransform(into)
    points = {}
    for side, indices in wanted.items():
        unit, _ = networks.unit_points(faces[side])
        # The network counts from the corner of a pixel, the warp from its centre.
        x, y = (unit[indices, :2].T * MESH_SIDE - 0.5).astype(np.float64)
        there = back @ np.stack([x, y, np.ones_like(x)])
        whole = np.column_stack([(there.T + 0.5) / MESH_SIDE, unit[indices, 2]])
        points[side] = to_frame(whole, seen.region).astype(np.float32)
    return points


def symmetric_faces(seen: Mesh) -> tuple[Mapping[Side, Picture], Floats]:
    """A face made of the right half and its mirror image, and one of the left half.

    Returns
    -------
    The two pictures, (256, 256, 3), and the (2, 3) map from the picture of the whole face to them.
    """
    into = _upright_about_midline(seen)
    picture = np.asarray(
        cv2.warpAffine(seen.picture, into, (MESH_SIDE, MESH_SIDE), borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )
    # The patient's right is on the viewer's left.
    first, second = picture[:, : MESH_SIDE // 2], picture[:, MESH_SIDE // 2 :]
    return {
        Side.RIGHT: np.ascontiguousarray(np.hstack([first, first[:, ::-1]])),
        Side.LEFT: np.ascontiguousarray(np.hstack([second[:, ::-1], second])),
    }, into


def _upright_about_midline(seen: Mesh) -> Floats:
    """The turn and shift that bring the midline of the face upright to the middle column."""
    region = seen.region
    cos, sin = math.cos(region.rotation_rad), math.sin(region.rotation_rad)
    scale = MESH_SIDE / region.size_px
    centre = np.array([region.centre_x_px, region.centre_y_px])
    turn = np.array([[cos, sin], [-sin, cos]]) * scale

    def inside(indices: npt.ArrayLike) -> Floats:
        points_px = seen.points_px[np.asarray(indices), :2]
        return np.asarray((points_px - centre) @ turn.T, dtype=float)

    way = (inside(_TEMPLES[:, 1]) - inside(_TEMPLES[:, 0])).sum(axis=0)
    across = way / np.hypot(*way)
    level = np.array([[across[0], across[1]], [-across[1], across[0]]])
    middle = (MESH_SIDE - 1) / 2
    # Coordinates around the middle of the picture, so that only the sideways shift remains.
    shift = np.array([middle - (level @ inside(_BETWEEN_EYES).mean(axis=0))[0], middle])
    return np.column_stack([level, shift - level @ np.array([middle, middle])])
