"""The real face that is moved: found in a still or in every frame of a clip, scaled, framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.landmarks import mesh as points
from hemifacial.landmarks.detector import region_of_detection
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.search import search_whole
from hemifacial.twin.camera import Camera
from hemifacial.twin.geometry import FaceGeometry, aperture_mm, geometry_of

__all__ = ["Framing", "Ruler", "framing_of", "refuse_second_face", "ruler_of"]

Picture = NDArray[np.uint8]

_CROP_PER_FACE = 2.1  # Side of the square around head and shoulders, in heights of the face.
_HEAD_HEIGHT_PX = 720
_SWAY_MARGIN = 0.06  # Kept around the crop, so that a swaying head shows more background.
_LEAST_APERTURE_MM = 3.0
_LEAST_PRESENCE = 0.5
_SECOND_FACE = 0.5  # A face of less than half the width of the first is a poster or a passer-by.


@dataclass(frozen=True, kw_only=True)
class Framing:
    """What of a source picture is used, and how large it becomes.

    `window_px` is (left, top, width, height) of what is filmed and `kept_px` of what is
    kept around it, both in source pixels.
    """

    window_px: tuple[int, int, int, int]
    kept_px: tuple[int, int, int, int]
    scale: float

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the video; even, as H.264 wants them."""
        width, height = (round(side * self.scale / 2) * 2 for side in self.window_px[2:])
        return width, height

    @property
    def place_px(self) -> tuple[int, int]:
        """Left and top of the window within the scaled picture."""
        left, top = (
            round((inner - outer) * self.scale)
            for inner, outer in zip(self.window_px[:2], self.kept_px[:2], strict=True)
        )
        return left, top

    def scaled(self, rgb: Picture) -> Picture:
        """The part that is kept, in the pixels of the video."""
        left, top, width, height = self.kept_px
        part = rgb[top : top + height, left : left + width]
        if self.scale == 1 and self.size_px == self.window_px[2:]:
            return part
        size = tuple(max(round(side * self.scale), 2) for side in (width, height))
        if (self.kept_px == self.window_px) or size < self.size_px:
            size = self.size_px
        how = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LANCZOS4
        return np.asarray(cv2.resize(part, size, interpolation=how), dtype=np.uint8)


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """The size of one person, for every frame alike.

    An iris is a ruler only while the eye is open, and a trembling one: its width is taken
    over many frames, and carried by the distance between the outer canthi from then on.
    """

    canthi_mm: float
    aperture_mm: dict[Side, float]

    def geometry(self, points_px: NDArray[np.floating]) -> FaceGeometry:
        """The face of one frame, measured with this ruler."""
        return geometry_of(points_px, mm_per_px=self.canthi_mm / _canthi_px(points_px))


def refuse_second_face(rgb: Picture, networks: FaceNetworks, name: str) -> None:
    """Check that there is one face to plant into.

    Raises
    ------
    InputError
        If there is another of at least half the width of the first.
    """
    seen = [
        face
        for face in search_whole(networks, rgb)
        if networks.mesh(rgb, region_of_detection(face)).presence >= _LEAST_PRESENCE
    ]
    widest = max((face.width_px for face in seen), default=0.0)
    count = sum(face.width_px > _SECOND_FACE * widest for face in seen)
    if count > 1:
        raise InputError(
            f"{name}: {count} faces are seen; spasms are planted in one",
            next_step="Crop it to the face that is meant.",
        )


def ruler_of(meshes: Sequence[NDArray[np.floating]], name: str) -> Ruler:
    """The ruler from one or more meshes of one person.

    Raises
    ------
    InputError
        If the eyes are closed.
    """
    faces = [geometry_of(mesh) for mesh in meshes]
    canthi = [face.mm_per_px * _canthi_px(mesh) for face, mesh in zip(faces, meshes, strict=True)]
    # The median frame: a blink in the first seconds does not make the eye a small one.
    apertures = {
        side: float(np.median([aperture_mm(face, side) for face in faces]))
        for side in (Side.RIGHT, Side.LEFT)
    }
    for side, open_mm in apertures.items():
        if open_mm < _LEAST_APERTURE_MM:
            raise InputError(
                f"{name}: the {side.value} eye is open {open_mm:.1f} mm, closing it needs at least "
                f"{_LEAST_APERTURE_MM:g} mm",
                next_step="Use a picture with open eyes.",
            )
    return Ruler(canthi_mm=float(np.median(canthi)), aperture_mm=apertures)


def framing_of(
    shape: tuple[int, ...], camera: Camera, mesh_px: NDArray[np.floating] | None = None
) -> Framing:
    """What is filmed of a picture of this shape; a square around the head if the camera says so."""
    height, width = shape[:2]
    window = kept = (0, 0, width, height)
    target = camera.height_px or height
    if camera.crop_to_head and mesh_px is not None:
        oval = mesh_px[list(points.FACE_OVAL), :2]
        low, high = oval.min(axis=0), oval.max(axis=0)
        side = int(min(_CROP_PER_FACE * (high[1] - low[1]), width, height))
        middle = (low + high) / 2
        left = int(np.clip(middle[0] - side / 2, 0, width - side))
        top = int(np.clip(middle[1] - side / 2, 0, height - side))
        window = (left, top, side, side)
        spare = round(_SWAY_MARGIN * side)
        far_left, far_top = max(left - spare, 0), max(top - spare, 0)
        kept = (
            far_left,
            far_top,
            min(left + side + spare, width) - far_left,
            min(top + side + spare, height) - far_top,
        )
        target = camera.height_px or _HEAD_HEIGHT_PX
    return Framing(window_px=window, kept_px=kept, scale=target / window[3])


def _canthi_px(points_px: NDArray[np.floating]) -> float:
    # In three dimensions: turning the head must not make the millimetre longer.
    outer = [points_px[points.OUTER_CANTHUS[side]] for side in (Side.RIGHT, Side.LEFT)]
    return float(np.linalg.norm(outer[1] - outer[0]))
