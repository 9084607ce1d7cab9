"""A study of the lateral spread from end to end: sweeps in, findings and averages out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hemifacial.electro.artefact_tails import no_template
from hemifacial.electro.conditioning import Conditioning, conditioned, conditioning_of
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.evoked_signals import labels_of, name_of, table_of
from hemifacial.electro.lateral_spread.cells import Cell, cells_of
from hemifacial.electro.lateral_spread.findings import METHOD, findings_of, strongest
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.reading import coarse
from hemifacial.electro.study import LEAST_REST_MS, EvokedStudy, check_rest
from hemifacial.findings import Event

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["measure"]

_SHOWN_SWEEPS = 40


def measure(study: EvokedStudy, criteria: ElectroCriteria) -> Outcome:
    """Direct responses and lateral spreads of every stimulated branch and recorded muscle.

    Parameters
    ----------
    study
        Sweeps as they were cut, with the stimuli of branches of the facial nerve.

    Returns
    -------
    Outcome
        The tables of signals are ``lateral_spread_averages``, the averages of every branch,
        intensity and muscle, and ``lateral_spread_sweeps``, single sweeps of the strongest
        stimulus.

    Raises
    ------
    InputError
        If too little stands before the stimuli to tell the noise, or the artefact was to be
        taken from stimuli that evoke a response.
    """
    check_rest(study, LEAST_REST_MS)
    ready, done = conditioned(study, conditioning_of(criteria))
    cells = cells_of(ready, done, criteria)
    _check_template(cells, done)
    top = strongest(cells)
    return Outcome(
        findings=findings_of(cells, criteria),
        events=tuple(event for cell in top if (event := _event(cell, study)) is not None),
        signals={
            f"{METHOD}_averages": _averages(cells, done),
            f"{METHOD}_sweeps": _sweeps(top, done),
        },
    )


def _check_template(cells: Sequence[Cell], how: Conditioning) -> None:
    """What is taken for the artefact alone must hold no direct response."""
    if how.artefact is not Artefact.TEMPLATE:
        return
    for cell in cells:
        weakest = min(
            one.intensity_ma or 0.0
            for one in cells
            if (one.branch, one.side) == (cell.branch, cell.side)
        )
        if cell.intensity_ma == weakest and cell.direct is not None and cell.direct.is_there:
            raise no_template(cell.branch, cell.muscle, weakest)


def _event(cell: Cell, study: EvokedStudy) -> Event | None:
    """The response of a cell after the first stimulus of its train; None where there is none.

    Its length is 0 where its end cannot be told.
    """
    if cell.direct is not None and cell.direct.onset_ms is not None:
        kind, onset_ms, last_ms = "direct_response", cell.direct.onset_ms, cell.direct.end_ms
        amplitude_uv, confidence = cell.direct.amplitude_uv, None
    elif cell.reading is not None and cell.reading.response is not None:
        response = cell.reading.response
        kind, onset_ms = cell.response_word, response.onset_ms
        amplitude_uv, confidence = response.amplitude_uv, round(cell.reading.probability, 3)
        size = np.abs(cell.reading.wave_uv)
        last_ms = float(cell.reading.wave_ms[np.flatnonzero(size >= 0.1 * size.max())[-1]])
    else:
        return None
    first_s = min(
        one.onset_s
        for one in study.stimuli
        if (one.branch, one.side, one.intensity_ma) == (cell.branch, cell.side, cell.intensity_ma)
    )
    length_ms = 0.0 if last_ms is None else max(last_ms - onset_ms, 0.5)
    return Event(
        onset_s=round(first_s + onset_ms / 1000, 6),
        duration_s=round(length_ms / 1000, 6),
        event_id=f"{kind}-{cell.branch}-{cell.muscle}-{cell.muscle_side}".replace("_", "-"),
        trial_type=kind,
        side=cell.muscle_side,
        sites=(cell.branch, cell.muscle),
        amplitude=round(amplitude_uv, 2),
        amplitude_unit="µV",
        confidence=confidence,
    )


def _averages(cells: Sequence[Cell], how: Conditioning) -> xr.Dataset:
    variables = {}
    for cell in cells:
        label = _labels(cell) | {"sweeps": len(cell.sweeps_uv), "noise_uv": cell.noise_uv}
        if cell.direct is not None and cell.direct.onset_ms is not None:
            label["onset_ms"] = cell.direct.onset_ms
        if cell.reading is not None:
            label["probability"] = cell.reading.probability
            label["limit_uv"] = cell.reading.limit_uv
            if cell.reading.response is not None:
                label["onset_ms"] = cell.reading.response.onset_ms
                label["onset_low_ms"] = cell.reading.response.onset_low_ms
                label["onset_high_ms"] = cell.reading.response.onset_high_ms
        strength = "" if cell.intensity_ma is None else f"_{cell.intensity_ma:g}_ma"
        variables[_name(cell) + strength] = ("time", cell.mean_uv, label)
    return table_of(variables, cells[0].latency_ms / 1000 if cells else None, how.in_words())


def _sweeps(top: Sequence[Cell], how: Conditioning) -> xr.Dataset:
    variables = {}
    latency_ms = np.empty(0)
    for cell in top:
        latency_ms, sweeps = coarse(cell.latency_ms, cell.sweeps_uv)
        for number, sweep in enumerate(sweeps[:_SHOWN_SWEEPS], start=1):
            variables[f"{_name(cell)}_sweep_{number:03d}"] = (
                "time",
                sweep.astype(np.float32),
                _labels(cell) | {"sweep": number},
            )
    return table_of(variables, latency_ms / 1000 if top else None, how.in_words())


def _name(cell: Cell) -> str:
    return name_of(cell.branch, cell.side, cell.muscle, cell.muscle_side)


def _labels(cell: Cell) -> dict[str, object]:
    labels = labels_of(cell.branch, cell.side, cell.muscle, cell.muscle_side)
    labels["direct"] = cell.is_own
    if cell.intensity_ma is not None:
        labels["intensity_ma"] = cell.intensity_ma
    return labels
