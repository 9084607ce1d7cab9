"""What is true of a recording of firing units: responses to stimuli, and bursts between them.

Responses are defined as `hemifacial.twin.electro.truth` defines them: from the noise-free average
of the sweeps of a branch and a current, filtered by nothing, on a grid of 0.01 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.electro.ends import ends_of, phases_of
from hemifacial.twin.electro.muscles import recorded_muscle
from hemifacial.twin.electro.plan import Kind, Site, Stimulus
from hemifacial.twin.electro.truth import TrueResponse, Truth
from hemifacial.twin.nerve.emg.discharges import Discharges
from hemifacial.twin.nerve.emg.traces import Muscle, add_potentials

__all__ = ["AFTER_MS", "EARLY_MS", "response_truth"]

Values = NDArray[np.float64]

EARLY_MS = 25.0
"""The first discharge of a unit within this time after a stimulus is of the early component."""

AFTER_MS = 150.0
"""What follows it within this time of the stimulus is afterdischarge."""

_GRID_HZ = 100_000.0
_BEFORE_MS = 10.0  # So that what a unit shows before it fires on average lies on the grid.


def response_truth(
    muscles: Sequence[Muscle], leads: Sequence[Site], stimuli: Sequence[Stimulus]
) -> Truth:
    """What every stimulus of every branch evokes in every recorded muscle, there or not.

    A stimulus that another follows within 25 ms is in no response: what belongs to which cannot be
    told from the discharges.
    """
    alone = _alone(stimuli)
    found: list[TrueResponse] = []
    for branch, side in dict.fromkeys((one.branch, one.side) for one in stimuli):
        nerve = [one for one in stimuli if (one.branch, one.side) == (branch, side)]
        rows: list[TrueResponse] = []
        for intensity_ma in sorted({one.intensity_ma for one in nerve}):
            chosen = [one for one in nerve if one.intensity_ma == intensity_ma and one in alone]
            rows += _of_train(muscles, leads, (branch, side, intensity_ma), chosen, stimuli)
        found += _with_thresholds(rows)
    return Truth(sites=tuple(leads), stimuli=tuple(stimuli), responses=tuple(found))


def _alone(stimuli: Sequence[Stimulus]) -> frozenset[Stimulus]:
    """Those that no other follows within the time of the early component."""
    ordered = sorted(stimuli, key=lambda one: one.onset_s)
    following = [*(one.onset_s for one in ordered[1:]), np.inf]
    return frozenset(
        one
        for one, after_s in zip(ordered, following, strict=True)
        if after_s - one.onset_s >= EARLY_MS / 1000
    )


def _of_train(
    muscles: Sequence[Muscle],
    leads: Sequence[Site],
    train: tuple[str, Side, float],
    chosen: Sequence[Stimulus],
    stimuli: Sequence[Stimulus],
) -> list[TrueResponse]:
    """The responses to the stimuli of one branch and current."""
    longest_ms = max(one.potentials.to_ms for one in muscles)
    samples = round((_BEFORE_MS + EARLY_MS + longest_ms + 1.0) * _GRID_HZ / 1000)
    latency_ms = np.arange(samples) * 1000 / _GRID_HZ - _BEFORE_MS
    own = np.zeros((len(leads), samples))
    conducted = np.zeros((len(leads), samples))
    counts = {}
    for muscle in muscles:
        early, present, later = _evoked(muscle.fired, chosen, stimuli)
        values = np.zeros((len(leads), samples))
        add_potentials(values, muscle.potentials, early, _GRID_HZ)
        values /= max(1, len(chosen))
        is_own = np.array([site == muscle.units.site for site in leads])
        own[is_own] += values[is_own]
        conducted[~is_own] += values[~is_own]
        counts[muscle.units.site] = (present, later)
    rows = []
    for index, site in enumerate(leads):
        supplied = site.side is train[1] and train[0] in recorded_muscle(site.muscle).branches
        present, later = counts.get(site, (0, 0))
        plain = TrueResponse(
            kind="direct" if supplied else "spread",
            branch=train[0],
            stimulus_side=train[1],
            muscle=site.muscle,
            side=site.side,
            intensity_ma=train[2],
            present=False,
            sweeps=len(chosen),
        )
        row = replace(plain, sweeps_present=present, sweeps_with_afterdischarge=later)
        rows.append(_measured(row, latency_ms, own[index]) if present else row)
        if not supplied:
            kind: Kind = "conducted"
            there = replace(plain, kind=kind, sweeps_present=len(chosen))
            wave = conducted[index]
            rows.append(
                _measured(there, latency_ms, wave) if wave.any() else replace(plain, kind=kind)
            )
    return rows


def _evoked(
    fired: Discharges, chosen: Sequence[Stimulus], stimuli: Sequence[Stimulus]
) -> tuple[Discharges, int, int]:
    """First discharges as times on the grid, sweeps that have any, and sweeps with later ones."""
    onsets_ms = np.sort([one.onset_s * 1000 for one in stimuli])
    of_chosen = np.isin(onsets_ms, [one.onset_s * 1000 for one in chosen])
    sweep = np.searchsorted(onsets_ms, fired.time_ms, side="right") - 1
    latency_ms = fired.time_ms - onsets_ms[np.maximum(sweep, 0)]
    counted = (sweep >= 0) & of_chosen[np.maximum(sweep, 0)] & (latency_ms < AFTER_MS)
    unit, sweep, latency_ms = fired.unit[counted], sweep[counted], latency_ms[counted]
    # By unit and then by time, so that the first of its kind is the first that fires.
    order = np.lexsort((latency_ms, sweep, unit))
    unit, sweep, latency_ms = unit[order], sweep[order], latency_ms[order]
    first = np.ones(unit.size, np.bool_)
    first[1:] = (np.diff(unit) != 0) | (np.diff(sweep) != 0)
    early = first & (latency_ms < EARLY_MS)
    present = np.unique(sweep[early])
    later = np.intersect1d(np.unique(sweep[~early]), present)
    return Discharges(unit[early], latency_ms[early] + _BEFORE_MS), present.size, later.size


def _measured(row: TrueResponse, latency_ms: Values, average_uv: Values) -> TrueResponse:
    onset_ms, end_ms = ends_of(latency_ms, average_uv)
    return replace(
        row,
        present=True,
        onset_ms=onset_ms,
        end_ms=end_ms,
        amplitude_uv=float(np.ptp(average_uv)),
        phases=phases_of(average_uv),
    )


def _with_thresholds(rows: Sequence[TrueResponse]) -> list[TrueResponse]:
    """The weakest current given that evokes each, which is at or above its true threshold."""
    weakest: dict[tuple[str, str, Side], float] = {}
    for one in rows:
        key = (one.kind, one.muscle, one.side)
        if one.present:
            weakest[key] = min(weakest.get(key, np.inf), one.intensity_ma)
    return [
        replace(one, threshold_ma=weakest.get((one.kind, one.muscle, one.side))) for one in rows
    ]
