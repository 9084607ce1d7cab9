"""One face followed through a video, frame by frame, nothing smoothed over time.

The only thing a frame takes from the one before is where to look. A region of interest that
follows the face was found better than one that stands still until the face leaves it: the
landmarks of a resting face tremble 10 to 20 % less, its palpebral aperture 20 to 40 % less, and
there is no jump when it is set anew (docs/landmarks.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
import numpy.typing as npt

from hemifacial.landmarks.detector import Detection, region_of_detection
from hemifacial.landmarks.networks import FaceNetworks, Mesh
from hemifacial.landmarks.region import Pixels, Region, is_near, region_of_mesh
from hemifacial.landmarks.search import (
    elsewhere,
    in_order_of_choice,
    search_regions,
    search_whole,
)

__all__ = ["FaceTrack", "FaceTracker", "mesh_near"]

_LEAST_PRESENCE = 0.5
_MOST_LOOKS = 4
_REGIONS_A_FRAME = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class FaceTrack:
    """One face through a whole video: n frames, k points.

    Parameters
    ----------
    times_s
        (n,), as the frames state them.
    points_px
        (n, k, 3), as in `Mesh`; NaN in frames without a face.
    acquired
        (n,), whether the face was found anew in this frame rather than followed from the
        one before. After a gap nothing shows that it is the same person.
    width_px, height_px
        Of the first frame; 0 if there was none.
    kept
        (k,), ascending: which of the 478 points of the mesh are in `points_px`.
    """

    times_s: npt.NDArray[np.float64]
    points_px: npt.NDArray[np.float32]
    acquired: npt.NDArray[np.bool_]
    width_px: int
    height_px: int
    kept: npt.NDArray[np.intp]


class FaceTracker:
    """Follows one face through successive frames.

    Of several faces it takes the largest, with regard to how central it is, and stays with it.
    When it is lost, every frame is searched as a whole, so that a face of an eighth of the
    picture is found in the frame in which it appears. Smaller ones and ones that lie on their
    side are looked for in four regions a frame, which takes seven frames for a wide picture and
    twelve for a square one, and everywhere at once in the first frame and the first without it.
    """

    def __init__(self, networks: FaceNetworks) -> None:
        self._networks = networks
        self._last: Region | None = None
        self._following = False
        self._lost_frames = 0
        self.acquired = False

    @property
    def where(self) -> Region | None:
        """Where the face is looked for next; None while there is none to follow."""
        return self._last if self._following else None

    def follow(self, rgb: Pixels) -> Mesh | None:
        """The mesh of the face in the next frame, None where there is no face.

        `acquired` then says whether it had to be found anew.
        """
        where = self.where
        mesh = None if where is None else mesh_near(self._networks, rgb, where)
        return self.search(rgb) if mesh is None else self.note(mesh)

    def note(self, mesh: Mesh) -> Mesh:
        """The face was seen here in the next frame, by `mesh_near` and `where`."""
        self.acquired, self._following, self._lost_frames = False, True, 0
        self._last = region_of_mesh(mesh.points_px)
        return mesh

    def search(self, rgb: Pixels) -> Mesh | None:
        """The mesh of a face in the next frame, found anew."""
        mesh = self._first_real(rgb, search_whole(self._networks, rgb))
        if mesh is None:
            faces = search_regions(self._networks, rgb, self._regions_now(rgb))
            mesh = self._first_real(rgb, faces)
        if mesh is not None:
            self.note(mesh)
            self.acquired = True
            return mesh
        self.acquired = self._following = False
        self._lost_frames += 1
        return None

    def _regions_now(self, rgb: Pixels) -> tuple[Region, ...]:
        every = elsewhere(rgb.shape[1], rgb.shape[0])
        if self._lost_frames == 0:
            return every
        start = (self._lost_frames - 1) * _REGIONS_A_FRAME % len(every)
        return tuple(islice(cycle(every), start, start + min(_REGIONS_A_FRAME, len(every))))

    def _first_real(self, rgb: Pixels, faces: tuple[Detection, ...]) -> Mesh | None:
        # The detector takes a hand or a poster for a face now and then; the landmark network
        # has the last word.
        height_px, width_px = rgb.shape[:2]
        for face in in_order_of_choice(faces, width_px, height_px, self._last):
            mesh = _settled(self._networks, rgb, region_of_detection(face))
            if mesh is not None:
                return mesh
        return None


def mesh_near(networks: FaceNetworks, rgb: Pixels, where: Region) -> Mesh | None:
    """The mesh of a face that was followed to here; None if it is lost."""
    mesh = _settled(networks, rgb, where)
    # After a cut the network may see a face where there is only a part of one, and then
    # wander: its presence is high, but the mesh never comes to lie in its region.
    return mesh if mesh and is_near(region_of_mesh(mesh.points_px), mesh.region) else None


def _settled(networks: FaceNetworks, rgb: Pixels, region: Region) -> Mesh | None:
    # A face that has moved a long way since the last frame lies askew in its region, and
    # the mesh with it; it is looked at again from where the mesh says it is.
    mesh = None
    for _ in range(_MOST_LOOKS):
        mesh = networks.mesh(rgb, region)
        if mesh.presence < _LEAST_PRESENCE:
            return None
        found = region_of_mesh(mesh.points_px)
        if is_near(found, region):
            break
        region = found
    return mesh
