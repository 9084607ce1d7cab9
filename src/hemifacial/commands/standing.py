"""What stands in a result folder: the result with its corrections, and the pages that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hemifacial.corrections import Correction, Review
from hemifacial.errors import InputError
from hemifacial.findings import Result, Still
from hemifacial.formats.result_folder import FINDINGS
from hemifacial.report.html import Report

__all__ = [
    "FACE_SIGNALS",
    "needed_files",
    "pages_of",
    "render",
    "standing_result",
    "version_of",
]

_FACE, _ELECTRO, _NERVE = "face", "electro", "twin.nerve"

FACE_SIGNALS = f"{_FACE}.parquet"
"""The file of signals that the findings of a face are made of."""


def version_of(method: str) -> str:
    """The version of the running method."""
    if method == _ELECTRO:
        from hemifacial.electro.measure import METHOD_VERSION

        return METHOD_VERSION
    from hemifacial.face.summary import METHOD_VERSION as OF_THE_FACE

    return OF_THE_FACE


def needed_files(method: str) -> tuple[str, ...]:
    """What a folder of this method must hold beside what every folder holds."""
    return () if method == _ELECTRO else (FACE_SIGNALS, "figures/timeline.svg")


def standing_result(
    folder: Path, measured: Result, corrections: Sequence[Correction]
) -> tuple[Result, Review]:
    """The result with a person's corrections in it.

    Raises
    ------
    InputError
        If the folder lacks what findings are made of: the signals, or the criteria in the
        provenance. Or it is a simulation, in which there is nothing to correct.
    """
    if measured.provenance.method == _NERVE:
        raise InputError(
            f"{folder}: an experiment on the simulated nerve, not a recording",
            next_step="Open its report.html, which is complete.",
        )
    if measured.provenance.method == _ELECTRO:
        from hemifacial.electro.review import reviewed as with_cursors

        return with_cursors(measured, corrections)
    return _of_a_face(folder, measured, corrections)


def _of_a_face(
    folder: Path, measured: Result, corrections: Sequence[Correction]
) -> tuple[Result, Review]:
    from hemifacial.face.review import reviewed

    if _FACE not in measured.signals:
        raise _unusable(folder, f"{FACE_SIGNALS} is missing")
    criteria = measured.provenance.parameters.get("criteria")
    if not isinstance(criteria, Mapping) or not all(
        isinstance(value, int | float) for value in criteria.values()
    ):
        raise _unusable(
            folder, f"{FINDINGS} does not state the criteria in $.provenance.parameters.criteria"
        )
    try:
        return reviewed(measured, corrections)
    except (KeyError, TypeError, ValueError) as error:
        # A table of signals may lack any column or label; what is not there names itself.
        reason = str(error.args[0] if error.args else error).split(". ")[0]
        problem = f"{FACE_SIGNALS} does not hold what findings need ({reason})"
        raise _unusable(folder, problem) from error


def render(
    measured: Result,
    reviewed: Result | None,
    review: Review | None,
    corrections: Sequence[Correction],
    *,
    stills: Sequence[Still] = (),
    stills_left_out: bool = False,
) -> Report:
    """The report of a result, by what kind of recording was measured."""
    if measured.provenance.method == _ELECTRO:
        from hemifacial.report.electro.page import render_electro

        return render_electro(measured, reviewed, review, corrections)
    from hemifacial.report.page import render as render_face

    return render_face(
        measured,
        reviewed,
        review,
        corrections,
        stills=stills,
        stills_left_out=stills_left_out,
    )


def pages_of(
    folder: Path, measured: Result, corrections: Sequence[Correction], stills: Sequence[Still]
) -> tuple[dict[str, str | bytes], Result, Review]:
    """The report and its parts by file name, and what `standing_result` returns."""
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


def _unusable(folder: Path, problem: str) -> InputError:
    return InputError(
        f"{folder}: {problem}", next_step="Measure the recording again to write the folder anew."
    )
