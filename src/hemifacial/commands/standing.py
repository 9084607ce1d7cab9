"""What stands in a result folder: the result with its corrections, and the pages that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hemifacial.corrections import Correction, Review
from hemifacial.errors import InputError
from hemifacial.face.review import reviewed
from hemifacial.face.summary import METHOD
from hemifacial.findings import Result, Still
from hemifacial.formats.result_folder import FINDINGS
from hemifacial.report.page import render

__all__ = ["SIGNALS", "pages_of", "standing_result"]

SIGNALS = f"{METHOD}.parquet"
"""The signals that findings are made of."""


def standing_result(
    folder: Path, measured: Result, corrections: Sequence[Correction]
) -> tuple[Result, Review]:
    """The result with a person's corrections in it.

    Raises
    ------
    InputError
        If the folder lacks what findings are made of: the signals, or the criteria in the
        provenance.
    """
    if METHOD not in measured.signals:
        raise _unusable(folder, f"{SIGNALS} is missing")
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
        problem = f"{SIGNALS} does not hold what findings need ({reason})"
        raise _unusable(folder, problem) from error


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
