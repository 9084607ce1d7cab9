"""The face that a measurement followed, followed again: frame by frame with all its points."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice

import numpy as np

from hemifacial.formats.ahead import read_ahead
from hemifacial.formats.video import Frame, Video
from hemifacial.landmarks.networks import Mesh
from hemifacial.landmarks.track import FaceTracker, mesh_near
from hemifacial.landmarks.workers import TOGETHER, Workers

__all__ = ["followed"]


def followed(
    video: Video, workers: Workers, *, mirrored: bool
) -> Generator[tuple[Frame, Mesh | None], None, None]:
    """Every frame with the face in it, None where there is none.

    Frames are looked at in the same pairs as in `hemifacial.face.following.follow`, from the
    first one on, so that the points are those that were measured.

    Parameters
    ----------
    mirrored
        The recording is a mirror image; frames and points are turned back.
    """
    tracker = FaceTracker(workers.own)
    with closing(read_ahead(_upright(video.frames(), mirrored))) as frames:
        while pair := list(islice(frames, TOGETHER)):
            where = tracker.where
            looks = [workers.look(mesh_near, frame.rgb, where) for frame in pair] if where else []
            found = [one.result() for one in looks] or [None] * len(pair)
            steady = where is not None
            for frame, mesh in zip(pair, found, strict=True):
                steady = steady and mesh is not None
                seen = tracker.note(mesh) if steady and mesh else tracker.follow(frame.rgb)
                yield frame, seen


def _upright(frames: Iterator[Frame], mirrored: bool) -> Iterator[Frame]:
    for frame in frames:
        yield replace(frame, rgb=np.ascontiguousarray(frame.rgb[:, ::-1])) if mirrored else frame
