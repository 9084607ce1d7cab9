"""The rows of the provenance, and the command that measures the recording again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from hemifacial.findings import Provenance

__all__ = ["command_again", "own_criteria_rows", "provenance_rows"]

_OWN_CRITERIA = "own_criteria"
"""The parameter with what a clinic's own table of criteria said."""
_CHOSEN = "chosen"
"""Stands for an artefact whose treatment was left to the program."""


def provenance_rows(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    """What is needed to know this measurement again, name by name."""
    rows = [
        ("Recording", provenance.input_name),
        ("SHA-256 of the recording", provenance.input_sha256),
        ("Recorded at", provenance.recorded_at or "not stated by the file"),
        ("Measured at", provenance.created_at),
        ("Method", f"{provenance.method} {provenance.method_version}"),
        ("Program", f"hemifacial {provenance.program_version}"),
    ]
    return (*rows, *_parameter_rows(provenance.parameters, "Parameter "))


def _parameter_rows(parameters: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        if name == _OWN_CRITERIA:
            continue  # `own_criteria_rows` tells them beside the command that needs them
        if isinstance(value, Mapping):
            yield from _parameter_rows(value, f"{before}{name}: ")
        else:
            yield f"{before}{name}", _plain(value)


def command_again(provenance: Provenance) -> str:
    """The command that measures the recording again; a parameter that is true is a flag of it.

    Phases that were stated stand in ``events.tsv``, which may be given for ``PHASES.tsv``. A
    clinic's own criteria were a table, which the command needs again: ``OWN.tsv`` stands for
    it, and `own_criteria_rows` says what is in it. So do ``NAMES.tsv``, ``STIMULI.tsv`` and
    ``TRIGGERS.tsv`` for the tables that were given beside an electrical recording.
    """
    flags = [f"--{name}" for name, value in provenance.parameters.items() if value is True]
    if provenance.parameters.get("phases") == "stated":
        flags += ["--phases", "PHASES.tsv"]
    if provenance.method == "electro":
        flags += _electro_flags(provenance.parameters)
    if provenance.parameters.get(_OWN_CRITERIA):
        flags += ["--criteria", "OWN.tsv"]
    return shlex.join(["hemifacial", provenance.method, provenance.input_name, *flags])


def _electro_flags(parameters: Mapping[str, Any]) -> Iterator[str]:
    """What an electrical recording was measured with: its studies, its tables, its artefact."""
    for study in parameters.get("studies", ()):
        yield from ("--study", str(study))
    for table in parameters.get("tables", ()):
        yield from (f"--{table}", f"{table.upper()}.tsv")
    if line := parameters.get("trigger_line"):
        yield from ("--trigger-line", str(line))
    artefact = parameters.get("artefact", _CHOSEN)
    if artefact != _CHOSEN:
        yield from ("--artefact", str(artefact))


def own_criteria_rows(provenance: Provenance) -> tuple[tuple[str, str, str], ...]:
    """Name, value and source of every criterion that a clinic's own table set."""
    rows = provenance.parameters.get(_OWN_CRITERIA) or {}
    return tuple(
        (name, _plain(row.get("value")), str(row.get("source", "")))
        if isinstance(row, Mapping)
        else (name, _plain(row), "")
        for name, row in rows.items()
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
