"""Findings of every pair of muscles: lag, coincidence, probability by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.features import Pair
from hemifacial.electro.spasm_emg.synchrony import Synchrony
from hemifacial.electro.stated import Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding

__all__ = ["pair_findings"]


def pair_findings(
    pairs: Sequence[Pair], criteria: ElectroCriteria, about: Subject
) -> list[Finding]:
    """Three findings a pair; where the bursts are too few, one that says so."""
    return [one for pair in pairs for one in _of_pair(pair, criteria, _both(pair, about))]


def _both(pair: Pair, about: Subject) -> Subject:
    first, second = pair.first.muscle, pair.second.muscle
    return replace(
        about,
        side=first.side if first.side is second.side else Side.BOTH,
        sites=(*first.sites, *second.sites),
    )


def _of_pair(pair: Pair, criteria: ElectroCriteria, about: Subject) -> Iterator[Finding]:
    names = f"{pair.first.muscle.name} and {pair.second.muscle.name}"
    found = pair.synchrony
    if found is None:
        least = criteria["emg_synchrony_least"]
        why = f"{names}: fewer than {least:g} bursts of one of them"
        yield unjudged(about, "emg_coincidence_index", why)
        return
    yield _index(pair, found, names, about)
    yield stated(
        about,
        "emg_synchrony_p",
        found.p,
        n=found.n,
        limit=criteria.limits["emg_synchrony_p"],
        note=f"{names}: of so many coincidences, or more, by chance; for this pair alone",
    )
    if pair.called and found.lag_ms is not None:
        yield stated(
            about,
            "emg_synchrony_lag",
            found.lag_ms,
            n=round(found.share * found.n),
            low=found.lag_low_ms,
            high=found.lag_high_ms,
            interval="order statistics of the median, 95 %" if found.lag_low_ms is not None else "",
            note=f"by which {pair.second.muscle.name} is later than {pair.first.muscle.name}",
        )


def _index(pair: Pair, found: Synchrony, names: str, about: Subject) -> Finding:
    quantity = "emg_coincidence_index"
    said = (
        f"{names}: {100 * found.share:.0f} % of bursts begin together, "
        f"{100 * found.expected:.0f} % by chance"
    )
    if not pair.called and found.least_index < 1:
        return below_limit(about, quantity, 100 * found.least_index, n=found.n, note=said)
    if not pair.called:
        why = f"{said}: too few bursts to find even complete synchrony"
        return unjudged(about, quantity, why, n=found.n)
    return stated(
        about,
        quantity,
        100 * found.index,
        n=found.n,
        low=100 * found.low,
        high=100 * found.high,
        interval="Wilson, of the share that begins together, 95 %",
        note=said,
    )
