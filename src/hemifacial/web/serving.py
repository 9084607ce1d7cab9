"""Starting and stopping the server of a record."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import uvicorn

from hemifacial.case import Record
from hemifacial.errors import UsageError
from hemifacial.web.application import application
from hemifacial.web.files import Files
from hemifacial.web.job import Job
from hemifacial.web.jobs import Jobs
from hemifacial.web.office import Office
from hemifacial.web.records import RecordThread
from hemifacial.web.security import LOOPBACK, Keys

__all__ = ["Start", "bound", "office_of", "server_of", "serving"]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What `hemifacial serve` was told."""

    case: Path
    host: str = LOOPBACK
    port: int = 0
    by: str = ""
    key_file: Path | None = None


def serving(start: Start, ready: Callable[[str], None]) -> None:
    """Serve a record until the program is stopped; `ready` is told the address.

    Raises
    ------
    UsageError
        For any host but the loopback address, or a port that is taken.
    """
    if start.host != LOOPBACK:
        raise UsageError(
            f"{start.host}: pages of patients are served to this computer alone",
            next_step=f"Leave --host away, or give {LOOPBACK}.",
        )
    office = office_of(start)
    try:
        with bound(start.port) as place:
            keys = Keys(port=place.getsockname()[1])
            ready(keys.address)
            server_of(office, keys).run(sockets=[place])
    finally:
        office.close()


def server_of(office: Office, keys: Keys) -> uvicorn.Server:
    """The server, which writes no line of what was asked: addresses hold codes of patients."""
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).disabled = True
    return uvicorn.Server(
        uvicorn.Config(
            application(office, keys),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )


def office_of(start: Start) -> Office:
    """The record, its files and its jobs, opened; to be closed by who asked for it."""
    from hemifacial.commands.case.opening import opened

    files = Files.of(start.case)
    records = RecordThread(partial(opened, start.case, start.key_file))
    try:
        signer = records.run(lambda record: _signer(record, start.by))
        files.clear_incoming()
        jobs = Jobs(files, lambda job: records.run(partial(_enter, job=job, files=files)))
    except BaseException:
        records.close()
        raise
    return Office(records=records, files=files, jobs=jobs, signer=signer)


def _signer(record: Record, by: str) -> str:
    """Who signs at the start: who was named, or the only one who can."""
    active = [one.word for one in record.profiles() if one.active]
    if by and by not in active:
        raise UsageError(
            f"{by!r} is no active profile of this record",
            next_step=f"Sign as one of {', '.join(active)}.",
        )
    return by or (active[0] if len(active) == 1 else "")


def _enter(record: Record, *, job: Job, files: Files) -> int:
    """Put a measured recording into the record."""
    from hemifacial.commands.case.results import add_result
    from hemifacial.formats.result_folder import read_result

    folder = files.result(job.sha256)
    states_its_day = bool(read_result(folder).provenance.recorded_at)
    on = job.on or ("" if states_its_day else job.received_on)
    return add_result(
        record,
        record.entry(job.patient_entry).patient,
        folder,
        by=job.by,
        on=date.fromisoformat(on) if on else None,
        why="measured again",
    ).number


def bound(port: int) -> socket.socket:
    """A listening place on the loopback address."""
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        place.bind((LOOPBACK, port))
        place.listen()  # whoever opens the printed address at once waits, and is not refused
    except OSError as error:
        place.close()
        raise UsageError(
            f"port {port}: cannot be used ({error.strerror})",
            next_step="Choose another one, or leave --port away.",
        ) from error
    return place
