"""The manifest of a batch, and the key that tells who is who after a blinded one."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.files import read_text, write_text

__all__ = ["Entry", "blinded", "read_key", "read_manifest", "table_text", "write_key"]

_NEEDED = ("file", "subject", "visit")
_KNOWN = (*_NEEDED, "mirrored", "phases")
_YES, _NO = ("yes", "true", "1"), ("", "n/a", "no", "false", "0")
_KEY_COLUMNS = ("recording", "file", "subject", "visit")
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words; none that look alike
_NAME_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One recording of a batch.

    `recording` is the name under which it is measured. `others` are the manifest's further
    columns, carried along as they are.
    """

    recording: str
    file: Path
    subject: str
    visit: str
    mirrored: bool = False
    phases: Path | None = None
    others: Mapping[str, str] = field(default_factory=dict)


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """The recordings of a batch, in the order of the table.

    Parameters
    ----------
    path
        Tab-separated, with the columns ``file``, ``subject`` and ``visit``; optional are
        ``mirrored`` (yes or no) and ``phases`` (a table of phases). Other columns are kept. Paths
        are relative to the folder of the manifest.

    Raises
    ------
    InputError
        Naming every row that cannot be used. A file that is not there is no mistake of the
        table: the batch goes on without it and says so.
    """
    reader = csv.DictReader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = reader.fieldnames or ()
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise InputError(
            f"{path}: not a manifest, the column {', '.join(missing)} is missing",
            next_step="Give a tab-separated table with the columns "
            + " ".join(_NEEDED)
            + ", and mirrored and phases if needed.",
        )
    entries: list[Entry] = []
    mistakes: list[str] = []
    for number, row in enumerate(reader, start=2):
        try:
            entries.append(_entry(row, path.parent))
        except ValueError as error:
            mistakes.append(f"line {number}: {error}")
    counts = Counter(entry.recording for entry in entries)
    mistakes += [
        f"{name} (subject and visit) stands {count} times"
        for name, count in counts.items()
        if count > 1
    ]
    if not entries and not mistakes:
        mistakes.append("it names no recording")
    if mistakes:
        more = f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
        raise InputError(
            f"{path}: {'; '.join(mistakes[:5])}{more}",
            next_step="Correct these rows; each subject has one recording a visit.",
        )
    return tuple(entries)


def blinded(
    entries: Sequence[Entry], *, seed: int, key: Mapping[tuple[str, str], str] | None = None
) -> tuple[Entry, ...]:
    """The recordings under random names and in a random order, that of the names.

    Parameters
    ----------
    key
        Names that were given before, by subject and visit; they are kept, so that a batch can
        go on.
    """
    chance = random.Random(seed)
    known = dict(key or {})
    taken = set(known.values())
    renamed = []
    for entry in sorted(entries, key=lambda one: (one.subject, one.visit)):
        name = known.get((entry.subject, entry.visit), "")
        while not name or (name in taken and (entry.subject, entry.visit) not in known):
            name = "".join(chance.choice(_LETTERS) for _ in range(_NAME_LENGTH))
        taken.add(name)
        renamed.append(replace(entry, recording=name))
    return tuple(sorted(renamed, key=lambda entry: entry.recording))


def write_key(path: Path, entries: Iterable[Entry]) -> None:
    """Write who is who: recording, file, subject, visit. Whoever reads the results must not."""
    rows = [
        {
            "recording": entry.recording,
            "file": str(entry.file),
            "subject": entry.subject,
            "visit": entry.visit,
        }
        for entry in entries
    ]
    write_text(path, table_text(_KEY_COLUMNS, rows))


def read_key(path: Path) -> dict[tuple[str, str], str]:
    """The random name by subject and visit; `InputError` if the file is no key."""
    reader = csv.DictReader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in _KEY_COLUMNS if name not in (reader.fieldnames or ())]
    names = [] if missing else [(row["subject"], row["visit"], row["recording"]) for row in reader]
    if missing or not all(re.fullmatch(rf"[{_LETTERS}]+", name or "") for *_, name in names):
        raise InputError(
            f"{path}: not the key of a blinded batch",
            next_step="Put the key back, or choose another folder with --out.",
        )
    return {(subject, visit): name for subject, visit, name in names}


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A tab-separated table; ``n/a`` where empty, and nothing in a cell that would end it."""
    written = io.StringIO()
    written.write("\t".join(columns) + "\n")
    for row in rows:
        written.write("\t".join(_cell(row.get(column)) for column in columns) + "\n")
    return written.getvalue()


def _cell(value: object) -> str:
    if value is None or value == "":
        return "n/a"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())


def _entry(row: Mapping[str | None, str | None], folder: Path) -> Entry:
    if None in row or None in row.values():
        raise ValueError("the row does not have as many cells as the header")
    cells = {str(name): (text or "").strip() for name, text in row.items()}
    empty = [name for name in _NEEDED if cells[name] in ("", "n/a")]
    if empty:
        raise ValueError(f"{', '.join(empty)} is empty")
    mirrored = cells.get("mirrored", "").lower()
    if mirrored not in (*_YES, *_NO):
        raise ValueError(f"mirrored is {cells['mirrored']!r}, not yes or no")
    phases = cells.get("phases", "")
    return Entry(
        recording=f"{_safe(cells['subject'])}_{_safe(cells['visit'])}",
        file=folder / cells["file"],
        subject=cells["subject"],
        visit=cells["visit"],
        mirrored=mirrored in _YES,
        phases=None if phases in ("", "n/a") else folder / phases,
        others={name: text for name, text in cells.items() if name not in _KNOWN},
    )


def _safe(text: str) -> str:
    """A text as part of a folder's name, on any system."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") or "x"
