"""The face wing from end to end: a video file in, a result and its evidence stills out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import xarray as xr

from hemifacial import __version__
from hemifacial.anatomy import SIDES
from hemifacial.errors import InputError
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import detect
from hemifacial.face.following.follow import follow
from hemifacial.face.following.mirrored import turned_back
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.states import State
from hemifacial.face.summary import METHOD, METHOD_VERSION, summarise
from hemifacial.face.trace import trace
from hemifacial.findings import Provenance, Result
from hemifacial.formats.ahead import read_ahead
from hemifacial.formats.files import sha256_of
from hemifacial.formats.video import Frame, open_video
from hemifacial.landmarks.model import MODEL_SHA256
from hemifacial.landmarks.workers import workers

__all__ = ["Options", "Progress", "measure", "without_unseen"]

Progress = Callable[[float, float | None], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a video is to be measured.

    `mirrored` says that the picture is a mirror image, as selfie cameras store it; it is turned
    back first, so that right stays the patient's right. `own_criteria` is a clinic's table.
    """

    mirrored: bool = False
    own_criteria: Path | None = None
    model: Path | None = None


def measure(
    video_path: Path,
    options: Options | None = None,
    *,
    sha256: str | None = None,
    progress: Progress | None = None,
) -> Result:
    """Spasms and blinks of one video.

    Parameters
    ----------
    sha256
        Of the file, if it is known already.
    progress
        Called with the seconds done and the seconds there are (None if the file does not say).

    Raises
    ------
    InputError
        If the file is not a readable video, or no frame of it shows a face.
    SetupError
        If the landmark model is not on this machine.
    """
    options = options or Options()
    criteria = FaceCriteria.read(options.own_criteria)
    sha256 = sha256 or sha256_of(video_path)
    with (
        open_video(video_path) as video,
        workers(options.model) as looking,
        closing(read_ahead(turned_back(video.frames(), mirrored=options.mirrored))) as frames,
    ):
        followed = follow(_watched(frames, video.info.stated_duration_s, progress), looking)
        info, problems = video.info, video.problems.sentences()
    if not np.isfinite(followed.track.points_px[:, 0, 0]).any():
        raise InputError(
            f"{video_path}: no face in any of its {followed.track.times_s.size} frames",
            next_step="Record the face from the front, upright, as large as it fits.",
        )
    signals = trace(followed, criteria)
    signals.attrs["problems"] = " ".join(problems)
    events = detect(signals, criteria)
    signals = without_unseen(signals)
    return Result(
        provenance=Provenance(
            method=METHOD,
            method_version=METHOD_VERSION,
            program_version=__version__,
            # A name that is not text by the machine's own rules is still a name.
            input_name=os.fsencode(video_path.name).decode("utf-8", "replace"),
            input_sha256=sha256,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            recorded_at=info.recorded_at,
            parameters={
                "mirrored": options.mirrored,
                "model_sha256": MODEL_SHA256,
                "criteria": criteria.values(),
                "own_criteria": criteria.own,
            },
        ),
        findings=summarise(signals, events, criteria),
        events=events,
        signals={METHOD: signals},
    )


def without_unseen(signals: xr.Dataset) -> xr.Dataset:
    """The signals less those of regions that were never seen while the recording was judged.

    A region that is there counts as measured: it would say that no spasm was found in it, and
    from which size on one would have been.
    """
    if not (signals["state"].values == State.JUDGED).any():
        return signals
    names = [signal_of(site, side) for site in REGIONS for side in SIDES]
    return signals.drop_vars(
        [name for name in names if name in signals and not np.isfinite(signals[name].values).any()]
    )


def _watched(
    frames: Iterator[Frame], duration_s: float | None, progress: Progress | None
) -> Iterator[Frame]:
    """The frames as they pass, saying how far we are."""
    for frame in frames:
        if progress is not None:
            progress(frame.time_s, duration_s)
        yield frame
