"""Landmarks of every frame laid over the median face by the points that hold still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LaidOver", "laid_over_median"]

Floats = NDArray[np.float64]

_ROUNDS = 3  # the median face no longer changes by more than its own noise after the third


@dataclass(frozen=True, kw_only=True, eq=False)
class LaidOver:
    """Landmarks in the coordinates of the median face; NaN where no face was seen.

    Attributes
    ----------
    points
        (n, k, 3), in pixels of the frame of median size, around the middle of the rigid points.
    scale
        (n,), size of the median face over that of the frame.
    misfit
        (n,), root mean square distance of the rigid points from the median face, same unit.
    nod_deg
        (n,), tilt of the head against its median, around the axis through both ears.
    """

    points: Floats
    scale: Floats
    misfit: Floats
    nod_deg: Floats


def laid_over_median(points: Floats, rigid: Sequence[int]) -> LaidOver:
    """One rotation, translation and scale a frame, the least-squares ones of its rigid points.

    Parameters
    ----------
    points
        (n, k, 3), x right, y down, z away; NaN where no face was seen.
    rigid
        Columns of the points that hold still.

    Notes
    -----
    Umeyama 1991, doi:10.1109/34.88573. The reference is the median of the laid frames
    themselves, begun with the first.
    """
    seen = np.isfinite(points[:, rigid[0], 0])
    shapes = points[seen][:, rigid]
    reference = shapes[0] - shapes[0].mean(axis=0)
    for _ in range(_ROUNDS):
        turn, scale = _transform(shapes, reference)
        reference = np.median(_applied(shapes, shapes, turn, scale), axis=0) / np.median(scale)
    turn, scale = _transform(shapes, reference)
    laid = np.full(points.shape, np.nan)
    laid[seen] = _applied(points[seen], shapes, turn, scale)
    off = np.linalg.norm(laid[seen][:, rigid] - reference, axis=2)
    return LaidOver(
        points=laid,
        scale=_spread_out(scale, seen),
        misfit=_spread_out(np.sqrt(np.mean(off**2, axis=1)), seen),
        nod_deg=_spread_out(np.degrees(np.arcsin(np.clip(turn[:, 2, 1], -1, 1))), seen),
    )


def _transform(shapes: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """Rotations (n, 3, 3), to be multiplied from the right, and scales (n,)."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    u, strength, v = np.linalg.svd(np.einsum("nki,kj->nij", centred, reference))
    keep = np.ones((len(shapes), 3))
    keep[:, 2] = np.sign(np.linalg.det(u @ v))  # a face is never turned inside out
    turn = np.einsum("nij,nj,njk->nik", u, keep, v)
    return turn, (strength * keep).sum(axis=1) / (centred**2).sum(axis=(1, 2))


def _applied(points: Floats, shapes: Floats, turn: Floats, scale: Floats) -> Floats:
    around = points - shapes.mean(axis=1, keepdims=True)
    laid: Floats = np.einsum("nki,nij->nkj", around, turn) * scale[:, np.newaxis, np.newaxis]
    return laid


def _spread_out(values: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Values of the seen frames at their place among all frames, NaN elsewhere."""
    whole = np.full(seen.size, np.nan)
    whole[seen] = values
    return whole
