"""Where output may be written: what a folder holds that we did not write is never removed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from hemifacial.errors import InputError, UsageError

__all__ = ["check_apart", "check_own", "check_writable", "foreign_entry"]

_LEFT_BY_COMPUTERS = (".DS_Store", "Thumbs.db", "desktop.ini", ".*.partial-*", ".*.lock")
"""Files that a file manager or a crash of ours leaves behind; nobody's work is lost with them."""


def check_own(folder: Path, own: Sequence[str], *, what: str) -> None:
    """Refuse to replace a folder that holds anything but these files of ours.

    Parameters
    ----------
    folder
        May be missing or empty.
    own
        Patterns of the files' names within the folder, e.g. ``figures/*.svg``.
    what
        What the folder should be, e.g. "a result folder".

    Raises
    ------
    UsageError
        Naming the first entry that is not ours, or that `folder` is a file or has no name.
    InputError
        If it cannot be listed.
    """
    if not folder.resolve().name:
        raise UsageError(
            f"{folder}: is the root of a disk, not a folder to write",
            next_step="Choose another folder with --out.",
        )
    check_writable(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder}: is there already and is not {what}",
            next_step="Choose another folder with --out.",
        )
    try:
        foreign = foreign_entry(folder, own) if folder.exists() else None
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be listed ({error.strerror or error})",
            next_step="Check its rights, or choose another folder with --out.",
        ) from error
    if foreign is not None:
        raise UsageError(
            f"{folder}: is there already and is not {what} alone: it holds {foreign}, "
            "which would be removed",
            next_step=f"Choose another folder with --out, or move {foreign.name} elsewhere.",
        )


def check_writable(folder: Path) -> None:
    """Refuse, before any work, a folder that cannot be made or written; leaves nothing behind.

    `InputError` with the system's reason.
    """
    folder = folder.resolve()
    try:
        standing = folder
        while not standing.exists():
            standing = standing.parent
        if not standing.is_dir() and standing != folder:
            raise NotADirectoryError(0, f"{standing.name} is a file, not a folder")
        place = standing.parent if standing == folder else standing
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.partial-", dir=place):
            pass
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror or error})",
            next_step="Choose another folder with --out, or check the rights of this one.",
        ) from error


def check_apart(folder: Path, source: Path) -> None:
    """Refuse to write a folder in which the input itself lies."""
    if source.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"{folder}: holds the input {source.name}, which the result must not replace",
            next_step="Choose another folder with --out.",
        )


def foreign_entry(folder: Path, own: Sequence[str]) -> Path | None:
    """The first entry, by name, that no pattern names, from `folder` on; None if all are ours.

    A link to a folder is an entry by itself: what it leads to is not looked at.
    """
    folders = {parent for pattern in own for parent in PurePosixPath(pattern).parents}
    return _foreign(folder, PurePosixPath(), own, folders)


def _foreign(
    folder: Path, within: PurePosixPath, own: Sequence[str], folders: set[PurePosixPath]
) -> Path | None:
    for path in sorted(folder.iterdir()):
        name = within / path.name
        if path.is_symlink() or not path.is_dir():
            if not _is_named(name, own):
                return Path(name)
        elif name not in folders:
            return Path(name)
        elif (found := _foreign(path, name, own, folders)) is not None:
            return found
    return None


def _is_named(name: PurePosixPath, own: Sequence[str]) -> bool:
    return any(fnmatchcase(name.name, pattern) for pattern in _LEFT_BY_COMPUTERS) or any(
        name.parent == PurePosixPath(pattern).parent
        and fnmatchcase(name.name, PurePosixPath(pattern).name)
        for pattern in own
    )
