"""The regions of the face that are measured, and the patches of skin by which they are."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.landmarks import mesh

__all__ = [
    "ADJOINING",
    "EYELIDS",
    "PATCHES",
    "PATCH_POINTS",
    "REGIONS",
    "SHEETS",
    "STEADY",
    "beside_of",
    "signal_of",
]

EYELIDS = "eyelids"
REGIONS = (EYELIDS, "brow", "cheek", "upper_lip", "mouth_corner", "chin", "jaw_line")
"""In the order in which a face is looked at, from above; words of the anatomy."""

SHEETS = ("cheek", "chin", "jaw_line")
"""Regions of plain skin, which moves as a sheet: never one patch of it alone."""

ADJOINING = MappingProxyType({("jaw_line", 0): ("chin", 2), ("chin", 2): ("jaw_line", 0)})
"""Patches of plain skin as near to each other (11 mm) as those of one region are, by number: a
pull between the two moves both and leaves the others of their regions behind."""

_RIGHT = {
    "brow": (105, 63, 66),
    "cheek": (207, 205, 187),
    "upper_lip": (165, 167, 40),
    "mouth_corner": (61, 212, 43),
    "chin": (208, 201, 32),
    "jaw_line": (211, 210, 169),
}


def _patches() -> dict[tuple[str, Side], tuple[int, ...]]:
    return {
        (site, side): right if side is Side.RIGHT else tuple(mesh.MIRROR[list(right)].tolist())
        for site, right in _RIGHT.items()
        for side in SIDES
    }


PATCHES = MappingProxyType(_patches())
"""Points of the mesh in the middle of the three patches of skin that stand for a region and side.

Muscles pull at places that differ from face to face: what moves most of the three is the region's
movement. The first lies where the region is named after.
"""

PATCH_POINTS = np.array([index for patch in PATCHES.values() for index in patch], dtype=np.intp)
"""All of them in the order of `PATCHES`."""

_STEADY_RIGHT = (108, 69, 193, 122, 196, 114, 188, 128, 174, 162, 21, 127, 227, 116, 143, 118)


def _steady() -> NDArray[np.intp]:
    midline = [168, 6, 197, 195, 5, 4, 9, 8, 151]
    return np.array([*midline, *_STEADY_RIGHT, *mesh.MIRROR[list(_STEADY_RIGHT)]], dtype=np.intp)


STEADY = _steady()
"""Points on forehead, root and ridge of the nose, temples and cheekbones: skin that lies on bone.

Some of them move in some spasms; the fit that they serve leaves out whichever disagree.
"""


def beside_of(site: str, side: Side) -> str:
    """The name of the signal that says how far the skin beside what moved most is from rest."""
    return f"{site}_beside_{side}"


def signal_of(site: str, side: Side) -> str:
    """The name of the signal that says how far a region of a side is from rest."""
    return f"eye_closure_{side}" if site == EYELIDS else f"{site}_excursion_{side}"
