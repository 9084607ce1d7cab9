"""A closing eye made from an open one: the skin of the upper lid drawn down over the eyeball.

Squeezing the picture of an open eye never closes it: the iris only becomes flat. A real
lid covers. So each column of the eye is composed of three layers: the eyeball, which stays
where it is; the lower lid, which rises a little; and the upper lid, whose skin is stretched
between the brow and the sinking margin, lashes at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh
from hemifacial.twin.geometry import FaceGeometry

__all__ = [
    "EyeLids",
    "drawn_along",
    "eye_lids",
    "fading",
    "laid_over",
    "margin_at",
    "with_lids",
]

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]

LOWER_LID_SHARE = 0.1
"""Share of the closure that is the lower lid's; the upper lid does the rest."""

# Fitted by eye on two faces, and to how closed the landmark network reads them: see
# docs/twin_face.md. In mm where not a share of the brightness.
_LASHES_MM = 2.5  # The margin of the mesh runs under the lashes: the skin starts above them.
_EDGE_MM = 0.5  # Softness of a lid's edge.
_SHADOW_MM, _SHADOW = 0.8, 0.3  # Of the lid on the eyeball.
_LASH_LINE_MM, _LASH_LINE = (2.0, 1.1), 0.65  # Reach above and below the margin.
_BULGE_MM, _BULGE = (4.0, 2.5), 0.18  # The lid lies on the globe and catches the light.
_LOWER_SKIN_MM = 7.0  # How far below the eye the rise of the lower lid has died out.
_UPPER_SKIN_MM = (7.5, 11.0)  # Least and greatest height of the skin that is drawn down.
_BEYOND_MM = 3.0  # Width of the patch beyond the corners of the eye.


@dataclass(frozen=True, kw_only=True)
class EyeLids:
    """Everything about one eye that does not change while it closes.

    Parameters
    ----------
    corner_px
        Column and row of the patch's first pixel in the picture.
    down_px, across_px
        For each pixel of the patch its coordinates towards the chin and the left, in pixels.
    upper_px, lower_px
        On the same axis, where the lid margins lie in that pixel's column.
    skin_px
        Height of the skin above the upper margin that is drawn down.
    """

    corner_px: tuple[int, int]
    down: tuple[float, float]
    px_per_mm: float
    down_px: Plane
    across_px: Plane
    upper_px: Plane
    lower_px: Plane
    skin_px: float


def eye_lids(
    face: FaceGeometry, side: Side, picture_shape: tuple[int, ...], *, around_mm: float = 0.0
) -> EyeLids:
    """The lids of one eye, prepared for a picture of this shape (rows, columns, ...).

    `around_mm` widens the patch beyond what closing lids change.
    """
    px_per_mm = 1 / face.mm_per_px
    axes = np.stack([face.leftward, -face.upward], axis=1)
    upper = face.points_px[list(mesh.UPPER_LID_MARGIN[side])] @ axes
    lower = face.points_px[list(mesh.LOWER_LID_MARGIN[side])] @ axes
    brow = (face.points_px[list(mesh.BROW_LOWER_EDGE[side])] @ axes)[:, 1].mean()
    skin_px = float(
        np.clip(0.75 * (upper[:, 1].min() - brow), *np.array(_UPPER_SKIN_MM) * px_per_mm)
    )
    margins = np.concatenate([upper, lower])
    beyond_px = (_BEYOND_MM + around_mm) * px_per_mm
    below_px = max(_LOWER_SKIN_MM * px_per_mm, beyond_px)
    low, high = _patch(margins, axes, (beyond_px, skin_px + beyond_px, below_px), picture_shape)
    rows, columns = np.mgrid[low[1] : high[1] + 1, low[0] : high[0] + 1]
    place = np.stack([columns, rows], axis=-1) @ axes
    return EyeLids(
        corner_px=(int(low[0]), int(low[1])),
        down=(float(-face.upward[0]), float(-face.upward[1])),
        px_per_mm=px_per_mm,
        down_px=place[..., 1].astype(np.float32),
        across_px=place[..., 0].astype(np.float32),
        upper_px=margin_at(upper, place[..., 0]),
        lower_px=margin_at(lower, place[..., 0]),
        skin_px=skin_px,
    )


def with_lids(picture: Picture, eye: EyeLids, closure: float) -> Picture:
    """The patch of the eye at a closure from 0 (as it is) to 1 (the lids meet).

    Returns
    -------
    Array of the patch's shape (rows, columns, 3), to be laid at `EyeLids.corner_px`.
    """
    left, top = eye.corner_px
    rows, columns = eye.down_px.shape
    patch: Picture = picture[top : top + rows, left : left + columns]
    if closure <= 0:
        return patch
    fissure = np.maximum(eye.lower_px - eye.upper_px, 0)
    rise = LOWER_LID_SHARE * closure * fissure
    sink = (1 - LOWER_LID_SHARE) * closure * fissure
    below = eye.down_px - (eye.lower_px - rise)
    above = (eye.upper_px + sink) - eye.down_px

    eyeball = patch * _shadow(eye, above, closure)[..., None]
    lower = drawn_along(patch, eye, -rise * fading(below / (_LOWER_SKIN_MM * eye.px_per_mm)))
    mixed = laid_over(eyeball, lower, below, eye)
    upper = (
        drawn_along(patch, eye, _drawn_down(eye, above, sink)) * _bulge(eye, above, sink)[..., None]
    )
    mixed = laid_over(mixed, upper, above, eye) * _lash_line(eye, above, sink)[..., None]
    # Only a column that has an opening changes, and never by more than it closes.
    touched = np.clip(closure * fissure / (0.1 * eye.px_per_mm), 0, 1)[..., None]
    changed = np.clip(np.rint(patch + touched * (mixed - patch)), 0, 255)
    return np.asarray(changed, dtype=np.uint8)


def _patch(
    margins: NDArray[np.float64],
    axes: NDArray[np.float64],
    around_px: tuple[float, float, float],
    picture_shape: tuple[int, ...],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last column and row of the pixels that a closing lid can change.

    `around_px` is how far they reach beside, above and below the margins.
    """
    beside_px, above_px, below_px = around_px
    least = margins.min(axis=0) - np.array([beside_px, above_px])
    most = margins.max(axis=0) + np.array([beside_px, below_px])
    # The corners of a rectangle along the face, which is not one along the picture.
    corners = np.array([[x, y] for x in (least[0], most[0]) for y in (least[1], most[1])]) @ axes.T
    last = np.array([picture_shape[1], picture_shape[0]]) - 1
    low = np.clip(np.floor(corners.min(axis=0)), 0, last).astype(np.intp)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, last).astype(np.intp)
    return low, high


def margin_at(points: NDArray[np.float64], across: NDArray[np.floating]) -> Plane:
    """Height of a lid margin at every pixel's column; level beyond the corners."""
    order = np.argsort(points[:, 0])
    places = np.maximum.accumulate(points[order, 0] + 1e-6 * np.arange(len(order)))
    curve = PchipInterpolator(places, points[order, 1])
    return np.asarray(curve(np.clip(across, places[0], places[-1])), dtype=np.float32)


def _drawn_down(eye: EyeLids, above: Plane, sink: Plane) -> Plane:
    """How far the skin seen at each height above the margin has come down."""
    share = np.clip(above / (eye.skin_px + sink), 0, 1)
    # Half straight, half smooth: even stretch at the margin, no crease where it ends.
    drawn = sink * (1 - 0.5 * share - 0.5 * share * share * (3 - 2 * share))
    under_lashes = np.minimum(0.6 * sink, _LASHES_MM * eye.px_per_mm) * (1 - share) ** 2
    return np.asarray(drawn + under_lashes, dtype=np.float32)


def drawn_along(patch: Picture | Plane, eye: EyeLids, by_px: Plane) -> Plane:
    """The patch with every pixel taken from `by_px` further up (towards the brow)."""
    rows, columns = np.mgrid[: by_px.shape[0], : by_px.shape[1]].astype(np.float32)
    source_x, source_y = columns - by_px * eye.down[0], rows - by_px * eye.down[1]
    moved = cv2.remap(
        patch,
        source_x.astype(np.float32),
        source_y.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, dtype=np.float32)


def laid_over(under: Plane, over: Plane, depth: Plane, eye: EyeLids) -> Plane:
    """One layer over another where `depth`, in pixels inside the upper one, is positive."""
    softness = max(1.0, _EDGE_MM * eye.px_per_mm)
    cover = np.clip(depth / softness + 0.5, 0, 1)[..., None]
    return np.asarray(under + cover * (over - under), dtype=np.float32)


def _shadow(eye: EyeLids, above: Plane, closure: float) -> Plane:
    """The lid's shadow on the eyeball just below its margin."""
    depth = np.maximum(-above, 0) / (_SHADOW_MM * eye.px_per_mm)
    return np.asarray(1 - _SHADOW * min(1.0, 4 * closure) * np.exp(-depth), dtype=np.float32)


def _lash_line(eye: EyeLids, above: Plane, sink: Plane) -> Plane:
    """The dark line of lashes along the margin; it comes as the lid goes down."""
    reach_mm = np.where(above > 0, *_LASH_LINE_MM)
    line = np.exp(-((above / (reach_mm * eye.px_per_mm)) ** 2))
    return np.asarray(1 - _LASH_LINE * _come_down(eye, sink) * line, dtype=np.float32)


def _bulge(eye: EyeLids, above: Plane, sink: Plane) -> Plane:
    """The light on the lid where it lies over the globe."""
    middle_mm, spread_mm = _BULGE_MM
    lit = np.exp(-(((above / eye.px_per_mm - middle_mm) / spread_mm) ** 2))
    return np.asarray(1 + _BULGE * _come_down(eye, sink) * lit, dtype=np.float32)


def _come_down(eye: EyeLids, sink: Plane) -> Plane:
    """From 0 to 1 over the first 4 mm of the lid's way, so that lines taper at the corners."""
    return np.asarray(np.clip(sink / (4 * eye.px_per_mm), 0, 1), dtype=np.float32)


def fading(share: Plane) -> Plane:
    """From 1 at 0 to 0 at 1, with flat ends."""
    inside = np.clip(share, 0, 1)
    return np.asarray(1 - inside * inside * (3 - 2 * inside), dtype=np.float32)
