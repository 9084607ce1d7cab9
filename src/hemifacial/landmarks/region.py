"""The square of the frame that a network looks at, and the way there and back.

Coordinates of the frame are in pixels, x right, y down, and (0, 0) is the *centre* of the
top left pixel, as in OpenCV. The network counts from the corner of its first pixel instead;
`sample` and `to_frame` carry the half pixel, without which the mesh of a mirrored picture
is displaced by one pixel of the network (3 px for a face that fills 1080p).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hemifacial.landmarks.mesh import LEVEL_PAIRS, RIGID

__all__ = [
    "Pixels",
    "Region",
    "block_means",
    "into_square",
    "is_near",
    "region_of_mesh",
    "sample",
    "to_frame",
    "whole_frame",
]

# The model's own region is 1.5 times the face. `region_of_mesh` states that same square in
# units of the spread of the rigid points: means over the seven clips and the photograph of
# docs/landmarks.md (size 5.3 to 6.0, centre 0.37 to 0.62 below the middle of the points).
_SIZE_PER_SPREAD = 5.67
_DROP_PER_SPREAD = 0.48


class Pixels(Protocol):
    """A picture out of which parts are cut; an array is one.

    What has not been asked for need not have been turned into colours yet.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width, 3)."""

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """8 bit."""

    def __getitem__(self, part: tuple[slice, slice], /) -> npt.NDArray[np.uint8]:
        """Rows and columns, RGB."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A square of the frame.

    `rotation_rad` is the direction of the square's own x axis, clockwise on the screen: 0
    for an upright head, positive when the patient's left eye is lower in the picture.
    """

    centre_x_px: float
    centre_y_px: float
    size_px: float
    rotation_rad: float = 0.0


def whole_frame(width_px: int, height_px: int) -> Region:
    """The smallest square that holds the whole frame."""
    return Region(
        centre_x_px=(width_px - 1) / 2,
        centre_y_px=(height_px - 1) / 2,
        size_px=max(width_px, height_px),
    )


def region_of_mesh(points_px: npt.NDArray[np.floating]) -> Region:
    """Where to look next, from a mesh of all 478 points.

    Only points that a facial movement leaves in place decide, so that a mouth that is
    pulled or opened does not move the region under itself in the next frame. Their spread
    in three dimensions gives the size, which a turn of the head then leaves alone.
    """
    level = points_px[LEVEL_PAIRS[:, 1], :2] - points_px[LEVEL_PAIRS[:, 0], :2]
    across_x, across_y = level.sum(axis=0).tolist()
    rotation_rad = math.atan2(across_y, across_x)
    rigid = points_px[RIGID]
    middle = rigid.mean(axis=0)
    spread = math.sqrt(float(((rigid - middle) ** 2).sum(axis=1).mean()))
    drop = _DROP_PER_SPREAD * spread
    return Region(
        centre_x_px=float(middle[0]) - drop * math.sin(rotation_rad),
        centre_y_px=float(middle[1]) + drop * math.cos(rotation_rad),
        size_px=_SIZE_PER_SPREAD * spread,
        rotation_rad=rotation_rad,
    )


def is_near(one: Region, other: Region, *, tolerance: float = 0.02) -> bool:
    """Whether two regions differ by less than `tolerance`, in place, size and rotation.

    Place and size count in units of the other's size, rotation in radians. Within the default
    the points differ by about 0.2 % of the face; from 0.15 on the mesh is lost.
    """
    away = math.hypot(one.centre_x_px - other.centre_x_px, one.centre_y_px - other.centre_y_px)
    turn = math.remainder(one.rotation_rad - other.rotation_rad, math.tau)
    return (
        away < tolerance * other.size_px
        and abs(one.size_px / other.size_px - 1) < tolerance
        and abs(turn) < tolerance
    )


def sample(rgb: Pixels, region: Region, side: int) -> npt.NDArray[np.uint8]:
    """The region as an upright picture of `side` by `side` pixels, black beyond the frame.

    Where the frame has several pixels for one of the network, whole blocks of pixels are
    averaged before the warp: the mean of a block has less noise than any one of its pixels,
    and the landmarks of a resting face tremble up to a tenth less for it.
    """
    import cv2

    block = max(1, int(region.size_px // side))
    part, to_side = _averaged(rgb, region, into_square(region, side), block)
    if not part.size:
        return np.zeros((side, side, 3), dtype=np.uint8)
    return np.asarray(cv2.warpAffine(part, to_side, (side, side)), dtype=np.uint8)


def block_means(picture: npt.NDArray[np.uint8], block: int) -> npt.NDArray[np.uint8]:
    """The mean of each whole block of pixels; what is left over on the right and below is not used.

    Parameters
    ----------
    picture
        (height, width) or (height, width, 3), at least one block in size.
    """
    import cv2

    rows, columns = picture.shape[0] // block, picture.shape[1] // block
    whole = picture[: rows * block, : columns * block]
    if block == 1:
        return whole
    if block == 2:
        small = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    else:
        # The same means at a third of the time: OpenCV has a quick way for blocks of two alone.
        blurred = cv2.blur(whole, (block, block), anchor=(0, 0))
        small = cv2.resize(blurred, (columns, rows), interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, dtype=np.uint8)


def to_frame(unit: npt.NDArray[np.floating], region: Region) -> npt.NDArray[np.float64]:
    """Points of a region in pixels of the frame.

    Parameters
    ----------
    unit
        (..., 2) or (..., 3), from 0 to 1 along each side of the region; a third
        coordinate is scaled only.
    """
    cos, sin = math.cos(region.rotation_rad), math.sin(region.rotation_rad)
    points = np.array(unit, dtype=np.float64)
    points[..., :2] -= 0.5
    points *= region.size_px
    x, y = points[..., 0].copy(), points[..., 1].copy()
    points[..., 0] = region.centre_x_px + x * cos - y * sin
    points[..., 1] = region.centre_y_px + x * sin + y * cos
    return points


def into_square(region: Region, side: int) -> npt.NDArray[np.float64]:
    """The map from pixels of the frame to those of the region as `sample` shows it, (2, 3)."""
    # From index of a pixel in the frame to index of a pixel in the square; the middle of
    # the square lies between its two middle pixels.
    scale = side / region.size_px
    cos, sin = math.cos(region.rotation_rad) * scale, math.sin(region.rotation_rad) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    shift = (side - 1) / 2 - turn @ (region.centre_x_px, region.centre_y_px)
    return np.column_stack([turn, shift])


def _averaged(
    rgb: Pixels, region: Region, to_side: npt.NDArray[np.float64], block: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """The part of the frame that the region reaches into, by blocks, and its way to the square."""
    height, width = rgb.shape[:2]
    cos, sin = abs(math.cos(region.rotation_rad)), abs(math.sin(region.rotation_rad))
    reach = region.size_px / 2 * (cos + sin) + 2 * block
    # The blocks lie on a grid that is fixed to the frame: if it moved with the region, the
    # averages would flicker with every pixel that the region moves.
    left = max(0, int(region.centre_x_px - reach)) // block * block
    top = max(0, int(region.centre_y_px - reach)) // block * block
    columns = (min(width, int(region.centre_x_px + reach) + 1) - left) // block
    rows = (min(height, int(region.centre_y_px + reach) + 1) - top) // block
    if columns < 1 or rows < 1:
        return np.zeros((0, 0, 3), dtype=np.uint8), to_side
    part = rgb[top : top + rows * block, left : left + columns * block]
    origin = np.array([left, top]) + (block - 1) / 2
    turn = to_side[:, :2]
    return block_means(part, block), np.column_stack([turn * block, to_side[:, 2] + turn @ origin])
