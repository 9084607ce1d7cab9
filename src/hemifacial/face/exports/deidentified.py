"""A recording without its pictures: the points of the face as a table and as a mesh video.

The pictures are used in the first half only, which leaves nothing but points. The second half reads
those points and writes every file; what it writes cannot hold a pixel of the recording, its sound,
its name or its metadata.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial import __version__
from hemifacial.errors import InputError
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.exports.deidentified_words import columns_described, statement
from hemifacial.face.exports.followed import followed
from hemifacial.face.exports.marks import Picture, write, write_sides
from hemifacial.face.exports.mesh_picture import draw_mesh
from hemifacial.face.exports.neutral import on_neutral_face, resting_face
from hemifacial.face.states import State
from hemifacial.formats.files import new_folder, write_text
from hemifacial.formats.landmarks_table import Piece, write_landmarks
from hemifacial.formats.video import open_video
from hemifacial.formats.video_writer import write_timed_video
from hemifacial.landmarks.mesh import N_POINTS
from hemifacial.landmarks.model import MODEL_SHA256
from hemifacial.landmarks.workers import workers

__all__ = ["FILES", "Export", "deidentify"]

LANDMARKS, SIDECAR = "landmarks.parquet", "landmarks.json"
MESH_VIDEO, STATEMENT = "mesh.mp4", "README.txt"
FILES = (LANDMARKS, SIDECAR, MESH_VIDEO, STATEMENT)
"""Everything that an export holds."""

_PIECE = 500  # frames at a time: 3 MB of points
_MOST_FOR_REST = 300
_LONGEST_SIDE_PX = 1280
_NEUTRAL_SIDE_PX, _NEUTRAL_PX_PER_MM = 720, 4.0
_NEUTRAL_MIDDLE_PX = (360, 330)
_NOMINAL_RATE_HZ = 30.0


@dataclass(frozen=True, kw_only=True)
class Export:
    """What was written: how many frames, and in how many of them a face was seen."""

    folder: Path
    frames: int
    frames_with_face: int
    neutral_shape: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class _Points:
    """What is left of a recording: points (n, 478, 3) in px, times in s, states, frame size."""

    points_px: NDArray[np.float32]
    times_s: NDArray[np.float64]
    states: NDArray[np.int8]
    size_px: tuple[int, int]
    rate_hz: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shown:
    """How points are brought into the export and from there into the mesh video."""

    unit: str
    convert: Callable[[NDArray[np.float32]], NDArray[np.floating]]
    size_px: tuple[int, int]
    px_per_unit: float
    middle_px: tuple[float, float]


def deidentify(
    video_path: Path,
    folder: Path,
    *,
    neutral_shape: bool = False,
    mirrored: bool = False,
    model: Path | None = None,
    progress: Callable[[float, float | None], None] | None = None,
) -> Export:
    """Write the face's points and a mesh video of a recording into a new folder, whole or not.

    The trap: landmarks in a person's own shape identify that person to whoever has a picture.

    Parameters
    ----------
    neutral_shape
        Put the movements onto a face that is nobody's, seen from the front; see
        `hemifacial.face.exports.neutral`.
    mirrored
        The recording is a mirror image; the points are turned back.
    progress
        Called with the seconds done and twice the seconds there are: each is gone through twice.

    Raises
    ------
    InputError
        If the recording cannot be read, shows no face, or the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="hemifacial-") as scratch:
        raw = Path(scratch) / "points"
        found = _follow(video_path, raw, model, mirrored, progress)
        shown = _on_neutral(found) if neutral_shape else _as_they_are(found)
        with new_folder(folder) as partial:
            about = _about(found, shown, mirrored=mirrored)
            write_landmarks(
                partial / LANDMARKS, _pieces(found, shown), unit=shown.unit, about=about
            )
            write_text(partial / SIDECAR, _sidecar(found, about))
            write_text(partial / STATEMENT, statement(neutral_shape=neutral_shape))
            pictures = _pictures(found, shown, progress)
            write_timed_video(partial / MESH_VIDEO, pictures, rate_hz=found.rate_hz)
        return Export(
            folder=folder,
            frames=found.times_s.size,
            frames_with_face=int((found.states != State.NO_FACE).sum()),
            neutral_shape=neutral_shape,
        )


def _follow(
    video_path: Path,
    raw: Path,
    model: Path | None,
    mirrored: bool,
    progress: Callable[[float, float | None], None] | None,
) -> _Points:
    """The points of every frame, in a file of their own, so that memory does not grow with them."""
    times_s: list[float] = []
    states: list[int] = []
    nothing = np.full((N_POINTS, 3), np.nan, np.float32)
    with (
        workers(model) as looking,
        open_video(video_path) as video,
        closing(followed(video, looking, mirrored=mirrored)) as faces,
        raw.open("wb") as file,
    ):
        info = video.info
        for frame, face in faces:
            file.write((nothing if face is None else face.points_px).tobytes())
            times_s.append(frame.time_s)
            seen = State.UNJUDGED if frame.damaged else State.JUDGED
            states.append(State.NO_FACE if face is None else seen)
            _tell(progress, frame.time_s, info.stated_duration_s)
    if State.JUDGED not in states:
        raise InputError(
            f"{video_path}: no face in any of its {len(states)} frames",
            next_step="Record the face from the front, upright, as large as it fits.",
        )
    return _Points(
        points_px=np.memmap(raw, np.float32, mode="r", shape=(len(states), N_POINTS, 3)),
        times_s=np.array(times_s),
        states=np.array(states, dtype=np.int8),
        size_px=(info.width_px, info.height_px),
        rate_hz=info.nominal_rate_hz or _NOMINAL_RATE_HZ,
    )


def _as_they_are(found: _Points) -> _Shown:
    scale = min(1.0, _LONGEST_SIDE_PX / max(found.size_px))
    width, height = (2 * round(side * scale / 2) for side in found.size_px)
    return _Shown(
        unit="px",
        convert=lambda points: points,
        size_px=(max(2, width), max(2, height)),
        px_per_unit=scale,
        middle_px=(0.0, 0.0),
    )


def _on_neutral(found: _Points) -> _Shown:
    seen = np.flatnonzero(found.states == State.JUDGED)
    some = seen[np.linspace(0, seen.size - 1, min(seen.size, _MOST_FOR_REST)).round().astype(int)]
    rest = resting_face(found.points_px[some], FaceCriteria.read()["iris_diameter_mm"])
    return _Shown(
        unit="mm",
        convert=lambda points: on_neutral_face(points, rest),
        size_px=(_NEUTRAL_SIDE_PX, _NEUTRAL_SIDE_PX),
        px_per_unit=_NEUTRAL_PX_PER_MM,
        middle_px=_NEUTRAL_MIDDLE_PX,
    )


def _pieces(found: _Points, shown: _Shown) -> Iterator[Piece]:
    for start in range(0, found.times_s.size, _PIECE):
        these = slice(start, start + _PIECE)
        points = shown.convert(found.points_px[these])
        yield found.times_s[these], points, found.states[these]


def _pictures(
    found: _Points, shown: _Shown, progress: Callable[[float, float | None], None] | None
) -> Iterator[tuple[float, Picture]]:
    length_s = float(found.times_s[-1])
    for times_s, points, states in _pieces(found, shown):
        for time_s, frame, state in zip(times_s, points, states, strict=True):
            yield float(time_s), _picture(frame, state, shown)
            _tell(progress, length_s + float(time_s), length_s)


def _picture(frame: NDArray[np.floating], state: int, shown: _Shown) -> Picture:
    width, height = shown.size_px
    letters_px = max(10.0, height / 40)
    if state == State.NO_FACE:
        picture = draw_mesh(None, width, height)
        write(picture, "no face", (width / 2, height / 2), height_px=letters_px, align=0.5)
        write_sides(picture, None, letters_px)
        return picture
    points_px = frame * shown.px_per_unit + [*shown.middle_px, 0.0]
    picture = draw_mesh(points_px, width, height)
    write_sides(picture, points_px, letters_px)
    return picture


def _tell(
    progress: Callable[[float, float | None], None] | None, done_s: float, length_s: float | None
) -> None:
    if progress is not None:
        progress(done_s, 2 * length_s if length_s else None)


def _about(found: _Points, shown: _Shown, *, mirrored: bool) -> dict[str, str]:
    """Labels of the table; nothing in them comes from the file's own metadata or name."""
    return {
        "program": f"hemifacial {__version__}",
        "model_sha256": MODEL_SHA256,
        "shape": "own" if shown.unit == "px" else "neutral",
        "points": "MediaPipe Face Mesh, 468 of the skin and 10 of the irises",
        "axes": "x to the viewer's right, y down, z away from the camera",
        "frame_width_px": str(found.size_px[0]) if shown.unit == "px" else "n/a",
        "frame_height_px": str(found.size_px[1]) if shown.unit == "px" else "n/a",
        "turned_back_from_mirrored": "yes" if mirrored else "no",
    }


def _sidecar(found: _Points, about: Mapping[str, str]) -> str:
    steps_s = np.diff(found.times_s)
    last_s = float(np.median(steps_s)) if steps_s.size else 0.0
    document = {
        "RecordingDuration": round(float(found.times_s[-1]) + last_s, 6),
        "Frames": int(found.times_s.size),
        **about,
        "columns": columns_described(about["shape"]),
    }
    return json.dumps(document, indent=2) + "\n"
