"""Letters and the names of the sides on a picture; colours as in the report, for a dark ground."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh

__all__ = [
    "BOTH_COLOUR",
    "COLOURS",
    "INK",
    "PAPER",
    "Colour",
    "Picture",
    "text_size",
    "write",
    "write_sides",
]

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

PAPER: Colour = (20, 20, 20)
INK: Colour = (235, 235, 235)
COLOURS: Mapping[Side, Colour] = MappingProxyType(
    {Side.RIGHT: (240, 115, 40), Side.LEFT: (86, 180, 233)}
)
"""Vermillion and blue (Okabe and Ito), lightened to keep 3:1 on black."""
BOTH_COLOUR: Colour = (204, 151, 187)

_PADDING = 0.35  # of the height of a letter
_LETTER_PX = 22  # height of a capital letter of this font at size 1


def text_size(text: str, height_px: float) -> tuple[int, int]:
    """Width and height of a text in its box, in pixels."""
    import cv2

    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, *_font(height_px))
    padding = 2 * round(_PADDING * height_px)
    return wide + padding, high + padding


def write(
    picture: Picture,
    text: str,
    place: tuple[float, float],
    *,
    height_px: float,
    colour: Colour = INK,
    box: Colour | None = PAPER,
    align: float = 0.0,
) -> None:
    """Write a line of letters, on a box of its own unless `box` is None.

    Parameters
    ----------
    place
        Top left corner of the box, or another point of its upper edge: `align` 0.5 for the
        middle, 1 for the right corner. A text that would leave the picture is moved into it.
    height_px
        Of a capital letter.
    """
    import cv2

    wide, high = text_size(text, height_px)
    padding = round(_PADDING * height_px)
    left = int(np.clip(place[0] - align * wide, 0, max(0, picture.shape[1] - wide)))
    top = int(np.clip(place[1], 0, max(0, picture.shape[0] - high)))
    if box is not None:
        cv2.rectangle(picture, (left, top), (left + wide, top + high), box, cv2.FILLED)
    size, thick = _font(height_px)
    below = (left + padding, top + high - padding)
    cv2.putText(picture, text, below, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)


def write_sides(picture: Picture, points_px: NDArray[np.floating] | None, height_px: float) -> None:
    """Write the patient's sides into the lower corners, where the face itself says they are.

    Without a face, as in a picture that is not mirrored: the patient's right on the left.
    """
    right_is_first = points_px is None or bool(
        points_px[mesh.OUTER_CANTHUS[Side.RIGHT], 0] <= points_px[mesh.OUTER_CANTHUS[Side.LEFT], 0]
    )
    height, width = picture.shape[:2]
    names = {Side.RIGHT: "patient's RIGHT", Side.LEFT: "LEFT"}
    order = (Side.RIGHT, Side.LEFT) if right_is_first else (Side.LEFT, Side.RIGHT)
    for side, x, align in zip(order, (0, width), (0.0, 1.0), strict=True):
        high = text_size(names[side], height_px)[1]
        write(
            picture,
            names[side],
            (x, height - high - 1),
            height_px=height_px,
            colour=COLOURS[side],
            align=align,
        )


def _font(height_px: float) -> tuple[float, int]:
    return height_px / _LETTER_PX, max(1, round(height_px / 12))
