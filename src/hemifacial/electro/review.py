"""A measured electrodiagnostic result with a person's corrections in it.

A response is an event: it begins at the first stimulus of its train plus its latency, so that a
cursor which a reader moves is the event moved, and a response that is none is the event rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hemifacial.corrections import Correction, Review, apply
from hemifacial.findings import Event, Finding, Result, Status

__all__ = ["reviewed"]

_FAMILY = "response"
_MOVED = "The cursor was placed by a reader; it was measured at {:.2f} ms."
_REJECTED = "A reader rejected this response."


def reviewed(result: Result, corrections: Sequence[Correction]) -> tuple[Result, Review]:
    """The result as corrected: latencies where the cursors now stand, rejected responses gone."""
    review = apply(result.events, corrections)
    standing = {event.event_id: event for event in review.events}
    findings = list(result.findings)
    for event in result.events:
        if event.family != _FAMILY:
            continue
        now = standing.get(event.event_id)
        findings = [_corrected(finding, event, now) for finding in findings]
    return replace(result, events=review.events, findings=tuple(findings)), review


def _corrected(finding: Finding, before: Event, after: Event | None) -> Finding:
    """A finding of this response with its correction; any other as it is."""
    if (finding.side, finding.sites) != (before.side, before.sites):
        return finding
    if not finding.quantity.startswith(before.trial_type):
        return finding
    if after is None:
        if finding.status is not Status.MEASURED:
            return finding
        return replace(
            finding,
            value=None,
            low=None,
            high=None,
            interval="",
            status=Status.NOT_JUDGED,
            note=_REJECTED,
        )
    moved_ms = 1000 * (after.onset_s - before.onset_s)
    if finding.quantity != f"{before.trial_type}_latency" or abs(moved_ms) < 1e-3:
        return finding
    if finding.value is None:
        return finding
    return replace(
        finding,
        value=round(finding.value + moved_ms, 4),
        low=None,
        high=None,
        interval="",
        note=_MOVED.format(finding.value),
    )
