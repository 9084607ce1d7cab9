"""What was taken on a day, and where the log of doses does not hold together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hemifacial.care.drugs.catalogue import drugs, label, rows
from hemifacial.care.drugs.facts import ChangeKind, DrugChange
from hemifacial.care.warnings import CareWarning, Severity

__all__ = [
    "Course",
    "DrugTaken",
    "courses",
    "dose_warnings",
    "log_warnings",
    "taken_on",
    "withdrawal_warnings",
]

_OURS = "this project, docs/drugs.md"


@dataclass(frozen=True, kw_only=True)
class DrugTaken:
    """A drug as it was taken on a day."""

    drug: str
    mg_per_day: float
    since: date
    at_this_dose_since: date


@dataclass(frozen=True, kw_only=True)
class Course:
    """One course of a drug, from its start to its stop; doses by the day from which they hold."""

    drug: str
    doses: tuple[tuple[date, float], ...]
    stopped_on: date | None = None

    @property
    def started_on(self) -> date:
        """The first day."""
        return self.doses[0][0]

    @property
    def rises(self) -> tuple[date, ...]:
        """The days on which the dose was raised."""
        pairs = zip(self.doses, self.doses[1:], strict=False)
        return tuple(later[0] for earlier, later in pairs if later[1] > earlier[1])

    def on(self, day: date) -> DrugTaken | None:
        """What was taken on this day; the day of the stop is without the drug."""
        if day < self.started_on or (self.stopped_on is not None and day >= self.stopped_on):
            return None
        since, dose = [one for one in self.doses if one[0] <= day][-1]
        return DrugTaken(
            drug=self.drug,
            mg_per_day=dose,
            since=self.started_on,
            at_this_dose_since=since,
        )


def courses(changes: Sequence[DrugChange]) -> tuple[Course, ...]:
    """Every course, in the order of their starts; on one day the log's own order holds.

    A change without a start begins a course, a second start changes the dose: nothing that was
    written down is lost, and `log_warnings` tells of it.
    """
    done: list[Course] = []
    open_: dict[str, list[tuple[date, float]]] = {}
    for one in sorted(changes, key=lambda change: change.on):
        if one.mg_per_day is not None:
            open_.setdefault(one.drug, []).append((one.on, one.mg_per_day))
        elif one.drug in open_:
            doses = tuple(open_.pop(one.drug))
            done.append(Course(drug=one.drug, doses=doses, stopped_on=one.on))
    done += [Course(drug=drug, doses=tuple(doses)) for drug, doses in open_.items()]
    return tuple(sorted(done, key=lambda course: (course.started_on, course.drug)))


def taken_on(changes: Sequence[DrugChange], day: date) -> tuple[DrugTaken, ...]:
    """The drugs of a day, by name: what stands in the record of an operation."""
    found = [one.on(day) for one in courses(changes)]
    return tuple(sorted((one for one in found if one), key=lambda taken: taken.drug))


def log_warnings(changes: Sequence[DrugChange], today: date) -> Iterator[CareWarning]:
    """Where the log contradicts itself, lies in the future, or leaves the usual doses."""
    running: set[str] = set()
    for one in sorted(changes, key=lambda change: change.on):
        said = f"{label(one.drug)} on {one.on.isoformat()}"
        if one.on > today:
            yield _log("drug_in_future", f"{said}: the day has not come yet.", one)
        if one.kind is ChangeKind.START and one.drug in running:
            yield _log("drug_started_twice", f"{said}: started while it was being taken.", one)
        if one.kind is not ChangeKind.START and one.drug not in running:
            yield _log("drug_not_running", f"{said}: a {one.kind} of what was not taken.", one)
        if one.kind is ChangeKind.STOP:
            running.discard(one.drug)
        else:
            running.add(one.drug)
            yield from dose_warnings(one)


def dose_warnings(change: DrugChange) -> Iterator[CareWarning]:
    """Whether a dose lies above what is usual, or nothing is known of the drug."""
    known = drugs().get(change.drug)
    if known is None:
        text = f"{change.drug} is in no table here: nothing of it is checked."
        yield _log("drug_not_known", text, change)
        return
    dose, most = change.mg_per_day, known.dose_high_mg
    if dose is not None and most is not None and dose > most:
        yield CareWarning(
            rule="dose_above_usual",
            severity=Severity.WARN,
            text=f"{known.label} {dose:g} mg a day; {known.dose_low_mg:g} to {most:g} mg are usual "
            "in hemifacial spasm.",
            next_step="Check the dose and its unit.",
            source=known.source,
            verified=known.verified,
            subject=change.drug,
        )


def withdrawal_warnings(change: DrugChange) -> Iterator[CareWarning]:
    """What an abrupt stop of this drug can do."""
    for row in rows("withdrawal.tsv"):
        if change.kind is ChangeKind.STOP and row["drug"] == change.drug:
            yield CareWarning(
                rule="withdrawal",
                severity=Severity.WARN,
                text=row["text"],
                next_step="Lower it in steps.",
                source=row["source"],
                verified=row["verified"] == "yes",
                subject=change.drug,
            )


def _log(rule: str, text: str, change: DrugChange) -> CareWarning:
    return CareWarning(
        rule=rule,
        severity=Severity.WARN,
        text=text,
        next_step="Correct the line, or confirm it.",
        source=_OURS,
        verified=False,
        subject=change.drug,
    )
