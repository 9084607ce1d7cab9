"""What concerns the clinic and the record itself: profiles, withdrawals, erasures, backups."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Backup", "Clinic", "Erasure", "Profile", "Withdrawal"]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """The record itself: `record_id` tells it from every other."""

    record_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A person who writes in this record: `word` signs the entries, `name` is shown."""

    word: str
    name: str
    role: str = ""
    active: bool = True

    def __post_init__(self) -> None:
        if not _WORD.fullmatch(self.word):
            raise ValueError(
                "the word of a profile is of letters, digits, point, dash or underscore, at most 32"
            )
        if not self.name.strip():
            raise ValueError("a profile has a name")


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """The entry that this one replaces should never have been; the reason stands in `why`."""


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """A patient was erased on request: these runs of entries (first and last) hold nothing now."""

    runs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A copy was made; it keeps whatever is erased afterwards."""

    file_name: str
    head_number: int
    head: str
