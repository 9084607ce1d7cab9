"""The folder that every measuring command writes, whole or not at all.

``findings.json``, ``events.tsv`` with its sidecar, one Parquet file a table of signals,
``report.html``, ``figures/*.svg`` and ``stills/*.jpg``; and ``review.json`` once a person has
signed corrections. Measured files are never edited: a new measurement of the same recording
replaces them together and keeps the review.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cattrs

from hemifacial.corrections import Correction
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event, Finding, Provenance, Result, Still
from hemifacial.formats.destination import check_own
from hemifacial.formats.events_table import read_events, stated_duration_s, write_events
from hemifacial.formats.files import new_file, new_folder, write_text, writing
from hemifacial.formats.review_file import read_review
from hemifacial.formats.schema import mistakes_in, read_json
from hemifacial.formats.signals_table import read_signals, write_signals

__all__ = [
    "EVENTS",
    "FILES",
    "FINDINGS",
    "REVIEW",
    "as_document",
    "check_destination",
    "check_is_result",
    "read_corrections",
    "read_result",
    "read_stills",
    "replace_pages",
    "write_result",
]

FINDINGS = "findings.json"
EVENTS = "events.tsv"
REVIEW = "review.json"
FILES = (
    FINDINGS,
    EVENTS,
    "events.json",
    "*.parquet",
    "report.html",
    "figures/*.svg",
    "stills/*.jpg",
    REVIEW,
)
"""Everything that a result folder may hold."""
_SCHEMA_VERSION = 1
_CONVERTER = cattrs.Converter(forbid_extra_keys=True)


def write_result(
    folder: Path,
    result: Result,
    *,
    recording_duration_s: float,
    pages: Mapping[str, str | bytes],
) -> None:
    """Write a result and its pages (``report.html``, ``figures/``, ``stills/``) as one folder.

    Raises
    ------
    UsageError
        If `folder` holds something else, or the result of another recording.
    InputError
        If the disk refuses.
    """
    check_destination(folder, result.provenance.input_sha256)
    document = as_document(result)
    mistakes = mistakes_in(document, "findings")
    if mistakes:
        raise ValueError("a result that breaks its own schema: " + "; ".join(mistakes[:5]))
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # Locked, so that no correction is signed between copying the review and the exchange.
    with writing(folder), new_folder(folder) as partial:
        write_text(partial / FINDINGS, text)
        write_events(partial / EVENTS, result.events, recording_duration_s=recording_duration_s)
        for name, signals in result.signals.items():
            write_signals(partial / f"{name}.parquet", signals)
        _write_pages(partial, pages)
        review = folder / REVIEW
        if review.exists():
            (partial / REVIEW).write_bytes(review.read_bytes())


def read_result(folder: Path) -> Result:
    """The result of a folder as it was measured, before any correction."""
    check_is_result(folder)
    document = read_json(folder / FINDINGS, "findings")
    try:
        provenance = _CONVERTER.structure(document["provenance"], Provenance)
        findings = _CONVERTER.structure(document["findings"], tuple[Finding, ...])
    except cattrs.BaseValidationError as error:
        mistakes = "; ".join(cattrs.transform_error(error, format_exception=_reason)[:5])
        raise InputError(
            f"{folder / FINDINGS}: {mistakes}",
            next_step="Measure the recording again to write the folder anew.",
        ) from error
    return Result(
        provenance=provenance,
        findings=findings,
        events=read_events(folder / EVENTS).events,
        signals={path.stem: read_signals(path) for path in sorted(folder.glob("*.parquet"))},
    )


def check_is_result(folder: Path) -> None:
    """Refuse what no measuring command wrote, by its lack of findings."""
    if not (folder / FINDINGS).is_file():
        raise InputError(
            f"{folder}: not a result folder, {FINDINGS} is missing",
            next_step="Give the folder that a measuring command wrote.",
        )


def read_corrections(folder: Path, provenance: Provenance) -> tuple[Correction, ...]:
    """The corrections that stand in a folder; none where nobody has signed any."""
    path = folder / REVIEW
    if not path.exists():
        return ()
    return read_review(path, provenance, recording_duration_s=stated_duration_s(folder / EVENTS))


def read_stills(folder: Path, events: Iterable[Event]) -> tuple[Still, ...]:
    """The evidence stills of a folder, the face at rest first; none where they were left out."""
    times_s = {event.event_id: event.peak_time_s for event in events}
    stills = []
    for path in sorted(folder.glob("stills/*.jpg")):
        event_id = "" if path.stem == "rest" else path.stem
        stills.append(
            Still(event_id=event_id, jpeg=path.read_bytes(), time_s=times_s.get(event_id))
        )
    return tuple(sorted(stills, key=lambda still: still.event_id))


def replace_pages(folder: Path, pages: Mapping[str, str | bytes]) -> None:
    """Write the report and its figures anew; what was measured stays untouched."""
    _write_pages(folder, pages)


def check_destination(folder: Path, input_sha256: str) -> None:
    """Refuse, before any work, a folder that the result of this input must not replace.

    So is one whose review cannot be read, since a new measurement keeps the review.
    """
    check_own(folder, FILES, what="a result folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / FINDINGS).is_file():
        raise UsageError(
            f"{folder}: is there already and is not a result folder, {FINDINGS} is missing",
            next_step="Choose another folder with --out.",
        )
    standing = read_json(folder / FINDINGS, "findings")["provenance"]
    if standing["input_sha256"] != input_sha256:
        raise UsageError(
            f"{folder}: holds the result of another recording, {standing['input_name']}",
            next_step="Choose another folder with --out, or remove this one.",
        )
    read_corrections(folder, _CONVERTER.structure(standing, Provenance))


def as_document(result: Result) -> dict[str, Any]:
    """The content of ``findings.json``."""
    return {
        "schema_version": _SCHEMA_VERSION,
        "provenance": _CONVERTER.unstructure(result.provenance),
        "findings": _CONVERTER.unstructure(result.findings),
    }


def _write_pages(folder: Path, pages: Mapping[str, str | bytes]) -> None:
    for name, content in pages.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with new_file(path) as partial:
            if isinstance(content, str):
                partial.write_text(content, encoding="utf-8", newline="\n")
            else:
                partial.write_bytes(content)


def _reason(error: BaseException, _: type | None) -> str:
    return str(error) if isinstance(error, ValueError | TypeError) else type(error).__name__
