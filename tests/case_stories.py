"""Made-up patients for tests of the pages of a case, of no entry up to many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from case_records import new_record
from hemifacial.anatomy import Side
from hemifacial.care.drugs.facts import ChangeKind, DrugChange
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.case import Draft, Record, open_record
from hemifacial.case.bodies import MeasuredResult, Patient, Scale
from hemifacial.findings import Finding, Provenance, Status

TODAY = date(2026, 6, 1)
EYE = "orbicularis_oculi"


@contextmanager
def story(folder: Path, facts: list[tuple[str, Any, date | None]], **who: Any) -> Iterator[Record]:
    """A record with patient P1 and these facts: kind, body, and the day unless the body says it."""
    path = new_record(folder)
    patient = Patient(**{"code": "P1", "side": Side.RIGHT, **who})
    code = patient.code
    with open_record(path) as record:
        record.add("", "patient", patient, by="anna", happened_on=date(2025, 1, 1))
        drafts = [
            Draft(kind=kind, patient=code, body=body, happened_on=day) for kind, body, day in facts
        ]
        if drafts:
            record.add_many(drafts, by="anna")
        yield record


def session(
    day: date,
    units: float = 2.5,
    product: str = "botox",
    places: tuple[str, ...] = ("upper_lid_medial", "lower_lid_lateral"),
) -> tuple[str, Session, None]:
    """Injections of the right eye, so many units at each place."""
    injections = tuple(
        Injection(
            muscle=EYE, side=Side.RIGHT, place=place, dose=ToxinDose(product=product, units=units)
        )
        for place in places
    )
    return "toxin_session", Session(happened_on=day, product=product, injections=injections), None


def hfs(day: date, total: float) -> tuple[str, Scale, date]:
    """An HFS-7 of which the total alone is known."""
    return "scale", Scale(scale="hfs_7", total=total), day


def drug(day: date, mg_per_day: float | None) -> tuple[str, DrugChange, None]:
    """Carbamazepine from this day, or its stop."""
    kind = ChangeKind.START if mg_per_day else ChangeKind.STOP
    return (
        "drug_change",
        DrugChange(drug="carbamazepine", kind=kind, on=day, mg_per_day=mg_per_day),
        None,
    )


def result(day: date, *findings: Finding, name: str = "v.mp4") -> tuple[str, MeasuredResult, date]:
    """A result of a video with these findings."""
    provenance = Provenance(
        method="face",
        method_version="1",
        program_version="1",
        input_name=name,
        input_sha256="0" * 64,
        created_at="2026-01-01T00:00:00+00:00",
    )
    return "result", MeasuredResult(provenance=provenance, findings=findings), day


def rate(value: float | None, side: Side = Side.RIGHT, **more: Any) -> Finding:
    """A spasm rate."""
    return Finding(
        quantity="spasm_rate",
        value=value,
        unit="1/min",
        method="face",
        method_version="1",
        side=side,
        **more,
    )


def many(count: int) -> list[tuple[str, Any, date | None]]:
    """Entries of every sort, a week apart."""
    start = TODAY - timedelta(days=7 * count)
    facts: list[tuple[str, Any, date | None]] = []
    for number in range(count):
        day = start + timedelta(days=7 * number)
        facts.append(
            [
                hfs(day, 10 + number % 9),
                session(day, product=("botox", "dysport")[number % 8 == 1]),
                result(day, rate(20.0 + number, low=10.0, high=40.0 + number)),
                result(
                    day,
                    rate(None, Side.LEFT, status=Status.BELOW_DETECTION_LIMIT, detection_limit=0.5),
                ),
            ][number % 4]
        )
    return facts
