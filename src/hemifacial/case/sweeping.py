"""Removing what an erased patient leaves beside the record, however often it is interrupted.

The erasure itself notes, in its own transaction, the SHA-256 of each of the patient's recordings.
A note goes when its files are gone, or when the entries of another patient use them; until then
every opening of the record tries again. A job of an erased patient is known by the number of the
first entry, which is empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from hemifacial.case import beside
from hemifacial.case.database import transaction
from hemifacial.case.drivers import Connection
from hemifacial.case.swept import Counts, Swept
from hemifacial.errors import HemifacialError

__all__ = ["lying_elsewhere", "note_files", "pending", "sweep"]

_NOTE = "files "
_HOLDING = "kind IN ('recording', 'result')"  # the kinds of entries that name a recording
_NAMED = re.compile(r'"(?:input_)?sha256":"([0-9a-f]{64})"')
_ERASED = "SELECT 1 FROM entry WHERE number = ? AND salt IS NULL"


def note_files(connection: Connection, key: int) -> None:
    """Note the recordings of a patient, within the transaction that erases the entries."""
    rows = connection.execute(f"SELECT body FROM entry WHERE patient = ? AND {_HOLDING}", (key,))
    named = {sha256 for (body,) in rows for sha256 in _NAMED.findall(body)}
    _note(connection, named)


def lying_elsewhere(connection: Connection, record: Path) -> int:
    """How many recordings that are noted have nothing beside the record."""
    here = {sha256 for folder in beside.folders_of(record) for _, sha256, _ in _kept(folder)}
    return len(_noted(connection) - here)


def pending(connection: Connection, record: Path) -> Counter[str]:
    """What is left of erased patients beside the record, by kind."""
    found: Counter[str] = Counter()
    noted = _noted(connection)
    for folder in beside.folders_of(record):
        erased = _erased_in(connection, folder)
        lines = [one for one in beside.jobs_in(folder) if one["patient_entry"] in erased]
        wanted = noted | {str(one["sha256"]) for one in lines}
        wanted -= _used(connection, folder, wanted, but=erased) if wanted else set()
        found[beside.JOBS] += len(lines)
        found.update(kind for kind, sha256, _ in _kept(folder) if sha256 in wanted)
    return +found


def sweep(connection: Connection, record: Path, *, thorough: bool = False) -> Swept | None:
    """Remove what erased patients have left beside the record; None where there was nothing.

    Parameters
    ----------
    thorough
        Look also for what is nobody's, as erasing does.
    """
    folders = beside.folders_of(record)
    lost = {folder: _erased_in(connection, folder) for folder in folders}
    if not (thorough or any(lost.values()) or _noted(connection)):
        return None
    counts = Counts()
    for folder, erased in lost.items():
        if erased:
            with transaction(connection):  # before the lines go that know it
                lines = beside.jobs_in(folder)
                _note(connection, {o["sha256"] for o in lines if o["patient_entry"] in erased})
        _sweep_folder(connection, folder, erased, counts, thorough=thorough)
    _forget(connection, _noted(connection) - counts.kept_back)
    return counts.told()


def _sweep_folder(
    connection: Connection, folder: Path, erased: set[int], counts: Counts, *, thorough: bool
) -> None:
    lines = [one for one in beside.jobs_in(folder) if one["patient_entry"] in erased]
    try:
        counts.removed[beside.JOBS] += beside.remove_jobs(folder, erased)
    except (OSError, HemifacialError) as error:
        counts.fail(beside.JOBS, error, len(lines))
    noted = _noted(connection)
    try:
        kept = list(beside.kept_in(folder))
    except OSError as error:
        counts.kept_back |= noted
        counts.fail(beside.FOLDER, error)
        return
    used = _used(connection, folder, noted | {sha256 for _, sha256, _ in kept}, but=erased)
    for kind, sha256, path in kept:
        if sha256 in used:
            counts.shared[kind] += sha256 in noted
        elif sha256 not in noted:
            counts.nobodys[kind] += thorough
        else:
            _remove(kind, sha256, path, counts)
    if thorough:
        try:
            counts.removed += beside.remove_unfinished(folder)
        except OSError as error:
            counts.fail(beside.UPLOAD, error)
        counts.nobodys[beside.UPLOAD] += len(beside.unfinished_in(folder))


def _remove(kind: str, sha256: str, path: Path, counts: Counts) -> None:
    try:
        beside.remove_kept(path)
        counts.removed[kind] += 1
    except OSError as error:
        counts.kept_back.add(sha256)
        counts.fail(kind, error)


def _kept(folder: Path) -> list[tuple[str, str, Path]]:
    try:
        return list(beside.kept_in(folder))
    except OSError:
        return []


def _erased_in(connection: Connection, folder: Path) -> set[int]:
    """The first entries of patients in the list of jobs that were erased.

    An entry that the record does not have is another matter: the record may be an older copy that
    was put back, and its patient not erased at all.
    """
    named = {one["patient_entry"] for one in beside.jobs_in(folder)}
    return {one for one in named if connection.execute(_ERASED, (one,)).fetchone() is not None}


def _used(
    connection: Connection, folder: Path, asked: Collection[str], *, but: set[int]
) -> set[str]:
    """Which of these recordings an entry or a job of somebody who is not erased uses."""
    used = {str(one["sha256"]) for one in beside.jobs_in(folder) if one["patient_entry"] not in but}
    open_ = set(asked) - used
    rows: Iterable[tuple[str]] = connection.execute(
        f"SELECT body FROM entry WHERE patient IS NOT NULL AND {_HOLDING}"
    )
    for (body,) in rows if open_ else ():
        found = {one for one in open_ if one in body}
        used |= found
        open_ -= found
    return used & set(asked)


def _note(connection: Connection, named: Iterable[str]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO unfinished (what) VALUES (?)",
        [(f"{_NOTE}{sha256}",) for sha256 in sorted(named)],
    )


def _noted(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT what FROM unfinished WHERE what >= ? AND what < ?",
                              (_NOTE, f"{_NOTE}~"))  # fmt: skip
    return {what.removeprefix(_NOTE) for (what,) in rows.fetchall()}


def _forget(connection: Connection, done: set[str]) -> None:
    """Take notes out, and have the file written anew: a note is of the patient too."""
    if not done:
        return
    with transaction(connection):
        connection.executemany(
            "DELETE FROM unfinished WHERE what = ?", [(f"{_NOTE}{one}",) for one in sorted(done)]
        )
        connection.execute("INSERT OR IGNORE INTO unfinished (what) VALUES ('erasure')")
