"""A copy of the record by SQLite's backup interface: whole, verified, and never over a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hemifacial.case.drivers import Access, Connection, Driver, speaking_of
from hemifacial.case.placing import reserved
from hemifacial.case.verifying import Verification, verify
from hemifacial.errors import InputError

__all__ = ["copy"]

_PAGES_AT_ONCE = 4096


def copy(
    connection: Any,
    path: Path,
    driver: Driver,
    into: Path,
    *,
    note: Callable[[Verification], None],
) -> None:
    """Copy an open record to a new file, verify the copy, `note` it, and give it its name.

    The copy keeps no log beside it, so that it opens from a medium that cannot be written.

    Raises
    ------
    UsageError
        If `into` is there already.
    InputError
        If the disk refuses, or the copy does not verify; then nothing is left of it.
    """
    with reserved(into) as partial:
        with speaking_of(into, driver):
            target: Any = driver.connect(partial, Access.WRITE)
            try:
                _fill(connection, target)
                found = verify(target)
            finally:
                target.close()
        if found.faults:
            first = found.faults[0]
            where = "" if first.number is None else f"entry {first.number} "
            raise InputError(
                f"{path}: the copy does not verify: {where}{first.what}",
                next_step="Run `hemifacial case verify` on the record, and keep earlier backups.",
            )
        note(found)


def _fill(source: Any, target: Connection) -> None:
    source.backup(target, pages=_PAGES_AT_ONCE)
    mode = target.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    if mode != "delete":
        raise InputError(f"the copy keeps a log of its own (journal mode {mode})")
