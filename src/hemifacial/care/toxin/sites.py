"""Where an injection lies: the usual place, and what it can cause there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.care.toxin.response import SideEffect
from hemifacial.care.toxin.rows import Place, Risk
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.tables import ToxinTables

__all__ = ["EYE_MUSCLES", "Suspect", "map_point", "place_at", "place_of", "risks_of", "suspects"]

EYE_MUSCLES = ("orbicularis_oculi", "orbicularis_oculi_orbital")
"""What counts to the dose of an eye."""


def map_point(place: Place, side: Side) -> tuple[float, float]:
    """Where a place is drawn on the map: its mirror image for the patient's right side."""
    return (1 - place.x if side is Side.RIGHT else place.x), place.y


def place_at(
    x: float, y: float, side: Side, tables: ToxinTables | None = None, muscle: str = ""
) -> Place | None:
    """The nearest place of this side (and muscle) whose reach holds the point, or None.

    Parameters
    ----------
    x, y
        Fractions of the map from its left and its top.
    """
    places = (tables or ToxinTables.read()).places.values()
    near = []
    for place in places:
        far = math.dist((x, y), map_point(place, side))
        if far <= place.reach and muscle in ("", place.muscle):
            near.append((far, place))
    return min(near, key=lambda one: one[0])[1] if near else None


def place_of(injection: Injection, tables: ToxinTables | None = None) -> Place | None:
    """The place that is stated, or else the one of its muscle at its point; None if neither."""
    known = tables or ToxinTables.read()
    if injection.place:
        return known.places.get(injection.place)
    if injection.x is None or injection.y is None:
        return None
    return place_at(injection.x, injection.y, injection.side, known, _of_place(injection.muscle))


def _of_place(muscle: str) -> str:
    # Either part of the muscle may be written for a point beside the eye.
    return "" if muscle in EYE_MUSCLES else muscle


def risks_of(injection: Injection, tables: ToxinTables | None = None) -> tuple[Risk, ...]:
    """Every row of ``risks.tsv`` that holds for an injection, one for each side effect.

    Of several rows for a side effect the one that says most holds: that of place and layer, then
    of place, of muscle, of any.
    """
    known = tables or ToxinTables.read()
    place = place_of(injection, known)
    word = place.word if place else injection.place
    layer = injection.layer.value
    found: dict[str, Risk] = {}
    for risk in sorted(known.risks, key=_says_most):
        if (
            risk.place in ("", word)
            and risk.muscle in ("", injection.muscle)
            and risk.layer in ("", layer)
        ):
            found.setdefault(risk.side_effect, risk)
    return tuple(found.values())


def _says_most(risk: Risk) -> tuple[bool, bool, bool]:
    return (not risk.place, not risk.layer, not risk.muscle)


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """An injection of a session, by its number from 1, that can cause a side effect, and why."""

    number: int
    injection: Injection
    why: str
    source: str
    verified: bool
    stated: bool


def suspects(
    session: Session, effect: SideEffect, tables: ToxinTables | None = None
) -> tuple[Suspect, ...]:
    """The injections that can cause a side effect, and those that the clinician named.

    An injection of the other side is none, unless the side of the effect is not known.
    """
    known = tables or ToxinTables.read()
    found = []
    for number, injection in enumerate(session.injections, start=1):
        stated = number in effect.sites
        rows = [one for one in risks_of(injection, known) if one.side_effect == effect.kind]
        other_side = effect.side is injection.side.opposite
        if stated or (rows and not other_side):
            found.append(
                Suspect(
                    number=number,
                    injection=injection,
                    why=rows[0].text if rows else "named by the clinician; no rule speaks of it",
                    source=rows[0].source if rows else "",
                    verified=rows[0].verified if rows else False,
                    stated=stated,
                )
            )
    return tuple(found)
