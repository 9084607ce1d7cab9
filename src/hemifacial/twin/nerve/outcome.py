"""What an experiment says: findings, targets held against it, and plain data for its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.findings import Finding

__all__ = ["Line", "Outcome", "Plot", "Raster", "RasterRow", "SpaceTime", "Target", "Verdict"]

Values = NDArray[np.float64]


class Verdict(StrEnum):
    """What a target says of what was simulated."""

    MET = "met"
    MISSED = "missed"
    NOT_SIMULATED = "not simulated"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A published number beside the simulated one.

    Parameters
    ----------
    what, unit
        In words; the unit is empty for a share or a count.
    low, high
        What the source allows; equal where it allows nothing else.
    simulated
        None where it was not simulated, as `note` then says.
    tuned
        Whether a parameter was chosen so that this comes out: then it proves nothing.
    """

    what: str
    unit: str
    low: float
    high: float
    source: str
    verified: bool
    simulated: float | None
    tuned: bool = False
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether what was simulated lies within what the source allows."""
        if self.simulated is None:
            return Verdict.NOT_SIMULATED
        return Verdict.MET if self.low <= self.simulated <= self.high else Verdict.MISSED


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a plot; NaN in `y` is a gap."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    points: bool = True
    """Whether each value is marked, and not the line alone."""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Lines over one axis. `bands` are shaded stretches of y, as what a source allows."""

    name: str
    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    log_x: bool = False
    bands: tuple[tuple[float, float, str], ...] = ()
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class RasterRow:
    """The spikes of one fibre."""

    group: str
    times_ms: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Raster:
    """Spikes of fibres over time, grouped by branch; `mark` says what `marks_ms` are."""

    name: str
    title: str
    rows: tuple[RasterRow, ...]
    from_ms: float
    to_ms: float
    marks_ms: tuple[float, ...] = ()
    mark: str = "shock"
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class SpaceTime:
    """Voltage along a fibre (places) over time (samples); (samples, places)."""

    name: str
    title: str
    time_ms: Values
    place_mm: Values
    voltage_mv: Values
    lesion_mm: tuple[float, float] | None
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one experiment.

    Parameters
    ----------
    experiment, title, question
        Its word, its name, and in one sentence what it asks.
    sentences
        What it answers, for a reader who reads nothing else.
    lesion
        Parameters of the lesion and the cleft, with units in their names, for the map of it;
        empty where the fibres are healthy.
    parameters
        Everything that decided the result, as plain values.
    """

    experiment: str
    title: str
    question: str
    sentences: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    targets: tuple[Target, ...] = ()
    plots: tuple[Plot, ...] = ()
    rasters: tuple[Raster, ...] = ()
    space_times: tuple[SpaceTime, ...] = ()
    lesion: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
