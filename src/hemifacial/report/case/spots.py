"""Injections on the face: a shape a product, a ring a session, units beside."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date

from hemifacial.anatomy import structures
from hemifacial.care.toxin.face_map import MapSpot
from hemifacial.report.case.face_drawing import FACE_HEIGHT, FACE_WIDTH, on_face
from hemifacial.report.case.marks import INKS, SHAPES, haloed, marker, tipped
from hemifacial.report.case.naming import brand
from hemifacial.report.case.placing import Room
from hemifacial.report.case.risks import LIDS_MEET
from hemifacial.report.svg import tag

__all__ = ["UNITS_SIZE", "draw_spots", "look_of", "ring_radius"]

UNITS_SIZE = 16
"""Size of the letters of units: they are read on a telephone too."""

_LETTERS = 8.6
_CENTRE, _STEP = 5.0, 2.2


def look_of(product: str, products: Sequence[str]) -> tuple[str, str]:
    """Shape and colour of a product, by its place among those of the map."""
    place = products.index(product)
    return SHAPES[place % len(SHAPES)], INKS[1:][place % (len(INKS) - 1)]


def ring_radius(age: int) -> float:
    """Of the mark of a session: 0 is the last one, which is filled; earlier ones lie outwards."""
    return _CENTRE + (_STEP * age + 1 if age else 0.0)


def draw_spots(
    spots: Sequence[MapSpot],
    days: Sequence[date],
    products: Sequence[str],
) -> list[ET.Element]:
    """The spots with their units, which keep off each other.

    `days` are those of the sessions, the last one first.
    """
    drawn: list[ET.Element] = []
    labels: list[ET.Element] = []
    room = Room(left=0, right=FACE_WIDTH)
    at = [(spot, *on_face(spot.x, spot.y)) for spot in spots if spot.x is not None and spot.y]
    for _, x, y in at:
        room.occupy(x, y, 6)
    for spot, x, y in at:
        drawn.append(_spot(spot, x, y, days, look_of(spot.product, products)))
        newest = spot.given[-1]
        label = f"{newest.dose.units:g}"
        wide = len(label) * _LETTERS
        for place in _label_places(x, y, wide):
            if room.take(place[0], place[1], wide, tall=13):
                weight = 650 if newest.happened_on == days[0] else 400
                labels.append(haloed(label, *place, font_size=UNITS_SIZE, font_weight=weight))
                break
    return drawn + labels


def _label_places(x: float, y: float, wide: float) -> list[tuple[float, float]]:
    """Where units may stand: away from the eye, outwards, then wherever else there is room."""
    up = y < LIDS_MEET * FACE_HEIGHT
    sides = [(x + 13, y + 5), (x - 13 - wide, y + 5)]
    if x < FACE_WIDTH / 2:
        sides.reverse()
    middle = x - wide / 2
    lines = [y - 13, y + 24, y - 27, y + 38] if up else [y + 24, y - 13, y + 38, y - 27]
    return [(middle, lines[0]), *sides, *((middle, line) for line in lines[1:])]


def _spot(
    spot: MapSpot, x: float, y: float, days: Sequence[date], look: tuple[str, str]
) -> ET.Element:
    shape, ink = look
    parts = []
    for one in spot.given:
        age = days.index(one.happened_on)
        if age == 0:
            parts.append(marker(shape, x, y, _CENTRE, fill=ink, stroke="#ffffff"))
        else:
            parts.append(marker(shape, x, y, ring_radius(age), fill="none", stroke=ink,
                                stroke_width=1.3))  # fmt: skip
    units = ", ".join(f"{one.happened_on} {one.dose.units:g}" for one in reversed(spot.given))
    where = spot.label or structures()[spot.muscle].label
    words = f"{where}, {spot.side} side: {units} units of {brand(spot.product)}"
    return tipped(
        tag("g", *parts, class_="spot", data_product=spot.product, data_place=spot.place), words
    )
