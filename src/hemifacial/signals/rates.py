"""Counts and the intervals around them, also of events that come in clusters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.signals.runs import close_runs

__all__ = ["ClusteredTotal", "clustered_count", "clustered_total", "poisson_interval"]

_FREEDOM_PER_CLUSTER = 6
"""How well so many clusters tell their own spread, set by `benchmarks.rates`."""
_PAIR_REACH = 2
"""Pairs of events are counted up to this many times the gap between clusters."""
_PAIR_ERROR = 2
_LEAST_CLUSTERS = 4
"""Below this many clusters their spread is better known from the whole recording."""


@dataclass(frozen=True, kw_only=True)
class ClusteredTotal:
    """A total (a count, or seconds) over events that may come in clusters, and its interval.

    `low` and `high` bound the total that is expected in as much time. `clusters` is the number
    of runs of events. `overdispersion` is the variance over that of events which each come on
    their own, in the unit of the total: 1 for a count without clusters.
    """

    total: float
    low: float
    high: float
    clusters: int
    overdispersion: float


def poisson_interval(count: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean after `count` events (Garwood 1936).

    Notes
    -----
    Too narrow when events come in clusters, as the spasms of a burst do: use
    `clustered_count`. Source: doi:10.1093/biomet/28.3-4.437.
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def clustered_count(
    onsets_s: Sequence[float],
    *,
    duration_s: float,
    gap_s: float,
    usual_overdispersion: float = 1.0,
    confidence: float = 0.95,
) -> ClusteredTotal:
    """The number of events and the interval of what is expected, allowing for clusters.

    Parameters
    ----------
    onsets_s
        In any order, on a clock that runs only while the recording is judged.
    duration_s
        Judged time.
    gap_s
        Onsets no further apart belong to one cluster.
    usual_overdispersion
        That of the whole recording, for a part of it with hardly a cluster of its own.

    Notes
    -----
    Clusters, not events, are taken to come independently. A count is then a compound Poisson
    variable, whose variance over its mean is the sum of the squared sizes of the clusters over
    the sum of the sizes. Two things keep chance from reading as clustering: the same ratio is
    taken out that clusters at this rate reach by falling close together, and the ratio cannot
    exceed, by more than twice its standard error, what the pairs of events closer than twice
    the gap tell (those beyond the expected ones, as in Ripley's K). Garwood's interval is then
    taken with so many fewer events, and widened to F quantiles since the ratio is itself
    estimated from few clusters. Nothing is drawn at random.

    The interval cannot know clusters that it has not seen: with less than about six clusters
    expected in the recording it covers 86 to 97 % instead of 95 %, and for no event at all it is
    that of events which come on their own. Without clusters it is 1.2 to 1.7 times as wide as
    it need be. `python -m benchmarks rates` prints the coverage.
    """
    onsets = sorted(onsets_s)
    sizes = [float(len(onsets[run])) for run in close_runs(onsets, onsets, gap_s)]
    count = float(len(onsets))
    if len(sizes) < 1:
        own = max(1.0, usual_overdispersion)
        _, high = poisson_interval(0, confidence=confidence)
        return ClusteredTotal(total=0, low=0, high=own * high, clusters=0, overdispersion=own)
    told = sum(size * size for size in sizes) / count
    told /= _ratio_by_chance(len(sizes) * gap_s / duration_s)
    own = max(1.0, min(told, _most_by_pairs(onsets, duration_s, gap_s)))
    if len(sizes) < _LEAST_CLUSTERS:
        own = max(own, usual_overdispersion)
    low, high = _interval(count, own, confidence)
    return ClusteredTotal(total=count, low=low, high=high, clusters=len(sizes), overdispersion=own)


def clustered_total(
    onsets_s: Sequence[float],
    amounts: Sequence[float],
    *,
    gap_s: float,
    confidence: float = 0.95,
) -> ClusteredTotal | None:
    """A sum over events, such as the time that they fill, with an interval by clusters.

    None where the sum is 0: nothing then says how large the amounts would be.

    Parameters
    ----------
    onsets_s, amounts
        Of each event; amounts are 0 or more.
    gap_s
        As in `clustered_count`.
    """
    pairs = sorted(zip(onsets_s, amounts, strict=True))
    total = math.fsum(amount for _, amount in pairs)
    if not total > 0:
        return None
    onsets = [onset for onset, _ in pairs]
    runs = close_runs(onsets, onsets, gap_s)
    sums = [math.fsum(amount for _, amount in pairs[run]) for run in runs]
    per_cluster = sum(one * one for one in sums) / total
    low, high = _interval(total, per_cluster, confidence)
    return ClusteredTotal(
        total=total, low=low, high=high, clusters=len(sums), overdispersion=per_cluster
    )


def _interval(total: float, per_cluster: float, confidence: float) -> tuple[float, float]:
    """Garwood's bounds for ``total / per_cluster`` events, by F for a ratio that is estimated."""
    from scipy.special import fdtri

    tail = (1 - confidence) / 2
    clusters = total / per_cluster
    freedom = _FREEDOM_PER_CLUSTER * max(clusters, 1.0)
    plain, _ = poisson_interval(clusters, confidence=confidence)
    # With hardly a cluster the F quantile is a hair above Garwood's, which it must not be.
    low = min(total * float(fdtri(2 * clusters, freedom, tail)), per_cluster * plain)
    high = (total + per_cluster) * float(fdtri(2 * clusters + 2, freedom, 1 - tail))
    return low, high


def _ratio_by_chance(clusters_per_gap: float) -> float:
    """Sum of squared sizes over sum of sizes, of single events that fall together by chance.

    Runs of a Poisson process are geometric: with ``p = exp(-rate * gap)`` the ratio is
    ``(2 - p) / p``.
    """
    alone = math.exp(-clusters_per_gap)
    return (2 - alone) / alone


def _most_by_pairs(onsets: Sequence[float], duration_s: float, gap_s: float) -> float:
    """The largest overdispersion that the close pairs of events leave believable."""
    count = len(onsets)
    reach_s = min(_PAIR_REACH * gap_s, duration_s / 6)
    share = reach_s / duration_s
    expected = count * (count - 1) / 2 * (2 * share - share * share)
    found, first = 0, 0
    for last in range(count):
        while onsets[last] - onsets[first] > reach_s:
            first += 1
        found += last - first
    told = 1 + 2 * (found - expected) / count
    return max(1.0, told) * (1 + _PAIR_ERROR * math.sqrt(share))
