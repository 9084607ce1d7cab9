"""One patient: the course on one axis, every entry with its history, and what can be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.case.kinds import KINDS
from hemifacial.case.reading import Entry
from hemifacial.web.asked import Answer, Asked, Page
from hemifacial.web.figures import course_of
from hemifacial.web.pages.documents import DOCUMENTS
from hemifacial.web.telling import summary_of

__all__ = ["Row", "patient"]

_OWN_BUTTONS = ("toxin_session", "drug_change", "scale", "answers")


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry in the list; `state` is standing, replaced, withdrawn or withdrawal."""

    entry: Entry
    label: str
    summary: str
    state: str
    by_entry: int | None


def patient(asked: Asked) -> Answer:
    """The page of a patient."""
    entries = asked.record.entries(asked.code)
    course = asked.record.timeline(asked.code)
    rows = [_row(entry, entries) for entry in entries]
    last = [row for row in rows if row.state == "standing" and row.entry.kind != "patient"]
    return Page(
        template="patient.html.j2",
        title=f"Patient {asked.code}",
        code=asked.code,
        shown={
            "course": course,
            "drawn": course_of(course, entries, asked.today),
            "documents": DOCUMENTS,
            "has_course": bool(course.series or course.marks or course.spans),
            "rows": rows[::-1],
            "last": last[-1] if last else None,
            "kinds": _kinds(),
            "first": entries[0],
            "who": course.patient,
            "entry_of_patient": next(
                one.number for one in entries if one.kind == "patient" and one.standing
            ),
            "results": [row for row in rows if row.entry.kind == "result" and row.entry.standing],
        },
    )


def _kinds() -> list[tuple[str, str]]:
    """What is entered by a form of its own type, by its label."""
    left_out = (*_OWN_BUTTONS, "patient", "result", "recording")
    return sorted(
        (
            (one.word, one.label)
            for one in KINDS.values()
            if one.by_hand and not one.of_clinic and one.word not in left_out
        ),
        key=lambda pair: pair[1].lower(),
    )


def _row(entry: Entry, entries: Sequence[Entry]) -> Row:
    later = next((one for one in entries if one.number == entry.replaced_by), None)
    if entry.kind == "withdrawal":
        state = "withdrawal"
    elif later is None:
        state = "standing"
    else:
        state = "withdrawn" if later.kind == "withdrawal" else "replaced"
    return Row(
        entry=entry,
        label=KINDS[entry.kind].label,
        summary=summary_of(entry.kind, entry.body),
        state=state,
        by_entry=None if later is None else later.number,
    )
