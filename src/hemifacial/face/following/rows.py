"""What a frame leaves behind: about a kilobyte of numbers, in blocks that are never copied."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES
from hemifacial.face.following.lids import LIDS
from hemifacial.face.following.skin import N_PATCHES
from hemifacial.formats.video import Frame
from hemifacial.landmarks.mesh import INNER_CANTHUS, MEASURED, OUTER_CANTHUS
from hemifacial.landmarks.networks import MESH_SIDE, Mesh
from hemifacial.landmarks.region import into_square

__all__ = ["Rows"]

_BLOCK = 512
_LIGHT_EVERY = 15  # frames: light and sharpness change slowly
_EYES_EVERY = 5  # frames: a hand over an eye stays for longer
_EYE_HEIGHT = 0.6  # of its width
_DARKEST, _BRIGHTEST = 5, 95  # percent
_BURNT, _BLACK = 250, 5
_EDGE_WIDTH = 2.563  # from 10 to 90 % of a Gaussian edge, in standard deviations

_N_LIDS = sum(len(indices) for indices in LIDS.values())
_ROW = np.dtype(
    [
        ("time_s", np.float64),
        ("acquired", np.bool_),
        ("damaged", np.bool_),
        ("points_px", np.float32, (MEASURED.size, 3)),
        ("lids_px", np.float32, (_N_LIDS, 3)),
        ("skin_px", np.float32, (N_PATCHES, 2)),
        ("skin_residual_px", np.float32),
        ("light", np.float32, (3,)),
        ("eye_contrast", np.float32, (len(SIDES),)),
    ]
)


class Rows:
    """Rows in order of time; those of the last frames may still be completed."""

    def __init__(self) -> None:
        self._blocks: list[NDArray[np.void]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, frame: Frame, mesh: Mesh | None, acquired: bool) -> int:
        """A frame and the face in it; returns its index."""
        if self._count % _BLOCK == 0:
            self._blocks.append(np.zeros(_BLOCK, dtype=_ROW))
        index = self._count
        self._count += 1
        row = self._row(index)
        row["time_s"], row["acquired"], row["damaged"] = frame.time_s, acquired, frame.damaged
        row["points_px"] = np.nan if mesh is None else mesh.points_px[MEASURED]
        for name in ("lids_px", "skin_px", "skin_residual_px", "light", "eye_contrast"):
            row[name] = np.nan
        if mesh is not None and index % _LIGHT_EVERY == 0:
            row["light"] = _light(mesh)
        if mesh is not None and index % _EYES_EVERY == 0:
            row["eye_contrast"] = _eye_contrast(mesh)
        return index

    def set_lids(self, index: int, points_px: NDArray[np.float32]) -> None:
        """The lids of a frame, each from its own half of the face."""
        self._row(index)["lids_px"] = points_px

    def set_skin(self, index: int, moved_px: NDArray[np.float64], residual_px: float) -> None:
        """The skin of a frame."""
        row = self._row(index)
        row["skin_px"], row["skin_residual_px"] = moved_px, residual_px

    def times_s(self) -> NDArray[np.float64]:
        """Seconds since the first frame, (n,)."""
        return self._column("time_s")

    def acquired(self) -> NDArray[np.bool_]:
        """Whether the face was found anew, (n,)."""
        return self._column("acquired")

    def damaged(self) -> NDArray[np.bool_]:
        """Whether the decoder could not restore the frame, (n,)."""
        return self._column("damaged")

    def points_px(self) -> NDArray[np.float32]:
        """Those of the mesh that measurements need, (n, k, 3)."""
        return self._column("points_px")

    def lids_px(self) -> NDArray[np.float32]:
        """The lids, each from its own half of the face, (n, 12, 3)."""
        return self._column("lids_px")

    def skin_px(self) -> NDArray[np.float32]:
        """How far each patch is from where it was first, (n, patches, 2)."""
        return self._column("skin_px")

    def skin_residual_px(self) -> NDArray[np.float32]:
        """How far the skin on bone disagrees with one movement of the head, (n,)."""
        return self._column("skin_residual_px")

    def light(self) -> NDArray[np.float32]:
        """Mean grey level, share burnt out or black, and width of an edge in pixels, (n, 3)."""
        return self._column("light")

    def eye_contrast(self) -> NDArray[np.float32]:
        """How far light and dark lie apart over each eye, (n, 2), in grey levels."""
        return self._column("eye_contrast")

    def _row(self, index: int) -> NDArray[np.void]:
        block: NDArray[np.void] = self._blocks[index // _BLOCK][index % _BLOCK : index % _BLOCK + 1]
        return block

    def _column(self, name: str) -> NDArray[Any]:
        whole = [block[name] for block in self._blocks]
        empty = np.zeros(0, dtype=_ROW)[name]
        return np.concatenate([*whole, empty])[: self._count]


def _light(mesh: Mesh) -> NDArray[np.float32]:
    """Mean grey level, share burnt out or black, and how many pixels of the frame an edge is wide.

    An edge that is blurred by a bell of standard deviation s has a second difference of
    1 / (s sqrt(2)) times its first; from 10 to 90 % it is 2.56 s wide. What is finer than the
    picture of the network is not seen: the width is never below about two of its pixels.
    """
    grey = cv2.cvtColor(mesh.picture, cv2.COLOR_RGB2GRAY)[64:192, 64:192].astype(np.float32)
    lost = float(np.mean((grey >= _BURNT) | (grey <= _BLACK)))
    first, second = np.diff(grey, axis=1), np.diff(grey, n=2, axis=1)
    rough, fine = (float(np.sqrt(np.mean(one**2))) for one in (first, second))
    edge_px = _EDGE_WIDTH / np.sqrt(2) * rough / fine if fine > 0 else np.nan
    return np.array(
        [grey.mean(), lost, edge_px * mesh.region.size_px / MESH_SIDE], dtype=np.float32
    )


def _eye_contrast(mesh: Mesh) -> NDArray[np.float32]:
    """The spread of grey levels in a box from corner to corner of each eye, right and left.

    An open eye has its iris and a closed one its lashes; a patch or a hand has neither, whatever
    eye the network draws there.
    """
    grey = cv2.cvtColor(mesh.picture, cv2.COLOR_RGB2GRAY)
    into = into_square(mesh.region, MESH_SIDE)
    spread = []
    for side in SIDES:
        corners = mesh.points_px[[OUTER_CANTHUS[side], INNER_CANTHUS[side]], :2]
        x, y = (corners @ into[:, :2].T + into[:, 2]).T
        half = max(1.0, _EYE_HEIGHT / 2 * float(np.hypot(*np.ptp([x, y], axis=1))))
        rows = slice(max(0, int(y.mean() - half)), max(0, int(y.mean() + half) + 1))
        columns = slice(max(0, int(x.min())), max(0, int(x.max()) + 1))
        inside = grey[rows, columns]
        low, high = np.percentile(inside, [_DARKEST, _BRIGHTEST]) if inside.size else (0, 0)
        spread.append(high - low)
    return np.array(spread, dtype=np.float32)
