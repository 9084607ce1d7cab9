"""A still as the base: one face, prepared once, filmed for as long as one likes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.findings import Event
from hemifacial.formats.image import read_image
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker
from hemifacial.twin.base import framing_of, refuse_second_face, ruler_of
from hemifacial.twin.camera import Camera
from hemifacial.twin.lids import eye_lids
from hemifacial.twin.movement import Planting, planting_of, state_at, wanted_muscles
from hemifacial.twin.render import FaceView, Frameable, Scene
from hemifacial.twin.warp import skin_fields

__all__ = ["Still"]


class Still:
    """A photograph with a plan brought to its face; the plan has been checked.

    Raises
    ------
    InputError
        If there is no face, another face, closed eyes, or a movement that this face cannot make.
    """

    times_s = None

    def __init__(
        self, path: Path, plan: Sequence[Event], camera: Camera, networks: FaceNetworks
    ) -> None:
        rgb = read_image(path)
        refuse_second_face(rgb, networks, str(path))
        whole = FaceTracker(networks).follow(rgb)
        framing = framing_of(rgb.shape, camera, whole.points_px if whole else None)
        picture = framing.scaled(rgb)
        # Looked at again: enlarged, the network sees the lids of a small face better.
        found = FaceTracker(networks).follow(picture) if whole else None
        if found is None:
            raise InputError(
                f"{path}: no face is seen",
                next_step="Use an upright picture that shows one face from the front.",
            )
        ruler = ruler_of([found.points_px], str(path))
        face = ruler.geometry(found.points_px)
        fields = skin_fields(face, wanted_muscles(plan))
        self.planting: Planting = planting_of(plan, fields, ruler.aperture_mm, camera.seed)
        self.rate_hz = camera.rate_hz
        self.frames_in_all = round(camera.seconds * camera.rate_hz)
        self.seconds = self.frames_in_all / camera.rate_hz
        self.no_face_s: tuple[tuple[float, float], ...] = ()
        sides = (Side.RIGHT, Side.LEFT)
        lids = {side: eye_lids(face, side, picture.shape) for side in sides}
        self._view = FaceView(fields=fields, lids=lids)
        (left, top), (width, height) = framing.place_px, framing.size_px
        self._base = Frameable(
            picture=picture,
            mm_per_px=face.mm_per_px,
            left_px=left,
            top_px=top,
            width_px=width,
            height_px=height,
        )

    def scenes(self) -> Iterator[Scene]:
        """Every moment that is filmed, evenly spaced."""
        for index in range(self.frames_in_all):
            time_s = index / self.rate_hz
            state = state_at(self.planting.movements, time_s)
            yield Scene(time_s=time_s, base=self._base, view=self._view, state=state)
