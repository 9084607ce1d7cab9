"""Erasing a patient so that no byte of what was entered is left in the file, its log or memory map.

What stays of an erased entry is its number, its commitment and its link; without the salt the
commitment tells nothing. What the patient leaves beside the record is removed (`sweeping`), the
file is written anew (VACUUM) and the log emptied; where that is interrupted, the next opening
brings it to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from hemifacial.case.acts import Erasure
from hemifacial.case.database import transaction
from hemifacial.case.drivers import Connection
from hemifacial.case.placing import remove_stale
from hemifacial.case.sweeping import lying_elsewhere, note_files, pending, sweep
from hemifacial.case.swept import Swept, swept_words
from hemifacial.case.writing import Clock, Draft, append, check_profile
from hemifacial.errors import InputError, UsageError

__all__ = ["check_cleared", "clear_away", "erase", "finish", "resume", "runs_of", "unfinished"]

_WHAT = "erasure"
_EMPTIED = (
    "patient kind version happened_on body warnings replaces entered_at clock_behind_s "
    "entered_by why salt".split()
)


def erase(connection: Connection, key: int, *, by: str, why: str, clock: Clock) -> int:
    """Empty every entry of a patient and take out the code; the number of the erasure.

    `finish` has to follow.
    """
    if not why.strip():
        raise UsageError("a patient is erased without a reason", next_step="State it with --why.")
    with transaction(connection):
        check_profile(connection, by)
        rows = connection.execute("SELECT number FROM entry WHERE patient = ?", (key,))
        runs = runs_of([row[0] for row in rows])
        note_files(connection, key)
        connection.execute(
            f"UPDATE entry SET {', '.join(f'{name} = NULL' for name in _EMPTIED)}"
            " WHERE patient = ?",
            (key,),
        )
        connection.execute("DELETE FROM patient WHERE key = ?", (key,))
        connection.execute("INSERT OR IGNORE INTO unfinished (what) VALUES (?)", (_WHAT,))
        draft = Draft(kind="erasure", body=Erasure(runs=runs), why=why)
        (number,) = append(connection, [draft], by=by, clock=clock)
    return number


def clear_away(connection: Connection, path: Path) -> tuple[Swept, bool]:
    """Remove what an erased patient has left: beside the record, in the file, in its log.

    Returns what became of the files, and whether file and log are clean.
    """
    elsewhere = lying_elsewhere(connection, path)
    swept = sweep(connection, path, thorough=True) or Swept()
    done = finish(connection)
    remove_stale(path.parent)  # a copy that was killed half-way holds the patient
    return replace(swept, elsewhere=elsewhere), done


def resume(connection: Connection, path: Path, *, can_write: bool) -> Swept | None:
    """Finish what was interrupted; what became of the files, or what is left of them."""
    if not can_write:
        left = pending(connection, path)
        return Swept(left=left, reason="the record cannot be written here") if left else None
    swept = sweep(connection, path)
    if unfinished(connection):
        finish(connection)
    return swept


def check_cleared(path: Path, swept: Swept, done: bool) -> None:
    """`InputError` where something of an erased patient is still there, and how to be rid of it."""
    if not done:
        raise InputError(
            f"{path}: the entries are erased, but their remains are still in the log "
            "of the record, because another program is reading it",
            next_step="Close the record everywhere else, then open it once "
            "(hemifacial case show): that finishes the work.",
        )
    if swept.left:
        raise InputError(
            f"{path}: the entries are erased, but beside the record there are still "
            f"{swept_words(swept.left)} of the patient ({swept.reason})",
            next_step="Close what has them open and check the rights of the folder, then open "
            "the record once (hemifacial case show): that finishes the work.",
        )


def unfinished(connection: Connection) -> bool:
    """Whether an erasure was interrupted before the file was written anew."""
    found = connection.execute("SELECT 1 FROM unfinished WHERE what = ?", (_WHAT,)).fetchone()
    return found is not None


def finish(connection: Connection) -> bool:
    """Write the file anew and empty the log, so that nothing erased is left in either.

    False if somebody is reading the record: the log cannot be emptied under them, and the next
    opening tries again.
    """
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return False
    with transaction(connection):
        connection.execute("DELETE FROM unfinished WHERE what = ?", (_WHAT,))
    return True


def runs_of(numbers: Sequence[int] | Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs without gaps: first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)
