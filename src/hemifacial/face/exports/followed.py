"""The face that a measurement followed, followed again: frame by frame with all its points."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from hemifacial.face.following.follow import sightings
from hemifacial.face.following.mirrored import turned_back
from hemifacial.formats.ahead import read_ahead
from hemifacial.formats.video import Frame, Video
from hemifacial.landmarks.networks import Mesh
from hemifacial.landmarks.workers import Workers

__all__ = ["followed"]


def followed(
    video: Video, workers: Workers, *, mirrored: bool
) -> Generator[tuple[Frame, Mesh | None], None, None]:
    """Every frame with the face in it, None where there is none.

    The points are those that were measured, since the way through the frames is the same.

    Parameters
    ----------
    mirrored
        The recording is a mirror image; frames and points are turned back.
    """
    upright = turned_back(video.frames(), mirrored=mirrored)
    with closing(read_ahead(upright)) as frames:
        for sight in sightings(frames, workers):
            yield sight.frame, sight.mesh
