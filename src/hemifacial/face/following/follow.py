"""One pass over the frames of a recording: what each of them leaves behind, and nothing more.

Two frames are looked at at once. Both are looked for where the face was in the frame before the
two, so that neither waits for the other, and what is read does not depend on how many cores there
are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.following.lids import LIDS, LidWatch
from hemifacial.face.following.reference import References
from hemifacial.face.following.rows import Rows
from hemifacial.face.following.skin import SkinPicture, SkinSeen, look
from hemifacial.formats.video import Frame
from hemifacial.landmarks.halves import each_half
from hemifacial.landmarks.mesh import MEASURED
from hemifacial.landmarks.networks import FaceNetworks, Mesh
from hemifacial.landmarks.region import Pixels, Region
from hemifacial.landmarks.track import FaceTrack, FaceTracker, mesh_near
from hemifacial.landmarks.workers import TOGETHER, Workers

__all__ = ["Followed", "Sight", "follow", "sightings"]

_Seen = tuple[Mesh, SkinSeen | None]
_Halves = dict[Side, NDArray[np.float32]]

_MOST_WAITING = 4 * TOGETHER  # faces to be read by halves, which fill the threads' pauses


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
        (n, 3): mean grey level of the face, share of it that is burnt out or black, and how many
        pixels an edge is wide,
        NaN in frames that were not looked at for it.
    eye_contrast
        (n, 2), how far light and dark lie apart over the right and the left eye, in grey levels;
        NaN in frames that were not looked at for it.
    """

    track: FaceTrack
    damaged: NDArray[np.bool_]
    lids_px: NDArray[np.float32]
    skin_px: NDArray[np.float32]
    skin_residual_px: NDArray[np.float32]
    light: NDArray[np.float32]
    eye_contrast: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """A frame, the face in it, whether that was found anew, and how far its skin has moved."""

    frame: Frame
    seen: _Seen | None
    acquired: bool
    moved_px: NDArray[np.float64] | None

    @property
    def mesh(self) -> Mesh | None:
        """The face; None where there is none."""
        return None if self.seen is None else self.seen[0]


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
    for sight in sightings(iter(frames), workers, references):
        if not len(rows):
            size = (sight.frame.pixels.shape[1], sight.frame.pixels.shape[0])
        index = rows.add(sight.frame, sight.mesh, sight.acquired)
        if sight.moved_px is not None and sight.seen is not None and sight.seen[1] is not None:
            rows.set_skin(index, sight.moved_px, sight.seen[1].residual_px)
        for apart in lids.note(index, sight.frame.time_s, sight.mesh):
            waiting.append((apart.index, workers.look(_halves, apart.mesh)))
        while waiting and (waiting[0][1].done() or len(waiting) > _MOST_WAITING):
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
        eye_contrast=rows.eye_contrast(),
    )


def sightings(
    frames: Iterator[Frame], workers: Workers, references: References | None = None
) -> Iterator[Sight]:
    """What was seen in each frame; the next two are already looked at while a frame is given.

    Parameters
    ----------
    references
        Of the skin, kept up as the frames pass; None where the face alone is wanted. The face is
        the same either way.
    """
    tracker = FaceTracker(workers.own)
    ready: list[Sight] = []
    while pair := list(islice(frames, TOGETHER)):
        where, reference = tracker.where, None if references is None else references.now
        looks = (
            [workers.look(_look, frame.pixels, where, reference) for frame in pair] if where else []
        )
        yield from ready
        found = [one.result() for one in looks] or [None] * len(pair)
        ready = list(_noted(pair, found, tracker, references))
    yield from ready


def _noted(
    pair: Sequence[Frame],
    found: Sequence[_Seen | None],
    tracker: FaceTracker,
    references: References | None,
) -> Iterator[Sight]:
    """Frames that were looked at together, and what of them decides about those to come."""
    steady = True
    for frame, at_once in zip(pair, found, strict=True):
        seen, acquired = at_once, False
        if seen is not None and steady:
            tracker.note(seen[0])
        else:
            # The face of the frame before was lost: where it is now, the tracker finds out.
            steady = False
            now = None if references is None else references.now
            seen, acquired = _found_anew(frame, tracker, now)
        moved_px = references.note(frame, seen) if references is not None and seen else None
        yield Sight(frame=frame, seen=seen, acquired=acquired, moved_px=moved_px)


def _found_anew(
    frame: Frame, tracker: FaceTracker, reference: SkinPicture | None
) -> tuple[_Seen | None, bool]:
    mesh = tracker.follow(frame.pixels)
    if mesh is None:
        return None, False
    return (
        mesh,
        None if reference is None else look(frame.pixels, mesh, reference),
    ), tracker.acquired


def _look(
    networks: FaceNetworks, pixels: Pixels, where: Region, reference: SkinPicture | None
) -> _Seen | None:
    mesh = mesh_near(networks, pixels, where)
    if mesh is None:
        return None
    return mesh, None if reference is None else look(pixels, mesh, reference)


def _halves(networks: FaceNetworks, mesh: Mesh) -> _Halves:
    return dict(each_half(networks, mesh, LIDS))


def _take(rows: Rows, index: int, future: Future[_Halves]) -> None:
    rows.set_lids(index, np.concatenate([future.result()[side] for side in LIDS]))
