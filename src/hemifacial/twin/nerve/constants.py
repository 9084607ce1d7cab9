"""The published numbers of a myelinated fibre: `membrane.tsv` and `morphology.tsv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from hemifacial.errors import UsageError
from hemifacial.vocabulary import read_table

__all__ = ["Morphology", "membrane", "morphology", "numbers"]

_PACKAGE = "hemifacial.twin.nerve"


@dataclass(frozen=True, kw_only=True)
class Morphology:
    """The sizes of a fibre of one outer diameter, from node to node; um."""

    diameter_um: float
    axon_diameter_um: float
    node_diameter_um: float
    mysa_diameter_um: float
    flut_diameter_um: float
    internodal_length_um: float
    flut_length_um: float
    lamellae: float

    @property
    def stin_length_um(self) -> float:
        """Of each of the compartments between the two FLUT."""
        numbers = membrane()
        rest_um = (
            self.internodal_length_um
            - numbers["node_length_um"]
            - 2 * numbers["mysa_length_um"]
            - 2 * self.flut_length_um
        )
        return rest_um / numbers["stin_count"]


@cache
def numbers(table: str) -> Mapping[str, float]:
    """Every number of one of this package's tables by its name; units and sources stand there."""
    return {row["name"]: float(row["value"]) for row in read_table(_PACKAGE, table)}


def membrane() -> Mapping[str, float]:
    """Every number of the membrane by its name."""
    return numbers("membrane.tsv")


@cache
def _table() -> Mapping[str, tuple[float, ...]]:
    rows = read_table(_PACKAGE, "morphology.tsv")
    words = [word for word in rows[0] if word not in ("source", "verified")]
    return {word: tuple(float(row[word]) for row in rows) for word in words}


def morphology(diameter_um: float) -> Morphology:
    """The sizes of a fibre, on straight lines between the published diameters.

    Raises
    ------
    UsageError
        If the diameter lies outside the published ones: nothing is known there.
    """
    table = _table()
    published = table["diameter_um"]
    if not published[0] <= diameter_um <= published[-1]:
        raise UsageError(
            f"a fibre of {diameter_um:g} um: the published sizes reach from {published[0]:g} to "
            f"{published[-1]:g} um",
            next_step="Give a diameter between them.",
        )
    sizes = {
        word: float(np.interp(diameter_um, published, column)) for word, column in table.items()
    }
    return Morphology(**sizes)
