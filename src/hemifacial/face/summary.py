"""From events and signals to findings; the same function for measured and for corrected events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import xarray as xr

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.coordination import coordination_findings
from hemifacial.face.findings.eyes import blink_findings, eye_findings
from hemifacial.face.findings.parts import Part, parts_of
from hemifacial.face.findings.quality import METHOD, METHOD_VERSION, found, quality_of
from hemifacial.face.findings.spasms import overdispersion, spasm_findings
from hemifacial.face.findings.symmetry import movement_symmetry, resting_symmetry
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.suggestions.suggest import suggest
from hemifacial.findings import Event, Finding, Status

__all__ = ["METHOD", "METHOD_VERSION", "summarise"]


def summarise(
    signals: xr.Dataset, events: Sequence[Event], criteria: FaceCriteria
) -> tuple[Finding, ...]:
    """Every finding of one recording, of the whole of it and of each of its phases.

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them. What an older version did not measure
        is not judged.
    events
        As detected, or as corrected by a person; phases are among them.
    """
    whole, *phases = parts_of(signals, events)
    findings = list(quality_of(signals, criteria))
    usual = {side: overdispersion(whole, side, criteria) for side in SIDES}
    for part in (whole, *phases):
        findings += _told(part, _of_part(part, usual, criteria))
    for side in SIDES:
        findings += _levels(whole, side)
    findings += resting_symmetry(whole)
    findings += suggest(signals, events, findings, criteria)
    return tuple(findings)


def _of_part(part: Part, usual: dict[Side, float], criteria: FaceCriteria) -> Iterator[Finding]:
    for side in SIDES:
        yield from spasm_findings(part, side, criteria, usual_overdispersion=usual[side])
        if part.judged_s:
            yield from coordination_findings(part, side, criteria)
            yield _largest_mouth_excursion(part, side)
        yield from eye_findings(part, side, criteria)
    yield from blink_findings(part, criteria)
    yield from movement_symmetry(part)


def _told(part: Part, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; of a phase only those that it has something to say on."""
    for finding in findings:
        if not part.phase or not part.judged_s or finding.status is not Status.NOT_JUDGED:
            yield finding


def _largest_mouth_excursion(part: Part, side: Side) -> Finding:
    sites = ("mouth_corner",)
    values = part.values(signal_of("mouth_corner", side))
    judged = values[part.weights_s > 0] if values is not None else np.empty(0)
    seen = judged[np.isfinite(judged)]
    largest_mm = float(seen.max()) if seen.size else None
    return found("largest_mouth_excursion", largest_mm, side=side, sites=sites, phase=part.phase)


def _levels(part: Part, side: Side) -> Iterator[Finding]:
    """What each place is at rest, and what could have been seen there."""
    resting_mm = part.label(f"palpebral_aperture_{side}", "resting")
    yield found("palpebral_aperture", resting_mm, side=side, sites=("eyelids",))
    for site in REGIONS:
        name = signal_of(site, side)
        if name in part.signals:
            for quantity, key in (
                ("noise_floor", "noise_floor"),
                ("detection_threshold", "threshold"),
                ("smallest_detectable_movement", "smallest_detectable"),
            ):
                if key in part.signals[name].attrs:
                    yield found(quantity, part.label(name, key), side=side, sites=(site,))
