"""A head that moves before a background that stands still: a smooth shift that knows depth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.camera import Pose

__all__ = ["Head", "head_shift_px"]

Array = NDArray[np.float64]
Plane = NDArray[np.float32]

# Of an adult head, in mm: half its width, half its height, and how far the nose lies before
# the ears. Rough, since nothing is measured by it.
_HALF_MM = (78.0, 112.0)
_DEPTH_MM = 85.0
_FADING = 0.9  # In half heads: how far around the head the background is drawn along.


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where the head is in the base picture.

    Parameters
    ----------
    centre_px
        Between eyes and mouth, (x, y).
    leftward, upward
        Unit vectors of the face in the picture.
    """

    centre_px: Array
    leftward: Array
    upward: Array
    mm_per_px: float


def head_shift_px(head: Head, pose: Pose, x_px: Plane, y_px: Plane) -> tuple[Plane, Plane]:
    """How far the picture at these places has moved with the head, right and down.

    The head shifts and tilts as one. Turning and nodding are approximated: each point moves
    by its depth on an ellipsoid, so the nose goes further than the temples. Around the
    head the shift fades out, the neck is drawn along and the background is stretched where
    in truth it would be hidden and uncovered.
    """
    mm = np.float32(head.mm_per_px)
    x, y = ((at - np.float32(c)) * mm for at, c in zip((x_px, y_px), head.centre_px, strict=True))
    (left_x, left_y), (up_x, up_y) = (v.astype(np.float32) for v in (head.leftward, head.upward))
    aside = (left_x * x + left_y * y) / np.float32(_HALF_MM[0])
    above = (up_x * x + up_y * y) / np.float32(_HALF_MM[1])
    radius = np.sqrt(aside * aside + above * above)
    within = 1 - _smooth((radius - 1) / np.float32(_FADING))
    # A root is vertical at the rim; a shift must not jump there.
    inside = np.clip(1 - radius, 0, 1)
    depth = np.sqrt(inside * (1 + radius)) * _smooth(np.float32(2.5) * inside)
    turn, growth = np.float32(math.radians(pose.tilt_deg)), np.float32(pose.scale - 1)
    yaw, pitch = (
        np.float32(_DEPTH_MM * math.sin(math.radians(angle_deg)))
        for angle_deg in (pose.yaw_deg, pose.pitch_deg)
    )
    right = (np.float32(pose.right_mm) + growth * x - turn * y) * within + yaw * depth
    down = (np.float32(pose.down_mm) + growth * y + turn * x) * within + pitch * depth
    return right / mm, down / mm


def _smooth(share: Plane) -> Plane:
    inside = np.clip(share, 0, 1)
    return np.asarray(inside * inside * (3 - 2 * inside), dtype=np.float32)
