"""Where a face is in a picture, without the face mesh: the six points of the face detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError, UsageError
from hemifacial.landmarks.detector import KEYPOINTS
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.search import search_whole

__all__ = ["Anchors", "anchors_in"]

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

_SIDES = (Side.RIGHT, Side.LEFT)


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """Three points of a face and the length of a millimetre: all that the free warp knows of it.

    Parameters
    ----------
    eye_px
        Middle of each eye, (x, y) in the picture; sides the patient's own.
    mouth_px
        Middle of the mouth.
    mm_per_px
        Length of a pixel on the face.
    """

    eye_px: Mapping[Side, tuple[float, float]]
    mouth_px: tuple[float, float]
    mm_per_px: float

    def __post_init__(self) -> None:
        apart_px = float(np.linalg.norm(self._eye(Side.LEFT) - self._eye(Side.RIGHT)))
        if not (apart_px * self.mm_per_px > 20 and self.height_px * self.mm_per_px > 20):
            raise UsageError(
                f"anchors: the eyes lie {apart_px * self.mm_per_px:.0f} mm apart and "
                f"{self.height_px * self.mm_per_px:.0f} mm above the mouth; both must be over 20",
                next_step="Mark the middle of both eyes and of the mouth, in pixels of the base.",
            )

    @property
    def leftward(self) -> Array:
        """Unit vector from the right eye to the left."""
        line = self._eye(Side.LEFT) - self._eye(Side.RIGHT)
        return np.asarray(line / np.linalg.norm(line))

    @property
    def upward(self) -> Array:
        """Unit vector at right angles to the line of the eyes, away from the mouth."""
        up = np.array([self.leftward[1], -self.leftward[0]])
        return up if up @ (self.between_eyes_px - self.mouth) >= 0 else -up

    @property
    def between_eyes_px(self) -> Array:
        """The middle between the eyes."""
        return np.asarray((self._eye(Side.LEFT) + self._eye(Side.RIGHT)) / 2)

    @property
    def mouth(self) -> Array:
        """The middle of the mouth as an array."""
        return np.array(self.mouth_px, dtype=float)

    @property
    def height_px(self) -> float:
        """From the mouth up to the line of the eyes."""
        return float(abs(self.upward @ (self.between_eyes_px - self.mouth)))

    @property
    def half_width_px(self) -> float:
        """From the middle between the eyes to one of them."""
        return float(np.linalg.norm(self._eye(Side.LEFT) - self._eye(Side.RIGHT)) / 2)

    def lateral(self, side: Side) -> Array:
        """Unit vector away from the midline on a side."""
        return self.leftward if side is Side.LEFT else -self.leftward

    def place_px(self, origin: str, side: Side, lateral: float, up: float) -> Array:
        """A place beside the own eye or the mouth, in half-widths outwards and heights up."""
        start = self._eye(side) if origin == "eye" else self.mouth
        outward = self.lateral(side) * lateral * self.half_width_px
        return np.asarray(start + outward + self.upward * up * self.height_px)

    def scaled(self, scale: float, shift_px: Array) -> Anchors:
        """The anchors in a picture of which `shift_px` was cut off and which was then scaled."""

        def moved(xy: tuple[float, float]) -> tuple[float, float]:
            x, y = (np.array(xy) - shift_px) * scale + (scale - 1) / 2
            return float(x), float(y)

        return Anchors(
            eye_px={side: moved(self.eye_px[side]) for side in _SIDES},
            mouth_px=moved(self.mouth_px),
            mm_per_px=self.mm_per_px / scale,
        )

    def _eye(self, side: Side) -> Array:
        return np.array(self.eye_px[side], dtype=float)


def anchors_in(networks: FaceNetworks, rgb: Picture, *, mm_per_px: float) -> Anchors:
    """The anchors as the face detector sees them, some 2 mm from where a person would put them.

    Raises
    ------
    InputError
        If the detector sees no face.
    """
    faces = search_whole(networks, rgb)
    if not faces:
        raise InputError(
            "the face detector sees no face to place the free warp by",
            next_step="Pass the anchors by hand, or use a larger picture of the face.",
        )
    largest = max(faces, key=lambda face: face.width_px)
    points = dict(zip(KEYPOINTS, largest.keypoints_px.astype(float), strict=True))
    x, y = points["mouth"]
    return Anchors(
        eye_px={side: _pair(points[f"{side.value}_eye"]) for side in _SIDES},
        mouth_px=(float(x), float(y)),
        mm_per_px=mm_per_px,
    )


def _pair(xy: Array) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])
