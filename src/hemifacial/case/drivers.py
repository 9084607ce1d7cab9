"""The libraries that can open a record, behind one narrow face: SQLite, and SQLite encrypted.

Everything else speaks to a `Connection`. A third driver, which writes down what reaches the disk,
is part of the tests (benchmarks/case_disk.py): it runs the very same statements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from hemifacial.errors import HemifacialError, InputError, SetupError, UsageError

__all__ = ["Access", "Connection", "Cursor", "Driver", "driver_for", "speaking_of"]


class Cursor(Protocol):
    """Rows of an answer."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What the record asks of an open database."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        """Run one statement for each row of parameters."""

    def close(self) -> None:
        """Let go of the file."""


class Access(Enum):
    """How a file is opened; the value is what SQLite is told."""

    WRITE = "mode=rw"
    READ = "mode=ro"
    """Without writing, beside whoever writes: the log and its memory map are there already."""
    AS_IT_LIES = "mode=ro&immutable=1"
    """Without locks and helpers beside it; whoever opens so must see that nobody writes."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """A library that opens databases: `connect` takes a file and how it is opened."""

    connect: Callable[[Path, Access], Connection]
    errors: tuple[type[Exception], ...]
    encrypted: bool = False


def driver_for(key: str | None) -> Driver:
    """The driver for a plain file, or with a key for an encrypted one."""
    if key is None:
        return Driver(connect=_connect, errors=(sqlite3.Error,))
    try:
        dbapi2 = import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        raise SetupError(
            "encrypted records need the package sqlcipher3, which is not installed",
            next_step="Install it: pip install 'hemifacial[encrypted]'.",
        ) from error

    def connect(path: Path, access: Access) -> Connection:
        connection = dbapi2.connect(_uri(path, access), uri=True, isolation_level=None)
        quoted = key.replace("'", "''")
        connection.execute(f"PRAGMA key = '{quoted}'")
        opened: Connection = connection
        return opened

    return Driver(connect=connect, errors=(dbapi2.Error,), encrypted=True)


def _connect(path: Path, access: Access) -> Connection:
    return sqlite3.connect(_uri(path, access), uri=True, isolation_level=None)


def _uri(path: Path, access: Access) -> str:
    return f"{path.resolve().as_uri()}?{access.value}"


_BUSY = "Another program is writing the record; wait a moment and try again."
_SPACE = "Free some space; the record stands as it was before, and nothing of this was written."
_RIGHTS = "Check the rights of the file and its folder; nothing was written."
_DAMAGED = (
    "Keep the file as it is, and go on with a copy of the latest backup; "
    "`hemifacial case verify` says whether a copy is whole."
)
_MEANINGS = (  # name of the SQLite error, words of its message, problem, next step
    ("SQLITE_FULL", "is full", "the disk is full", _SPACE),
    ("SQLITE_BUSY", "is locked", "the record is being written elsewhere", _BUSY),
    ("SQLITE_LOCKED", "is locked", "the record is being written elsewhere", _BUSY),
    ("SQLITE_READONLY", "readonly", "cannot be written", _RIGHTS),
    ("SQLITE_CANTOPEN", "unable to open", "cannot be opened", _RIGHTS),
    ("SQLITE_PERM", "permission", "cannot be opened", _RIGHTS),
    ("SQLITE_NOTADB", "not a database", "no record, or one encrypted with another key",
     "Check that this is the file you meant, and its key."),
    ("SQLITE_CORRUPT", "malformed", "the record is damaged", _DAMAGED),
    ("SQLITE_IOERR", "disk i/o error", "the disk refuses to read or write",
     "Check the disk and its free space; what was acknowledged before still stands."),
)  # fmt: skip


@contextmanager
def speaking_of(path: Path, driver: Driver) -> Iterator[None]:
    """Turn the errors of a driver into one message a clinician can act on."""
    try:
        yield
    except UnicodeEncodeError as error:  # bytes on the command line that are no text
        raise UsageError(
            "a word that was given holds what is no text", next_step="Type it again."
        ) from error
    except driver.errors as error:
        raise _told(path, error) from error


def _told(path: Path, error: Exception) -> HemifacialError:
    name = str(getattr(error, "sqlite_errorname", ""))
    text = str(error).lower()
    for start, words, problem, next_step in _MEANINGS:
        if name.startswith(start) or (not name and words in text):
            return InputError(f"{path}: {problem}", next_step=next_step)
    return InputError(
        f"{path}: the database refuses ({error})",
        next_step="Run `hemifacial case verify` on it; nothing of this was written.",
    )
