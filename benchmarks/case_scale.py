"""How the record grows: import and timelines at 200, 2,000 and 20,000 patients of 30 visits.

Every patient has 30 visits three months apart; at every second there is an injection session, at
the others a scale, and at two of them a measured result of twenty findings and events: 63 entries a
patient.
The facts are made up and drawn from few; what is measured is the record, not the clinic.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.case import Draft, create_record, open_record
from hemifacial.case.acts import Profile
from hemifacial.case.bodies import MeasuredResult, Patient, Scale, Sex, Visit
from hemifacial.findings import Event, Finding, Provenance

__all__ = ["course", "measure", "run"]

SIZES = (200, 2_000, 20_000)
VISITS = 30
_APART = timedelta(days=91)
_FIRST = date(2017, 1, 9)
_PATIENTS_AT_ONCE = 500
_TIMELINES = 300


def course(code: str, chance: random.Random) -> Iterator[Draft]:
    """The entries of one patient over seven years."""
    side = chance.choice((Side.RIGHT, Side.LEFT))
    patient = Patient(code=code, birth_year=chance.randint(1930, 1985), sex=Sex.FEMALE, side=side)
    yield Draft(kind="patient", body=patient, happened_on=_FIRST)
    for number in range(VISITS):
        day = _FIRST + number * _APART
        yield Draft(kind="visit", patient=code, body=Visit(), happened_on=day)
        if number % 2 == 0:
            yield Draft(kind="toxin_session", patient=code, body=_session(day, side, chance))
        else:
            items: dict[str, int | None] = {str(n): chance.randint(0, 4) for n in range(1, 8)}
            scale = Scale(
                scale="hfs_7", items=items, total=sum(answer or 0 for answer in items.values())
            )
            yield Draft(kind="scale", patient=code, body=scale, happened_on=day)
        if number % 15 == 0:
            body = _result(code, number, side, chance)
            yield Draft(kind="result", patient=code, body=body, happened_on=day)


def measure(folder: Path, patients: int, *, timelines: int = _TIMELINES) -> dict[str, float]:
    """Fill a record, then draw timelines of patients chosen at random; each opened anew.

    Times by the clock, and of the processor alone: on a machine that is shared they differ.
    """
    path, chance = folder / f"{patients}.db", random.Random(patients)
    create_record(path, clinic="bench", profile=Profile(word="anna", name="Dr Example"))
    began, began_cpu, entries = time.perf_counter(), time.process_time(), 0
    with open_record(path) as record:
        for first in range(0, patients, _PATIENTS_AT_ONCE):
            some = range(first, min(first + _PATIENTS_AT_ONCE, patients))
            drafts = (draft for n in some for draft in course(f"P{n:05d}", chance))
            entries += len(record.add_many(drafts, by="anna"))
    taken_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    times_ms, cpu_ms = [], []
    for _ in range(timelines):
        code = f"P{chance.randrange(patients):05d}"
        began, began_cpu = time.perf_counter(), time.process_time()
        with open_record(path) as record:
            record.timeline(code)
        times_ms.append(1000 * (time.perf_counter() - began))
        cpu_ms.append(1000 * (time.process_time() - began_cpu))
    hundredths = quantiles(times_ms, n=100, method="inclusive")
    return {
        "patients": patients,
        "entries": entries,
        "size_mb": path.stat().st_size / 1e6,
        "import_s": taken_s,
        "import_cpu_s": cpu_s,
        "entries_per_s": entries / taken_s,
        "timeline_p50_ms": hundredths[49],
        "timeline_p99_ms": hundredths[98],
        "timeline_cpu_p50_ms": median(cpu_ms),
    }


def run() -> dict[str, Any]:
    """The three sizes, and the walk over the whole chain of the middle one."""
    rows = []
    print(f"{'patients':>8} {'entries':>9} {'MB':>7} {'import s':>8} {'entries/s':>9} "
          f"{'p50 ms':>7} {'p99 ms':>7} {'CPU s':>8} {'p50 CPU':>7}")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for patients in SIZES:
            row = measure(Path(name), patients)
            rows.append(row)
            print(
                f"{row['patients']:8} {row['entries']:9} {row['size_mb']:7.1f} "
                f"{row['import_s']:8.1f} {row['entries_per_s']:9.0f} "
                f"{row['timeline_p50_ms']:7.1f} {row['timeline_p99_ms']:7.1f} "
                f"{row['import_cpu_s']:8.1f} {row['timeline_cpu_p50_ms']:7.1f}",
                flush=True,
            )
        began = time.perf_counter()
        with open_record(Path(name) / f"{SIZES[1]}.db") as record:
            answer = record.verify()
        verify_s = time.perf_counter() - began
    print(f"verifying {answer.entries} entries: {verify_s:.0f} s, faults {len(answer.faults)}")
    return {"sizes": rows, "verify_s": verify_s, "faults": len(answer.faults)}


def _session(day: date, side: Side, chance: random.Random) -> Session:
    units = chance.choice((1.25, 2.5))
    injections = tuple(
        Injection(muscle=muscle, side=side, dose=ToxinDose(product="botox", units=units))
        for muscle in ("orbicularis_oculi", "orbicularis_oculi", "zygomaticus_major", "mentalis")
    )
    return Session(happened_on=day, product="botox", injections=injections, side=side)


_FINDING = Finding(
    quantity="spasm_rate", value=6.0, unit="1/min", method="face", method_version="0.1",
    low=1.2, high=17.5, interval="exact Poisson, 95 %", n=3,
)  # fmt: skip
_EVENT = Event(
    onset_s=1.0, duration_s=0.2, event_id="e1", trial_type="spasm_clonic", side=Side.RIGHT,
    sites=("mouth_corner",), peak_time_s=1.1, amplitude=3.25, amplitude_unit="mm",
)  # fmt: skip


_OTHERS = tuple(replace(_FINDING, quantity="spasm_count", unit="1") for _ in range(18))
_EVENTS = tuple(replace(_EVENT, onset_s=float(n), event_id=f"e{n}") for n in range(20))


def _result(code: str, number: int, side: Side, chance: random.Random) -> MeasuredResult:
    rate = replace(_FINDING, value=round(chance.uniform(0, 20), 2), side=side)
    share = replace(_FINDING, quantity="time_in_spasm", unit="%", value=chance.uniform(0, 50))
    return MeasuredResult(
        provenance=Provenance(
            method="face",
            method_version="0.1",
            program_version="0.1.0",
            input_name=f"{code}_{number}.mp4",
            input_sha256=f"{chance.getrandbits(256):064x}",
            created_at=datetime(2026, 11, 22, tzinfo=UTC).isoformat(),
        ),
        findings=(rate, share, *_OTHERS),
        events=_EVENTS,
    )
