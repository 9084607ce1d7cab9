"""One frame: lids composed, skin warped, head swayed, in one pass over the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.camera import Pose
from hemifacial.twin.lids import EyeLids, with_lids
from hemifacial.twin.movement import State
from hemifacial.twin.warp import Field, SkinFields, inverse

__all__ = ["FaceView", "Frameable", "Scene", "rendered"]

Picture = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Frameable:
    """A picture of which a window is filmed; the rest is there for when the head sways.

    `width_px` and `height_px` are of the window, `left_px` and `top_px` its place at rest.
    `mm_per_px` is needed to sway even where no face is seen.
    """

    picture: Picture
    mm_per_px: float
    left_px: int
    top_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class FaceView:
    """What of a face is needed to move it."""

    fields: SkinFields
    lids: Mapping[Side, EyeLids]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is before the camera at one moment; without a `view` nothing moves by itself."""

    time_s: float
    base: Frameable
    view: FaceView | None
    state: State


def rendered(scene: Scene, pose: Pose) -> Picture:
    """The frame, shape (height_px, width_px, 3)."""
    base, view, state = scene.base, scene.view, scene.state
    picture = base.picture
    back: Field | None = None
    if view is not None and not state.at_rest:
        picture = _with_lids(picture, view, state)
        if any(state.skin_mm.values()):
            back = inverse(view.fields, view.fields.total(state.skin_mm))
    to_picture = _to_picture(base, pose)
    size = (base.width_px, base.height_px)
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    frame = np.asarray(
        cv2.warpAffine(picture, to_picture, size, flags=how, borderMode=cv2.BORDER_REFLECT_101),
        dtype=np.uint8,
    )
    if view is not None and back is not None:
        _warp_face(frame, picture, view.fields, back, to_picture)
    return frame


def _with_lids(picture: Picture, view: FaceView, state: State) -> Picture:
    closing = {side: share for side, share in state.closure.items() if share > 0}
    if not closing:
        return picture
    changed = picture.copy()
    for side, share in closing.items():
        patch = with_lids(picture, view.lids[side], min(share, 1.0))
        left, top = view.lids[side].corner_px
        changed[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    return changed


def _to_picture(base: Frameable, pose: Pose) -> NDArray[np.float64]:
    """The affine map from a pixel of the frame to the place in the picture that it shows."""
    middle = np.array([base.width_px - 1, base.height_px - 1]) / 2
    shift = np.array([pose.right_mm, pose.down_mm]) / base.mm_per_px
    turn = math.radians(pose.tilt_deg)
    cos, sin = math.cos(turn) / pose.scale, math.sin(turn) / pose.scale
    linear = np.array([[cos, sin], [-sin, cos]])
    offset = middle + np.array([base.left_px, base.top_px]) - linear @ (middle + shift)
    return np.column_stack([linear, offset])


def _warp_face(
    frame: Picture,
    picture: Picture,
    fields: SkinFields,
    back: Field,
    to_picture: NDArray[np.float64],
) -> None:
    """Draw the moved face into the frame, over the rectangle that the grid covers."""
    grid = fields.grid
    rows, columns = grid.shape
    corners = np.array([[0, 0], [columns - 1, 0], [0, rows - 1], [columns - 1, rows - 1]])
    in_frame = (corners * grid.step_px + grid.origin_px - to_picture[:, 2]) @ np.linalg.inv(
        to_picture[:, :2]
    ).T
    left, top = np.maximum(np.floor(in_frame.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(in_frame.max(axis=0)) + 1, frame.shape[1::-1]).astype(int)
    if right <= left or bottom <= top:
        return
    size = (int(right - left), int(bottom - top))
    seen = to_picture.copy()
    seen[:, 2] += to_picture[:, :2] @ [left, top]
    to_grid = np.column_stack([seen[:, :2], seen[:, 2] - grid.origin_px]) / grid.step_px
    moved = cv2.warpAffine(back, to_grid, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    across = np.arange(size[0], dtype=np.float32)
    down = np.arange(size[1], dtype=np.float32)[:, None]
    rest = seen.astype(np.float32)
    source = [
        rest[axis, 0] * across + (rest[axis, 1] * down + rest[axis, 2]) - moved[..., axis]
        for axis in (0, 1)
    ]
    frame[top:bottom, left:right] = cv2.remap(
        picture, source[0], source[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
