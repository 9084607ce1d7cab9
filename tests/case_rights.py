"""Records that can be read and not written, for tests that may run as root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hemifacial.commands.case.documents
import hemifacial.commands.case.opening
import hemifacial.terminal  # noqa: F401
from case_records import new_record, with_patient


@contextmanager
def as_somebody_without_rights() -> Iterator[None]:
    """Root may write everywhere; whoever runs the tests as root becomes nobody for a moment."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def read_only_record(tmp_path: Path) -> Iterator[Path]:
    """A record that can be read in a folder that cannot be written, as on a disc."""
    folder = Path(os.path.realpath(tmp_path)) / "disc"
    folder.mkdir()
    with_patient(new_record(folder))
    path = folder / "clinic.db"
    with closed_to_writing(path):
        yield path


@contextmanager
def closed_to_writing(path: Path) -> Iterator[None]:
    """A file, and the folder that it lies in, can only be read; whoever has it open goes on."""
    folder = path.parent
    for one in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm"))):
        if one.exists():
            one.chmod(0o444)
    folder.chmod(0o555)
    opened = []
    for parent in folder.parents:  # pytest's own folders are private
        if not parent.stat().st_mode & 0o001:
            opened.append((parent, parent.stat().st_mode))
            parent.chmod(parent.stat().st_mode | 0o011)
    try:
        yield
    finally:
        for parent, mode in opened:
            parent.chmod(mode)
        folder.chmod(0o755)
