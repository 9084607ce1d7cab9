"""A table into the record, each of its facts checked as one that is entered by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.case import Draft, Record
from hemifacial.case.clinic_day import today
from hemifacial.case.codec import mistakes_of
from hemifacial.case.importing import Row, refused, rows_from
from hemifacial.case.kinds import Kind
from hemifacial.case.reading import Entry
from hemifacial.commands.case.checking import warnings_beside
from hemifacial.errors import HemifacialError, UsageError

__all__ = ["Imported", "RuleSpoke", "import_table", "warning_lines"]

_SHOWN_LINES, _SHOWN_RULES = 10, 30
_NO_NUMBER = 2**62


@dataclass(frozen=True, kw_only=True)
class RuleSpoke:
    """A rule that warned: of how many rows, on which lines, and what it said of the first."""

    rule: str
    severity: Severity
    text: str
    source: str
    verified: bool
    lines: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a table gave to the record, or would give."""

    drafts: tuple[Draft, ...]
    warnings: tuple[RuleSpoke, ...]


def import_table(record: Record, kind: Kind, table: Path, *, by: str, dry_run: bool) -> Imported:
    """Enter a whole table, or with `dry_run` only read and check it; all of it or nothing.

    Each row is checked beside what stands of its patient and the rows of earlier days; a rule that
    says stop refuses it, unless the row itself states a reason.

    Raises
    ------
    InputError
        Naming every row that is refused by its line, with the reason.
    """
    if not kind.by_hand or kind.of_clinic:
        raise UsageError(f"{kind.word} is not imported from tables")
    known = frozenset(line.code for line in record.patients())
    rows = rows_from(table, kind, known=known, today=today())
    found, mistakes = _checked(record, kind, rows)
    if mistakes:
        raise refused(table, kind, mistakes)
    drafts = tuple(
        replace(row.draft, warnings=warnings) for row, warnings in zip(rows, found, strict=True)
    )
    if not dry_run:
        record.add_many(drafts, by=by)
    return Imported(drafts=drafts, warnings=tuple(_by_rule(rows, found)))


Found = list[tuple[CareWarning, ...]]


def _checked(
    record: Record, kind: Kind, rows: Sequence[Row]
) -> tuple[Found, list[tuple[int, str]]]:
    """What the rules say of each row, and which rows they refuse."""
    found: Found = [()] * len(rows)
    mistakes: list[tuple[int, str]] = []
    standing: dict[str, list[Entry]] = {}
    # In the order of the days: what came later was not known then.
    for place in sorted(range(len(rows)), key=lambda one: (_day(rows[one]), one)):
        row, draft = rows[place], rows[place].draft
        if kind.word == "patient":
            continue  # is new, and has no rules
        if draft.patient not in standing:
            entries = record.entries(draft.patient)
            standing[draft.patient] = [entry for entry in entries if entry.standing]
        beside = standing[draft.patient]
        try:
            found[place] = warnings_beside(kind.word, draft.body, beside)
        except (HemifacialError, ValueError) as error:
            mistakes += [(row.line, row.without_cells(text)) for text in mistakes_of(error)]
        if not draft.why:
            mistakes += [
                (row.line, row.without_cells(_stop(one)))
                for one in found[place]
                if one.severity is Severity.STOP
            ]
        beside.append(_as_entry(draft, kind))
    return found, mistakes


def _stop(one: CareWarning) -> str:
    return (
        f"stop ({one.rule}): {one.text}{f' {one.next_step}' if one.next_step else ''} Where it was "
        "done all the same, say why in a column stop_reason."
    )


def _day(row: Row) -> str:
    return "" if row.draft.happened_on is None else row.draft.happened_on.isoformat()


def _as_entry(draft: Draft, kind: Kind) -> Entry:
    """A row as the rows after it see it; nothing of it is in the record yet."""
    now = datetime.now(UTC)
    return Entry(
        number=_NO_NUMBER,
        patient=draft.patient,
        kind=kind.word,
        version=kind.version,
        happened_on=draft.happened_on or today(),
        body=draft.body,
        warnings=(),
        replaces=None,
        replaced_by=None,
        entered_at=now,
        clock_behind_s=0,
        entered_by="",
        why=draft.why,
    )


def _by_rule(rows: Sequence[Row], found: Found) -> Iterator[RuleSpoke]:
    spoken: dict[tuple[int, str], list[tuple[Row, CareWarning]]] = {}
    order = list(Severity)
    for row, warnings in zip(rows, found, strict=True):
        for one in warnings:
            spoken.setdefault((order.index(one.severity), one.rule), []).append((row, one))
    for _, some in sorted(spoken.items(), key=lambda item: item[0]):
        row, first = some[0]
        yield RuleSpoke(
            rule=first.rule,
            severity=first.severity,
            text=row.without_cells(first.text),
            source=first.source,
            verified=first.verified,
            lines=tuple(dict.fromkeys(row.line for row, _ in some)),
        )


def warning_lines(imported: Imported, *, dry_run: bool) -> Iterator[str]:
    """What the rules said of a table, for a person."""
    rules = imported.warnings
    if not rules:
        return
    rows = len({line for one in rules for line in one.lines})
    count = sum(len(one.warnings) for one in imported.drafts)
    kept = "would be kept with the entries" if dry_run else "are kept with the entries"
    yield f"{count} warnings on {rows} of {len(imported.drafts)} facts; they {kept}:"
    for one in rules[:_SHOWN_RULES]:
        more = len(one.lines) - _SHOWN_LINES
        lines = ", ".join(map(str, one.lines[:_SHOWN_LINES])) + (f" and {more} more" * (more > 0))
        unverified = "" if one.verified else ", unverified"
        yield f"{one.severity}: {one.rule}, line {lines}: {one.text} [{one.source}{unverified}]"
    if len(rules) > _SHOWN_RULES:
        yield f"and {len(rules) - _SHOWN_RULES} more rules, which --json lists"
