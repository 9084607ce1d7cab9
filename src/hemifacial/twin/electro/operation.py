"""A made-up operation: runs of the lateral spread over time, with stages and slow changes.

::

    operation = operation_plan(seed=1, course="gone")
    for run in runs(operation):
        values_uv, latency_ms, truth = sweeps(run.plan)     # run.spread_share is the truth
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hemifacial.errors import UsageError
from hemifacial.twin.electro.lateral_spread import (
    LateralSpreadPlan,
    lateral_spread_plan,
    with_spread_share,
)
from hemifacial.twin.electro.parameters import drawn

__all__ = ["COURSES", "Course", "OperationPlan", "Run", "Stage", "operation_plan", "runs"]

Course = Literal["gone", "residual", "unchanged", "reappearing", "lost_at_dura"]
COURSES: tuple[Course, ...] = ("gone", "residual", "unchanged", "reappearing", "lost_at_dura")
"""``gone``: nothing or next to nothing is left by decompression. ``reappearing``: it is gone and
comes back before the dura is closed. ``lost_at_dura``: it falls when the dura is opened, comes
back, and goes with decompression."""

Points = tuple[tuple[float, float], ...]

_BETWEEN_MIN = 10.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of an operation, and what share of the lateral spread is there from then on."""

    name: str
    at_min: float
    spread_share: float


@dataclass(frozen=True, kw_only=True)
class OperationPlan:
    """An operation on one patient.

    Parameters
    ----------
    patient
        The study that is repeated. Its responses are those before any stage, without drugs.
    stages
        In order of time; the first one begins at 0.
    relaxant, agent
        Courses (min, share), in between on straight lines: the share of every muscle response
        that the relaxant leaves, and of the lateral spread alone that the anaesthetic leaves.
    run_variation
        Coefficient of variation of all responses of a run together, log-normal.
    """

    patient: LateralSpreadPlan
    stages: tuple[Stage, ...]
    interval_min: float = 2.0
    end_min: float = 60.0
    relaxant: Points = ((0.0, 1.0),)
    agent: Points = ((0.0, 1.0),)
    run_variation: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        times = [stage.at_min for stage in self.stages]
        if not times or times[0] != 0 or times != sorted(times) or times[-1] > self.end_min:
            raise UsageError(
                f"operation: stages at {', '.join(f'{time:g}' for time in times) or 'no time'} "
                f"min, its end at {self.end_min:g} min",
                next_step="Let the first stage begin at 0 and the others follow in order.",
            )
        if not self.interval_min > 0:
            raise UsageError(
                f"operation: a run every {self.interval_min:g} min",
                next_step="Give a positive interval.",
            )
        shares = [stage.spread_share for stage in self.stages]
        shares += [share for _, share in (*self.relaxant, *self.agent)]
        if any(not share >= 0 for share in shares):
            raise UsageError(
                f"operation: a share of {min(shares):g}", next_step="Give shares of 0 or more."
            )


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of an operation.

    Parameters
    ----------
    spread_share
        What the stage has left of the lateral spread: the truth that is asked for.
    relaxant_share, agent_share
        What drugs leave, beside that; `variation` is the factor of this run.
    plan
        The study of this run, with all of it applied.
    """

    time_min: float
    stage: str
    spread_share: float
    relaxant_share: float
    agent_share: float
    variation: float
    plan: LateralSpreadPlan


def runs(operation: OperationPlan) -> tuple[Run, ...]:
    """Every run of an operation in order; what each holds is made by `sweeps(run.plan)`."""
    count = int(operation.end_min / operation.interval_min) + 1
    return tuple(_run(operation, index) for index in range(count))


def operation_plan(
    seed: int, course: Course = "gone", *, patient: LateralSpreadPlan | None = None
) -> OperationPlan:
    """An operation with one of the `COURSES`, drawn from ``parameters.tsv``.

    Raises
    ------
    UsageError
        If the patient that is given has no lateral spread, which an operation could not change.
    """
    patient = patient or lateral_spread_plan(seed)
    if not any(one.kind == "spread" for one in patient.responses):
        raise UsageError(
            "operation: the patient has no lateral spread",
            next_step="Plan a patient with one: without it there is no course.",
        )
    rng = np.random.default_rng([seed, 300])
    left = 0.0 if rng.integers(2) else drawn("spread_left", rng)
    dura = drawn("spread_after_dura", rng) if course == "lost_at_dura" else 1.0
    returned = drawn("spread_returned", rng)
    shares = {
        "gone": (1.0, 1.0, 1.0, left, left),
        "residual": (1.0, 1.0, 1.0, residual := drawn("spread_residual", rng), residual),
        "unchanged": (1.0, 1.0, 1.0, 1.0, 1.0),
        "reappearing": (1.0, 1.0, 1.0, 0.0, returned),
        "lost_at_dura": (1.0, dura, 1.0, left, left),
    }[course]
    names = ("baseline", "dura_open", "retraction", "decompression", "dura_closed")
    times_min = _BETWEEN_MIN * (np.arange(5) + np.array([0, *rng.uniform(-0.2, 0.2, 4)]))
    return OperationPlan(
        patient=patient,
        stages=tuple(
            Stage(name=name, at_min=float(at_min), spread_share=share)
            for name, at_min, share in zip(names, times_min, shares, strict=True)
        ),
        relaxant=_recovery(drawn("relaxant_share", rng), 1.0, drawn("drift_time", rng)),
        agent=_recovery(1.0, drawn("agent_share", rng), drawn("drift_time", rng)),
        run_variation=drawn("run_variation", rng),
        seed=seed,
    )


def _recovery(from_share: float, to_share: float, time_min: float) -> Points:
    """An exponential approach with this time constant, as points."""
    times_min = np.arange(0.0, 91.0, 5.0)
    values = to_share + (from_share - to_share) * np.exp(-times_min / time_min)
    return tuple(zip(times_min.tolist(), values.tolist(), strict=True))


def _run(operation: OperationPlan, index: int) -> Run:
    time_min = index * operation.interval_min
    stage = [one for one in operation.stages if one.at_min <= time_min][-1]
    rng = np.random.default_rng([operation.seed, 301, index])
    width = np.sqrt(np.log1p(operation.run_variation**2))
    variation = float(np.exp(rng.normal(0.0, width) - width**2 / 2))
    relaxant, agent = _share(operation.relaxant, time_min), _share(operation.agent, time_min)
    left = with_spread_share(operation.patient, agent * stage.spread_share)
    responses = [
        replace(one, amplitude_uv=one.amplitude_uv * relaxant * variation) for one in left.responses
    ]
    return Run(
        time_min=time_min,
        stage=stage.name,
        spread_share=stage.spread_share,
        relaxant_share=relaxant,
        agent_share=agent,
        variation=variation,
        plan=replace(
            operation.patient,
            responses=tuple(one for one in responses if one.amplitude_uv > 0),
            seed=int(rng.integers(2**32)),
        ),
    )


def _share(points: Sequence[tuple[float, float]], time_min: float) -> float:
    times_min, shares = zip(*points, strict=True)
    return float(np.interp(time_min, times_min, shares))
