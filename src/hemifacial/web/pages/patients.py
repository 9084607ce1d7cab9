"""The list of patients, a new one, and who signs."""

from __future__ import annotations

from hemifacial.case.kinds import kind_of
from hemifacial.errors import UsageError
from hemifacial.web.asked import Answer, Asked, Go, Page
from hemifacial.web.forms.typed import body_of
from hemifacial.web.pages.entries import day_sent, form_page

__all__ = ["choose_signer", "enter_patient", "new_patient", "patients"]

_SHOWN = 200


def patients(asked: Asked) -> Answer:
    """The patients, or those whose codes start as was searched for."""
    start = asked.query.get("q", "").strip()[:64]
    found = asked.record.patients(starting_with=start)
    clinic = next(one for one in asked.record.clinic_entries("clinic") if one.standing)
    return Page(
        template="patients.html.j2",
        title=clinic.body.name or "Patients",
        shown={
            "patients": sorted(found, key=lambda one: one.last_on, reverse=True)[:_SHOWN],
            "count": len(found),
            "more": max(0, len(found) - _SHOWN),
            "start": start,
        },
    )


def new_patient(asked: Asked) -> Answer:
    """The form of a new patient."""
    return form_page(
        asked,
        kind_of("patient"),
        title="New patient",
        to="/new-patient",
        note="A patient is a code. No name and no date of birth; the year alone.",
        with_day=False,
    )


def enter_patient(asked: Asked) -> Answer:
    """Enter a new patient."""
    body = body_of(kind_of("patient"), asked.cells())
    asked.record.add("", "patient", body, by=asked.by, happened_on=day_sent(asked))
    return Go(to=f"/patients/{body.code}")


def choose_signer(asked: Asked) -> Answer:
    """From here on entries are signed by this profile."""
    word = asked.text("profile")
    if word not in [one.word for one in asked.record.profiles() if one.active]:
        raise UsageError("That is no active profile of this record.")
    asked.office.signer = word
    return Go(to="")
