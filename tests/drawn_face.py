"""Videos of the face that `scripts/draw_neutral_face.py` draws: a face that is nobody's."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.formats.video_writer import write_video

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "draw_neutral_face.py"
SIZE_PX = 360
EYES_Y_PX, EYE_X_PX = 160, 52
"""In the picture of `SIZE_PX`: the level of the eyes, and how far each is from the middle."""


@cache
def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("draw_neutral_face", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def drawn_face() -> NDArray[np.uint8]:
    """The face, (360, 360, 3)."""
    small = cv2.resize(script().draw(), (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def write_drawn_face(
    path: Path,
    times_s: NDArray[np.float64],
    *,
    gone: tuple[int, int] = (0, 0),
    ground: NDArray[np.uint8] | None = None,
    **how: Any,
) -> Path:
    """A video of it swaying by a pixel; frames from and to `gone` are empty.

    `ground` is a pattern that takes the place of the upper left corner of the frame.
    """
    frames = []
    for index in range(len(times_s)):
        shift = np.array([[1, 0, np.sin(index)], [0, 1, np.cos(index)]])
        frame = cv2.warpAffine(drawn_face(), shift, (SIZE_PX, SIZE_PX), borderMode=1)
        if gone[0] <= index < gone[1]:
            frame[:] = 120
        if ground is not None:
            frame[: ground.shape[0], : ground.shape[1]] = ground
        frames.append(np.asarray(frame, dtype=np.uint8))
    write_video(path, frames, rate_hz=30, times_s=times_s, **how)
    return path
