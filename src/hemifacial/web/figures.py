"""The figures of the pages: the one place where drawings of the report are asked for."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hemifacial.care.decompression.outcome import judge
from hemifacial.care.decompression.relief import ReliefExpectation
from hemifacial.care.toxin.face_map import session_map
from hemifacial.care.toxin.session import Session
from hemifacial.case.reading import Entry
from hemifacial.case.timeline import Timeline
from hemifacial.report.case.expectation import expectation_figure, expectation_words
from hemifacial.report.case.face_drawing import FACE_HEIGHT, FACE_WIDTH, face
from hemifacial.report.case.face_map import FaceMap, face_map
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.timeline import (
    NARROW_PX,
    timeline_figure,
    timeline_parts,
    timeline_words,
)
from hemifacial.web.rendering import markup

__all__ = ["Course", "Drawn", "Face", "course_of", "expectation_of", "face_of", "map_of"]


_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, kw_only=True)
class Course:
    """The course of a patient for a screen, a telephone and paper, and in sentences."""

    wide: Any
    narrow: Any
    printed: tuple[Any, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A figure with what it says in sentences."""

    figure: Any
    words: tuple[str, ...]


def course_of(course: Timeline, entries: Sequence[Entry], today: date) -> Course:
    """The course of a patient."""
    standing = [one for one in entries if one.standing]
    narrow = timeline_figure(
        course, today=today, entries=standing, name="timeline-narrow", width=NARROW_PX
    )
    return Course(
        wide=markup(timeline_figure(course, today=today, entries=standing)),
        narrow=markup(narrow),
        printed=tuple(markup(one) for one in timeline_parts(course, today=today, entries=standing)),
        words=timeline_words(course, today=today, entries=standing),
    )


def expectation_of(expected: ReliefExpectation, operated_on: date, facts: CaseFacts) -> Drawn:
    """When relief may still be expected, with the verdict that is possible today."""
    of_record = facts.operated is not None and facts.operated.on == operated_on
    known = facts.verdict if of_record else None
    verdict = known or judge(operated_on, (), facts.today)
    return Drawn(
        figure=markup(expectation_figure(expected, operated_on=operated_on, verdict=verdict)),
        words=expectation_words(expected, operated_on=operated_on, verdict=verdict),
    )


def map_of(session: Session) -> tuple[Any, FaceMap]:
    """The map of one session, drawn and in words."""
    found = face_map(session_map(session), title=f"Injections of {session.happened_on}")
    return markup(found.svg), found


@dataclass(frozen=True, kw_only=True)
class Face:
    """The face alone, to be drawn upon: a point of the map is a fraction of width and height."""

    width: float
    height: float
    parts: Any


def face_of() -> Face:
    """The face of the maps."""
    ET.register_namespace("", _SVG)
    parts = "".join(ET.tostring(one, encoding="unicode") for one in face())
    return Face(width=FACE_WIDTH, height=FACE_HEIGHT, parts=markup(parts))
