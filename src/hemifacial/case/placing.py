"""Where a record lies: files that are none of ours, places that cannot be written, new files."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemifacial.case.mounts import refuse_network
from hemifacial.errors import InputError, UsageError

__all__ = ["APPLICATION_ID", "check_file", "readable_only", "reserved"]

APPLICATION_ID = 0x48465343
"""In the header of every record: the letters HFSC."""

_MAGIC = b"SQLite format 3\0"


def check_file(path: Path, *, encrypted: bool) -> None:
    """Refuse, by the first bytes of a file, what is no record of ours; and any on a network."""
    if not path.is_file():
        raise InputError(
            f"{path}: there is no such record",
            next_step="Check the name, or make one: hemifacial case create.",
        )
    refuse_network(path)
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror})", next_step="Check the path and rights."
        ) from error
    if not head:
        raise InputError(
            f"{path}: is empty; making it was interrupted",
            next_step="Remove this empty file, and make the record or the copy again.",
        )
    plain = head.startswith(_MAGIC)
    if encrypted and plain:
        raise UsageError(f"{path}: is not encrypted", next_step="Open it without a key.")
    if not encrypted and (not plain or len(head) < 100):
        raise InputError(
            f"{path}: not a record, or an encrypted one",
            next_step="Check that this is the file you meant; for an encrypted one give its key "
            "with --key-file.",
        )
    if plain and struct.unpack(">I", head[68:72])[0] != APPLICATION_ID:
        raise InputError(
            f"{path}: a database of another program",
            next_step="Check that this is the file you meant.",
        )


def readable_only(path: Path) -> bool:
    """Whether a file can be read where it lies, but neither it nor its folder be written."""
    effective = os.access in os.supports_effective_ids
    writable = all(
        os.access(one, os.W_OK, effective_ids=effective) for one in (path, path.resolve().parent)
    )
    if writable:
        return False
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise InputError(
            f"{path}: cannot be written, and its log beside it has to be worked in first",
            next_step="Copy both files to a folder that can be written, and open the record there.",
        )
    return True


@contextmanager
def reserved(path: Path) -> Iterator[Path]:
    """A private, empty file beside `path` that takes its place if the block ends well.

    `path` is taken at once, so that nothing that is there, or comes, is ever written over.
    """
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise UsageError(
            f"{path}: is there already, and is not written over", next_step="Choose another name."
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield partial
        _sync(partial)
        partial.replace(path)
        if sys.platform != "win32":
            _sync(path.parent)
    except BaseException as error:
        for one in (path, partial, *(Path(f"{partial}{end}") for end in ("-wal", "-shm"))):
            one.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror or error})",
        next_step="Check the rights and the free space of the folder, or choose another.",
    )
