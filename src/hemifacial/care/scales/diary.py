"""The diary that a patient fills in at home and sends as one file, and whether to take it.

The file is JSON with whole numbers, words and texts only, so that the page in the patient's browser
and this module write the same text for the same diary; `check_of` over that text tells a file that
was cut off or changed on its way. It is no signature: who wants to can make another.
"""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hemifacial.care import tables
from hemifacial.findings import Limit

__all__ = [
    "FORMAT",
    "VERSION",
    "Diary",
    "DiaryDay",
    "check_of",
    "diary_limits",
    "diary_text",
    "diary_words",
]

FORMAT = "hemifacial-diary"
VERSION = 1
_PACKAGE = "hemifacial.care.scales"


@dataclass(frozen=True, kw_only=True)
class DiaryDay:
    """One day, as the patient remembers it; what was not filled in is None or empty.

    Parameters
    ----------
    spasm_count
        How many spasms the patient counted.
    spasm_level
        From 0 (none) to 10.
    triggers, side_effects
        Words of ``diary_words.tsv``.
    spasm_in_sleep
        Whether somebody saw it, or it woke the patient.
    """

    day: date
    spasm_count: int | None = None
    spasm_level: int | None = None
    triggers: tuple[str, ...] = ()
    sleep_minutes: int | None = None
    spasm_in_sleep: bool | None = None
    side_effects: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        numbers = diary_limits()
        for name, most in (
            ("spasm_count", "spasm_count_most"),
            ("spasm_level", "level_most"),
            ("sleep_minutes", "sleep_minutes_most"),
        ):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= numbers[most].value:
                raise ValueError(
                    f"{self.day}: {name.replace('_', ' ')} {value} is not within 0 to "
                    f"{numbers[most].value:g}"
                )
        if len(self.note) > numbers["note_most"].value:
            raise ValueError(
                f"{self.day}: the note has more than {numbers['note_most'].value:g} letters"
            )
        for name, given in (("trigger", self.triggers), ("side_effect", self.side_effects)):
            unknown = [word for word in given if word not in diary_words(name)]
            if unknown or len(set(given)) != len(given):
                raise ValueError(f"{self.day}: {name.replace('_', ' ')}s {', '.join(given)[:80]}")


@dataclass(frozen=True, kw_only=True)
class Diary:
    """The days of one patient's diary, in order, each once.

    `patient` is the pseudonym that the clinic gave; `written_on` the day of the file.
    """

    patient: str
    written_on: date
    days: tuple[DiaryDay, ...]

    def __post_init__(self) -> None:
        days = [one.day for one in self.days]
        most = diary_limits()["days_most"].value
        if not 1 <= len(days) <= most:
            raise ValueError(f"{len(days)} days; a diary has 1 to {most:g}")
        if any(later <= earlier for earlier, later in itertools.pairwise(days)):
            raise ValueError("the days are not in order, or one stands twice")
        if days[-1] > self.written_on:
            raise ValueError(f"{days[-1]} comes after {self.written_on}, when it was written")


def diary_limits() -> Mapping[str, Limit]:
    """What a diary may hold at most, from ``diary_limits.tsv``."""
    return tables.limits(_PACKAGE, "diary_limits.tsv")


def diary_words(which: str, *, call: bool = False) -> Mapping[str, str]:
    """The words of triggers (``trigger``) or side effects (``side_effect``) with their labels.

    With `call` only those of which the patient's sheet says: call the same day.
    """
    rows = tables.rows(_PACKAGE, "diary_words.tsv")
    known = (row for row in rows if row["list"] == which and (row["call"] or not call))
    return {row["word"]: row["label"] for row in known}


def diary_text(diary: Diary) -> str:
    """The file of a diary, as the patient's page writes it too."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "patient": diary.patient,
        "written_on": diary.written_on.isoformat(),
        "days": [{**asdict(one), "day": one.day.isoformat()} for one in diary.days],
    }
    return _canonical({**body, "check": check_of(body)})


def check_of(body: Mapping[str, Any]) -> str:
    """CRC-32 over the canonical text of a diary without its own ``check``: eight digits, hex.

    Canonical is: keys sorted, no blanks, UTF-8 with no escapes but those that JSON needs.
    """
    text = _canonical({key: value for key, value in body.items() if key != "check"})
    return f"{zlib.crc32(text.encode('utf-8')):08x}"


def _canonical(value: Any) -> str:
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
