"""The rows of the tables: targets held against what was simulated, findings, parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hemifacial.findings import Finding, quantities
from hemifacial.report import words
from hemifacial.report.nerve.wording import number, readable
from hemifacial.twin.nerve.outcome import Target, Verdict

__all__ = ["finding_rows", "parameter_rows", "target_counts", "target_rows"]

_CLASSES = {Verdict.MET: "met", Verdict.MISSED: "missed", Verdict.NOT_SIMULATED: "open"}


def target_rows(targets: Sequence[Target]) -> list[dict[str, str]]:
    """One row a published number."""
    return [
        {
            "what": readable(one.what),
            "target": _range(one),
            "simulated": "" if one.simulated is None else _with_unit(one.simulated, one.unit),
            "verdict": one.verdict.value,
            "class": _CLASSES[one.verdict],
            "tuned": "tuned: proves nothing" if one.tuned else "not tuned",
            "source": readable(one.source) + ("" if one.verified else " (not verified)"),
            "note": readable(one.note),
        }
        for one in targets
    ]


def target_counts(targets: Sequence[Target]) -> str:
    """In one sentence how many targets were met; those that were tuned count apart."""
    free = [one for one in targets if not one.tuned]
    counts = [
        f"{sum(one.verdict is verdict for one in free)} {verdict.value}" for verdict in Verdict
    ]
    many = f"{len(free)} published number{'s' * (len(free) != 1)}"
    said = f"Of {many} that nothing was tuned to: {', '.join(counts)}."
    if tuned := len(targets) - len(free):
        said += f" {tuned} more {'was' if tuned == 1 else 'were'} tuned, which proves nothing."
    return said


def finding_rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """One row a finding."""
    return [
        {
            "label": quantities()[one.quantity].label,
            "definition": quantities()[one.quantity].definition,
            "sites": words.short_sites(one.sites),
            "value": readable(words.value_text(one)),
            "interval": words.interval_text(one),
            "how": one.interval,
            "n": "" if one.n is None else str(one.n),
            "note": readable(one.note),
        }
        for one in findings
    ]


def parameter_rows(parameters: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every parameter by its name, those within others as ``lesion: length_mm``."""
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from parameter_rows(value, f"{before}{name}: ")
        else:
            told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{before}{name}", told


def _range(one: Target) -> str:
    if one.low == one.high:
        return _with_unit(one.low, one.unit)
    return f"{number(one.low)} to {_with_unit(one.high, one.unit)}"


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {readable(unit)}".strip()
