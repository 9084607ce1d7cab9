"""A made-up study of the facial F wave: mentalis after the marginal mandibular branch.

::

    study = f_wave_study(seed=1, affected=True)
    study.values_uv, study.latency_ms, study.truth.persistence_share
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.twin.electro.lateral_spread import (
    LateralSpreadPlan,
    lateral_spread_plan,
    without_spread,
)
from hemifacial.twin.electro.plan import Site, Stimulus
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.shapes import Family, Shape, template
from hemifacial.twin.electro.study import sweeps

__all__ = ["FWaveStudy", "FWaveTruth", "f_wave_study"]

Values = NDArray[np.float64]

_BRANCH, _MUSCLE = "marginal_mandibular_branch", "mentalis"

# Mean duration in ms and ratio to the direct response: wpr-791019 (22 patients, 36 healthy).
_DURATION_MS = {True: 13.1, False: 9.7}
_RATIO = {True: 0.069, False: 0.037}
# What follows is this project's choice: the source gives means alone.
_ONSET_MS = (13.5, 17.0)
_ONSET_SD_MS = 0.7
_DURATION_SD = 0.12
_AMPLITUDE_SD = 0.35
_PERSISTENCE = {True: (0.7, 1.0), False: (0.4, 0.9)}
_BETWEEN_PATIENTS = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class FWaveTruth:
    """What is true of the F waves; arrays have a value a sweep, not a number without one.

    `ratio_share` is the mean amplitude (peak to peak, of sweeps that have one) over that of the
    direct response.
    """

    onset_ms: Values
    duration_ms: Values
    amplitude_uv: Values
    direct_uv: float

    @property
    def persistence_share(self) -> float:
        """The share of the sweeps that have one."""
        return float(np.mean(np.isfinite(self.onset_ms)))

    @property
    def ratio_share(self) -> float:
        """Mean amplitude over that of the direct response; not a number without any."""
        here = self.amplitude_uv[np.isfinite(self.amplitude_uv)]
        return float(here.mean() / self.direct_uv) if here.size else float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class FWaveStudy:
    """Sweeps (stimulus, channel, sample) in µV with their latencies, stimuli and truth."""

    values_uv: Values
    latency_ms: Values
    sites: tuple[Site, ...]
    stimuli: tuple[Stimulus, ...]
    truth: FWaveTruth


def f_wave_study(
    seed: int,
    *,
    affected: bool = False,
    present: bool = True,
    sweep_count: int = 30,
    side: Side = Side.RIGHT,
    family: Family = "motor_units",
    noise_factor: float = 1.0,
) -> FWaveStudy:
    """A study of one side; every F wave has a shape, an onset and a size of its own.

    Parameters
    ----------
    affected
        Whether it is the side of a spasm: longer and larger F waves.
    present
        False leaves the direct response alone.
    noise_factor
        Of the steady noise.
    """
    setup = Setup(from_ms=-20.0, to_ms=60.0)
    setup = replace(setup, noise=setup.noise.scaled(noise_factor))
    base = LateralSpreadPlan(
        side=side, branches=(_BRANCH,), muscles=(_MUSCLE,), sweeps=sweep_count, setup=setup
    )
    plan = without_spread(lateral_spread_plan(seed, spread=False, family=family, base=base))
    made = sweeps(plan)
    direct_uv = made.truth.find("direct", _BRANCH, _MUSCLE).amplitude_uv or 0.0
    rng = np.random.default_rng([seed, 500])
    truth = _drawn(rng, sweep_count, direct_uv, affected=affected, present=present)
    values = made.values_uv.copy()
    for row in range(sweep_count):
        shape_seed = int(rng.integers(2**32))
        if np.isfinite(truth.onset_ms[row]):
            shape = Shape(
                family=family, duration_ms=truth.duration_ms[row], phases=4, seed=shape_seed
            )
            wave = template(shape).at(made.latency_ms - truth.onset_ms[row])
            values[row, 0] += truth.amplitude_uv[row] * wave
    return FWaveStudy(
        values_uv=values,
        latency_ms=made.latency_ms,
        sites=plan.sites,
        stimuli=made.truth.stimuli,
        truth=truth,
    )


def _drawn(
    rng: np.random.Generator, count: int, direct_uv: float, *, affected: bool, present: bool
) -> FWaveTruth:
    """One patient, then every sweep; the mean over patients is the published one."""
    onset_ms = rng.uniform(*_ONSET_MS)
    spread = np.exp(rng.normal(0.0, _BETWEEN_PATIENTS, 2) - _BETWEEN_PATIENTS**2 / 2)
    duration_ms = _DURATION_MS[affected] * (1 + 0.5 * (spread[0] - 1))
    amplitude_uv = direct_uv * _RATIO[affected] * spread[1]
    there = rng.uniform(size=count) < (rng.uniform(*_PERSISTENCE[affected]) if present else 0.0)
    gone = np.where(there, 1.0, np.nan)
    sizes = np.exp(rng.normal(0.0, _AMPLITUDE_SD, count) - _AMPLITUDE_SD**2 / 2)
    return FWaveTruth(
        onset_ms=gone * (onset_ms + np.abs(rng.normal(0.0, _ONSET_SD_MS, count))),
        duration_ms=gone * duration_ms * np.clip(rng.normal(1.0, _DURATION_SD, count), 0.6, 1.4),
        amplitude_uv=gone * amplitude_uv * sizes,
        direct_uv=direct_uv,
    )
