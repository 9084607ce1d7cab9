"""Walking the chain: every edit that was not followed by a full rewrite is named by its number.

Who rewrites every link after an edit makes a chain that holds again, but not one that still has
the head which an earlier report printed: that is what an anchor is for. A tail that was cut
off is found by an anchor alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hemifacial.case.chain import FIRST_LINK, canonical, commitment_of, link_of
from hemifacial.case.database import migrations
from hemifacial.case.drivers import Connection
from hemifacial.case.kinds import decoded
from hemifacial.case.reading import Head
from hemifacial.case.writing import SAID
from hemifacial.errors import InputError

__all__ = ["Fault", "Verification", "verify"]

_LEAST_ANCHOR = 16
_MOST_FAULTS = 1000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is not as it was written; `number` is None where it is of no entry."""

    number: int | None
    what: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The answer.

    Parameters
    ----------
    faults
        Empty if everything holds.
    anchored
        The number of the entry whose link is the anchor that was asked for; None without one.
    clock_behind
        The entries that were written by a clock which stood behind an earlier entry.
    """

    entries: int
    erased: int
    head: Head
    faults: tuple[Fault, ...]
    anchored: int | None
    clock_behind: tuple[int, ...]


@dataclass(kw_only=True)
class _Walk:
    """What is gathered on the way."""

    faults: list[Fault] = field(default_factory=list)
    number: int = 0
    link: bytes = FIRST_LINK
    latest: datetime | None = None
    entries: int = 0
    emptied: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    behind: list[int] = field(default_factory=list)
    patients: dict[int, list[Any]] = field(default_factory=dict)  # key: code, entries, last day
    anchored: int | None = None

    def fault(self, number: int | None, what: str) -> None:
        """Remember a fault."""
        self.faults.append(Fault(number=number, what=what))


def verify(connection: Connection, *, anchor: str = "") -> Verification:
    """Walk every entry; `anchor` is a head that was printed (at least 16 of its letters).

    What others write meanwhile is not seen.
    """
    connection.execute("BEGIN")
    try:
        return _verify(connection, anchor)
    finally:
        connection.execute("ROLLBACK")


def _verify(connection: Connection, anchor: str) -> Verification:
    walk = _Walk()
    for text in _of_the_file(connection):
        walk.fault(None, text)
    rows = connection.execute(
        f"SELECT {', '.join(SAID)}, salt, commitment, link FROM entry ORDER BY number"
    )
    for row in rows:
        _step(walk, row)
        if _is_anchor(anchor, walk.link):
            walk.anchored = walk.number
    _check_erasures(walk)
    _check_patients(walk, connection)
    if anchor and walk.anchored is None:
        walk.fault(
            None,
            "no entry ends in the head that was asked for: the end was cut off, or all was "
            "written anew, after that head was printed",
        )
    return Verification(
        entries=walk.entries,
        erased=len(walk.emptied),
        head=Head(number=walk.number, link=walk.link.hex()),
        faults=tuple(walk.faults[:_MOST_FAULTS]),
        anchored=walk.anchored,
        clock_behind=tuple(walk.behind),
    )


def _step(walk: _Walk, row: Sequence[Any]) -> None:
    number, salt = row[0], row[-3]
    commitment, link = bytes(row[-2]), bytes(row[-1])
    if number != walk.number + 1:
        missing = f"entries {walk.number + 1} to {number - 1} are missing"
        walk.fault(walk.number + 1, missing if number - walk.number > 2 else "is missing")
    if link != link_of(walk.link, number, commitment):
        walk.fault(number, "does not follow from the entry before it")
    walk.number, walk.link, walk.entries = number, link, walk.entries + 1
    said = tuple(row[: len(SAID)])
    if salt is None:
        walk.emptied.add(number)
        return
    try:
        kept = commitment_of(bytes(salt), said) == commitment
    except (TypeError, ValueError):  # what no longer is text or a number has no commitment
        kept = False
    if not kept:
        walk.fault(number, "was changed after it was written")
        return
    _read(walk, dict(zip(SAID, said, strict=True)))


def _read(walk: _Walk, said: dict[str, Any]) -> None:
    """What a whole entry says of others: the patient's code, erasures, the clock."""
    number, plain = said["number"], json.loads(said["body"])
    try:
        decoded(said["kind"], said["version"], plain)
    except InputError as error:
        walk.fault(number, error.problem)
    if canonical(plain) != said["body"]:
        walk.fault(number, "is not written in the canonical form")
    if said["clock_behind_s"]:
        walk.behind.append(number)
    if said["kind"] == "erasure":
        walk.named.update(n for first, last in plain["runs"] for n in range(first, last + 1))
    key = said["patient"]
    if key is None:
        return
    known = walk.patients.setdefault(key, ["", 0, ""])
    known[0] = plain["code"] if said["kind"] == "patient" else known[0]
    known[1] += 1
    known[2] = max(known[2], said["happened_on"])


def _check_erasures(walk: _Walk) -> None:
    for number in sorted(walk.emptied - walk.named):
        walk.fault(number, "is empty, and no erasure names it")
    for number in sorted(walk.named - walk.emptied):
        walk.fault(number, "was erased, and holds something again")


def _check_patients(walk: _Walk, connection: Connection) -> None:
    """The list of patients follows from their entries; where it does not, it was edited."""
    listed = {
        key: (code, entries, last_on)
        for key, code, entries, last_on in connection.execute(
            "SELECT key, code, entries, last_on FROM patient"
        )
    }
    changed = {fault.number for fault in walk.faults}
    for key in sorted(listed.keys() | walk.patients.keys()):
        told = tuple(walk.patients.get(key, ()))
        if listed.get(key) != told and not changed:
            walk.fault(key, "begins a patient whose line in the list of patients was changed")


def _is_anchor(anchor: str, link: bytes) -> bool:
    return len(anchor) >= _LEAST_ANCHOR and link.hex().startswith(anchor.lower())


def _of_the_file(connection: Connection) -> Iterator[str]:
    """Faults of the database below its entries: pages, references, rules."""
    for (text,) in connection.execute("PRAGMA integrity_check(5)").fetchall():
        if text != "ok":
            yield f"the file is damaged: {text}"
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        yield "an entry refers to another, or to a patient, that is not there"
    ours, standing = _rules_as_made(), _rules_of(connection)
    for name in sorted(ours.keys() | standing.keys()):
        if ours.get(name) != standing.get(name):
            yield f"the rule of the file {name!r} was changed, added or taken away"


def _rules_of(connection: Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows}


def _rules_as_made() -> dict[str, str]:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statements in migrations():
            for statement in statements:
                fresh.execute(statement)
        return _rules_of(fresh)
    finally:
        fresh.close()
