"""What was done until now, for the letter, each with the entry that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from hemifacial.care.scales.letter import Evidence, Statement
from hemifacial.case.reading import Entry
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.naming import brand, side_note
from hemifacial.report.case.scale_words import scale_sentences
from hemifacial.report.case.told import operation_words

__all__ = [
    "attach",
    "drugs_told",
    "entries_of",
    "hearing_told",
    "injections_told",
    "operation_told",
    "scales_told",
]

_LAST_SESSIONS = 3


def attach(evidence: list[Evidence], what: str, reference: str, entry: Entry) -> str:
    """Put an entry among what is attached; the key by which statements name it."""
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


def entries_of(facts: CaseFacts, kind: str) -> list[Entry]:
    """The entries of a kind in the order of their days."""
    return sorted(
        (one for one in facts.entries if one.kind == kind), key=lambda one: one.happened_on
    )


def injections_told(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    """Each product: all of its sessions in a sentence where they are many, then the last ones."""
    by_product: dict[str, list[Entry]] = {}
    for entry in entries_of(facts, "toxin_session"):
        by_product.setdefault(entry.body.product, []).append(entry)
    for product, entries in by_product.items():
        last = entries[-_LAST_SESSIONS:]
        keys = [attach(evidence, "Session of botulinum toxin", "", entry) for entry in last]
        if len(entries) > len(last):
            units = [entry.body.dose.units for entry in entries]
            several = "" if min(units) == max(units) else f" to {max(units):g}"
            yield Statement(
                text=f"{len(entries)} sessions of {brand(product)} from {entries[0].happened_on} "
                f"to {entries[-1].happened_on}, {min(units):g}{several} units each; the last "
                f"{len(last)}:",
                evidence=tuple(keys),
            )
        for entry, key in zip(last, keys, strict=True):
            yield Statement(text=_session_told(entry, facts), evidence=(key,))


def _session_told(entry: Entry, facts: CaseFacts) -> str:
    body = entry.body
    side = side_note(body.sides[0]) if len(body.sides) == 1 else ", both sides"
    said = f"{entry.happened_on}: {body.dose.units:g} units of {brand(body.product)}{side}"
    told = next((one for one in facts.responses if one.session_on == body.happened_on), None)
    if told is None:
        return f"{said}; what came of it is not in the record."
    if told.improvement_percent is not None:
        said += f"; {told.improvement_percent:g} % better at its best, as the patient says"
    if told.over_on is not None:
        said += f"; over after {(told.over_on - body.happened_on).days} days"
    effects = ", ".join(one.kind.replace("_", " ") for one in told.side_effects)
    return f"{said}{f'; side effects: {effects}' if effects else ''}."


def operation_told(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    """The last operation, and what may be said of it today."""
    if facts.operated is None or facts.verdict is None:
        return
    for entry in facts.entries:
        operated = entry.kind == "operation" or (
            entry.kind == "visit" and entry.body.purpose == "operation"
        )
        if operated and entry.happened_on == facts.operated.on:
            key = attach(evidence, "Operation", "", entry)
            said = f"{facts.operated.on}: {operation_words(facts)}"
            yield Statement(text=said, evidence=(key,))
            break
    yield Statement(text=facts.verdict.text)


def drugs_told(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    """Each course of a drug, and the alleles."""
    from hemifacial.care.drugs.log import courses

    changes = entries_of(facts, "drug_change")
    for course in courses(facts.drug_record.changes):
        most = max(dose for _, dose in course.doses)
        ended = f"stopped {course.stopped_on}" if course.stopped_on else "still taken"
        began = next((one for one in changes if one.body.drug == course.drug
                      and one.body.on == course.started_on), None)  # fmt: skip
        drug_log = () if began is None else (attach(evidence, "Drug log", "", began),)
        name = f"{course.drug[:1].upper()}{course.drug[1:]}"
        said = f"{name}, up to {most:g} mg a day, from {course.started_on}, {ended}."
        yield Statement(text=said, evidence=drug_log)
    for entry in entries_of(facts, "genetic_result"):
        key = attach(evidence, "Allele", entry.body.laboratory, entry)
        yield Statement(text=f"{entry.body.allele}: {entry.body.result}.", evidence=(key,))


def hearing_told(facts: CaseFacts, evidence: list[Evidence]) -> Iterator[Statement]:
    """Every audiogram with its class."""
    from hemifacial.care.decompression.hearing import hearing_class

    for entry in entries_of(facts, "audiogram"):
        body = entry.body
        key = attach(evidence, "Audiogram", "", entry)
        yield Statement(
            text=f"{entry.happened_on}: pure-tone average {body.pure_tone_average_db:g} dB, speech "
            f"discrimination {body.speech_discrimination_percent:g} %, AAO-HNS class "
            f"{hearing_class(body)}. The record does not say of which ear.",
            evidence=(key,),
        )


def scales_told(facts: CaseFacts, evidence: list[Evidence]) -> tuple[Statement, ...]:
    """Each scale: the last value, and the change from the first."""
    filled = entries_of(facts, "scale")
    if not filled:
        return ()
    key = attach(evidence, "Scales, the last of them", "", filled[-1])
    return tuple(Statement(text=said, evidence=(key,)) for said in scale_sentences(facts))
