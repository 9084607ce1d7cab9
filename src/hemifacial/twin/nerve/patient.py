"""Patients as the twin draws them: pairs of fibres in a cleft, paths to and from the root."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from hemifacial.twin.nerve import constants
from hemifacial.twin.nerve.recipe import Cleft, Lesion
from hemifacial.vocabulary import read_table

__all__ = [
    "Contact",
    "conduction_ms",
    "contacts",
    "decompressed",
    "numbers",
    "velocity_of_m_per_s",
]

_PACKAGE = "hemifacial.twin.nerve"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A pair of fibres that share a cleft in the lesion, of different branches.

    Parameters
    ----------
    diameters_um, thresholds_ma, jitters_ms
        Of the first (of the branch that is stimulated) and the second fibre.
    widening
        By how much the cleft is wider once the vessel is lifted.
    healing
        How fast this patient heals, beside the time constants of the table.
    """

    diameters_um: tuple[float, float]
    thresholds_ma: tuple[float, float]
    jitters_ms: tuple[float, float]
    lesion: Lesion
    cleft: Cleft
    widening: float
    healing: float


def numbers() -> Mapping[str, float]:
    """Every number of `patient.tsv` by its name."""
    return constants.numbers("patient.tsv")


@cache
def _velocities() -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = read_table(_PACKAGE, "velocity.tsv")
    return (
        tuple(float(row["diameter_um"]) for row in rows),
        tuple(float(row["velocity_m_per_s"]) for row in rows),
    )


def velocity_of_m_per_s(diameter_um: float) -> float:
    """Converged velocity of a healthy fibre, on straight lines between computed diameters."""
    return float(np.interp(diameter_um, *_velocities()))


def conduction_ms(length_mm: float, diameter_um: float) -> float:
    """How long a healthy stretch takes; the cable of the lesion stands for its own length."""
    return length_mm / velocity_of_m_per_s(diameter_um)


def _diameter_um(rng: np.random.Generator) -> float:
    """Lognormal; a draw beyond the limits is drawn again, where a limit would gather values."""
    n = numbers()
    share = n["diameter_sd_um"] / n["diameter_mean_um"]
    sigma = math.sqrt(math.log1p(share**2))
    middle = math.log(n["diameter_mean_um"]) - sigma**2 / 2
    while True:
        drawn = float(rng.lognormal(middle, sigma))
        if n["diameter_low_um"] <= drawn <= n["diameter_high_um"]:
            return drawn


def contacts(count: int, seed: int, base: Lesion) -> tuple[Contact, ...]:
    """Draw pairs; leak, mechanosensitive current, cleft and widening differ between them.

    Each contact has a stream of its own, so that the first ones stay when more are drawn.
    """
    return tuple(_contact(np.random.default_rng([seed, index]), base) for index in range(count))


def _contact(rng: np.random.Generator, base: Lesion) -> Contact:
    n = numbers()
    diameters = _diameter_um(rng), _diameter_um(rng)
    sodium = constants.membrane()["sodium_conductance_s_per_cm2"] * base.sodium_density
    ratio = rng.uniform(n["sodium_over_leak_low"], n["sodium_over_leak_high"])
    area = math.exp(rng.uniform(math.log(n["cleft_low_um2"]), math.log(n["cleft_high_um2"])))
    lesion = replace(
        base,
        leak_s_per_cm2=sodium / float(ratio),
        mechanosensitive_s_per_cm2=float(rng.uniform(0, n["mechanosensitive_high_s_per_cm2"])),
    )

    def threshold(diameter_um: float) -> float:
        drawn = float(np.exp(rng.normal(0.0, n["threshold_spread_share"])))
        return n["threshold_mean_ma"] * n["diameter_mean_um"] / diameter_um * drawn

    return Contact(
        diameters_um=diameters,
        thresholds_ma=(threshold(diameters[0]), threshold(diameters[1])),
        jitters_ms=(
            float(rng.normal(0.0, n["path_jitter_ms"])),
            float(rng.normal(0.0, n["path_jitter_ms"])),
        ),
        lesion=lesion,
        cleft=Cleft(area_um2=area),
        widening=float(np.exp(rng.uniform(*np.log([n["widening_low"], n["widening_high"]])))),
        healing=float(np.exp(rng.normal(0.0, n["healing_spread_share"]))),
    )


def decompressed(one: Contact, weeks: float) -> tuple[Lesion, Cleft]:
    """Lesion and cleft at a time after the vessel was lifted.

    At once the pressure is off (no mechanosensitive current) and the cleft is wider. Over weeks
    leak recovers, internodal channels are cleared and, from the second week, lamellae come back,
    each with a time constant of its own.
    """
    n = numbers()
    weeks *= one.healing
    leak = 1.0 + n["leak_recovered_share"] * -math.expm1(-weeks / n["leak_recovery_weeks"])
    channels = math.exp(-weeks / n["channel_clearance_weeks"])
    sheathing = max(0.0, weeks - n["remyelination_starts_weeks"])
    lamellae = n["healed_lamellae"] * -math.expm1(-sheathing / n["remyelination_weeks"])
    lesion = replace(
        one.lesion,
        mechanosensitive_s_per_cm2=0.0,
        leak_s_per_cm2=one.lesion.leak_s_per_cm2 * leak,
        sodium_density=one.lesion.sodium_density * channels,
        potassium_density=one.lesion.potassium_density * channels,
        lamellae=max(one.lesion.lamellae, lamellae),
    )
    return lesion, replace(one.cleft, area_um2=one.cleft.area_um2 * one.widening)
