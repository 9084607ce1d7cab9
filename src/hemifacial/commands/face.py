"""What the commands on a video of a face do: measure it, draw on it, de-identify it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hemifacial.commands.standing import pages_of, standing_result
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Provenance, Result
from hemifacial.formats.destination import check_apart, check_own, check_writable
from hemifacial.formats.files import recover, sha256_of, writing
from hemifacial.formats.protocol import read_phases
from hemifacial.formats.result_folder import (
    check_destination,
    read_corrections,
    read_result,
    write_result,
)

if TYPE_CHECKING:
    from hemifacial.face.exports.deidentified import Export
    from hemifacial.face.measure import Options, Progress

__all__ = ["annotate", "deidentify", "measure_face"]


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
        pages, standing, _ = pages_of(folder, measured, corrections, pictures)
        write_result(
            folder,
            measured,
            recording_duration_s=duration_s,
            pages=pages,
        )
    return standing


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
