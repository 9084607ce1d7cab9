"""A finding of a brainstem auditory evoked potential, measured or not."""

from __future__ import annotations

from typing import Any

from hemifacial.anatomy import Side
from hemifacial.electro.baep.changes import INTERVAL
from hemifacial.findings import Finding, Limit, Status

__all__ = ["METHOD", "METHOD_VERSION", "SITES", "measured", "unjudged"]

METHOD, METHOD_VERSION = "baep", "0.1"
SITES = ("vestibulocochlear_nerve",)
_FROM_NOISE = "95 %, normal, from the residual noise of the average"


def measured(
    quantity: str,
    value: float,
    unit: str,
    side: Side,
    *,
    sd: float | None = None,
    ends: tuple[float, float] | None = None,
    **more: Any,
) -> Finding:
    """A value, with an interval from its standard deviation or with the ends of one."""
    interval = INTERVAL if ends else ""
    if sd is not None:
        ends, interval = (value - 1.96 * sd, value + 1.96 * sd), _FROM_NOISE
    low, high = ends if ends else (None, None)
    limit: Limit | None = more.pop("limit", None)
    return Finding(
        quantity=quantity,
        value=float(value),
        unit=unit,
        side=side,
        sites=SITES,
        method=METHOD,
        method_version=METHOD_VERSION,
        low=low if low is None else float(low),
        high=high if high is None else float(high),
        interval=interval,
        limit=limit,
        **more,
    )


def unjudged(quantity: str, unit: str, side: Side, note: str) -> Finding:
    """A quantity that could not be judged, and why."""
    return Finding(
        quantity=quantity,
        value=None,
        unit=unit,
        status=Status.NOT_JUDGED,
        side=side,
        sites=SITES,
        method=METHOD,
        method_version=METHOD_VERSION,
        note=note,
    )
