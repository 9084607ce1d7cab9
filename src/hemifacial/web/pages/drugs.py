"""Drugs: what is taken, what is said of it today, and a change, checked while it is typed."""

from __future__ import annotations

from hemifacial.care.drugs.catalogue import drugs as known_drugs
from hemifacial.case.kinds import kind_of, type_of
from hemifacial.report.case.facts import CaseFacts
from hemifacial.web.asked import Answer, Asked, Page
from hemifacial.web.forms.fields import fields_of
from hemifacial.web.telling import summary_of

__all__ = ["drugs"]

_OF_DRUGS = ("laboratory_value", "genetic_result", "drug_reaction", "circumstances")


def drugs(asked: Asked) -> Answer:
    """The page of a patient's drugs."""
    facts, kind = (
        CaseFacts.of(asked.record.entries(asked.code), asked.today),
        kind_of("drug_change"),
    )
    return Page(
        template="drugs.html.j2",
        title="Drugs",
        code=asked.code,
        shown={
            "taken": facts.drugs_today,
            "labels": {one.word: one.label for one in known_drugs().values()},
            "warnings": facts.drug_warnings,
            "log": [(one, summary_of(one.kind, one.body)) for one in facts.entries
                    if one.kind == "drug_change"][::-1],
            "facts": [(one, summary_of(one.kind, one.body)) for one in facts.entries
                      if one.kind in _OF_DRUGS][::-1],
            "more_kinds": [(word, kind_of(word).label) for word in _OF_DRUGS],
            "kind": kind,
            "fields": fields_of(type_of(kind)),
            "filled": {"on": asked.today.isoformat()},
            "to": f"/patients/{asked.code}/enter/drug_change",
            "check_at": f"/patients/{asked.code}/check/drug_change",
            "instead_of": None,
            "with_day": False,
            "day": asked.today.isoformat(),
            "today": asked.today.isoformat(),
        },
    )  # fmt: skip
