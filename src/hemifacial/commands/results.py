"""What the commands on a result folder do: review it, print it, write its report again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hemifacial.commands.standing import pages_of, render, standing_result
from hemifacial.corrections import Review
from hemifacial.findings import Result
from hemifacial.formats.destination import check_writable
from hemifacial.formats.events_table import event_to_record, stated_duration_s
from hemifacial.formats.files import recover, write_text, writing
from hemifacial.formats.result_folder import (
    EVENTS,
    REVIEW,
    as_document,
    check_is_result,
    read_corrections,
    read_result,
    read_stills,
    replace_pages,
)
from hemifacial.formats.review_file import merged, read_review, write_review

__all__ = ["document", "report_without_stills", "review"]


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
        pages, standing, applied = pages_of(
            folder, measured, corrections, read_stills(folder, measured.events)
        )
        if brought is not None:
            write_review(folder / REVIEW, measured.provenance, corrections)
        replace_pages(folder, pages)
    return standing, applied


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


def document(result: Result) -> dict[str, Any]:
    """A result as one JSON document: the findings as in ``findings.json``, and the events."""
    return {**as_document(result), "events": [event_to_record(event) for event in result.events]}
