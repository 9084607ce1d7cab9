"""Opening a record from the command line: the key of an encrypted one is asked for or read."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from hemifacial import terminal
from hemifacial.case import Record, create_record, open_record
from hemifacial.case.acts import Profile
from hemifacial.case.database import NEWEST_SCHEMA
from hemifacial.commands.case.erasing import finished_lines
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.files import read_text

__all__ = ["create", "opened"]

_ONLY_READ = "The record cannot be written here (read-only file or folder): it is only read."
_MAGIC = b"SQLite format 3\0"
_LEAST_LETTERS = 12


def opened(path: Path, key_file: Path | None) -> Record:
    """The record; a file that does not look like a plain one asks for its key in a terminal."""
    key = None
    if key_file is not None:
        key = _key_of(key_file)
    elif _looks_encrypted(path) and sys.stdin.isatty():
        key = getpass.getpass("Key of the record: ")
    record = open_record(path, key=key)
    if record.schema_before < NEWEST_SCHEMA:
        terminal.narrate(
            f"{path}: brought from schema {record.schema_before} to {NEWEST_SCHEMA}; an older "
            "hemifacial no longer opens it."
        )
    if record.only_read:
        terminal.narrate(_ONLY_READ)
    if record.swept is not None:
        for line in finished_lines(record.swept):
            terminal.narrate(line)
    return record


def create(
    path: Path, *, clinic: str, profile: Profile, encrypted: bool, key_file: Path | None
) -> None:
    """Make a record; with a key from a file, or asked for twice, an encrypted one."""
    key = None
    if key_file is not None:
        key = _key_of(key_file)
    elif encrypted:
        key = _asked_twice()
    create_record(path, clinic=clinic, profile=profile, key=key)


def _looks_encrypted(path: Path) -> bool:
    if not path.is_file():  # a pipe would wait for ever
        return False
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError:
        return False  # opening it says what is wrong
    return bool(head) and head != _MAGIC


def _key_of(key_file: Path) -> str:
    key = read_text(key_file).strip("\r\n")
    if len(key) < _LEAST_LETTERS or "\0" in key:
        raise InputError(
            f"{key_file}: holds no key of at least {_LEAST_LETTERS} letters",
            next_step="Write the key into the file as one line.",
        )
    return key


def _asked_twice() -> str:
    if not sys.stdin.isatty():
        raise UsageError(
            "the key of an encrypted record is asked for in a terminal",
            next_step="Give it in a file with --key-file.",
        )
    key = getpass.getpass(f"Key of the new record (at least {_LEAST_LETTERS} letters): ")
    if len(key) < _LEAST_LETTERS:
        raise UsageError(f"a key has at least {_LEAST_LETTERS} letters")
    if getpass.getpass("Again: ") != key:
        raise UsageError("the keys differ", next_step="Run the command again.")
    return key
