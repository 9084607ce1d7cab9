"""``review.json``: the signed corrections of one result, bound to its recording."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hemifacial.corrections import Action, Correction, mistake_in
from hemifacial.errors import InputError
from hemifacial.findings import Provenance
from hemifacial.formats.events_table import event_from_record, event_to_record
from hemifacial.formats.files import write_text
from hemifacial.formats.schema import read_json

__all__ = ["correction_to_record", "merged", "read_review", "write_review"]

_SCHEMA_VERSION = 1


def read_review(
    path: Path, provenance: Provenance, *, recording_duration_s: float | None = None
) -> tuple[Correction, ...]:
    """The corrections of a file, in their order.

    Raises
    ------
    InputError
        If the file is not a review, or is the review of another recording: corrections
        are bound to the SHA-256 of the input and to the method. Also if a line cannot be of
        this recording, see `hemifacial.corrections.mistake_in`.
    """
    document = read_json(path, "review")
    for key, ours in (("input_sha256", provenance.input_sha256), ("method", provenance.method)):
        if document[key] != ours:
            raise InputError(
                f"{path}: these corrections are of another recording or method "
                f"({key} {document[key][:12]}, here {ours[:12]})",
                next_step="Give the folder that the corrected report lies in.",
            )
    corrections: list[Correction] = []
    for number, row in enumerate(document["corrections"]):
        try:
            corrections.append(_correction(row))
            if mistake := mistake_in(corrections[-1], recording_duration_s):
                raise ValueError(mistake)
        except (ValueError, TypeError, OverflowError) as error:
            raise InputError(
                f"{path}: $.corrections[{number}]: {error}",
                next_step="Correct this place, or save the corrections from the report again.",
            ) from error
    return tuple(corrections)


def write_review(path: Path, provenance: Provenance, corrections: Sequence[Correction]) -> None:
    """Write ``review.json`` whole."""
    document = {
        "schema_version": _SCHEMA_VERSION,
        "input_sha256": provenance.input_sha256,
        "method": provenance.method,
        "corrections": [correction_to_record(correction) for correction in corrections],
    }
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def merged(standing: Sequence[Correction], brought: Sequence[Correction]) -> tuple[Correction, ...]:
    """The standing corrections followed by those brought that do not stand already."""
    return (*standing, *(line for line in brought if line not in standing))


def _correction(row: dict[str, Any]) -> Correction:
    before, after = row["before"], row["after"]
    return Correction(
        action=Action(row["action"]),
        before=None if before is None else event_from_record(before),
        after=None if after is None else event_from_record(after),
        who=row["who"],
        when=row["when"],
        why=row["why"],
    )


def correction_to_record(correction: Correction) -> dict[str, Any]:
    """A correction as a line of ``review.json``."""
    return {
        "action": correction.action.value,
        "before": None if correction.before is None else event_to_record(correction.before),
        "after": None if correction.after is None else event_to_record(correction.after),
        "who": correction.who,
        "when": correction.when,
        "why": correction.why,
    }
