"""Recordings that are not as they should be: the right answer or one clear message, row by row.

Each is made from the frames of one clip that another generator planted with spasms on the right
only, so that the right answer is known: the tonic spasm on the right, nothing on the left. What is
made worse than a video can be judged by must say so. `tests/test_odd_input.py` runs the same list
on smaller pictures.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.findings import Finding, Result
from hemifacial.formats.result_folder import read_result
from hemifacial.formats.video import open_video

__all__ = ["CASES", "Came", "Case", "Source", "read_source", "run", "short"]

Picture = NDArray[np.uint8]

DATA = Path(__file__).parents[2] / "shared" / "data" / "video"
PLANTED = "planted/openwillis_still_planted_R_60fps.mp4"
LEAVES = "permissive/pyfeat_face_noface.mov"
TONIC_S = (3.0, 5.0)  # as its truth has it, on the right
_WELL_JUDGED = 90.0  # %
_EYES_Y, _RIGHT_X, _LEFT_X = 0.405, 0.365, 0.605
"""Of height and width: where the eyes are in the planted clip."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What the cases are made from: the frames of the planted clip, and a face that leaves."""

    frames: Sequence[Picture]
    rate_hz: int
    leaves: Path


@dataclass(frozen=True, kw_only=True)
class Came:
    """What the command answered: its exit status, its words on stderr, and its result if any."""

    status: int
    said: str
    result: Result | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One odd recording.

    `make` writes it into a folder; `holds` says whether the answer is as `expected`. `long` ones
    are left to the benchmark.
    """

    name: str
    expected: str
    make: Callable[[Source, Path], Path]
    holds: Callable[[Came], bool]
    words: tuple[str, ...] = ()
    long: bool = False


def read_source(data: Path, *, scale: float = 1.0, every: int = 1, seconds: float = 5.6) -> Source:
    """The frames of the planted clip, made smaller and fewer for a quick run."""
    frames = []
    with open_video(data / PLANTED) as video:
        for index, frame in enumerate(video.frames()):
            if frame.time_s >= seconds:
                break
            if index % every == 0:
                frames.append(_scaled(frame.rgb, scale))
    return Source(frames=frames, rate_hz=60 // every, leaves=data / LEAVES)


def run() -> dict[str, Any]:
    """One row a case: what was expected, what came, and whether the two agree."""
    if not DATA.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    source = read_source(DATA)
    rows = []
    for case in CASES:
        with TemporaryDirectory() as name:
            came = _measured(case, source, Path(name))
        holds = case.holds(came)
        rows.append(
            {"case": case.name, "expected": case.expected, "came": short(came), "holds": holds}
        )
        print(f"{'as expected' if holds else 'NOT SO':12}{case.name}: {case.expected}")
        print(f"{'':12}came: {short(came)}", flush=True)
    held = sum(bool(row["holds"]) for row in rows)
    print(f"{held} of {len(rows)} as expected")
    return {"rows": rows}


def _measured(case: Case, source: Source, folder: Path) -> Came:
    video, out = case.make(source, folder), folder / "result"
    command = [sys.executable, "-m", "hemifacial", "face", str(video), "--out", str(out)]
    done = subprocess.run(
        [*command, "--without-stills", *case.words], capture_output=True, text=True, check=False
    )
    result = read_result(out) if done.returncode == 0 else None
    return Came(status=done.returncode, said=done.stderr.strip(), result=result)


def short(came: Came) -> str:
    """In one line: spasms by side, time judged, and what the result says of its limits."""
    if came.result is None:
        return f"status {came.status}: {' '.join(came.said.split()) or 'no message'}"
    counts = ", ".join(
        f"{len(_spasms(came.result, side))} {side}" for side in (Side.RIGHT, Side.LEFT)
    )
    judged = _finding(came.result, "judged_share").value or 0.0
    notes = [f.note for f in came.result.findings if f.quality == "limited" and f.note]
    return f"spasms {counts}; {judged:.0f} % judged. {' '.join(notes)}"


# What can be asked of an answer.


def _spasms(result: Result, side: Side) -> list[Any]:
    return [e for e in result.events if e.family == "spasm" and e.side is side]


def _finding(result: Result, quantity: str) -> Finding:
    (one,) = [f for f in result.findings if f.quantity == quantity and not f.phase]
    return one


def _on(side: Side) -> Callable[[Came], bool]:
    """The tonic spasm was found on this side, and nothing on the other."""

    def holds(came: Came) -> bool:
        if came.result is None:
            return False
        found = _spasms(came.result, side)
        tonic = [e for e in found if e.onset_s < TONIC_S[1] and e.offset_s > TONIC_S[0]]
        return bool(tonic) and not any(
            e.family == "spasm" and e.side is not side for e in came.result.events
        )

    return holds


def _nothing_judged(*words: str) -> Callable[[Came], bool]:
    """No event of the face, nothing judged, and these words as the reason."""

    def holds(came: Came) -> bool:
        if came.result is None:
            return False
        judged = _finding(came.result, "judged_time")
        return (
            judged.value == 0
            and not any(e.family in ("spasm", "blink") for e in came.result.events)
            and all(word in judged.note for word in words)
        )

    return holds


def _right_or_unjudged(*words: str) -> Callable[[Came], bool]:
    """The spasm on the right, or much of the time not judged; in no case one on the left.

    Each word must stand in what the result says of its limits.
    """

    def holds(came: Came) -> bool:
        if came.result is None:
            return False
        said = short(came)
        share = _finding(came.result, "judged_share").value or 0.0
        right = _on(Side.RIGHT)(came) or share < _WELL_JUDGED
        return right and not _spasms(came.result, Side.LEFT) and all(word in said for word in words)

    return holds


def _leaves(came: Came) -> bool:
    if came.result is None:
        return False
    away = [e for e in came.result.events if e.trial_type == "no_face" and e.duration_s > 1]
    near = len(away) == 1 and abs(away[0].onset_s - 2.4) < 0.1 and abs(away[0].offset_s - 6.4) < 0.1
    return near and not any(e.family == "spasm" for e in came.result.events)


def _refused(*words: str) -> Callable[[Came], bool]:
    """Status 3, one message with these words and a next step, no traceback."""

    def holds(came: Came) -> bool:
        return (
            came.status == 3
            and "Traceback" not in came.said
            and "Next" in came.said
            and all(word in came.said for word in words)
        )

    return holds


# How the recordings are made.


def _changed(change: Callable[[Picture], Picture], **how: Any) -> Callable[[Source, Path], Path]:
    def make(source: Source, folder: Path) -> Path:
        return _stored(
            folder / f"recording.{how.get('ending', 'mp4')}",
            map(change, source.frames),
            source.rate_hz,
            **{name: value for name, value in how.items() if name != "ending"},
        )

    return make


def _one_hz(source: Source, folder: Path) -> Path:
    return _stored(folder / "recording.mp4", source.frames[:: source.rate_hz], 1)


def _four_k(source: Source, folder: Path) -> Path:
    """Half of the frames, since more would only take longer."""

    def large(rgb: Picture) -> Picture:
        picture = np.full((2160, 3840, 3), 90, dtype=np.uint8)
        face = _scaled(rgb, 2160 / rgb.shape[0])
        left = (3840 - face.shape[1]) // 2
        picture[:, left : left + face.shape[1]] = face[:2160]
        return picture

    every = max(1, source.rate_hz // 30)
    return _stored(folder / "recording.mp4", map(large, source.frames[::every]), 30)


def _two_faces(source: Source, folder: Path) -> Path:
    """A smaller one, which stands still, beside the one with the spasms."""
    small = _scaled(source.frames[0], 0.5)
    beside = np.full((source.frames[0].shape[0], small.shape[1], 3), 90, dtype=np.uint8)
    beside[: small.shape[0]] = small
    pictures = (np.hstack([frame, beside]) for frame in source.frames)
    return _stored(folder / "recording.mp4", pictures, source.rate_hz)


def _leaving(source: Source, folder: Path) -> Path:
    del folder
    return source.leaves


def _no_face(source: Source, folder: Path) -> Path:
    grey = np.full_like(source.frames[0], 120)
    return _stored(folder / "recording.mp4", [grey] * source.rate_hz, source.rate_hz)


def _stored(
    path: Path,
    pictures: Iterable[Picture],
    rate_hz: int,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    turn_deg: int = 0,
) -> Path:
    """The pictures as a file; `turn_deg` is what a phone writes beside the pixels."""
    with av.open(str(path), mode="w") as container:
        options = {"crf": "18", "preset": "veryfast"} if codec == "libx264" else {}
        stream: Any = container.add_stream(codec, rate=rate_hz, options=options)
        stream.pix_fmt = pix_fmt
        for index, rgb in enumerate(pictures):
            if codec == "libx264":
                rgb = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            if index == 0:
                stream.width, stream.height = frame.width, frame.height
                if turn_deg:
                    stream.set_display_rotation(turn_deg)
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _scaled(rgb: Picture, scale: float) -> Picture:
    if scale == 1:
        return rgb
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=how), dtype=np.uint8)


def _grey(rgb: Picture) -> Picture:
    return np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2).astype(np.uint8)


def _covered(x: float) -> Callable[[Picture], Picture]:
    """An eye under a patch of gauze, as after an operation."""

    def change(rgb: Picture) -> Picture:
        height, width = rgb.shape[:2]
        rows, columns = np.mgrid[:height, :width].astype(float)
        off = np.hypot((columns / width - x) / 0.11, (rows / height - _EYES_Y) / 0.075)
        weave = 6 * np.sin(columns * 400 / width) * np.sin(rows * 460 / height)
        gauze = np.array([228.0, 222.0, 210.0]) + weave[..., None]
        return np.where(off[..., None] < 1, gauze, rgb).astype(np.uint8)

    return change


def _dark(rgb: Picture) -> Picture:
    """A twentieth of the light, with the noise of a sensor that has too little."""
    noise = np.random.default_rng(int(rgb[0, 0, 0]) + int(rgb.sum() % 1000))
    return np.clip(rgb * 0.05 + noise.normal(0, 1.5, rgb.shape), 0, 255).astype(np.uint8)


def _tiny(rgb: Picture) -> Picture:
    """A face of 30 px between the outer canthi, in the middle of a wide picture."""
    small = _scaled(rgb, 30 / (0.36 * rgb.shape[1]))
    picture = np.full((240, 320, 3), 120, dtype=np.uint8)
    top, left = (240 - small.shape[0]) // 2, (320 - small.shape[1]) // 2
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return picture


_RIGHT_ONLY = "the tonic spasm on the right, none on the left"
_COVERED = (
    "the tonic spasm on the right, or not judged; none on the left; it says that an eye is covered"
)

CASES = (
    Case(
        name="as it is",
        expected=_RIGHT_ONLY,
        make=_changed(lambda rgb: rgb),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="declared a mirror image",
        expected="the tonic spasm on the left, none on the right",
        make=_changed(lambda rgb: rgb),
        holds=_on(Side.LEFT),
        words=("--mirrored",),
    ),
    Case(
        name="upside down",
        expected=_RIGHT_ONLY,
        make=_changed(lambda rgb: rgb[::-1, ::-1]),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="phone held upright, stored on its side",
        expected=_RIGHT_ONLY,
        make=_changed(lambda rgb: np.rot90(rgb), turn_deg=-90),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="on its side, and nothing says so",
        expected=_RIGHT_ONLY,
        make=_changed(lambda rgb: np.rot90(rgb)),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="monochrome",
        expected=_RIGHT_ONLY,
        make=_changed(_grey),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="odd width and height",
        expected=_RIGHT_ONLY,
        make=_changed(
            lambda rgb: rgb[: rgb.shape[0] // 2 * 2 - 1, : rgb.shape[1] // 2 * 2 - 1],
            ending="mkv",
            codec="ffv1",
            pix_fmt="yuv444p",
        ),
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="two faces",
        expected=f"the larger one is followed, the other one stands still: {_RIGHT_ONLY}",
        make=_two_faces,
        holds=_on(Side.RIGHT),
    ),
    Case(
        name="4K",
        expected=_RIGHT_ONLY,
        make=_four_k,
        holds=_on(Side.RIGHT),
        long=True,
    ),
    Case(
        name="left eye covered",
        expected=_COVERED,
        make=_changed(_covered(_LEFT_X)),
        holds=_right_or_unjudged("covered"),
    ),
    Case(
        name="right eye covered",
        expected=_COVERED,
        make=_changed(_covered(_RIGHT_X)),
        holds=_right_or_unjudged("covered"),
    ),
    Case(
        name="very dark",
        expected="the tonic spasm on the right, or not judged; none on the left; the face is dark",
        make=_changed(_dark),
        holds=_right_or_unjudged("dark"),
    ),
    Case(
        name="face of 30 px",
        expected="nothing judged: too few pixels, how many, and how many are needed",
        make=_changed(_tiny),
        holds=_nothing_judged("px between the outer corners", "at least 40"),
    ),
    Case(
        name="1 frame a second",
        expected="nothing judged: too few frames, how many, and how many are needed",
        make=_one_hz,
        holds=_nothing_judged("1.0 frames per second", "at least 15"),
    ),
    Case(
        name="a face that leaves",
        expected="no face from 2.4 s to the end, no spasm",
        make=_leaving,
        holds=_leaves,
    ),
    Case(
        name="no face at all",
        expected="refused: no face in any of its frames, and what to do",
        make=_no_face,
        holds=_refused("no face in any of its"),
    ),
)
