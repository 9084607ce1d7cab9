"""What the matcher left of one recording: pairs, misses, false events, time judged."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event
from hemifacial.scoring.matching import SAME_ONSET_S, SCORED_FAMILIES, Pair, match, side_of

__all__ = ["FamilyCount", "Matching", "compare"]

GAP_FAMILY = "gap"
MOSTLY_UNJUDGED = 0.5


@dataclass(frozen=True, kw_only=True)
class FamilyCount:
    """How many events of a family stood in the tables and were not scored."""

    family: str
    truth: int
    found: int


@dataclass(frozen=True, kw_only=True)
class Matching:
    """One recording after matching.

    `missed` are true events without a partner, `unpaired` found ones without.
    `unjudged_s` are the (start, end) of the times that the finder said it could not
    judge, merged and within the recording; `missed_unjudged` are the true events that
    were not found with their right side and lie at least half in such time.
    `duration_s` is None when nobody said how long the recording is.
    """

    name: str
    families: tuple[str, ...]
    duration_s: float | None
    unjudged_s: tuple[tuple[float, float], ...]
    pairs: tuple[Pair, ...]
    missed: tuple[Event, ...]
    unpaired: tuple[Event, ...]
    missed_unjudged: tuple[Event, ...]
    not_scored: tuple[FamilyCount, ...]

    @property
    def judged_s(self) -> float | None:
        """The time that the finder judged."""
        if self.duration_s is None:
            return None
        return self.duration_s - math.fsum(end - start for start, end in self.unjudged_s)

    def is_control_for(self, family: str) -> bool:
        """Whether the truth has no event of this family, so that every found one is false."""
        true_events = (*self.missed, *(pair.truth for pair in self.pairs))
        return all(event.family != family for event in true_events)


def compare(
    truth: Iterable[Event],
    found: Iterable[Event],
    *,
    duration_s: float | None,
    families: Sequence[str],
    name: str,
) -> Matching:
    """Match one recording and sort what is left; see `hemifacial.scoring.score` for the rules."""
    truth, found = list(truth), list(found)
    _check(truth, found, duration_s, families)
    pairs = match(truth, found, families=families)
    missed = _without(truth, (pair.truth for pair in pairs), families)
    unpaired = _without(found, (pair.found for pair in pairs), families)
    gaps = _merged_gaps(found, duration_s)
    not_right = [*missed, *(pair.truth for pair in pairs if not pair.same_side)]
    return Matching(
        name=name,
        families=tuple(families),
        duration_s=duration_s,
        unjudged_s=gaps,
        pairs=pairs,
        missed=missed,
        unpaired=unpaired,
        missed_unjudged=tuple(event for event in not_right if _lies_in(event, gaps)),
        not_scored=_not_scored(truth, found, families),
    )


def _check(
    truth: list[Event], found: list[Event], duration_s: float | None, families: Sequence[str]
) -> None:
    for family in families:
        if family not in SCORED_FAMILIES:
            raise UsageError(
                f"events of the family {family!r} cannot be scored",
                next_step=f"choose from {', '.join(SCORED_FAMILIES)}",
            )
    sideless = [
        event
        for event in truth
        if event.family in families and side_of(event) is Side.NOT_APPLICABLE
    ]
    if sideless:
        raise InputError(
            f"{len(sideless)} event(s) of the truth are one-sided and state no side, "
            f"first {sideless[0].event_id!r} at {sideless[0].onset_s:g} s",
            next_step="give every spasm and burst of the truth its side: left, right or both",
        )
    if duration_s is None:
        return
    if not (math.isfinite(duration_s) and duration_s > 0):
        raise InputError(
            f"the recording cannot last {duration_s:g} s",
            next_step="give its duration in seconds, above 0",
        )
    for table, events in (("truth", truth), ("found", found)):
        last = max(events, key=lambda event: event.onset_s, default=None)
        if last is not None and last.onset_s > duration_s + SAME_ONSET_S:
            raise InputError(
                f"event {last.event_id!r} of the {table} begins at {last.onset_s:g} s, "
                f"but the recording ends at {duration_s:g} s",
                next_step="check that both tables are of this recording and in seconds",
            )


def _without(
    events: list[Event], paired: Iterable[Event], families: Sequence[str]
) -> tuple[Event, ...]:
    """The events of these families that are not paired; equal rows count as often as they stand."""
    left = Counter(event for event in events if event.family in families)
    left.subtract(paired)
    return tuple(sorted(left.elements(), key=lambda event: (event.onset_s, repr(event))))


def _merged_gaps(found: list[Event], duration_s: float | None) -> tuple[tuple[float, float], ...]:
    end_of_recording = math.inf if duration_s is None else duration_s
    merged: list[tuple[float, float]] = []
    for start, end in sorted(
        (max(0.0, event.onset_s), min(event.offset_s, end_of_recording))
        for event in found
        if event.family == GAP_FAMILY
    ):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def _lies_in(event: Event, gaps: tuple[tuple[float, float], ...]) -> bool:
    """Whether at least half of an event is within gaps (its onset, if it has no duration)."""
    covered = 0.0
    for start, end in gaps[max(0, bisect_right(gaps, (event.onset_s, math.inf)) - 1) :]:
        if start > event.offset_s:
            break
        if event.duration_s == 0 and start <= event.onset_s < end:
            return True
        covered += max(0.0, min(end, event.offset_s) - max(start, event.onset_s))
    return event.duration_s > 0 and covered >= MOSTLY_UNJUDGED * event.duration_s


def _not_scored(
    truth: list[Event], found: list[Event], families: Sequence[str]
) -> tuple[FamilyCount, ...]:
    in_truth = Counter(event.family for event in truth)
    in_found = Counter(event.family for event in found)
    return tuple(
        FamilyCount(family=family, truth=in_truth[family], found=in_found[family])
        for family in sorted({*in_truth, *in_found} - set(families))
    )
