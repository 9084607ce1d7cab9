"""Where a record lies: files that are none of ours, places that cannot be written, new files."""

from __future__ import annotations

import os
import re
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hemifacial.case.drivers import Access
from hemifacial.case.mounts import refuse_network
from hemifacial.errors import InputError, UsageError

__all__ = [
    "APPLICATION_ID",
    "access_to",
    "check_file",
    "remove_stale",
    "reserved",
    "state_of",
]

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


def access_to(path: Path) -> Access:
    """How a record is opened where it lies.

    What cannot be written here may well be written by somebody else. Who has a record open has a
    log and its memory map beside it; then SQLite reads along with them. Without these nobody has
    it open, and it is read as it lies: SQLite would have to make both, which cannot be done in a
    folder that cannot be written, and which in one that can would leave files that lock out the
    record's owner. That nobody begins to write meanwhile is seen by `state_of`.
    """
    effective = os.access in os.supports_effective_ids
    writable = all(
        os.access(one, os.W_OK, effective_ids=effective) for one in (path, path.resolve().parent)
    )
    if writable:
        return Access.WRITE
    log, memory = _helpers(path)
    if log.exists() and memory.exists():
        return Access.READ
    if log.exists() and log.stat().st_size:
        raise InputError(
            f"{path}: cannot be written, and its log beside it has to be worked in first",
            next_step="Copy both files to a folder that can be written, and open the record there.",
        )
    return Access.AS_IT_LIES


def state_of(path: Path) -> tuple[int, ...]:
    """What changes in a file or beside it as soon as anybody opens it to write."""
    there = path.stat()
    return (
        there.st_ino,
        there.st_size,
        there.st_mtime_ns,
        *(int(one.exists()) for one in _helpers(path)),
    )


def _helpers(path: Path) -> tuple[Path, Path]:
    place = path.resolve()
    return place.with_name(f"{place.name}-wal"), place.with_name(f"{place.name}-shm")


@contextmanager
def reserved(path: Path) -> Iterator[Path]:
    """A private, empty file beside `path` that takes its place if the block ends well.

    `path` is taken at once, so that nothing that is there, or comes, is ever written over. What
    killed programs left in the folder in this way is removed first: it may be a whole record.
    """
    remove_stale(path.parent)
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        # In this order: a name that is taken and empty always has its partial beside it.
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(
            f"{path}: is there already, and is not written over", next_step="Choose another name."
        ) from error
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    try:
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


def remove_stale(folder: Path) -> int:
    """Remove the partial files of `reserved` whose program is gone; how many there were.

    A name that such a program had taken is given free. The system may give the number of a program
    that is gone to another one; then its file stays until that has ended too.
    """
    try:
        names = sorted(one.name for one in folder.iterdir())
    except OSError:
        return 0  # what cannot be listed is told when it is written
    count = 0
    for name in names:
        match = _PARTIAL.fullmatch(name)
        partial = folder / name
        if match is None or not partial.is_file() or _is_running(int(match["process"])):
            continue
        with suppress(OSError):  # another backup was quicker, or Windows still holds it
            partial.unlink()
            count += 1
            taken = folder / match["name"]
            if taken.is_file() and not taken.stat().st_size:
                taken.unlink()
    return count


_PARTIAL = re.compile(
    r"\.(?P<name>.+)\.partial-(?P<process>[0-9]{1,7})(-wal|-shm|-journal)?", re.DOTALL
)


def _is_running(process: int) -> bool:
    if sys.platform == "win32":
        return False  # to ask would end it; a file that a program has open stays there anyhow
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


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
