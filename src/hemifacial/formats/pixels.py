"""Decoded pictures that turn into colours only those parts that are asked for.

A face fills a small part of a 1080p picture, and turning all of it into RGB takes longer than
finding out how the skin has moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import local
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

__all__ = ["Orientation", "Undeveloped"]

Box = tuple[int, int, int, int]
"""First row, last row, first column, last column; the last ones are not in it."""

_GRID_PX = 64
"""Parts are cut on this grid: it keeps colours of neighbouring pixels together, and sizes few."""
_PLANAR = frozenset({"yuv420p", "yuvj420p"})

_of_thread = local()


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """What makes a stored picture upright: mirror it left to right if asked, then turn it.

    `turn_deg` is clockwise: 0, 90, 180 or 270.
    """

    turn_deg: int = 0
    mirrored: bool = False

    def apply(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture, upright; the same array where nothing has to be done."""
        if not self.turn_deg and not self.mirrored:
            return rgb
        import cv2

        if self.mirrored:
            rgb = cast("NDArray[np.uint8]", cv2.flip(rgb, 1))
        if self.turn_deg:
            turn = {
                90: cv2.ROTATE_90_CLOCKWISE,
                180: cv2.ROTATE_180,
                270: cv2.ROTATE_90_COUNTERCLOCKWISE,
            }[self.turn_deg]
            rgb = cast("NDArray[np.uint8]", cv2.rotate(rgb, turn))
        return rgb

    def stored(self, part: Box, upright_size_px: tuple[int, int]) -> Box:
        """Where a part of the upright picture lies in the stored one.

        Parameters
        ----------
        upright_size_px
            (width, height).
        """
        width, height = upright_size_px
        top, bottom, left, right = part
        if self.turn_deg == 90:
            top, bottom, left, right = width - right, width - left, top, bottom
        elif self.turn_deg == 180:
            top, bottom, left, right = height - bottom, height - top, width - right, width - left
        elif self.turn_deg == 270:
            top, bottom, left, right = left, right, height - bottom, height - top
        if self.mirrored:
            stored_width = height if self.turn_deg in (90, 270) else width
            left, right = stored_width - right, stored_width - left
        return top, bottom, left, right


class Undeveloped:
    """A decoded picture with square pixels that becomes RGB part by part, upright.

    A part is the same, pixel by pixel, as if the whole had been turned into RGB. The last part is
    kept, since whoever looks at a face looks at it more than once. Two threads must not cut parts
    out of the same picture at a time.

    Parameters
    ----------
    picture
        Of a format that `can_develop` knows.
    orientation
        What makes it upright.
    """

    def __init__(self, picture: VideoFrame, orientation: Orientation) -> None:
        self._picture = picture
        self._orientation = orientation
        self._corner = (0, 0)
        self._kept = np.empty((0, 0, 3), dtype=np.uint8)

    @staticmethod
    def can_develop(picture: VideoFrame) -> bool:
        """Whether the picture is stored as most cameras do, 8 bit and a colour for four pixels."""
        return picture.format.name in _PLANAR and picture.width % 2 == picture.height % 2 == 0

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width, 3)."""
        size = (self._picture.height, self._picture.width)
        return (*(size[::-1] if self._orientation.turn_deg in (90, 270) else size), 3)

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """8 bit."""
        return np.dtype(np.uint8)

    def __getitem__(self, part: tuple[slice, slice], /) -> NDArray[np.uint8]:
        """Rows and columns, RGB; in steps of one."""
        height, width, _ = self.shape
        top, bottom, _ = part[0].indices(height)
        left, right, _ = part[1].indices(width)
        if bottom <= top or right <= left:
            return np.empty((max(0, bottom - top), max(0, right - left), 3), dtype=np.uint8)
        if not self._holds(top, bottom, left, right):
            self._keep(
                top // _GRID_PX * _GRID_PX,
                min(height, -(-bottom // _GRID_PX) * _GRID_PX),
                left // _GRID_PX * _GRID_PX,
                min(width, -(-right // _GRID_PX) * _GRID_PX),
            )
        row, column = self._corner
        return self._kept[top - row : bottom - row, left - column : right - column]

    def _holds(self, top: int, bottom: int, left: int, right: int) -> bool:
        row, column = self._corner
        rows, columns, _ = self._kept.shape
        return row <= top and bottom <= row + rows and column <= left and right <= column + columns

    def _keep(self, top: int, bottom: int, left: int, right: int) -> None:
        height, width, _ = self.shape
        stored = self._orientation.stored((top, bottom, left, right), (width, height))
        self._kept = self._orientation.apply(_rgb(_cut(self._picture, stored)))
        self._corner = (top, left)


def _cut(whole: VideoFrame, part: Box) -> VideoFrame:
    top, bottom, left, right = part
    if part == (0, whole.height, 0, whole.width):
        return whole
    from av.video.frame import VideoFrame

    cut = VideoFrame(right - left, bottom - top, whole.format.name)
    # The colours are stored at half the size.
    for source, target, by in zip(whole.planes, cut.planes, (1, 2, 2), strict=True):
        rows, columns = slice(top // by, bottom // by), slice(left // by, right // by)
        _lines(target)[:, : (right - left) // by] = _lines(source)[rows, columns]
    cut.colorspace, cut.color_range = whole.colorspace, whole.color_range
    return cut


def _lines(plane: object) -> NDArray[np.uint8]:
    """The lines of a plane as the decoder stores them, with what it leaves free at their ends."""
    whole = np.frombuffer(cast("bytes", plane), dtype=np.uint8)
    return whole.reshape(-1, cast("int", getattr(plane, "line_size")))  # noqa: B009


def _rgb(picture: VideoFrame) -> NDArray[np.uint8]:
    rgb = _converter().reformat(picture, format="rgb24", threads=1).to_ndarray()
    return cast("NDArray[np.uint8]", rgb)


def _converter() -> VideoReformatter:
    """One for each thread: it remembers tables for the size it was last used for."""
    if not hasattr(_of_thread, "converter"):
        from av.video.reformatter import VideoReformatter

        _of_thread.converter = VideoReformatter()
    return cast("VideoReformatter", _of_thread.converter)
