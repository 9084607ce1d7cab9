"""Places of the map that are warned of: shaded, with a letter and their warning."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.care.toxin.rows import Place, Risk, Warns
from hemifacial.care.toxin.sites import map_point
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.report.case.face_drawing import FACE_HEIGHT, FACE_WIDTH, on_face
from hemifacial.report.drawing import BLACK
from hemifacial.report.svg import rectangle, tag, text

__all__ = ["LIDS_MEET", "RiskyPlace", "draw_risk", "risky_places"]

LIDS_MEET = 0.41
"""The height of the map at which the upper lid meets the lower."""

_RISK = "#a94a00"


@dataclass(frozen=True, kw_only=True)
class RiskyPlace:
    """A place that is warned of, with the letter that stands in it on the map."""

    letter: str
    place: Place
    risk: Risk

    @property
    def words(self) -> str:
        """The warning with its source."""
        unread = "" if self.risk.verified else "; not verified"
        effect = self.risk.side_effect.replace("_", " ")
        return (
            f"{self.place.label[:1].upper()}{self.place.label[1:]}: {effect}. "
            f"{self.risk.text[:1].upper()}{self.risk.text[1:]} ({self.risk.source}{unread})."
        )


def risky_places(tables: ToxinTables | None = None) -> tuple[RiskyPlace, ...]:
    """The places that are warned of for a reason of their own, not of their muscle alone."""
    known = tables or ToxinTables.read()
    found = []
    for place in known.places.values():
        rows = [
            risk for risk in known.risks if risk.place == place.word and risk.warns is not Warns.NO
        ]
        if rows:
            found.append((place, rows[-1]))
    return tuple(
        RiskyPlace(letter="ABCDEFGHIJ"[number % 10], place=place, risk=risk)
        for number, (place, risk) in enumerate(found)
    )


def draw_risk(one: RiskyPlace, side: Side) -> ET.Element:
    """A shaded place that says its warning when it is pointed at or reached by the keyboard."""
    x, y = on_face(*map_point(one.place, side))
    reach = one.place.reach * FACE_WIDTH
    effect = one.risk.side_effect.replace("_", " ")
    said = f"{one.letter}: {one.place.label}: {effect}"
    tip = [
        rectangle(0, FACE_HEIGHT - 30, FACE_WIDTH, 28, fill="#ffffff", stroke=_RISK),
        text(said, 8, FACE_HEIGHT - 11, fill=BLACK, font_size=15),
    ]
    return tag(
        "g",
        tag("ellipse", cx=x, cy=y, rx=reach, ry=reach * 0.8, fill=_RISK, fill_opacity=0.16,
            stroke=_RISK, stroke_dasharray="3 2"),
        text(one.letter, x, y + 4, text_anchor="middle", fill=_RISK, font_size=11,
             font_weight=650),
        tag("g", *tip, class_="tip", visibility="hidden"),
        class_="risk",
        role="img",
        tabindex=0,
        aria_label=f"Risky place on the {side} side. {one.words}",
    )  # fmt: skip
