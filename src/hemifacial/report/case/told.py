"""A case in sentences and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.anatomy import SIDES, Side, structures
from hemifacial.care.decompression.tables import rows as rows_of
from hemifacial.case.drawing import SHOWN
from hemifacial.case.reading import Entry
from hemifacial.case.spread import is_end_of_series
from hemifacial.case.timeline import Timeline
from hemifacial.findings import Finding, Status, quantities
from hemifacial.report import words
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.happenings import happenings
from hemifacial.report.case.injected import effects, given
from hemifacial.report.case.naming import brand
from hemifacial.report.case.scale_words import scale_sentences
from hemifacial.report.case.strips import point_words, strips_of

__all__ = [
    "course_rows",
    "finding_row",
    "findings_shown",
    "operation_words",
    "patient_words",
    "steps_rows",
    "summary",
]


def patient_words(facts: CaseFacts) -> str:
    """Who the patient is, as far as a pseudonymous record says."""
    who = facts.patient
    began = ""
    if who.onset_year:
        month = f"{who.onset_year}-{who.onset_month:02d}" if who.onset_month else who.onset_year
        began = f"since {month}"
    side = f"spasm of the {who.side} side" if who.side in SIDES else "side not stated"
    site = f"began at the {structures()[who.onset_site].label}" if who.onset_site else ""
    said = [
        f"born {who.birth_year}" if who.birth_year else "year of birth not stated",
        "" if who.sex == "unknown" else who.sex.value,
        f"{side} {began}".strip(),
        site,
    ]
    for value, yes in (
        (who.earlier_palsy, "earlier palsy of the face"),
        (who.hypertension, "high blood pressure"),
        (who.family_history, "spasm in the family"),
    ):
        said.append("" if value is None else yes if value else f"no {yes}")
    return ", ".join(filter(None, said))


def summary(facts: CaseFacts) -> Iterator[str]:
    """The case in short, as it stands today."""
    if facts.verdict is not None and facts.operated is not None:
        days = (facts.today - facts.operated.on).days
        yield f"Operated on {facts.operated.on}, {days} days ago. {facts.verdict.text}"
    if facts.sessions:
        last = facts.sessions[-1]
        days = (facts.today - last.happened_on).days
        sides = " and ".join(side.value for side in last.sides)
        yield (
            f"{len(facts.sessions)} session{'' if len(facts.sessions) == 1 else 's'} of botulinum "
            f"toxin; the last on {last.happened_on}, "
            f"{days} days ago: {last.dose.units:g} units of {brand(last.product)}, {sides}."
        )
    yield from scale_sentences(facts)
    yield from _outcome_sentences(facts)
    taken = ", ".join(f"{one.drug} {one.mg_per_day:g} mg a day" for one in facts.drugs_today)
    if taken:
        yield f"Takes {taken}."
    elif facts.drug_record.changes:
        yield "Takes no drug for the spasm today."
    if not facts.entries[1:]:
        yield "Nothing has been entered yet but the patient."


def _outcome_sentences(facts: CaseFacts) -> Iterator[str]:
    """Grades of the operation that are no scale of their own, where somebody looked."""
    found = facts.outcome
    if found is None:
        return
    if found.kondo is not None:
        ripe = ", provisional until a year has passed" if found.kondo.provisional else ""
        yield f"Kondo: {found.kondo.total.meaning.lower()}{ripe}."
    before, after = found.hearing
    if before is not None and after is not None:
        yield f"Hearing of the operated side: class {before} before, {after} after."


def course_rows(course: Timeline, entries: Sequence[Entry]) -> list[tuple[str, str, str]]:
    """Everything that the timeline draws, as day, what, and how much; the latest first."""
    rows: list[tuple[str, str, str]] = []
    for strip in strips_of(course.series):
        for member in strip.members:
            name = f"{strip.heading}{f' ({member.label})' if member.label else ''}"
            rows += [
                (f"{one.day}", name, point_words(one, strip.unit, strip.states))
                for one in member.points
            ]
    for product, sessions in given(course, entries).items():
        rows += [
            (f"{one.day}", f"{brand(product)} injected", one.words.split(": ", 1)[1])
            for one in sessions
        ]
    rows += [(f"{one.begins}", "Effect of an injection", one.words) for one in effects(entries)]
    for span in course.spans:
        until = f"until {span.end}" if span.end else "still taken"
        rows.append((f"{span.start}", span.label, f"{span.detail}, {until}"))
    for lane, some in happenings(course, entries).items():
        rows += [(f"{one.day}", lane, one.words.split(": ", 1)[1]) for one in some]
    return sorted(rows, key=lambda row: row[0], reverse=True)


def findings_shown(findings: Sequence[Finding], *, most: int | None = None) -> list[Finding]:
    """What a case shows of a result: what its timeline draws, of the whole recording.

    Parameters
    ----------
    most
        No more than this; a page that leaves some out says of how many. None is all of them.
    """
    whole = [one for one in findings if not one.phase and one.status is not Status.NOT_JUDGED]
    whole += [one for one in findings if is_end_of_series(one, findings)]
    sized = {(one.side, one.sites) for one in whole if one.quantity == "lateral_spread_amplitude"}
    return [
        one
        for one in whole
        if one.quantity in SHOWN
        and not (one.quantity == "lateral_spread_probability" and (one.side, one.sites) in sized)
    ][:most]


def finding_row(finding: Finding) -> tuple[str, str, str, str]:
    """A finding as label, where, value, and interval."""
    where = [] if finding.side is Side.NOT_APPLICABLE else [finding.side.value]
    where += [words.short_sites(finding.sites)] if finding.sites else []
    stage = f", {finding.phase.replace('_', ' ')}" if finding.phase else ""
    return (
        f"{quantities()[finding.quantity].label}{stage}",
        ", ".join(where).replace(" of the facial nerve", ""),
        words.value_text(finding),
        words.interval_text(finding),
    )


def operation_words(facts: CaseFacts) -> str:
    """What was found and done, in one sentence; empty where there was no operation."""
    if facts.operated is None:
        return ""
    body, note = facts.operated.body, facts.operated.note
    if body is None:
        return note
    said = [
        f"Microvascular decompression, {body.side} side",
        words.sites_label(body.vessels) or "no vessel stated",
        words.sites_label(body.zones),
        f"nerve: {body.indentation.value}",
        f"{body.technique.value}{f', {body.material}' if body.material else ''}",
        f"by {body.optics.value}",
    ]
    return f"{'; '.join(filter(None, said))}. {note}".strip()


def steps_rows(facts: CaseFacts) -> list[tuple[str, str, str]]:
    """The course of the operation: time of day, step, lateral spread."""
    if facts.operated is None or facts.operated.body is None:
        return []
    labels = {row["word"]: row["label"] for row in rows_of("steps.tsv")}
    return [
        (
            step.at.strftime("%H:%M") if step.at else "",
            labels[step.step],
            _spread(step.lateral_spread.value, step.left_percent, step.limit_percent),
        )
        for step in facts.operated.body.steps
    ]


def _spread(state: str, left: float | None, limit: float | None) -> str:
    said = state.replace("_", " ")
    if left is not None:
        said += f", {left:g} % of the baseline"
    elif limit is not None:
        said += f", more than {limit:g} % would have been seen"
    return said
