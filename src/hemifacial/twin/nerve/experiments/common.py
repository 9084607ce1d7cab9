"""What the experiments share: recipes of a few fibres, and how findings are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from hemifacial.findings import Finding, Status, quantities
from hemifacial.twin.nerve.bundle import run
from hemifacial.twin.nerve.cable import lesion_segments
from hemifacial.twin.nerve.constants import membrane, morphology
from hemifacial.twin.nerve.outcome import SpaceTime
from hemifacial.twin.nerve.recipe import Arrival, Cleft, Fibre, Lesion, Recipe
from hemifacial.twin.nerve.settings import Settings
from hemifacial.twin.nerve.sweep import ENGINE

__all__ = [
    "DIAMETER_UM",
    "EDGE",
    "METHOD",
    "NODES",
    "cluster",
    "filmed",
    "finding",
    "first_after",
    "lesion_facts",
    "with_ratio",
]

METHOD = "twin.nerve"

DIAMETER_UM = 10.0
"""Of a fibre where nothing else is asked: that of the published traces."""

NODES = 13
EDGE = 5
"""Five internodes on either side: ends of the cable change nothing in the lesion (docs)."""


def cluster(
    settings: Settings,
    diameters_um: Sequence[float],
    shocks: Sequence[tuple[float, int]],
    *,
    duration_ms: float,
    lesion: Lesion | None = None,
    cleft: Cleft | None = None,
) -> Recipe:
    """Fibres of one lesion; `shocks` are (ms, fibre), from the side of the face."""
    return Recipe(
        fibres=tuple(Fibre(diameter_um=one) for one in diameters_um),
        lesion=settings.lesion if lesion is None else lesion,
        cleft=settings.cleft if cleft is None else cleft,
        arrivals=tuple(Arrival(time_ms=time_ms, fibre=fibre) for time_ms, fibre in shocks),
        duration_ms=duration_ms,
        nodes=NODES,
        edge=EDGE,
        numerics=settings.numerics,
    )


def filmed(recipe: Recipe, titles: Sequence[str], *, name: str) -> tuple[SpaceTime, ...]:
    """Voltage along each fibre while a recipe runs; 0 mm is the edge towards the brainstem."""
    lesion = recipe.lesion
    length_mm = 0.0 if lesion is None else lesion.length_mm
    segments = lesion_segments(lesion)
    before = recipe.edge + 1
    made = []
    for film, title in zip(run(recipe, film_of=range(len(titles))).films, titles, strict=True):
        internode_mm = morphology(recipe.fibres[film.fibre].diameter_um).internodal_length_um / 1000
        nodes_mm = (np.arange(recipe.nodes) - recipe.edge) * internode_mm
        inside_mm = (np.arange(segments) + 0.5) * length_mm / max(segments, 1)
        place_mm = np.concatenate(
            [nodes_mm[:before], inside_mm, length_mm + nodes_mm[before:] - internode_mm]
        )
        order = [
            *range(before),
            *range(recipe.nodes, recipe.nodes + segments),
            *range(before, recipe.nodes),
        ]
        made.append(
            SpaceTime(
                name=f"{name}_{film.fibre + 1}",
                title=title,
                time_ms=film.time_ms,
                place_mm=np.asarray(place_mm, dtype=np.float64),
                voltage_mv=film.membrane_mv[:, order],
                lesion_mm=(0.0, length_mm) if segments else None,
            )
        )
    return tuple(made)


def with_ratio(lesion: Lesion, ratio: float) -> Lesion:
    """The lesion with as much leak as makes sodium over leak this."""
    sodium = membrane()["sodium_conductance_s_per_cm2"] * lesion.sodium_density
    return replace(lesion, leak_s_per_cm2=sodium / ratio)


def first_after(times_ms: Sequence[float], start_ms: float) -> float | None:
    """The first of these times that is not before a start."""
    return next((one for one in times_ms if one >= start_ms), None)


def lesion_facts(settings: Settings, lesion: Lesion | None = None) -> dict[str, float]:
    """Lesion and cleft as plain numbers, for the map of the lesion."""
    facts = asdict(settings.lesion if lesion is None else lesion)
    facts |= {f"cleft_{word}": value for word, value in asdict(settings.cleft).items()}
    return {word: value for word, value in facts.items() if math.isfinite(value)}


def finding(
    quantity: str,
    value: float | None,
    *,
    note: str = "",
    low: float | None = None,
    high: float | None = None,
    interval: str = "",
    n: int | None = None,
) -> Finding:
    """A number of an experiment; None is one that could not be had, as `note` says."""
    return Finding(
        quantity=quantity,
        value=value,
        unit=quantities()[quantity].unit,
        method=METHOD,
        method_version=ENGINE,
        status=Status.MEASURED if value is not None else Status.NOT_JUDGED,
        low=low,
        high=high,
        interval=interval,
        n=n,
        note=note,
    )
