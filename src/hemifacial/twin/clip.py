"""A clip as the base: the face is found in every frame, and moved from where it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event
from hemifacial.formats.video import Frame, Video, open_video
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker
from hemifacial.twin.base import Ruler, framing_of, refuse_second_face, ruler_of
from hemifacial.twin.camera import Camera
from hemifacial.twin.face_model import FaceModel
from hemifacial.twin.lids import eye_lids
from hemifacial.twin.mesh_warp import mesh_fields
from hemifacial.twin.movement import Planting, State, state_at
from hemifacial.twin.planting import planting_of, wanted_muscles
from hemifacial.twin.render import FaceView, Frameable, Scene

__all__ = ["Clip"]

_RULER_FACES = 60
"""How many frames with a face are looked at first, for the size of the person."""


class Clip:
    """A video with a plan brought to its face; its own time stamps are kept.

    Raises
    ------
    InputError
        If there is no face, another face, closed eyes, or a movement that this face cannot
        make; while `scenes` is read, for an event where no face is seen or after the end.
    """

    def __init__(
        self,
        path: Path,
        plan: Sequence[Event],
        camera: Camera,
        networks: FaceNetworks,
        model: FaceModel | None = None,
    ) -> None:
        if camera.crop_to_head:
            raise UsageError(
                f"{path}: crop_to_head is for a still; a clip is used as it is framed",
                next_step="Leave crop_to_head away.",
            )
        if camera.exposure_s:
            raise UsageError(
                f"{path}: a clip was exposed when it was filmed; exposure_s is for a still",
                next_step="Leave exposure_s away, or use a still.",
            )
        if camera.head_alone or (model is not None and model.warp != "mesh"):
            raise UsageError(
                f"{path}: the free warp and a head that sways alone are for a still",
                next_step="Use a still, or transplanted lids, which take a frame of the clip.",
            )
        self._video: Video = open_video(path)
        self._camera = camera
        self._networks = networks
        meshes = _first_faces(self._video, networks)
        self._ruler: Ruler = ruler_of(meshes, str(path))
        face = self._ruler.geometry(meshes[0])
        fields = mesh_fields(face, wanted_muscles(plan))
        apertures = self._ruler.aperture_mm
        self.planting: Planting = planting_of(plan, fields, apertures, camera.seed)
        info = self._video.info
        self._framing = framing_of((info.height_px, info.width_px), camera)
        self.rate_hz = info.nominal_rate_hz or 30.0
        self.frames_in_all = min(info.stated_frames or 0, round(camera.seconds * self.rate_hz))
        if info.stated_duration_s is not None:
            self._refuse_late(info.stated_duration_s)
        self.seconds = 0.0
        self.no_face_s: tuple[tuple[float, float], ...] = ()
        self._times: deque[float] = deque()

    @property
    def times_s(self) -> Iterator[float]:
        """The time of each frame that `scenes` has given, to be taken one by one with them."""
        while self._times:
            yield self._times.popleft()

    def scenes(self) -> Iterator[Scene]:
        """Every frame of the clip, as far as it is used."""
        tracker = FaceTracker(self._networks)
        interval_s = 1 / self.rate_hz
        with self._video as video:
            for frame in video.frames():
                if frame.time_s >= self._camera.seconds:
                    break
                mesh = tracker.follow(frame.rgb)
                self._note(frame.time_s, interval_s, seen=mesh is not None)
                self._times.append(frame.time_s)
                yield self._scene(frame, None if mesh is None else mesh.points_px)
        self._refuse_late(self.seconds)

    def _scene(self, frame: Frame, points_px: NDArray[np.float32] | None) -> Scene:
        state = state_at(self.planting.movements, frame.time_s)
        (width, height), scale = self._framing.size_px, self._framing.scale
        base = Frameable(
            picture=self._framing.scaled(frame.rgb),
            mm_per_px=self.planting.mm_per_px / scale,
            left_px=0,
            top_px=0,
            width_px=width,
            height_px=height,
        )
        if state.at_rest:
            return Scene(time_s=frame.time_s, base=base, view=None, state=state)
        if points_px is None:
            raise self._hidden(frame.time_s)
        # (0, 0) is the centre of the first pixel, before and after scaling.
        scaled = points_px * scale
        scaled[:, :2] += (scale - 1) / 2
        view = self._view(scaled, state, base.picture.shape)
        return Scene(time_s=frame.time_s, base=base, view=view, state=state)

    def _view(
        self, points_px: NDArray[np.float32], state: State, shape: tuple[int, ...]
    ) -> FaceView:
        face = self._ruler.geometry(points_px)
        moving = [key for key, mm in state.skin_mm.items() if mm]
        closing = [side for side, share in state.closure.items() if share > 0]
        return FaceView(
            fields=mesh_fields(face, moving),
            lids={side: eye_lids(face, side, shape) for side in closing},
        )

    def _note(self, time_s: float, interval_s: float, *, seen: bool) -> None:
        self.seconds = time_s + interval_s
        if seen:
            return
        if self.no_face_s and time_s - self.no_face_s[-1][1] < interval_s / 2:
            since = self.no_face_s[-1][0]
            self.no_face_s = (*self.no_face_s[:-1], (since, self.seconds))
        else:
            self.no_face_s = (*self.no_face_s, (time_s, self.seconds))

    def _hidden(self, time_s: float) -> InputError:
        movement = next(m for m in self.planting.movements if m.start_s < time_s < m.stop_s)
        return InputError(
            f"plan, event {movement.event.event_id}: no face is seen in {self._video.info.path} "
            f"at {time_s:.2f} s, while it lasts",
            next_step="Move the event to where the face is seen.",
        )

    def _refuse_late(self, end_s: float) -> None:
        for movement in self.planting.movements:
            if movement.stop_s > end_s:
                raise InputError(
                    f"plan, event {movement.event.event_id}: it moves until "
                    f"{movement.stop_s:.2f} s, {self._video.info.path} ends at "
                    f"{end_s:.2f} s",
                    next_step="Move the event, plan fewer seconds, or use a longer clip.",
                )


def _first_faces(video: Video, networks: FaceNetworks) -> list[NDArray[np.float32]]:
    tracker = FaceTracker(networks)
    meshes: list[NDArray[np.float32]] = []
    for frame in video.frames():
        mesh = tracker.follow(frame.rgb)
        if mesh is None:
            continue
        if not meshes:
            refuse_second_face(frame.rgb, networks, str(video.info.path))
        meshes.append(mesh.points_px)
        if len(meshes) >= _RULER_FACES:
            break
    if not meshes:
        raise InputError(
            f"{video.info.path}: no face is seen",
            next_step="Use a clip that shows one face from the front.",
        )
    return meshes
