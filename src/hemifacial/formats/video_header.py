"""What a container states of itself, as `VideoInfo`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from av.container.input import InputContainer
from av.video.stream import VideoStream

from hemifacial.formats.video_facts import VideoInfo
from hemifacial.formats.video_picture import Geometry

__all__ = ["info_of", "wall_clock"]

_FIRST_YEAR = 1990
"""Clocks that were never set write 1904 or 1970; no digital camera is older than this."""


def info_of(
    path: Path, container: InputContainer, stream: VideoStream, geometry: Geometry
) -> VideoInfo:
    """The statements of an open recording, with the size that its frames will have."""
    width_px, height_px = geometry.upright_size_px
    return VideoInfo(
        path=path,
        width_px=width_px,
        height_px=height_px,
        rotation_deg=geometry.orientation.turn_deg,
        mirrored=geometry.orientation.mirrored,
        pixel_aspect=geometry.pixel_aspect,
        codec=stream.codec.canonical_name,
        container=container.format.name,
        nominal_rate_hz=float(stream.average_rate) if stream.average_rate else None,
        stated_duration_s=_duration_s(container, stream),
        stated_frames=stream.frames or None,
        recorded_at=wall_clock({**stream.metadata, **container.metadata}),
    )


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.duration > 0 and stream.time_base:
        return float(stream.duration * stream.time_base)
    # In microseconds; it covers the sound too, which may be longer.
    return container.duration / 1e6 if container.duration and container.duration > 0 else None


def wall_clock(metadata: Mapping[str, str]) -> str:
    """When the recording began, ISO 8601 with its zone where one is stated, else ``""``.

    Apple's own entry comes first: it keeps the local time, ``creation_time`` is in UTC. A
    date without a time of day is not a wall clock.
    """
    for key in ("com.apple.quicktime.creationdate", "creation_time", "date"):
        stated = metadata.get(key, "").strip()
        try:
            moment = datetime.fromisoformat(stated)
        except ValueError:
            continue
        if len(stated) > len("2024-01-31") and moment.year >= _FIRST_YEAR:
            return moment.isoformat()
    return ""
