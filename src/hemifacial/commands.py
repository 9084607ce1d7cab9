"""What the commands do, apart from how they are called: measure, review, score, plant."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemifacial.anatomy import Side
from hemifacial.checking import check as check_standing
from hemifacial.checking import standing_result
from hemifacial.corrections import Correction, Review
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Provenance, Result, Still
from hemifacial.formats.destination import check_apart, check_own, check_writable
from hemifacial.formats.events_table import (
    EventsTable,
    event_to_record,
    read_events,
    stated_duration_s,
)
from hemifacial.formats.files import recover, sha256_of, write_text, writing
from hemifacial.formats.protocol import read_phases
from hemifacial.formats.result_folder import (
    EVENTS,
    REVIEW,
    as_document,
    check_destination,
    check_is_result,
    read_corrections,
    read_result,
    read_stills,
    replace_pages,
    write_result,
)
from hemifacial.formats.review_file import merged, read_review, write_review
from hemifacial.report.page import render
from hemifacial.scoring import SCORED_FAMILIES, Score
from hemifacial.scoring import score as score_events

if TYPE_CHECKING:
    from hemifacial.face.exports.deidentified import Export
    from hemifacial.face.measure import Options, Progress
    from hemifacial.twin.camera import Camera
    from hemifacial.twin.face import FaceModel, Planted

__all__ = [
    "annotate",
    "camera_for",
    "check",
    "deidentify",
    "document",
    "measure_face",
    "plant_face",
    "report_without_stills",
    "review",
    "score",
]

_SAME_DURATION_S = 1.0
"""Two tables of one recording state its duration within this: containers round differently."""


def measure_face(
    video: Path,
    folder: Path,
    options: Options,
    *,
    stills: bool,
    phases: Path | None = None,
    disguise: Callable[[Provenance], Provenance] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Measure a video and write its result folder; the reviewed result if a review stands there.

    Parameters
    ----------
    phases
        A table of the phases of the examination; without one, phases are found.
    disguise
        What of the provenance a blinded reader may see.
    """
    from hemifacial.face.criteria import FaceCriteria
    from hemifacial.face.measure import measure
    from hemifacial.face.phases import with_phases
    from hemifacial.face.stills import evidence_stills
    from hemifacial.formats.video_source import check_readable

    check_readable(video)  # before hashing: a pipe or a device has no end
    check_writable(folder)
    check_apart(folder, video)
    recover(folder)
    sha256 = sha256_of(video)
    check_destination(folder, sha256)
    if phases is not None:
        read_phases(phases)  # a mistake in it is told before the work
    measured = measure(video, options, sha256=sha256, progress=progress)
    duration_s = float(measured.signals["face"].attrs["duration_s"])
    stated = None if phases is None else read_phases(phases, recording_duration_s=duration_s)
    measured = with_phases(measured, FaceCriteria.read(options.own_criteria), stated)
    if disguise is not None:
        measured = replace(measured, provenance=disguise(measured.provenance))
    pictures = (
        evidence_stills(
            video,
            measured.events,
            duration_s=duration_s,
            mirrored=options.mirrored,
            model=options.model,
        )
        if stills
        else ()
    )
    with writing(folder):  # whoever signs corrections meanwhile waits, and finds the new result
        corrections = read_corrections(folder, measured.provenance)
        pages, standing, _ = _pages(folder, measured, corrections, pictures)
        write_result(
            folder,
            measured,
            recording_duration_s=duration_s,
            pages=pages,
        )
    return standing


def report_without_stills(folder: Path, out: Path) -> None:
    """Write the report of a result, without any picture of the face, to a file of its own."""
    recover(folder)
    check_is_result(folder)
    measured = read_result(folder)
    corrections = read_corrections(folder, measured.provenance)
    standing, applied = standing_result(folder, measured, corrections)
    reviewed, lines = (standing, applied) if corrections else (None, None)
    there = bool(read_stills(folder, measured.events))
    check_writable(out)
    page = render(measured, reviewed, lines, corrections, stills_left_out=there)
    write_text(out, page.html)


def check(folder: Path) -> tuple[str, ...]:
    """What is wrong with a result folder, see `hemifacial.checking.check`."""
    recover(folder)
    return check_standing(folder)


def review(folder: Path, brought: Path | None) -> tuple[Result, Review]:
    """Add the corrections that a person brought; findings and report anew with all that stand."""
    recover(folder)
    check_is_result(folder)
    with writing(folder):  # two people may sign at once, and no line of either is lost
        measured = read_result(folder)
        corrections = read_corrections(folder, measured.provenance)
        if brought is not None:
            length_s = stated_duration_s(folder / EVENTS)
            lines = read_review(brought, measured.provenance, recording_duration_s=length_s)
            corrections = merged(corrections, lines)
        pages, standing, applied = _pages(
            folder, measured, corrections, read_stills(folder, measured.events)
        )
        if brought is not None:
            write_review(folder / REVIEW, measured.provenance, corrections)
        replace_pages(folder, pages)
    return standing, applied


def score(
    truth: Path, found: Path, duration_s: float | None, *, families: Sequence[str] | None = None
) -> Score:
    """Found events against true ones; a result folder stands for its events as corrected.

    Raises
    ------
    UsageError
        If `duration_s` is not above 0, or a family cannot be scored.
    InputError
        If a table cannot be used, or the two state different durations and `duration_s`
        decides nothing.
    """
    if duration_s is not None and not 0 < duration_s < math.inf:
        raise UsageError(
            f"--duration is {duration_s:g} s; a recording lasts more than 0",
            next_step="Give the length of the recording in seconds.",
        )
    recover(truth)
    recover(found)
    true, seen = _events_of(truth), _events_of(found)
    return score_events(
        true.events,
        seen.events,
        recording_duration_s=duration_s or _common_duration_s((truth, true), (found, seen)),
        families=tuple(families) if families else SCORED_FAMILIES,
    )


def plant_face(
    base: Path,
    video: Path,
    camera: Camera,
    *,
    plan: Path | None,
    healthy: bool = False,
    side: str = "right",
    smallest_mm: float = 3.0,
    regions: Sequence[str] = (),
    face_model: FaceModel | None = None,
    model: Path | None = None,
    progress: Progress | None = None,
) -> Planted:
    """Plant the events of a table, of a healthy face, or a varied plan, into a still or clip."""
    from hemifacial.formats.video_writer import check_ending
    from hemifacial.twin.face import TRUTH_EVENTS, default_plan, healthy_plan, plant

    if side not in (Side.RIGHT, Side.LEFT):
        raise UsageError(
            f"--side is {side!r}", next_step="Give right or left, the patient's own side."
        )
    if (plan is not None) + healthy + bool(regions) > 1:
        raise UsageError(
            "--plan, --healthy and --region each say what is planted",
            next_step="Give one of them.",
        )
    if plan is not None:
        events = read_events(plan).events
    elif healthy:
        events = healthy_plan(camera.seconds, camera.seed)
    else:
        events = default_plan(
            camera.seconds,
            camera.seed,
            side=Side(side),
            smallest_mm=smallest_mm,
            regions=regions,
        )
    if plan is not None and plan.resolve() in (
        video.resolve(),
        video.resolve().with_name(TRUTH_EVENTS),
    ):
        raise UsageError(
            f"{video}: the plan {plan} would be replaced", next_step="Choose another --out."
        )
    check_ending(video)
    check_writable(video.parent / video.stem)
    video.parent.mkdir(parents=True, exist_ok=True)
    return plant(
        base,
        events,
        video,
        camera=camera,
        face_model=face_model,
        model=model,
        progress=progress,
    )


def camera_for(
    base: Path, *, seconds: float | None, sway_mm: float | None, as_still: bool = False
) -> Camera:
    """The camera for a still or a clip; a clip has its own length and its own movement.

    `as_still` is for a clip of which only a frame is used: that of transplanted lids.
    """
    from hemifacial.formats.video import open_video
    from hemifacial.formats.video_source import check_readable, still_kind
    from hemifacial.twin.camera import Camera

    if still_kind(check_readable(base)) or as_still:
        return Camera(
            seconds=20.0 if seconds is None else seconds,
            sway_mm=1.0 if sway_mm is None else sway_mm,
        )
    with open_video(base) as video:
        whole_s = video.info.stated_duration_s or 20.0
    still_head = not sway_mm
    return Camera(
        seconds=whole_s if seconds is None else seconds,
        sway_mm=sway_mm or 0.0,
        sway_deg=0.0 if still_head else Camera().sway_deg,
    )


def annotate(
    folder: Path,
    video: Path,
    out: Path,
    *,
    model: Path | None = None,
    progress: Progress | None = None,
) -> int:
    """Draw what stands in a result folder on its recording; the number of frames written.

    Raises
    ------
    UsageError
        If `out` is there already, lies in `folder`, or has an ending that names no video.
    InputError
        If `video` is not the recording that was measured, or either cannot be read.
    """
    from hemifacial.face.exports.annotated import annotate as draw
    from hemifacial.formats.video_source import check_readable
    from hemifacial.formats.video_writer import check_ending

    check_readable(video)
    check_ending(out)
    if out.exists():
        raise UsageError(
            f"{out}: is there already and would be replaced",
            next_step="Choose another name with --out, or remove this file.",
        )
    recover(folder)
    measured = read_result(folder)
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"{out}: lies in the result folder, which holds nothing but its own files",
            next_step="Choose a name outside it with --out.",
        )
    made_from = measured.provenance
    if sha256_of(video) != made_from.input_sha256:
        raise InputError(
            f"{video}: is not the recording that {folder} was measured from, "
            f"{made_from.input_name} (the SHA-256 differs)",
            next_step="Give that recording itself, not a copy that was cut or converted.",
        )
    standing, applied = standing_result(folder, measured, read_corrections(folder, made_from))
    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    return draw(
        video, out, standing, corrections=len(applied.applied), model=model, progress=progress
    )


def deidentify(
    video: Path,
    folder: Path,
    *,
    neutral_shape: bool,
    mirrored: bool,
    model: Path | None = None,
    progress: Progress | None = None,
) -> Export:
    """Write landmarks and a mesh video of a recording, without its pictures, into a new folder."""
    from hemifacial.face.exports.deidentified import deidentify as export
    from hemifacial.formats.video_source import check_readable

    check_readable(video)
    check_apart(folder, video)
    check_own(folder, (), what="a new folder")
    return export(
        video,
        folder,
        neutral_shape=neutral_shape,
        mirrored=mirrored,
        model=model,
        progress=progress,
    )


def document(result: Result) -> dict[str, Any]:
    """A result as one JSON document: the findings as in ``findings.json``, and the events."""
    return {**as_document(result), "events": [event_to_record(event) for event in result.events]}


def _pages(
    folder: Path, measured: Result, corrections: Sequence[Correction], stills: Sequence[Still]
) -> tuple[dict[str, str | bytes], Result, Review]:
    """The report and its parts by file name, and the result as it stands with the corrections."""
    standing, applied = standing_result(folder, measured, corrections)
    report = (
        render(measured, standing, applied, corrections, stills=stills)
        if corrections
        else render(measured, None, None, (), stills=stills)
    )
    pages: dict[str, str | bytes] = {"report.html": report.html}
    pages |= {f"figures/{name}": svg for name, svg in report.figures.items()}
    pages |= {f"stills/{still.event_id or 'rest'}.jpg": still.jpeg for still in stills}
    return pages, standing, applied


def _events_of(path: Path) -> EventsTable:
    if not path.is_dir():
        return read_events(path)
    result = read_result(path)
    standing, _ = standing_result(path, result, read_corrections(path, result.provenance))
    return EventsTable(
        events=standing.events,
        recording_duration_s=read_events(path / EVENTS).recording_duration_s,
    )


def _common_duration_s(*tables: tuple[Path, EventsTable]) -> float | None:
    """What the tables state as the duration of their recording; None if neither does."""
    stated = [
        (path, table.recording_duration_s)
        for path, table in tables
        if table.recording_duration_s is not None
    ]
    if not stated:
        return None
    (path, first_s), (other, last_s) = stated[0], stated[-1]
    if abs(first_s - last_s) > _SAME_DURATION_S:
        raise InputError(
            f"{path} states a recording of {first_s:g} s, {other} one of {last_s:g} s",
            next_step="Give two tables of the same recording, or its length with --duration.",
        )
    return first_s
