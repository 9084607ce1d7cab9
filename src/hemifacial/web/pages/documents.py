"""Pages to print or to hand over: the case, a letter, a sheet, a diary."""

from __future__ import annotations

from hemifacial.errors import UsageError
from hemifacial.web.asked import Answer, Asked, Page, RawPage

__all__ = ["DOCUMENTS", "document", "documents"]

DOCUMENTS = {
    "case": "The whole case on paper",
    "letter": "Referral letter",
    "sheet": "Sheet for the patient",
    "diary": "Diary for the patient",
}
"""What can be made, with its label."""


def documents(asked: Asked) -> Answer:
    """A document in its frame."""
    what = _what(asked)
    asked.record.entries(asked.code)
    return Page(
        template="document.html.j2",
        title=DOCUMENTS[what],
        code=asked.code,
        shown={
            "what": what,
            "question": asked.query.get("question", ""),
            "to": asked.query.get("to", ""),
        },
    )


def document(asked: Asked) -> Answer:
    """The document itself, complete in one file."""
    what = _what(asked)
    from hemifacial.report.case.diary import render_diary
    from hemifacial.report.case.letter import render_letter
    from hemifacial.report.case.page import RecordFacts, render_case
    from hemifacial.report.case.sheet import render_sheet, sheet_facts

    entries, today = asked.record.entries(asked.code), asked.today
    clinic = next(one for one in asked.record.clinic_entries("clinic") if one.standing).body.name
    facts = RecordFacts(clinic=clinic, head=asked.record.head, encrypted=asked.record.encrypted)
    if what == "case":
        made = render_case(asked.record.timeline(asked.code), entries, facts, today=today)
    elif what == "letter":
        question = asked.query.get("question", "")[:2000]
        to = asked.query.get("to", "")[:300]
        made = render_letter(entries, facts, question=question, to=to, today=today)
    elif what == "sheet":
        made = render_sheet(sheet_facts(entries, today=today), today=today, clinic=clinic)
    else:
        made = render_diary(asked.code)
    return RawPage(html=made.html)


def _what(asked: Asked) -> str:
    what = asked.path["what"]
    if what not in DOCUMENTS:
        raise UsageError("there is no such document")
    return what
