"""The frames of a planted face, one by one, without a file: what `plant` writes as a video.

::

    film = filmed(photograph, healthy_plan(60, seed=1), camera=Camera(seconds=60))
    film.events                     # the truth, as planted in this face
    for frame in film.frames():     # frame.time_s, frame.rgb
        ...
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Event
from hemifacial.formats.video import Frame
from hemifacial.formats.video_source import check_readable, still_kind
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.twin.camera import Camera, Noise, Pose, Sway
from hemifacial.twin.clip import Clip
from hemifacial.twin.face_model import FaceModel
from hemifacial.twin.movement import Planting
from hemifacial.twin.plan import checked_plan
from hemifacial.twin.render import Scene, rendered
from hemifacial.twin.still import Still

__all__ = ["Film", "filmed", "frames"]

Picture = NDArray[np.uint8]

_SUB_FRAME_PX = 1.5  # What moves by less within a part of the exposure is not blurred further.
_MOST_SUB_FRAMES = 12


class Film:
    """A planted face before the camera; its frames are made when they are asked for."""

    def __init__(self, source: Still | Clip, camera: Camera) -> None:
        self.source = source
        self.camera = camera

    @property
    def planting(self) -> Planting:
        """What was planted, and on which face."""
        return self.source.planting

    @property
    def events(self) -> tuple[Event, ...]:
        """The truth: every event as planted, in order of onset."""
        return self.source.planting.events

    def frames(self) -> Iterator[Frame]:
        """Every frame, one at a time; of a still the same again each time it is called."""
        camera = self.camera
        sway, noise = Sway(camera), None
        for index, scene in enumerate(self.source.scenes()):
            picture = self._exposed(scene, sway)
            if camera.defocus_px:
                picture = _blurred(picture, camera.defocus_px)
            noise = noise or Noise(camera, (picture.shape[0], picture.shape[1]))
            yield Frame(index=index, time_s=scene.time_s, pixels=noise.added_to(picture))

    def _exposed(self, scene: Scene, sway: Sway) -> Picture:
        """The mean of the moments while the shutter is open, its middle at the scene's time."""
        camera, source = self.camera, self.source
        if not camera.exposure_s or isinstance(source, Clip):
            return rendered(scene, self._pose(sway, scene.time_s))
        half_s = camera.exposure_s / 2
        ends = [scene.time_s - half_s, scene.time_s + half_s]
        moved_px = _moved_px(
            scene,
            [source.scene_at(time_s) for time_s in (*ends, scene.time_s)],
            [self._pose(sway, time_s) for time_s in ends],
        )
        parts = min(math.ceil(moved_px / _SUB_FRAME_PX), _MOST_SUB_FRAMES)
        if parts <= 1:
            return rendered(scene, self._pose(sway, scene.time_s))
        times_s = scene.time_s + half_s * ((2 * np.arange(parts) + 1) / parts - 1)
        total = np.zeros((scene.base.height_px, scene.base.width_px, 3), dtype=np.uint16)
        for time_s in times_s.tolist():
            moment = rendered(source.scene_at(time_s), self._pose(sway, time_s))
            cv2.add(total, moment, total, dtype=cv2.CV_16U)
        return np.asarray(cv2.convertScaleAbs(total, alpha=1 / parts), dtype=np.uint8)

    def _pose(self, sway: Sway, time_s: float) -> Pose:
        return Pose() if self.camera.still else sway.at(time_s)


def filmed(
    base: Path,
    plan: Sequence[Event],
    *,
    camera: Camera | None = None,
    model: FaceModel | None = None,
    network_file: Path | None = None,
) -> Film:
    """A still or clip with a plan brought to its face, ready to be filmed.

    Parameters and errors are those of `hemifacial.twin.face.plant`.
    """
    camera, model = camera or Camera(), model or FaceModel()
    kind = still_kind(check_readable(base))
    checked = checked_plan(plan, camera.seconds)
    networks = FaceNetworks(network_file)
    # With transplanted lids a clip gives one frame and its own closed eyes.
    still = bool(kind) or model.lids == "transplanted"
    source = (Still if still else Clip)(base, checked, camera, networks, model)
    return Film(source, camera)


def frames(
    base: Path,
    plan: Sequence[Event],
    camera: Camera | None = None,
    *,
    model: FaceModel | None = None,
    network_file: Path | None = None,
) -> Iterator[Frame]:
    """The frames of a planted face; `filmed` gives their truth as well."""
    return filmed(base, plan, camera=camera, model=model, network_file=network_file).frames()


def _moved_px(scene: Scene, moments: Sequence[Scene], poses: Sequence[Pose]) -> float:
    """How far anything moves between the first two moments, about."""
    first, last, middle = (moment.state for moment in moments)
    keys = {*first.skin_mm, *last.skin_mm, *middle.skin_mm}
    levels = [[state.skin_mm.get(key, 0.0) for state in (first, middle, last)] for key in keys]
    # By way of the middle: at the peak of a movement both ends are alike.
    skin_mm = sum(abs(b - a) + abs(c - b) for a, b, c in levels)
    sides = {*first.closure, *last.closure, *middle.closure}
    shut = [[state.closure.get(side, 0.0) for state in (first, middle, last)] for side in sides]
    lids_mm = 10 * max((abs(b - a) + abs(c - b) for a, b, c in shut), default=0.0)
    one, other = poses
    head_mm = math.hypot(one.right_mm - other.right_mm, one.down_mm - other.down_mm)
    turns_deg = abs(one.tilt_deg - other.tilt_deg) + abs(one.yaw_deg - other.yaw_deg)
    head_mm += math.radians(turns_deg + abs(one.pitch_deg - other.pitch_deg)) * 90
    return float(max(skin_mm, lids_mm) + head_mm) / scene.base.mm_per_px


def _blurred(picture: Picture, sd_px: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sd_px), dtype=np.uint8)
