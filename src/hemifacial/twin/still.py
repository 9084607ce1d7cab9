"""A still as the base: one face, prepared once, filmed for as long as one likes.

A frame of a clip is a still as well, with the closed eyes of the clip's own blink.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.findings import Event
from hemifacial.formats.image import read_image
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker
from hemifacial.twin.anchors import Anchors, anchors_in
from hemifacial.twin.base import Framing, framing_of, refuse_second_face, ruler_of
from hemifacial.twin.blink import blink_in
from hemifacial.twin.camera import Camera
from hemifacial.twin.face_model import FaceModel
from hemifacial.twin.free_warp import free_fields
from hemifacial.twin.geometry import FaceGeometry
from hemifacial.twin.head import Head
from hemifacial.twin.lids import eye_lids
from hemifacial.twin.mesh_warp import mesh_fields
from hemifacial.twin.movement import Planting, state_at
from hemifacial.twin.planting import planting_of, wanted_muscles
from hemifacial.twin.render import FaceView, Frameable, Lids, Scene, fine_of
from hemifacial.twin.skin import SkinFields
from hemifacial.twin.transplant import eye_keys

__all__ = ["Still"]

Picture = NDArray[np.uint8]

_SIDES = (Side.RIGHT, Side.LEFT)


class Still:
    """A photograph with a plan brought to its face; the plan has been checked.

    Raises
    ------
    InputError
        If there is no face, another face, closed eyes, or a movement that this face cannot
        make; for transplanted lids, if the clip has no blink.
    """

    times_s = None

    def __init__(
        self,
        path: Path,
        plan: Sequence[Event],
        camera: Camera,
        networks: FaceNetworks,
        model: FaceModel | None = None,
    ) -> None:
        model = model or FaceModel()
        sources, self.blink_s = _sources(path, model, networks)
        refuse_second_face(sources[0], networks, str(path))
        whole = FaceTracker(networks).follow(sources[0])
        framing = framing_of(sources[0].shape, camera, whole.points_px if whole else None)
        pictures = [framing.scaled(source) for source in sources]
        # Looked at again: enlarged, the network sees the lids of a small face better.
        found = [FaceTracker(networks).follow(picture) for picture in pictures] if whole else []
        meshes = [seen.points_px for seen in found if seen is not None]
        if not meshes or len(meshes) < len(pictures):
            raise InputError(
                f"{path}: no face is seen",
                next_step="Use an upright picture that shows one face from the front.",
            )
        ruler = ruler_of(meshes[:1], str(path))
        faces = [ruler.geometry(mesh) for mesh in meshes]
        self.face: FaceGeometry = faces[0]
        wanted = wanted_muscles(plan)
        if model.warp == "free":
            fields = free_fields(self._anchors(model, framing, pictures[0], networks), wanted)
        else:
            fields = mesh_fields(self.face, wanted)
        self.planting: Planting = planting_of(
            plan, fields, ruler.aperture_mm, camera.seed, model.habits
        )
        self.rate_hz = camera.rate_hz
        self.frames_in_all = round(camera.seconds * camera.rate_hz)
        self.seconds = self.frames_in_all / camera.rate_hz
        self.no_face_s: tuple[tuple[float, float], ...] = ()
        self.fields: SkinFields = fields
        self.lids: dict[Side, Lids] = _lids(faces, pictures)
        self._view = FaceView(fields=fields, lids=self.lids)
        self._base = _framed(pictures[0], framing, self.face, camera)

    def _anchors(
        self, model: FaceModel, framing: Framing, picture: Picture, networks: FaceNetworks
    ) -> Anchors:
        if model.anchors is not None:
            return model.anchors.scaled(framing.scale, np.array(framing.kept_px[:2]))
        return anchors_in(networks, picture, mm_per_px=self.face.mm_per_px)

    def scenes(self) -> Iterator[Scene]:
        """Every moment that is filmed, evenly spaced."""
        for index in range(self.frames_in_all):
            yield self.scene_at(index / self.rate_hz)

    def scene_at(self, time_s: float) -> Scene:
        """What is before the camera at a time."""
        state = state_at(self.planting.movements, time_s)
        return Scene(time_s=time_s, base=self._base, view=self._view, state=state)


def _sources(
    path: Path, model: FaceModel, networks: FaceNetworks
) -> tuple[tuple[Picture, ...], tuple[float, ...]]:
    """The base picture, with transplanted lids the other pictures of the blink, and its times."""
    if model.lids != "transplanted":
        return (read_image(path),), ()
    blink = blink_in(path, networks)
    return blink.pictures, blink.times_s


def _lids(faces: Sequence[FaceGeometry], pictures: Sequence[Picture]) -> dict[Side, Lids]:
    if len(pictures) > 1:
        return {side: eye_keys(faces, pictures, side) for side in _SIDES}
    return {side: eye_lids(faces[0], side, pictures[0].shape) for side in _SIDES}


def _framed(picture: Picture, framing: Framing, face: FaceGeometry, camera: Camera) -> Frameable:
    (left, top), (width, height) = framing.place_px, framing.size_px
    head = Head(
        centre_px=face.points_px[list(mesh.FACE_OVAL)].mean(axis=0),
        leftward=face.leftward,
        upward=face.upward,
        mm_per_px=face.mm_per_px,
    )
    return Frameable(
        picture=picture,
        mm_per_px=face.mm_per_px,
        left_px=left,
        top_px=top,
        width_px=width,
        height_px=height,
        fine=fine_of(picture),
        head=head if camera.head_alone else None,
    )
