"""What the care rules say of a fact before it is entered: one function a kind that has rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hemifacial.anatomy import SIDES, Side
from hemifacial.care.warnings import CareWarning, Severity, gravest_first
from hemifacial.case import Record
from hemifacial.case.clinic_day import today
from hemifacial.case.drugs_known import age_years, bodies, circumstances_of
from hemifacial.case.reading import Entry
from hemifacial.commands.case.drug_checking import drug_change, of_drugs

__all__ = ["warnings_beside", "warnings_for"]


def warnings_for(
    record: Record, patient: str, kind: str, body: Any, *, instead_of: int | None = None
) -> tuple[CareWarning, ...]:
    """The warnings that entering this fact raises, beside what stands of the patient."""
    if kind not in _CHECKS:
        return ()
    standing = [
        entry for entry in record.entries(patient) if entry.standing and entry.number != instead_of
    ]
    return warnings_beside(kind, body, standing)


def warnings_beside(kind: str, body: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    """The same, beside these entries of the patient."""
    check = _CHECKS.get(kind)
    return () if check is None else gravest_first(list(dict.fromkeys(check(body, standing))))


def _toxin_session(session: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.toxin.checks import check_session

    earlier = bodies(standing, "toxin_session")
    responses = bodies(standing, "toxin_response")
    found = check_session(
        session,
        earlier=earlier,
        responses=responses,
        circumstances=_toxin_circumstances(standing, earlier, responses),
        age_years=age_years(standing, session.happened_on.year),
    )
    return (*found, *_side_of_patient("toxin_session", standing, session.sides))


def _toxin_circumstances(
    standing: Sequence[Entry], earlier: Sequence[Any], responses: Sequence[Any]
) -> tuple[str, ...]:
    """What the record knows that speaks against an injection, wherever it was entered."""
    from hemifacial.care.drugs.catalogue import group_of
    from hemifacial.care.toxin.tables import ToxinTables

    stated = {word for one in earlier for word in one.circumstances}
    effects = {effect.kind for one in responses for effect in one.side_effects}
    known = circumstances_of(standing)
    groups = {group_of(name) for name in known.other_drugs}
    return tuple(
        row.word
        for row in ToxinTables.read().circumstances.values()
        if (row.lasting and row.word in stated)
        or effects & set(row.side_effects)
        or set(known.present) & set(row.circumstances)
        or groups & set(row.drug_groups)
    )


def _toxin_response(response: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.toxin.response_checks import check_response

    sessions = bodies(standing, "toxin_session")
    of_day = [one for one in sessions if one.happened_on == response.session_on]
    if not of_day:
        text = f"The record has no injection on {response.session_on}, of which this tells."
        return (_ours("response_without_session", Severity.WARN, text, "Check the day."),)
    return check_response(response, max(of_day, key=lambda one: len(one.injections)))


def _operation(body: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.operation_checks import check_operation
    from hemifacial.care.drugs.operation import operation_warnings

    return (
        *_side_of_patient("operation", standing, (body.side,)),
        *check_operation(body, today()),
        *operation_warnings(bodies(standing, "drug_change"), body.on),
    )


def _indication(body: Any, _: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.indication import check_indication

    return check_indication(body)


def _complication(body: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.decompression.complications import check_complication

    days = sorted(one.on for one in bodies(standing, "operation"))
    before = [day for day in days if day <= body.began_on] or days
    # Without an operation of the record its eye and its leak are told all the same.
    return check_complication(body, before[-1] if before else body.began_on)


def _answers(body: Any, _: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.differential.red_flags import red_flags

    return red_flags(body)


def _scale(body: Any, _: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.scales.scale import Direction, scale_called
    from hemifacial.care.scales.scoring import ScaleAnswers, score_warnings

    known = scale_called(body.scale)
    if known is None:
        return ()
    found: list[CareWarning] = []
    total = body.total
    summed = total is not None and known.direction is not Direction.PROFILE
    if summed and not known.total_low <= total <= known.total_high:
        text = f"{known.label} {total:g} is not within {known.total_low} to {known.total_high}."
        found.append(_ours("scale_total", Severity.WARN, text, "Check the number."))
    if body.items:
        items = tuple(body.items.get(str(number)) for number in range(1, known.items + 1))
        try:
            answers = ScaleAnswers(scale=known.word, items=items, on=today())
        except ValueError as error:
            found.append(_ours("scale_items", Severity.WARN, f"{error}.", "Check the answers."))
        else:
            found += score_warnings(answers)
    return tuple(found)


def _diary(body: Any, _: Sequence[Entry]) -> tuple[CareWarning, ...]:
    from hemifacial.care.scales.diary import diary_words

    found = []
    for word, label in diary_words("side_effect", call=True).items():
        days = [one.day for one in body.days if word in one.side_effects]
        if days:
            text = f"{label}: told of {days[-1]}, on {len(days)} days."
            next_step = "Ask the patient today whether it still is so."
            found.append(_ours("diary_see_at_once", Severity.WARN, text, next_step))
    return tuple(found)


def _side_of_patient(
    what: str, standing: Sequence[Entry], sides: Sequence[Side]
) -> tuple[CareWarning, ...]:
    """Whether nothing of it is on the side of the spasm."""
    (patient,) = bodies(standing, "patient")
    if patient.side not in SIDES or patient.side in sides:
        return ()
    where = " and ".join(sides)
    text = f"This is on the {where}, and the spasm of the patient is on the {patient.side}."
    return (_ours(f"{what}_side", Severity.WARN, text, "Check the side: it is the patient's own."),)


def _ours(rule: str, severity: Severity, text: str, next_step: str) -> CareWarning:
    return CareWarning(
        rule=rule,
        severity=severity,
        text=text,
        next_step=next_step,
        source="this project, docs/case.md",
        verified=False,
    )


_CHECKS: Mapping[str, Callable[[Any, Sequence[Entry]], tuple[CareWarning, ...]]] = {
    "toxin_session": _toxin_session,
    "toxin_response": _toxin_response,
    "drug_change": drug_change,
    "laboratory_value": of_drugs,
    "genetic_result": of_drugs,
    "drug_reaction": of_drugs,
    "circumstances": of_drugs,
    "operation": _operation,
    "indication": _indication,
    "complication": _complication,
    "answers": _answers,
    "scale": _scale,
    "diary": _diary,
}
