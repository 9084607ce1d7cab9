"""What every measurement says: findings, events, provenance, and the result that holds them.

Units are in the names. Nothing here is changed in place; nothing here knows a file.
The tables behind the words are `vocabulary/quantities.tsv` and `vocabulary/trial_types.tsv`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from hemifacial.anatomy import Side, structures
from hemifacial.vocabulary import read_vocabulary

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Event",
    "Finding",
    "Limit",
    "Provenance",
    "Quantity",
    "Result",
    "Status",
    "Still",
    "TrialType",
    "quantities",
    "spasm_type",
    "trial_types",
]


class Status(StrEnum):
    """Whether a finding has a value, and if not, why not."""

    MEASURED = "measured"
    NOT_JUDGED = "not_judged"
    BELOW_DETECTION_LIMIT = "below_detection_limit"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A row of the vocabulary of measured quantities."""

    word: str
    unit: str
    label: str
    definition: str
    code: str


@dataclass(frozen=True, kw_only=True)
class TrialType:
    """A kind of event; kinds of one family may be matched with each other.

    Kinds that differ only by how long they last carry the range ``from_s <= duration < below_s``.
    """

    word: str
    family: str
    from_s: float | None
    below_s: float | None
    description: str


@cache
def quantities() -> dict[str, Quantity]:
    """Every quantity by its word."""
    return {row["word"]: Quantity(**row) for row in read_vocabulary("quantities.tsv")}


@cache
def trial_types() -> dict[str, TrialType]:
    """Every kind of event by its word: the closed list of `trial_type`."""
    return {
        row["word"]: TrialType(
            word=row["word"],
            family=row["family"],
            from_s=float(row["from_s"]) if row["from_s"] else None,
            below_s=float(row["below_s"]) if row["below_s"] else None,
            description=row["description"],
        )
        for row in read_vocabulary("trial_types.tsv")
    }


def spasm_type(duration_s: float) -> str:
    """The kind of spasm that lasts this long: clonic, prolonged or tonic."""
    for kind in trial_types().values():
        if kind.from_s is not None and kind.from_s <= duration_s < (kind.below_s or math.inf):
            return kind.word
    raise ValueError(f"a spasm cannot last {duration_s} s")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A normal limit or criterion with where it comes from."""

    value: float
    unit: str
    meaning: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One typed number: what, which side, where, how much, how sure, by which rule.

    Parameters
    ----------
    quantity
        A word of `quantities`, which also gives the unit.
    value
        The number, or None when `status` is not measured.
    low, high
        95 % interval, made as `interval` says; None where there is none.
    detection_limit
        The smallest value that would have been seen, in the same unit; required when
        `status` is below_detection_limit.
    note
        Why it was not judged, or what its reader must know.
    """

    quantity: str
    value: float | None
    unit: str
    method: str
    method_version: str
    side: Side = Side.NOT_APPLICABLE
    sites: tuple[str, ...] = ()
    phase: str = ""
    status: Status = Status.MEASURED
    low: float | None = None
    high: float | None = None
    interval: str = ""
    n: int | None = None
    quality: str = ""
    detection_limit: float | None = None
    limit: Limit | None = None
    note: str = ""

    def __post_init__(self) -> None:
        known = quantities().get(self.quantity)
        if known is None:
            raise ValueError(f"unknown quantity {self.quantity!r}")
        if self.unit != known.unit:
            raise ValueError(f"{self.quantity} is in {known.unit}, not {self.unit}")
        _check_sites(self.sites)
        if (self.value is None) is (self.status is Status.MEASURED):
            raise ValueError(
                f"{self.quantity}: a value goes with status measured, and only with it"
            )
        if self.status is Status.BELOW_DETECTION_LIMIT and self.detection_limit is None:
            raise ValueError(f"{self.quantity}: a negative answer needs its detection limit")
        for number in (self.value, self.low, self.high, self.detection_limit):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.quantity}: {number} is not a finite number")


@dataclass(frozen=True, kw_only=True)
class Event:
    """An interval of the recording, from one crossing of 10 % of the peak to the other.

    Times are in seconds from the first frame or sample.
    """

    onset_s: float
    duration_s: float
    event_id: str
    trial_type: str
    side: Side = Side.NOT_APPLICABLE
    sites: tuple[str, ...] = ()
    phase: str = ""
    peak_time_s: float | None = None
    amplitude: float | None = None
    amplitude_unit: str = ""
    confidence: float | None = None
    parent_id: str = ""

    def __post_init__(self) -> None:
        if self.trial_type not in trial_types():
            raise ValueError(f"unknown trial_type {self.trial_type!r}")
        _check_sites(self.sites)
        _check_texts(self.event_id, self.phase, self.amplitude_unit, self.parent_id)
        if not self.event_id:
            raise ValueError("an event needs an event_id")
        if (
            not (math.isfinite(self.onset_s) and math.isfinite(self.duration_s))
            or self.duration_s < 0
        ):
            raise ValueError(f"{self.event_id}: onset {self.onset_s}, duration {self.duration_s}")
        for number in (self.peak_time_s, self.amplitude, self.confidence):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.event_id}: {number} is not a finite number")
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise ValueError(f"{self.event_id}: confidence {self.confidence} is not within 0 to 1")

    @property
    def offset_s(self) -> float:
        """The end of the event in seconds."""
        return self.onset_s + self.duration_s

    @property
    def family(self) -> str:
        """The family of the kind of event, e.g. ``spasm``."""
        return trial_types()[self.trial_type].family


def _check_texts(*texts: str) -> None:
    """Texts stand in one cell of a table, so they cannot hold what ends a cell."""
    for text in texts:
        if not text.isprintable():
            raise ValueError(f"{text!r} holds a control character")


def _check_sites(sites: tuple[str, ...]) -> None:
    for site in sites:
        if site not in structures():
            raise ValueError(f"unknown site {site!r}")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Enough to run the measurement again and to know that it is the same.

    `input_name` is the file's name without its folder. `recorded_at` is the wall clock
    of the first frame (ISO 8601) as the file states it, or empty.
    """

    method: str
    method_version: str
    program_version: str
    input_name: str
    input_sha256: str
    created_at: str
    recorded_at: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture that shows what an event rests on; it identifies the patient.

    `event_id` is empty for the face at rest, whose time need not be known.
    """

    jpeg: bytes
    event_id: str = ""
    time_s: float | None = None

    @property
    def title(self) -> str:
        """What the picture shows."""
        return f"{self.event_id} at its peak, {self.time_s:.2f} s" if self.event_id else "At rest"


@dataclass(frozen=True, kw_only=True)
class Result:
    """Findings, events and labelled signals of one recording.

    `signals` maps the name of a table to an `xarray.Dataset` over ``time`` (s); every
    variable carries the attributes ``unit``, ``side`` and ``site``.
    """

    provenance: Provenance
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    signals: Mapping[str, xr.Dataset] = field(default_factory=dict)
