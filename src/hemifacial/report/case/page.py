"""`render_case`: one patient's case as a page that stands by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hemifacial import __version__
from hemifacial.care.toxin.face_map import last_sessions_map, session_map
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.case.reading import Entry, Head
from hemifacial.case.timeline import Timeline
from hemifacial.report.case.curves import fading_curve, relief_curve
from hemifacial.report.case.face_map import FaceMap, face_map
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.timeline import (
    NARROW_PX,
    timeline_figure,
    timeline_parts,
)
from hemifacial.report.case.told import (
    course_rows,
    finding_row,
    findings_shown,
    operation_words,
    patient_words,
    steps_rows,
    summary,
)
from hemifacial.report.html import Report, asset, environment, markup, policy

__all__ = ["ENCRYPTED", "NOT_ENCRYPTED", "RecordFacts", "page_of", "render_case"]

ENCRYPTED = "The record is encrypted: without its key nobody can read it. This page is not."
NOT_ENCRYPTED = "The record is not encrypted, and neither is this page: who has it can read it."
_PRINTED_PX = 500.0  # of one drawing on paper: half a sheet, so that none is left empty
_METHODS = {"face": "Video of the face", "electro": "Electrodiagnosis"}


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """What a page says of the record that it comes from; `head` is its anchor."""

    clinic: str
    head: Head
    encrypted: bool


def page_of(template: str, **values: Any) -> str:
    """A page from a template of this room, with the style of all of them and no script."""
    style = asset("report.css") + asset("case.css")
    html: str = (
        environment()
        .get_template(f"case/{template}")
        .render(policy=policy(style), style=markup(style), version=__version__, script="", **values)
    )
    return html


def render_case(
    course: Timeline, entries: Sequence[Entry], record: RecordFacts, *, today: date
) -> Report:
    """The page of a patient: course, warnings, injections, operation, findings, anchor.

    Parameters
    ----------
    course, entries
        From `Record.timeline` and `Record.entries` of the same patient.
    today
        The day on which the page is made: everything is told as it stands then.
    """
    facts = CaseFacts.of(entries, today)
    standing = facts.entries
    figures = {
        "timeline.svg": timeline_figure(course, today=today, entries=standing),
        "timeline-narrow.svg": timeline_figure(
            course, today=today, entries=standing, name="timeline-narrow", width=NARROW_PX
        ),
    }
    printed = timeline_parts(course, today=today, entries=standing, most_height=_PRINTED_PX)
    maps = _maps(facts)
    figures |= {f"{name}.svg": one.svg for name, one in maps}
    fading, relief = fading_curve(facts), relief_curve(facts)
    for name, curve in (("wearing-off", fading), ("relief", relief)):
        if curve is not None:
            figures |= {f"{name}.svg": curve.wide, f"{name}-narrow.svg": curve.narrow}
    html = page_of(
        "page.html.j2",
        title=f"{facts.patient.code}: case",
        facts=facts,
        record=record,
        today=today,
        who=patient_words(facts),
        summary=list(summary(facts)),
        sealed=ENCRYPTED if record.encrypted else NOT_ENCRYPTED,
        wide=markup(figures["timeline.svg"]),
        narrow=markup(figures["timeline-narrow.svg"]),
        printed=[markup(svg) for svg in printed],
        rows=course_rows(course, standing),
        maps=[(heading, one, markup(one.svg)) for (_, one), heading in zip(maps, _headings(facts),
                                                                        strict=False)],
        fading=fading,
        relief=relief,
        drawn=markup,
        steps=steps_rows(facts),
        operation=operation_words(facts),
        results=_results(facts),
    )  # fmt: skip
    return Report(html=html, figures=figures)


def _maps(facts: CaseFacts) -> list[tuple[str, FaceMap]]:
    if not facts.sessions:
        return []
    last = facts.sessions[-1]
    found = [("face-map", face_map(session_map(last), title=f"Injections of {last.happened_on}"))]
    if len(facts.sessions) > 1:
        spots = last_sessions_map(facts.sessions)
        laid = face_map(spots, name="face-map-last", title="Injections of the last sessions")
        found.append(("face-map-last", laid))
    return found


def _headings(facts: CaseFacts) -> list[str]:
    last = facts.sessions[-1].happened_on if facts.sessions else ""
    most = int(ToxinTables.read().criteria["last_sessions"].value)
    count = min(len(facts.sessions), most)
    return [f"The last session, {last}", f"The last {count} sessions over each other"]


_MOST_FINDINGS = 14
"""So many findings of a result a page shows; it says of how many, and the report has all."""


def _results(facts: CaseFacts) -> list[dict[str, Any]]:
    return [
        {
            "heading": _METHODS.get(method, method),
            "day": entry.happened_on,
            "entry": entry.number,
            "name": body.provenance.input_name,
            "sha256": body.provenance.input_sha256,
            "reviewed": body.reviewed_findings is not None,
            "rows": [
                finding_row(one)
                for one in findings_shown(body.standing_findings, most=_MOST_FINDINGS)
            ],
            "others": len(body.standing_findings),
        }
        for method, (entry, body) in facts.results.items()
    ]
