"""`face_map`: where each product was injected, with its units, and which places are risky.

Product is a shape and a colour, time is rings: the centre is filled for the last session drawn, and
every session that gave something at a spot is a ring, the earlier the further out.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hemifacial.anatomy import SIDES, Side, structures
from hemifacial.care.toxin.face_map import MapSpot
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.report.case.face_drawing import FACE_HEIGHT, FACE_WIDTH, face, side_names
from hemifacial.report.case.marks import marker
from hemifacial.report.case.naming import brand
from hemifacial.report.case.risks import RiskyPlace, draw_risk, risky_places
from hemifacial.report.case.spots import UNITS_SIZE, draw_spots, look_of, ring_radius
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.svg import drawing, tag, text

__all__ = ["FaceMap", "SpotRow", "face_map", "spot_rows"]

_TOP_PX = 26.0


@dataclass(frozen=True, kw_only=True)
class SpotRow:
    """A spot in words, for the table beside the map: units by day, of one product."""

    where: str
    muscle: str
    side: Side
    product: str
    units: tuple[tuple[date, float], ...]
    is_drawn: bool


@dataclass(frozen=True, kw_only=True)
class FaceMap:
    """The drawing with what stands beside it in words."""

    svg: str
    days: tuple[date, ...]
    rows: tuple[SpotRow, ...]
    risky: tuple[RiskyPlace, ...]


def face_map(
    spots: Sequence[MapSpot],
    *,
    name: str = "face-map",
    title: str = "Where was injected",
    tables: ToxinTables | None = None,
) -> FaceMap:
    """The map of these spots, from `session_map` or `last_sessions_map`.

    Parameters
    ----------
    spots
        Of one session or several; those without a point stand in the rows alone.
    name
        Before the ids of the drawing.
    """
    known = tables or ToxinTables.read()
    days = sorted({given.happened_on for spot in spots for given in spot.given}, reverse=True)
    products = list(dict.fromkeys(spot.product for spot in spots))
    risky = risky_places(known)
    rows = spot_rows(spots)
    parts = [tag("g", *face(), aria_hidden="true")]
    parts += [draw_risk(one, side) for one in risky for side in SIDES]
    parts += draw_spots(spots, days, products)
    legend, tall = _legend(days, products)
    svg = _drawn(
        name,
        [tag("g", *parts, transform=f"translate(0 {_TOP_PX:g})"), *side_names(18), *legend],
        height=_TOP_PX + FACE_HEIGHT + tall,
        title=title,
        words=" ".join(_sentence(row) for row in rows) or "Nothing was injected.",
    )
    return FaceMap(svg=svg, days=tuple(days), rows=rows, risky=risky)


def spot_rows(spots: Sequence[MapSpot]) -> tuple[SpotRow, ...]:
    """The spots in words, the right side first."""
    rows = [
        SpotRow(
            where=spot.label or ("at a point of the map" if spot.x is not None else "not stated"),
            muscle=structures()[spot.muscle].label,
            side=spot.side,
            product=brand(spot.product),
            units=tuple((one.happened_on, one.dose.units) for one in reversed(spot.given)),
            is_drawn=spot.x is not None,
        )
        for spot in spots
    ]
    return tuple(sorted(rows, key=lambda row: (SIDES.index(row.side), row.product)))


def _sentence(row: SpotRow) -> str:
    doses = ", ".join(f"{day} {units:g}" for day, units in row.units)
    return f"{row.side}, {row.where} ({row.muscle}): {doses} units of {row.product}."


def _legend(days: Sequence[date], products: Sequence[str]) -> tuple[list[ET.Element], float]:
    """Which shape is which product, and which ring which day."""
    parts: list[ET.Element] = []
    y = _TOP_PX + FACE_HEIGHT + 22
    for product in products:
        shape, ink = look_of(product, products)
        parts.append(marker(shape, 14, y - 5, 6, fill=ink))
        parts.append(text(f"{brand(product)}, units of {brand(product)}", 28, y,
                          font_size=UNITS_SIZE, fill=BLACK))  # fmt: skip
        y += 23
    for age, day in enumerate(days):
        filled = {"fill": GREY} if age == 0 else {"fill": "none", "stroke": GREY}
        radius = ring_radius(age)
        column = age % 2
        parts.append(marker("circle", 16 + 260 * column, y - 5, radius, **filled))
        said = f"{day}{' (last)' if age == 0 else ''}"
        parts.append(text(said, 36 + 260 * column, y, font_size=UNITS_SIZE, fill=BLACK))
        if column or age == len(days) - 1:
            y += 27
    return parts, y - (_TOP_PX + FACE_HEIGHT) - 6 if parts else 0.0


def _drawn(name: str, parts: Sequence[ET.Element], *, height: float, title: str, words: str) -> str:
    """As `svg.drawing`, but a group and no picture: the keyboard reaches what is in it."""
    svg = drawing(name, *parts, width=FACE_WIDTH, height=height, title=title, words=words)
    return svg.replace('role="img"', 'role="group"', 1)
