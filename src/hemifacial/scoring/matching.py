"""Which found event is which true one: pairs one to one, by family, time and side."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side, region_of
from hemifacial.corrections import SAME_ONSET_S
from hemifacial.findings import Event
from hemifacial.scoring.assignment import cheapest_assignment

__all__ = [
    "LONG_EVENT_S",
    "OVERLAP_SHARE",
    "SAME_ONSET_S",
    "SCORED_FAMILIES",
    "Pair",
    "match",
    "may_pair",
    "regions",
    "side_of",
]

SCORED_FAMILIES = ("spasm", "burst", "blink", "closure", "expression", "speech")
"""Families of kinds of event that are paired; a burst is its own, never beside its children."""

TWO_SIDED_FAMILIES = ("blink", "closure", "expression", "speech")
"""Families whose kinds are two-sided by definition, so that an unstated side is `both`."""

LONG_EVENT_S = 0.5
"""Two events, of which one is longer than this, may also be paired by their overlap."""

OVERLAP_SHARE = 0.5
"""The shared time over the time that either event covers, from which they are one event.

Above one half, an event cannot be the same as two others that do not themselves
overlap (the uniqueness used by Kirillov 2019, doi:10.1109/CVPR.2019.00963), so one long
event never stands for a run of short ones.
"""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A true event and the found event that was taken for it."""

    truth: Event
    found: Event

    @property
    def same_side(self) -> bool:
        """Whether the found event has the right side; only then it counts as found."""
        return side_of(self.truth) == side_of(self.found)

    @property
    def onset_error_s(self) -> float:
        """Found minus true onset; positive when found late."""
        return self.found.onset_s - self.truth.onset_s

    @property
    def duration_error_s(self) -> float:
        """Found minus true duration; positive when found too long."""
        return self.found.duration_s - self.truth.duration_s

    @property
    def amplitude_ratio(self) -> float | None:
        """Found over true amplitude; None without both in one unit and a true one above 0."""
        true, found = self.truth.amplitude, self.found.amplitude
        if true is None or found is None or true <= 0:
            return None
        return found / true if self.truth.amplitude_unit == self.found.amplitude_unit else None


def side_of(event: Event) -> Side:
    """The side that an event states; a two-sided kind with no side stated is `both`."""
    unstated = event.side is Side.NOT_APPLICABLE
    return Side.BOTH if unstated and event.family in TWO_SIDED_FAMILIES else event.side


def regions(event: Event) -> frozenset[str]:
    """The regions of the face that an event names, a muscle by the region in which it shows."""
    return frozenset(region_of(site) or site for site in event.sites)


def match(
    truth: Iterable[Event], found: Iterable[Event], *, families: Sequence[str] = SCORED_FAMILIES
) -> tuple[Pair, ...]:
    """Pairs of true and found events, one to one, in order of true onset.

    Two events may be paired if they are of one family and their onsets are at most
    `SAME_ONSET_S` apart, or if one of them is longer than `LONG_EVENT_S` and they share
    at least `OVERLAP_SHARE` of the time that either covers. Among all ways to pair, the
    chosen one has, each rule deciding only where those before it leave a tie:

    1. most pairs on the right side,
    2. most pairs (so what the sides do not explain is shown as a wrong side, not hidden
       as a miss and a false event),
    3. least total difference of onset,
    4. order kept (least total squared difference of onset),
    5. fewest pairs without a region in common,
    6. least total difference of duration.

    The order of the rows means nothing. Times are compared to the microsecond.
    """
    truth, found = list(truth), list(found)
    pairs = [
        pair
        for family in families
        for pair in _match_family(
            [event for event in truth if event.family == family],
            [event for event in found if event.family == family],
        )
    ]
    return tuple(sorted(pairs, key=lambda pair: _order(pair.truth)))


def may_pair(one: Event, other: Event) -> bool:
    """Whether time allows two events to be the same one; symmetric, blind to side and kind."""
    return _may_pair(_span_us(one), _span_us(other))


def _match_family(truth: list[Event], found: list[Event]) -> list[Pair]:
    truth, found = sorted(truth, key=_order), sorted(found, key=_order)
    spans = [_span_us(event) for event in found]
    onsets = [onset for onset, _ in spans]
    costs: list[dict[int, int]] = []
    for event in truth:
        span = _span_us(event)
        # Events that share half of their time begin no further apart than either lasts.
        reach = max(_microseconds(SAME_ONSET_S), span[1] - span[0])
        near = range(bisect_left(onsets, span[0] - reach), bisect_right(onsets, span[0] + reach))
        costs.append({j: _cost(event, found[j]) for j in near if _may_pair(span, spans[j])})
    partners = cheapest_assignment(costs, len(found))
    return [
        Pair(truth=event, found=found[partner])
        for event, partner in zip(truth, partners, strict=True)
        if partner is not None
    ]


def _may_pair(one: tuple[int, int], other: tuple[int, int]) -> bool:
    if abs(one[0] - other[0]) <= _microseconds(SAME_ONSET_S):
        return True
    if max(one[1] - one[0], other[1] - other[0]) <= _microseconds(LONG_EVENT_S):
        return False
    shared = min(one[1], other[1]) - max(one[0], other[0])
    covered = max(one[1], other[1]) - min(one[0], other[0])
    return shared >= OVERLAP_SHARE * covered


def _cost(truth: Event, found: Event) -> int:
    """The rules of `match` from the second on as one whole number, the first in front.

    Each rule owns 96 bits, far more than the sum of any table, so a later rule can
    never outweigh an earlier one. (Doubles hold 53 bits in all.)
    """
    (onset_true, end_true), (onset_found, end_found) = _span_us(truth), _span_us(found)
    late = abs(onset_found - onset_true)
    longer = abs((end_found - onset_found) - (end_true - onset_true))
    wrong_side = side_of(truth) != side_of(found)
    wrong_region = regions(truth).isdisjoint(regions(found))
    cost = 0
    for rule in (int(wrong_side) - 1, -1, late, late * late, int(wrong_region), longer):
        cost = (cost << 96) + rule
    return cost


def _span_us(event: Event) -> tuple[int, int]:
    onset = _microseconds(event.onset_s)
    return onset, onset + _microseconds(event.duration_s)


def _microseconds(time_s: float) -> int:
    return round(time_s * 1e6)


def _order(event: Event) -> tuple[int, int, str]:
    """A total order, so that the rows of a table may stand in any."""
    return (*_span_us(event), repr(event))
