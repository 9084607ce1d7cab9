"""The database: settings that last, and its schema by numbered migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from sqlite3 import complete_statement

from hemifacial.case import acknowledged
from hemifacial.case.drivers import Access, Connection, Driver
from hemifacial.case.placing import APPLICATION_ID
from hemifacial.errors import InputError

__all__ = [
    "LOG_BYTES",
    "NEWEST_SCHEMA",
    "SETTINGS",
    "build",
    "empty_log",
    "migrate",
    "migrations",
    "schema_of",
    "set_up",
    "transaction",
]

SETTINGS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",  # see `empty_log`
    "PRAGMA fullfsync = ON",  # macOS alone: its fsync does not reach the disk
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # nothing of a patient in a temporary file
    "PRAGMA recursive_triggers = ON",  # without it a REPLACE deletes past the triggers
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
"""What every connection is set to before anything else, whatever the driver."""

LOG_BYTES = 4 * 1024 * 1024
"""How far the log may grow before it is brought into the database."""

_MIGRATIONS = "hemifacial.case.migrations"


@cache
def migrations() -> tuple[tuple[str, ...], ...]:
    """The statements of every migration, the oldest first; schema 1 is what the first makes."""
    paths = sorted(
        (path for path in files(_MIGRATIONS).iterdir() if path.name.endswith(".sql")),
        key=lambda path: path.name,
    )
    numbers = [int(path.name.split("_")[0]) for path in paths]
    if numbers != list(range(1, len(paths) + 1)):
        raise ValueError(f"migrations are numbered {numbers}")
    return tuple(_statements(path.read_text(encoding="utf-8")) for path in paths)


def _statements(script: str) -> tuple[str, ...]:
    """The statements of a script; a trigger holds semicolons of its own."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    found, begun = [], ""
    for line in lines:
        begun += line + "\n"
        if complete_statement(begun) and begun.strip():
            found.append(begun.strip())
            begun = ""
    return tuple(found)


NEWEST_SCHEMA = len(migrations())
"""The schema that this program writes."""


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of the block or nothing of it; on the disk when the block has ended."""
    connection.execute("BEGIN IMMEDIATE")
    committing = False
    try:
        yield
        committing = True
        connection.execute("COMMIT")
        acknowledged.keep()
    except BaseException as error:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
            acknowledged.drop()
        elif committing and isinstance(error, KeyboardInterrupt):
            acknowledged.keep()  # it came when the commit had ended
        raise


def empty_log(connection: Connection, log: Path, beyond: int) -> int:
    """Bring a log that has grown beyond so many bytes into the database; the next limit.

    SQLite before 3.51.3 can spoil a database where one connection brings in the log while another
    begins it anew. A checkpoint of the kind FULL keeps writers out while it works, which those
    that SQLite does by itself do not; so these are switched off, and all are of this kind.
    """
    size = log.stat().st_size if log.exists() else 0
    if size <= beyond:
        return beyond
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    return size + LOG_BYTES if busy else LOG_BYTES


def migrate(connection: Connection, *, to: int = NEWEST_SCHEMA) -> int:
    """Run the migrations that a database has not seen; returns the schema it had."""
    had = schema_of(connection)
    if had >= to:
        return had
    with transaction(connection):
        had = schema_of(connection)  # another program may have been quicker
        for statements in migrations()[had:to]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {max(had, to)}")
    return had


def schema_of(connection: Connection) -> int:
    """The number of the schema as the file states it."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def build(path: Path, driver: Driver, *, schema: int = NEWEST_SCHEMA) -> Connection:
    """An open, empty database in a file that is there and empty."""
    connection = driver.connect(path, Access.WRITE)
    try:
        set_up(connection)
        migrate(connection, to=schema)
    except BaseException:
        connection.close()
        raise
    return connection


def set_up(connection: Connection) -> None:
    """Set what every connection that writes is set to."""
    for statement in SETTINGS:
        connection.execute(statement).fetchall()
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise InputError(
            f"the database cannot keep a write-ahead log here (journal mode {mode})",
            next_step="Keep the record on a disk of this computer.",
        )
