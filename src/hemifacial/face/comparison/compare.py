"""Two or more videos of one patient: what changed by more than the videos can be wrong.

The side is that of the first video. Events are counted anew from the size that every one of
the videos could have called, so that a sharper camera does not look like a worse patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.comparison.comparable import (
    Video,
    at_thresholds,
    common_thresholds_mm,
    findings_of,
    not_shared,
)
from hemifacial.face.comparison.compare_words import sentences
from hemifacial.face.criteria import FaceCriteria
from hemifacial.findings import Finding, Status
from hemifacial.signals.differences import Bounded, Difference, difference

__all__ = ["COMPARED", "Change", "Comparison", "Video", "compare"]


COMPARED = (
    "spasm_rate",
    "time_in_spasm",
    "tonic_share",
    "spasm_size_median",
    "spasm_duration_median",
    "burst_rate",
    "eye_closed_time",
    "eye_closed_time_in_spasm",
    "palpebral_aperture",
    "palpebral_aperture_median",
    "largest_spasm",
    "largest_mouth_excursion",
    "site_involvement",
    "blink_rate",
)
"""What is held against the first video, in the order of the report."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One quantity of a later video against the first.

    `change` is None where either value is missing, or has no interval; `note` says why.
    """

    video: str
    before: Finding
    after: Finding
    change: Difference | None
    note: str

    @property
    def verdict(self) -> str:
        """``more``, ``less``, ``not detected`` or ``not judged``."""
        if self.change is None:
            return "not judged"
        if not self.change.is_detected:
            return "not detected"
        return "more" if self.change.value > 0 else "less"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Videos, their findings at the thresholds that they share, and what changed.

    `affected_side` is `Side.NOT_APPLICABLE` where the first video does not tell.
    `thresholds_mm` maps a site to the size from which on spasms were counted in every video.
    """

    videos: tuple[Video, ...]
    affected_side: Side
    thresholds_mm: Mapping[str, float]
    changes: tuple[Change, ...]
    sentences: tuple[str, ...]


def compare(
    videos: Sequence[Video], criteria: FaceCriteria, *, affected_side: Side | None = None
) -> Comparison:
    """Each later video held against the first.

    Parameters
    ----------
    videos
        In the order of the visits; at least two, of one patient.
    criteria
        For everything that is counted anew; the same for all videos.
    affected_side
        If a clinician knows it; else the side with more spasms in the first video.

    Notes
    -----
    An interval of millimetres is widened by the error of the scale between two videos of one
    person (``scale_repeat_sd_share``). The width of the iris itself, 7 % between people, is the
    same in both and falls out.
    """
    if len(videos) < 2:
        raise ValueError("a comparison needs at least two videos")
    thresholds_mm = common_thresholds_mm(videos)
    alike = [at_thresholds(video, thresholds_mm, criteria) for video in videos]
    side = affected_side or _affected_side(alike[0])
    changes = [
        change
        for later in alike[1:]
        for change in _changes(alike[0], later, side, criteria["scale_repeat_sd_share"])
    ]
    judged = sum(change.change is not None for change in changes)
    return Comparison(
        videos=tuple(alike),
        affected_side=side,
        thresholds_mm=thresholds_mm,
        changes=tuple(changes),
        sentences=sentences(
            alike,
            side,
            thresholds_mm,
            is_stated=affected_side is not None,
            left_out=not_shared(videos),
            count=judged,
        ),
    )


def _affected_side(first: Video) -> Side:
    """The side with more spasms; by the time in spasm where the counts are equal."""
    weights = {
        side: tuple(
            finding.value or 0.0
            for quantity in ("spasm_count", "time_in_spasm")
            for finding in findings_of(first, quantity, side)
        )
        for side in SIDES
    }
    if weights[Side.RIGHT] == weights[Side.LEFT]:
        return Side.NOT_APPLICABLE
    return max(SIDES, key=lambda side: weights[side])


_Key = tuple[str, Side, tuple[str, ...], str]


def _keyed(video: Video) -> dict[_Key, Finding]:
    return {
        (one.quantity, one.side, one.sites, one.phase): one
        for one in video.result.findings
        if one.quantity in COMPARED
    }


def _changes(first: Video, later: Video, affected: Side, scale_sd_share: float) -> Iterator[Change]:
    """By quantity and phase, the affected side before the other."""
    before, after = _keyed(first), _keyed(later)
    order = {quantity: place for place, quantity in enumerate(COMPARED)}
    sides = {affected: 0, affected.opposite: 1}

    def place(key: _Key) -> tuple[object, ...]:
        quantity, side, sites, phase = key
        return order[quantity], phase, sides.get(side, 2), side, sites

    for key in sorted(before.keys() & after.keys(), key=place):
        one, other = before[key], after[key]
        change, note = _change(one, other, scale_sd_share)
        yield Change(video=later.name, before=one, after=other, change=change, note=note)


def _change(
    before: Finding, after: Finding, scale_sd_share: float
) -> tuple[Difference | None, str]:
    if before.value is None or after.value is None:
        missing = before if before.value is None else after
        which = "first" if missing is before else "later"
        if missing.status is Status.BELOW_DETECTION_LIMIT:
            return None, f"none found in the {which} video"
        return None, f"not judged in the {which} video" + (
            f": {missing.note}" if missing.note else ""
        )
    if before.unit == "mm" and before.low is None and before.quantity.startswith("largest"):
        return None, "a largest value has no interval: it grows with the length of the video"
    one, other = _bounded(before, scale_sd_share), _bounded(after, scale_sd_share)
    if one is None or other is None:
        without = "first" if one is None else "later"
        if (before if one is None else after).value == 0:
            return None, f"none in the {without} video; its spasm rate says how sure that is"
        return None, f"too few events in the {without} video for an interval"
    return difference(one, other), ""


def _bounded(finding: Finding, scale_sd_share: float) -> Bounded | None:
    """The value with its interval; millimetres also with the error of the scale."""
    value = finding.value
    if value is None:
        return None
    low, high = finding.low, finding.high
    if finding.unit != "mm":
        return None if low is None or high is None else Bounded(value=value, low=low, high=high)
    if finding.quantity == "spasm_size_median" and (low is None or high is None):
        return None
    scale = 1.96 * scale_sd_share * abs(value)
    down = np.hypot(scale, value - low if low is not None else 0.0)
    up = np.hypot(scale, high - value if high is not None else 0.0)
    return Bounded(value=value, low=value - float(down), high=value + float(up))
