"""Injections on the map of the face: a new session, those before it, and when the next is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from hemifacial.anatomy import SIDES, Kind, structures
from hemifacial.care.toxin.checks import circumstance_warnings
from hemifacial.care.toxin.face_map import last_sessions_map
from hemifacial.care.toxin.label_choice import labels_held
from hemifacial.care.toxin.rows import Layer
from hemifacial.care.toxin.session import Guidance, Session
from hemifacial.care.toxin.sites import map_point
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import gravest_first
from hemifacial.case.kinds import kind_of
from hemifacial.web.asked import Answer, Asked, Data, Page
from hemifacial.web.checking import plain_warnings, said_of
from hemifacial.web.figures import face_of
from hemifacial.web.forms.fields import Field, fields_of
from hemifacial.web.forms.typed import Mistakes, body_of

__all__ = ["check_session", "due", "injections"]

_DRAWN = ("happened_on", "product", "injections", "per_ml", "guidance", "jurisdiction")
"""Fields of a session that the page asks for in its own way; all others come from their type."""

_OF_THE_PRODUCT = tuple(f"vials.#.{one}.product" for one in ("holds", "used", "wasted"))
"""A session is of one product, which is chosen once."""


def injections(asked: Asked) -> Answer:
    """The page on which a session is entered."""
    tables, drawn = ToxinTables.read(), face_of()
    sessions = [
        one.body
        for one in asked.record.entries(asked.code)
        if one.standing and one.kind == "toxin_session"
    ]
    who = asked.record.timeline(asked.code).patient
    last = max(sessions, key=lambda one: one.happened_on, default=None)
    return Page(
        template="injections.html.j2",
        title="Injections",
        code=asked.code,
        shown={
            "today": asked.today.isoformat(),
            "face": drawn,
            "products": list(tables.products.values()),
            "jurisdictions": sorted({one.jurisdiction for one in tables.labels}),
            "guidance": [one for one in Guidance if one.value],
            "layers": [one for one in Layer if one.value],
            "muscles": _muscles(tables),
            "circumstances": _circumstances(),
            "details": [one for one in _fields() if one.path != "circumstances"],
            "filled": {"indication": "hemifacial_spasm", "vials.0.lot": ""},
            "last": last,
            "since": None if last is None else (asked.today - last.happened_on).days,
            "sessions": sorted(sessions, key=lambda one: one.happened_on, reverse=True)[:5],
            "data": {
                "width": drawn.width,
                "height": drawn.height,
                "places": _places(tables),
                "earlier": _earlier(sessions, tables),
                "side": who.side.value if who.side in SIDES else "",
                "doses": [
                    [one.product, one.muscle, one.from_units, one.to_units, one.most_units]
                    for one in tables.usual_doses
                ],
                "last": _plain_last(last),
            },
        },
    )


def _fields() -> list[Field]:
    """The fields of a session that are asked for as those of any other kind."""
    return fields_of(Session, leave_out=(*_DRAWN, *_OF_THE_PRODUCT))


def _circumstances() -> Field:
    (found,) = (one for one in _fields() if one.path == "circumstances")
    return replace(found, label="Asked for, and present today")


def check_session(asked: Asked) -> Answer:
    """What the rules say so far, and whose label was used; circumstances need no dose for that."""
    kind, cells = kind_of("toxin_session"), asked.cells()
    try:
        session = body_of(kind, cells)
    except Mistakes as mistakes:
        ticked = [one for one in cells.get("circumstances", []) if isinstance(one, str)]
        return Data(
            values={
                "warnings": plain_warnings(gravest_first(circumstance_warnings(ticked))),
                "mistakes": [asdict(one) for one in mistakes.each],
                "said": "",
            }
        )
    found = said_of(asked.record, asked.code, kind, session)
    held = labels_held(session, ToxinTables.read())
    # Any other case is a warning already.
    said = held.sentence if held.are_as_stated and held.doses_are_checked else ""
    return Data(values={"warnings": plain_warnings(found), "mistakes": [], "said": said})


def due(asked: Asked) -> Answer:
    """When the effect of the last session wears off, by the model; it takes a part of a second."""
    from hemifacial.care.toxin.wearing_off.answers import next_injection
    from hemifacial.care.toxin.wearing_off.cycles import cycles_of
    from hemifacial.care.toxin.wearing_off.fit import fit_cycles
    from hemifacial.report.case.wearing_off import did_nothing, wearing_off_words

    standing = [one for one in asked.record.entries(asked.code) if one.standing]
    sessions = [one.body for one in standing if one.kind == "toxin_session"]
    if not sessions:
        return Data(values={"words": []})
    responses = [one.body for one in standing if one.kind == "toxin_response"]
    cycles = cycles_of(asked.code, sessions, responses)
    found = next_injection(fit_cycles(cycles), asked.code)
    mine = [one for one in cycles if one.dose.product == found.product]
    words = list(wearing_off_words(found, mine))
    if not did_nothing(found, mine):
        words.append(f"Prior: {found.source}{'' if found.verified else '; not verified'}.")
    return Data(values={"words": words})


def _muscles(tables: ToxinTables) -> list[tuple[str, str]]:
    """Muscles, those with a usual place first."""
    usual = dict.fromkeys(one.muscle for one in tables.places.values())
    every = [one.word for one in structures().values() if one.kind is Kind.MUSCLE]
    order = [*usual, *(word for word in every if word not in usual)]
    return [(word, structures()[word].label) for word in order]


def _places(tables: ToxinTables) -> list[dict[str, Any]]:
    """Every usual place of either side with its point on the map."""
    found = []
    for side in SIDES:
        for place in tables.places.values():
            x, y = map_point(place, side)
            found.append(
                {
                    "word": place.word,
                    "label": place.label,
                    "muscle": place.muscle,
                    "layer": place.layer.value,
                    "side": side.value,
                    "x": round(x, 4),
                    "y": y,
                    "reach": place.reach,
                }
            )
    return found


def _earlier(sessions: Sequence[Session], tables: ToxinTables) -> list[dict[str, Any]]:
    """The last five sessions by spot, each product for itself."""
    return [
        {
            "product": spot.product,
            "side": spot.side.value,
            "x": spot.x,
            "y": spot.y,
            "label": spot.label or structures()[spot.muscle].label,
            "given": [f"{one.happened_on}: {one.dose.units:g}" for one in spot.given],
            "times": len(spot.given),
        }
        for spot in last_sessions_map(sessions, tables)
        if spot.x is not None and spot.y is not None
    ]


def _plain_last(last: Session | None) -> dict[str, Any] | None:
    """The last session as the page repeats it on request."""
    if last is None:
        return None
    return {
        "product": last.product,
        "jurisdiction": last.jurisdiction,
        "per_ml": None if last.per_ml is None else last.per_ml.units,
        "sites": [
            {
                "muscle": one.muscle,
                "side": one.side.value,
                "units": one.dose.units,
                "volume_ml": one.volume_ml,
                "layer": one.layer.value,
                "place": one.place,
                "x": one.x,
                "y": one.y,
            }
            for one in last.injections
        ],
    }
