"""How the tissue carries a current from a muscle fibre to an electrode.

Flat layers: muscle, endless below, that conducts better along its fibres; fat; skin; air above.
In the plane of the skin the potential of a point is known in closed form for each pair of spatial
frequencies (Farina and Merletti, IEEE Trans Biomed Eng 2001;48:637). What differs from a half space
of muscle alone is transformed back on a grid, and the half space, which has a closed form in
space, is added: so nothing wraps round, and little has to be interpolated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError
from hemifacial.twin.nerve.emg.values import value_of

__all__ = [
    "DEPTH_STEP_MM",
    "GRID_MM",
    "LEAST_DEPTH_MM",
    "Tissue",
    "Where",
    "changes_of",
    "muscle_spectrum",
    "spectrum_at_skin",
]

Values = NDArray[np.float64]

Where = Literal["skin", "muscle"]

GRID_MM = 0.5
"""Between the points of a table in the plane of the skin."""

DEPTH_STEP_MM = 0.25
"""Between the depths of a table."""

LEAST_DEPTH_MM = 0.25
"""The first depth of a table; sources above it are taken to lie there."""

_POINTS = 512
_TABLE_MM = 4.0  # Tables are of few depths, so that few are made.


@dataclass(frozen=True, kw_only=True)
class Tissue:
    """Layers above a muscle, and conductivities; of skin and fat 0 mm is none.

    Depths of sources are from the upper face of the muscle.
    """

    skin_mm: float = 1.0
    fat_mm: float = 2.0
    along_s_per_m: float = 0.5
    across_s_per_m: float = 0.1
    fat_s_per_m: float = 0.05
    skin_s_per_m: float = 1.0

    def __post_init__(self) -> None:
        least = min(
            self.along_s_per_m, self.across_s_per_m, self.fat_s_per_m, self.skin_s_per_m
        )  # fmt: skip
        if not least > 0 or min(self.skin_mm, self.fat_mm) < 0:
            raise UsageError(
                f"tissue: conductivity {least:g} S/m, layers {self.skin_mm:g} and "
                f"{self.fat_mm:g} mm",
                next_step="Conductivities are above 0, and no layer is thinner than 0 mm.",
            )

    @property
    def cover_mm(self) -> float:
        """From the skin to the muscle."""
        return self.skin_mm + self.fat_mm

    @property
    def anisotropy(self) -> float:
        """Conductivity along over across."""
        return self.along_s_per_m / self.across_s_per_m

    @classmethod
    def over(cls, muscle: str) -> Tissue:
        """The tissue over a muscle of the face, from ``motor_units.tsv``."""
        return cls(
            skin_mm=value_of("skin"),
            fat_mm=value_of("fat", muscle),
            along_s_per_m=value_of("conductivity_along"),
            across_s_per_m=value_of("conductivity_across"),
            fat_s_per_m=value_of("conductivity_fat"),
            skin_s_per_m=value_of("conductivity_skin"),
        )


def muscle_spectrum(tissue: Tissue, along: Values, across: Values) -> Values:
    """How fast a wave of these spatial frequencies (1/mm) fades with depth in muscle, 1/mm."""
    return np.sqrt(across**2 + tissue.anisotropy * along**2)


def spectrum_at_skin(tissue: Tissue, along: Values, across: Values, depth_mm: float) -> Values:
    """The potential at the skin of a unit current at this depth in the muscle.

    Each layer passes potential and current on to the one below; no current leaves the skin.
    In 1/(S/m) mm² ; not defined where both frequencies are 0.
    """
    fades = muscle_spectrum(tissue, along, across)
    potential, current = _through_cover(tissue, np.hypot(along, across))
    return np.asarray(
        np.exp(-fades * depth_mm) / (tissue.across_s_per_m * fades * potential + current)
    )


def _through_cover(tissue: Tissue, frequency: Values) -> tuple[Values, Values]:
    """Potential and normal current at the muscle where the potential of the skin is 1."""
    skin, fat = frequency * tissue.skin_mm, frequency * tissue.fat_mm
    ratio = tissue.skin_s_per_m / tissue.fat_s_per_m
    potential = np.cosh(skin) * np.cosh(fat) + ratio * np.sinh(skin) * np.sinh(fat)
    current = frequency * (
        tissue.fat_s_per_m * np.cosh(skin) * np.sinh(fat)
        + tissue.skin_s_per_m * np.sinh(skin) * np.cosh(fat)
    )
    return potential, current


def changes_of(tissue: Tissue, where: Where, deepest_mm: float) -> NDArray[np.float32]:
    """What the layers change of slopes, by depth, across and along, every `GRID_MM` from 0 mm.

    Of one quadrant: they are even across and odd along. Depths begin with `LEAST_DEPTH_MM` and go
    at least as far as asked. For ``muscle``, the depth is the sum of those of source and electrode.
    """
    return _table(tissue, where, _TABLE_MM * max(1, math.ceil(deepest_mm / _TABLE_MM)))


@lru_cache(maxsize=32)
def _table(tissue: Tissue, where: Where, deepest_mm: float) -> NDArray[np.float32]:
    """Slopes by depth, across and along; of every wave, a change that fades with depth."""
    from scipy import fft

    along = 2 * math.pi * fft.rfftfreq(_POINTS, GRID_MM)[None, :]
    across = 2 * math.pi * fft.fftfreq(_POINTS, GRID_MM)[:, None]
    half = _POINTS // 2
    depths = np.arange(LEAST_DEPTH_MM, deepest_mm + DEPTH_STEP_MM, DEPTH_STEP_MM)
    table = np.empty((depths.size, half, half), np.float32)
    fades = muscle_spectrum(tissue, along, across)
    fades[0, 0] = 1.0  # What stays the same everywhere has no slope.
    change = (_at_skin if where == "skin" else _within)(tissue, along, across, fades)
    # The source moves, not the electrode: the slope turns its sign.
    slope = -1j * along * change / GRID_MM**2
    for row, depth_mm in zip(table, depths.tolist(), strict=True):
        spectrum = slope * np.exp(-fades * depth_mm)
        row[:] = fft.irfft2(spectrum, s=(_POINTS, _POINTS))[:half, :half]
    return table


def _at_skin(tissue: Tissue, along: Values, across: Values, fades: Values) -> Values:
    """What the layers add to a half space of muscle that reaches up to the skin."""
    plain = np.exp(-fades * tissue.cover_mm) / (tissue.across_s_per_m * fades)
    potential, current = _through_cover(tissue, np.hypot(along, across))
    return np.asarray(1 / (tissue.across_s_per_m * fades * potential + current) - plain)


def _within(tissue: Tissue, along: Values, across: Values, fades: Values) -> Values:
    """What the layers throw back into the muscle, less what air would."""
    potential, current = _through_cover(tissue, np.hypot(along, across))
    muscle = tissue.across_s_per_m * fades * potential
    share = (muscle - current) / (muscle + current) - 1.0
    return np.asarray(share / (2 * tissue.across_s_per_m * fades))
