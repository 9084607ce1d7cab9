"""What a timeline is made of: points of series, and marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hemifacial.anatomy import Side
from hemifacial.findings import Status

__all__ = ["Mark", "Point", "SeriesKey"]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value on a day; without a value, `status` says why, and `detection_limit` what was not.

    `entry` is the number of the entry that it comes from; `course` says how it came to this within
    the day, where it is the end of a series.
    """

    day: date
    value: float | None
    entry: int
    low: float | None = None
    high: float | None = None
    status: Status = Status.MEASURED
    detection_limit: float | None = None
    note: str = ""
    course: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that happened on a day."""

    day: date
    kind: str
    label: str
    entry: int
    detail: str = ""
    side: Side = Side.NOT_APPLICABLE


@dataclass(frozen=True, kw_only=True)
class SeriesKey:
    """What the points of one series have in common."""

    quantity: str
    label: str
    unit: str = "1"
    side: Side = Side.NOT_APPLICABLE
    sites: tuple[str, ...] = field(default=())
