"""A person's movements on a face that is nobody's.

What identifies a person in landmarks is first of all the resting shape. Here each point's
displacement from where it rests, in mm and in the coordinates of the head, is added to the resting
place of the same point in a symmetric face that was drawn, not photographed
(``neutral_face.tsv``, made by ``scripts/draw_neutral_face.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.alignment import laid_over, median_face
from hemifacial.landmarks import mesh

__all__ = ["RestingFace", "neutral_face_mm", "on_neutral_face", "resting_face"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class RestingFace:
    """Where the points of one person rest, (478, 3), in the unit of the landmarks; and the scale.

    `rigid` are those by which a frame is laid over it, (22, 3).
    """

    points: Floats
    rigid: Floats
    mm_per_unit: float


@cache
def neutral_face_mm() -> Floats:
    """The (478, 3) points of the drawn face in mm, around its rigid points; x right, y down."""
    text = files("hemifacial.face.exports").joinpath("neutral_face.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t")[1:] for line in text.splitlines()[1:]]
    points = np.array(rows, dtype=np.float64)
    points.setflags(write=False)
    return points


def resting_face(points: NDArray[np.floating], iris_diameter_mm: float) -> RestingFace:
    """The median shape of a person, from frames spread over the recording.

    Parameters
    ----------
    points
        (m, 478, 3), finite, m at least 1. The trap: a face that is contracted in most of them
        rests contracted.
    iris_diameter_mm
        By which millimetres are known.
    """
    rigid = median_face(points[:, mesh.RIGID].astype(np.float64))
    laid = [part.points for _, part in laid_over(points, mesh.RIGID.tolist(), rigid)]
    shape = np.median(np.concatenate(laid), axis=0)
    irises = [
        np.hypot(*(shape[one] - shape[other])[:2])
        for one, other in (mesh.IRIS_WIDTH[side] for side in (Side.RIGHT, Side.LEFT))
    ]
    scale = iris_diameter_mm / float(np.median(irises))
    return RestingFace(points=shape, rigid=rigid, mm_per_unit=scale)


def on_neutral_face(points: NDArray[np.floating], rest: RestingFace) -> Floats:
    """Frames (m, 478, 3) as movements of the neutral face in mm, its head held still.

    Pose is taken out with one rotation, shift and scale by the rigid points; NaN stays NaN.
    """
    moved = np.full(points.shape, np.nan)
    for where, part in laid_over(points, mesh.RIGID.tolist(), rest.rigid):
        moved[where] = part.points - rest.points
    return np.asarray(neutral_face_mm() + moved * rest.mm_per_unit)
