"""Where each region of the face lies in a picture: points of the mesh whose hull outlines it.

They are for looking at; measurements have points of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh

__all__ = ["OUTLINES"]

_RIGHT = {
    "brow": mesh.BROW_UPPER_EDGE[Side.RIGHT] + mesh.BROW_LOWER_EDGE[Side.RIGHT],
    "eyelids": mesh.EYE[Side.RIGHT],
    "cheek": (116, 117, 118, 101, 36, 206, 207, 187, 147, 123),
    "upper_lip": (0, 37, 39, 40, 92, 165, 167, 164),
    "mouth_corner": (61, 185, 40, 92, 186, 57, 43, 106, 91, 146),
    "chin": (18, 200, 199, 175, 152, 148, 176, 140, 32, 194, 182),
    "jaw_line": (58, 172, 136, 150, 149, 170, 211, 214),
}


def _outlines() -> dict[tuple[str, Side], tuple[int, ...]]:
    outlines: dict[tuple[str, Side], tuple[int, ...]] = {}
    for site, points in _RIGHT.items():
        outlines[site, Side.RIGHT] = points
        outlines[site, Side.LEFT] = tuple(mesh.MIRROR[list(points)].tolist())
    return outlines


OUTLINES: Mapping[tuple[str, Side], tuple[int, ...]] = MappingProxyType(_outlines())
"""Points of the mesh by region, as the anatomy names it, and side."""
