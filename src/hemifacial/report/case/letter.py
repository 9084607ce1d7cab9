"""`render_letter`: a referral letter whose every statement names the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from hemifacial.care.scales.letter import Evidence, LetterFacts, Statement, referral_letter
from hemifacial.case.bodies import MeasuredResult
from hemifacial.case.reading import Entry
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.letter_indication import imaging_of, indication_told
from hemifacial.report.case.letter_reasons import Reasons, reasons_of
from hemifacial.report.case.letter_treatment import (
    attach,
    drugs_told,
    entries_of,
    hearing_told,
    injections_told,
    operation_told,
    scales_told,
)
from hemifacial.report.case.page import ENCRYPTED, NOT_ENCRYPTED, RecordFacts, page_of
from hemifacial.report.case.told import (
    finding_row,
    findings_shown,
    patient_words,
)
from hemifacial.report.html import Report

__all__ = ["letter_facts", "render_letter"]

_NO_IMAGES = Statement(text="The images themselves are not attached.")


def letter_facts(entries: Sequence[Entry], *, question: str, to: str, today: date) -> LetterFacts:
    """What the letter is made of: measured results with their SHA-256, the rest by its entry.

    Examination, imaging and what else it could be come from the answers of the differential and
    the check before a decompression, and are never read out of notes: where nobody has answered,
    they are named as missing, for the clinician to add.
    """
    facts = CaseFacts.of(entries, today)
    evidence: list[Evidence] = []
    video = _measured(facts, "face", "Video of the face, measured", evidence)
    electro = _measured(facts, "electro", "Electrodiagnosis, measured", evidence)
    keys = {"face": video, "electro": electro}
    measured = {method: told[0].evidence[0] for method, told in keys.items() if told}
    reasons = _reasons(facts, measured, evidence)
    imaging, indication = _indication(facts, evidence, reasons.imaging)
    return LetterFacts(
        patient=facts.patient.code,
        question=question,
        to=to,
        on=today,
        history=(*_history(facts), *reasons.history),
        examination=reasons.examination,
        video=video,
        electrodiagnosis=electro,
        imaging=imaging,
        red_flags=reasons.red_flags,
        differential=reasons.differential,
        treatments=(*injections_told(facts, evidence), *operation_told(facts, evidence)),
        drugs=tuple(drugs_told(facts, evidence)),
        scales=scales_told(facts, evidence),
        hearing=tuple(hearing_told(facts, evidence)),
        indication=indication,
        evidence=tuple(evidence),
    )


def _history(facts: CaseFacts) -> Iterator[Statement]:
    who, patient = patient_words(facts), facts.patient
    age = ""
    if patient.birth_year and patient.onset_year:
        age = f", at about {patient.onset_year - patient.birth_year} years of age"
    yield Statement(text=f"{who[:1].upper()}{who[1:]}{age}.")


def _reasons(facts: CaseFacts, measured: Mapping[str, str], evidence: list[Evidence]) -> Reasons:
    """What was answered last to the questions of the differential."""
    found = entries_of(facts, "answers")
    if not found:
        return Reasons()
    of_answers: list[Evidence] = list(evidence)
    key = attach(of_answers, "Answers to the questions of the differential", "", found[-1])
    reasons = reasons_of(facts, found[-1].body, key, measured)
    if any(key in one.evidence for one in reasons.statements):
        evidence.append(of_answers[-1])
    return reasons


def _indication(
    facts: CaseFacts, evidence: list[Evidence], told: tuple[Statement, ...]
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The imaging, as it was `told` and as it stands in the check; and all of that check."""
    found, imaging = entries_of(facts, "indication"), told
    check: tuple[Statement, ...] = ()
    if found:
        key = attach(evidence, "Check before a decompression", "", found[-1])
        imaging = (*told, *imaging_of(found[-1].body, key, told))
        check = indication_told(found[-1].body, key)
    return (*imaging, _NO_IMAGES) if imaging else (), check


def render_letter(
    entries: Sequence[Entry], record: RecordFacts, *, question: str, to: str, today: date
) -> Report:
    """The letter as a page to be read, printed and signed."""
    facts = letter_facts(entries, question=question, to=to, today=today)
    letter = referral_letter(facts)
    case = CaseFacts.of(entries, today)
    numbers = {one.key: place for place, one in enumerate(letter.attached, start=1)}
    html = page_of(
        "letter.html.j2",
        title=f"{letter.patient}: letter",
        letter=letter,
        numbers=numbers,
        record=record,
        note=case.patient.note if case.is_made_up else "",
        sealed=ENCRYPTED if record.encrypted else NOT_ENCRYPTED,
    )
    return Report(html=html, figures={})


def _measured(
    facts: CaseFacts, method: str, what: str, evidence: list[Evidence]
) -> tuple[Statement, ...]:
    found = facts.results.get(method)
    if found is None:
        return ()
    entry, body = found
    key = attach(evidence, f"{what}, {body.provenance.input_name}",
                  f"SHA-256 {body.provenance.input_sha256}", entry)  # fmt: skip
    said = list(_sentences(body)) or ["Measured; what was found stands in the attached report."]
    return tuple(Statement(text=one, evidence=(key,)) for one in said)


def _sentences(body: MeasuredResult) -> Iterator[str]:
    for one in findings_shown(body.standing_findings):
        label, where, value, interval = finding_row(one)
        told = f" (95 % {interval})" if interval else ""
        yield f"{label}{f', {where}' if where else ''}: {value}{told}."
    if body.reviewed_findings is not None:
        yield "As a person reviewed it; what was measured stands in the report."
