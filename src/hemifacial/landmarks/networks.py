"""The face networks, run directly.

MediaPipe's own video mode low-passes the landmarks and hides a twitch of 100 ms to 38 % of
its size; that is why the networks inside its model file are run here without it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from hemifacial.landmarks.detector import DETECTOR_SIDE, Detection, decode
from hemifacial.landmarks.mesh import N_POINTS
from hemifacial.landmarks.model import find_model, read_networks
from hemifacial.landmarks.region import Pixels, Region, sample, to_frame, whole_frame

__all__ = ["MESH_SIDE", "FaceNetworks", "Mesh"]

MESH_SIDE = 256
_WHITE = np.float32(255)


@dataclass(frozen=True, kw_only=True, eq=False)
class Mesh:
    """The points of one face in one frame, and nothing from any other frame.

    `points_px` is (478, 3): x right, y down, in pixels of the frame with (0, 0) the centre of
    the top left pixel; z in the same unit, smaller towards the camera, its zero near the
    middle of the head. `presence`, 0 to 1, is how sure the network is that the region held a
    face at all; it says nothing about how well the points lie on it. `picture` is the region as
    the network saw it, (256, 256, 3).
    """

    points_px: npt.NDArray[np.float32]
    presence: float
    region: Region
    picture: npt.NDArray[np.uint8]


class FaceNetworks:
    """The face detector and the landmark network, loaded once and run frame by frame.

    One object must not be used by two threads at a time; run two processes instead. Inside
    the network one thread is used: a second costs half as much again and gains little.

    Raises
    ------
    SetupError
        The model is not on this machine; see `hemifacial.landmarks.model.find_model`.
    """

    def __init__(self, model: Path | None = None) -> None:
        files = read_networks(find_model(model))
        self._detector = _Network(files.detector)
        self._landmarks = _Network(files.landmarks)

    def detect(self, rgb: Pixels, region: Region | None = None) -> tuple[Detection, ...]:
        """The faces in a picture or in a region of it, the surest first.

        The detector sees 128 by 128 pixels: a face narrower than about an eighth of the longer
        side of what is searched is not found, nor is one that lies on its side in it.

        Parameters
        ----------
        rgb
            (height, width, 3), upright; a monochrome picture has its grey three times.
        region
            Where to look; the whole frame if not given.
        """
        _check(rgb)
        where = region or whole_frame(rgb.shape[1], rgb.shape[0])
        picture = sample(rgb, where, DETECTOR_SIDE).astype(np.float32) / np.float32(127.5) - 1
        offsets, logits = self._detector(picture)
        return decode(offsets[0], logits[0, :, 0], where)

    def mesh(self, rgb: Pixels, region: Region) -> Mesh:
        """The mesh of the face in a region, whether or not there is one: mind `presence`.

        The network expects the region as `region_of_detection` and `region_of_mesh` make it,
        1.5 times the face and turned upright. A region that is 5 % of its size beside that moves
        the points by 0.3 % of the face; one that is 15 % beside it can lose the face and say so
        in no way, which is why `FaceTracker` looks again.
        """
        _check(rgb)
        picture = sample(rgb, region, MESH_SIDE)
        unit, presence = self.unit_points(picture)
        return Mesh(
            points_px=to_frame(unit, region).astype(np.float32),
            presence=presence,
            region=region,
            picture=picture,
        )

    def unit_points(self, picture: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], float]:
        """The points of the face in a picture, in units of its side, and the presence of one.

        Parameters
        ----------
        picture
            (256, 256, 3), the face upright, filling two thirds of it.

        Returns
        -------
        (478, 3), from 0 to 1 from the corner of the first pixel to that of the last; and presence
        as in `Mesh`.
        """
        # The third answer of the network is about the tongue and is not used.
        coordinates, presence_logit, _ = self._landmarks(picture.astype(np.float32) / _WHITE)
        presence = float(1 / (1 + np.exp(-np.clip(presence_logit.item(), -100, 100))))
        return coordinates.reshape(N_POINTS, 3) / np.float32(MESH_SIDE), presence


class _Network:
    def __init__(self, content: bytes) -> None:
        with _silent_stderr():
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        self._into = self._interpreter.get_input_details()[0]["index"]
        self._out = [detail["index"] for detail in self._interpreter.get_output_details()]

    def __call__(self, picture: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        self._interpreter.set_tensor(self._into, picture[np.newaxis])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._out]


@contextmanager
def _silent_stderr() -> Iterator[None]:
    # The runtime's C++ half greets every network on the error stream, past Python, and has
    # no switch for it. What it wrote is shown again if loading fails.
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _check(rgb: Pixels) -> None:
    if rgb.dtype != np.uint8 or len(rgb.shape) != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(
            f"a picture is uint8 of shape (height, width, 3), not {rgb.dtype} of {rgb.shape}"
        )
