"""The tables of a batch: one row a finding, and what could not be measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hemifacial.commands.batch.one import Outcome
from hemifacial.commands.standing import standing_result
from hemifacial.findings import Provenance
from hemifacial.formats.files import write_text
from hemifacial.formats.manifest import Entry, table_text
from hemifacial.formats.result_folder import read_corrections, read_result

__all__ = ["PROBLEMS", "TABLE", "write_tables"]

TABLE = "findings.tsv"
PROBLEMS = "not_measured.tsv"
_FINDING_COLUMNS = (
    "quantity side sites phase status value unit low high interval n quality detection_limit note"
).split()
_MADE_COLUMNS = (
    "reviewed input_sha256 method method_version program_version criteria_sha256"
).split()


def write_tables(folder: Path, outcomes: Sequence[Outcome], *, blind: bool) -> None:
    """One row a finding; under blinding nothing that tells whose it is."""
    others = list(dict.fromkeys(name for one in outcomes for name in one.entry.others))
    who = [] if blind else ["subject", "visit", "file", *others]
    rows = [row for one in outcomes if not one.problem for row in _rows(one, blind=blind)]
    columns = ["recording", *who, *_FINDING_COLUMNS, *_MADE_COLUMNS]
    write_text(folder / TABLE, table_text(columns, rows))
    failed = [one for one in outcomes if one.problem]
    if failed:
        told = [
            {
                **({"recording": one.entry.recording} if blind else _who(one.entry)),
                "problem": one.problem,
            }
            for one in failed
        ]
        who = [] if blind else ["subject", "visit", "file"]
        write_text(folder / PROBLEMS, table_text(["recording", *who, "problem"], told))
    else:
        (folder / PROBLEMS).unlink(missing_ok=True)


def _rows(outcome: Outcome, *, blind: bool) -> Iterator[dict[str, Any]]:
    measured = read_result(outcome.folder)
    made = measured.provenance
    corrections = read_corrections(outcome.folder, made)
    standing, _ = standing_result(outcome.folder, measured, corrections)
    about = {
        **({"recording": outcome.entry.recording} if blind else _who(outcome.entry)),
        "reviewed": "yes" if corrections else "no",
        "input_sha256": made.input_sha256,
        "method": made.method,
        "method_version": made.method_version,
        "program_version": made.program_version,
        "criteria_sha256": _criteria_sha256(made),
    }
    for finding in standing.findings:
        yield {
            **about,
            **{name: getattr(finding, name) for name in _FINDING_COLUMNS},
            "sites": "|".join(finding.sites),
            "side": finding.side.value,
            "status": finding.status.value,
        }


def _who(entry: Entry) -> dict[str, Any]:
    return {
        "recording": entry.recording,
        "subject": entry.subject,
        "visit": entry.visit,
        "file": entry.file.name,
        **entry.others,
    }


def _criteria_sha256(made: Provenance) -> str:
    """One fingerprint of every criterion, so that a table shows at a glance that it is one set."""
    criteria: Mapping[str, float] = made.parameters.get("criteria", {})
    return hashlib.sha256(json.dumps(criteria, sort_keys=True).encode()).hexdigest()
