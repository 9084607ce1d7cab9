"""A recording comes in as the plain body of a PUT, piece by piece, and joins the line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hemifacial.case import Record
from hemifacial.errors import HemifacialError, InputError, UsageError
from hemifacial.web.files import suffix_of
from hemifacial.web.job import Job
from hemifacial.web.office import Office

__all__ = ["NAME_HEADER", "receive"]

NAME_HEADER = "X-File-Name"
_LONGEST_NAME = 200


async def receive(request: Request, office: Office) -> Response:
    """Take a recording of a patient and put it into the line; the number of its job."""
    try:
        job = await _received(request, office)
    except HemifacialError as error:
        status = 413 if "larger than" in error.problem else 400
        return _told(status, problem=error.problem, next_step=error.next_step)
    except OSError as error:
        return _told(
            507,
            problem=f"The recording could not be stored: {error.strerror}.",
            next_step="Check the free space and the rights of the record's folder.",
        )
    except ClientDisconnect:
        return _told(400, problem="The browser went away while it sent the recording.")
    return _told(201, job=job.number)


async def _received(request: Request, office: Office) -> Job:
    on = request.query_params.get("on", "")
    if on:
        _check_day(on)
    if not office.signer:
        raise UsageError("Nobody has been chosen who signs.", next_step="Choose who signs first.")
    code = request.path_params["code"]
    first = await office.records.run_async(lambda record: _first_entry(record, code))
    name = _base_name(unquote(request.headers.get(NAME_HEADER, "")))
    suffix = suffix_of(name)
    announced = request.headers.get("content-length", "")
    with office.files.incoming(largest_bytes=office.largest_upload_bytes) as incoming:
        incoming.expect(int(announced) if announced.isdigit() else 0)
        async for piece in request.stream():
            await run_in_threadpool(incoming.write, piece)
        sha256 = await run_in_threadpool(incoming.finish, suffix)
    job = Job(
        number=0,
        sha256=sha256,
        suffix=suffix,
        patient_entry=first,
        by=office.signer,
        received_on=datetime.now().astimezone().date().isoformat(),
        on=on,
        mirrored=request.query_params.get("mirrored", "") == "yes",
    )
    return office.jobs.add(job, name=name or job.short)


def _first_entry(record: Record, code: str) -> int:
    return record.entries(code)[0].number


def _base_name(name: str) -> str:
    """The name without folders, only to be shown while the program runs; it is no path."""
    return PurePosixPath(name.replace("\\", "/")).name[:_LONGEST_NAME]


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "The day of the recording is no date.", next_step="Choose it again."
        ) from error


def _told(status: int, **values: Any) -> Response:
    return JSONResponse({"next_step": "", **values} if "problem" in values else values, status)
