"""A disk that writes down what SQLite asks of it, and every state in which a crash could leave it.

The record runs with its own statements and settings over apsw's file layer, which notes each write,
cut, sync and removal of the database and its log, in their order. From these notes the disk of a
crash is made at any point: what was synced is there; of what was not, any part may be, sector by
sector, in any choice. The memory map (``-shm``) is never synced; a crash leaves any bytes in it.

What is simulated: a disk that keeps what it was told to sync, and does not damage what it was not
told to write. A disk that lies about syncing, or loses sectors at rest, is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from hemifacial.case.drivers import Connection, Driver

__all__ = ["Crash", "Disk", "Operation", "crashes"]

_NAME = "hemifacial-noting"
_SHARED_MEMORY_BYTES = 32768


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One request: write, cut, sync or remove; `file` is what follows the database's name."""

    what: str
    file: str
    offset: int = 0
    data: bytes = b""


@dataclass(kw_only=True)
class Disk:
    """What reached the disk, and after how many operations each thing was acknowledged."""

    path: Path
    start: dict[str, bytes] = field(default_factory=dict)
    log: list[Operation] = field(default_factory=list)
    acknowledged: list[tuple[int, Any]] = field(default_factory=list)

    def driver(self) -> Driver:
        """A driver whose every operation on the files of `path` is noted here."""
        self.start = {
            end: Path(f"{self.path}{end}").read_bytes()
            for end in ("", "-wal")
            if Path(f"{self.path}{end}").exists()
        }
        layer = _Layer(self)

        def connect(path: Path, _: object) -> Connection:
            opened: Any = apsw.Connection(
                str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=layer.name
            )
            return opened  # type: ignore[no-any-return]

        return Driver(connect=connect, errors=(apsw.Error,))

    def acknowledge(self, what: Any) -> None:
        """Note that the caller was told of this being done."""
        self.acknowledged.append((len(self.log), what))


class _Layer(apsw.VFS):
    """apsw's file layer over the system's own."""

    def __init__(self, disk: Disk) -> None:
        self.name = f"{_NAME}-{id(disk)}"
        self.disk = disk
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 -- SQLite's own name
        return _File(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.disk.log.append(Operation(what="remove", file=_end(self.disk, filename)))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        named = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.end = _end(disk, named)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._note("write", offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._note("cut", newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._note("sync")

    def _note(self, what: str, offset: int = 0, data: bytes = b"") -> None:
        self.disk.log.append(Operation(what=what, file=self.end, offset=offset, data=data))


def _end(disk: Disk, name: str | None) -> str:
    """What follows the name of the database: nothing, ``-wal`` or ``-journal``."""
    if name is None or not str(name).startswith(str(disk.path)):
        raise ValueError(f"the record opened a file that is none of its own: {name}")
    return str(name).removeprefix(str(disk.path))


@dataclass(frozen=True, kw_only=True)
class Crash:
    """The files that a crash after `after` operations may leave, and what was acknowledged."""

    after: int
    how: str
    files: dict[str, bytes]
    acknowledged: tuple[Any, ...]

    def lay_out(self, path: Path) -> None:
        """Put the files where a record of this name would have them."""
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        for end, data in self.files.items():
            Path(f"{path}{end}").write_bytes(data)


def crashes(disk: Disk, *, seed: int, subsets: int, share: float = 1.0) -> Iterator[Crash]:
    """Every point of the log: all that was not synced lost, all kept, and random parts of it.

    Parameters
    ----------
    subsets
        How many random choices at each point; half of them tear writes at sectors of 512 bytes,
        half at 4096.
    share
        Of the points, chosen by `seed`; all by default.
    """
    chance = random.Random(seed)
    durable = dict(disk.start)
    waiting: list[Operation] = []
    for after in range(len(disk.log) + 1):
        if after:
            _go_on(durable, waiting, disk.log[after - 1])
        if chance.random() >= share:
            continue
        told = tuple(what for at, what in disk.acknowledged if at <= after)
        yield Crash(after=after, how="lost", files=dict(durable), acknowledged=told)
        if not waiting:
            continue
        whole = _with(durable, waiting)
        yield Crash(after=after, how="kept", files=whole, acknowledged=told)
        for number in range(subsets):
            torn = _torn(waiting, chance, sector=512 if number % 2 else 4096)
            files = _with(durable, torn)
            files["-shm"] = chance.randbytes(_SHARED_MEMORY_BYTES)
            yield Crash(after=after, how="torn", files=files, acknowledged=told)


def _go_on(durable: dict[str, bytes], waiting: list[Operation], operation: Operation) -> None:
    """Let one more operation happen; a sync makes durable what waits of its file."""
    if operation.what != "sync":
        waiting.append(operation)
        return
    settled = [one for one in waiting if one.file == operation.file]
    waiting[:] = [one for one in waiting if one.file != operation.file]
    after = _with(durable, settled)
    durable.pop(operation.file, None)
    if operation.file in after:
        durable[operation.file] = after[operation.file]


def _with(durable: dict[str, bytes], operations: list[Operation]) -> dict[str, bytes]:
    files = {end: bytearray(data) for end, data in durable.items()}
    for one in operations:
        if one.what == "remove":
            files.pop(one.file, None)
            continue
        data = files.setdefault(one.file, bytearray())
        if one.what == "cut":
            del data[one.offset :]
            continue
        if len(data) < one.offset:
            data.extend(bytes(one.offset - len(data)))
        data[one.offset : one.offset + len(one.data)] = one.data
    return {end: bytes(data) for end, data in files.items()}


def _torn(waiting: list[Operation], chance: random.Random, *, sector: int) -> list[Operation]:
    """A random part of the operations that wait, writes sector by sector."""
    likely = chance.choice((0.2, 0.5, 0.9))
    kept: list[Operation] = []
    standing: set[str] = set()
    for one in waiting:
        if one.file in standing:
            continue  # a file of this name was made after a removal that is lost
        if one.what != "write":
            if chance.random() < likely:
                kept.append(one)
            elif one.what == "remove":
                standing.add(one.file)
            continue
        first = one.offset // sector * sector
        for start in range(first, one.offset + len(one.data), sector):
            if chance.random() < likely:
                begin, end = max(start, one.offset), start + sector
                part = one.data[begin - one.offset : end - one.offset]
                kept.append(Operation(what="write", file=one.file, offset=begin, data=part))
    return kept
