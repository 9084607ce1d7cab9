"""A checked connection to a record that is there: how it is opened, and of which schema it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hemifacial.case.database import (
    NEWEST_SCHEMA,
    SETTINGS,
    migrate,
    migrations,
    schema_of,
    set_up,
)
from hemifacial.case.drivers import Access, Connection, Driver, speaking_of
from hemifacial.case.placing import APPLICATION_ID, access_to, check_file, state_of
from hemifacial.errors import InputError

__all__ = ["Opened", "check_schema", "open_file"]

_HARMLESS = ("busy_timeout", "temp_store", "trusted_schema", "cell_size_check")
_READING = tuple(one for one in SETTINGS if any(name in one for name in _HARMLESS))
"""The settings that change nothing in the file."""

_BACKUP = "Keep the file as it is, and go on with a copy of the latest backup."


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A checked connection; `state` is what `state_of` said before, `schema_before` the schema."""

    connection: Connection
    access: Access
    state: tuple[int, ...]
    schema_before: int


def open_file(path: Path, driver: Driver) -> Opened:
    """Open a record in the way that is possible where it lies.

    Raises
    ------
    InputError
        If there is no record, one of a newer program, one on a network, or a damaged one.
    """
    check_file(path, encrypted=driver.encrypted)
    state, access = state_of(path), access_to(path)
    with speaking_of(path, driver):
        connection = driver.connect(path, access)
        try:
            had = check_schema(path, connection, can_write=access is Access.WRITE)
            if access is Access.WRITE:
                set_up(connection)
                migrate(connection)
            else:
                for statement in _READING:
                    connection.execute(statement).fetchall()
        except BaseException:
            connection.close()
            raise
    return Opened(connection=connection, access=access, state=state, schema_before=had)


def check_schema(path: Path, connection: Connection, *, can_write: bool) -> int:
    """The schema of a record, which its number and its tables agree upon.

    Raises
    ------
    InputError
        Saying what was found, and what is to be done.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise InputError(
            f"{path}: a database of another program",
            next_step="Check that this is the file you meant.",
        )
    connection.execute("BEGIN")  # somebody may bring it to a newer schema just now
    try:
        stated, columns = schema_of(connection), _columns(connection)
    finally:
        connection.execute("ROLLBACK")
    # What was added is a fault that verifying names; without what is asked for nothing can be read.
    fitting = (number for number, asked in _shapes().items() if asked <= columns)
    found = max(fitting, default=None)
    if stated != found:
        raise _at_odds(path, stated, found)
    if stated < NEWEST_SCHEMA and not can_write:
        raise InputError(
            f"{path}: of an older schema ({stated}), and cannot be written here",
            next_step="Copy the file to a folder that can be written, and open it there.",
        )
    return stated


def _at_odds(path: Path, stated: int, found: int | None) -> InputError:
    tables = "those of no schema" if found is None else f"those of schema {found}"
    if stated > NEWEST_SCHEMA:
        return InputError(
            f"{path}: written by a newer program (schema {stated}; this one knows up to "
            f"{NEWEST_SCHEMA}), or its number was changed: its tables are {tables} known here",
            next_step="Install the newest hemifacial on this computer too. If that does not open "
            f"it either: {_BACKUP[:1].lower()}{_BACKUP[1:]}",
        )
    put_back = (
        ""
        if found is None
        else " Where there is none, put the number back in a copy (sqlite3 COPY 'PRAGMA "
        f"user_version = {found}') and run hemifacial case verify on that copy."
    )
    return InputError(
        f"{path}: states that it is of schema {stated}, and its tables are {tables}: something "
        "other than this program has written in it",
        next_step=f"{_BACKUP}{put_back}",
    )


Columns = frozenset[tuple[str, str]]


def _columns(connection: Connection) -> Columns:
    """Every column with its table."""
    rows = connection.execute(
        "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table'"
    )
    return frozenset((table, column) for table, column in rows.fetchall())


@cache
def _shapes() -> Mapping[int, Columns]:
    """The columns of every schema, made anew."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        shapes = {}
        for number, statements in enumerate(migrations(), start=1):
            for statement in statements:
                fresh.execute(statement)
            shapes[number] = _columns(fresh)
        return shapes
    finally:
        fresh.close()
