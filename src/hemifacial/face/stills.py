"""Evidence stills: the face at rest and at the peak of the largest events, sides written on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from hemifacial.face.exports.marks import write_sides
from hemifacial.findings import Event, Still
from hemifacial.formats.video import Frame, open_video
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker

__all__ = ["evidence_stills", "wanted_stills"]

_MOST_SPASMS = 5
_HEIGHT_PX = 420
_JPEG_QUALITY = 80
_LETTERS_PX = 11.0
_APART_S = 0.1  # from an event on either side
_LONG_S = 1.0
_MARGIN = 0.35  # of the size of the mesh, on each side


def evidence_stills(
    video_path: Path,
    events: Sequence[Event],
    *,
    duration_s: float,
    mirrored: bool,
    model: Path | None,
) -> tuple[Still, ...]:
    """A still of the face at rest, then the peaks of the largest spasms and of one blink.

    Where events leave no moment of rest in the `duration_s` of the recording, there is no still
    of it.
    """
    wanted = wanted_stills(events, duration_s)
    networks = FaceNetworks(model)
    stills = []
    with open_video(video_path) as video:
        for frame in video.frames():
            while wanted and frame.time_s >= wanted[0][0] - 1e-6:
                _, event_id = wanted.pop(0)
                picture = _portrait(frame, networks, mirrored)
                if picture is not None:
                    stills.append(Still(jpeg=picture, event_id=event_id, time_s=frame.time_s))
            if not wanted:
                break
    return tuple(sorted(stills, key=lambda still: still.event_id))


def wanted_stills(events: Sequence[Event], duration_s: float) -> list[tuple[float, str]]:
    """Times (s) and names of the events to be shown, in order of time; no name means rest."""
    spasms = [
        event for event in events if event.family == "spasm" and event.peak_time_s is not None
    ]
    spasms.sort(key=lambda event: -(event.amplitude or 0))
    blinks = [event for event in events if event.family == "blink"]
    # The one that shows best what a blink looks like here.
    blinks.sort(key=lambda e: (e.trial_type != "blink_complete", -(e.confidence or 0)))
    shown = [
        (event.onset_s if event.peak_time_s is None else event.peak_time_s, event.event_id)
        for event in [*spasms[:_MOST_SPASMS], *blinks[:1]]
    ]
    quiet_s = _quiet_time_s(events, duration_s)
    return sorted([*([] if quiet_s is None else [(quiet_s, "")]), *shown])


def _quiet_time_s(events: Sequence[Event], duration_s: float) -> float | None:
    """The middle of the first second in no event, else of the longest stretch in none."""
    free: list[tuple[float, float]] = []
    end_s = 0.0
    # A phase is what was asked for, not what the face does: most of rest lies in one.
    busy = sorted((e for e in events if e.family != "phase"), key=lambda e: e.onset_s)
    for onset_s, offset_s in [*((e.onset_s, e.offset_s) for e in busy), (duration_s, duration_s)]:
        if onset_s - end_s > 2 * _APART_S:
            free.append((end_s, onset_s))
        end_s = max(end_s, offset_s)
    if not free:
        return None
    long = [one for one in free if one[1] - one[0] >= _LONG_S]
    start_s, stop_s = long[0] if long else max(free, key=lambda one: one[1] - one[0])
    return (start_s + min(stop_s, start_s + _LONG_S)) / 2


def _portrait(frame: Frame, networks: FaceNetworks, mirrored: bool) -> bytes | None:
    rgb = np.ascontiguousarray(frame.rgb[:, ::-1]) if mirrored else frame.rgb
    face = FaceTracker(networks).follow(rgb)
    if face is None:
        return None
    low, high = face.points_px[:, :2].min(axis=0), face.points_px[:, :2].max(axis=0)
    margin = _MARGIN * (high - low)
    size = np.array([rgb.shape[1], rgb.shape[0]])
    left, top = np.clip(low - margin, 0, size - 2).astype(int)
    right, bottom = np.clip(high + margin, 2, size).astype(int)
    scale = _HEIGHT_PX / (bottom - top)
    cut = rgb[top:bottom, left:right]
    resized = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.asarray(resized, dtype=np.uint8)
    write_sides(picture, face.points_px, _LETTERS_PX)
    _, jpeg = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return jpeg.tobytes()
