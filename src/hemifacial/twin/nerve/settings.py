"""What every experiment is told: the lesion it starts from, how finely, on which machines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from hemifacial.twin.nerve.outcome import Outcome
from hemifacial.twin.nerve.recipe import Cleft, Lesion, Numerics

__all__ = ["Experiment", "Settings", "Tools"]

Progress = Callable[[float, float], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What decides the result of an experiment.

    Parameters
    ----------
    lesion, cleft
        Where the experiment starts from; it varies what it asks about.
    seed
        Of all that is drawn: fibres, clusters, jitter.
    small
        Fewer points and fibres, for a first look and for tests; the report says so.
    """

    lesion: Lesion = field(
        default_factory=lambda: Lesion(
            sodium_density=0.1, potassium_density=0.07, leak_s_per_cm2=0.005
        )
    )
    cleft: Cleft = field(default_factory=lambda: Cleft(area_um2=8.0))
    numerics: Numerics = field(default_factory=Numerics)
    seed: int = 0
    small: bool = False


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Where an experiment runs, where it keeps what is done, and whom it tells how far it is."""

    workers: Executor | None = None
    kept: Path | None = None
    progress: Progress | None = None


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """An experiment by its word."""

    word: str
    title: str
    question: str
    run: Callable[[Settings, Tools], Outcome]
