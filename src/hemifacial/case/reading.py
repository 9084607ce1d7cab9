"""Entries as they are read: one type for all kinds, and the few questions that are asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case.acts import Profile
from hemifacial.case.codec import from_plain
from hemifacial.case.drivers import Connection
from hemifacial.case.kinds import decoded
from hemifacial.errors import UsageError

__all__ = [
    "Entry",
    "Head",
    "PatientLine",
    "entries_of",
    "entries_of_clinic",
    "entry_of",
    "head_of",
    "patient_key",
    "patients_of",
    "profiles_of",
    "profiles_standing",
]


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where the chain ends: what a report prints as its anchor (`link` in hexadecimal)."""

    number: int
    link: str


@dataclass(frozen=True, kw_only=True)
class PatientLine:
    """A patient in the list of all."""

    code: str
    entries: int
    last_on: date


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the record.

    Parameters
    ----------
    patient
        The code, or empty of what concerns the clinic.
    happened_on
        The day that it is about; `entered_at` is when it was written (UTC).
    body
        The fact, of the type of its kind.
    warnings
        What was warned of when it was entered.
    replaces, replaced_by
        The entry that this one corrects, and the one that corrects it.
    clock_behind_s
        By how many seconds the computer's clock stood behind the latest entry before; 0 as usual.
    """

    number: int
    patient: str
    kind: str
    version: int
    happened_on: date
    body: Any
    warnings: tuple[CareWarning, ...]
    replaces: int | None
    replaced_by: int | None
    entered_at: datetime
    clock_behind_s: int
    entered_by: str
    why: str

    @property
    def standing(self) -> bool:
        """Whether it holds: neither corrected by another nor a withdrawal itself."""
        return self.replaced_by is None and self.kind != "withdrawal"


_NUMBERS = 2**63
_COLUMNS = (
    "e.number, coalesce(p.code, ''), e.kind, e.version, e.happened_on, {body}, e.warnings, "
    "e.replaces, later.number, e.entered_at, e.clock_behind_s, e.entered_by, e.why"
)
_FROM = (
    " FROM entry AS e LEFT JOIN patient AS p ON p.key = e.patient"
    " LEFT JOIN entry AS later ON later.replaces = e.number"
)
_WHOLE = f"SELECT {_COLUMNS.format(body='e.body')}{_FROM}"
_WITHOUT_EVENTS = "SELECT " + _COLUMNS.format(
    body="CASE e.kind WHEN 'result' THEN json_remove(e.body, '$.events', '$.reviewed_events')"
    " ELSE e.body END"
) + _FROM  # fmt: skip


def entries_of(
    connection: Connection, key: int, *, quantities: Collection[str] | None = None
) -> tuple[Entry, ...]:
    """The entries of a patient in the order in which they were made.

    With `quantities`, results are read with these findings alone, and without events: a timeline
    shows no more, and the rest would be most of what it reads.
    """
    select = _WHOLE if quantities is None else _WITHOUT_EVENTS
    rows = connection.execute(f"{select} WHERE e.patient = ? ORDER BY e.number", (key,))
    return tuple(_entry(row, quantities) for row in rows)


def entries_of_clinic(connection: Connection, kind: str) -> tuple[Entry, ...]:
    """The entries of a kind that concerns the clinic."""
    rows = connection.execute(
        f"{_WHOLE} WHERE e.patient IS NULL AND e.kind = ? ORDER BY e.number", (kind,)
    )
    return tuple(_entry(row) for row in rows)


def entry_of(connection: Connection, number: int) -> Entry:
    """One entry by its number; `UsageError` where there is none, or an erased one."""
    asked = number if 0 < number < _NUMBERS else 0  # SQLite holds no greater one
    row = connection.execute(f"{_WHOLE} WHERE e.number = ?", (asked,)).fetchone()
    if row is None:
        raise UsageError(f"there is no entry {number}", next_step="See the numbers in case show.")
    if row[2] is None:
        raise UsageError(f"entry {number} was erased with its patient")
    return _entry(row)


def patient_key(connection: Connection, code: str) -> int:
    """The key of a patient; `UsageError` where nobody has the code."""
    row = connection.execute("SELECT key FROM patient WHERE code = ?", (code,)).fetchone()
    if row is None:
        raise UsageError(
            "no patient of this record has that code",
            next_step="Check the code in `hemifacial case show`, or enter the patient first.",
        )
    return int(row[0])


def patients_of(connection: Connection, *, starting_with: str = "") -> tuple[PatientLine, ...]:
    """Every patient, or those whose codes start so, by code."""
    rows = connection.execute(
        "SELECT code, entries, last_on FROM patient WHERE substr(code, 1, ?) = ? ORDER BY code",
        (len(starting_with), starting_with),
    )
    return tuple(
        PatientLine(code=code, entries=entries, last_on=date.fromisoformat(last_on))
        for code, entries, last_on in rows
    )


def profiles_standing(connection: Connection) -> tuple[Entry, ...]:
    """The entries of the profiles as they stand, those no longer active among them."""
    return tuple(entry for entry in entries_of_clinic(connection, "profile") if entry.standing)


def profiles_of(connection: Connection) -> tuple[Profile, ...]:
    """The profiles as they stand, in the order in which they were made."""
    return tuple(entry.body for entry in profiles_standing(connection))


def head_of(connection: Connection) -> Head:
    """The end of the chain."""
    number, link = connection.execute(
        "SELECT number, link FROM entry ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return Head(number=number, link=bytes(link).hex())


def _entry(row: Sequence[Any], quantities: Collection[str] | None = None) -> Entry:
    plain = json.loads(row[5])
    if quantities is not None and row[2] == "result":
        for name in ("findings", "reviewed_findings"):
            if plain[name]:
                plain[name] = [one for one in plain[name] if one["quantity"] in quantities]
    return Entry(
        number=row[0],
        patient=row[1],
        kind=row[2],
        version=row[3],
        happened_on=date.fromisoformat(row[4]),
        body=decoded(row[2], row[3], plain),
        warnings=from_plain(json.loads(row[6]), tuple[CareWarning, ...]) if row[6] != "[]" else (),
        replaces=row[7],
        replaced_by=row[8],
        entered_at=datetime.fromisoformat(row[9]),
        clock_behind_s=row[10],
        entered_by=row[11],
        why=row[12],
    )
