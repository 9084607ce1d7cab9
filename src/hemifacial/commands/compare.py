"""What ``hemifacial compare`` does: result folders of one patient in, what changed out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hemifacial.anatomy import Side
from hemifacial.commands.standing import standing_result
from hemifacial.errors import InputError, UsageError
from hemifacial.face.comparison.compare import Comparison, Video, compare
from hemifacial.face.criteria import FaceCriteria
from hemifacial.formats.destination import check_own
from hemifacial.formats.files import new_folder, recover, write_text
from hemifacial.formats.result_folder import read_corrections, read_result
from hemifacial.report.compare_page import FILES, pages

__all__ = ["compare_folders"]


def compare_folders(
    folders: Sequence[Path],
    *,
    out: Path | None = None,
    own_criteria: Path | None = None,
    affected_side: Side | None = None,
) -> Comparison:
    """Compare videos that were measured before, as they stand after review.

    Parameters
    ----------
    folders
        Result folders in the order of the visits, that to compare with first.
    out
        Folder for the page, the table and the JSON document; nothing is written without it.
    affected_side
        If a clinician knows it; else that of the first video.

    Raises
    ------
    UsageError
        If there are fewer than two folders, or `out` holds something else.
    InputError
        If a folder cannot be used, or two are of the same recording.
    """
    if len(folders) < 2:
        raise UsageError(
            f"{len(folders)} result folder is given; a comparison needs two or more",
            next_step="Give the folder of the first visit, then those of the later ones.",
        )
    if out is not None:
        check_own(out, FILES, what="the folder of a comparison")
    videos = _videos(folders)
    compared = compare(videos, FaceCriteria.read(own_criteria), affected_side=affected_side)
    if out is not None:
        with new_folder(out) as partial:
            for name, text in pages(compared).items():
                write_text(partial / name, text)
    return compared


def _videos(folders: Sequence[Path]) -> list[Video]:
    videos: list[Video] = []
    seen: dict[str, Path] = {}
    for folder, name in zip(folders, _names(folders), strict=True):
        recover(folder)
        measured = read_result(folder)
        made = measured.provenance
        if made.input_sha256 in seen:
            raise InputError(
                f"{folder}: is of the same recording as {seen[made.input_sha256]}, "
                f"{made.input_name}",
                next_step="Give each recording once.",
            )
        seen[made.input_sha256] = folder
        standing, _ = standing_result(folder, measured, read_corrections(folder, made))
        videos.append(Video(name=name, result=standing))
    return videos


def _names(folders: Sequence[Path]) -> list[str]:
    """What a reader calls each video: the name of its folder, numbered where two are alike."""
    names = [folder.resolve().name.removesuffix(".hemifacial") for folder in folders]
    return [
        name if names.count(name) == 1 else f"{name} ({number})"
        for number, name in enumerate(names, start=1)
    ]
