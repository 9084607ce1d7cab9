"""What each muscle does to the skin: `muscles.tsv`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.landmarks.mesh import MIRROR
from hemifacial.vocabulary import read_table

__all__ = ["LID_MUSCLE", "SkinPull", "Muscle", "muscles", "pulls_of", "site_amplitudes_mm"]

LID_MUSCLE = "orbicularis_oculi"
"""The one muscle whose main movement is that of the lids, composed by `hemifacial.twin.lids`."""


@dataclass(frozen=True, kw_only=True)
class SkinPull:
    """One patch of skin that a muscle moves.

    Parameters
    ----------
    point_right
        Point of the face mesh at the middle of the patch on the right side.
    lateral, up
        Direction of the pull, away from the midline and towards the forehead; unit length.
    along_mm, across_mm
        Extent (one standard deviation) along the pull and across it.
    gain
        Pull in mm for 1 mm of the muscle's amplitude.
    """

    muscle: str
    point_right: int
    lateral: float
    up: float
    along_mm: float
    across_mm: float
    gain: float

    def point(self, side: Side) -> int:
        """The mesh point on a side."""
        return int(MIRROR[self.point_right]) if side is Side.LEFT else self.point_right


@dataclass(frozen=True, kw_only=True)
class Muscle:
    """A muscle that can be planted; the first of `pulls` is where its amplitude is meant.

    `share` is its part of an event's amplitude beside other muscles.
    """

    word: str
    share: float
    pulls: tuple[SkinPull, ...]


@cache
def muscles() -> Mapping[str, Muscle]:
    """Every muscle that can be planted, by its word."""
    rows = read_table("hemifacial.twin", "muscles.tsv")
    return {
        word: Muscle(
            word=word,
            share=next(float(row["share"]) for row in rows if row["muscle"] == word),
            pulls=tuple(_pull(row) for row in rows if row["muscle"] == word and row["along_mm"]),
        )
        for word in dict.fromkeys(row["muscle"] for row in rows)
    }


def pulls_of(word: str) -> tuple[SkinPull, ...]:
    """The skin that a muscle moves; for the lid muscle, what it moves beside the lids."""
    return muscles()[word].pulls


def site_amplitudes_mm(sites: Sequence[str], amplitude_mm: float) -> dict[str, float]:
    """What is planned for each muscle of an event, in mm; the largest is the event's amplitude.

    The shares are those of `muscles.tsv`, scaled so that the strongest muscle present gets
    the whole amplitude.

    Raises
    ------
    UsageError
        If a site is not a muscle whose movement is known here.
    """
    unknown = [site for site in sites if site not in muscles()]
    if unknown or not sites:
        raise UsageError(
            f"no movement of the face is known here for "
            f"{', '.join(unknown) or 'an event without sites'}",
            next_step="Plant one of " + ", ".join(muscles()) + ".",
        )
    strongest = max(muscles()[site].share for site in sites)
    return {site: amplitude_mm * muscles()[site].share / strongest for site in sites}


def _pull(row: Mapping[str, str]) -> SkinPull:
    lateral, up = float(row["lateral"]), float(row["up"])
    length = (lateral**2 + up**2) ** 0.5
    return SkinPull(
        muscle=row["muscle"],
        point_right=int(row["point_right"]),
        lateral=lateral / length,
        up=up / length,
        along_mm=float(row["along_mm"]),
        across_mm=float(row["across_mm"]),
        gain=float(row["gain"]),
    )
