"""Findings of a blink reflex or an F wave by their words, and as a report takes them."""

from __future__ import annotations

from hemifacial.anatomy import Side
from hemifacial.electro.outcome import Outcome
from hemifacial.findings import Finding, Provenance, Result

__all__ = ["only", "result_of"]


def only(
    outcome: Outcome, quantity: str, muscle: str = "orbicularis_oculi", side: Side = Side.RIGHT
) -> Finding:
    """The one finding of this description."""
    (one,) = (
        finding
        for finding in outcome.findings
        if (finding.quantity, finding.side, finding.sites[1:]) == (quantity, side, (muscle,))
    )
    return one


def result_of(outcome: Outcome) -> Result:
    """A result of one study, as a report takes it."""
    provenance = Provenance(
        method="electro",
        method_version="1",
        program_version="0",
        input_name="made_up.edf",
        input_sha256="0" * 64,
        created_at="2026-11-22T00:00:00Z",
    )
    return Result(
        provenance=provenance,
        findings=outcome.findings,
        events=outcome.events,
        signals=outcome.signals,
    )
