"""The files that stand beside a recording of a BIDS dataset, and those above it that it inherits.

BIDS 1.11, the inheritance principle: a sidecar applies to every file of its folder and below whose
name has all of its entities (``sub-01``, ``task-talking`` ...); the nearer one wins.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hemifacial.errors import InputError
from hemifacial.formats.files import read_text

__all__ = ["Entities", "entities_of", "read_table", "recording_in", "settings_of", "table_of"]

_NOT_MATCHED = ("space", "acq")
"""Of coordinates: a recording of one name has several of these sidecars."""

_MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Entities:
    """A name taken apart: ``sub-01_task-talking_emg`` has two entities and the suffix ``emg``."""

    pairs: tuple[tuple[str, str], ...]
    suffix: str


def entities_of(path: Path) -> Entities:
    """The entities of the name of a file; parts without a dash are none."""
    *parts, suffix = path.name.partition(".")[0].split("_")
    pairs = tuple(
        (key, value) for key, dash, value in (part.partition("-") for part in parts) if dash
    )
    return Entities(pairs=pairs, suffix=suffix)


def recording_in(folder: Path) -> Path:
    """The one recording of a BIDS-EMG dataset, or of a part of one.

    Raises
    ------
    InputError
        Where there is none, or several: the message names them.
    """
    found = []
    for seen, path in enumerate(sorted(folder.rglob("*_emg.[eEbB][dD][fF]"))):
        if seen >= _MOST:
            break
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-6:]):
            found.append(path)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"{folder}: a folder without a recording of BIDS-EMG (*_emg.edf or *_emg.bdf)",
            next_step="Give the file of the recording itself.",
        )
    shown = ", ".join(str(path.relative_to(folder)) for path in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    raise InputError(
        f"{folder}: a folder with {len(found)} recordings: {shown}{more}",
        next_step="Give one of these files.",
    )


def settings_of(path: Path, suffix: str) -> dict[str, Any]:
    """All settings of the ``.json`` sidecars of a recording; the nearer one wins.

    Raises
    ------
    InputError
        Naming the sidecar that is no JSON object.
    """
    settings: dict[str, Any] = {}
    for sidecar in _sidecars(path, suffix, ".json"):
        try:
            found = json.loads(read_text(sidecar))
        except (ValueError, RecursionError) as error:
            raise _unreadable(sidecar, f"not JSON ({error})") from error
        if not isinstance(found, dict):
            raise _unreadable(sidecar, "not a JSON object")
        settings |= found
    return settings


def table_of(path: Path, suffix: str) -> Path | None:
    """The nearest ``.tsv`` of a recording with this suffix, or None."""
    found = _sidecars(path, suffix, ".tsv")
    return found[-1] if found else None


def read_table(path: Path, *needed: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table; ``n/a`` and a missing cell are empty.

    Raises
    ------
    InputError
        Where a needed column is missing, or a row has more cells than the header.
    """
    lines = read_text(path).splitlines()
    reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
    try:
        rows = [dict(row) for row in reader]
    except csv.Error as error:
        raise _unreadable(path, f"not a table ({error})") from error
    if lacking := [name for name in needed if name not in (reader.fieldnames or ())]:
        raise _unreadable(path, f"not the table it should be: no column {', '.join(lacking)}")
    for number, row in enumerate(rows, start=2):
        if None in row:
            raise _unreadable(path, f"line {number} has more cells than the header")
    return [
        {str(key): "" if cell.strip() == "n/a" else cell.strip() for key, cell in row.items()}
        for row in rows
    ]


def _sidecars(path: Path, suffix: str, ending: str) -> list[Path]:
    """Those that apply, the nearest one last."""
    own = entities_of(path)
    found = []
    for folder in reversed(_folders(path)):
        here = []
        for candidate in folder.iterdir():
            if candidate.suffix.lower() != ending or not candidate.stem.endswith(suffix):
                continue
            its = entities_of(candidate)
            pairs = {pair for pair in its.pairs if pair[0] not in _NOT_MATCHED or pair in own.pairs}
            if its.suffix == suffix and pairs <= set(own.pairs) and candidate.is_file():
                here.append((len(pairs), candidate.name, candidate))
        found += [candidate for _, _, candidate in sorted(here)]
    return found


def _folders(path: Path) -> list[Path]:
    """The folder of a recording and those above, up to that of the whole dataset."""
    folders = [path.resolve().parent]
    while folders[-1].name in ("emg", "eeg") or folders[-1].name.startswith(("sub-", "ses-")):
        folders.append(folders[-1].parent)
    return folders


def _unreadable(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: {what}",
        next_step="Correct it, or take it away: the recording can be read without it.",
    )
