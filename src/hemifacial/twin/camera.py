"""What stands between the face and the file: a moving head, a noisy sensor, a codec."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError

__all__ = ["Camera", "Noise", "Pose", "Sway"]

Picture = NDArray[np.uint8]

_SWAY_HZ = (0.08, 0.8)
_SWAY_WAVES = 6
_BREATHING = 0.004  # Relative change of size, one standard deviation, at 1.5 mm of sway.
_FULL_SWAY_MM = 1.5
_LIMITS = {
    "rate_hz": (1.0, 240.0),
    "seconds": (0.1, 3600.0),
    "sway_mm": (0.0, 15.0),
    "sway_deg": (0.0, 15.0),
    "noise_sd": (0.0, 40.0),
    "crf": (0.0, 51.0),
    "height_px": (64.0, 2160.0),
    "exposure_s": (0.0, 0.1),
    "defocus_px": (0.0, 10.0),
    "turn_deg": (0.0, 6.0),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True, kw_only=True)
class Camera:
    """How the planted face is filmed.

    Parameters
    ----------
    rate_hz, seconds
        Of a video made from a still. A clip keeps its own frames and time stamps; of it,
        `seconds` says only how much is used.
    sway_mm, sway_deg
        Standard deviation of the slow shift in each direction and of the tilt of the head.
    head_alone
        Whether the head sways before a background that stands still, as before a tripod.
        Otherwise the whole picture sways: it is the hand of whoever films.
    turn_deg
        Standard deviation of the slow turning and nodding of the head, with `head_alone`.
    noise_sd
        Sensor noise in grey levels of 255, independent in every pixel, channel and frame.
    exposure_s
        How long each picture is exposed, its middle at the frame's time; 0 freezes movement.
    defocus_px
        Blur of a lens out of focus, one standard deviation in pixels of the video.
    crf
        Quality of H.264, 0 to 51; 20 is a good phone, 30 a messenger.
    height_px
        Height of the video; None keeps the picture's own (720 after `crop_to_head`).
    crop_to_head
        Cut a still to a square around head and shoulders first.
    seed
        Of the sway and the noise.
    """

    rate_hz: float = 30.0
    seconds: float = 20.0
    sway_mm: float = 1.0
    sway_deg: float = 0.7
    noise_sd: float = 2.0
    crf: int = 20
    height_px: int | None = None
    crop_to_head: bool = False
    seed: int = 0
    head_alone: bool = False
    turn_deg: float = 0.0
    exposure_s: float = 0.0
    defocus_px: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(
                    f"{name} is {value:g}, it can be {low:g} to {high:g}",
                    next_step=f"Choose {name} within these limits.",
                )
        if self.turn_deg and not self.head_alone:
            raise UsageError(
                f"turn_deg is {self.turn_deg:g}, but the whole picture sways",
                next_step="Let the head sway alone before its background.",
            )

    @property
    def still(self) -> bool:
        """Nothing sways."""
        return not (self.sway_mm or self.sway_deg or self.turn_deg)


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where the head is at one moment, from its middle position."""

    right_mm: float = 0.0
    down_mm: float = 0.0
    tilt_deg: float = 0.0
    scale: float = 1.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0


class Sway:
    """A smooth random path of the head, a function of time alone, whatever the frame rate."""

    def __init__(self, camera: Camera) -> None:
        chance = np.random.default_rng([camera.seed, 1])
        low, high = np.log(_SWAY_HZ)
        # Shifts, tilt and distance are drawn first, as before there was turning and nodding.
        drawn = [
            (
                chance.uniform(low, high, (rows, _SWAY_WAVES)),
                chance.uniform(0, 2 * np.pi, (rows, _SWAY_WAVES)),
            )
            for rows in (4, 2)
        ]
        self._hz = np.exp(np.concatenate([hz for hz, _ in drawn]))
        self._phase = np.concatenate([phase for _, phase in drawn])
        # Slow waves are wide and fast ones narrow, as bodies sway; together one sd of 1.
        power = (1 / self._hz) ** 2
        self._size = np.sqrt(2 * power / power.sum(axis=1, keepdims=True))
        nearer = _BREATHING * camera.sway_mm / _FULL_SWAY_MM
        shifts = [camera.sway_mm, camera.sway_mm, camera.sway_deg, nearer]
        self._sd = np.array([*shifts, camera.turn_deg, camera.turn_deg])

    def at(self, time_s: float) -> Pose:
        """The pose at a time."""
        waves = self._size * np.sin(2 * np.pi * self._hz * time_s + self._phase)
        right_mm, down_mm, tilt_deg, nearer, yaw, pitch = (self._sd * waves.sum(axis=1)).tolist()
        return Pose(
            right_mm=right_mm,
            down_mm=down_mm,
            tilt_deg=tilt_deg,
            scale=1 + nearer,
            yaw_deg=yaw,
            pitch_deg=pitch,
        )


class Noise:
    """Sensor noise, drawn once into a larger sheet and read at a random place for each frame.

    Drawing a million and a half normal numbers for every frame would take longer than
    everything else together; a frame's noise is still independent of its neighbours'
    at every pixel.
    """

    _SPARE_PX = 192

    def __init__(self, camera: Camera, shape: tuple[int, int]) -> None:
        self._chance = np.random.default_rng([camera.seed, 2])
        self._shape = shape
        self._sheets: tuple[Picture, Picture] | None = None
        if camera.noise_sd:
            sheet = self._chance.standard_normal(
                (shape[0] + self._SPARE_PX, shape[1] + self._SPARE_PX, 3), dtype=np.float32
            )
            # In two halves of 8 bits: adding and subtracting them is five times as fast.
            grey = np.rint(sheet * camera.noise_sd)
            brighter, darker = (np.clip(half, 0, 255).astype(np.uint8) for half in (grey, -grey))
            self._sheets = brighter, darker

    def added_to(self, picture: Picture) -> Picture:
        """The picture as the sensor gives it; what leaves 0 to 255 is clipped, as there."""
        if self._sheets is None:
            return picture
        top, left = self._chance.integers(0, self._SPARE_PX, 2)
        rows, columns = self._shape
        brighter, darker = (
            sheet[top : top + rows, left : left + columns] for sheet in self._sheets
        )
        return np.asarray(cv2.subtract(cv2.add(picture, brighter), darker), dtype=np.uint8)
