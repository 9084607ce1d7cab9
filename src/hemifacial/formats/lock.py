"""One writer at a time: a lock beside a folder, held by the operating system."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked"]

_RETRY_S = 0.05
_held: set[tuple[int, Path]] = set()
"""Which thread of this process holds which lock, since a lock may be asked for twice."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``.NAME.lock`` beside `folder` while the block runs, waiting for whoever holds it.

    The system lets go of it when a process ends, however it ends. A thread that holds it
    may ask again. `OSError` if no file can be made beside the folder.
    """
    path = folder.resolve()
    path = path.with_name(f".{path.name}.lock")
    key = (threading.get_ident(), path)
    if key in _held:
        yield
        return
    handle = _taken(path)
    _held.add(key)
    try:
        yield
    finally:
        _held.discard(key)
        _let_go(path, handle)


if sys.platform == "win32":

    def _taken(path: Path) -> int:
        while True:
            try:
                # O_TEMPORARY takes the file away with its handle, after a crash too.
                return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
            except (FileExistsError, PermissionError):
                if not path.exists():
                    raise
                time.sleep(_RETRY_S)

    def _let_go(_: Path, handle: int) -> None:
        os.close(handle)

else:
    import fcntl

    def _taken(path: Path) -> int:
        while True:
            handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                # Who held it took the file away: then this lock is on a file without a name.
                if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                    return handle
            except FileNotFoundError:
                pass  # taken away between the two looks at it
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _let_go(path: Path, handle: int) -> None:
        path.unlink(missing_ok=True)
        fcntl.flock(handle, fcntl.LOCK_UN)  # a child that was forked meanwhile may keep it open
        os.close(handle)
