"""The folder of an experiment on the nerve: written whole or not at all, read, checked.

``findings.json`` is that of every result folder; ``outcome.json`` holds what else the experiment
says, and names the tables with its arrays. ``events.tsv`` is empty: spikes of fibres are no events
of a recording, and stand in their own tables.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hemifacial.commands.nerve_document import (
    figures_of,
    files_of,
    outcome_document,
    outcome_of,
)
from hemifacial.commands.nerve_tables import write_lines, write_rows, write_voltage
from hemifacial.errors import HemifacialError, UsageError
from hemifacial.findings import Result
from hemifacial.formats.destination import check_own
from hemifacial.formats.events_table import write_events
from hemifacial.formats.files import new_folder, recover, write_text, writing
from hemifacial.formats.result_folder import EVENTS, FINDINGS, as_document, read_result
from hemifacial.formats.schema import mistakes_in, read_json
from hemifacial.report.html import Report
from hemifacial.twin.nerve.outcome import Outcome

__all__ = ["OUTCOME", "check_destination", "check_outcome", "read_outcome", "write_outcome"]

OUTCOME = "outcome.json"
_SCHEMA = "nerve_outcome"
_ALWAYS = (FINDINGS, EVENTS, "events.json", OUTCOME, "report.html")
_OF_NO_TABLE = frozenset({"events", "lesion_map"})
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def write_outcome(folder: Path, outcome: Outcome, result: Result, report: Report) -> dict[str, Any]:
    """Write an outcome, its findings with their provenance, and its report as one folder.

    Returns the content of ``findings.json``.

    Raises
    ------
    UsageError
        If `folder` holds something else.
    InputError
        If the disk refuses.
    """
    check_destination(folder, result.provenance.input_sha256)
    _check_names(outcome)
    texts = {FINDINGS: as_document(result), OUTCOME: outcome_document(outcome)}
    for name, schema in ((FINDINGS, "findings"), (OUTCOME, _SCHEMA)):
        if mistakes := mistakes_in(texts[name], schema):
            raise ValueError(f"{name} breaks its own schema: " + "; ".join(mistakes[:5]))
    with writing(folder), new_folder(folder) as partial:
        for name, document in texts.items():
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
            write_text(partial / name, text + "\n")
        write_events(partial / EVENTS, ())
        for plot in outcome.plots:
            write_lines(partial / f"{plot.name}.tsv", plot)
        for raster in outcome.rasters:
            write_rows(partial / f"{raster.name}.tsv", raster)
        for one in outcome.space_times:
            write_voltage(partial / f"{one.name}.parquet", one)
        write_text(partial / "report.html", report.html)
        (partial / "figures").mkdir()
        for name, svg in report.figures.items():
            write_text(partial / "figures" / name, svg)
    return texts[FINDINGS]


def read_outcome(folder: Path) -> Outcome:
    """The outcome that a folder holds, findings and arrays among it."""
    recover(folder)
    result = read_result(folder)
    return outcome_of(folder, read_json(folder / OUTCOME, _SCHEMA), result.findings)


def check_outcome(folder: Path) -> tuple[str, ...]:
    """What is wrong with the folder of an experiment; nothing if all of it is there and agrees."""
    mistakes = [f"{folder}: {name} is missing" for name in _ALWAYS if not (folder / name).is_file()]
    if mistakes:
        return tuple(mistakes)
    try:
        outcome = read_outcome(folder)
        document = read_json(folder / OUTCOME, _SCHEMA)
    except HemifacialError as error:
        return (error.problem,)
    mistakes = [
        f"{folder}: figures/{name}.svg is missing"
        for name in figures_of(document)
        if not (folder / "figures" / f"{name}.svg").is_file()
    ]
    for target, stated in zip(outcome.targets, document["targets"], strict=True):
        if target.verdict.value != stated["verdict"]:
            mistakes.append(
                f"{folder / OUTCOME}: {target.what} is stated as {stated['verdict']}, "
                f"its numbers say {target.verdict.value}"
            )
    return tuple(mistakes)


def check_destination(folder: Path, settings_sha256: str) -> None:
    """Refuse, before any work, a folder that this experiment must not replace.

    The folder of the same experiment with the same settings may be: nothing in it is lost.
    """
    recover(folder)
    document = read_json(folder / OUTCOME, _SCHEMA) if (folder / OUTCOME).is_file() else None
    own = _ALWAYS if document is None else (*_ALWAYS, *files_of(document))
    check_own(folder, own, what="the folder of an experiment")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if document is None or not (folder / FINDINGS).is_file():
        raise UsageError(
            f"{folder}: is there already and is not the folder of an experiment",
            next_step="Choose another folder with --out.",
        )
    if read_json(folder / FINDINGS, "findings")["provenance"]["input_sha256"] != settings_sha256:
        raise UsageError(
            f"{folder}: holds an experiment with other settings, {document['experiment']}",
            next_step="Choose another folder with --out, or remove this one.",
        )


def _check_names(outcome: Outcome) -> None:
    names = [one.name for one in outcome.plots]
    names += [one.name for one in outcome.rasters]
    names += [one.name for one in outcome.space_times]
    for name in names:
        if not _WORD.fullmatch(name) or name in _OF_NO_TABLE or names.count(name) > 1:
            raise ValueError(f"{name!r} cannot name a figure, or names two")
