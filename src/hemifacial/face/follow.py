"""One pass over the frames of a recording: what each of them leaves behind, and nothing more.

Two frames are looked at at once. Both are looked for where the face was in the frame before the
two, so that neither waits for the other, and what is read does not depend on how many cores there
are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.lids import LIDS, LidWatch
from hemifacial.face.reference import References
from hemifacial.face.rows import Rows
from hemifacial.face.skin import SkinPicture, SkinSeen, look
from hemifacial.formats.video import Frame
from hemifacial.landmarks.halves import each_half
from hemifacial.landmarks.mesh import MEASURED
from hemifacial.landmarks.networks import FaceNetworks, Mesh
from hemifacial.landmarks.region import Region
from hemifacial.landmarks.track import FaceTrack, FaceTracker, mesh_near
from hemifacial.landmarks.workers import TOGETHER, Workers

__all__ = ["Followed", "follow"]

_Seen = tuple[Mesh, SkinSeen | None]
_Halves = dict[Side, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Followed:
    """A recording as it was followed: n frames.

    Attributes
    ----------
    track
        The points of the mesh that measurements need.
    damaged
        (n,), frames that the decoder could not restore.
    lids_px
        (n, 12, 3), the points `LIDS`, each read from its own half of the face; NaN where the lids
        of both sides did the same, as the whole face says.
    skin_px
        (n, patches, 2), how far each patch of skin is from where it was in the first picture, in
        pixels of the stabilised picture; NaN where it was not found.
    skin_residual_px
        (n,), how far the skin on bone disagrees with one movement of the head.
    light
        (n, 3): mean grey level of the face, share of it that is burnt out or black, and sharpness,
        NaN in frames that were not looked at for it.
    """

    track: FaceTrack
    damaged: NDArray[np.bool_]
    lids_px: NDArray[np.float32]
    skin_px: NDArray[np.float32]
    skin_residual_px: NDArray[np.float32]
    light: NDArray[np.float32]


def follow(frames: Iterable[Frame], workers: Workers) -> Followed:
    """One face followed through all frames, which are taken two at a time and let go.

    Parameters
    ----------
    frames
        In order of time. An error that making one of them raises is raised here.
    workers
        As `hemifacial.landmarks.workers.workers` gives them.

    Notes
    -----
    The same frames give the same numbers, whatever the machine has to do meanwhile: what is read
    of a frame depends on the frames before it and on nothing else.
    """
    rows, lids, references = Rows(), LidWatch(), References()
    waiting: list[tuple[int, Future[_Halves]]] = []
    size = (0, 0)
    for frame, seen, acquired in _sightings(iter(frames), workers, references):
        if not len(rows):
            size = (frame.rgb.shape[1], frame.rgb.shape[0])
        mesh = seen[0] if seen else None
        index = rows.add(frame, mesh, acquired)
        moved = references.note(frame, seen) if seen else None
        if moved is not None and seen is not None and seen[1] is not None:
            rows.set_skin(index, moved, seen[1].residual_px)
        for apart in lids.note(index, frame.time_s, mesh):
            waiting.append((apart.index, workers.look(_halves, apart.mesh)))
        while waiting and (waiting[0][1].done() or len(waiting) > 2 * TOGETHER):
            _take(rows, *waiting.pop(0))
    for index, future in waiting:
        _take(rows, index, future)
    return Followed(
        track=FaceTrack(
            times_s=rows.times_s(),
            points_px=rows.points_px(),
            acquired=rows.acquired(),
            width_px=size[0],
            height_px=size[1],
            kept=MEASURED,
        ),
        damaged=rows.damaged(),
        lids_px=rows.lids_px(),
        skin_px=rows.skin_px(),
        skin_residual_px=rows.skin_residual_px(),
        light=rows.light(),
    )


def _sightings(
    frames: Iterator[Frame], workers: Workers, references: References
) -> Iterator[tuple[Frame, _Seen | None, bool]]:
    """Each frame, what was seen in it, and whether the face had to be found anew."""
    tracker = FaceTracker(workers.own)
    while pair := list(islice(frames, TOGETHER)):
        where, reference = tracker.where, references.now
        looks = (
            [workers.look(_look, frame.rgb, where, reference) for frame in pair] if where else []
        )
        found = [one.result() for one in looks] or [None] * len(pair)
        steady = where is not None
        for frame, seen in zip(pair, found, strict=True):
            if seen is not None and steady:
                tracker.note(seen[0])
                yield frame, seen, False
                continue
            # The face of the frame before was lost: where it is now, the tracker finds out.
            steady = False
            mesh = tracker.follow(frame.rgb)
            if mesh is None:
                yield frame, None, False
                continue
            reference = references.now
            skin = None if reference is None else look(frame.rgb, mesh, reference)
            yield frame, (mesh, skin), tracker.acquired


def _look(
    networks: FaceNetworks, rgb: NDArray[np.uint8], where: Region, reference: SkinPicture | None
) -> _Seen | None:
    mesh = mesh_near(networks, rgb, where)
    if mesh is None:
        return None
    return mesh, None if reference is None else look(rgb, mesh, reference)


def _halves(networks: FaceNetworks, mesh: Mesh) -> _Halves:
    return dict(each_half(networks, mesh, LIDS))


def _take(rows: Rows, index: int, future: Future[_Halves]) -> None:
    rows.set_lids(index, np.concatenate([future.result()[side] for side in LIDS]))
