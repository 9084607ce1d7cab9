"""Planted truth: spasms and blinks put into a real face, with their times and sizes known.

::

    events = default_plan(20, seed=1, side=Side.RIGHT)
    planted = plant(photograph, events, folder / "planted.mp4", camera=Camera(crop_to_head=True))
    planted.truth    # folder / "truth_events.tsv"

It shares with the instrument that measures faces the landmark network, the vocabulary and
the file formats, and nothing else; docs/twin_face.md says what a test with it can prove.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.findings import Event
from hemifacial.formats.events_table import write_events
from hemifacial.formats.files import new_file, read_text, sha256_of, write_text
from hemifacial.formats.video import write_video
from hemifacial.formats.video_writer import check_ending
from hemifacial.landmarks.model import MODEL_SHA256
from hemifacial.twin.camera import Camera
from hemifacial.twin.default_plan import default_plan
from hemifacial.twin.face_model import FaceModel
from hemifacial.twin.film import Film, filmed, frames
from hemifacial.twin.healthy_plan import healthy_plan
from hemifacial.twin.skin import MuscleSide
from hemifacial.twin.still import Still

__all__ = [
    "METHOD",
    "METHOD_VERSION",
    "TRUTH_EVENTS",
    "TRUTH_PLAN",
    "Camera",
    "FaceModel",
    "Film",
    "Planted",
    "default_plan",
    "filmed",
    "frames",
    "healthy_plan",
    "plant",
]

METHOD = "twin.face"
METHOD_VERSION = "2"
TRUTH_EVENTS = "truth_events.tsv"
TRUTH_PLAN = "truth_plan.json"

Picture = NDArray[np.uint8]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A video made here and its truth.

    Parameters
    ----------
    truth
        The table of events; beside it lie its ``.json`` and ``truth_plan.json``.
    events
        As planted: an amplitude is the largest of the event's sites, on this face.
    site_mm
        By event and by muscle and side, how far the skin moves at its place.
    other_side_mm
        In the same way, how far it is dragged along beyond the midline.
    lag_s
        By event, how much later the skin moves than the lids.
    blink_s
        With transplanted lids, when in the clip each picture of the blink was filmed.
    mm_per_px
        Scale of the face in the base picture; for a still this is the scale of the video
        at the middle of the sway.
    aperture_mm
        Height of the open eyes, which is the amplitude of a complete closure.
    no_face_s
        Stretches of a clip in which there was no face to plant into, (from, to).
    """

    video: Path
    truth: Path
    events: tuple[Event, ...]
    site_mm: Mapping[str, Mapping[MuscleSide, float]]
    other_side_mm: Mapping[str, Mapping[MuscleSide, float]]
    lag_s: Mapping[str, float]
    blink_s: tuple[float, ...]
    seconds: float
    mm_per_px: float
    aperture_mm: Mapping[Side, float]
    no_face_s: tuple[tuple[float, float], ...]


def plant(
    base: Path,
    plan: Sequence[Event],
    out_video: Path,
    *,
    camera: Camera | None = None,
    face_model: FaceModel | None = None,
    model: Path | None = None,
    progress: Progress | None = None,
) -> Planted:
    """A video of the face in `base` with the events of `plan` in it, and its truth beside it.

    Writes `out_video`, ``truth_events.tsv`` with its ``.json``, and ``truth_plan.json`` (the
    amplitude of every site, the camera, the base by its hash). The video comes last and
    whole: where it stands, its truth is complete. Frames are made one at a time; memory
    does not grow with the length.

    Parameters
    ----------
    base
        A still or a clip. Sides are those of a picture that is not mirrored: the patient's
        right is on the viewer's left. The network cannot tell a mirrored one.
    plan
        Onset and duration are the crossings of 10 % of the peak, exactly. Sites are muscles;
        the strongest moves by the amplitude and the others by their share of it
        (``muscles.tsv``). A `blink_complete` closes the eye, whatever amplitude it states.
    face_model
        How the face is moved: which warp, which lids. With transplanted lids the base is a clip
        with a blink, of which one open-eyed frame is filmed as a still.
    model
        The landmark model; found by `hemifacial.landmarks.model.find_model` if not given.
    progress
        Called with frames done and frames in all; 0 in all where a clip does not say.

    Raises
    ------
    UsageError
        The plan makes no sense, whatever the face (see `hemifacial.twin.plan.checked_plan`),
        or `out_video` is the base, or the folder holds the truth of another video, or a video
        or table of these names that was not planted here.
    InputError
        No face, two faces, closed eyes, a movement that this face cannot make, an event in a
        part of a clip without a face.
    SetupError
        The landmark model is not on this machine.
    """
    camera = camera or Camera()
    check_ending(out_video)
    _refuse_not_ours(base, out_video)
    face_model = face_model or FaceModel()
    film = filmed(base, plan, camera=camera, model=face_model, network_file=model)
    source = film.source
    with new_file(out_video) as partial:
        write_video(
            partial,
            _shown(film, progress),
            rate_hz=source.rate_hz,
            crf=camera.crf,
            times_s=source.times_s,
        )
        planting = source.planting
        planted = Planted(
            video=out_video,
            truth=out_video.with_name(TRUTH_EVENTS),
            events=planting.events,
            site_mm={m.event.event_id: m.site_mm for m in planting.movements},
            other_side_mm={m.event.event_id: m.other_side_mm for m in planting.movements},
            lag_s={m.event.event_id: m.lag_s for m in planting.movements},
            blink_s=source.blink_s if isinstance(source, Still) else (),
            seconds=source.seconds,
            mm_per_px=planting.mm_per_px,
            aperture_mm=planting.aperture_mm,
            no_face_s=source.no_face_s,
        )
        write_text(out_video.with_name(TRUTH_PLAN), _plan_text(planted, base, camera, face_model))
        write_events(planted.truth, planted.events, recording_duration_s=planted.seconds)
    return planted


def _shown(film: Film, progress: Progress | None) -> Iterator[Picture]:
    expected = film.source.frames_in_all
    for frame in film.frames():
        yield frame.rgb
        if progress is not None:
            progress(frame.index + 1, max(expected, frame.index + 1) if expected else 0)


def _plan_text(planted: Planted, base: Path, camera: Camera, face_model: FaceModel) -> str:
    """What the table of events has no column for, as JSON."""
    how: dict[str, object] = {"warp": face_model.warp, "lids": face_model.lids}
    if face_model.anchors is not None:
        how |= {"anchors": asdict(face_model.anchors)}
    document = {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "video": planted.video.name,
        "base": {"name": base.name, "sha256": sha256_of(base)},
        "landmark_model_sha256": MODEL_SHA256,
        "sides": "the patient's own, in a base picture that is not mirrored",
        "face_model": how,
        "blink_transplanted_s": [round(time_s, 6) for time_s in planted.blink_s],
        "mm_per_px": round(planted.mm_per_px, 6),
        "aperture_mm": {side.value: round(mm, 4) for side, mm in planted.aperture_mm.items()},
        "camera": asdict(camera),
        "no_face_s": [[round(t, 6) for t in gap] for gap in planted.no_face_s],
        "lag_s": {name: round(lag_s, 6) for name, lag_s in planted.lag_s.items() if lag_s},
        "sites": _rows(planted.site_mm),
        "dragged_along": _rows(planted.other_side_mm),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rows(by_event: Mapping[str, Mapping[MuscleSide, float]]) -> list[dict[str, object]]:
    return [
        {"event_id": name, "side": side.value, "site": site, "amplitude_mm": round(mm, 4)}
        for name, by_site in by_event.items()
        for (site, side), mm in by_site.items()
    ]


def _refuse_not_ours(base: Path, out_video: Path) -> None:
    """Replace only what was planted here; one folder holds one planted video and its truth."""
    if out_video.resolve() == base.resolve():
        raise UsageError(
            f"{out_video}: is the base itself, which the video would replace",
            next_step="Choose another --out.",
        )
    truth = out_video.with_name(TRUTH_EVENTS)
    other = _named_video(out_video.with_name(TRUTH_PLAN))
    if other == out_video.name:
        return
    if other is not None and out_video.with_name(other).exists():
        raise UsageError(
            f"{out_video.parent}: the folder holds the truth of {other}",
            next_step="Write each planted video into a folder of its own.",
        )
    for path in (out_video, truth, truth.with_suffix(".json")):
        if path.exists():
            raise UsageError(
                f"{path}: is there already, and no {TRUTH_PLAN} beside it says that it was "
                f"planted as {out_video.name}",
                next_step="Choose another --out.",
            )


def _named_video(stated: Path) -> str | None:
    """Which video a plan of the truth says it is of; None where it says nothing."""
    try:
        document = json.loads(read_text(stated)) if stated.exists() else None
    except ValueError:
        return None
    video = document.get("video") if isinstance(document, dict) else None
    return video if isinstance(video, str) else None
