"""The locked baseline of every muscle: the wave that later runs are searched for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.conditioning import conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.lateral_spread.cells import Cell, cells_of
from hemifacial.electro.lateral_spread.details import recruitment, threshold_ma
from hemifacial.electro.series.amplitude import amounts_of_sweeps
from hemifacial.electro.series.runs import Run, pooled
from hemifacial.electro.series.traces import ReadyRun, ready

__all__ = ["Baseline", "Unlocked", "baselines_of"]

Floats = NDArray[np.float64]

_STAGE = "baseline"
_TWO_SIDED = 1.96


@dataclass(frozen=True, kw_only=True)
class Unlocked:
    """A muscle without a response at the baseline; `limit_uv` is what would have been found."""

    branch: str
    side: Side
    muscle: str
    muscle_side: Side
    limit_uv: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline:
    """The response of one muscle to one branch as it was before anything was done.

    Attributes
    ----------
    start_s
        Of the runs that make it.
    wave_ms, wave_uv
        The response as it most likely was.
    error_share
        Standard error of its size, as a share.
    missing, counted
        In how many of the sweeps that could be judged the response was missing.
    threshold_ma
        Weakest stimulus with a response, where several strengths were given.
    direct_muscle, direct_uv
        The muscle of the branch with the largest direct response, and its amplitude; empty and
        None where there is none.
    """

    branch: str
    side: Side
    muscle: str
    muscle_side: Side
    start_s: tuple[float, ...]
    sweeps: int
    intensity_ma: float | None
    threshold_ma: float | None
    wave_ms: Floats
    wave_uv: Floats
    amplitude_uv: float
    amplitude_low_uv: float
    amplitude_high_uv: float
    error_share: float
    missing: int
    counted: int
    direct_muscle: str
    direct_uv: float | None


def baselines_of(
    runs: Sequence[Run], criteria: ElectroCriteria
) -> tuple[tuple[Baseline, ...], tuple[Unlocked, ...]]:
    """The baseline of every branch and far muscle, and the muscles that have none.

    The runs of stage ``baseline`` together; where no run is of that stage, the first run with a
    response, among the first ``series_baseline_runs``.
    """
    locked: list[Baseline] = []
    unlocked: list[Unlocked] = []
    for branch, side in dict.fromkeys((run.branch, run.side) for run in runs):
        mine = [run for run in runs if (run.branch, run.side) == (branch, side)]
        found, limits = _lock(mine, criteria)
        locked += found
        unlocked += limits
    return tuple(locked), tuple(unlocked)


def _lock(runs: Sequence[Run], criteria: ElectroCriteria) -> tuple[list[Baseline], list[Unlocked]]:
    """Of one branch."""
    stated = [run for run in runs if run.stage == _STAGE]
    first = [[run] for run in runs[: round(criteria["series_baseline_runs"])]]
    locked: dict[tuple[str, Side], Baseline] = {}
    without: dict[tuple[str, Side], Unlocked] = {}
    for these in [stated] if stated else first:
        for one in _baselines(pooled(these), these, locked, criteria):
            key = (one.muscle, one.muscle_side)
            if isinstance(one, Baseline):
                locked[key] = one
            elif key not in without:
                without[key] = one
    return list(locked.values()), [one for key, one in without.items() if key not in locked]


def _baselines(
    run: Run,
    of: Sequence[Run],
    known: dict[tuple[str, Side], Baseline],
    criteria: ElectroCriteria,
) -> Iterator[Baseline | Unlocked]:
    """Of the far muscles that have none yet."""
    study = run.study
    kept = [i for i, one in enumerate(study.channels) if (one.site, one.side) not in known]
    study = study.of_channels(kept)
    prepared = ready(replace(run, study=study), criteria)
    if not prepared.traces:
        return
    cells = cells_of(*conditioned(study, conditioning_of(criteria)), criteria)
    for cell in cells:
        reading = cell.reading
        if reading is None:
            continue
        if reading.response is None:
            yield Unlocked(
                branch=cell.branch,
                side=cell.side,
                muscle=cell.muscle,
                muscle_side=cell.muscle_side,
                limit_uv=reading.limit_uv,
            )
        else:
            yield _baseline(cell, cells, prepared, of, criteria)


def _baseline(
    cell: Cell,
    cells: Sequence[Cell],
    prepared: ReadyRun,
    of: Sequence[Run],
    criteria: ElectroCriteria,
) -> Baseline:
    reading = cell.reading
    trace = prepared.trace(cell.muscle, cell.muscle_side)
    if reading is None or reading.response is None or trace is None:
        raise ValueError(f"no response in {cell.muscle}")
    response = reading.response
    missing, counted = 0, 0
    amounts, error = amounts_of_sweeps(trace, reading.wave_ms, reading.wave_uv)
    if error <= criteria["series_sweep_error_share"]:
        missing = int(np.count_nonzero(amounts < criteria["series_missing_share"]))
        counted = amounts.size
    group = [
        one for one in cells if (one.muscle, one.muscle_side) == (cell.muscle, cell.muscle_side)
    ]
    threshold = threshold_ma(recruitment(group), criteria) if len(group) > 1 else None
    there = {word: one.amplitude_uv for word, one in prepared.direct.items() if one.is_there}
    strongest = max(there, key=lambda word: there[word], default="")
    size_uv = float(np.ptp(reading.wave_uv))
    width_uv = response.amplitude_high_uv - response.amplitude_low_uv
    return Baseline(
        branch=cell.branch,
        side=cell.side,
        muscle=cell.muscle,
        muscle_side=cell.muscle_side,
        start_s=tuple(run.start_s for run in of),
        sweeps=len(cell.sweeps_uv),
        intensity_ma=cell.intensity_ma,
        threshold_ma=threshold,
        wave_ms=reading.wave_ms,
        wave_uv=reading.wave_uv,
        amplitude_uv=size_uv,
        amplitude_low_uv=min(response.amplitude_low_uv, size_uv),
        amplitude_high_uv=max(response.amplitude_high_uv, size_uv),
        error_share=width_uv / (2 * _TWO_SIDED * size_uv),
        missing=missing,
        counted=counted,
        direct_muscle=strongest,
        direct_uv=there.get(strongest),
    )
