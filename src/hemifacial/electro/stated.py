"""Findings stated in one way: a value, nothing above a limit, or what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

from hemifacial.anatomy import Side
from hemifacial.findings import Finding, Limit, Status, quantities

__all__ = ["Details", "Subject", "below_limit", "stated", "unjudged"]


class Details(TypedDict, total=False):
    """What a finding may hold beside its value; see `hemifacial.findings.Finding`."""

    low: float | None
    high: float | None
    interval: str
    n: int | None
    phase: str
    limit: Limit | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What findings are of, and by which method; `n` holds where a finding names none."""

    method: str
    method_version: str
    side: Side
    sites: tuple[str, ...]
    n: int | None = None


def stated(
    subject: Subject, quantity: str, value: float | None, **details: Unpack[Details]
) -> Finding:
    """A value in the unit of its quantity; without one, that it could not be judged."""
    status = Status.NOT_JUDGED if value is None else Status.MEASURED
    return _finding(subject, quantity, value, status, None, details)


def below_limit(
    subject: Subject, quantity: str, detection_limit: float, **details: Unpack[Details]
) -> Finding:
    """That nothing was found, and from which value on it would have been."""
    status = Status.BELOW_DETECTION_LIMIT
    return _finding(subject, quantity, None, status, detection_limit, details)


def unjudged(subject: Subject, quantity: str, why: str, **details: Unpack[Details]) -> Finding:
    """That a quantity could not be judged, and why."""
    details["note"] = why
    return _finding(subject, quantity, None, Status.NOT_JUDGED, None, details)


def _finding(
    subject: Subject,
    quantity: str,
    value: float | None,
    status: Status,
    detection_limit: float | None,
    details: Details,
) -> Finding:
    details.setdefault("n", subject.n)
    return Finding(
        quantity=quantity,
        value=value,
        unit=quantities()[quantity].unit,
        method=subject.method,
        method_version=subject.method_version,
        side=subject.side,
        sites=subject.sites,
        status=status,
        detection_limit=detection_limit,
        **details,
    )
