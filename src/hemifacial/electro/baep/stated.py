"""A finding of a brainstem auditory evoked potential, measured or not."""

from __future__ import annotations

from typing import Unpack

from hemifacial.anatomy import Side
from hemifacial.electro.baep.changes import INTERVAL
from hemifacial.electro.stated import Details, Subject, stated
from hemifacial.findings import Finding

__all__ = ["METHOD", "METHOD_VERSION", "SITES", "measured", "subject"]

METHOD, METHOD_VERSION = "baep", "0.1"
SITES = ("vestibulocochlear_nerve",)
_FROM_NOISE = "95 %, normal, from the residual noise of the average"


def subject(side: Side) -> Subject:
    """The nerve of one ear, or of both."""
    return Subject(method=METHOD, method_version=METHOD_VERSION, side=side, sites=SITES)


def measured(
    about: Subject,
    quantity: str,
    value: float,
    *,
    sd: float | None = None,
    ends: tuple[float, float] | None = None,
    **details: Unpack[Details],
) -> Finding:
    """A value, with an interval from its standard deviation or with the ends of one."""
    interval = INTERVAL if ends else ""
    if sd is not None:
        ends, interval = (value - 1.96 * sd, value + 1.96 * sd), _FROM_NOISE
    if ends is not None:
        details["low"], details["high"] = float(ends[0]), float(ends[1])
    details["interval"] = interval
    return stated(about, quantity, float(value), **details)
