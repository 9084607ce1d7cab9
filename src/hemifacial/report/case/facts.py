"""What the pages of a case say, read from the entries of one patient.

Nothing is decided here: the rules of `hemifacial.care` are asked, each with what stands today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hemifacial.care.decompression.follow_up import Outcome, Summary, summary
from hemifacial.care.decompression.outcome import Spasm, Verdict
from hemifacial.care.drugs.checks import check_today
from hemifacial.care.drugs.facts import DrugRecord
from hemifacial.care.drugs.log import DrugTaken, taken_on
from hemifacial.care.scales.scale import scales
from hemifacial.care.scales.scoring import ScaleAnswers
from hemifacial.care.toxin.response import Response
from hemifacial.care.toxin.session import Session
from hemifacial.care.warnings import CareWarning, gravest_first
from hemifacial.case.bodies import MeasuredResult, Patient, Scale
from hemifacial.case.drugs_known import drug_record
from hemifacial.case.reading import Entry

if TYPE_CHECKING:
    from hemifacial.care.decompression.relief import ReliefExpectation

__all__ = ["MADE_UP", "SPASM_MEASURE", "CaseFacts", "Operated"]

MADE_UP = "MADE-UP-"
"""How the code of a patient begins who does not exist."""

SPASM_MEASURE = "spasm"
"""The measure of outcomes that say how the spasm is after an operation: free, better, present."""


_LOOKS = {one.value for one in Spasm}


@dataclass(frozen=True, kw_only=True)
class Operated:
    """The last operation: its day, and the fact itself, or only the note of a visit for it."""

    on: date
    body: Any
    note: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """The entries of one patient that stand, as pages ask for them, on a day `today`."""

    entries: tuple[Entry, ...]
    today: date

    @staticmethod
    def of(entries: Sequence[Entry], today: date) -> CaseFacts:
        """Of all entries of a patient; what was replaced or withdrawn is left out."""
        return CaseFacts(entries=tuple(one for one in entries if one.standing), today=today)

    def bodies(self, kind: str) -> list[Any]:
        """The facts of a kind in the order of their days."""
        return [entry.body for entry in self._by_day(kind)]

    def _by_day(self, kind: str) -> list[Entry]:
        found = [entry for entry in self.entries if entry.kind == kind]
        return sorted(found, key=lambda entry: (entry.happened_on, entry.number))

    @cached_property
    def patient(self) -> Patient:
        """Who it is."""
        (patient,) = self.bodies("patient")
        found: Patient = patient
        return found

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """Every session of injections, the earliest first."""
        return tuple(self.bodies("toxin_session"))

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        """What was told of them."""
        return tuple(self.bodies("toxin_response"))

    @cached_property
    def drug_record(self) -> DrugRecord:
        """All that is known of the patient's drugs."""
        return drug_record(self.entries, self.today)

    @cached_property
    def drugs_today(self) -> tuple[DrugTaken, ...]:
        """What is taken today."""
        return taken_on(self.drug_record.changes, self.today)

    @cached_property
    def warnings(self) -> tuple[CareWarning, ...]:
        """What holds today: of drugs that are taken, and of the last injections.

        What an order of a drug lacked stands until it is there; warnings of older sessions and of
        drugs that were stopped stand with their entries.
        """
        found = list(self.drug_warnings)
        for entry in self._by_day("toxin_session")[-1:]:
            found += entry.warnings
        told = {(one.rule, one.text): one for one in found}
        return gravest_first(list(told.values()))

    @cached_property
    def drug_warnings(self) -> tuple[CareWarning, ...]:
        """What holds today of the drugs that are taken."""
        return check_today(self.drug_record, self.today)

    @cached_property
    def results(self) -> dict[str, tuple[Entry, MeasuredResult]]:
        """The latest result of each wing, by its method."""
        return {
            entry.body.provenance.method: (entry, entry.body) for entry in self._by_day("result")
        }

    @cached_property
    def operated(self) -> Operated | None:
        """The last operation, if there was one."""
        found = [
            Operated(on=entry.happened_on, body=entry.body, note=entry.body.note)
            for entry in self._by_day("operation")
        ]
        found = found or [
            Operated(on=entry.happened_on, body=None, note=entry.body.note)
            for entry in self._by_day("visit")
            if entry.body.purpose == "operation"
        ]
        return found[-1] if found else None

    @cached_property
    def visits(self) -> tuple[Outcome, ...]:
        """What was looked at on every day: outcomes, scales and audiograms in one form."""
        found = list(self.bodies("operation_outcome"))
        for entry in self.entries:
            body, on = entry.body, entry.happened_on
            if entry.kind == "outcome" and body.measure == SPASM_MEASURE and body.grade in _LOOKS:
                found.append(Outcome(on=on, spasm=Spasm(body.grade), note=body.note))
            elif entry.kind == "audiogram":
                found.append(Outcome(on=on, audiogram=body))
            elif entry.kind == "scale":
                found += _of_scale(body, on)
        return tuple(sorted(found, key=lambda one: one.on))

    @cached_property
    def outcome(self) -> Summary | None:
        """What came of the operation: verdict, grades and scales before and after."""
        return summary(self.operated.on, self.visits, self.today) if self.operated else None

    @cached_property
    def verdict(self) -> Verdict | None:
        """What may be said of the operation today."""
        return self.outcome.verdict if self.outcome else None

    @property
    def is_made_up(self) -> bool:
        """Whether the patient does not exist: pages say so in large letters."""
        return self.patient.code.startswith(MADE_UP)

    @cached_property
    def relief(self) -> ReliefExpectation | None:
        """The curve of relief as it looks today, in a year after an operation."""
        from hemifacial.care.decompression.relief import expected_relief

        if self.operated is None:
            return None
        days = (self.today - self.operated.on).days
        looks = [one.spasm for one in self.visits if self.operated.on < one.on <= self.today]
        persists = [one for one in looks if one is not None][-1:] != [Spasm.FREE]
        return expected_relief(days, spasm_persists=persists) if 0 <= days <= 366 else None


def _of_scale(body: Scale, on: date) -> list[Outcome]:
    """A scale as a visit of the follow-up, where it is one that counts there."""
    try:
        if body.scale == "hfs_7" and body.items:
            numbers = range(1, scales()["hfs_7"].items + 1)
            items = tuple(body.items.get(str(number)) for number in numbers)
            return [Outcome(on=on, hfs_7=ScaleAnswers(scale="hfs_7", items=items, on=on))]
        grade = body.total if body.total is not None else sum(filter(None, body.items.values()))
        if body.scale == "smc":
            return [Outcome(on=on, smc_grade=round(grade))]
        if body.scale == "house_brackmann":
            return [Outcome(on=on, house_brackmann=round(grade))]
    except ValueError:  # an answer that the scale does not have counts nowhere
        return []
    return []
