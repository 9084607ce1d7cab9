"""Every experiment by its word, in the order in which they build on each other."""

from __future__ import annotations

from hemifacial.twin.nerve.experiments.cross_talk import CROSS_TALK
from hemifacial.twin.nerve.experiments.decompression import DECOMPRESSION
from hemifacial.twin.nerve.experiments.double_shock import DOUBLE_SHOCK
from hemifacial.twin.nerve.experiments.excitability import EXCITABILITY
from hemifacial.twin.nerve.experiments.lateral_spread import LATERAL_SPREAD
from hemifacial.twin.nerve.experiments.sodium_block import SODIUM_BLOCK
from hemifacial.twin.nerve.experiments.spontaneous import SPONTANEOUS
from hemifacial.twin.nerve.experiments.velocity import VELOCITY
from hemifacial.twin.nerve.settings import Experiment

__all__ = ["EXPERIMENTS"]

EXPERIMENTS: dict[str, Experiment] = {
    one.word: one
    for one in (
        VELOCITY,
        EXCITABILITY,
        CROSS_TALK,
        DOUBLE_SHOCK,
        SPONTANEOUS,
        LATERAL_SPREAD,
        DECOMPRESSION,
        SODIUM_BLOCK,
    )
}
