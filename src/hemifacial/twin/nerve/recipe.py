"""What is to be simulated, as plain facts: fibres, lesion, cleft, impulses, drug, time.

A recipe runs nothing; `bundle.run` does. Two equal recipes give the same result to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from hemifacial.errors import UsageError
from hemifacial.twin.nerve.limits import check_limits

__all__ = ["Arrival", "Cleft", "Fibre", "Lesion", "Numerics", "Pulse", "Recipe"]


@dataclass(frozen=True, kw_only=True)
class Fibre:
    """One motor fibre: its outer diameter and the branch of the facial nerve that it runs to."""

    diameter_um: float
    branch: str = "zygomatic_branch"


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """The demyelinated stretch of the root, the same for all fibres of a cluster.

    Parameters
    ----------
    length_mm
        From node to node, in place of internodes.
    lamellae
        Of myelin that is left or has come back; 0 is a bare axon.
    sodium_density, potassium_density
        Fast and persistent sodium, slow potassium channels of the bare membrane, as shares of
        those of a node.
    leak_s_per_cm2
        Leak of the membrane, towards -80 mV.
    mechanosensitive_s_per_cm2
        Unselective leak that stretch opens, towards 0 mV; the pulse drives it.
    calibre
        Diameter of the axon there, as a share of what it is elsewhere.
    segment_um
        Length of a segment of the cable.
    """

    length_mm: float = 1.15
    lamellae: float = 0.0
    sodium_density: float = 0.1
    potassium_density: float = 0.1
    leak_s_per_cm2: float = 0.004
    mechanosensitive_s_per_cm2: float = 0.0
    calibre: float = 0.75
    segment_um: float = 17.0

    def __post_init__(self) -> None:
        check_limits("lesion", self)


@dataclass(frozen=True, kw_only=True)
class Cleft:
    """The space outside the lesion, shared by all fibres of a cluster.

    Parameters
    ----------
    area_um2
        Its whole cross-section. Infinite where the fibres do not feel each other.
    shunt_us_per_mm
        What leaks out of it sideways.
    """

    area_um2: float = math.inf
    shunt_us_per_mm: float = 0.0

    def __post_init__(self) -> None:
        check_limits("cleft", self, free=("area_um2",) if math.isinf(self.area_um2) else ())


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An impulse that comes in at an end of the stretch of cable.

    From the face (a shock to the branch; antidromic) or from the brainstem.
    """

    time_ms: float
    fibre: int
    from_face: bool = True


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """How the heart drives the mechanosensitive current: half a cosine in each beat."""

    rate_per_minute: float = 70.0
    depth: float = 0.0
    """Share of the current that comes and goes; 0 is a steady one."""

    def __post_init__(self) -> None:
        check_limits("pulse", self)

    def factor(self, time_ms: float) -> float:
        """What the current is multiplied with at a time."""
        beat = math.cos(2 * math.pi * self.rate_per_minute / 60_000.0 * time_ms)
        return 1.0 - self.depth * (1.0 + beat) / 2


@dataclass(frozen=True, kw_only=True)
class Numerics:
    """How finely it is computed; the defaults are what docs/twin_nerve.md measures.

    Parameters
    ----------
    order
        Of the formula in time: 2, or 1 for backward Euler, only for comparison.
    settle_ms
        Simulated before time 0, so that what the start disturbs has died away.
    nudge_mv
        By how much the lesion is off its rest at the start. A membrane whose rest is unstable would
        otherwise only leave it when the errors of rounding have grown.
    """

    step_us: float = 2.5
    order: int = 2
    settle_ms: float = 5.0
    nudge_mv: float = 0.5
    cleft_tolerance_mv: float = 1e-4

    def __post_init__(self) -> None:
        check_limits("numerics", self)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One cluster of fibres.

    Parameters
    ----------
    nodes
        Of every fibre in the stretch of cable, the edges of the lesion among them.
    edge
        How many nodes lie before the lesion, on the side of the brainstem, but one; the lesion
        takes the place of what is between this node and the next.
    sodium_block, lesion_sodium_block
        Share of the sodium channels that a drug keeps shut, in nodes and in the lesion, whose
        channels are inactivated more often and so bind more of it (`drug`).
    """

    fibres: tuple[Fibre, ...]
    lesion: Lesion | None = None
    cleft: Cleft = field(default_factory=Cleft)
    arrivals: tuple[Arrival, ...] = ()
    pulse: Pulse = field(default_factory=Pulse)
    sodium_block: float = 0.0
    lesion_sodium_block: float = 0.0
    duration_ms: float = 10.0
    nodes: int = 26
    edge: int = 12
    numerics: Numerics = field(default_factory=Numerics)

    def __post_init__(self) -> None:
        check_limits("recipe", self)
        if not self.fibres:
            raise UsageError("a recipe without fibres", next_step="Give at least one fibre.")
        if not 0 <= self.edge <= self.nodes - 2:
            raise UsageError(
                f"edge {self.edge} of {self.nodes} nodes",
                next_step=f"Give a node from 0 to {self.nodes - 2}.",
            )
        for one in self.arrivals:
            if not 0 <= one.fibre < len(self.fibres) or not one.time_ms >= 0:
                raise UsageError(
                    f"an impulse at {one.time_ms:g} ms in fibre {one.fibre}",
                    next_step=f"Give a time from 0 and a fibre from 0 to {len(self.fibres) - 1}.",
                )
