"""The one vocabulary of sides and structures, from ``vocabulary/anatomy.tsv``.

An EMG channel, a region of a video and an injection site say the same word for the
same thing. A video sees a *region* (the corner of the mouth); a needle or a syringe
meets a *muscle* (zygomaticus major); `region_of` joins the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from hemifacial.vocabulary import read_vocabulary

__all__ = [
    "SIDES",
    "Kind",
    "Side",
    "Structure",
    "mdc_code",
    "region_of",
    "structure",
    "structures",
]


class Side(StrEnum):
    """A side of the body, always the patient's own, never the viewer's."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"
    NOT_APPLICABLE = "n/a"

    @property
    def opposite(self) -> Side:
        """The other side; `BOTH` and `NOT_APPLICABLE` are their own opposites."""
        return {Side.RIGHT: Side.LEFT, Side.LEFT: Side.RIGHT}.get(self, self)


SIDES = (Side.RIGHT, Side.LEFT)
"""The sides that a face has, in the order in which they are told."""


class Kind(StrEnum):
    """What a structure is."""

    NERVE = "nerve"
    BRANCH = "branch"
    ZONE = "zone"
    VESSEL = "vessel"
    REGION = "region"
    MUSCLE = "muscle"


@dataclass(frozen=True, kw_only=True)
class Structure:
    """A nerve, vessel, muscle or region of the face.

    `mdc_base` is the ISO/IEEE 11073-10101 code without a side, as
    ``partition:code``; see `mdc_code` for a side's own.
    """

    word: str
    kind: Kind
    label: str
    region: str
    mdc_base: str
    snomed_ct: str
    source: str
    verified: bool


@cache
def structures() -> dict[str, Structure]:
    """Every structure by its word, in the order of the vocabulary file."""
    return {
        row["word"]: Structure(
            word=row["word"],
            kind=Kind(row["kind"]),
            label=row["label"],
            region=row["region"],
            mdc_base=row["mdc_base"],
            snomed_ct=row["snomed_ct"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in read_vocabulary("anatomy.tsv")
    }


def structure(word: str) -> Structure:
    """The structure of this name; `KeyError` with the word if there is none."""
    return structures()[word]


def region_of(word: str) -> str:
    """The region of the face in which a muscle shows; a region is its own."""
    found = structure(word)
    return found.word if found.kind is Kind.REGION else found.region


def mdc_code(word: str, side: Side) -> str:
    """The ISO/IEEE 11073-10101 code of a structure on a side, ``""`` if it has none.

    The base code is followed by the left (+1) and the right (+2), as in DICOM
    PS3.16 CID 3031.
    """
    base = structure(word).mdc_base
    if not base:
        return ""
    partition, code = base.split(":")
    offset = {Side.LEFT: 1, Side.RIGHT: 2}.get(side, 0)
    return f"{partition}:{int(code) + offset}"
