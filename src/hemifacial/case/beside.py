"""The folder beside a record, in which `hemifacial serve` keeps recordings, results and its jobs.

``clinic.db`` has ``clinic.db.files/`` with ``recordings/SHA256.mp4`` (of several files the folder
``SHA256.parts``), ``jobs.json``, ``results/SHA256.hemifacial`` and, while something comes in,
``incoming/``. The web writes it; the
record alone knows whose each recording is, so what an erased patient leaves is removed from here.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hemifacial.formats.files import write_text

__all__ = [
    "FOLDER",
    "JOBS",
    "RECORDING",
    "RESULT",
    "UPLOAD",
    "folders_of",
    "jobs_in",
    "kept_in",
    "remove_jobs",
    "remove_kept",
    "remove_unfinished",
    "unfinished_in",
]

RECORDING, RESULT, JOBS = "recording", "result folder", "line of jobs"
UPLOAD, FOLDER = "unfinished upload", "folder of files"
"""What lies there, as a person is told of it."""

_ROOMS = {"recordings": RECORDING, "results": RESULT}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBERS = 2**63
_UPLOAD_STALE_S = 3600.0
_LIST_STALE_S = 60.0


def folders_of(record: Path) -> tuple[Path, ...]:
    """The folders beside a record that are there; it may be known by the name of a link."""
    place = record.resolve()
    names = dict.fromkeys((f"{record.name}.files", f"{place.name}.files"))
    found = (place.with_name(name) for name in names)
    return tuple(one for one in found if one.is_dir() or one.is_symlink())


def kept_in(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Kind, SHA-256 and path of all that is kept of recordings, unfinished results among it.

    `OSError` where the folder, or a link to it, cannot be read.
    """
    folder.resolve(strict=True)
    for room, kind in _ROOMS.items():
        place = folder / room
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            named = _SHA256.search(path.name)
            if named and path.suffix != ".lock":  # of a program that works there just now
                yield kind, named[0], path


def remove_kept(path: Path) -> None:
    """Remove a recording or a result folder; `OSError` where that fails. Links are not followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def jobs_in(folder: Path) -> list[dict[str, Any]]:
    """The lines of the list of jobs; none where there is none, or none that can be read."""
    try:
        lines = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))["jobs"]
        return [one for one in lines if _is_job(one)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []


def _is_job(line: dict[str, Any]) -> bool:
    number, sha256 = line.get("patient_entry"), line.get("sha256")
    whole = type(number) is int and 0 < number < _NUMBERS
    return whole and isinstance(sha256, str) and _SHA256.fullmatch(sha256) is not None


def remove_jobs(folder: Path, patients: Collection[int]) -> int:
    """Take the lines of these patients out of the list of jobs; how many there were."""
    path = folder / "jobs.json"
    if not any(one["patient_entry"] in patients for one in jobs_in(folder)):
        return 0
    plain = json.loads(path.read_text(encoding="utf-8"))
    stay = [one for one in plain["jobs"] if one.get("patient_entry") not in patients]
    gone = len(plain["jobs"]) - len(stay)
    write_text(path, json.dumps({**plain, "jobs": stay}, indent=1) + "\n")
    for left in _older(folder.glob(".jobs.partial-*"), _LIST_STALE_S):  # of a killed program
        left.unlink(missing_ok=True)
    return gone


def remove_unfinished(folder: Path) -> Counter[str]:
    """Remove uploads that nobody has written to for an hour: whose they are cannot be told."""
    gone: Counter[str] = Counter()
    for path in _older(unfinished_in(folder), _UPLOAD_STALE_S):
        path.unlink(missing_ok=True)
        gone[UPLOAD] += 1
    return gone


def unfinished_in(folder: Path) -> list[Path]:
    """The uploads that have not come to their end."""
    return sorted((folder / "incoming").glob("*.part"))


def _older(paths: Iterable[Path], seconds: float) -> list[Path]:
    found = []
    for one in paths:
        with suppress(FileNotFoundError):  # it has come to its end just now
            if time.time() - one.stat().st_mtime > seconds:
                found.append(one)
    return found
