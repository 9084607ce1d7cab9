"""Findings of every pair of muscles: lag, coincidence, probability by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.features import Pair
from hemifacial.electro.spasm_emg.synchrony import Synchrony
from hemifacial.findings import Finding, Status

__all__ = ["pair_findings"]


def pair_findings(
    pairs: Sequence[Pair], criteria: ElectroCriteria, about: Mapping[str, Any]
) -> list[Finding]:
    """Three findings a pair; where the bursts are too few, one that says so."""
    return [one for pair in pairs for one in _of_pair(pair, criteria, {**about, **_where(pair)})]


def _where(pair: Pair) -> dict[str, Any]:
    first, second = pair.first.muscle, pair.second.muscle
    return {
        "side": first.side if first.side is second.side else Side.BOTH,
        "sites": (*first.sites, *second.sites),
    }


def _of_pair(pair: Pair, criteria: ElectroCriteria, about: dict[str, Any]) -> Iterator[Finding]:
    names = f"{pair.first.muscle.name} and {pair.second.muscle.name}"
    found = pair.synchrony
    if found is None:
        yield Finding(
            quantity="emg_coincidence_index",
            value=None,
            unit="%",
            status=Status.NOT_JUDGED,
            note=f"{names}: fewer than {criteria['emg_synchrony_least']:g} bursts of one of them",
            **about,
        )
        return
    yield _index(pair, found, names, about)
    yield Finding(
        quantity="emg_synchrony_p",
        value=found.p,
        unit="1",
        n=found.n,
        limit=criteria.limits["emg_synchrony_p"],
        note=f"{names}: of so many coincidences, or more, by chance; for this pair alone",
        **about,
    )
    if pair.called and found.lag_ms is not None:
        yield Finding(
            quantity="emg_synchrony_lag",
            value=found.lag_ms,
            unit="ms",
            n=round(found.share * found.n),
            low=found.lag_low_ms,
            high=found.lag_high_ms,
            interval="order statistics of the median, 95 %" if found.lag_low_ms is not None else "",
            note=f"by which {pair.second.muscle.name} is later than {pair.first.muscle.name}",
            **about,
        )


def _index(pair: Pair, found: Synchrony, names: str, about: dict[str, Any]) -> Finding:
    said = (
        f"{names}: {100 * found.share:.0f} % of bursts begin together, "
        f"{100 * found.expected:.0f} % by chance"
    )
    if not pair.called and found.least_index < 1:
        return Finding(
            quantity="emg_coincidence_index",
            value=None,
            unit="%",
            n=found.n,
            status=Status.BELOW_DETECTION_LIMIT,
            detection_limit=100 * found.least_index,
            note=said,
            **about,
        )
    if not pair.called:
        return Finding(
            quantity="emg_coincidence_index",
            value=None,
            unit="%",
            n=found.n,
            status=Status.NOT_JUDGED,
            note=f"{said}: too few bursts to find even complete synchrony",
            **about,
        )
    return Finding(
        quantity="emg_coincidence_index",
        value=100 * found.index,
        unit="%",
        n=found.n,
        low=100 * found.low,
        high=100 * found.high,
        interval="Wilson, of the share that begins together, 95 %",
        note=said,
        **about,
    )
