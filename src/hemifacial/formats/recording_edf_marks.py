"""The time-stamped annotation lists of EDF+ and BDF+: when a record begins, and what it notes."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Note", "notes_of", "onset_of"]

_TIME = rb"\d{1,12}(?:\.\d{0,12})?"
_LIST = re.compile(rb"([+-]" + _TIME + rb")(?:\x15(" + _TIME + rb")?)?\x14(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Note:
    """One annotation; `onset_s` counts from the start time of the header."""

    onset_s: float
    duration_s: float
    text: str


def onset_of(record: bytes) -> float | None:
    """When a data record begins, in s from the start time of the header, or None if unsaid.

    It is the time of the first list of the record, whose first text is empty (EDF+, 2.2.4).
    """
    found = _LIST.fullmatch(record.partition(b"\0")[0])
    return float(found[1]) if found and found[3].startswith(b"\x14") else _bare(found)


def _bare(found: re.Match[bytes] | None) -> float | None:
    """The time of a list without any text, as some recorders end it with one separator."""
    return float(found[1]) if found and not found[3] else None


def notes_of(record: bytes) -> tuple[list[Note], int]:
    """The annotations of a data record, and how many lists could not be read."""
    notes = []
    spoilt = 0
    for piece in record.split(b"\0"):
        if not piece.strip(b" "):
            continue
        found = _LIST.fullmatch(piece)
        if found is None:
            spoilt += 1
            continue
        onset, duration, texts = found.groups()
        notes += [
            Note(onset_s=float(onset), duration_s=float(duration or 0), text=text)
            for text in map(_decoded, texts.split(b"\x14"))
            if text
        ]
    return notes, spoilt


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
