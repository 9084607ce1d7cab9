"""Files as whole things: their fingerprint, and writing that happens entirely or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.lock import locked

__all__ = ["new_file", "new_folder", "read_text", "recover", "sha256_of", "writing", "write_text"]

_STALE_S = 3600.0


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal, read in blocks."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def read_text(path: Path) -> str:
    """The whole of a UTF-8 text file, or an `InputError` that names it.

    A byte order mark, as Excel writes it, is taken off.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not a UTF-8 text file (byte {error.start} cannot be read)",
            next_step="Save it as UTF-8 text, or check that this is the file you meant.",
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or the new, never a part."""
    with new_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place if the block ends well."""
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}.partial-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _sync(partial)
        _as_readable_as_usual(partial, 0o666)
        partial.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `folder` if the block ends well.

    An older folder of that name is exchanged for the new one and then removed. If the
    machine stops between the two renames, the older one is found under
    ``.NAME.previous`` and put back the next time.

    Whatever `folder` holds is gone afterwards: see `hemifacial.formats.destination` first.
    """
    folder = folder.resolve()  # "." and ".." have no name to put a dot before
    previous = _previous(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            _tidy(folder, previous)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield partial
        for path in sorted(partial.rglob("*")):
            _sync(path)
        _sync(partial)
        _as_readable_as_usual(partial, 0o777)
        with locked(folder):
            if folder.exists():
                folder.rename(previous)
            partial.rename(folder)
            _sync(folder.parent)
            shutil.rmtree(previous, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put back the folder that an interrupted exchange left under ``.NAME.previous``.

    To be called before a folder is read; where `folder` stands, nothing happens.
    """
    folder = folder.resolve()
    previous = _previous(folder)
    try:
        if folder.exists() or not previous.exists():
            return
        with locked(folder):  # it may be in the middle of an exchange, which is not a crash
            if previous.exists() and not folder.exists():
                previous.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Nobody else writes `folder` while the block runs; whoever comes second waits."""
    try:
        folder.resolve().parent.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous") if folder.name else folder


def _tidy(folder: Path, previous: Path) -> None:
    """Put back what an interrupted exchange left, and clear away what a crash left."""
    recover(folder)
    if previous.exists():
        shutil.rmtree(previous)
    for stale in folder.parent.glob(f".{folder.name}.partial-*"):
        if time.time() - stale.stat().st_mtime > _STALE_S:
            shutil.rmtree(stale, ignore_errors=True)


def _as_readable_as_usual(path: Path, mode: int) -> None:
    """Undo the private mode of temporary files, so that colleagues can open the result."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(mode & ~mask)


def _sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle for a folder, and orders its renames itself.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError(f"{path}: cannot be read ({reason})", next_step="Check the path and rights.")


def _unwritable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError(
        f"{path}: cannot be written ({reason})",
        next_step="Check the rights and the free space of the folder, or choose another --out.",
    )
