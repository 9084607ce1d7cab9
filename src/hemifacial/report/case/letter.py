"""`render_letter`: a referral letter whose every statement names the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hemifacial.care.scales.letter import Evidence, LetterFacts, Statement, referral_letter
from hemifacial.case.bodies import MeasuredResult
from hemifacial.case.reading import Entry
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.happenings import brand, side_note
from hemifacial.report.case.page import ENCRYPTED, NOT_ENCRYPTED, RecordFacts, page_of
from hemifacial.report.case.scale_words import scale_sentences
from hemifacial.report.case.told import (
    finding_row,
    findings_shown,
    operation_words,
    patient_words,
)
from hemifacial.report.html import Report

__all__ = ["letter_facts", "render_letter"]


def letter_facts(entries: Sequence[Entry], *, question: str, to: str, today: date) -> LetterFacts:
    """What the letter is made of: measured results with their SHA-256, the rest by its entry.

    Examination, imaging and what else it could be are not read out of notes: they are named as
    missing, for the clinician to add.
    """
    facts = CaseFacts.of(entries, today)
    evidence: list[Evidence] = []
    video = _measured(facts, "face", "Video of the face, measured", evidence)
    electro = _measured(facts, "electro", "Electrodiagnosis, measured", evidence)
    who = patient_words(facts)
    treatments = (*_injections(facts, evidence), *_operation(facts, evidence))
    return LetterFacts(
        patient=facts.patient.code,
        question=question,
        to=to,
        on=today,
        history=(Statement(text=f"{who[:1].upper()}{who[1:]}."),),
        video=video,
        electrodiagnosis=electro,
        treatments=treatments,
        drugs=tuple(_drugs(facts, evidence)),
        scales=_scales(facts, evidence),
        hearing=tuple(_hearing(facts, evidence)),
        evidence=tuple(evidence),
    )


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
    key = _attach(evidence, f"{what}, {body.provenance.input_name}",
                  f"SHA-256 {body.provenance.input_sha256}", entry)  # fmt: skip
    return tuple(Statement(text=said, evidence=(key,)) for said in _sentences(body))


def _sentences(body: MeasuredResult) -> Iterator[str]:
    for one in findings_shown(body.standing_findings):
        label, where, value, interval = finding_row(one)
        told = f" (95 % {interval})" if interval else ""
        yield f"{label}{f', {where}' if where else ''}: {value}{told}."
    if body.reviewed_findings is not None:
        yield "As a person reviewed it; what was measured stands in the report."


def _attach(evidence: list[Evidence], what: str, reference: str, entry: Entry) -> str:
    key = f"e{len(evidence) + 1}"
    evidence.append(
        Evidence(
            key=key,
            what=what,
            reference=f"entry {entry.number}; {reference}"
            if reference
            else f"entry {entry.number}",
            on=entry.happened_on,
        )
    )
    return key


def _entries(facts: CaseFacts, kind: str) -> list[Entry]:
    return sorted(
        (one for one in facts.entries if one.kind == kind), key=lambda one: one.happened_on
    )


def _injections(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    responses = {one.session_on: one for one in facts.responses}
    for entry in _entries(facts, "toxin_session"):
        body = entry.body
        sides = body.sides
        side = side_note(sides[0]) if len(sides) == 1 else ", both sides"
        said = f"{entry.happened_on}: {body.dose.units:g} units of {brand(body.product)}{side}"
        told = responses.get(body.happened_on)
        if told is not None and told.improvement_percent is not None:
            said += f"; {told.improvement_percent:g} % better at its best, as the patient says"
        if told is not None and told.over_on is not None:
            said += f"; over after {(told.over_on - body.happened_on).days} days"
        key = _attach(evidence, "Session of botulinum toxin", "", entry)
        yield Statement(text=f"{said}.", evidence=(key,))


def _operation(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    if facts.operated is None or facts.verdict is None:
        return
    for entry in facts.entries:
        operated = entry.kind == "operation" or (
            entry.kind == "visit" and entry.body.purpose == "operation"
        )
        if operated and entry.happened_on == facts.operated.on:
            key = _attach(evidence, "Operation", "", entry)
            said = f"{facts.operated.on}: {operation_words(facts)}"
            yield Statement(text=said, evidence=(key,))
            break
    yield Statement(text=facts.verdict.text)


def _drugs(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    from hemifacial.care.drugs.log import courses

    for course in courses(facts.drug_record.changes):
        most = max(dose for _, dose in course.doses)
        ended = f"stopped {course.stopped_on}" if course.stopped_on else "still taken"
        said = f"{course.drug}, up to {most:g} mg a day, from {course.started_on}, {ended}."
        yield Statement(text=said)
    for entry in _entries(facts, "genetic_result"):
        key = _attach(evidence, "Allele", entry.body.laboratory, entry)
        yield Statement(text=f"{entry.body.allele} {entry.body.result}.", evidence=(key,))


def _hearing(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    from hemifacial.care.decompression.hearing import hearing_class

    for entry in _entries(facts, "audiogram"):
        body = entry.body
        key = _attach(evidence, "Audiogram", "", entry)
        yield Statement(
            text=f"{entry.happened_on}: pure-tone average {body.pure_tone_average_db:g} dB, "
            f"{body.speech_discrimination_percent:g} % understood, class {hearing_class(body)} of "
            "AAO-HNS.",
            evidence=(key,),
        )


def _scales(facts: CaseFacts, evidence: list[Evidence]) -> tuple[Statement, ...]:
    filled = _entries(facts, "scale")
    if not filled:
        return ()
    key = _attach(evidence, "Scales, the last of them", "", filled[-1])
    return tuple(Statement(text=said, evidence=(key,)) for said in scale_sentences(facts))
