"""What the record of an operation lacks, and what in it foretells trouble."""

from __future__ import annotations

from datetime import date

from hemifacial.care.decompression.operation import LateralSpread, Operation
from hemifacial.care.decompression.tables import limits, rows
from hemifacial.care.warnings import CareWarning, Severity, gravest_first

__all__ = ["check_operation"]

_OURS = "this project, docs/decompression.md"


def check_operation(operation: Operation, today: date) -> tuple[CareWarning, ...]:
    """What the record of an operation lacks, and what in it foretells trouble."""
    found = []
    if operation.on > today:
        found.append(_warning("in_future", Severity.WARN, f"{operation.on} has not come yet."))
    for name in ("vessels", "zones", "material"):
        if not getattr(operation, name):
            found.append(_warning(f"no_{name}", Severity.NOTE, f"Not recorded: {name}."))
    if operation.material_touches_nerve is None:
        text = "Not recorded: whether the material touches the nerve."
        found.append(_warning("no_contact", Severity.NOTE, text))
    here = {
        one.step for one in operation.steps if one.lateral_spread is not LateralSpread.NOT_MEASURED
    }
    lacking = [
        row["label"]
        for row in rows("steps.tsv")
        if row["asked"] == "yes" and row["word"] not in here
    ]
    if lacking:
        text = f"No lateral spread at: {', '.join(lacking)}."
        found.append(_warning("no_lateral_spread", Severity.NOTE, text))
    least, limit = operation.wave_v.least_amplitude_percent, limits()["wave_v_left_percent"]
    if least is not None and least < limit.value:
        found.append(
            CareWarning(
                rule="operation_wave_v",
                severity=Severity.WARN,
                text=f"Wave V fell to {least:g} % of its baseline. {limit.meaning}.",
                next_step="Test hearing before discharge.",
                source=limit.source,
                verified=limit.verified,
            )
        )
    return gravest_first(found)


def _warning(rule: str, severity: Severity, text: str) -> CareWarning:
    return CareWarning(
        rule=f"operation_{rule}", severity=severity, text=text, source=_OURS, verified=False
    )
