"""What is to be simulated: fibres, a lesion, a cleft, pulses. Pure description, no NEURON here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "CABLE",
    "SHAPES",
    "Cleft",
    "Experiment",
    "Fibre",
    "Lesion",
    "Place",
    "Pulse",
    "Shape",
]


class Shape(NamedTuple):
    """Measures of one fibre diameter in um, and its number of lamellae."""

    axon_um: float
    node_um: float
    internode_um: float
    flut_length_um: float
    lamellae: float


# McIntyre, Richardson and Grill 2002 (ModelDB 3810). Written down here a second time on purpose:
# an oracle that read the numbers of the model it judges would share their mistakes. The first
# paranode (MYSA) has the node's diameter, the second (FLUT) the axon's.
SHAPES = {
    5.7: Shape(3.4, 1.9, 500, 35, 80),
    7.3: Shape(4.6, 2.4, 750, 38, 100),
    8.7: Shape(5.8, 2.8, 1000, 40, 110),
    10.0: Shape(6.9, 3.3, 1150, 46, 120),
    11.5: Shape(8.1, 3.7, 1250, 50, 130),
    12.8: Shape(9.2, 4.2, 1350, 54, 135),
    14.0: Shape(10.4, 4.7, 1400, 56, 140),
    15.0: Shape(11.5, 5.0, 1450, 58, 145),
    16.0: Shape(12.7, 5.5, 1500, 60, 150),
}


class Cable(NamedTuple):
    """Constants of the cable, the same for every diameter."""

    resistivity_ohm_cm: float = 70.0
    node_length_um: float = 1.0
    mysa_length_um: float = 3.0
    stins: int = 6
    capacitance_uf_per_cm2: float = 2.0
    mysa_leak_s_per_cm2: float = 0.001
    leak_s_per_cm2: float = 0.0001
    rest_mv: float = -80.0
    node_gap_um: float = 0.002
    gap_um: float = 0.004
    myelin_uf_per_cm2: float = 0.1
    myelin_s_per_cm2: float = 0.001
    celsius: float = 37.0


CABLE = Cable()


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """A stretch of equal segments that stands in place of one internode.

    Parameters
    ----------
    edge : the node at its near end, counted from 0; the node after it is `edge` + 1.
    length_um : between those two nodes; 1150 is one internode of a 10 um fibre.
    segments : number of equal segments.
    calibre : diameter of the axon as a fraction of the healthy internode's.
    sodium, potassium : channels as a fraction of the node's (fast and persistent sodium; slow
        potassium).
    leak_s_per_cm2, leak_reversal_mv : leak of the axolemma.
    stretch_s_per_cm2 : a second leak, with reversal 0 mV.
    capacitance_uf_per_cm2 : of the axolemma.
    lamellae : 0 is bare (the axolemma faces the cleft); more put myelin, two membranes a lamella
        in series, between a periaxonal space 4 nm wide and the cleft.
    myelin_diameter_um : on whose surface the myelin is reckoned; None is that of the lesion's
        axolemma. (The healthy internode's is the fibre's diameter.)
    """

    edge: int = 12
    length_um: float
    segments: int
    calibre: float = 0.75
    sodium: float = 0.1
    potassium: float = 0.1
    leak_s_per_cm2: float = 0.004
    leak_reversal_mv: float = -80.0
    stretch_s_per_cm2: float = 0.0
    capacitance_uf_per_cm2: float = 1.0
    lamellae: float = 0.0
    myelin_diameter_um: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fibre:
    """One fibre of a diameter in `SHAPES`, with at most one lesion."""

    diameter_um: float = 10.0
    nodes: int = 26
    lesion: Lesion | None = None

    @property
    def compartments(self) -> int:
        """Compartments with a membrane, as the engine counts them."""
        healthy, lesion = self.nodes - 1, 0
        if self.lesion is not None:
            healthy, lesion = healthy - 1, self.lesion.segments
        return self.nodes + healthy * (4 + CABLE.stins) + lesion


@dataclass(frozen=True, kw_only=True)
class Cleft:
    """The one extracellular space along the lesions of all fibres; outside it nothing is coupled.

    Its potential is 0 at both edges of the lesion, half a segment outside the outermost segments.
    """

    area_um2: float
    resistivity_ohm_cm: float = 70.0
    shunt_us_per_mm: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """A current injected into a node's axoplasm.

    `current_na` None is 0.06 nA for each um2 of the square of the axon's diameter, 2.8566 nA for a
    10 um fibre: about three times the threshold.
    """

    fibre: int = 0
    node: int = 0
    start_ms: float = 0.0
    duration_ms: float = 0.1
    current_na: float | None = None


class Place(NamedTuple):
    """Where a potential is read: a node, or a segment of the lesion (`kind` "node", "lesion").

    Kind "cleft" is the potential outside the axolemma's myelin at a lesion segment.
    """

    fibre: int
    kind: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """All that decides a run.

    `settle_ms` at `settle_step_ms` come before time 0, with everything coupled and no pulse.
    """

    fibres: tuple[Fibre, ...]
    pulses: tuple[Pulse, ...] = (Pulse(),)
    cleft: Cleft | None = None
    duration_ms: float
    step_ms: float = 0.005
    settle_ms: float = 400.0
    settle_step_ms: float = 0.5
