"""The folder beside the record: recordings by their SHA-256, results, and what is coming in.

``clinic.db`` has ``clinic.db.files/`` with ``recordings/SHA256.mp4`` (of several files the folder
``SHA256.parts``), ``results/SHA256.hemifacial`` and ``jobs.json``. No name from outside becomes
part of a path: the suffix is one of a closed list.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from hemifacial.errors import InputError

__all__ = ["PARTS", "VIDEO_SUFFIXES", "Files", "Incoming", "suffix_of"]

VIDEO_SUFFIXES = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".mts", ".3gp")
_ELECTRICAL_SUFFIXES = (".edf", ".bdf", ".xdf", ".txt", ".csv", ".tsv")
PARTS = ".parts"
"""How the folder of a recording of several files ends, where others have the suffix of a file."""
_KNOWN = (*VIDEO_SUFFIXES, *_ELECTRICAL_SUFFIXES)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ROOM_TO_LEAVE = 256 * 1024**2


def suffix_of(name: str) -> str:
    """The suffix of a file as one of the closed list, or empty."""
    found = "." + name.lower().rpartition(".")[2]
    return found if found in _KNOWN else ""


@dataclass(frozen=True)
class Files:
    """The folder of a record's files.

    Parameters
    ----------
    folder
        ``NAME.files`` beside the record.
    """

    folder: Path

    @staticmethod
    def of(record: Path) -> Files:
        """The folder of this record; it is made when something comes in."""
        return Files(record.resolve().with_name(f"{record.resolve().name}.files"))

    @property
    def jobs(self) -> Path:
        """The state of the jobs."""
        return self.folder / "jobs.json"

    def recording(self, sha256: str, suffix: str) -> Path:
        """Where a recording lies; one of several files is a folder."""
        return self.folder / "recordings" / (_checked(sha256) + _suffix(suffix))

    def result(self, sha256: str) -> Path:
        """The result folder of a recording."""
        return self.folder / "results" / f"{_checked(sha256)}.hemifacial"

    def clear_incoming(self) -> None:
        """Take away what an upload left that did not end."""
        shutil.rmtree(self.folder / "incoming", ignore_errors=True)

    def incoming(self, *, largest_bytes: int) -> Incoming:
        """A file that comes in piece by piece; to be used as a ``with`` block."""
        place = self.folder / "incoming"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Incoming(self, place / f"{secrets.token_hex(16)}.part", largest_bytes)


class Incoming:
    """A recording while it is being received.

    Parameters
    ----------
    part
        Where it is written until it is whole.
    largest_bytes
        More is refused.
    """

    def __init__(self, files: Files, part: Path, largest_bytes: int) -> None:
        self._files = files
        self._part = part
        self._largest = largest_bytes
        self._hash = hashlib.sha256()
        self._size = 0
        self._file = part.open("xb")

    def __enter__(self) -> Incoming:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    def expect(self, size: int) -> None:
        """Refuse at once what is announced to be too large for the limit or the disk."""
        if size > self._largest:
            raise self._too_large()
        if size + _ROOM_TO_LEAVE > shutil.disk_usage(self._part.parent).free:
            raise InputError(
                f"The recording has {size / 1e6:.0f} MB, and the disk of the record has no room "
                "for it.",
                next_step="Make room on the disk, then drop the recording again.",
            )

    def write(self, piece: bytes) -> None:
        """Take the next piece; `InputError` where the whole becomes too large."""
        self._size += len(piece)
        if self._size > self._largest:
            raise self._too_large()
        self._hash.update(piece)
        self._file.write(piece)

    def whole(self, *, called: str = "The file") -> tuple[Path, str]:
        """End the receiving: where it lies until this block ends, and its SHA-256."""
        if not self._size:
            raise InputError(f"{called} is empty.", next_step="Choose the recording itself.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._part, self._hash.hexdigest()

    def finish(self, suffix: str) -> str:
        """Put the whole file in its place; its SHA-256."""
        part, sha256 = self.whole()
        place = self._files.recording(sha256, suffix)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.replace(place)
        return sha256

    def _too_large(self) -> InputError:
        return InputError(
            f"The recording is larger than {self._largest / 1e6:g} MB, the most that this page "
            "takes.",
            next_step="Measure it with `hemifacial face` and enter it with `case add-result`.",
        )


def _checked(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise InputError("a recording is named by the 64 letters of its SHA-256")
    return sha256


def _suffix(suffix: str) -> str:
    if suffix and suffix not in (*_KNOWN, PARTS):
        raise InputError("that is no kind of recording that is read")
    return suffix
