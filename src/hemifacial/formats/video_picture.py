"""Pictures as a person sees them: upright, with square pixels, in 8-bit RGB."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.pixels import Orientation, Undeveloped
from hemifacial.landmarks.region import Pixels

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideData
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

__all__ = ["Geometry", "geometry_of", "orientation_of", "to_pixels"]

_RIGHT_ANGLE_TOLERANCE = 0.02
"""How far a cosine may be from -1, 0 or 1: about one degree."""
_MAX_PIXEL_ASPECT = 4
"""Pixels more oblong than 4:1 are a damaged header, not a camera (widest known: 2.25:1)."""


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """How stored pictures of one recording become upright ones of one size.

    `square_size_px` is the stored size with square pixels, before turning; sizes are
    (width, height).
    """

    stored_size_px: tuple[int, int]
    square_size_px: tuple[int, int]
    pixel_aspect: float
    orientation: Orientation

    @property
    def upright_size_px(self) -> tuple[int, int]:
        """Width and height as a person sees them."""
        size = self.square_size_px
        return size[::-1] if self.orientation.turn_deg in (90, 270) else size


def orientation_of(picture: VideoFrame, path: Path) -> Orientation:
    """The orientation that the file asks for, from the display matrix of a decoded picture.

    A matrix maps the stored point (p, q) to (a p + c q, b p + d q), y downwards. One that
    is all zeros says nothing. `InputError` for an angle that is not a right one: nothing
    records one, and turning by it would invent pixels.
    """
    matrix = _display_matrix(picture)
    if matrix is None:
        # PyAV's own reading of the angle, which does not see a mirror.
        return Orientation(turn_deg=round(-picture.rotation / 90) % 4 * 90)
    a, b, c, d = (matrix[index] / 65536 for index in (0, 1, 3, 4))
    mirrored = a * d - b * c < 0
    turn_deg = math.degrees(math.atan2(-b, -a) if mirrored else math.atan2(b, a))
    quarter_turns = round(turn_deg / 90)
    off = math.radians(turn_deg - 90 * quarter_turns)
    if abs(math.sin(off)) > _RIGHT_ANGLE_TOLERANCE:
        raise InputError(
            f"{path} asks to be turned by {turn_deg:.0f} degrees; only quarter turns are read",
            next_step="export the recording again with a turn of 0, 90, 180 or 270 degrees",
        )
    return Orientation(turn_deg=quarter_turns % 4 * 90, mirrored=mirrored)


def _display_matrix(picture: VideoFrame) -> tuple[int, ...] | None:
    """Its nine numbers; the identity where there is none; None where PyAV cannot tell."""
    try:
        stated = picture.side_data.get("DISPLAYMATRIX")
    except ValueError:  # the picture carries a kind of side data that PyAV has no name for
        return None
    if stated is None:
        return (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    return struct.unpack("=9i", bytes(cast("SideData", stated)))


def geometry_of(picture: VideoFrame, pixel_aspect: Fraction | None, path: Path) -> Geometry:
    """How to make the pictures of a recording upright and square, from the first of them.

    Oblong pixels are stretched in the direction in which they are long, so that no detail
    is lost and a millimetre is as many pixels across as down.
    """
    aspect = pixel_aspect if pixel_aspect is not None and pixel_aspect > 0 else Fraction(1)
    if not Fraction(1, _MAX_PIXEL_ASPECT) <= aspect <= _MAX_PIXEL_ASPECT:
        raise InputError(
            f"{path} states pixels {float(aspect):g} times as wide as high; "
            f"up to {_MAX_PIXEL_ASPECT} times can be right",
            next_step="export the recording again with square pixels",
        )
    return Geometry(
        stored_size_px=(picture.width, picture.height),
        square_size_px=(
            round(picture.width * max(aspect, Fraction(1))),
            round(picture.height / min(aspect, Fraction(1))),
        ),
        pixel_aspect=float(aspect),
        orientation=orientation_of(picture, path),
    )


def to_pixels(picture: VideoFrame, geometry: Geometry, converter: VideoReformatter) -> Pixels:
    """The decoded picture in 8-bit RGB, upright, with square pixels.

    Colour matrix and range are taken as the recording states them; more than 8 bits are
    rounded to 8. The transfer curve is not touched, so an HDR recording looks flat, which
    moves no landmark.
    """
    as_stored = (picture.width, picture.height) == geometry.square_size_px
    if as_stored and Undeveloped.can_develop(picture):
        return Undeveloped(picture, geometry.orientation)
    rgb = converter.reformat(
        picture,
        width=geometry.square_size_px[0],
        height=geometry.square_size_px[1],
        format="rgb24",
        threads=1,
    ).to_ndarray()
    return geometry.orientation.apply(cast("NDArray[np.uint8]", rgb))
