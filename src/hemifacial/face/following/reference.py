"""The pictures against which skin is looked for, and how they follow one another.

A patch is found again while the face looks the same way and in the same light. When it no longer
does, another picture is taken, and what had moved until then is carried on, so that nothing jumps
where one picture takes over from another. What creeps in at each change is slow, and the resting
level follows it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.face.following.skin import (
    SkinPicture,
    SkinSeen,
    first_picture,
    next_picture,
    normal_of,
)
from hemifacial.formats.video import Frame
from hemifacial.landmarks.networks import Mesh

__all__ = ["References"]

_LEAVE_DEG = 6.0
_LEAVE_RESIDUAL_PX = 1.5  # 0.9 mm
_NOT_BEFORE_S = 0.5  # another picture is not taken more often


class References:
    """The reference picture of the moment: `now`."""

    def __init__(self) -> None:
        self.now: SkinPicture | None = None
        self._first: SkinPicture | None = None
        self._since_s = -np.inf

    def note(self, frame: Frame, seen: tuple[Mesh, SkinSeen | None]) -> NDArray[np.float64] | None:
        """How far each patch is from the first picture, (patches, 2); None in the first frame."""
        mesh, skin = seen
        if self._first is None or self.now is None:
            self.now = self._first = first_picture(frame.pixels, mesh)
            self._since_s = frame.time_s
            return None
        if skin is None:
            return None
        moved = skin.moved_px
        turned = _angle_deg(mesh, self.now) > _LEAVE_DEG
        unlike = not skin.residual_px <= _LEAVE_RESIDUAL_PX
        if (turned or unlike) and frame.time_s >= self._since_s + _NOT_BEFORE_S:
            # Where a patch was not found now, it is taken to be where the mesh says.
            carried_px = np.where(np.isfinite(moved), moved, skin.mesh_px)
            self.now = next_picture(frame.pixels, mesh, self._first, carried_px)
            self._since_s = frame.time_s
        return moved


def _angle_deg(mesh: Mesh, picture: SkinPicture) -> float:
    normal = normal_of(mesh.points_px.astype(np.float64))
    return float(np.degrees(np.arccos(np.clip(normal @ picture.normal, -1, 1))))
