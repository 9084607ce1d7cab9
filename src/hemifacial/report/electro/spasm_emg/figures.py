"""All figures of spasm EMG."""

from __future__ import annotations

from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.signals import ENVELOPE
from hemifacial.findings import Result
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.spasm_emg.correlogram import correlogram
from hemifacial.report.electro.spasm_emg.raster import raster
from hemifacial.report.electro.spasm_emg.traces import traces

__all__ = ["figures", "spasm_emg_figures"]


def figures(result: Result) -> tuple[Figure, ...]:
    """The figures of the spasm EMG in a result."""
    return spasm_emg_figures(
        Outcome(findings=result.findings, events=result.events, signals=result.signals)
    )


def spasm_emg_figures(outcome: Outcome) -> tuple[Figure, ...]:
    """The figures of a study; those that have something to show.

    Parameters
    ----------
    outcome
        Of `hemifacial.electro.spasm_emg.measure.measure`.
    """
    if ENVELOPE not in outcome.signals:
        return ()
    made = [raster(outcome), traces(outcome), correlogram(outcome)]
    return tuple(one for one in made if one is not None)
