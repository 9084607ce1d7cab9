"""What is true of a made-up examination, taken from its noise-free average, filtered by nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.electro.ends import ends_of, phases_of
from hemifacial.twin.electro.plan import EvokedPlan, Kind, PlannedResponse, Site, Stimulus
from hemifacial.twin.electro.responses import SweepDraws, early_component
from hemifacial.twin.electro.shapes import template

__all__ = ["TrueResponse", "Truth", "average_of", "true_response", "truth_of"]

Values = NDArray[np.float64]

_STEP_MS = 0.01  # Finer than any recording, so that the truth does not depend on its rate.


@dataclass(frozen=True, kw_only=True)
class TrueResponse:
    """One component in one muscle after stimuli of one branch and intensity.

    Parameters
    ----------
    present
        Whether it is there in at least one sweep. Where it is not, the numbers are None.
    onset_ms
        Crossing of 10 % of the first peak of the noise-free average of the sweeps.
    end_ms
        The last crossing of 10 % of its largest peak.
    amplitude_uv
        Peak to peak of that average; lower than that of a sweep, by dropout and jitter.
    phases
        Lobes of that average that reach 10 % of the largest.
    sweeps, sweeps_present
        How many stimuli there were, and in how many it is there.
    sweeps_with_afterdischarge
        In how many a train follows. It is in none of the numbers above.
    threshold_ma
        None where no intensity evokes it.
    averaged
        ``signed``, or ``rectified`` for bursts whose shape is new in every sweep.
    """

    kind: Kind
    branch: str
    stimulus_side: Side
    muscle: str
    side: Side
    intensity_ma: float
    present: bool
    onset_ms: float | None = None
    end_ms: float | None = None
    amplitude_uv: float | None = None
    phases: int | None = None
    sweeps: int
    sweeps_present: int = 0
    sweeps_with_afterdischarge: int = 0
    threshold_ma: float | None = None
    averaged: str = "signed"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Everything that is true of one examination; `sites` are its channels in order."""

    sites: tuple[Site, ...]
    stimuli: tuple[Stimulus, ...]
    responses: tuple[TrueResponse, ...]

    def find(
        self,
        kind: Kind,
        branch: str,
        muscle: str,
        intensity_ma: float | None = None,
        *,
        stimulus_side: Side | None = None,
        side: Side | None = None,
    ) -> TrueResponse:
        """The one response of this description; the strongest stimuli where none is named.

        Raises
        ------
        KeyError
            If there is no such response, or responses of both sides and no side is named.
        """
        found = [
            one
            for one in self.responses
            if (one.kind, one.branch, one.muscle) == (kind, branch, muscle)
            and intensity_ma in (None, one.intensity_ma)
            and stimulus_side in (None, one.stimulus_side)
            and side in (None, one.side)
        ]
        if len({(one.stimulus_side, one.side) for one in found}) != 1:
            raise KeyError(f"{'several' if found else 'no'} {kind} in {muscle} after {branch}")
        return max(found, key=lambda one: one.intensity_ma)


def average_of(
    one: PlannedResponse, draws: SweepDraws, rows: NDArray[np.bool_], latency_ms: Values
) -> Values:
    """The noise-free average over the chosen sweeps, rectified before where shapes are new."""
    values = early_component(one, draws, latency_ms)[rows]
    return np.asarray((np.abs(values) if one.fresh else values).mean(axis=0))


def truth_of(
    plan: EvokedPlan,
    stimuli: Sequence[Stimulus],
    draws: Sequence[SweepDraws],
) -> Truth:
    """The truth of a plan whose responses have been drawn.

    Parameters
    ----------
    draws
        One for each of `plan.responses`. Where nothing of what `plan.expected` names is
        planned, the truth says that it is absent.
    """
    intensities = {
        (one.branch, one.side): sorted(
            {other.intensity_ma for other in stimuli if _same_nerve(other, one)}
        )
        for one in stimuli
    }
    found: list[TrueResponse] = []
    for one, drawn in zip(plan.responses, draws, strict=True):
        for intensity_ma in intensities.get((one.branch, one.stimulus_side), ()):
            found.append(true_response(one, drawn, stimuli, intensity_ma))
    planned = {
        (one.kind, one.branch, one.stimulus_side, Site(muscle=one.muscle, side=one.side))
        for one in plan.responses
    }
    for key in dict.fromkeys(plan.expected):
        if key not in planned:
            for intensity_ma in intensities.get(key[1:3], ()):
                found.append(_absent(key, stimuli, intensity_ma))
    return Truth(sites=plan.sites, stimuli=tuple(stimuli), responses=tuple(found))


def true_response(
    one: PlannedResponse, draws: SweepDraws, stimuli: Sequence[Stimulus], intensity_ma: float
) -> TrueResponse:
    """What is true of one planned response at one intensity."""
    rows = np.array(
        [stimuli[index].intensity_ma == intensity_ma for index in draws.stimuli], dtype=np.bool_
    )
    here = draws.present & rows
    truth = TrueResponse(
        kind=one.kind,
        branch=one.branch,
        stimulus_side=one.stimulus_side,
        muscle=one.muscle,
        side=one.side,
        intensity_ma=intensity_ma,
        present=bool(here.any()),
        sweeps=int(rows.sum()),
        sweeps_present=int(here.sum()),
        sweeps_with_afterdischarge=sum(
            bool(train.size) for train, row in zip(draws.trains, rows, strict=True) if row
        ),
        threshold_ma=one.threshold_ma,
        averaged="rectified" if one.fresh else "signed",
    )
    if not truth.present or not one.amplitude_uv:
        return replace(truth, present=False)
    shift_ms = float(np.abs(draws.shifts_ms).max())
    times_ms = template(one.shape).times_ms
    latency_ms = np.arange(
        one.onset_ms - shift_ms + min(times_ms[0], -1.0),
        one.onset_ms + shift_ms + max(times_ms[-1], one.shape.duration_ms) + 1.0,
        _STEP_MS,
    )
    average_uv = average_of(one, draws, rows, latency_ms)
    onset_ms, end_ms = ends_of(latency_ms, average_uv)
    return replace(
        truth,
        onset_ms=onset_ms,
        end_ms=end_ms,
        amplitude_uv=float(np.ptp(average_uv)),
        phases=None if one.fresh else phases_of(average_uv),
    )


def _absent(
    key: tuple[Kind, str, Side, Site], stimuli: Sequence[Stimulus], intensity_ma: float
) -> TrueResponse:
    kind, branch, stimulus_side, site = key
    given = [
        one
        for one in stimuli
        if (one.branch, one.side, one.intensity_ma) == (branch, stimulus_side, intensity_ma)
    ]
    return TrueResponse(
        kind=kind,
        branch=branch,
        stimulus_side=stimulus_side,
        muscle=site.muscle,
        side=site.side,
        intensity_ma=intensity_ma,
        present=False,
        sweeps=len(given),
    )


def _same_nerve(one: Stimulus, other: Stimulus) -> bool:
    return (one.branch, one.side) == (other.branch, other.side)
