"""What a rule says of one sign, and the ways of saying it that rules share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.face.suggestions.observed import Observed
from hemifacial.findings import Event

__all__ = ["Rule", "Sign", "brow_threshold_mm", "by_count", "cannot_tell", "spread_of"]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Present, absent, or None where the recording cannot tell; `said` is the observation."""

    present: bool | None
    said: str
    side: Side = Side.NOT_APPLICABLE
    sites: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    n: int | None = None


Rule = Callable[[Observed], Sign]


def cannot_tell(reason: str) -> Sign:
    """The recording does not hold what the sign needs."""
    return Sign(present=None, said=reason)


def by_count(
    seen: Observed,
    showing: Sequence[Event],
    could_show: Sequence[Event],
    what: str,
    *,
    from_share: float | None = None,
    side: Side = Side.NOT_APPLICABLE,
    sites: tuple[str, ...] = (),
) -> Sign:
    """A sign that some of the events show which could have shown it.

    Present needs several events and a share of them (`from_share`, or more than seldom); absent
    needs that it is seldom among enough; whatever lies between cannot be told.
    """
    shown, n = len(showing), len(could_show)
    seldom = seen.criteria["sign_seldom_share"]
    least = seldom if from_share is None else from_share
    present: bool | None = None
    if shown >= seen.criteria["sign_least_count"] and shown >= least * n:
        present = True
    elif n >= seen.criteria["sign_least_opportunities"] and shown < seldom * n:
        present = False
    few = "" if present is not None else ", too few or too mixed to tell"
    return Sign(
        present=present,
        said=f"{what} in {shown} of {n}{few}.",
        side=side,
        sites=sites,
        events=tuple(showing),
        n=n,
    )


def spread_of(values: Sequence[float]) -> float:
    """The coefficient of variation; infinite where the mean is 0."""
    mean = float(np.mean(values))
    return float(np.std(values)) / mean if mean else float("inf")


def brow_threshold_mm(seen: Observed, side: Side) -> float:
    """The least movement of a brow that counts: what the recording calls one, if it says so."""
    threshold = seen.label("brow_excursion", side, "threshold")
    return seen.criteria["smallest_brow_mm"] if threshold is None else threshold
