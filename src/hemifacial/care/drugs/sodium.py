"""Sodium under the drugs that lower it: when it is due, what is overdue, what is too low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hemifacial.care import tables
from hemifacial.care.drugs.catalogue import ABOUT, drugs, group_of, label
from hemifacial.care.drugs.facts import Circumstances, DrugRecord, LaboratoryValue
from hemifacial.care.drugs.log import Course, courses, taken_on
from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.findings import Limit

__all__ = ["Control", "ControlState", "limits", "sodium_schedule", "sodium_warnings"]


class ControlState(StrEnum):
    """Where a control of sodium stands on a day."""

    DONE = "done"
    COMING = "coming"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"
    """Its time passed, and the course ended before it was made."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """One control of sodium: between which days, why, and what was measured."""

    drug: str
    why: str
    first_day: date
    last_day: date
    state: ControlState
    measured: LaboratoryValue | None = None


def limits() -> Mapping[str, Limit]:
    """The numbers of ``criteria.tsv``, each with its source."""
    return tables.limits(ABOUT)


def sodium_schedule(record: DrugRecord, today: date) -> tuple[Control, ...]:
    """Every control that the courses of sodium-lowering drugs ask for, in order of their days.

    Baseline, 2 to 4 weeks, 3 months, and 2 to 4 weeks after each rise of the dose. A control
    whose window opens after the end of its course is not asked for.
    """
    numbers = limits()
    found: list[Control] = []
    for course in courses(record.changes):
        known = drugs().get(course.drug)
        if known is not None and known.lowers_sodium:
            found += _of_course(course, record.laboratory, numbers, today)
    return tuple(sorted(found, key=lambda one: (one.first_day, one.drug, one.why)))


def _of_course(
    course: Course,
    values: Sequence[LaboratoryValue],
    numbers: Mapping[str, Limit],
    today: date,
) -> Iterator[Control]:
    def days(name: str) -> timedelta:
        return timedelta(days=numbers[name].value)

    start = course.started_on
    early, early_end = days("early_from_days"), days("early_by_days")
    windows = [
        ("baseline", start - days("baseline_days"), start),
        ("2 to 4 weeks", start + early, start + early_end),
        ("3 months", start + days("late_from_days"), start + days("late_by_days")),
        *(
            (f"dose raised on {rise.isoformat()}", rise + early, rise + early_end)
            for rise in course.rises
        ),
    ]
    for why, first, last in windows:
        if course.stopped_on is None or first < course.stopped_on:
            yield _control(course, why, (first, last), values, today)


def _control(
    course: Course,
    why: str,
    window: tuple[date, date],
    values: Sequence[LaboratoryValue],
    today: date,
) -> Control:
    first, last = window
    ended = course.stopped_on is not None and course.stopped_on <= today
    # What was measured late is better than nothing, and the control is done; a baseline is not.
    latest = last if why == "baseline" else max(last, today)
    done = [one for one in values if one.what == "sodium" and first <= one.on <= min(latest, today)]
    measured = min(done, key=lambda one: one.on) if done else None
    if measured is not None:
        state = ControlState.DONE
    elif today < first:
        state = ControlState.COMING
    elif ended or (why == "baseline" and today > last):
        state = ControlState.MISSED
    else:
        state = ControlState.DUE if today <= last else ControlState.OVERDUE
    return Control(
        drug=course.drug,
        why=why,
        first_day=first,
        last_day=last,
        state=state,
        measured=measured,
    )


def sodium_warnings(record: DrugRecord, today: date) -> Iterator[CareWarning]:
    """What is due and overdue, and a last sodium that is too low while a drug lowers it."""
    lowering = [one for one in taken_on(record.changes, today) if _lowers(one.drug)]
    if not lowering:
        return
    numbers = limits()
    for control in sodium_schedule(record, today):
        if control.state in (ControlState.DUE, ControlState.OVERDUE):
            yield _due(control, numbers["early_by_days"])
        elif control.state is ControlState.MISSED and control.why == "baseline":
            yield _no_baseline(control, numbers["baseline_days"])
    yield from _too_low([one.drug for one in lowering], record.laboratory, numbers, today)
    yield from _older(record.circumstances, lowering[0].drug, numbers["sodium_age_years"])


def _due(control: Control, limit: Limit) -> CareWarning:
    overdue = control.state is ControlState.OVERDUE
    until = "was due until" if overdue else "is due until"
    return CareWarning(
        rule=f"sodium_{control.state}",
        severity=Severity.WARN if overdue else Severity.NOTE,
        text=f"Sodium on {label(control.drug)} ({control.why}) {until} "
        f"{control.last_day.isoformat()}.",
        next_step="Measure sodium.",
        source=limit.source,
        verified=limit.verified,
        subject=control.drug,
    )


def _no_baseline(control: Control, limit: Limit) -> CareWarning:
    return CareWarning(
        rule="sodium_no_baseline",
        severity=Severity.NOTE,
        text=f"There is no sodium of the {limit.value:g} days before {label(control.drug)} was "
        "started.",
        source=limit.source,
        verified=limit.verified,
        subject=control.drug,
    )


def _too_low(
    names: Sequence[str],
    values: Sequence[LaboratoryValue],
    numbers: Mapping[str, Limit],
    today: date,
) -> Iterator[CareWarning]:
    known = [one for one in values if one.what == "sodium" and one.on <= today]
    if not known:
        return
    # Of two values of one day the lower one counts.
    last = min(known, key=lambda one: (-one.on.toordinal(), one.value))
    for name, severity, step in (
        ("sodium_very_low", Severity.STOP, "See the patient today; stop the drug under care."),
        ("sodium_low", Severity.WARN, "Do not raise the dose; measure again within days."),
    ):
        limit = numbers[name]
        if last.value < limit.value:
            yield CareWarning(
                rule=name,
                severity=severity,
                text=f"Sodium {last.value:g} mmol/L on {last.on.isoformat()}, below "
                f"{limit.value:g}, on {' and '.join(label(drug) for drug in names)}.",
                next_step=step,
                source=limit.source,
                verified=limit.verified,
                subject=names[0],
            )
            return


def _older(who: Circumstances, drug: str, limit: Limit) -> Iterator[CareWarning]:
    older = who.age_years is not None and who.age_years > limit.value
    if older and any(group_of(name) == "diuretic" for name in who.other_drugs):
        yield CareWarning(
            rule="sodium_risk",
            severity=Severity.NOTE,
            text=f"Above {limit.value:g} years and on a diuretic: low sodium is likelier.",
            source=limit.source,
            verified=limit.verified,
            subject=drug,
        )


def _lowers(drug: str) -> bool:
    known = drugs().get(drug)
    return known is not None and known.lowers_sodium
