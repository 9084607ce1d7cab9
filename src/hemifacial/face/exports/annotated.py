"""The recording with what was found drawn on it, so that a person can see whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial import __version__
from hemifacial.anatomy import Side, structures
from hemifacial.face.exports.annotated_strip import Strip, draw_strip, strip_of
from hemifacial.face.exports.followed import followed
from hemifacial.face.exports.marks import (
    BOTH_COLOUR,
    COLOURS,
    INK,
    PAPER,
    Picture,
    text_size,
    write,
    write_sides,
)
from hemifacial.face.exports.outlines import OUTLINES
from hemifacial.face.regions import signal_of
from hemifacial.face.states import State
from hemifacial.findings import Event, Result
from hemifacial.formats.video import open_video
from hemifacial.formats.video_writer import write_timed_video
from hemifacial.landmarks.networks import Mesh
from hemifacial.landmarks.workers import workers

__all__ = ["annotate"]

_LONGEST_PX, _NARROWEST_PX = 1920, 720
_NOMINAL_RATE_HZ = 30.0
_CRF = 21
_SHOWN_AT_LEAST_S = 1.0
"""A caption stays this long, since nobody reads for the tenth of a second of a clonic spasm."""
_STATES = {State.JUDGED: "judged", State.NO_FACE: "NO FACE", State.UNJUDGED: "NOT JUDGED"}
_NOT_CAPTIONED = ("gap", "burst", "phase")
_FAINT = (150, 150, 150)
_WASH = 0.3  # what moves is to be seen through its own marking


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """What does not change from frame to frame."""

    result: Result
    strip: Strip
    corrections: int
    scale: float
    width_px: int
    height_px: int
    letters_px: float

    @property
    def header_px(self) -> int:
        return round(2.4 * self.letters_px)


def annotate(
    video_path: Path,
    out: Path,
    result: Result,
    *,
    corrections: int = 0,
    model: Path | None = None,
    progress: Callable[[float, float | None], None] | None = None,
) -> int:
    """Write the annotated video, whole or not at all; the number of its frames.

    Each frame keeps its own time. The picture is turned back where the result says that the
    recording is a mirror image. There is no sound.

    Parameters
    ----------
    video_path
        The recording that `result` was measured from; that it is the same is the caller's to know.
    result
        As it stands after review, with its signals.
    corrections
        How many of a person's corrections stand in it.
    progress
        Called with the seconds done and the seconds there are.
    """
    mirrored = bool(result.provenance.parameters.get("mirrored", False))
    written = 0
    with workers(model) as looking, open_video(video_path) as video:
        info = video.info
        view = _view(result, corrections, info.width_px, info.height_px)

        def pictures() -> Generator[tuple[float, Picture], None, None]:
            nonlocal written
            with closing(followed(video, looking, mirrored=mirrored)) as faces:
                for frame, face in faces:
                    written += 1
                    if progress is not None:
                        progress(frame.time_s, info.stated_duration_s)
                    yield frame.time_s, _page(view, frame.time_s, frame.rgb, face)

        rate_hz = info.nominal_rate_hz or _NOMINAL_RATE_HZ
        with closing(pictures()) as pages:
            write_timed_video(out, pages, rate_hz=rate_hz, crf=_CRF)
    return written


def _view(result: Result, corrections: int, width_px: int, height_px: int) -> _View:
    """As large as the recording, but wide enough to read and at most 1920 pixels."""
    longest = max(width_px, height_px)
    scale = min(_LONGEST_PX / longest, max(1.0, _NARROWEST_PX / width_px))
    width = max(2, 2 * round(width_px * scale / 2))
    letters_px = float(np.clip(width / 64, 11, 20))
    return _View(
        result=result,
        strip=strip_of(result.signals["face"], result.events, letters_px),
        corrections=corrections,
        scale=scale,
        width_px=width,
        height_px=max(2, 2 * round(height_px * scale / 2)),
        letters_px=letters_px,
    )


def _page(view: _View, time_s: float, rgb: Picture, face: Mesh | None) -> Picture:
    """One frame of the annotated video: header, picture, strip."""
    import cv2

    method = cv2.INTER_AREA if view.scale < 1 else cv2.INTER_LINEAR
    size = (view.width_px, view.height_px)
    resized = (
        rgb
        if view.scale == 1 and rgb.shape[1::-1] == size
        else cv2.resize(rgb, size, interpolation=method)
    )
    picture = np.array(resized, dtype=np.uint8)  # the decoder's own stays as it is
    points = None if face is None else face.points_px[:, :2] * view.scale
    at = max(0, int(np.searchsorted(view.strip.times_s, time_s + 1e-6)) - 1)
    state = State(int(view.strip.states[at]))
    now = [e for e in view.strip.events if e.onset_s <= time_s < e.offset_s]
    if points is not None:
        _draw_face(picture, view, points, state, now, at)
    _write_captions(picture, view, time_s, points)
    write_sides(picture, points, view.letters_px)
    return np.concatenate(
        [_header(view, time_s, state, now), picture, draw_strip(view.strip, time_s, view.width_px)]
    )


def _header(view: _View, time_s: float, state: State, now: Sequence[Event]) -> Picture:
    bar = np.full((view.header_px, view.width_px, 3), PAPER, np.uint8)
    phases = [event.phase for event in now if event.family == "phase"]
    minutes, seconds = divmod(time_s, 60)
    left = "  ".join((f"{minutes:.0f}:{seconds:06.3f}", _STATES[state], *filter(None, phases)))
    if view.corrections:
        lines = "correction" if view.corrections == 1 else "corrections"
        reviewed = f"with {view.corrections} {lines} by a person"
    else:
        reviewed = "as measured, not corrected by a person"
    right = f"{reviewed}; hemifacial {__version__}, research software"
    height = view.letters_px
    write(bar, _plain(left), (0, 0), height_px=height, box=None)
    small = 0.75 * height
    for text in (right, reviewed):
        room = view.width_px - text_size(left, height)[0]
        if text_size(text, small)[0] < room:
            write(bar, text, (view.width_px, 0), height_px=small, box=None, align=1.0)
            break
    return bar


def _draw_face(
    picture: Picture,
    view: _View,
    points: NDArray[np.floating],
    state: State,
    now: Sequence[Event],
    at: int,
) -> None:
    """Frame the face that is followed, and light the regions that move."""
    import cv2

    _draw_brackets(picture, points, INK if state is State.JUDGED else _FAINT)
    if state is not State.JUDGED:
        return
    wash, strong = picture.copy(), []
    for (site, side), indices in OUTLINES.items():
        hull = cv2.convexHull(np.round(points[list(indices)]).astype(np.int32))
        event = next((e for e in now if site in e.sites and e.side in (side, Side.BOTH)), None)
        signal = view.result.signals["face"].get(signal_of(site, side))
        if event is not None:
            colour = COLOURS.get(event.side, BOTH_COLOUR)
            cv2.fillPoly(wash, [hull], colour, cv2.LINE_AA)
            strong.append((hull, colour))
        elif signal is not None and _moves(signal.values[at], signal.attrs.get("threshold")):
            strong.append((hull, COLOURS[side]))
        elif signal is not None:
            cv2.polylines(wash, [hull], True, _FAINT, 1, cv2.LINE_AA)
    cv2.addWeighted(wash, _WASH, picture, 1 - _WASH, 0, dst=picture)
    for hull, colour in strong:
        cv2.polylines(picture, [hull], True, colour, 2, cv2.LINE_AA)


def _moves(value_mm: float, threshold_mm: float | None) -> bool:
    return threshold_mm is not None and bool(value_mm >= threshold_mm)


def _draw_brackets(picture: Picture, points: NDArray[np.floating], colour: tuple[int, ...]) -> None:
    """Four corners round the face."""
    import cv2

    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low)
    (left, top), (right, bottom) = (low - margin).round(), (high + margin).round()
    arm = 0.15 * min(right - left, bottom - top)
    for x, y, across, down in (
        (left, top, arm, arm),
        (right, top, -arm, arm),
        (left, bottom, arm, -arm),
        (right, bottom, -arm, -arm),
    ):
        corner = np.array([(x + across, y), (x, y), (x, y + down)]).round().astype(np.int32)
        cv2.polylines(picture, [corner], False, colour, 2, cv2.LINE_AA)


def _write_captions(
    picture: Picture, view: _View, time_s: float, points: NDArray[np.floating] | None
) -> None:
    """What is happening, each on its side of the picture; what has just ended, as an outline."""
    first = Side.RIGHT if points is None or points[33, 0] <= points[263, 0] else Side.LEFT
    rows = {0.0: 0, 0.5: 0, 1.0: 0}
    for event in view.strip.events:
        until_s = max(event.offset_s, event.onset_s + _SHOWN_AT_LEAST_S)
        if event.family in _NOT_CAPTIONED or not event.onset_s <= time_s < until_s:
            continue
        align = (0.0 if event.side is first else 1.0) if event.side in COLOURS else 0.5
        colour = COLOURS.get(event.side, BOTH_COLOUR)
        on = time_s < event.offset_s
        text = _caption(event, view)
        high = text_size(text, view.letters_px)[1] + 4
        write(
            picture,
            text,
            (align * view.width_px, 4 + rows[align] * high),
            height_px=view.letters_px,
            colour=PAPER if on else colour,
            box=colour if on else PAPER,
            align=align,
        )
        rows[align] += 1


def _caption(event: Event, view: _View) -> str:
    kind = event.trial_type.replace("_", ", ")
    size = "" if event.amplitude is None else f" {event.amplitude:.1f} {event.amplitude_unit}"
    short = _plain(f"{event.event_id} {kind}{size}")
    sites = ", ".join(structures()[site].label for site in event.sites)
    whole = f"{short}: {sites}" if sites else short
    fits = text_size(whole, view.letters_px)[0] <= view.width_px
    return whole if fits else short


def _plain(text: str) -> str:
    """The font has no letters beyond ASCII."""
    return text.encode("ascii", "replace").decode("ascii")
