"""What the rows on sites, risks and patients say, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hemifacial.care.toxin.cells import Row, check_muscle, number, seen, texts
from hemifacial.care.warnings import Severity

__all__ = [
    "Circumstance",
    "Layer",
    "Place",
    "Risk",
    "SideEffectKind",
    "UsualDose",
    "Warns",
]


class Layer(StrEnum):
    """The part of orbicularis oculi that a needle meets; `NOT_STATED` elsewhere."""

    NOT_STATED = ""
    PRETARSAL = "pretarsal"
    PRESEPTAL = "preseptal"
    ORBITAL = "orbital"


class Warns(StrEnum):
    """Whether an injection there is warned of, or only named when the side effect has come."""

    YES = "yes"
    UNLESS_PRETARSAL = "unless_pretarsal"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A usual site of injection on the map of the face.

    `x` and `y` are fractions of the map from its left and its top, drawn for the patient's left
    side, which is on the right of the map; the other side is its mirror image about x = 0.5.
    A point within `reach` of it (fraction of the map) is at this place.
    """

    word: str
    label: str
    muscle: str
    layer: Layer
    x: float
    y: float
    reach: float
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> Place:
        """The place of a row."""
        check_muscle(row["muscle"])
        return cls(
            **texts(row, "word label muscle"),
            layer=Layer(row["layer"]),
            x=number(row["x"]),
            y=number(row["y"]),
            reach=number(row["reach"]),
            verified=seen(row),
        )


@dataclass(frozen=True, kw_only=True)
class UsualDose:
    """Usual and largest units of one product at one site of a muscle."""

    product: str
    muscle: str
    from_units: float
    to_units: float
    most_units: float
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> UsualDose:
        """The doses of a row."""
        check_muscle(row["muscle"])
        return cls(
            **texts(row, "product muscle"),
            from_units=number(row["from_units"]),
            to_units=number(row["to_units"]),
            most_units=number(row["most_units"]),
            verified=seen(row),
        )


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Which side effect an injection can cause; an empty cell stands for any."""

    place: str
    muscle: str
    layer: str
    side_effect: str
    warns: Warns
    text: str
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> Risk:
        """The risk of a row."""
        if row["muscle"]:
            check_muscle(row["muscle"])
        return cls(
            **texts(row, "place muscle side_effect text"),
            layer=Layer(row["layer"]).value,
            warns=Warns(row["warns"]),
            verified=seen(row),
        )


@dataclass(frozen=True, kw_only=True)
class SideEffectKind:
    """A word of the closed list of side effects."""

    word: str
    label: str
    call_at_once: bool
    definition: str
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> SideEffectKind:
        """The side effect of a row."""
        call = row["call_at_once"] == "yes"
        return cls(**texts(row, "word label definition"), call_at_once=call, verified=seen(row))


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """Something about the patient that speaks against an injection or asks for care.

    Parameters
    ----------
    lasting
        Whether it holds for good once it was stated.
    side_effects, circumstances, drug_groups
        What else in the record says it: a side effect of an injection, a circumstance that was told
        with the drugs, the group of another drug.
    """

    word: str
    label: str
    severity: Severity
    text: str
    next_step: str
    lasting: bool
    side_effects: tuple[str, ...]
    circumstances: tuple[str, ...]
    drug_groups: tuple[str, ...]
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> Circumstance:
        """The circumstance of a row."""
        return cls(
            **texts(row, "word label text next_step"),
            severity=Severity(row["severity"]),
            lasting=row["lasting"] == "yes",
            side_effects=tuple(row["side_effects"].split()),
            circumstances=tuple(row["circumstances"].split()),
            drug_groups=tuple(row["drug_groups"].split()),
            verified=seen(row),
        )
