"""Profiles: who writes in a record."""

from __future__ import annotations

from dataclasses import replace

from hemifacial.case import Record
from hemifacial.case.kinds import decoded
from hemifacial.case.reading import Entry
from hemifacial.errors import UsageError

__all__ = ["enter", "retired"]


def enter(record: Record, word: str, name: str, role: str, *, by: str) -> Entry:
    """A new profile; one that is there keeps its word, and can be replaced."""
    for entry in record.clinic_entries("profile"):
        if entry.standing and entry.body.word == word:
            raise UsageError(
                f"the profile {word} is there already, as entry {entry.number}",
                next_step=f"Correct it: hemifacial case replace CASE {entry.number} FILE.",
            )
    body = decoded("profile", 1, {"word": word, "name": name, "role": role})
    return record.add("", "profile", body, by=by)


def retired(record: Record, word: str, *, by: str, why: str) -> Entry:
    """The profile as one that no longer writes; its entries stay signed with it."""
    standing = [entry for entry in record.clinic_entries("profile") if entry.standing]
    others = [entry for entry in standing if entry.body.active and entry.body.word != word]
    for entry in standing:
        if entry.body.word == word:
            if not others:
                raise UsageError(
                    "the last active profile cannot retire", next_step="Enter another one first."
                )
            return record.replace(entry.number, replace(entry.body, active=False), by=by, why=why)
    raise UsageError(f"there is no profile {word!r}", next_step="See `hemifacial case show`.")
