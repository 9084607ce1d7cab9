"""Simulated nerves as electrical recordings: a lateral spread study, and the EMG of a spasm.

The impulses come from the cable (`bundle`), the potentials from `emg`. The marginal mandibular
branch is shocked, mentalis answers directly, and orbicularis oculi through the lesion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.kinds import Kind
from hemifacial.twin.electro.plan import Stimulus
from hemifacial.twin.electro.setup import Noise, Setup
from hemifacial.twin.nerve.emg import (
    Discharges,
    MotorUnits,
    WrittenNerveRecording,
    belly_tendon,
    concentric_needle,
    motor_units,
    write_nerve_recording,
)
from hemifacial.twin.nerve.experiments.common import cluster, with_ratio
from hemifacial.twin.nerve.experiments.lateral_spread import STIMULATED, arrivals_of, recipe_of
from hemifacial.twin.nerve.experiments.spontaneous import BURSTER_RATIO
from hemifacial.twin.nerve.patient import Contact, conduction_ms, contacts, numbers
from hemifacial.twin.nerve.recipe import Cleft
from hemifacial.twin.nerve.settings import Settings, Tools
from hemifacial.twin.nerve.sweep import run_all

__all__ = ["DIRECT", "SPREAD", "StudyPlan", "write_lateral_spread", "write_spasm"]

DIRECT = "mentalis"
SPREAD = "orbicularis_oculi"
_LEAD_S = 0.6
_INTERVAL_S = 1.03
"""No whole number of periods of the mains, so that hum averages out."""


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """A lateral spread study of a simulated nerve.

    Parameters
    ----------
    pairs
        Of fibres in contact; the first of each supplies mentalis, the second orbicularis oculi.
    healthy
        Fibres of mentalis that do not pass the lesion.
    """

    side: Side = Side.RIGHT
    pairs: int = 24
    healthy: int = 40
    intensity_ma: float = 15.0
    sweeps: int = 20

    def __post_init__(self) -> None:
        for name in ("pairs", "healthy", "sweeps"):
            value = getattr(self, name)
            if not 1 <= value <= 400:
                raise UsageError(f"{name} is {value}", next_step="Give 1 to 400.")
        if not 0 < self.intensity_ma <= 100:
            raise UsageError(
                f"intensity_ma is {self.intensity_ma:g}", next_step="Give above 0 and up to 100 mA."
            )


def write_lateral_spread(
    folder: Path, settings: Settings, tools: Tools, plan: StudyPlan, *, kind: Kind = "edf"
) -> WrittenNerveRecording:
    """Shock the branch, sweep after sweep, and write what both muscles show, with its truth.

    Impulses of one sweep differ from those of the next by the jitter of the path alone.

    Raises
    ------
    UsageError
        If the folder holds what was not written here.
    """
    pairs = contacts(plan.pairs, settings.seed, settings.lesion)
    found = run_all(
        [recipe_of(one, settings, intensity_ma=plan.intensity_ma) for one in pairs],
        workers=tools.workers,
        kept=tools.kept,
        progress=tools.progress,
    )
    healthy = contacts(plan.healthy, settings.seed + 1_000_000, settings.lesion)
    units = _muscles(pairs, healthy, plan.side, settings.seed)
    stimuli = _train(plan)
    rng = np.random.default_rng([settings.seed, 3])
    unit, time_ms = [], []
    # Impulses arrive at the end of the fibre; `emg` adds the terminal and the junction.
    terminal_ms = numbers()["terminal_delay_ms"]
    spread = [arrivals_of(pair, one).muscle_ms for pair, one in zip(pairs, found, strict=True)]
    direct = [
        (index, _direct_ms(one))
        for index, one in enumerate((*pairs, *healthy))
        if one.thresholds_ma[0] <= plan.intensity_ma
    ]
    jitter_ms = numbers()["path_jitter_ms"]
    for stimulus in stimuli:
        start_ms = 1000 * stimulus.onset_s
        for index, after_ms in direct:
            unit.append(index)
            time_ms.append(start_ms + after_ms + rng.normal(0.0, jitter_ms))
        for index, times in enumerate(spread):
            shift_ms = rng.normal(0.0, jitter_ms)
            unit += [units[0].count + index] * len(times)
            time_ms += [start_ms + one - terminal_ms + shift_ms for one in times]
    return write_nerve_recording(
        folder,
        units,
        Discharges.of(unit, time_ms),
        stimuli,
        Setup(noise=Noise(white_uv=2.0, pink_uv=2.0)),
        kind=kind,
        leads=[belly_tendon(one.site) for one in units],
        seed=settings.seed,
    )


def _muscles(
    pairs: Sequence[Contact], healthy: Sequence[Contact], side: Side, seed: int
) -> tuple[MotorUnits, MotorUnits]:
    first = [one.diameters_um[0] for one in (*pairs, *healthy)]
    second = [one.diameters_um[1] for one in pairs]
    return motor_units(DIRECT, side, first, seed), motor_units(SPREAD, side, second, seed + 1)


def _direct_ms(one: Contact) -> float:
    """From the shock to the end of the fibre in its own muscle."""
    n = numbers()
    return n["activation_ms"] + conduction_ms(n["branch_to_muscle_mm"], one.diameters_um[0])


def _train(plan: StudyPlan) -> tuple[Stimulus, ...]:
    return tuple(
        Stimulus(
            onset_s=round(_LEAD_S + _INTERVAL_S * index, 6),
            branch=STIMULATED,
            side=plan.side,
            intensity_ma=plan.intensity_ma,
            polarity=-1 if index % 2 else 1,
        )
        for index in range(plan.sweeps)
    )


def write_spasm(
    folder: Path,
    settings: Settings,
    *,
    side: Side = Side.RIGHT,
    fibres: int = 8,
    seconds: float = 2.0,
    kind: Kind = "edf",
) -> WrittenNerveRecording:
    """The needle EMG of two muscles whose fibres share a lesion that fires in bursts by itself.

    Raises
    ------
    UsageError
        If the folder holds what was not written here, or the numbers cannot be.
    """
    from hemifacial.twin.nerve.bundle import run

    if not 2 <= fibres <= 64 or not 0.5 <= seconds <= 60:
        raise UsageError(
            f"{fibres} fibres and {seconds:g} s", next_step="Give 2 to 64 fibres and 0.5 to 60 s."
        )
    drawn = contacts(fibres, settings.seed, settings.lesion)
    diameters = [one.diameters_um[0] for one in drawn]
    lesion = with_ratio(
        replace(settings.lesion, potassium_density=0.1, mechanosensitive_s_per_cm2=0.0),
        BURSTER_RATIO,
    )
    recipe = cluster(
        settings,
        diameters,
        [],
        duration_ms=1000 * seconds,
        lesion=lesion,
        cleft=Cleft(area_um2=settings.cleft.area_um2 * fibres / 2),
    )
    coarse = replace(settings.numerics, step_us=min(5.0, 2 * settings.numerics.step_us))
    spikes = run(replace(recipe, numerics=coarse)).spikes
    half = fibres // 2
    units = (
        motor_units(DIRECT, side, diameters[:half], settings.seed),
        motor_units(SPREAD, side, diameters[half:], settings.seed + 1),
    )
    length_mm = numbers()["root_to_muscle_mm"]
    unit, time_ms = [], []
    for fibre, diameter_um in enumerate(diameters):
        times = spikes.at(fibre, recipe.nodes - 1) + conduction_ms(length_mm, diameter_um)
        unit += [fibre] * times.size
        time_ms += [float(one) for one in times]
    return write_nerve_recording(
        folder,
        units,
        Discharges.of(unit, time_ms),
        (),
        Setup(noise=Noise(white_uv=2.0, pink_uv=2.0)),
        kind=kind,
        leads=[concentric_needle(one.site) for one in units],
        seconds=float(math.ceil(seconds + 0.5)),
        seed=settings.seed,
    )
