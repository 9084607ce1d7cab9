"""One frame: lids drawn, skin warped, head swayed, in one pass over the picture.

Where a pixel of the frame comes from is computed on nodes about a millimetre apart and
interpolated between them. It is read bilinearly from the picture at twice its size: as
sharp as a cubic reading of the picture itself, and a tenth of its cost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.camera import Pose
from hemifacial.twin.head import Head, head_shift_px
from hemifacial.twin.lids import EyeLids, with_lids
from hemifacial.twin.movement import State
from hemifacial.twin.skin import Field, SkinFields, inverse
from hemifacial.twin.transplant import EyeKeys, with_transplant

__all__ = ["FaceView", "Frameable", "Lids", "Scene", "fine_of", "rendered"]

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]
Lids = EyeLids | EyeKeys

_FINER = 2
_NODE_MM = 1.0
_NODE_PX = (2, 8)


@dataclass(frozen=True, kw_only=True)
class Frameable:
    """A picture of which a window is filmed; the rest is there for when the head sways.

    `width_px` and `height_px` are of the window, `left_px` and `top_px` its place at rest.
    `mm_per_px` is needed to sway even where no face is seen. `fine` is `fine_of` the picture,
    where it is filmed more than once; `head` is what sways alone, if anything does.
    """

    picture: Picture
    mm_per_px: float
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    fine: Picture | None = None
    head: Head | None = None


@dataclass(frozen=True, kw_only=True)
class FaceView:
    """What of a face is needed to move it."""

    fields: SkinFields
    lids: Mapping[Side, Lids]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is before the camera at one moment; without a `view` nothing moves by itself."""

    time_s: float
    base: Frameable
    view: FaceView | None
    state: State


@dataclass(frozen=True, kw_only=True)
class _Window:
    """A rectangle of the frame that is drawn."""

    left: int
    top: int
    width: int
    height: int

    def nodes_px(self, step: int) -> tuple[Plane, Plane]:
        """Places of the frame `step` pixels apart, one beyond each edge: x (1, n), y (m, 1).

        In the middle of every `step` pixels, as `cv2.resize` understands a larger picture.
        """
        rows, columns = (-(-side // step) + 2 for side in (self.height, self.width))
        across = self.left + step * (np.arange(columns) - 1) + (step - 1) / 2
        down = self.top + step * (np.arange(rows) - 1) + (step - 1) / 2
        return across[None, :].astype(np.float32), down[:, None].astype(np.float32)


def fine_of(picture: Picture) -> Picture:
    """The picture at twice its size, its own pixels at the even places, a fourth channel beside.

    OpenCV reads four channels twice as fast as three.
    """
    height, width = picture.shape[:2]
    larger = cv2.warpAffine(
        cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA),
        np.array([[_FINER, 0.0, 0.0], [0.0, _FINER, 0.0]]),
        (_FINER * width, _FINER * height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(larger, dtype=np.uint8)


def rendered(scene: Scene, pose: Pose) -> Picture:
    """The frame, shape (height_px, width_px, 3)."""
    base, view, state = scene.base, scene.view, scene.state
    back: Field | None = None
    if view is not None and any(state.skin_mm.values()):
        back = inverse(view.fields, view.fields.total(state.skin_mm))
    if base.fine is None and pose == Pose():
        return _drawn_into_itself(scene, back)
    fine = fine_of(base.picture) if base.fine is None else base.fine
    for (left, top), patch in _lids(scene):
        fine = fine.copy() if fine is base.fine else fine
        _lay(fine, base.picture, left, top, patch)
    whole = _Window(left=0, top=0, width=base.width_px, height=base.height_px)
    return _drawn(fine, base, pose, view, back, whole)


def _drawn_into_itself(scene: Scene, back: Field | None) -> Picture:
    """A frame of a clip that does not sway: only the face is drawn anew, if it moves."""
    base, view = scene.base, scene.view
    picture = base.picture
    for (left, top), patch in _lids(scene):
        picture = picture.copy() if picture is base.picture else picture
        picture[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    rows = slice(base.top_px, base.top_px + base.height_px)
    frame = picture[rows, base.left_px : base.left_px + base.width_px]
    if view is None or back is None:
        return frame
    window = _face_window(base, view.fields)
    if window is None:
        return frame
    # What is read lies within the grid, as the field is zero at its edges.
    left, top = max(base.left_px + window.left - 4, 0), max(base.top_px + window.top - 4, 0)
    right = base.left_px + window.left + window.width + 4
    bottom = base.top_px + window.top + window.height + 4
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    drawn = _drawn(fine_of(part), base, Pose(), view, back, window, (left, top))
    frame = frame.copy()
    across = slice(window.left, window.left + window.width)
    frame[window.top : window.top + window.height, across] = drawn
    return frame


def _lids(scene: Scene) -> list[tuple[tuple[int, int], Picture]]:
    """The patches of the eyes that are not as in the picture, and where they lie."""
    patches: list[tuple[tuple[int, int], Picture]] = []
    if scene.view is None:
        return patches
    for side, share in scene.state.closure.items():
        if share > 0:
            lids, picture, closed = scene.view.lids[side], scene.base.picture, min(share, 1.0)
            if isinstance(lids, EyeKeys):
                patches.append((lids.corner_px, with_transplant(picture, lids, closed)))
            else:
                patches.append((lids.corner_px, with_lids(picture, lids, closed)))
    return patches


def _lay(fine: Picture, picture: Picture, left: int, top: int, patch: Picture) -> None:
    """A patch of the picture laid into the picture at twice the size, by what it changes."""
    rows, columns = patch.shape[:2]
    changed = patch.astype(np.float32) - picture[top : top + rows, left : left + columns]
    doubling = np.array([[_FINER, 0.0, 0.0], [0.0, _FINER, 0.0]])
    larger = cv2.warpAffine(
        changed, doubling, (_FINER * columns, _FINER * rows), flags=cv2.INTER_LINEAR
    )
    down = slice(_FINER * top, _FINER * (top + rows))
    place = fine[down, _FINER * left : _FINER * (left + columns), :3]
    place[...] = np.clip(np.rint(place + larger), 0, 255)


def _drawn(
    fine: Picture,
    base: Frameable,
    pose: Pose,
    view: FaceView | None,
    back: Field | None,
    window: _Window,
    origin_px: tuple[int, int] = (0, 0),
) -> Picture:
    """A window of the frame, every pixel read from its place in `fine`, cut out at `origin_px`."""
    step = int(np.clip(round(_NODE_MM / base.mm_per_px), *_NODE_PX))
    places = _places(base, pose, window.nodes_px(step))
    if view is not None and back is not None:
        places = _before_moving(places, view.fields, back)
    rows, columns = places[0].shape
    size, down = (columns * step, rows * step), slice(step, step + window.height)
    source_x, source_y = (
        cv2.resize(_FINER * (place - np.float32(origin)), size, interpolation=cv2.INTER_LINEAR)[
            down, step : step + window.width
        ]
        for place, origin in zip(places, origin_px, strict=True)
    )
    frame = cv2.remap(fine, source_x, source_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB), dtype=np.uint8)


def _places(base: Frameable, pose: Pose, frame_px: tuple[Plane, Plane]) -> tuple[Plane, Plane]:
    """Where in the picture is what a place of the frame shows, x and y of shape (m, n)."""
    x, y = frame_px
    if base.head is not None:
        x, y = np.broadcast_arrays(x + np.float32(base.left_px), y + np.float32(base.top_px))
        shift_x, shift_y = head_shift_px(base.head, pose, x, y)
        return x - shift_x, y - shift_y
    middle_x, middle_y = (base.width_px - 1) / 2, (base.height_px - 1) / 2
    x = x - np.float32(middle_x + pose.right_mm / base.mm_per_px)
    y = y - np.float32(middle_y + pose.down_mm / base.mm_per_px)
    turn = math.radians(pose.tilt_deg)
    cos, sin = np.float32(math.cos(turn) / pose.scale), np.float32(math.sin(turn) / pose.scale)
    return (
        cos * x + sin * y + np.float32(middle_x + base.left_px),
        cos * y - sin * x + np.float32(middle_y + base.top_px),
    )


def _before_moving(
    places: tuple[Plane, Plane], fields: SkinFields, back: Field
) -> tuple[Plane, Plane]:
    """Where in the resting face the skin at these places came from; beside the grid, itself."""
    column, row = (
        (place - np.float32(origin)) * np.float32(1 / fields.grid.step_px)
        for place, origin in zip(places, fields.grid.origin_px, strict=True)
    )
    came = cv2.remap(back, column, row, cv2.INTER_LINEAR)
    return places[0] - came[..., 0], places[1] - came[..., 1]


def _face_window(base: Frameable, fields: SkinFields) -> _Window | None:
    """The part of a frame without sway that the grid covers; None if it lies outside."""
    grid = fields.grid
    low = grid.origin_px - (base.left_px, base.top_px)
    high = low + np.array(grid.shape[::-1]) * grid.step_px
    left, top = (max(math.floor(at), 0) for at in low)
    right, bottom = min(math.ceil(high[0]), base.width_px), min(math.ceil(high[1]), base.height_px)
    if right <= left or bottom <= top:
        return None
    return _Window(left=left, top=top, width=right - left, height=bottom - top)
