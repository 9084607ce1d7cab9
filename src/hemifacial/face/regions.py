"""The regions of the face that are measured, and the patches of skin by which they are."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.landmarks import mesh

__all__ = ["EYELIDS", "PATCHES", "REGIONS", "STEADY", "signal_of"]

EYELIDS = "eyelids"
REGIONS = (EYELIDS, "brow", "cheek", "upper_lip", "mouth_corner", "chin", "jaw_line")
"""In the order in which a face is looked at, from above; words of the anatomy."""

_SIDES = (Side.RIGHT, Side.LEFT)
_MIDDLE_RIGHT = {
    "brow": 105,
    "cheek": 207,
    "upper_lip": 92,
    "mouth_corner": 61,
    "chin": 208,
    "jaw_line": 211,
}


def _patches() -> dict[tuple[str, Side], int]:
    return {
        (site, side): index if side is Side.RIGHT else int(mesh.MIRROR[index])
        for site, index in _MIDDLE_RIGHT.items()
        for side in _SIDES
    }


PATCHES = MappingProxyType(_patches())
"""Point of the mesh in the middle of the patch of skin that stands for a region and side."""

_STEADY_RIGHT = (108, 69, 193, 122, 196, 114, 188, 128, 174, 162, 21, 127, 227, 116, 143, 118)


def _steady() -> NDArray[np.intp]:
    midline = [168, 6, 197, 195, 5, 4, 9, 8, 151]
    return np.array([*midline, *_STEADY_RIGHT, *mesh.MIRROR[list(_STEADY_RIGHT)]], dtype=np.intp)


STEADY = _steady()
"""Points on forehead, root and ridge of the nose, temples and cheekbones: skin that lies on bone.

Some of them move in some spasms; the fit that they serve leaves out whichever disagree.
"""


def signal_of(site: str, side: Side) -> str:
    """The name of the signal that says how far a region of a side is from rest."""
    return f"eye_closure_{side}" if site == EYELIDS else f"{site}_excursion_{side}"
