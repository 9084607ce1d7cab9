"""Counting: the rows behind every figure, sorted into kinds, sizes and sites."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from hemifacial.anatomy import structures
from hemifacial.findings import Event, trial_types
from hemifacial.scoring.figures import Confusion, Spread, Tally
from hemifacial.scoring.intervals import Share, share
from hemifacial.scoring.matching import Pair, regions
from hemifacial.scoring.recordings import Matching

__all__ = [
    "SIZE_CLASSES_MM",
    "Row",
    "by_site",
    "confusion",
    "found_rows",
    "site_agreement",
    "size_class",
    "size_classes",
    "spread",
    "tallies",
    "true_rows",
]

SIZE_CLASSES_MM = (1.0, 2.0, 3.0, 5.0)
"""Where one class of spasm size ends and the next begins; a size on the border is the larger."""

UNSTATED_SIZE = "n/a"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A true or found event with its pair, if it has one."""

    event: Event
    pair: Pair | None
    unjudged: bool = False

    @property
    def right(self) -> bool:
        """Whether it was found with its right side, or is right."""
        return self.pair is not None and self.pair.same_side

    @property
    def amplitude_from(self) -> Event:
        """The event whose amplitude says how large this one is: the true one where there is one."""
        return self.event if self.pair is None else self.pair.truth


def true_rows(recording: Matching) -> list[Row]:
    """Every true event of the scored families."""
    unjudged = set(recording.missed_unjudged)
    return [
        *(
            Row(event=pair.truth, pair=pair, unjudged=not pair.same_side and pair.truth in unjudged)
            for pair in recording.pairs
        ),
        *(Row(event=e, pair=None, unjudged=e in unjudged) for e in recording.missed),
    ]


def found_rows(recording: Matching) -> list[Row]:
    """Every found event of the scored families."""
    return [
        *(Row(event=pair.found, pair=pair) for pair in recording.pairs),
        *(Row(event=event, pair=None) for event in recording.unpaired),
    ]


def tallies(
    names: Iterable[str], truth: list[Row], found: list[Row], key: Callable[[Row], str]
) -> tuple[Tally, ...]:
    """A tally for each name, of the rows whose key is that name."""
    true_of: dict[str, list[Row]] = {name: [] for name in names}
    found_of: dict[str, list[Row]] = {name: [] for name in true_of}
    for rows, rows_of in ((truth, true_of), (found, found_of)):
        for row in rows:
            rows_of[key(row)].append(row)
    return tuple(_tally(name, true_of[name], found_of[name], _is_right) for name in true_of)


def _is_right(row: Row) -> bool:
    return row.right


def _tally(name: str, truth: list[Row], found: list[Row], right: Callable[[Row], bool]) -> Tally:
    recall = share(sum(map(right, truth)), len(truth))
    precision = share(sum(map(right, found)), len(found))
    events = recall.n + precision.n
    return Tally(
        name=name,
        recall=recall,
        precision=precision,
        f1=(recall.k + precision.k) / events if events else None,
        seen=sum(row.pair is not None for row in truth),
        missed_unjudged=sum(row.unjudged for row in truth),
    )


def spread(numbers: list[float]) -> Spread:
    """Middle and tails, by linear interpolation between ranks."""
    if not numbers:
        return Spread(n=0, median=None, p05=None, p95=None, median_abs=None, p95_abs=None)
    import numpy as np

    p05, median, p95 = (float(number) for number in np.percentile(numbers, [5, 50, 95]))
    median_abs, p95_abs = (float(number) for number in np.percentile(np.abs(numbers), [50, 95]))
    return Spread(
        n=len(numbers), median=median, p05=p05, p95=p95, median_abs=median_abs, p95_abs=p95_abs
    )


def size_classes() -> list[str]:
    """The names of the classes of size, small to large, the unstated last."""
    ends = [f"{end:g}" for end in SIZE_CLASSES_MM]
    between = [f"{low}-{high} mm" for low, high in pairwise(ends)]
    return [f"<{ends[0]} mm", *between, f">={ends[-1]} mm", UNSTATED_SIZE]


def size_class(event: Event) -> str:
    """The class of size of an event; only millimetres are sorted."""
    if event.amplitude is None or event.amplitude_unit != "mm":
        return UNSTATED_SIZE
    return size_classes()[bisect_right(SIZE_CLASSES_MM, event.amplitude)]


def by_site(spasms: list[Row], calls: list[Row]) -> tuple[Tally, ...]:
    """Precision and recall of naming a region, in the order of the vocabulary."""
    named = {region for row in (*spasms, *calls) for region in regions(row.event)}
    return tuple(
        _tally(
            region,
            [row for row in spasms if region in regions(row.event)],
            [row for row in calls if region in regions(row.event)],
            partial(_both_name, region),
        )
        for region in structures()
        if region in named
    )


def _both_name(region: str, row: Row) -> bool:
    if row.pair is None or not row.right:
        return False
    return region in regions(row.pair.truth) and region in regions(row.pair.found)


def site_agreement(spasms: list[Row]) -> Share:
    """Of the right-sided pairs that both name sites, those with a region in common."""
    sites = [
        (regions(row.pair.truth), regions(row.pair.found))
        for row in spasms
        if row.pair is not None and row.right
    ]
    stated = [(true, found) for true, found in sites if true and found]
    return share(sum(not true.isdisjoint(found) for true, found in stated), len(stated))


def confusion(pairs: list[Pair]) -> tuple[Confusion, ...]:
    """Kinds among all pairs, right side or wrong, in the order of the vocabulary."""
    counts = Counter((pair.truth.trial_type, pair.found.trial_type) for pair in pairs)
    kinds = trial_types()
    return tuple(
        Confusion(truth=true, found=found, n=counts[true, found])
        for true in kinds
        for found in kinds
        if counts[true, found]
    )
