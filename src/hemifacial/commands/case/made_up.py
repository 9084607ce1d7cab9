"""A made-up patient for the demonstration: an invented story around results that were measured.

Nothing of it was seen in a clinic: code, clinic, profile and note say so, on every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.case import Record, create_record, open_record
from hemifacial.case.acts import Profile
from hemifacial.case.bodies import (
    AdverseEvent,
    Patient,
    Purpose,
    Scale,
    Severity,
    Sex,
    Visit,
)
from hemifacial.case.kinds import kind_of
from hemifacial.commands.case.entering import add
from hemifacial.commands.case.results import add_result
from hemifacial.report.case.facts import MADE_UP

__all__ = ["CODE", "write_made_up_case"]

CODE = f"{MADE_UP}1"
"""The code of the patient who does not exist."""

_BY = "demo"
_NOTE = "This patient is made up by hemifacial demo: nobody was examined, injected or operated on."
_OPERATED_DAYS_AGO = 75
Told = tuple[int, str, Any]


def write_made_up_case(path: Path, *, video: Path, electro: Path, today: date) -> None:
    """A record with one made-up patient, who holds the two measured results.

    Parameters
    ----------
    path
        The file to make.
    video, electro
        Result folders: of the planted video and of the made-up EMG recording.
    today
        The day on which the story stands; everything lies before it.
    """
    profile = Profile(word=_BY, name="hemifacial demo (nobody)", role="program")
    create_record(path, clinic="Demonstration, no clinic: all made up", profile=profile)
    with open_record(path) as record:
        record.add("", "patient", _patient(today), by=_BY, happened_on=_ago(today, 420))
        add_result(record, CODE, video, by=_BY, on=_ago(today, 415))
        add_result(record, CODE, electro, by=_BY, on=_ago(today, 410))
        for days, kind, body in sorted(_story(today), key=lambda told: -told[0]):
            _enter(record, kind, body, _ago(today, days))


def _enter(record: Record, kind: str, body: Any, day: date) -> None:
    of_body = kind_of(kind)
    add(record, CODE, of_body, body, by=_BY, on=None if of_body.day else day)


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _patient(today: date) -> Patient:
    return Patient(
        code=CODE,
        birth_year=today.year - 58,
        sex=Sex.FEMALE,
        side=Side.RIGHT,
        onset_year=today.year - 4,
        onset_site="eyelids",
        earlier_palsy=False,
        hypertension=True,
        family_history=False,
        note=_NOTE,
    )


def _story(today: date) -> Iterator[Told]:
    yield 420, "visit", Visit(purpose=Purpose.FIRST)
    for days, items in (
        (420, (3, 3, 2, 2, 3, 2, 3)),
        (300, (1, 1, 1, 1, 1, 1, 1)),
        (235, (3, 2, 2, 2, 2, 2, 2)),
        (_OPERATED_DAYS_AGO + 4, (3, 2, 3, 2, 2, 2, 3)),
        (5, (1, 2, 1, 1, 1, 1, 1)),
    ):
        answers = {str(number): answer for number, answer in enumerate(items, start=1)}
        yield days, "scale", Scale(scale="hfs_7", items=answers, total=sum(items), side=Side.RIGHT)
    for days, grade in ((420, 2), (235, 2)):
        yield days, "scale", Scale(scale="smc", total=grade, side=Side.RIGHT)
    yield from _drugs(today)
    yield from _injections(today)
    yield from _operation(today)


def _drugs(today: date) -> Iterator[Told]:
    from hemifacial.care.drugs.facts import (
        Allele,
        AlleleResult,
        ChangeKind,
        DrugChange,
        GeneticResult,
        LaboratoryValue,
    )

    for allele in Allele:
        result = GeneticResult(allele=allele, result=AlleleResult.NEGATIVE, on=_ago(today, 412))
        yield 412, "genetic_result", result
    for days, sodium in ((412, 140.0), (385, 137.0)):
        value = LaboratoryValue(what="sodium", value=sodium, unit="mmol/L", on=_ago(today, days))
        yield days, "laboratory_value", value
    for days, kind, mg in (
        (408, ChangeKind.START, 200.0),
        (394, ChangeKind.CHANGE, 400.0),
        (345, ChangeKind.STOP, None),
    ):
        change = DrugChange(drug="carbamazepine", kind=kind, on=_ago(today, days), mg_per_day=mg)
        yield days, "drug_change", change
    yield (
        380,
        "adverse_event",
        AdverseEvent(
            what="dizziness, carbamazepine",
            severity=Severity.MODERATE,
            ended_on=_ago(today, 343),
        ),
    )


def _injections(today: date) -> Iterator[Told]:
    from hemifacial.care.toxin.dose import ToxinDose
    from hemifacial.care.toxin.response import Grade, Response, SideEffect
    from hemifacial.care.toxin.rows import Layer
    from hemifacial.care.toxin.session import Injection, Session

    sites = (
        ("orbicularis_oculi", "upper_lid_medial", 2.5, Layer.PRETARSAL),
        ("orbicularis_oculi", "upper_lid_lateral", 2.5, Layer.PRETARSAL),
        ("orbicularis_oculi", "lower_lid_lateral", 2.5, Layer.PRETARSAL),
        ("orbicularis_oculi_orbital", "lateral_canthus", 2.5, Layer.ORBITAL),
        ("zygomaticus_major", "cheek_major", 1.0, Layer.NOT_STATED),
    )
    for days, count, percent, good, over in ((330, 4, 75, 84, 101), (225, 5, 70, 76, 96)):
        given_on = _ago(today, days)
        injections = tuple(
            Injection(
                muscle=muscle,
                side=Side.RIGHT,
                place=place,
                layer=layer,
                dose=ToxinDose(product="botox", units=units),
            )
            for muscle, place, units, layer in sites[:count]
        )
        yield (
            days,
            "toxin_session",
            Session(
                happened_on=given_on,
                product="botox",
                injections=injections,
                side=Side.RIGHT,
                jurisdiction="UK",
            ),
        )
        began = given_on + timedelta(days=9)
        droop = SideEffect(
            kind="ptosis",
            side=Side.RIGHT,
            began_on=began,
            duration_days=18,
            grade=Grade.MILD,
            sites=(1,),
        )
        yield (
            days - over,
            "toxin_response",
            Response(
                session_on=given_on,
                first_effect_on=given_on + timedelta(days=5),
                improvement_percent=float(percent),
                wearing_off_on=given_on + timedelta(days=good),
                over_on=given_on + timedelta(days=over),
                side_effects=(droop,) if count == 4 else (),
            ),
        )


def _operation(today: date) -> Iterator[Told]:
    from hemifacial.care.decompression.follow_up import Outcome
    from hemifacial.care.decompression.outcome import Spasm

    after = _OPERATED_DAYS_AGO
    yield after, "operation", _decompression(_ago(today, after))
    headache = AdverseEvent(
        what="headache", severity=Severity.MILD, ended_on=_ago(today, after - 6)
    )
    yield after - 1, "adverse_event", headache
    for days, grade in ((after - 7, 2), (after - 35, 2), (5, 1)):
        on = _ago(today, days)
        yield days, "operation_outcome", Outcome(on=on, spasm=Spasm.PRESENT, smc_grade=grade)
    yield 5, "visit", Visit(purpose=Purpose.FOLLOW_UP)


def _decompression(day: date) -> Any:
    from datetime import UTC, datetime, time

    from hemifacial.care.decompression.operation import (
        Indentation,
        LateralSpread,
        Operation,
        Optics,
        Step,
        Technique,
    )

    times = (
        ("baseline", 8, 40, LateralSpread.PRESENT, 100.0, None),
        ("dura_open", 9, 35, LateralSpread.PRESENT, 96.0, None),
        ("csf_drained", 9, 50, LateralSpread.PRESENT, 71.0, None),
        ("vessel_off", 10, 30, LateralSpread.GONE, None, 6.0),
        ("teflon_in", 10, 50, LateralSpread.GONE, None, 6.0),
        ("dura_closed", 11, 30, LateralSpread.GONE, None, 8.0),
    )
    return Operation(
        on=day,
        side=Side.RIGHT,
        vessels=("anterior_inferior_cerebellar_artery",),
        zones=("root_exit_zone",),
        indentation=Indentation.INDENTED,
        optics=Optics.MICROSCOPE,
        technique=Technique.INTERPOSITION,
        material="Teflon",
        steps=tuple(
            Step(
                step=word,
                at=datetime.combine(day, time(hour, minute), tzinfo=UTC),
                lateral_spread=state,
                left_percent=left,
                limit_percent=limit,
                evidence="made up",
            )
            for word, hour, minute, state, left, limit in times
        ),
        note="Made up.",
    )
