"""A real closed eye laid into the open-eyed picture of the same person.

Pictures of one real blink (`hemifacial.twin.blink`) are the keys: from open over what the
camera caught on the way to closed. At a key the eye is that picture, pixel by pixel; at full
closure nothing of it is invented. Between two keys both are drawn to one common place of
the lid margins, and one fades into the other: real skin, composed movement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh
from hemifacial.twin.geometry import FaceGeometry, aperture_mm
from hemifacial.twin.lids import EyeLids, drawn_along, eye_lids, fading, laid_over, margin_at

__all__ = ["EyeKeys", "eye_keys", "with_transplant"]

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]

_LOWER_SKIN_MM = 7.0
_AROUND_MM = 10.0  # Room for what `hemifacial.twin.blink` has changed around the eye.
_CLOSED_FROM = 0.9  # A key is closed from here on: then its lids meet.


@dataclass(frozen=True, kw_only=True)
class EyeKeys:
    """One eye in every key picture, from open to closed.

    Parameters
    ----------
    eye
        The open eye: the patch, its axes, and the skin above.
    closures
        How far each key is closed, ascending from 0 to 1.
    patches
        The eye in each key, shape (rows, columns, 3); the first is that of the base picture.
    upper_px, lower_px
        Lid margins in each key, as in `EyeLids`.
    """

    eye: EyeLids
    closures: tuple[float, ...]
    patches: tuple[Plane, ...]
    upper_px: tuple[Plane, ...]
    lower_px: tuple[Plane, ...]

    @property
    def corner_px(self) -> tuple[int, int]:
        """Column and row of the patch's first pixel in the picture."""
        return self.eye.corner_px


def eye_keys(faces: Sequence[FaceGeometry], pictures: Sequence[Picture], side: Side) -> EyeKeys:
    """The keys of one eye, from faces found in pictures of which the first has open eyes.

    All pictures are of the same shape and show the face at the same place. The last is the
    closed eye; one on the way that is not further closed than the one before is left out.
    """
    eye = eye_lids(faces[0], side, pictures[0].shape, around_mm=_AROUND_MM)
    left, top = eye.corner_px
    rows, columns = eye.down_px.shape
    open_mm, closed_mm = (aperture_mm(face, side) for face in (faces[0], faces[-1]))
    closures, patches, upper, lower = [0.0], [], [eye.upper_px], [eye.lower_px]
    chosen = [0]
    for index, face in enumerate(faces[1:], start=1):
        last = index == len(faces) - 1
        closed = (open_mm - aperture_mm(face, side)) / (open_mm - closed_mm)
        if not last and not closures[-1] + 0.1 < closed < _CLOSED_FROM:
            continue
        margins = _margins(face, faces[0], side, eye)
        if last:  # The mesh leaves a slit; the lids of the last key meet.
            meeting = np.asarray((margins[0] + margins[1]) / 2, dtype=np.float32)
            margins = meeting, meeting
        chosen.append(index)
        closures.append(1.0 if last else float(closed))
        upper.append(margins[0])
        lower.append(margins[1])
    for index in chosen:
        part = pictures[index][top : top + rows, left : left + columns]
        patches.append(part.astype(np.float32))
    return EyeKeys(
        eye=eye,
        closures=tuple(closures),
        patches=tuple(patches),
        upper_px=tuple(upper),
        lower_px=tuple(lower),
    )


def with_transplant(picture: Picture, keys: EyeKeys, closure: float) -> Picture:
    """The patch of the eye at a closure from 0 (as it is) to 1 (the last key).

    Returns
    -------
    Array of the patch's shape (rows, columns, 3), to be laid at `EyeKeys.corner_px`.
    """
    left, top = keys.corner_px
    rows, columns = keys.eye.down_px.shape
    if closure <= 0:
        return picture[top : top + rows, left : left + columns]
    to = int(np.searchsorted(keys.closures, closure, side="left"))
    to = min(max(to, 1), len(keys.closures) - 1)
    from_, eye = to - 1, keys.eye
    share = (closure - keys.closures[from_]) / (keys.closures[to] - keys.closures[from_])
    upper_px = (1 - share) * keys.upper_px[from_] + share * keys.upper_px[to]
    lower_px = (1 - share) * keys.lower_px[from_] + share * keys.lower_px[to]
    above, below = upper_px - eye.down_px, eye.down_px - lower_px
    lower_fade = fading(below / (_LOWER_SKIN_MM * eye.px_per_mm))
    upper, lower = np.zeros_like(keys.patches[0]), np.zeros_like(keys.patches[0])
    for index, weight in ((from_, 1 - share), (to, share)):
        if weight > 0:
            patch = keys.patches[index]
            sunk, risen = upper_px - keys.upper_px[index], lower_px - keys.lower_px[index]
            # Reaching further up as the lid sinks, or the skin above would fold.
            reach = np.asarray(eye.skin_px + np.maximum(sunk, 0), dtype=np.float32)
            upper += weight * drawn_along(patch, eye, sunk * fading(above / reach))
            lower += weight * drawn_along(patch, eye, risen * lower_fade)
    mixed = laid_over(keys.patches[from_], lower, below, eye)
    mixed = laid_over(mixed, upper, above, eye)
    # Exactly the key at its own closure, whatever the soft edges of the lids make of it.
    near = np.float32(np.clip(8 * share - 7, 0, 1))
    mixed += near * (keys.patches[to] - mixed)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), dtype=np.uint8)


def _margins(
    face: FaceGeometry, resting: FaceGeometry, side: Side, eye: EyeLids
) -> tuple[Plane, Plane]:
    """Upper and lower margin at every pixel's column, along the axes of the resting face."""
    axes = np.stack([resting.leftward, -resting.upward], axis=1)
    upper = face.points_px[list(mesh.UPPER_LID_MARGIN[side])] @ axes
    lower = face.points_px[list(mesh.LOWER_LID_MARGIN[side])] @ axes
    return margin_at(upper, eye.across_px), margin_at(lower, eye.across_px)
