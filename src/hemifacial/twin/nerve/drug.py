"""Carbamazepine: from a daily dose to the share of sodium channels that it keeps shut.

It binds inactivated channels (modulated receptor): with the free concentration D, the affinity K
and the share of channels that are not inactivated at rest h, the share D (1 - h) / (K + D (1 - h))
is shut. A depolarised lesion holds more inactivated channels than a node, and so more drug.
Binding takes seconds and is at its steady state here; it does not follow single impulses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError
from hemifacial.twin.nerve import constants
from hemifacial.twin.nerve.kinetics import rates
from hemifacial.twin.nerve.limits import ranges
from hemifacial.twin.nerve.recipe import Recipe
from hemifacial.twin.nerve.rest import resting

__all__ = ["Blocked", "drugged", "free_um_of_dose", "free_um_of_plasma", "numbers"]

_ROUNDS = 30
_CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """Shares of sodium channels that are kept shut at rest."""

    node: float
    lesion: float


def numbers() -> Mapping[str, float]:
    """Every number of `drug.tsv` by its name."""
    return constants.numbers("drug.tsv")


def free_um_of_plasma(plasma_mg_per_l: float) -> float:
    """The free concentration at a plasma level."""
    n = numbers()
    return plasma_mg_per_l * n["free_share"] / n["molar_mass_g_per_mol"] * 1000.0


def free_um_of_dose(dose_mg_per_day: float) -> float:
    """The free concentration at steady state: one compartment, mean over the day."""
    n = numbers()
    plasma = n["bioavailability"] * dose_mg_per_day / 24.0 / n["clearance_l_per_h"]
    return free_um_of_plasma(plasma)


def drugged(recipe: Recipe, free_um: float) -> tuple[Recipe, Blocked]:
    """The recipe under the drug: block and rest found together, since each moves the other.

    Raises
    ------
    UsageError
        If the concentration is beyond what is asked of the model.
    """
    allowed = ranges()["drug", "free_um"]
    if not allowed.low <= free_um <= allowed.high:
        raise UsageError(
            f"{free_um:g} uM of free carbamazepine: {allowed.reason}",
            next_step=f"Give {allowed.low:g} to {allowed.high:g} uM.",
        )
    node = lesion = 0.0
    for _ in range(_ROUNDS):
        inactivated = _inactivated(replace(recipe, sodium_block=node, lesion_sodium_block=lesion))
        new_node, new_lesion = (_shut(free_um, one) for one in inactivated)
        moved = max(abs(new_node - node), abs(new_lesion - lesion))
        node, lesion = new_node, new_lesion
        if moved < _CLOSE:
            break
    found = replace(recipe, sodium_block=node, lesion_sodium_block=lesion)
    return found, Blocked(node=node, lesion=lesion)


def _shut(free_um: float, inactivated: float) -> float:
    bound = free_um * inactivated / numbers()["inactivated_affinity_um"]
    return bound / (1.0 + bound)


def _inactivated(recipe: Recipe) -> tuple[float, float]:
    """The share of inactivated channels of a far node and of the lesion, at rest."""
    nodes, lesions = [], []
    for fibre in recipe.fibres:
        rest = resting(
            fibre.diameter_um,
            nodes=recipe.nodes,
            edge=recipe.edge,
            lesion=recipe.lesion,
            sodium_block=recipe.sodium_block,
            lesion_sodium_block=recipe.lesion_sodium_block,
        )
        nodes.append(_closed(rest.node[:1]))
        lesions.append(_closed(rest.lesion_inside - rest.lesion_outside))
    return float(np.mean(nodes)), float(np.mean(lesions))


def _closed(voltage_mv: NDArray[np.float64]) -> float:
    found = rates(voltage_mv)
    opening, closing = found.opening[1], found.closing[1]
    return float(np.mean(closing / (opening + closing)))
