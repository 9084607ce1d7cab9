"""A session of injections as it was given."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hemifacial.anatomy import Kind, Side, structures
from hemifacial.care.toxin.dose import ToxinDose, total
from hemifacial.care.toxin.rows import Layer
from hemifacial.errors import InputError

__all__ = ["Guidance", "Injection", "Session", "Vial"]


class Guidance(StrEnum):
    """What led the needle."""

    NOT_STATED = ""
    LANDMARKS = "landmarks"
    EMG = "emg"
    ULTRASOUND = "ultrasound"


@dataclass(frozen=True, kw_only=True)
class Vial:
    """A vial of which something was used; what is not known is None."""

    lot: str = ""
    expires_on: date | None = None
    holds: ToxinDose[str] | None = None
    used: ToxinDose[str] | None = None
    wasted: ToxinDose[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Injection:
    """One puncture.

    Parameters
    ----------
    muscle, side
        A muscle of the anatomy, on the patient's own side.
    dose, volume_ml
        What was given there.
    layer
        For orbicularis oculi.
    place
        A word of ``places.tsv``, or empty: then it follows from `x` and `y`.
    x, y
        Fractions of the map of the face from its left and its top; the patient's right is on the
        left of the map. Both or none.
    """

    muscle: str
    side: Side
    dose: ToxinDose[str]
    volume_ml: float | None = None
    layer: Layer = Layer.NOT_STATED
    place: str = ""
    x: float | None = None
    y: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        known = structures().get(self.muscle)
        if known is None or known.kind is not Kind.MUSCLE:
            raise InputError(
                f"{self.muscle!r} is no muscle of the anatomy",
                next_step="Choose a muscle of vocabulary/anatomy.tsv, such as orbicularis_oculi.",
            )
        if self.side not in (Side.RIGHT, Side.LEFT):
            raise InputError(
                f"{self.muscle}: an injection is on the right or on the left, not {self.side}",
                next_step="Give the patient's own side.",
            )
        if (self.x is None) is not (self.y is None):
            raise InputError(
                f"{self.muscle}: a point on the map has both x and y",
                next_step="Give both or none.",
            )
        for name, value in (("x", self.x), ("y", self.y)):
            if value is not None and not 0 <= value <= 1:
                raise InputError(
                    f"{self.muscle}: {name} is {value}, not a fraction of the map",
                    next_step="Give it between 0 and 1.",
                )
        _check_volume(self.muscle, self.volume_ml)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What was injected on a day, of one product; two products are two sessions.

    Parameters
    ----------
    per_ml
        The dilution: the dose in one millilitre.
    jurisdiction
        Whose label holds, e.g. ``UK``, kept in capitals; empty if not stated.
    circumstances
        Words of ``circumstances.tsv`` that were asked for and hold on that day.
    pre_scores
        What was scored or recorded before, by the reference of the record.
    """

    happened_on: date
    product: str
    injections: tuple[Injection, ...]
    injector: str = ""
    indication: str = "hemifacial_spasm"
    side: Side = Side.NOT_APPLICABLE
    vials: tuple[Vial, ...] = ()
    per_ml: ToxinDose[str] | None = None
    needle: str = ""
    guidance: Guidance = Guidance.NOT_STATED
    jurisdiction: str = ""
    circumstances: tuple[str, ...] = ()
    pre_scores: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "jurisdiction", self.jurisdiction.strip().upper())
        doses = [one.dose for one in self.injections]
        for vial in self.vials:
            doses += [one for one in (vial.holds, vial.used, vial.wasted) if one is not None]
        doses += [self.per_ml] if self.per_ml is not None else []
        for dose in doses:
            if dose.product != self.product:
                raise InputError(
                    f"{dose} in a session of {self.product}: a session is of one product",
                    next_step="Enter a second session for the other product.",
                )
        if not self.injections:
            raise InputError(
                "a session without an injection", next_step="Enter at least one injection."
            )

    @property
    def dose(self) -> ToxinDose[str]:
        """The sum over its injections."""
        return total((one.dose for one in self.injections), self.product)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that were injected, right first."""
        there = {one.side for one in self.injections}
        return tuple(side for side in (Side.RIGHT, Side.LEFT) if side in there)


def _check_volume(muscle: str, volume_ml: float | None) -> None:
    if volume_ml is not None and not (math.isfinite(volume_ml) and volume_ml > 0):
        raise InputError(
            f"{muscle}: a volume of {volume_ml} ml", next_step="Give it above 0, or leave it out."
        )
