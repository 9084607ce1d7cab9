"""All figures of a lateral spread study."""

from __future__ import annotations

from hemifacial.findings import Result
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.lateral_spread.recruitment import recruitment_figure
from hemifacial.report.electro.lateral_spread.sweeps import sweep_figures

__all__ = ["figures"]

_AVERAGES, _SWEEPS = "lateral_spread_averages", "lateral_spread_sweeps"


def figures(result: Result) -> tuple[Figure, ...]:
    """For every stimulated branch the sweeps of each muscle; and how responses grow."""
    averages, sweeps = result.signals.get(_AVERAGES), result.signals.get(_SWEEPS)
    if averages is None or sweeps is None:
        return ()
    grown = recruitment_figure(averages, result)
    return (*sweep_figures(averages, sweeps, result), *([grown] if grown else []))
