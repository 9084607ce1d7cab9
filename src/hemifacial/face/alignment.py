"""Landmarks of every frame laid over the median face by the points that hold still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LaidOver", "laid_over", "median_face"]

Floats = NDArray[np.float64]

_ROUNDS = 3  # the median face no longer changes by more than its own noise after the third
_MOST_FACES = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class LaidOver:
    """Some frames in the coordinates of the median face; NaN where no face was seen.

    Attributes
    ----------
    points
        (n, k, 3), in pixels of the frame of median size, around the middle of the rigid points.
    turn
        (n, 3, 3), the rotation of each frame, to be multiplied from the right.
    scale
        (n,), size of the median face over that of the frame.
    middle
        (n, 3), middle of the rigid points, in pixels of the frame.
    misfit
        (n,), root mean square distance of the rigid points from the median face, unit of `points`.
    nod_deg
        (n,), tilt of the head against its median, around the axis through both ears.
    """

    points: Floats
    turn: Floats
    scale: Floats
    middle: Floats
    misfit: Floats
    nod_deg: Floats

    def lay(self, others: Floats) -> Floats:
        """Other points of the same frames, (n, m, 3), laid over the median face as these were."""
        around = others - self.middle[:, np.newaxis]
        laid: Floats = np.einsum("nki,nij->nkj", around, self.turn) * self.scale[:, None, None]
        return laid


def median_face(rigid: Floats) -> Floats:
    """The median shape of the rigid points, (k, 3), around their middle.

    Parameters
    ----------
    rigid
        (n, k, 3), x right, y down, z away, frames with a face only; of more than two thousand an
        even choice is used.
    """
    shapes = rigid[:: -(-len(rigid) // _MOST_FACES)]
    reference: Floats = shapes[0] - shapes[0].mean(axis=0)
    for _ in range(_ROUNDS):
        turn, scale = _transform(shapes, reference)
        reference = np.median(_applied(shapes, turn, scale), axis=0) / np.median(scale)
    return reference


def laid_over(
    points: NDArray[np.floating], rigid: list[int], reference: Floats, *, block: int = 1024
) -> Iterator[tuple[slice, LaidOver]]:
    """One rotation, translation and scale a frame, the least-squares ones of its rigid points.

    Frames are taken in blocks, so that memory holds no second copy of a long recording.

    Parameters
    ----------
    points
        (n, k, 3), x right, y down, z away; NaN where no face was seen.
    rigid
        Columns of the points that hold still.
    reference
        As `median_face` returns it.

    Notes
    -----
    Umeyama 1991, doi:10.1109/34.88573.
    """
    for start in range(0, len(points), block):
        where = slice(start, min(start + block, len(points)))
        yield where, _laid(np.asarray(points[where], dtype=np.float64), rigid, reference)


def _laid(points: Floats, rigid: list[int], reference: Floats) -> LaidOver:
    n = len(points)
    turn, scale = np.full((n, 3, 3), np.nan), np.full(n, np.nan)
    seen = np.isfinite(points[:, rigid[0], 0])
    if seen.any():
        turn[seen], scale[seen] = _transform(points[seen][:, rigid], reference)
    middle = points[:, rigid].mean(axis=1)
    around = points - middle[:, np.newaxis]
    laid = np.einsum("nki,nij->nkj", around, turn) * scale[:, None, None]
    off = np.linalg.norm(laid[:, rigid] - reference, axis=2)
    return LaidOver(
        points=laid,
        turn=turn,
        scale=scale,
        middle=middle,
        misfit=np.sqrt(np.mean(off**2, axis=1)),
        nod_deg=np.degrees(np.arcsin(np.clip(turn[:, 2, 1], -1, 1))),
    )


def _transform(shapes: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """Rotations (n, 3, 3), to be multiplied from the right, and scales (n,)."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    u, strength, v = np.linalg.svd(np.einsum("nki,kj->nij", centred, reference))
    keep = np.ones((len(shapes), 3))
    keep[:, 2] = np.sign(np.linalg.det(u @ v))  # a face is never turned inside out
    turn = np.einsum("nij,nj,njk->nik", u, keep, v)
    return turn, (strength * keep).sum(axis=1) / (centred**2).sum(axis=(1, 2))


def _applied(shapes: Floats, turn: Floats, scale: Floats) -> Floats:
    around = shapes - shapes.mean(axis=1, keepdims=True)
    applied: Floats = np.einsum("nki,nij->nkj", around, turn) * scale[:, np.newaxis, np.newaxis]
    return applied
