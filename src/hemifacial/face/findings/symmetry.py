"""How alike the two sides are, at rest and in movements of both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.findings.parts import VOLUNTARY, Part
from hemifacial.face.findings.quality import found
from hemifacial.face.findings.spasms import median_finding
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.findings import Event, Finding

__all__ = ["movement_symmetry", "resting_symmetry"]


def resting_symmetry(part: Part) -> Iterator[Finding]:
    """Right against left at rest: palpebral aperture, corners of the mouth, brows.

    A head that is tilted or turned in the picture is laid straight by the alignment; what is left
    of a turn reads as asymmetry, which the report's turn of the head is there to judge.
    """
    right, left = (part.label(f"palpebral_aperture_{side}", "resting") for side in SIDES)
    sites = ("eyelids",)
    known = right is not None and left is not None and left > 0
    yield found(
        "palpebral_aperture_ratio",
        right / left if known and right is not None and left is not None else None,
        side=Side.BOTH,
        sites=sites,
        note="" if known else "The resting aperture is not known",
    )
    for quantity, stem, site in (
        ("mouth_corner_height_difference", "mouth_corner_height", "mouth_corner"),
        ("brow_height_difference", "brow_height", "brow"),
    ):
        right, left = (part.label(f"{stem}_{side}", "resting") for side in SIDES)
        known = right is not None and left is not None
        yield found(
            quantity,
            right - left if right is not None and left is not None else None,
            side=Side.BOTH,
            sites=(site,),
            note="" if known else "Where this place rests was not measured",
        )


def movement_symmetry(part: Part) -> Iterator[Finding]:
    """Right over left in movements of both sides, for each region that took part in one."""
    say = partial(found, side=Side.BOTH, phase=part.phase)
    for site in REGIONS:
        if all(signal_of(site, side) in part.signals for side in SIDES):
            both = [
                event for event in part.events if event.family in VOLUNTARY and site in event.sites
            ]
            ratios = [_ratio(part, site, event) for event in both]
            known = [ratio for ratio in ratios if ratio is not None]
            if known or not part.phase:
                yield median_finding(say, "movement_ratio", known, sites=(site,))


def _ratio(part: Part, site: str, event: Event) -> float | None:
    """Peak of the right over that of the left; None where a side was not seen or did not move."""
    inside = part.inside(event)
    peaks = []
    for side in SIDES:
        values = part.values(signal_of(site, side))
        seen = values[inside & np.isfinite(values)] if values is not None else np.empty(0)
        peaks.append(float(seen.max()) if seen.size else 0.0)
    return peaks[0] / peaks[1] if min(peaks) > 0 else None
